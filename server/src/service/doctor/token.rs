//! What the token may do, as far as GitHub says it without anything being done.

use app::api::{Check, CheckSubject};
use github::{Access, Granted, ListedNames, LookError, RepositoryRecord, RequestsLeft, TokenRecord};

use super::{
    found::{Looked, in_general, ok, problem, refusal, unknown, warning},
    workflow_file::WorkflowFile,
};
use crate::config::AppConfig;

/// The secret of the shipped workflows.
const SECRET: &str = "DEPLOY_CALLBACK_HMAC_SECRET";
/// Below one in so many of an hour's requests, few are left.
const FEW: u32 = 10;

/// Whether the token may run and cancel workflows. `probe` is the answer to a cancel of a run that does not exist, where it
/// was asked for.
pub(super) fn actions(
    app: &AppConfig,
    (record, token): (&RepositoryRecord, &TokenRecord),
    probe: Option<&Looked<()>>,
) -> Check {
    const SUBJECT: CheckSubject = CheckSubject::Actions;
    let repo = &app.repo;
    if let Some(granted) = &token.granted {
        return of_app(app, granted);
    }
    let of_account = format!("the permissions in GitHub's answer to GET /repos/{repo}");
    let may_write = record.permissions.map(|permissions| permissions.push);
    if may_write == Some(false) {
        let found =
            format!("The token's account may not write to {repo}, so it runs and cancels nothing there.");
        return problem(SUBJECT, found, of_account, "Give the account the role Write there.");
    }
    let Some(scopes) = &token.scopes else { return of_fine_grained(app, probe) };
    let of_scopes = format!("x-oauth-scopes in GitHub's answer to GET /repos/{repo}");
    let has = |scope: &str| scopes.iter().any(|known| known == scope);
    if !has("repo") && (record.private || !has("public_repo")) {
        let found =
            format!("The token lacks the scope repo, without which it runs and cancels nothing in {repo}.");
        return problem(SUBJECT, found, of_scopes, "Make a token that has it, or a fine-grained one.");
    }
    if may_write == Some(true) {
        ok(SUBJECT, "The token may run and cancel workflows.", format!("{of_scopes}, and {of_account}"))
    } else {
        let found = "The token has the scope; what its account may do there, GitHub does not say.";
        unknown(SUBJECT, found, of_scopes, "Look at the account's role in the repository's settings.")
    }
}

/// What an App may do is said when its token is made.
fn of_app(app: &AppConfig, granted: &Granted) -> Check {
    const SUBJECT: CheckSubject = CheckSubject::Actions;
    let known_by = format!("the permissions of the App's token for {}", app.repo);
    if granted.of("actions") == Some(Access::Write) {
        return ok(SUBJECT, "The GitHub App may run and cancel workflows.", known_by);
    }
    let found = format!("The GitHub App may not run and cancel workflows in {}.", app.repo);
    let advice = "Give the App the permission Actions: read and write, and let the owner accept it.";
    problem(SUBJECT, found, known_by, advice)
}

/// GitHub never says what a fine-grained token may do.
fn of_fine_grained(app: &AppConfig, probe: Option<&Looked<()>>) -> Check {
    const SUBJECT: CheckSubject = CheckSubject::Actions;
    let known_by = format!("GitHub's answer to a cancel of a run that {} does not have", app.repo);
    match probe {
        Some(Err(error @ LookError::Forbidden { .. })) => {
            let advice = "Give the token the permission Actions: read and write, for this repository.";
            problem(SUBJECT, refusal(error), known_by, advice)
        }
        Some(Err(error)) if let Some(general) = in_general(SUBJECT, error, &known_by) => general,
        Some(Ok(()) | Err(_)) | None => unknown(
            SUBJECT,
            "Whether the token may run and cancel workflows is not known: GitHub did not refuse, and does not say.",
            known_by,
            "Look at the token on GitHub: Actions has to be read and write. Or deploy to an environment where it does no harm.",
        ),
    }
}

/// Whether the token may read what lies between two commits.
pub(super) fn compare(app: &AppConfig, looked: &Looked<()>) -> Check {
    const SUBJECT: CheckSubject = CheckSubject::Compare;
    let AppConfig { repo, git_ref, .. } = app;
    let known_by = format!("GitHub's answer to a comparison of {git_ref} with itself, in {repo}");
    match looked {
        Ok(()) => ok(SUBJECT, "The console may read what a deploy would change.", known_by),
        Err(error) => in_general(SUBJECT, error, &known_by).unwrap_or_else(|| match error {
            LookError::NotFound => warning(
                SUBJECT,
                format!("GitHub does not compare {git_ref} with itself (404), so what a deploy changes is not shown."),
                &known_by,
                "Check ref in console.toml, and give the console the permission Contents: read.",
            ),
            other => warning(
                SUBJECT,
                format!("What a deploy changes is not shown. {}", refusal(other)),
                &known_by,
                "Give the console the permission Contents: read.",
            ),
        }),
    }
}

/// Whether the workflow has the secret that it signs with.
pub(super) fn secret(app: &AppConfig, file: &WorkflowFile, looked: &Looked<ListedNames>) -> Check {
    const SUBJECT: CheckSubject = CheckSubject::Secret;
    let (name, repo) = (secret_name(file), &app.repo);
    let known_by = format!("GitHub's list of the secrets of {repo} and of those that it shares");
    let advice = format!(
        "Look at the repository's settings, under Secrets and variables, Actions: {name} has to be there."
    );
    match looked {
        Ok(listed) if listed.names.contains(&name) => {
            let found = format!("There is a secret {name}. Its value cannot be read, so it is not compared.");
            ok(SUBJECT, found, known_by)
        }
        Ok(listed) if listed.is_complete => {
            let found = format!("There is no secret {name}, unless an environment on GitHub has it.");
            warning(SUBJECT, found, known_by, advice)
        }
        Ok(_) => {
            let found = format!("{name} is not among the first hundred secrets.");
            unknown(SUBJECT, found, known_by, advice)
        }
        Err(error) => in_general(SUBJECT, error, &known_by).unwrap_or_else(|| {
            let found =
                format!("Whether there is a secret {name} is not known: the console may not list secrets.");
            unknown(SUBJECT, found, &known_by, advice)
        }),
    }
}

/// The secret that the first report of the file is given.
fn secret_name(file: &WorkflowFile) -> String {
    let given = file.jobs.values().flat_map(|job| &job.reports).flatten();
    let named = given.filter_map(|text| {
        let (_, rest) = text.split_once("secrets.")?;
        let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        (!name.is_empty()).then(|| name.to_ascii_uppercase())
    });
    named.into_iter().next().unwrap_or_else(|| SECRET.to_owned())
}

/// How many requests are left, as the answers about the apps said.
pub(super) fn rate_limit(answers: &[Option<RequestsLeft>]) -> Check {
    const SUBJECT: CheckSubject = CheckSubject::RateLimit;
    const KNOWN_BY: &str = "x-ratelimit-remaining in GitHub's answers";
    let Some(RequestsLeft { remaining, limit, resets_at }) =
        answers.iter().flatten().min_by_key(|left| left.remaining)
    else {
        let advice = "An Enterprise server may count none. Otherwise check again when GitHub answers.";
        return unknown(SUBJECT, "GitHub did not say how many requests are left.", KNOWN_BY, advice);
    };
    let until = resets_at.map(|at| format!(" until {}", at.strftime("%H:%M UTC"))).unwrap_or_default();
    let found = format!("{remaining} of {limit} requests are left{until}.");
    if remaining.saturating_mul(FEW) >= *limit {
        ok(SUBJECT, found, KNOWN_BY)
    } else {
        let advice = "See what else uses this token or App, and give the console one of its own.";
        warning(SUBJECT, found, KNOWN_BY, advice)
    }
}

#[cfg(test)]
mod tests {
    use app::api::CheckResult::{self, Ok as Good, Problem, Unknown, Warning};
    use github::{AccountPermissions, ReadError};

    use super::{super::tests::app, *};

    const NOT_FOUND: LookError = LookError::NotFound;

    fn forbidden() -> LookError {
        LookError::Forbidden { words: None, needs: Some("actions=write".to_owned()) }
    }

    fn unread() -> LookError {
        LookError::Unread(ReadError::Unusable("it took too long".to_owned()))
    }

    fn may(
        push: Option<bool>,
        private: bool,
        scopes: Option<&str>,
        probe: Option<Looked<()>>,
    ) -> CheckResult {
        let permissions = push.map(|push| AccountPermissions { push });
        let record = RepositoryRecord { private, permissions, ..RepositoryRecord::default() };
        let scopes = scopes.map(|scopes| scopes.split(' ').map(str::to_owned).collect());
        let token = TokenRecord { scopes, ..TokenRecord::default() };
        actions(&app(), (&record, &token), probe.as_ref()).result
    }

    #[test]
    fn classic_token_needs_scope_and_role() {
        for (push, private, scopes, expected) in [
            (Some(true), true, "repo", Good),
            (Some(true), true, "read:org repo", Good),
            (Some(true), false, "public_repo", Good),
            (Some(true), true, "public_repo", Problem),
            (Some(true), false, "", Problem),
            (Some(false), false, "repo", Problem),
            (None, false, "repo", Unknown),
        ] {
            assert_eq!(may(push, private, Some(scopes), None), expected, "{push:?} {private} {scopes}");
        }
    }

    /// Only a refusal says something: whether the run or the token is looked at first is not documented.
    #[test]
    fn fine_grained_token_is_known_only_by_a_refusal() {
        let given = |push, probe| may(push, true, None, probe);
        assert_eq!(given(Some(true), Some(Err(forbidden()))), Problem);
        assert_eq!(given(Some(true), Some(Err(LookError::TokenRefused))), Problem);
        assert_eq!(given(Some(true), Some(Err(NOT_FOUND))), Unknown);
        assert_eq!(given(Some(true), Some(Ok(()))), Unknown);
        assert_eq!(given(Some(true), Some(Err(unread()))), Unknown);
        assert_eq!(given(None, None), Unknown);
        assert_eq!(given(Some(false), Some(Err(NOT_FOUND))), Problem);
    }

    /// The permissions of an App's token are known, and are nobody's account.
    #[test]
    fn app_is_known_by_its_permissions() {
        for (granted, expected) in [
            (&[("actions", Access::Write)][..], Good),
            (&[("actions", Access::Read), ("contents", Access::Write)], Problem),
            (&[("actions", Access::Other)], Problem),
            (&[], Problem),
        ] {
            let granted = granted.iter().map(|(part, access)| ((*part).to_owned(), *access)).collect();
            let token = TokenRecord { granted: Some(granted), ..TokenRecord::default() };
            let permissions = Some(AccountPermissions { push: false });
            let record = RepositoryRecord { permissions, ..RepositoryRecord::default() };
            assert_eq!(actions(&app(), (&record, &token), None).result, expected);
        }
    }

    #[test]
    fn compare_is_tried() {
        for (looked, expected) in [
            (Ok(()), Good),
            (Err(NOT_FOUND), Warning),
            (Err(forbidden()), Warning),
            (Err(LookError::TokenRefused), Problem),
            (Err(unread()), Unknown),
        ] {
            assert_eq!(compare(&app(), &looked).result, expected, "{looked:?}");
        }
    }

    #[test]
    fn secret_is_known_only_if_listed() {
        let file = |given: &str| {
            let step = format!("{{uses: x/notify-deploy-status@v1, with: {{hmac_secret: '{given}'}}}}");
            WorkflowFile::read(&format!("on: push\njobs: {{deploy: {{steps: [{step}]}}}}")).unwrap()
        };
        let listed = |name: &str, is_complete| Ok(ListedNames { names: vec![name.to_owned()], is_complete });
        for (given, looked, expected) in [
            ("${{ secrets.DEPLOY_CALLBACK_HMAC_SECRET }}", listed(SECRET, true), Good),
            ("${{ secrets.ours }}", listed("OURS", true), Good),
            ("${{ secrets.OURS }}", listed(SECRET, true), Warning),
            ("${{ secrets.OURS }}", listed(SECRET, false), Unknown),
            ("", listed(SECRET, true), Good),
            ("${{ secrets.OURS }}", Err(forbidden()), Unknown),
            ("${{ secrets.OURS }}", Err(NOT_FOUND), Unknown),
            ("${{ secrets.OURS }}", Err(unread()), Unknown),
        ] {
            let check = secret(&app(), &file(given), &looked);
            assert_eq!(check.result, expected, "{given} {looked:?}");
        }
    }

    #[test]
    fn few_requests_left_is_a_warning() {
        let left = |remaining| Some(RequestsLeft { remaining, limit: 5_000, resets_at: None });
        assert_eq!(rate_limit(&[None, left(4_000)]).result, Good);
        assert_eq!(rate_limit(&[left(4_000), left(499)]).result, Warning);
        assert_eq!(rate_limit(&[left(0)]).result, Warning);
        assert_eq!(rate_limit(&[None]).result, Unknown);
        assert_eq!(rate_limit(&[]).result, Unknown);
    }
}
