//! The five DORA figures, each with its meaning and the number of its samples. Where nothing is known, that is what is
//! shown.

use leptos::prelude::*;

use crate::{
    api::{Frequency, Insight},
    domain::{ChangeFailures, Rework, Spread},
    text::time::duration_of_millis,
};

const NOT_KNOWN: &str = "Not known";

/// The figures, in the order in which they are shown, and what each says. `docs/operating/insight.md` has the precise
/// definitions.
pub const MEANINGS: [(&str, &str); 5] = [
    (
        "Deployment frequency",
        "Changes that went live, over the days since the first deploy is recorded. Deploying the same commit again is no change.",
    ),
    ("Lead time for changes", "From the commit until it was live: median. Rollbacks are no changes."),
    (
        "Change failure rate",
        "Of the changes that were rolled out, those that failed then or were rolled back. Retries of a commit belong to it.",
    ),
    ("Time to restore", "From such a failure, or the request of the rollback, to the next success: median."),
    (
        "Rework rate",
        "Of the successful deploys, those that answered a failure: rollbacks, and the first success after a deploy that failed once it was rolled out.",
    ),
];

#[component]
pub fn DoraFigures(insight: Insight) -> impl IntoView {
    let Insight { frequency, lead_time, change_failures, restore, rework, .. } = insight;
    let values = [
        (frequency_text(frequency), succeeded_samples(frequency)),
        (median_text(lead_time), known_samples(lead_time, "successes")),
        (failure_rate_text(change_failures), failed_samples(change_failures)),
        (median_text(restore), restored_samples(restore)),
        (rework_text(rework), rework_samples(rework)),
    ];
    let figures = MEANINGS.into_iter().zip(values).map(|((name, meaning), (value, samples))| {
        view! { <Figure name value samples meaning /> }
    });
    view! {
        <section aria-labelledby="dora">
            <h2 id="dora" class="visually-hidden">"The five of DORA"</h2>
            <dl class="figures">{figures.collect_view()}</dl>
        </section>
    }
    .into_any()
}

#[component]
fn Figure(name: &'static str, value: String, samples: String, meaning: &'static str) -> impl IntoView {
    let is_unknown = value == NOT_KNOWN;
    view! {
        <div class="panel figure">
            <dt>{name}</dt>
            <dd class="figure__value" class:figure__value--unknown=is_unknown>{value}</dd>
            <dd class="figure__samples">{samples}</dd>
            <dd class="quiet figure__meaning">{meaning}</dd>
        </div>
    }
}

/// Tenths, without more digits than there is something to them.
fn tenths(numerator: i64, denominator: i64) -> String {
    let tenths = (numerator * 10 + denominator / 2) / denominator.max(1);
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

fn frequency_text(Frequency { changes, days, .. }: Frequency) -> String {
    if days == 0 {
        NOT_KNOWN.to_owned()
    } else if changes == 0 {
        "None".to_owned()
    } else if changes >= days {
        format!("{} a day", tenths(changes, days))
    } else {
        format!("{} a week", tenths(changes * 7, days))
    }
}

fn succeeded_samples(Frequency { successes, changes, days }: Frequency) -> String {
    let of = if days == 1 { "in 1 day".to_owned() } else { format!("in {days} days") };
    let changed = numbered(changes, "change", "changes");
    match (days, successes) {
        (0, _) => "nothing was recorded then".to_owned(),
        (_, all) if all == changes => format!("{changed} {of}"),
        (_, all) => format!("{changed} {of}, of {}", numbered(all, "success", "successes")),
    }
}

fn numbered(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn median_text(spread: Spread) -> String {
    spread.median.map_or_else(|| NOT_KNOWN.to_owned(), duration_of_millis)
}

fn p90_text(spread: Spread) -> String {
    spread.p90.map_or_else(String::new, |at| format!("9 in 10 within {} · ", duration_of_millis(at)))
}

fn known_samples(spread: Spread, what: &str) -> String {
    format!("{}known for {} of {} {what}", p90_text(spread), spread.known, spread.all)
}

fn failure_rate_text(ChangeFailures { reached, failed, rolled_back }: ChangeFailures) -> String {
    if reached == 0 {
        NOT_KNOWN.to_owned()
    } else {
        format!("{} %", tenths((failed + rolled_back) * 100, reached))
    }
}

fn failed_samples(ChangeFailures { reached, failed, rolled_back }: ChangeFailures) -> String {
    format!("{failed} failed, {rolled_back} rolled back, of {reached} rolled out")
}

fn restored_samples(spread: Spread) -> String {
    if spread.all == 0 {
        "no such failure".to_owned()
    } else {
        format!("restored {} of {}", spread.known, spread.all)
    }
}

fn rework_text(Rework { successes, rollbacks, fixes }: Rework) -> String {
    if successes == 0 {
        NOT_KNOWN.to_owned()
    } else {
        format!("{} %", tenths((rollbacks + fixes) * 100, successes))
    }
}

fn rework_samples(Rework { successes, rollbacks, fixes }: Rework) -> String {
    let [rollbacks, fixes] = [numbered(rollbacks, "rollback", "rollbacks"), numbered(fixes, "fix", "fixes")];
    format!("{rollbacks}, {fixes}, of {}", numbered(successes, "success", "successes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_figures_say_unknown() {
        assert_eq!(frequency_text(Frequency { successes: 0, changes: 0, days: 0 }), NOT_KNOWN);
        assert_eq!(median_text(Spread { all: 3, ..Spread::default() }), NOT_KNOWN);
        assert_eq!(failure_rate_text(ChangeFailures::default()), NOT_KNOWN);
        assert_eq!(rework_text(Rework::default()), NOT_KNOWN);
        assert_eq!(
            known_samples(Spread { all: 3, ..Spread::default() }, "successes"),
            "known for 0 of 3 successes"
        );
    }

    #[test]
    fn figures_have_one_decimal_at_most() {
        for (changes, days, words) in [
            (0, 30, "None"),
            (30, 30, "1 a day"),
            (65, 30, "2.2 a day"),
            (3, 30, "0.7 a week"),
            (29, 30, "6.8 a week"),
        ] {
            assert_eq!(frequency_text(Frequency { successes: 40, changes, days }), words);
        }
        assert_eq!(failure_rate_text(ChangeFailures { reached: 15, failed: 1, rolled_back: 1 }), "13.3 %");
        assert_eq!(failure_rate_text(ChangeFailures { reached: 15, failed: 0, rolled_back: 0 }), "0 %");
        let rework = Rework { successes: 8, rollbacks: 1, fixes: 0 };
        assert_eq!(
            (rework_text(rework), rework_samples(rework)),
            ("12.5 %".into(), "1 rollback, 0 fixes, of 8 successes".into())
        );
    }

    #[test]
    fn repetitions_are_named_beside_changes() {
        let samples = |successes, changes, days| succeeded_samples(Frequency { successes, changes, days });
        assert_eq!(samples(4, 4, 30), "4 changes in 30 days");
        assert_eq!(samples(5, 1, 1), "1 change in 1 day, of 5 successes");
        assert_eq!(samples(0, 0, 0), "nothing was recorded then");
    }
}
