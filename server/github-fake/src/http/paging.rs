//! Lists, a page at a time.

use axum::{
    Json,
    http::Uri,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{errors::with_header, records::Links};

/// Entries on a page, at most.
const LARGEST: usize = 100;
/// Entries that can be reached in a list that is narrowed down.
const REACHABLE: usize = 1_000;

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default)]
pub(super) struct PageQuery {
    per_page: usize,
    page: usize,
}

impl Default for PageQuery {
    fn default() -> Self {
        Self { per_page: 30, page: 1 }
    }
}

impl PageQuery {
    pub(super) fn size(self) -> usize {
        if self.per_page == 0 { Self::default().per_page } else { self.per_page.min(LARGEST) }
    }

    pub(super) fn number(self) -> usize {
        self.page.max(1)
    }
}

/// A list as GitHub gives it: the page that was asked for, how many there are, and where the others are.
pub(super) struct List<'a> {
    pub(super) links: &'a Links,
    pub(super) uri: &'a Uri,
    pub(super) page: PageQuery,
    /// The member that holds the entries.
    pub(super) member: &'a str,
    /// Whether it was narrowed down: such a list ends after a thousand.
    pub(super) is_filtered: bool,
}

impl List<'_> {
    pub(super) fn answer<T>(&self, all: &[T], describe: impl Fn(&T) -> Value) -> Response {
        let (size, number) = (self.page.size(), self.page.number());
        let reachable = if self.is_filtered { all.len().min(REACHABLE) } else { all.len() };
        let shown: Vec<_> =
            all[..reachable].iter().skip(size * (number - 1)).take(size).map(describe).collect();
        let answer = Json(json!({ "total_count": all.len(), self.member: shown })).into_response();
        let Self { links, uri, page, .. } = *self;
        PlainList { links, uri, page }.with_links(answer, reachable.div_ceil(size))
    }
}

/// A list of entries and nothing else.
pub(super) struct PlainList<'a> {
    pub(super) links: &'a Links,
    pub(super) uri: &'a Uri,
    pub(super) page: PageQuery,
}

impl PlainList<'_> {
    pub(super) fn answer<T: Copy>(&self, all: &[T], describe: impl Fn(T) -> Value) -> Response {
        let (size, number) = (self.page.size(), self.page.number());
        let shown = all.iter().skip(size * (number - 1)).take(size).map(|entry| describe(*entry));
        let answer = Json(shown.collect::<Vec<_>>()).into_response();
        self.with_links(answer, all.len().div_ceil(size))
    }

    fn with_links(&self, answer: Response, last: usize) -> Response {
        match self.link(last) {
            link if link.is_empty() => answer,
            link => with_header(answer, "link", &link),
        }
    }

    fn link(&self, last: usize) -> String {
        let number = self.page.number();
        let mut links = Vec::new();
        if number > 1 {
            links.extend([("prev", number - 1)]);
        }
        if number < last {
            links.extend([("next", number + 1), ("last", last)]);
        }
        if number > 1 {
            links.extend([("first", 1)]);
        }
        let link = |(relation, page)| format!("<{}>; rel=\"{relation}\"", self.address(page));
        links.into_iter().map(link).collect::<Vec<_>>().join(", ")
    }

    fn address(&self, page: usize) -> String {
        let others = self.uri.query().unwrap_or_default().split('&');
        let others = others.filter(|pair| !pair.is_empty() && !pair.starts_with("page="));
        let query: Vec<_> = others.map(str::to_owned).chain([format!("page={page}")]).collect();
        self.links.api(&format!("{}?{}", self.uri.path(), query.join("&")))
    }
}
