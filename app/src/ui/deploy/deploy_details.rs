//! What a deploy is of, who asked for it, and why.

use leptos::prelude::*;

use crate::{
    domain::{Deploy, DeployId, Origin},
    text::printable::printable,
    ui::{
        kit::{copy::CopyButton, person_mark::PersonMark, requester::requested_by_text, time::Ago},
        versions::{CommitLineOf, repository_url},
    },
};

/// What is known from the request on; the commit, as soon as the workflow or GitHub has named it.
#[component]
pub fn DeployDetails(deploy: Deploy) -> impl IntoView {
    let reason = deploy.reason.as_deref().map_or_else(
        || view! { <dd class="quiet">"none given"</dd> }.into_any(),
        |reason| view! { <dd>{printable(reason)}</dd> }.into_any(),
    );
    let commit = deploy.commit.as_ref().map_or_else(
        || view! { <dd class="quiet">"not known"</dd> }.into_any(),
        |commit| {
            let (id, short) = (commit.to_string(), commit.short().to_owned());
            let title = id.clone();
            let link = match repository_url(&deploy) {
                Some(repository) => {
                    let href = format!("{repository}/commit/{id}");
                    view! { <a href=href title=title rel="noreferrer" class="code">{short}</a> }.into_any()
                }
                None => view! { <span title=title class="code">{short}</span> }.into_any(),
            };
            view! { <dd>{link} <CopyButton text=id what="commit" /> <CommitLineOf deploy=deploy.clone() /></dd> }
                .into_any()
        },
    );
    let requested = deploy.requested_at;
    let by = view! { <PersonMark name=&deploy.requested_by /> " " {requested_by_text(&deploy)} };
    let inputs = (!deploy.inputs.is_empty()).then(|| {
        let input = |(name, value): (&str, &str)| {
            view! { <dd><span class="quiet code">{name.to_owned()}</span> " " {printable(value)}</dd> }
        };
        let inputs = deploy.inputs.iter().map(input).collect_view();
        view! { <div><dt>"Inputs"</dt>{inputs}</div> }
    });
    view! {
        <section data-part="facts" aria-label="Facts">
            <dl class="facts">
                <div><dt>"Ref"</dt><dd class="code">{printable(&deploy.git_ref)}</dd></div>
                <div><dt>"Commit"</dt>{commit}</div>
                {inputs}
                <div><dt>"Requested"</dt><dd><Ago at=requested in_words=true /> " " {by}</dd></div>
                <div><dt>"Reason"</dt>{reason}</div>
                <OriginDetail deploy=deploy.clone() />
                <div><dt>"Deploy id"</dt><dd class="code">{deploy.id.to_string()}</dd></div>
            </dl>
        </section>
    }
    .into_any()
}

/// How it came to be; nothing for an ordinary request, whose ref says it all.
#[component]
fn OriginDetail(deploy: Deploy) -> impl IntoView {
    let other = |words: &'static str, id: DeployId| {
        view! { {words} <a href=format!("/deploys/{id}")>"an earlier deploy"</a> }.into_any()
    };
    let words = match deploy.origin {
        Origin::Request => return None,
        Origin::Rollback { deploy_id, .. } => other("Roll-back to the commit of ", deploy_id),
        Origin::Promotion { deploy_id } => other("Promotion of the commit of ", deploy_id),
        Origin::GitHub { event, .. } => {
            format!("Started on GitHub ({}), not here", event_text(&event)).into_any()
        }
        Origin::Rerun { deploy_id, attempt, .. } => {
            let first = format!("/deploys/{deploy_id}");
            view! { {format!("Attempt {attempt} of the run of ")} <a href=first>"an earlier deploy"</a> ", run again on GitHub" }
                .into_any()
        }
        Origin::Unknown => "Recorded by a newer console".into_any(),
    };
    Some(view! { <div><dt>"Origin"</dt><dd>{words}</dd></div> })
}

fn event_text(event: &str) -> String {
    match event {
        "workflow_dispatch" => "by hand".to_owned(),
        event => printable(&event.replace('_', " ")),
    }
}
