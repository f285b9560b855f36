//! What deploying a commit would change, by GitHub's word.

use leptos::{either::Either, prelude::*};

use crate::{
    api::{Changes, CommitLine, CommitList},
    text::printable::{is_web_address, printable},
    ui::versions::{CommitId, Subject},
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
            Either::Right(view! { <KnownChanges brings takes_back url /> })
        }
    };
    view! { <section class="changes" aria-labelledby="changes"><h2 id="changes">{title}</h2>{content}</section> }
}

/// What lies between two commits, by GitHub's record.
#[component]
pub fn KnownChanges(
    /// What the second has, and the first has not.
    brings: CommitList,
    /// What the first has, and the second has not.
    takes_back: CommitList,
    /// GitHub's page that compares them.
    url: String,
) -> impl IntoView {
    let is_nothing = brings.total == 0 && takes_back.total == 0;
    let url = is_web_address(&url).then_some(url);
    let repository =
        url.as_deref().and_then(|url| url.split_once("/compare/")).map(|(before, _)| before.to_owned());
    view! {
        {is_nothing.then(|| view! { <p class="quiet">"Nothing: it is the same history."</p> })}
        <Commits list=takes_back verb="Takes back" repository=repository.clone() />
        <Commits list=brings verb="Brings" repository />
        {url.map(|url| view! { <p><a href=url rel="noreferrer">"Compare on GitHub"</a></p> })}
    }
}

#[component]
fn Commits(list: CommitList, verb: &'static str, repository: Option<String>) -> impl IntoView {
    let CommitList { total, newest } = list;
    (total > 0).then(|| {
        let title = match total {
            1 => format!("{verb} 1 commit"),
            total => format!("{verb} {total} commits"),
        };
        let more = usize::try_from(total).unwrap_or(usize::MAX).saturating_sub(newest.len());
        let more = (more > 0).then(|| view! { <li class="quiet">{format!("and {more} older")}</li> });
        let lines = newest.into_iter().map(|listed| line(listed, repository.clone())).collect_view();
        view! { <h3>{title}</h3> <ul class="changes__list" role="list">{lines}{more}</ul> }
    })
}

fn line(CommitLine { commit, subject, author }: CommitLine, repository: Option<String>) -> impl IntoView {
    let author = author.map(|author| view! { <span class="quiet">" · " {printable(&author)}</span> });
    view! { <li><CommitId commit /> " " <Subject subject repository />{author}</li> }
}
