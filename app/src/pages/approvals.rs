//! What waits for an approval: what the viewer may approve, and what they wait for themselves. A list alone; the deploy's
//! own page says what one approves, and has the forms.

use leptos::prelude::*;

use crate::{
    api::{AwaitedApprovals, deploys::read_approvals},
    domain::Action,
    islands::LiveList,
    request::{response, viewer::use_caller},
    ui::{
        approvals::list::ApprovalList,
        kit::error_note::ErrorNote,
        layout::page_title::{Activity, PageTitle},
    },
};

/// The page. It is followed: something may begin to wait at any time.
#[component]
pub fn ApprovalsPage() -> impl IntoView {
    let awaited = Resource::new_blocking(|| (), |()| read_approvals());
    let content = move || {
        Suspend::new(async move {
            match awaited.await {
                Ok(awaited) => view! { <ApprovalsContent awaited /> }.into_any(),
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <PageTitle text="Approvals" /> <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! {
        <div class="page-head" data-follow="">
            <h1>"Approvals"</h1>
            <p class="quiet">
                "Some environments have others approve a deploy before GitHub is asked for it. Until then it holds its environment. Runs that were started on GitHub wait at "
                <a href="/protection">"GitHub’s gate"</a> "."
            </p>
        </div>
        <Suspense fallback=|| view! { <p class="quiet">"Reading what waits…"</p> }>{content}</Suspense>
    }
    .into_any()
}

#[component]
fn ApprovalsContent(awaited: AwaitedApprovals) -> impl IntoView {
    let AwaitedApprovals { to_review, of_others } = awaited;
    let (title, activity) = match to_review.len() {
        0 => ("Approvals".to_owned(), Activity::Quiet),
        waiting => (format!("{waiting} to approve · Approvals"), Activity::Moving),
    };
    let may_nowhere = use_caller().and_then(|caller| caller.denied_anywhere(Action::Approve));
    let nothing = if may_nowhere.is_some() {
        "You may approve nothing: it needs the role approver."
    } else {
        "Nothing waits for you. What others request where approvals is set in console.toml shows here until it is approved, rejected, or out of time."
    };
    view! {
        <PageTitle text=title activity />
        <LiveList />
        <div class="part" data-part="to-review">
            <ApprovalList title="Waits for you" deploys=to_review nothing open="Review" />
        </div>
        <div class="part" data-part="of-others">
            <ApprovalList
                title="Waits for others"
                deploys=of_others
                nothing="Nothing that you requested or approved waits for others."
                open="Open"
            />
        </div>
    }
    .into_any()
}
