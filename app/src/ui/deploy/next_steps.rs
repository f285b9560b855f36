//! What can be done after a deploy: its commit again where it would change something, or another try of one that did
//! not succeed. Links alone: each leads to a page that says what it would do.

use leptos::{either::Either, prelude::*};
use leptos_router::location::Url;

use crate::{
    api::{Redeploy, RedeployKind},
    domain::{Deploy, Status, StoredStatus},
    ui::{deploy_form::input_fields::PREFIX, kit::may_not::MayNot},
};

/// The links; nothing where there is nothing to do.
#[component]
pub fn NextSteps(
    deploy: Deploy,
    /// Where its commit could be deployed.
    redeploys: Vec<Redeploy>,
    /// Why the viewer may not deploy where it was deployed.
    #[prop(optional_no_strip)]
    denied: Option<String>,
) -> impl IntoView {
    let again = did_not_succeed(&deploy)
        .then(|| next_step("again", "Deploy again…".to_owned(), again_address(&deploy), denied));
    let link = |Redeploy { environment, kind, denied }| {
        let words = match kind {
            RedeployKind::Rollback => format!("Roll {environment} back to this…"),
            RedeployKind::Promotion => format!("Promote to {environment}…"),
        };
        next_step(&environment, words, format!("/deploys/{}/to/{environment}", deploy.id), denied)
    };
    let is_any = again.is_some() || !redeploys.is_empty();
    let links = is_any.then(|| {
        let links = redeploys.into_iter().map(link).collect_view();
        view! { <nav class="redeploys" aria-label="What to do next">{again}{links}</nav> }
    });
    view! { <section class="next-steps" data-part="next">{links}</section> }.into_any()
}

fn next_step(id: &str, words: String, href: String, denied: Option<String>) -> impl IntoView + use<> {
    match denied {
        Some(reason) => {
            Either::Left(view! { <MayNot id=format!("may-not-{id}") label=words reason brief=true /> })
        }
        None => Either::Right(view! { <a class="button" href=href>{words}</a> }),
    }
}

/// Whether it ended without success. A status of a newer build counts as neither: what it means is not known.
fn did_not_succeed(deploy: &Deploy) -> bool {
    deploy.status.is_terminal() && deploy.status != StoredStatus::Known(Status::Succeeded)
}

/// The form with the same ref and the same inputs in it.
fn again_address(deploy: &Deploy) -> String {
    let [app, environment, git_ref] =
        [&deploy.app, &deploy.environment, &deploy.git_ref].map(|text| Url::escape(text));
    let input =
        |(name, value): (&str, &str)| format!("&{PREFIX}{}={}", Url::escape(name), Url::escape(value));
    let inputs: String = deploy.inputs.iter().map(input).collect();
    format!("/deploy/{app}/{environment}?ref={git_ref}{inputs}")
}
