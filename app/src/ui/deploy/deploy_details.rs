//! What a deploy is of, who asked for it, and why.

use leptos::prelude::*;

use super::origin::{OriginFact, asked_by};
use crate::{domain::Deploy, text::printable::plain, ui::kit::time::At};

/// The facts that hold from the request on; the commit, as soon as somebody who knows has said it.
#[component]
pub fn Facts(
    /// The deploy.
    deploy: Deploy,
) -> impl IntoView {
    let reason = deploy.reason.as_deref().map_or_else(
        || view! { <dd class="quiet">"none given"</dd> }.into_any(),
        |reason| view! { <dd>{plain(reason)}</dd> }.into_any(),
    );
    let commit = deploy.commit.as_ref().map_or_else(
        || view! { <dd class="quiet">"not known"</dd> }.into_any(),
        |commit| view! { <dd class="code">{commit.to_string()}</dd> }.into_any(),
    );
    let by = asked_by(&deploy);
    view! {
        <section data-part="facts" aria-label="Facts">
            <dl class="facts">
                <div><dt>"Ref"</dt><dd class="code">{plain(&deploy.git_ref)}</dd></div>
                <div><dt>"Requested"</dt><dd><At at=deploy.requested_at dated=true /> " by " {by}</dd></div>
                <div><dt>"Reason"</dt>{reason}</div>
                <OriginFact deploy=deploy.clone() />
                <div><dt>"Commit"</dt>{commit}</div>
                <div><dt>"Deploy id"</dt><dd class="code">{deploy.id.to_string()}</dd></div>
            </dl>
        </section>
    }
    .into_any()
}
