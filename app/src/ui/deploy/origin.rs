//! How a deploy came to be, and who asked for it, in words.

use leptos::prelude::*;

use crate::{
    domain::{Deploy, DeployId, Origin},
    text::printable::plain,
};

/// Who asked for it. Whoever started a run on GitHub is somebody there.
#[must_use]
pub fn asked_by(deploy: &Deploy) -> String {
    let name = plain(&deploy.requested_by);
    if deploy.origin.is_github() { format!("{name} on GitHub") } else { name }
}

/// How it came to be; nothing, if somebody asked for a ref.
#[component]
pub fn OriginFact(
    /// The deploy.
    deploy: Deploy,
) -> impl IntoView {
    let other = |words: &'static str, id: DeployId| {
        view! { {words} <a href=format!("/deploys/{id}")>"an earlier deploy"</a> }.into_any()
    };
    let words = match deploy.origin {
        Origin::Request => return None,
        Origin::Rollback { deploy_id, .. } => other("Roll-back to the commit of ", deploy_id),
        Origin::Promotion { deploy_id } => other("Promotion of the commit of ", deploy_id),
        Origin::GitHub { event, .. } => {
            format!("Started on GitHub ({}), not here", event_in_words(&event)).into_any()
        }
        Origin::Unknown => "Recorded by a newer console".into_any(),
    };
    Some(view! { <div><dt>"Origin"</dt><dd>{words}</dd></div> })
}

fn event_in_words(event: &str) -> String {
    match event {
        "workflow_dispatch" => "by hand".to_owned(),
        event => plain(&event.replace('_', " ")),
    }
}
