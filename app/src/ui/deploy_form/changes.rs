//! What deploying a commit would change, by GitHub's word.

use leptos::{either::Either, prelude::*};

use crate::{
    api::{Changes, CommitLine, CommitList},
    text::printable::{is_web_address, printable},
    ui::versions::CommitId,
};

/// The commits that it would bring and take back; or why they are not known.
#[component]
pub fn ChangeList(
    changes: Changes,
    /// The ref that they are of, where it can be chosen.
    #[prop(optional, into)]
    git_ref: Option<String>,
) -> impl IntoView {
    let title = git_ref
        .map_or_else(|| "What changes".to_owned(), |git_ref| format!("What {} changes", printable(&git_ref)));
    let content = match changes {
        Changes::Unknown { why } => Either::Left(view! {
            <p class="quiet">"What would change is not known. " {printable(&why)}</p>
        }),
        Changes::Known { brings, takes_back, url } => {
            let is_nothing = brings.total == 0 && takes_back.total == 0;
            Either::Right(view! {
                {is_nothing.then(|| view! { <p class="quiet">"Nothing: it is the same history."</p> })}
                <Commits list=takes_back verb="Takes back" />
                <Commits list=brings verb="Brings" />
                {is_web_address(&url).then(|| view! { <p><a href=url rel="noreferrer">"Compare on GitHub"</a></p> })}
            })
        }
    };
    view! { <section class="changes" aria-labelledby="changes"><h2 id="changes">{title}</h2>{content}</section> }
}

#[component]
fn Commits(list: CommitList, verb: &'static str) -> impl IntoView {
    let CommitList { total, newest } = list;
    (total > 0).then(|| {
        let title = match total {
            1 => format!("{verb} 1 commit"),
            total => format!("{verb} {total} commits"),
        };
        let more = usize::try_from(total).unwrap_or(usize::MAX).saturating_sub(newest.len());
        let more = (more > 0).then(|| view! { <li class="quiet">{format!("and {more} older")}</li> });
        let lines = newest.into_iter().map(line).collect_view();
        view! { <h3>{title}</h3> <ul class="changes__list" role="list">{lines}{more}</ul> }
    })
}

fn line(CommitLine { commit, subject, author }: CommitLine) -> impl IntoView {
    let author = author.map(|author| view! { <span class="quiet">" · " {printable(&author)}</span> });
    view! { <li><CommitId commit /> " " {printable(&subject)}{author}</li> }
}
