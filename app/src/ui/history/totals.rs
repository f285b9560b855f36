//! How many deploys a filter finds, and how they ended. Each number leads to its deploys.

use leptos::prelude::*;

use super::address::history_address;
use crate::{
    api::DeployQuery,
    domain::{DeployTotals, EndKind, Status},
};

/// A number, its word, and the status that finds just these.
type Part = (i64, &'static str, &'static str);

#[component]
pub fn TotalsLine(totals: DeployTotals, query: DeployQuery) -> impl IntoView {
    let failed = Status::Failed.as_str();
    // With another status chosen, all that are found ended alike.
    let is_split = query.status.as_deref().is_none_or(|status| status == failed);
    let parts = by_status(&totals).into_iter().filter(|part| is_split && part.0 > 0);
    let parts = parts.enumerate().map(|(place, part)| {
        let before = if place == 0 { ": " } else { ", " };
        let kinds = (part.2 == failed).then(|| kinds(&totals, &query));
        view! { {before} {link(part, &query)} {kinds} }
    });
    view! { <p class="totals">{counted(&totals)} {parts.collect_view()}</p> }.into_any()
}

const fn by_status(totals: &DeployTotals) -> [Part; 4] {
    [
        (totals.in_progress, "in progress", DeployQuery::IN_PROGRESS),
        (totals.succeeded, "succeeded", Status::Succeeded.as_str()),
        (totals.failed, "failed", Status::Failed.as_str()),
        (totals.timed_out, "timed out", Status::TimedOut.as_str()),
    ]
}

const fn by_kind(totals: &DeployTotals) -> [Part; 4] {
    [
        (totals.cancelled, "cancelled", EndKind::Cancelled.as_str()),
        (totals.superseded, "superseded", EndKind::Superseded.as_str()),
        (totals.abandoned, "abandoned", EndKind::Abandoned.as_str()),
        (totals.not_approved, "not approved", EndKind::NotApproved.as_str()),
    ]
}

/// Of those that failed, how those ended that did not fail by themselves; nothing, if there are none.
fn kinds(totals: &DeployTotals, query: &DeployQuery) -> impl IntoView + use<> {
    let parts: Vec<Part> = by_kind(totals).into_iter().filter(|part| part.0 > 0).collect();
    let last = parts.len();
    let parts = (1..).zip(parts).map(|(place, part)| {
        let before = if place == 1 { " (" } else { ", " };
        view! { {before} {link(part, query)} {(place == last).then_some(")")} }
    });
    parts.collect_view()
}

fn link((count, word, status): Part, query: &DeployQuery) -> impl IntoView + use<> {
    let place = DeployQuery { status: Some(status.to_owned()), cursor: None, ..query.clone() };
    view! { <a href=history_address(&place)>{count} " " {word}</a> }
}

fn counted(totals: &DeployTotals) -> String {
    match totals.counted() {
        _ if totals.has_more => "More than 1,000 deploys. Of the newest 1,000".to_owned(),
        0 => "No deploys".to_owned(),
        1 => "1 deploy".to_owned(),
        count => format!("{count} deploys"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(totals: DeployTotals, status: Option<&str>) -> String {
        let query = DeployQuery { status: status.map(str::to_owned), ..DeployQuery::default() };
        let html = Owner::new().with(|| view! { <TotalsLine totals query /> }.to_html());
        let mut text = String::new();
        let mut is_tag = false;
        for letter in html.chars() {
            is_tag = is_tag && letter != '>' || letter == '<';
            if !is_tag && letter != '>' {
                text.push(letter);
            }
        }
        text
    }

    #[test]
    fn totals_name_each_end() {
        let totals = DeployTotals {
            in_progress: 1,
            succeeded: 20,
            failed: 4,
            cancelled: 2,
            superseded: 1,
            ..DeployTotals::default()
        };
        assert_eq!(
            text(totals, None),
            "25 deploys: 1 in progress, 20 succeeded, 4 failed (2 cancelled, 1 superseded)"
        );
        let failed = DeployTotals { failed: 1, ..DeployTotals::default() };
        assert_eq!(text(failed, Some("failed")), "1 deploy: 1 failed");
        assert_eq!(text(failed, Some("cancelled")), "1 deploy");
        let many = DeployTotals { has_more: true, succeeded: 1_000, ..DeployTotals::default() };
        assert_eq!(text(many, None), "More than 1,000 deploys. Of the newest 1,000: 1000 succeeded");
        assert_eq!(text(DeployTotals::default(), None), "No deploys");
    }
}
