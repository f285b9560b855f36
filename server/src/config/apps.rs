//! `console.toml`: which apps there are, and where they can be deployed.

mod environments;

use std::{
    collections::{BTreeMap, HashSet},
    num::NonZeroUsize,
    path::Path,
};

use app::domain::{Gates, GitRef};
use glob::Pattern;
use serde::Deserialize;

pub use self::environments::{EnvironmentConfig, FrozenRuns};
use self::environments::{EnvironmentTable, Mistake};
use super::{
    CallbackIdentity, ConfigError, Grants, JobNames,
    grants::GrantTable,
    inputs::{self, AppInputs, InputTable, InputTables, Scalar},
    names::Names,
};

/// The apps, in the order of the file; and who may do what with them.
#[derive(Clone, Debug)]
pub struct Apps {
    apps: Vec<AppConfig>,
    grants: Grants,
}

#[derive(Clone, Debug)]
pub struct AppConfig {
    /// Its name, unique.
    pub name: String,
    /// Its repository, `owner/name`.
    pub repo: String,
    /// The file name of its workflow.
    pub workflow: String,
    /// The branch or tag on which the workflow runs.
    pub git_ref: GitRef,
    /// The group of apps that it is shown in.
    pub group: Option<String>,
    /// Its environments, in the order of the file: what is promoted goes from one to the next.
    pub environments: Vec<EnvironmentConfig>,
    /// Which job of the workflow is which step.
    pub jobs: JobNames,
    /// Refs beside its own whose runs on GitHub are believed.
    pub import_refs: Vec<Pattern>,
    /// What its workflow takes beside the console's own inputs.
    pub inputs: AppInputs,
    /// Whether its workflow is told who requested a deploy, by the input `requested_by`.
    pub send_requested_by: bool,
    /// The variable with the secret that its workflow alone signs callbacks with.
    pub callback_secret_variable: Option<String>,
    /// What proves that a callback is of its workflow.
    pub callback_identity: CallbackIdentity,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsoleFile {
    #[serde(default)]
    app: Vec<AppTable>,
    #[serde(default)]
    grant: Vec<GrantTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppTable {
    name: String,
    repo: String,
    workflow: String,
    #[serde(rename = "ref")]
    git_ref: GitRef,
    group: Option<String>,
    environments: Vec<EnvironmentTable>,
    #[serde(default)]
    jobs: JobNames,
    version_url: Option<String>,
    #[serde(default)]
    import_refs: Vec<String>,
    #[serde(default)]
    send_requested_by: bool,
    callback_secret_variable: Option<String>,
    callback_identity: Option<String>,
    #[serde(default)]
    frozen_runs: FrozenRuns,
    #[serde(default)]
    inputs: BTreeMap<String, Scalar>,
    #[serde(default)]
    input: Vec<InputTable>,
}

/// What a rehearsal deploys to: nothing of it exists.
const REHEARSAL: &str = include_str!("rehearsal.toml");

impl Apps {
    /// Reads the file.
    ///
    /// # Errors
    /// If it is missing, is not of its form, or names something twice.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            ConfigError::new(
                format!("CONSOLE_CONFIG ({})", path.display()),
                format!("cannot be read: {error}"),
                "Create the file, or point CONSOLE_CONFIG at it",
            )
        })?;
        Self::parse(&text, &path.display().to_string())
    }

    /// The apps of a rehearsal. Where nobody signs in, nothing has to be approved: there is nobody else who could.
    ///
    /// # Errors
    /// Never, as a test shows.
    pub fn rehearsal(people_sign_in: bool) -> Result<Self, ConfigError> {
        let mut apps = Self::parse(REHEARSAL, "rehearsal.toml")?;
        if !people_sign_in {
            for environment in apps.apps.iter_mut().flat_map(|app| &mut app.environments) {
                environment.needs_no_approval();
            }
        }
        Ok(apps)
    }

    /// Reads the text of a file; `name` is for the errors.
    ///
    /// # Errors
    /// If it is not of its form, or names something twice.
    pub fn parse(text: &str, name: &str) -> Result<Self, ConfigError> {
        let file: ConsoleFile = toml::from_str(text).map_err(|error| syntax_error(name, text, &error))?;
        if file.app.is_empty() {
            return Err(ConfigError::new(name, "has no app", "Add an [[app]] table"));
        }
        let (mut names, mut environments) = (Names::default(), Names::default());
        let apps = file.app.into_iter().map(|table| {
            if names.has(&table.name) {
                return Err(ConfigError::new(
                    format!("{name}: app.name"),
                    format!("`{}` is there twice", table.name),
                    "Give each [[app]] a name of its own",
                ));
            }
            names.add(&table.name).map_err(|error| error.at(&format!("{name}: app.name")))?;
            for environment in &table.environments {
                let key = format!("{name}: app `{}`: environments", table.name);
                environments.add(&environment.name).map_err(|error| error.at(&key))?;
            }
            table.check(name)
        });
        let apps: Vec<_> = apps.collect::<Result<_, _>>()?;
        inputs::check_shared(name, &apps)?;
        let grants = Grants::check(file.grant, name, &apps)?;
        Ok(Self { apps, grants })
    }

    /// Who may what.
    #[must_use]
    pub const fn grants(&self) -> &Grants {
        &self.grants
    }

    /// The apps, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &AppConfig> {
        self.apps.iter()
    }

    /// The app of this name.
    #[must_use]
    pub fn app(&self, name: &str) -> Option<&AppConfig> {
        self.apps.iter().find(|app| app.name == name)
    }

    /// The name of every environment of any app, in the order in which they first appear.
    #[must_use]
    pub fn environment_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for environment in self.apps.iter().flat_map(|app| &app.environments) {
            if !names.contains(&environment.name.as_str()) {
                names.push(environment.name.as_str());
            }
        }
        names
    }

    /// Whether an environment of this name, of any app, is one where people type its name before they deploy.
    #[must_use]
    pub fn asks_for_name(&self, environment: &str) -> bool {
        let environments = self.apps.iter().flat_map(|app| &app.environments);
        environments.filter(|known| known.name == environment).any(|known| known.asks_for_name)
    }

    /// The app and environment of these names.
    #[must_use]
    pub fn find(&self, app: &str, environment: &str) -> Option<(&AppConfig, &EnvironmentConfig)> {
        let app = self.apps.iter().find(|candidate| candidate.name == app)?;
        let environment = app.environments.iter().find(|candidate| candidate.name == environment)?;
        Some((app, environment))
    }

    /// The same apps, where each environment without one has the address that `url` gives it.
    #[must_use]
    pub fn with_versions_at(mut self, url: impl Fn(&AppConfig, &str) -> String) -> Self {
        for app in &mut self.apps {
            let urls: Vec<_> = app.environments.iter().map(|it| url(app, &it.name).parse().ok()).collect();
            for (environment, url) in app.environments.iter_mut().zip(urls) {
                environment.version_url = environment.version_url.take().or(url);
            }
        }
        self
    }

    /// How many answers of GitHub are read again and again: of each app its newest runs, of each environment a run, its
    /// jobs and the list in which it is looked for. One that is not kept is counted by GitHub each time, changed or not.
    #[must_use]
    pub fn answers_to_keep(&self) -> NonZeroUsize {
        const OF_APP: usize = 4;
        const OF_ENVIRONMENT: usize = 8;
        let answers: usize = self.iter().map(|app| OF_APP + OF_ENVIRONMENT * app.environments.len()).sum();
        NonZeroUsize::MIN.saturating_add(answers)
    }

    /// The gates of an environment. Of one that is no longer configured nothing is known, so nothing is
    /// said to be not required.
    #[must_use]
    pub fn gates(&self, app: &str, environment: &str) -> Gates {
        self.find(app, environment)
            .map_or(Gates { smoke_gate: true, freeze_check: true }, |(_, environment)| environment.gates)
    }
}

impl AppConfig {
    /// Whether one environment comes before another, in the order of the file.
    #[must_use]
    pub fn comes_before(&self, environment: &str, other: &str) -> bool {
        let at = |name: &str| self.environments.iter().position(|place| place.name == name);
        at(environment).zip(at(other)).is_some_and(|(environment, other)| environment < other)
    }

    /// Whether a run of the workflow on this branch or tag is believed.
    #[must_use]
    pub fn imports_from(&self, name: &str) -> bool {
        let own = GitRef::as_str(&self.git_ref);
        let own = own.strip_prefix("refs/heads/").or_else(|| own.strip_prefix("refs/tags/")).unwrap_or(own);
        own == name || self.import_refs.iter().any(|pattern| pattern.matches(name))
    }
}

impl AppTable {
    fn check(self, file: &str) -> Result<AppConfig, ConfigError> {
        let wrong = |key: &str, problem: String, fix: &str| {
            ConfigError::new(format!("{file}: app `{}`: {key}", self.name), problem, fix)
        };
        if !is_name(&self.name) {
            return Err(wrong("name", "is not a plain name".to_owned(), NAME_FIX));
        }
        if !is_repo(&self.repo) {
            return Err(wrong(
                "repo",
                format!("`{}` is not owner/name", self.repo),
                "Write it as on GitHub: owner/name",
            ));
        }
        if !is_workflow(&self.workflow) {
            return Err(wrong(
                "workflow",
                format!("`{}` is not a file name", self.workflow),
                "Name the file in .github/workflows, such as deploy-console.yml",
            ));
        }
        if self.group.as_deref().is_some_and(|group| !is_group(group)) {
            return Err(wrong(
                "group",
                "is not a short line of text".to_owned(),
                "Write 1 to 40 characters, such as payments",
            ));
        }
        if self.callback_secret_variable.as_deref().is_some_and(|name| !is_variable(name)) {
            return Err(wrong(
                "callback_secret_variable",
                "is not the name of a variable".to_owned(),
                "Write its name in capital letters, digits and `_`; the secret itself is not written here",
            ));
        }
        let callback_identity = match self.callback_identity.as_deref().map(str::parse).transpose() {
            Ok(said) => said.unwrap_or_default(),
            Err(problem) => return Err(wrong("callback_identity", problem, CallbackIdentity::FIX)),
        };
        if callback_identity == CallbackIdentity::GitHub && self.callback_secret_variable.is_some() {
            return Err(wrong(
                "callback_secret_variable",
                "names a secret, but callback_identity = \"github\" takes no signature".to_owned(),
                "Leave one of them out, or write callback_identity = \"either\"",
            ));
        }
        if self.environments.is_empty() {
            return Err(wrong(
                "environments",
                "is empty".to_owned(),
                "Add at least one { name, freeze_check }",
            ));
        }
        let mut names = HashSet::new();
        for environment in &self.environments {
            let key = format!("environment `{}`", environment.name);
            if !is_name(&environment.name) {
                return Err(wrong(&key, "its name is not a plain name".to_owned(), NAME_FIX));
            }
            if !names.insert(&environment.name) {
                return Err(wrong(
                    &key,
                    "is there twice".to_owned(),
                    "Give each environment a name of its own",
                ));
            }
            if let Some(Mistake { key: of, problem, fix }) = environment.mistake(self.version_url.as_deref())
            {
                return Err(wrong(of.unwrap_or(&key), problem.to_owned(), fix));
            }
        }
        let send_requested_by = self.send_requested_by;
        let inputs = InputTables { fixed: self.inputs, typed: self.input, send_requested_by };
        let inputs = inputs.check(&format!("{file}: app `{}`", self.name))?;
        let pattern = |text: &String| {
            let fix = "Write the names of branches and tags, with * for any characters, such as \"v*\"";
            Pattern::new(text).map_err(|error| wrong("import_refs", format!("`{text}`: {error}"), fix))
        };
        let import_refs = self.import_refs.iter().map(pattern).collect::<Result<_, _>>()?;
        let of_app = self.version_url.as_deref();
        let environments = self.environments.into_iter();
        let environments = environments.map(|table| table.config(of_app, self.frozen_runs)).collect();
        Ok(AppConfig {
            name: self.name,
            repo: self.repo,
            workflow: self.workflow,
            git_ref: self.git_ref,
            group: self.group,
            environments,
            jobs: self.jobs,
            import_refs,
            inputs,
            send_requested_by,
            callback_secret_variable: self.callback_secret_variable,
            callback_identity,
        })
    }
}

const NAME_FIX: &str = "Use letters, digits, `-`, `_` and `.`";

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// A secret that was put in its place by mistake is not taken for a name, and so is not shown.
fn is_variable(text: &str) -> bool {
    let is_first = |c: char| c.is_ascii_uppercase() || c == '_';
    text.starts_with(is_first) && text.chars().all(|c| is_first(c) || c.is_ascii_digit())
}

fn is_group(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= 40 && !text.chars().any(char::is_control)
}

fn is_repo(text: &str) -> bool {
    text.split_once('/').is_some_and(|(owner, name)| is_name(owner) && is_name(name))
}

fn is_workflow(text: &str) -> bool {
    is_name(text) && [".yml", ".yaml"].iter().any(|ending| text.ends_with(ending))
}

/// A parser's message with the line it is about, on one line.
fn syntax_error(name: &str, text: &str, error: &toml::de::Error) -> ConfigError {
    let line = error
        .span()
        .map_or(1, |span| 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
    ConfigError::new(
        format!("{name}, line {line}"),
        error.message(),
        "See the example console.toml in the README",
    )
}

#[cfg(test)]
mod tests {
    use app::domain::{Origin, Timestamp};
    use jiff::SignedDuration;

    use super::*;

    const GOOD: &str = r#"
        [[app]]
        name = "shop"
        repo = "acme/shop"
        workflow = "deploy.yml"
        ref = "main"
        environments = [
          { name = "production", freeze_check = true, deadline = "45m" },
          { name = "staging", freeze_check = false },
        ]
    "#;

    #[test]
    fn f98_callback_identity_is_one_of_three() {
        let read = |line: &str| {
            let text = GOOD.replace("ref = \"main\"", &format!("ref = \"main\"\n{line}"));
            let apps = Apps::parse(&text, "console.toml").map_err(|error| error.to_string())?;
            Ok::<_, String>(apps.app("shop").unwrap().callback_identity)
        };
        for (line, expected) in [
            ("", CallbackIdentity::Secret),
            ("callback_identity = \"secret\"", CallbackIdentity::Secret),
            ("callback_identity = \"github\"", CallbackIdentity::GitHub),
            ("callback_identity = \"either\"\ncallback_secret_variable = \"SHOP\"", CallbackIdentity::Either),
        ] {
            assert_eq!(read(line), Ok(expected), "{line}");
        }
        for wrong in ["", "GitHub", "canary", "secret "] {
            let line = read(&format!("callback_identity = \"{wrong}\"")).unwrap_err();
            let begins =
                "console.toml: app `shop`: callback_identity: is none of its three values. Write secret,";
            assert!(line.starts_with(begins) && !line.contains("canary") && !line.contains('\n'), "{line}");
        }
        let both = read("callback_identity = \"github\"\ncallback_secret_variable = \"SHOP\"").unwrap_err();
        assert!(both.contains("callback_secret_variable: names a secret, but callback_identity"), "{both}");
    }

    #[test]
    fn file_lists_the_apps() {
        let apps = Apps::parse(GOOD, "console.toml").unwrap();
        let (app, environment) = apps.find("shop", "production").unwrap();
        assert_eq!(
            (app.repo.as_str(), app.workflow.as_str(), app.git_ref.as_str()),
            ("acme/shop", "deploy.yml", "main")
        );
        assert_eq!(environment.deadline, SignedDuration::from_mins(45));
        assert_eq!(environment.wait_deadline, SignedDuration::from_hours(24));
        let shorter = GOOD.replace("\"45m\"", "\"45m\", wait_deadline = \"2h\"");
        let shorter = Apps::parse(&shorter, "console.toml").unwrap();
        let (_, environment) = shorter.find("shop", "production").unwrap();
        assert_eq!(environment.wait_deadline, SignedDuration::from_hours(2));
        assert!(environment.gates.freeze_check);
        assert!(!apps.gates("shop", "staging").freeze_check);
        assert!(apps.find("shop", "qa").is_none() && apps.find("blog", "production").is_none());
        assert!(apps.gates("gone", "gone").freeze_check);
    }

    /// An environment says where its version is, or its app does.
    #[test]
    fn version_url_is_per_environment_or_app() {
        let text = GOOD
            .replace("ref =", "version_url = \"https://{environment}.example.com/version\"\nref =")
            .replace(
                "\"45m\"",
                "\"45m\", version_url = \"https://shop.example.com/v\", rollback_passes_freezes = true",
            );
        let apps = Apps::parse(&text, "console.toml").unwrap();
        let of = |name| apps.find("shop", name).unwrap().1;
        let url = |name| of(name).version_url.as_ref().unwrap().as_str();
        assert_eq!(url("production"), "https://shop.example.com/v");
        assert_eq!(url("staging"), "https://staging.example.com/version");
        assert!(of("production").rollback_passes_freezes && !of("staging").rollback_passes_freezes);
    }

    /// Nothing has to be approved unless the file says so; then an hour is time for it, and rollbacks are no exception.
    #[test]
    fn approvals_are_for_whom_the_file_says() {
        let of = |more: &str, origin: &Origin| {
            let apps =
                Apps::parse(&GOOD.replace("\"45m\"", &format!("\"45m\"{more}")), "console.toml").unwrap();
            let noon: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
            let approval = apps.find("shop", "production").unwrap().1.approval_of(origin, noon);
            approval.map(|approval| (approval.needed, approval.expires_at.duration_since(noon).as_mins()))
        };
        let id = "019ab000-0000-7000-8000-000000000001".parse().unwrap();
        let rollback = Origin::Rollback { deploy_id: id, passes_freezes: true };
        assert_eq!(of("", &Origin::Request), None);
        let asks = ", approvals = 2";
        assert_eq!((of(asks, &Origin::Request), of(asks, &rollback)), (Some((2, 60)), Some((2, 60))));
        let passes = ", approvals = 1, approval_expires = \"90s\", rollback_needs_approval = false";
        assert_eq!((of(passes, &Origin::Request), of(passes, &rollback)), (Some((1, 1)), None));
    }

    /// The name of production has to be typed, unless the file says otherwise.
    #[test]
    fn production_confirms_by_name_by_default() {
        let asks = |file: &str, name: &str| {
            let apps = Apps::parse(file, "console.toml").unwrap();
            apps.find("shop", name).unwrap().1.asks_for_name
        };
        assert!(asks(GOOD, "production") && !asks(GOOD, "staging"));
        let otherwise = GOOD
            .replace("\"45m\"", "\"45m\", asks_for_name = false")
            .replace("freeze_check = false", "freeze_check = false, asks_for_name = true");
        assert!(!asks(&otherwise, "production") && asks(&otherwise, "staging"));
    }

    #[test]
    fn example_file_is_valid() {
        let example = include_str!("../../../console.example.toml");
        assert!(
            Apps::parse(example, "console.example.toml").unwrap().find("storefront", "staging").is_some()
        );
    }

    #[test]
    fn rehearsal_has_apps() {
        let approvals = |people_sign_in| {
            let apps = Apps::rehearsal(people_sign_in).unwrap();
            let (_, production) = apps.find("storefront", "production").unwrap();
            production.approvals_of(&Origin::Request)
        };
        assert_eq!((approvals(false), approvals(true)), (0, 1));
    }

    /// A wrong file is one line that names the key and the fix.
    #[test]
    fn invalid_file_error_is_one_line() {
        let cases = [
            (String::new(), "[[app]]"),
            (GOOD.replace("name = \"shop\"", "name = \"my shop\""), "name: is not a plain name"),
            (GOOD.replace("acme/shop", "shop"), "repo: `shop` is not owner/name"),
            (GOOD.replace("deploy.yml", "deploy"), "workflow: `deploy` is not a file name"),
            (GOOD.replace("deploy.yml", "../deploy.yml"), "workflow: `../deploy.yml` is not a file name"),
            (GOOD.replace("ref = \"main\"", "ref = \"ma in\""), "line 6: not a Git ref"),
            (GOOD.replace("staging", "production"), "`production`: is there twice"),
            (GOOD.replace("45m", "soon"), "line 8"),
            (GOOD.replace("45m", "-45m"), "its deadline"),
            (GOOD.replace("deadline = \"45m\"", "wait_deadline = \"0s\""), "wait_deadline"),
            (GOOD.replace("\"45m\"", "\"45m\", approvals = 4"), "its approvals are more than 3"),
            (GOOD.replace("\"45m\"", "\"45m\", approvals = -1"), "line 8"),
            (GOOD.replace("\"45m\"", "\"45m\", approval_expires = \"0s\""), "approval_expires"),
            (GOOD.replace("freeze_check = true", "freeze_chek = true"), "freeze_chek"),
            (
                GOOD.replace("ref =", "version_url = \"shop/{environment}\"\nref ="),
                "version_url: is not an address",
            ),
            (
                GOOD.replace("\"45m\"", "\"45m\", version_url = \"file:///v\""),
                "version_url: is not an address",
            ),
            (GOOD.replace("freeze_check = false", "deadline = \"1h\""), "missing field `freeze_check`"),
            (format!("{GOOD}{GOOD}"), "`shop` is there twice"),
            (GOOD.replace("[[app]]", "[[app]"), "line 2"),
        ];
        for (text, expected) in cases {
            let line = Apps::parse(&text, "console.toml").unwrap_err().to_string();
            assert!(
                line.starts_with("console.toml") && line.contains(expected),
                "{line:?} lacks {expected:?}"
            );
            assert!(!line.contains('\n'), "{line:?}");
        }
    }

    #[test]
    fn f86_names_differ_in_more_than_case() {
        let second = GOOD.replace("\"shop\"", "\"Shop\"");
        let elsewhere = GOOD.replace("\"shop\"", "\"site\"").replace("\"production\"", "\"Production\"");
        for (text, expected) in [
            (format!("{GOOD}{second}"), "`shop` and `Shop` differ in case alone"),
            (GOOD.replace("\"staging\"", "\"PRODUCTION\""), "differ in case alone"),
            (format!("{GOOD}{elsewhere}"), "`production` and `Production` differ in case alone"),
        ] {
            let line = Apps::parse(&text, "console.toml").unwrap_err().to_string();
            assert!(line.contains(expected), "{line:?} lacks {expected:?}");
        }
        let same = GOOD.replace("\"shop\"", "\"site\"").replace("acme/shop", "acme/site");
        assert!(Apps::parse(&format!("{GOOD}{same}"), "console.toml").is_ok(), "environments of one name");
    }
}
