//! The way to GitHub's run.

use leptos::{either::Either, prelude::*};

use super::icon::{Icon, Picture};
use crate::domain::Deploy;

/// The run as soon as it is known. Only a web address becomes a link; anything else is not an address that
/// GitHub gave.
#[component]
pub fn RunLink(
    /// The deploy.
    deploy: Signal<Deploy>,
) -> impl IntoView {
    let run = Memo::new(move |_| deploy.with(|deploy| (name(deploy), web_address(deploy))));
    move || match run.get() {
        (name, Some(address)) => Either::Left(view! {
            <a class="run-link" href=address target="_blank" rel="noopener noreferrer">
                {name} " on GitHub" <Picture icon=Icon::Outward />
            </a>
        }),
        (name, None) => Either::Right(view! { <span class="run-link">{name}</span> }),
    }
}

fn name(deploy: &Deploy) -> String {
    match deploy.github_run_id {
        Some(id) => format!("Run {id}"),
        None if deploy.is_live() => "No run is known yet".to_owned(),
        None => "No run is known".to_owned(),
    }
}

fn web_address(deploy: &Deploy) -> Option<String> {
    let address = deploy.github_run_url.as_deref()?;
    let is_web = ["https://", "http://"]
        .iter()
        .any(|scheme| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    is_web.then(|| address.to_owned())
}
