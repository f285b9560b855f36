//! What can be done after a deploy that succeeded: its commit again where it would change something. Links alone: each
//! leads to a page that says what it would do. After one that did not, see [`super::outcome`].

use leptos::{either::Either, prelude::*};

use crate::{
    api::{Redeploy, RedeployKind},
    domain::DeployId,
    ui::kit::may_not::MayNot,
};

/// The links; nothing where there is nothing to do.
#[component]
pub fn NextSteps(
    deploy: DeployId,
    /// Where its commit could be deployed.
    redeploys: Vec<Redeploy>,
) -> impl IntoView {
    let link = |Redeploy { environment, kind, is_backwards, denied }| {
        let words = match kind {
            RedeployKind::Rollback => format!("Roll {environment} back to this…"),
            RedeployKind::Promotion if is_backwards => format!("Deploy to {environment}, too…"),
            RedeployKind::Promotion => format!("Promote to {environment}…"),
        };
        next_step(&environment, words, format!("/deploys/{deploy}/to/{environment}"), denied)
    };
    let links = (!redeploys.is_empty()).then(|| {
        let links = redeploys.into_iter().map(link).collect_view();
        view! { <nav class="redeploys" aria-label="What to do next">{links}</nav> }
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
