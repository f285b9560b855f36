//! The HTML document around the application, made by the server alone.

use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*, tachys::html::InertElement};
use leptos_meta::MetaTags;

use crate::{
    Root,
    live::page_refresh::Build,
    request::{rehearsal::use_rehearsal, viewer::use_viewer},
};

/// The scripts that make a page live. Leptos puts the nonce of the answer on the script alone; what the browser is to
/// load early is a script as well, and the policy asks it for the same.
fn scripts(options: LeptosOptions) -> impl IntoView {
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    let html = view! { <HydrationScripts options islands=true /> }.to_html();
    let early = format!(r#"rel="modulepreload" nonce="{nonce}""#);
    let html = html.replace(&format!(r#"crossorigin="{nonce}""#), r#"crossorigin="""#);
    InertElement::new(html.replace(r#"rel="modulepreload""#, &early))
}

/// The document that every page is served in.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let rehearsal = use_rehearsal();
    let viewer = use_viewer();
    let build = use_context::<Build>().map(|Build(build)| build);
    let styles = format!("/{}/main.css", options.site_pkg_dir);
    let fonts = ["inter", "mono"].map(|name| {
        let href = format!("/{}/{name}.woff2", options.site_pkg_dir);
        view! { <link rel="preload" href=href r#as="font" type="font/woff2" crossorigin="" /> }
    });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-rehearsal=rehearsal data-viewer=viewer data-build=build>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="stylesheet" href=styles />
                {fonts}
                {scripts(options)}
                <MetaTags />
            </head>
            <body>
                <Root />
            </body>
        </html>
    }
}
