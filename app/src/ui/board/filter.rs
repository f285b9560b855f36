//! Finding apps on the board: by typing, and by what asks for attention. A plain form and plain links: without scripts the
//! server leaves out what was not meant. What is shown is in the address.

use leptos::prelude::*;

use super::attention::Attention;
use crate::{
    api::{BoardApp, BoardEnvironment},
    domain::Deploy,
    request::query::{Query, address},
    text::{deploy::deploy_label, printable::printable, status::status_text},
};

pub const FIELD: &str = "board-filter";
/// The name of the field in the address.
pub const SEARCH: &str = "q";
/// The name of the reason for attention in the address.
pub const SHOW: &str = "show";

/// Which apps are shown.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct BoardQuery {
    /// What was typed.
    pub search: String,
    /// Apps of which an environment has this.
    pub show: Option<Attention>,
}

impl BoardQuery {
    #[must_use]
    pub fn of(query: &Query) -> Self {
        let show = query.get(SHOW).and_then(|name| Attention::named(&name));
        Self { search: query.get(SEARCH).unwrap_or_default(), show }
    }

    /// The board with these apps alone.
    #[must_use]
    pub fn address(&self) -> String {
        let search = (!self.search.is_empty()).then(|| self.search.clone());
        let show = self.show.map(|show| show.as_str().to_owned());
        address("/", [(SHOW, &show), (SEARCH, &search)])
    }

    /// Whether an app is among them.
    #[must_use]
    pub fn finds(&self, app: &BoardApp) -> bool {
        self.show.is_none_or(|show| show.is_in(app)) && matches_search(&searchable_text(app), &self.search)
    }
}

#[component]
pub fn BoardFilter(query: BoardQuery) -> impl IntoView {
    let show = query.show.map(|show| view! { <input type="hidden" name=SHOW value=show.as_str() /> });
    view! {
        <form class="board-filter" method="get" action="/" role="search">
            {show}
            <p class="board-filter__found quiet" role="status"></p>
            <input
                id=FIELD
                class="input"
                type="search"
                name=SEARCH
                aria-label="Find apps"
                placeholder="Find an app, a state, a ref, a person"
                autocomplete="off"
                spellcheck="false"
                value=query.search
            />
        </form>
    }
    .into_any()
}

/// The text in which an app is found: its names, and in each environment the states, refs, commits and people.
#[must_use]
pub fn searchable_text(app: &BoardApp) -> String {
    let mut text = [app.name.as_str(), &app.repo, app.group.as_deref().unwrap_or_default()].join(" ");
    for environment in &app.environments {
        text.push(' ');
        text.push_str(&environment.name);
        for attention in Attention::ALL.into_iter().filter(|attention| attention.is_of(environment)) {
            text.push(' ');
            text.push_str(&attention.as_str().replace('-', " "));
        }
        for deploy in shown_deploys(environment) {
            add_deploy(&mut text, deploy);
        }
    }
    text
}

fn shown_deploys(environment: &BoardEnvironment) -> impl Iterator<Item = &Deploy> {
    let BoardEnvironment { under_way, last_success, last_ended, .. } = environment;
    let other =
        last_ended.as_ref().filter(|ended| last_success.as_ref().is_none_or(|live| live.id != ended.id));
    [under_way.as_ref(), other, last_success.as_ref()].into_iter().flatten()
}

fn add_deploy(text: &mut String, deploy: &Deploy) {
    let commit = deploy.commit.as_ref().map(ToString::to_string).unwrap_or_default();
    let details = deploy.commit_details.as_ref();
    let subject = details.map(|details| printable(&details.subject)).unwrap_or_default();
    let author = details.and_then(|details| details.author.as_deref()).map(printable).unwrap_or_default();
    let requester = printable(&deploy.requested_by);
    let words = [deploy_label(deploy), status_text(deploy), requester, commit, subject, author];
    for word in words {
        text.push(' ');
        text.push_str(&word);
    }
}

/// Whether each word of what was typed is in a text, in capitals or not.
#[must_use]
pub fn matches_search(text: &str, search: &str) -> bool {
    has_words(&text.to_lowercase(), &search.to_lowercase())
}

/// The same of texts in small letters.
#[must_use]
pub fn has_words(text: &str, search: &str) -> bool {
    search.split_whitespace().all(|word| text.contains(word))
}
