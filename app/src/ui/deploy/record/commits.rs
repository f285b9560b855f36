//! Which commits a deploy brought.

use leptos::{either::EitherOf3, prelude::*};

use crate::{
    api::{Brought, Changes},
    domain::{Deploy, Status, StoredStatus},
    text::{outcome::name_label, printable::printable},
    ui::deploy_form::changes::KnownChanges,
};

/// The commits between its own and that of the deploy that was live before; nothing, where its own is not known.
#[component]
pub fn BroughtCommits(deploy: Deploy, brought: Option<Brought>) -> impl IntoView {
    brought.map(|brought| {
        let is_pending = brought.is_pending();
        let Brought { before, changes } = brought;
        let before = before.map(|before| {
            let href = format!("/deploys/{}", before.id);
            view! { <p class="quiet">"Compared with " <a href=href>{name_label(&before)}</a> ", live here before."</p> }
        });
        let commits = match (&before, changes) {
            (None, _) => {
                EitherOf3::A(view! { <p class="quiet">"No earlier deploy here is recorded as healthy."</p> })
            }
            (Some(_), Some(Changes::Known { brings, takes_back, url })) => {
                EitherOf3::B(view! { <KnownChanges brings takes_back url /> })
            }
            (Some(_), Some(Changes::Unknown { why })) => {
                EitherOf3::C(format!("Which commits these are is not known. {}", printable(&why)).into_any())
            }
            (Some(_), None) => EitherOf3::C("Asking GitHub which commits these are…".into_any()),
        };
        let title = if deploy.is_live() {
            "Commits it brings"
        } else if deploy.status == StoredStatus::Known(Status::Succeeded) {
            "Commits it brought"
        } else {
            "Commits it was to bring"
        };
        // While GitHub is asked, the page hears when it has answered.
        view! {
            <section class="panel changes" aria-labelledby="commits" data-follow=is_pending.then_some("")>
                <h2 id="commits">{title}</h2>
                {before}
                {commits}
            </section>
        }
    })
}
