//! `deploy-console doctor`: the report as text, and as JSON, one object a line.

use std::fmt::Write;

use app::{
    api::{AppChecks, Check, CheckResult, DoctorReport},
    text::printable::printable,
};
use serde::Serialize;

/// The report, for people: a paragraph for the console and one for each app.
#[must_use]
pub fn table(report: &DoctorReport) -> String {
    let mut text = String::new();
    paragraph(&mut text, "console", &report.console);
    for AppChecks { app, repo, workflow, git_ref, checks } in &report.apps {
        paragraph(&mut text, &format!("{app}: {workflow} on {git_ref}, in {repo}"), checks);
    }
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}", summary(report));
    text
}

/// How many apps are ready.
fn summary(report: &DoctorReport) -> String {
    let counted = |result: CheckResult, one: &str, more: &str| match report.count(result) {
        0 => String::new(),
        1 => format!(", 1 {one}"),
        count => format!(", {count} {more}"),
    };
    format!(
        "{} of {} apps ready{}{}{}",
        report.ready(),
        report.apps.len(),
        counted(CheckResult::Problem, "problem", "problems"),
        counted(CheckResult::Warning, "warning", "warnings"),
        counted(CheckResult::Unknown, "thing not known", "things not known"),
    )
}

fn paragraph(text: &mut String, title: &str, checks: &[Check]) {
    let _ = writeln!(text, "{}", printable(title));
    for Check { subject, result, found, known_by, advice } in checks {
        let _ = writeln!(text, "  {:<8} {:<15} {}", result.as_str(), subject.label(), printable(found));
        let _ = writeln!(text, "{:<26} known by: {}", "", printable(known_by));
        if let Some(advice) = advice {
            let _ = writeln!(text, "{:<26} to do: {}", "", printable(advice));
        }
    }
    text.push('\n');
}

/// The report, for programs: a line for each check. What concerns every app names none.
#[must_use]
pub fn lines(report: &DoctorReport) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        app: Option<&'a str>,
        #[serde(flatten)]
        check: &'a Check,
    }
    let of_console = report.console.iter().map(|check| Line { app: None, check });
    let of_apps =
        report.apps.iter().flat_map(|app| app.checks.iter().map(|check| Line { app: Some(&app.app), check }));
    let lines = of_console.chain(of_apps).filter_map(|line| serde_json::to_string(&line).ok());
    lines.map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use app::api::CheckSubject;

    use super::*;

    fn report() -> DoctorReport {
        let check = |subject, result, advice: Option<&str>| Check {
            subject,
            result,
            found: "It is \u{1b}[31mso.".to_owned(),
            known_by: "an answer".to_owned(),
            advice: advice.map(str::to_owned),
        };
        DoctorReport {
            checked_at: "2026-11-22T12:00:00Z".parse().unwrap(),
            console: vec![check(CheckSubject::Callback, CheckResult::Ok, None)],
            apps: vec![AppChecks {
                app: "shop".to_owned(),
                repo: "acme/shop".to_owned(),
                workflow: "deploy.yml".to_owned(),
                git_ref: "main".to_owned(),
                checks: vec![
                    check(CheckSubject::RunName, CheckResult::Problem, Some("Write one.")),
                    check(CheckSubject::Secret, CheckResult::Unknown, Some("Look there.")),
                ],
            }],
        }
    }

    #[test]
    fn text_says_what_how_and_what_to_do() {
        let text = table(&report());
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        assert_eq!(
            lines,
            [
                "console",
                "  ok       Callback        It is so.",
                "                           known by: an answer",
                "",
                "shop: deploy.yml on main, in acme/shop",
                "  problem  Run name        It is so.",
                "                           known by: an answer",
                "                           to do: Write one.",
                "  unknown  Secret          It is so.",
                "                           known by: an answer",
                "                           to do: Look there.",
                "",
                "0 of 1 apps ready, 1 problem, 1 thing not known",
            ]
        );
    }

    #[test]
    fn each_line_of_json_is_a_check() {
        let text = lines(&report());
        let read: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(read.len(), 3);
        assert_eq!((&read[0]["app"], &read[0]["subject"]), (&serde_json::json!(null), &"callback".into()));
        assert_eq!((&read[1]["app"], &read[1]["result"]), (&"shop".into(), &"problem".into()));
        assert_eq!(read[1]["advice"], "Write one.");
    }
}
