//! The way to GitHub's run.

use leptos::prelude::*;

use super::icon::{Icon, Picture};
use crate::domain::Deploy;

/// The run as soon as it is known. Only a web address becomes a link; anything else is not an address that
/// GitHub gave.
#[component]
pub fn RunLink(
    /// The deploy.
    deploy: Signal<Deploy>,
) -> impl IntoView {
    let run = Memo::new(move |_| deploy.with(|deploy| (deploy.github_run_id, web_address(deploy))));
    move || {
        let (id, address) = run.get();
        let name = id.map_or_else(|| "Run".to_owned(), |id| format!("Run {id}"));
        match (id, address) {
            (_, Some(address)) => view! {
                <a class="run-link" href=address target="_blank" rel="noopener noreferrer">
                    {name} " on GitHub" <Picture icon=Icon::Outward />
                </a>
            }
            .into_any(),
            (Some(_), None) => view! { <span class="run-link">{name}</span> }.into_any(),
            (None, None) => {
                view! { <span class="run-link run-link--none">"No run known yet"</span> }.into_any()
            }
        }
    }
}

fn web_address(deploy: &Deploy) -> Option<String> {
    let address = deploy.github_run_url.as_deref()?;
    let is_web = ["https://", "http://"]
        .iter()
        .any(|scheme| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    is_web.then(|| address.to_owned())
}
