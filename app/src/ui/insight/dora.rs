//! The four DORA figures, each with its meaning and the number of its samples. Where nothing is known, that is what is
//! shown.

use leptos::prelude::*;

use crate::{
    api::{Frequency, Insight},
    domain::{ChangeFailures, Spread},
    text::time::duration_of_millis,
};

const NOT_KNOWN: &str = "Not known";

#[component]
pub fn DoraFigures(insight: Insight) -> impl IntoView {
    let Insight { frequency, lead_time, change_failures, restore, .. } = insight;
    view! {
        <section aria-labelledby="dora">
            <h2 id="dora" class="visually-hidden">"The four of DORA"</h2>
            <dl class="figures">
                <Figure
                    name="Deployment frequency"
                    value=frequency_text(frequency)
                    samples=succeeded_samples(frequency)
                    meaning="Successful deploys, over the days since the first one is recorded."
                />
                <Figure
                    name="Lead time for changes"
                    value=median_text(lead_time)
                    samples=known_samples(lead_time, "successes")
                    meaning="From the commit until it was live: median. Rollbacks are no changes."
                />
                <Figure
                    name="Change failure rate"
                    value=failure_rate_text(change_failures)
                    samples=failed_samples(change_failures)
                    meaning="Of the deploys that were rolled out, those that failed then or were rolled back."
                />
                <Figure
                    name="Time to restore"
                    value=median_text(restore)
                    samples=restored_samples(restore)
                    meaning="From such a failure, or the request of the rollback, to the next success: median."
                />
            </dl>
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

fn frequency_text(Frequency { successes, days }: Frequency) -> String {
    if days == 0 {
        NOT_KNOWN.to_owned()
    } else if successes == 0 {
        "None".to_owned()
    } else if successes >= days {
        format!("{} a day", tenths(successes, days))
    } else {
        format!("{} a week", tenths(successes * 7, days))
    }
}

fn succeeded_samples(Frequency { successes, days }: Frequency) -> String {
    match days {
        0 => "nothing was recorded then".to_owned(),
        1 => format!("{successes} succeeded in 1 day"),
        days => format!("{successes} succeeded in {days} days"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_figures_say_unknown() {
        assert_eq!(frequency_text(Frequency { successes: 0, days: 0 }), NOT_KNOWN);
        assert_eq!(median_text(Spread { all: 3, ..Spread::default() }), NOT_KNOWN);
        assert_eq!(failure_rate_text(ChangeFailures::default()), NOT_KNOWN);
        assert_eq!(
            known_samples(Spread { all: 3, ..Spread::default() }, "successes"),
            "known for 0 of 3 successes"
        );
    }

    #[test]
    fn figures_have_one_decimal_at_most() {
        for (successes, days, words) in [
            (0, 30, "None"),
            (30, 30, "1 a day"),
            (65, 30, "2.2 a day"),
            (3, 30, "0.7 a week"),
            (29, 30, "6.8 a week"),
        ] {
            assert_eq!(frequency_text(Frequency { successes, days }), words);
        }
        assert_eq!(failure_rate_text(ChangeFailures { reached: 15, failed: 1, rolled_back: 1 }), "13.3 %");
        assert_eq!(failure_rate_text(ChangeFailures { reached: 15, failed: 0, rolled_back: 0 }), "0 %");
    }
}
