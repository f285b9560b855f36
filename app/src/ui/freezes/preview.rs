//! What a freeze would do, before it is declared.

use leptos::prelude::*;

use crate::{
    api::{
        FreezeEffect, FreezePeriod,
        freezes::{ONCE, UNTIL_LIFTED},
    },
    domain::Deploy,
    text::{deploy::deploy_label, printable::printable},
    ui::kit::{requester::requested_by_text, time::At},
};

/// Its id: the address of a page that shows it leads there.
pub const PREVIEW: &str = "preview";

/// When it would hold, and what it would have stopped.
#[component]
pub fn FreezeEffectNote(
    /// Which of the forms it is of.
    kind: &'static str,
    effect: FreezeEffect,
) -> impl IntoView {
    let stopped = stopped_text(kind, &effect);
    let FreezeEffect { periods, newest, .. } = effect;
    let when = match periods.len() {
        0 if kind == UNTIL_LIFTED => "From now on, until it is lifted.",
        0 => "It is over already: it would stop nothing.",
        1 => "Nothing is deployed:",
        _ => "Nothing is deployed, the next times:",
    };
    let periods = periods.into_iter().map(period).collect_view();
    let newest = (!newest.is_empty()).then(|| {
        view! {
            <p>"The newest:"</p>
            <ul class="preview__list" role="list">{newest.into_iter().map(stopped_line).collect_view()}</ul>
        }
    });
    view! {
        <section class="note preview" id=PREVIEW aria-labelledby="preview-title">
            <h4 class="note__title" id="preview-title">"What it does"</h4>
            <p>{when}</p>
            <ul class="preview__list" role="list">{periods}</ul>
            <p>{stopped}</p>
            {newest}
        </section>
    }
    .into_any()
}

fn period(FreezePeriod { from, until, local_from, local_until }: FreezePeriod) -> impl IntoView {
    view! {
        <li>
            {local_from} " to " {local_until}
            <span class="second"><At at=from dated=true /> " to " <At at=until dated=true /></span>
        </li>
    }
}

fn stopped_line(deploy: Deploy) -> impl IntoView {
    let place = format!("{} to {}: ", printable(&deploy.app), printable(&deploy.environment));
    view! {
        <li>
            {place} <a class="ref" href=format!("/deploys/{}", deploy.id)>{deploy_label(&deploy)}</a>
            {format!(", requested {} ", requested_by_text(&deploy))} <At at=deploy.requested_at dated=true />
        </li>
    }
}

/// A weekly freeze, and one without an end, are held against days that have been; a period is what it is.
fn stopped_text(kind: &str, effect: &FreezeEffect) -> String {
    let FreezeEffect { stopped, is_more, days, .. } = effect;
    let least = if *is_more { "at least " } else { "" };
    let deploys = if *stopped == 1 { "deploy" } else { "deploys" };
    match (kind, stopped) {
        (ONCE, 0) => format!("No deploy of the last {days} days was requested within it."),
        (ONCE, _) => format!(
            "Of the deploys of the last {days} days, {least}{stopped} {deploys} would have been stopped."
        ),
        (_, 0) => format!("Had it held for the last {days} days, it would have stopped no deploy."),
        (_, _) => {
            format!("Had it held for the last {days} days, it would have stopped {least}{stopped} {deploys}.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::freezes::WEEKLY;

    #[test]
    fn stopped_deploys_are_counted_in_words() {
        let text = |kind, stopped, is_more| {
            stopped_text(kind, &FreezeEffect { stopped, is_more, days: 30, ..FreezeEffect::default() })
        };
        assert!(text(WEEKLY, 0, false).ends_with("would have stopped no deploy."));
        assert!(text(WEEKLY, 1, false).ends_with("would have stopped 1 deploy."));
        assert!(text(UNTIL_LIFTED, 4_999, true).ends_with("would have stopped at least 4999 deploys."));
        assert!(text(ONCE, 0, false).starts_with("No deploy of the last 30 days"));
        assert!(text(ONCE, 2, false).ends_with("2 deploys would have been stopped."));
    }
}
