//! The HTML document around the application, made by the server alone.

use leptos::{config::LeptosOptions, prelude::*};
use leptos_meta::MetaTags;

use crate::{Root, hooks::rehearsal::use_rehearsal};

/// Three rising steps, as a data address: one request less, and nothing to cache.
const FAVICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E\
    %3Crect width='16' height='16' rx='4' fill='%232456c8'/%3E\
    %3Cpath d='M4 8.5l2.7 2.7L12 5.5' fill='none' stroke='%23fff' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'/%3E\
    %3C/svg%3E";

/// The document that every page is served in.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let rehearsal = use_rehearsal();
    let styles = format!("/{}/main.css", options.site_pkg_dir);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-rehearsal=rehearsal>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href=FAVICON />
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
