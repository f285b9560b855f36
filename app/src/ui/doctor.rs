//! What the doctor found: how many apps are ready, then a section for the console and one for each app.

use leptos::prelude::*;

use crate::{
    api::{AppChecks, Check, CheckResult, DoctorReport},
    request::query,
    text::printable::printable,
    ui::kit::{
        icon::{Icon, IconImage},
        time::At,
    },
};

/// How many apps are ready, and what was counted.
#[component]
pub fn DoctorSummary(report: DoctorReport) -> impl IntoView {
    let (ready, apps, at) = (report.ready(), report.apps.len(), report.checked_at);
    let counted = [CheckResult::Problem, CheckResult::Warning, CheckResult::Unknown].map(|result| {
        let count = report.count(result);
        (count > 0).then(|| {
            let words = counted_text(result, count);
            view! { <li class="status" data-tone=tone(result)><IconImage icon=icon(result) /> {words}</li> }
        })
    });
    let not_ready = report.apps.iter().filter(|app| !app.is_ready()).map(|app| {
        let (app, href) = (app.app.clone(), format!("#app-{}", app.app));
        view! { <li><a href=href>{app}</a></li> }
    });
    let not_ready = not_ready.collect::<Vec<_>>();
    let class = if ready == apps { "note doctor-summary--ready" } else { "note note--bad" };
    view! {
        <div class=class>
            <p class="note__title">{ready_text(ready, apps)}</p>
            <ul class="doctor-summary__counts">{counted}</ul>
            {(!not_ready.is_empty() && apps > 1)
                .then(|| {
                    view! {
                        <p id="not-ready">"Not ready:"</p>
                        <ul class="doctor-summary__counts" aria-labelledby="not-ready">{not_ready}</ul>
                    }
                })}
            <p class="quiet">"Looked at " <At at dated=true /> ". Nothing was started or changed."</p>
        </div>
    }
    .into_any()
}

fn ready_text(ready: usize, apps: usize) -> String {
    match (ready, apps) {
        (1, 1) => "The app is ready".to_owned(),
        (0, 1) => "The app is not ready".to_owned(),
        (ready, apps) if ready == apps => format!("All {apps} apps are ready"),
        (1, apps) => format!("1 of {apps} apps is ready"),
        (ready, apps) => format!("{ready} of {apps} apps are ready"),
    }
}

fn counted_text(result: CheckResult, count: usize) -> String {
    let (one, more) = match result {
        CheckResult::Ok => ("check is in order", "checks are in order"),
        CheckResult::Warning => ("warning", "warnings"),
        CheckResult::Problem => ("problem", "problems"),
        CheckResult::Unknown => ("thing is not known", "things are not known"),
    };
    format!("{count} {}", if count == 1 { one } else { more })
}

/// What concerns every app.
#[component]
pub fn ConsoleChecks(checks: Vec<Check>) -> impl IntoView {
    view! {
        <section class="doctor" aria-labelledby="doctor-console">
            <h2 id="doctor-console">"The console"</h2>
            <CheckList checks is_open=false />
        </section>
    }
    .into_any()
}

/// One app.
#[component]
pub fn AppSection(
    app: AppChecks,
    /// Whether the page is about this app alone.
    is_alone: bool,
) -> impl IntoView {
    let AppChecks { app, repo, workflow, git_ref, checks } = app;
    let alone = query::address("/doctor", [("app", &Some(app.clone()))]);
    let link = if is_alone {
        view! { <a href="/doctor">"All apps"</a> }.into_any()
    } else {
        view! { <a href=alone aria-label=format!("This app alone: {app}")>"This app alone"</a> }.into_any()
    };
    let id = format!("app-{app}");
    view! {
        <section class="doctor" aria-labelledby=id>
            <div class="page-head">
                <h2 id=id.clone()>{app}</h2>
                <p class="quiet doctor__place">
                    <span class="code">{workflow}</span> " on " <span class="ref">{git_ref}</span> ", in "
                    <span class="code">{repo}</span>
                </p>
                {link}
            </div>
            <CheckList checks is_open=is_alone />
        </section>
    }
    .into_any()
}

/// What is in order is folded up: it is read by those who ask what was looked at.
#[component]
fn CheckList(
    checks: Vec<Check>,
    /// Whether what is in order is shown at once.
    is_open: bool,
) -> impl IntoView {
    let (good, others): (Vec<_>, Vec<_>) =
        checks.into_iter().partition(|check| check.result == CheckResult::Ok);
    let others = (!others.is_empty())
        .then(|| view! { <ul class="checks">{others.into_iter().map(line).collect_view()}</ul> });
    let good = (!good.is_empty()).then(|| {
        view! {
            <details class="doctor__good" open=is_open>
                <summary>
                    <span class="status" data-tone=tone(CheckResult::Ok)>
                        <IconImage icon=icon(CheckResult::Ok) />
                        <span class="status__words">{counted_text(CheckResult::Ok, good.len())}</span>
                    </span>
                </summary>
                <ul class="checks">{good.into_iter().map(line).collect_view()}</ul>
            </details>
        }
    });
    view! { {others} {good} }
}

fn line(check: Check) -> AnyView {
    let Check { subject, result, found, known_by, advice } = check;
    let advice = advice.map(|advice| view! { <p class="check__advice">{printable(&advice)}</p> });
    view! {
        <li class="check" data-result=result.as_str()>
            <p class="status check__result" data-tone=tone(result)>
                <IconImage icon=icon(result) />
                <span class="status__words">{result.as_str()}</span>
            </p>
            <div class="check__text">
                <h3>{subject.label()}</h3>
                <p>{printable(&found)}</p>
                {advice}
                <p class="second">"Known by: " {printable(&known_by)}</p>
            </div>
        </li>
    }
    .into_any()
}

const fn icon(result: CheckResult) -> Icon {
    match result {
        CheckResult::Ok => Icon::Tick,
        CheckResult::Warning => Icon::Dash,
        CheckResult::Problem => Icon::Cross,
        CheckResult::Unknown => Icon::Question,
    }
}

const fn tone(result: CheckResult) -> &'static str {
    match result {
        CheckResult::Ok => "good",
        CheckResult::Warning => "late",
        CheckResult::Problem => "bad",
        CheckResult::Unknown => "unknown",
    }
}
