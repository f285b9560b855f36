//! After an event, a browser reads the board again. It says which rows it shows, and is sent those alone that are others
//! now: of three hundred apps, one.
//!
//! The rows are cut out of the page as it was rendered, so what a row holds is decided in one place, and a row counts as
//! unchanged only if it is the same, letter for letter. What a browser shows it names by a tag, which means something as
//! long as this instance remembers it; else the whole board is sent.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use app::{
    live::{
        morph::UNCHANGED,
        page::{BASE, ROWS, ROWS_HEADER},
    },
    ui::board::grid::ROWS_TAG,
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use moka::sync::Cache;

/// Boards that are remembered: what browsers show that read it lately.
const BOARDS: u64 = 500;
/// How a row begins, up to its id. Nothing that is stored can contain it: text is escaped.
const ROW: &str = "<tr id=\"app-";
const END: &str = "</tr>";

/// The rows of the boards that were sent, by their tags.
#[derive(Clone)]
pub struct SentBoards(Cache<String, Arc<Rows>>);

impl Default for SentBoards {
    fn default() -> Self {
        Self(Cache::new(BOARDS))
    }
}

/// What tells one board from another.
#[derive(Debug, Eq, Hash, PartialEq)]
struct Rows {
    /// The ids, in their order.
    ids: Vec<String>,
    /// What each of them holds, as a hash.
    contents: Vec<u64>,
}

impl Rows {
    fn tag(&self) -> String {
        format!("{:016x}", hash(self))
    }
}

/// Sends the board without the rows that the browser has.
pub async fn send_changed_rows(State(sent): State<SentBoards>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET || request.uri().path() != "/" {
        return next.run(request).await;
    }
    let base = request.headers().get(ROWS_HEADER).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut head, body) = response.into_parts();
    // The page is whole already: it cannot break off here.
    let Ok(body) = to_bytes(body, usize::MAX).await else { return Response::default() };
    let Ok(page) = str::from_utf8(&body) else { return Response::from_parts(head, Body::from(body)) };
    let board = Board::cut(page);
    let rows = Arc::new(board.rows());
    let known =
        base.and_then(|base| Some((sent.0.get(&base)?, base))).filter(|(known, _)| known.ids == rows.ids);
    let tag = rows.tag();
    let page = board.write(&rows, &tag, known.as_ref().map(|(known, base)| (known.as_ref(), base.as_str())));
    sent.0.insert(tag, rows);
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(page))
}

/// A page, cut at its rows.
struct Board<'a> {
    /// What stands before each row, and the row.
    parts: Vec<(&'a str, &'a str)>,
    /// What stands after the last.
    rest: &'a str,
}

impl<'a> Board<'a> {
    fn cut(mut page: &'a str) -> Self {
        let mut parts = Vec::new();
        while let Some((begin, end)) = row_in(page) {
            parts.push((&page[..begin], &page[begin..end]));
            page = &page[end..];
        }
        Self { parts, rest: page }
    }

    fn rows(&self) -> Rows {
        let ids = self.parts.iter().map(|(_, row)| id(row).to_owned()).collect();
        Rows { ids, contents: self.parts.iter().map(|(_, row)| content(row)).collect() }
    }

    /// The page, with its tag; without the rows that are `known`, where there is something to compare with.
    fn write(&self, rows: &Rows, tag: &str, known: Option<(&Rows, &str)>) -> String {
        let mut page = String::new();
        for (index, (before, row)) in self.parts.iter().enumerate() {
            page.push_str(before);
            if known.is_some_and(|(known, _)| known.contents.get(index) == rows.contents.get(index)) {
                page.push_str(&format!("{ROW}{}\" {UNCHANGED}>{END}", id(row)));
            } else {
                page.push_str(row);
            }
        }
        page.push_str(self.rest);
        let base = known.map(|(_, base)| format!(" {BASE}=\"{base}\"")).unwrap_or_default();
        page.replacen(&format!("{ROWS}=\"{ROWS_TAG}\""), &format!("{ROWS}=\"{tag}\"{base}"), 1)
    }
}

/// Where the first row begins and ends.
fn row_in(page: &str) -> Option<(usize, usize)> {
    let begin = page.find(ROW)?;
    let end = begin + page.get(begin..)?.find(END)? + END.len();
    Some((begin, end))
}

fn id(row: &str) -> &str {
    row.strip_prefix(ROW).and_then(|row| row.split('"').next()).unwrap_or_default()
}

/// Whether it is shown depends on what was typed: it is the same row.
fn content(row: &str) -> u64 {
    let (tag, cells) = row.split_once('>').unwrap_or((row, ""));
    hash(&(tag.replacen(" hidden", "", 1), cells))
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rows: &[(&str, &str)]) -> String {
        let rows: String =
            rows.iter().map(|(id, text)| format!("{ROW}{id}\"><td>{text}</td></tr>")).collect();
        format!("<div {ROWS}=\"{ROWS_TAG}\"><table>{rows}</table></div>")
    }

    fn sent(page: &str, known: Option<(&Rows, &str)>) -> (Rows, String) {
        let board = Board::cut(page);
        let rows = board.rows();
        let text = board.write(&rows, "new", known);
        (rows, text)
    }

    #[test]
    fn rows_that_are_known_are_left_out() {
        let (before, whole) = sent(&page(&[("a", "1"), ("b", "2")]), None);
        assert!(whole.contains("data-rows=\"new\">") && whole.contains("<td>1</td>"), "{whole}");
        let (_, changed) = sent(&page(&[("a", "1"), ("b", "3")]), Some((&before, "old")));
        assert_eq!(
            changed,
            "<div data-rows=\"new\" data-base=\"old\"><table><tr id=\"app-a\" data-unchanged></tr>\
             <tr id=\"app-b\"><td>3</td></tr></table></div>"
        );
    }

    #[test]
    fn hidden_row_is_the_same_row() {
        let shown = page(&[("a", "hidden")]);
        let hidden = shown.replace("id=\"app-a\">", "id=\"app-a\" hidden>");
        assert_eq!(sent(&shown, None).0, sent(&hidden, None).0);
        assert_ne!(sent(&shown, None).0, sent(&page(&[("a", "")]), None).0);
    }

    #[test]
    fn page_without_rows_is_left_alone() {
        assert_eq!(sent("<p>Nothing</p>", None).1, "<p>Nothing</p>");
    }
}
