//! The HTML document around the application, made by the server alone.

use leptos::{config::LeptosOptions, prelude::*};
use leptos_meta::MetaTags;

use crate::{
    Root,
    hooks::{parts::Build, rehearsal::use_rehearsal},
};

/// The document that every page is served in.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let rehearsal = use_rehearsal();
    let build = use_context::<Build>().map(|Build(build)| build);
    let styles = format!("/{}/main.css", options.site_pkg_dir);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-rehearsal=rehearsal data-build=build>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="stylesheet" href=styles />
                <HydrationScripts options islands=true />
                <MetaTags />
            </head>
            <body>
                <Root />
            </body>
        </html>
    }
}
