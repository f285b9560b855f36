//! Whether the jobs have the names by which the console finds them in GitHub's record, and whether they report.

use app::api::{Check, CheckSubject};

use super::{
    found::{list, ok, problem, unknown, warning},
    workflow_file::{RecordedName, WorkflowFile},
};
use crate::config::AppConfig;

/// A line for each job that a step of the app comes from.
pub(super) fn jobs(app: &AppConfig, file: &WorkflowFile) -> Vec<Check> {
    let any = |has: fn(&app::domain::Gates) -> bool| app.environments.iter().any(|it| has(&it.gates));
    let steps = [
        ("smoke_gate", &app.jobs.smoke_gate, any(|gates| gates.smoke_gate)),
        ("freeze_check", &app.jobs.freeze_check, any(|gates| gates.freeze_check)),
        ("deploy", &app.jobs.deploy, true),
    ];
    steps.into_iter().filter(|step| step.2).map(|(step, name, _)| job(app, file, step, name)).collect()
}

fn job(app: &AppConfig, file: &WorkflowFile, step: &str, name: &str) -> Check {
    const SUBJECT: CheckSubject = CheckSubject::Jobs;
    let known_by = format!("the file {} on {}", app.workflow, app.git_ref);
    match place_of(name, file) {
        Place::Recorded => ok(SUBJECT, format!("The step {step} is the job {name}."), known_by),
        Place::Legs => {
            ok(SUBJECT, format!("The step {step} is the job {name}, a leg for each of its matrix."), known_by)
        }
        Place::OtherFile(caller) => unknown(
            SUBJECT,
            format!("Whether there is a job {name}, for the step {step}, is not known until it has run."),
            format!("{known_by}: the job {caller} calls another workflow, which names its jobs"),
            "Run it once, and compare the names on the run's page with jobs in console.toml.",
        ),
        Place::Computed => unknown(
            SUBJECT,
            format!("Whether there is a job {name}, for the step {step}, is not known until it has run."),
            format!("{known_by}: GitHub makes the name of a job when it runs"),
            "Run it once, and compare the names on the run's page with jobs in console.toml.",
        ),
        Place::Nowhere => {
            let found =
                format!("There is no job {name}, which would be the step {step}: {}.", there_are(file));
            let advice = format!(
                "Name the job in console.toml: jobs = {{ {step} = \"…\" }}, or name it {name} in the file."
            );
            // The end of a run proves a success only with its deploy job.
            if step == "deploy" {
                problem(SUBJECT, found, known_by, advice)
            } else {
                let without = format!("{advice} If no environment has it, set {step} = false there.");
                warning(SUBJECT, found, known_by, without)
            }
        }
    }
}

/// Where a job of this name would come from.
#[derive(Debug, Eq, PartialEq)]
enum Place {
    Recorded,
    Legs,
    /// A workflow that this job calls.
    OtherFile(String),
    Computed,
    Nowhere,
}

fn place_of(name: &str, file: &WorkflowFile) -> Place {
    let recorded = || file.jobs.values().map(|job| &job.recorded_as);
    let is = |of: fn(&RecordedName) -> Option<&String>| recorded().filter_map(of).any(|known| known == name);
    if is(|it| if let RecordedName::Exactly(name) = it { Some(name) } else { None }) {
        return Place::Recorded;
    }
    if is(|it| if let RecordedName::Legs(name) = it { Some(name) } else { None }) {
        return Place::Legs;
    }
    let caller = name.split_once(" / ").map(|(caller, _)| caller);
    for job in recorded() {
        match job {
            RecordedName::Called(called) if caller == Some(called) => {
                return Place::OtherFile(called.clone());
            }
            RecordedName::Computed => return Place::Computed,
            RecordedName::Exactly(_) | RecordedName::Legs(_) | RecordedName::Called(_) => {}
        }
    }
    Place::Nowhere
}

/// What the file has instead.
fn there_are(file: &WorkflowFile) -> String {
    let name = |job: &RecordedName| match job {
        RecordedName::Exactly(name) => Some(name.clone()),
        RecordedName::Legs(name) => Some(format!("{name} (…)")),
        RecordedName::Called(name) => Some(format!("{name} / …")),
        RecordedName::Computed => None,
    };
    let names: Vec<_> = file.jobs.values().filter_map(|job| name(&job.recorded_as)).collect();
    match names.len() {
        0 => "the file has no job".to_owned(),
        1 => format!("the file has {}", list(&names)),
        2.. => format!("the file has the jobs {}", list(&names)),
    }
}

/// Whether any job reports.
pub(super) fn reports(app: &AppConfig, file: &WorkflowFile) -> Check {
    const SUBJECT: CheckSubject = CheckSubject::Reports;
    let known_by = format!("the file {} on {}", app.workflow, app.git_ref);
    let reporting: Vec<_> =
        file.jobs.iter().filter(|(_, job)| !job.reports.is_empty()).map(|(key, _)| key).collect();
    if !reporting.is_empty() {
        let jobs = if reporting.len() == 1 { "The job" } else { "The jobs" };
        let verb = if reporting.len() == 1 { "reports" } else { "report" };
        let found = format!("{jobs} {} {verb} by the action notify-deploy-status.", list(&reporting));
        return ok(SUBJECT, found, known_by);
    }
    if file.jobs.values().any(|job| job.is_call) {
        return unknown(
            SUBJECT,
            "No step of this file reports; those of the workflows that it calls may.",
            known_by,
            "Run it once: a step that was reported says so on the deploy's page.",
        );
    }
    warning(
        SUBJECT,
        "No step uses the action notify-deploy-status.",
        known_by,
        "Add it, as docs/operating/workflows.md says. Without reports, steps are read from GitHub's record, later.",
    )
}

#[cfg(test)]
mod tests {
    use app::api::CheckResult::{self, Ok as Good, Problem, Unknown, Warning};

    use super::{super::tests::app, *};

    fn file(jobs: &str) -> WorkflowFile {
        WorkflowFile::read(&format!("on: workflow_dispatch\njobs: {{{jobs}}}")).unwrap()
    }

    fn results(app: &AppConfig, jobs_given: &str) -> Vec<CheckResult> {
        jobs(app, &file(jobs_given)).iter().map(|check| check.result).collect()
    }

    #[test]
    fn jobs_have_to_have_the_configured_names() {
        let app = app();
        for (jobs_given, expected) in [
            ("smoke: {}, freeze-check: {}, deploy: {}", [Good, Good, Good]),
            ("smoke: {}, freeze-check: {}, release: {}", [Good, Good, Problem]),
            ("deploy: {}", [Warning, Warning, Good]),
            ("smoke: {name: Smoke}, freeze-check: {}, x: {name: deploy}", [Warning, Good, Good]),
            ("smoke: {}, freeze-check: {}, deploy: {strategy: {matrix: {a: [1]}}}", [Good, Good, Good]),
            ("smoke: {}, freeze-check: {}, deploy: {name: 'D ${{ x }}'}", [Good, Good, Unknown]),
            ("smoke: {}, freeze-check: {}, deploy: {uses: ./x.yml}", [Good, Good, Problem]),
        ] {
            assert_eq!(results(&app, jobs_given), expected, "{jobs_given}");
        }
        let check = &jobs(&app, &file("smoke: {}, freeze-check: {}, release: {}"))[2];
        assert!(check.found.contains("freeze-check, release and smoke"), "{check:?}");
    }

    #[test]
    fn called_jobs_are_known_once_they_ran() {
        let mut app = app();
        app.jobs.deploy = "out / deploy".to_owned();
        let given = |job: &str| results(&app, &format!("smoke: {{}}, freeze-check: {{}}, {job}"))[2];
        assert_eq!(given("out: {uses: ./x.yml}"), Unknown);
        assert_eq!(given("other: {uses: ./x.yml}"), Problem);
    }

    #[test]
    fn gates_that_no_environment_has_need_no_job() {
        let mut app = app();
        for environment in &mut app.environments {
            environment.gates = app::domain::Gates { smoke_gate: false, freeze_check: false };
        }
        assert_eq!(results(&app, "deploy: {}"), [Good]);
    }

    #[test]
    fn some_job_has_to_report() {
        let given = |jobs_given: &str| reports(&app(), &file(jobs_given)).result;
        let action = "steps: [{uses: $/.github/actions/notify-deploy-status}]";
        assert_eq!(given(&format!("deploy: {{{action}}}")), Good);
        assert_eq!(given("deploy: {steps: [{run: make deploy}]}"), Warning);
        assert_eq!(given("deploy: {uses: ./x.yml}"), Unknown);
    }
}
