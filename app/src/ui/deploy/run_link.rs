//! The way to GitHub's run.

use leptos::{either::Either, prelude::*};

use crate::{
    domain::Deploy,
    text::printable::is_web_address,
    ui::kit::icon::{Icon, IconImage},
};

/// The run as soon as it is known. Only a web address becomes a link; anything else is not an address that
/// GitHub gave.
#[component]
pub fn RunLink(deploy: Signal<Deploy>) -> impl IntoView {
    let run = Memo::new(move |_| deploy.with(|deploy| (name(deploy), web_address(deploy))));
    move || match run.get() {
        (name, Some(address)) => Either::Left(view! {
            <a class="run-link" href=address target="_blank" rel="noopener noreferrer">
                {name} " on GitHub" <IconImage icon=Icon::Outward />
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
    deploy.github_run_url.clone().filter(|address| is_web_address(address))
}
