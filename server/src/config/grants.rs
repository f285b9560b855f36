//! `[[grant]]` in `console.toml`: who may what.

use app::domain::{Grant, Role};
use serde::Deserialize;

use super::{AppConfig, ConfigError};

/// Who may what, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Grants(Vec<GrantTo>);

#[derive(Clone, Debug)]
struct GrantTo {
    to: Vec<Grantee>,
    grant: Grant,
}

/// To whom something is granted.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Grantee {
    User(String),
    Group(String),
    Everyone,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantTable {
    role: Role,
    to: Vec<String>,
    apps: Option<Vec<String>>,
    environments: Option<Vec<String>>,
}

impl Grants {
    /// Checks what a file grants; `apps` are those of the same file.
    ///
    /// # Errors
    /// If it is granted to nobody, or names an app or an environment that is not there: a typing error would grant less,
    /// or more, than was meant.
    pub(super) fn check(
        tables: Vec<GrantTable>,
        file: &str,
        apps: &[AppConfig],
    ) -> Result<Self, ConfigError> {
        let environments = || apps.iter().flat_map(|app| &app.environments);
        let knows_app = |name: &String| apps.iter().any(|app| app.name == *name);
        let knows_environment = |name: &String| environments().any(|known| known.name == *name);
        let checked = tables.into_iter().enumerate().map(|(place, table)| {
            let key = format!("{file}: grant {} ({})", place + 1, table.role);
            let unknown = |what: &str, name: &str| {
                ConfigError::new(
                    format!("{key}: {what}"),
                    format!("`{name}` is not one of this file"),
                    "Write a name that is, or leave the list out: then it is for all of them",
                )
            };
            if let Some(name) = table.apps.iter().flatten().find(|name| !knows_app(name)) {
                return Err(unknown("apps", name));
            }
            if let Some(name) = table.environments.iter().flatten().find(|name| !knows_environment(name)) {
                return Err(unknown("environments", name));
            }
            if table.to.is_empty() {
                let fix = "Name somebody: user:NAME, group:NAME or everyone";
                return Err(ConfigError::new(format!("{key}: to"), "is empty", fix));
            }
            let to = table.to.iter().map(|text| grantee(text, &key)).collect::<Result<_, _>>()?;
            let grant = Grant { role: table.role, apps: table.apps, environments: table.environments };
            Ok(GrantTo { to, grant })
        });
        checked.collect::<Result<_, _>>().map(Self)
    }

    /// What is granted to a person of this name, in these groups.
    #[must_use]
    pub fn of(&self, name: &str, groups: &[String]) -> Vec<Grant> {
        let is_theirs = |to: &Grantee| match to {
            Grantee::User(user) => user == name,
            Grantee::Group(group) => groups.contains(group),
            Grantee::Everyone => true,
        };
        let theirs = self.0.iter().filter(|granted| granted.to.iter().any(is_theirs));
        theirs.map(|granted| granted.grant.clone()).collect()
    }

    /// Whether there is an admin at all.
    #[must_use]
    pub fn have_admin(&self) -> bool {
        self.0.iter().any(|granted| granted.grant.role == Role::Admin)
    }

    /// Whom to ask for a grant: the admins, as the file names them.
    #[must_use]
    pub fn admins(&self) -> Vec<String> {
        let admins = self.0.iter().filter(|granted| granted.grant.role == Role::Admin);
        let mut names: Vec<String> = admins.flat_map(|granted| &granted.to).map(Grantee::text).collect();
        names.sort();
        names.dedup();
        names
    }
}

impl Grantee {
    fn text(&self) -> String {
        match self {
            Self::User(name) => format!("user:{name}"),
            Self::Group(name) => format!("group:{name}"),
            Self::Everyone => "everyone".to_owned(),
        }
    }
}

fn grantee(text: &str, key: &str) -> Result<Grantee, ConfigError> {
    let named = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
    let grantee = match text.split_once(':') {
        None if text == "everyone" => Some(Grantee::Everyone),
        Some(("user", name)) => named(name).map(Grantee::User),
        Some(("group", name)) => named(name).map(Grantee::Group),
        None | Some(_) => None,
    };
    grantee.ok_or_else(|| {
        let fix = "Write user:NAME, group:NAME or everyone";
        ConfigError::new(format!("{key}: to"), format!("`{text}` names nobody"), fix)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Apps;

    const APP: &str = "[[app]]\nname = \"shop\"\nrepo = \"acme/shop\"\nworkflow = \"deploy.yml\"\nref = \"main\"\n\
         environments = [{ name = \"staging\", freeze_check = false }]\n";

    fn parse(grants: &str) -> Result<Grants, String> {
        let apps = Apps::parse(&format!("{APP}{grants}"), "console.toml");
        apps.map(|apps| apps.grants().clone()).map_err(|error| error.to_string())
    }

    #[test]
    fn grants_are_by_name_group_or_for_everyone() {
        let grants = parse(
            "[[grant]]\nrole = \"viewer\"\nto = [\"everyone\"]\n\
             [[grant]]\nrole = \"deployer\"\nto = [\"group:web\", \"user:ada\"]\napps = [\"shop\"]\nenvironments = [\"staging\"]\n\
             [[grant]]\nrole = \"admin\"\nto = [\"user:ada\", \"group:ops\"]\n",
        )
        .unwrap();
        let roles = |name: &str, groups: &[&str]| {
            let groups: Vec<_> = groups.iter().map(|group| (*group).to_owned()).collect();
            grants.of(name, &groups).into_iter().map(|grant| grant.role).collect::<Vec<_>>()
        };
        assert_eq!(roles("bob", &[]), [Role::Viewer]);
        assert_eq!(roles("bob", &["web"]), [Role::Viewer, Role::Deployer]);
        assert_eq!(roles("ada", &[]), [Role::Viewer, Role::Deployer, Role::Admin]);
        assert_eq!(roles("web", &["ada"]), [Role::Viewer], "a name is no group");
        assert!(grants.have_admin());
        assert_eq!(grants.admins(), ["group:ops", "user:ada"]);
        let limited = &grants.of("bob", &["web".to_owned()])[1];
        assert_eq!(limited.environments.as_deref(), Some(&["staging".to_owned()][..]));
    }

    #[test]
    fn wrong_grant_is_one_line() {
        for (grant, expected) in [
            ("role = \"viewer\"\nto = []", "to: is empty"),
            ("role = \"viewer\"\nto = [\"ada\"]", "`ada` names nobody"),
            ("role = \"viewer\"\nto = [\"user:\"]", "`user:` names nobody"),
            ("role = \"viewer\"\nto = [\"team:web\"]", "`team:web` names nobody"),
            ("role = \"viewer\"\nto = [\"everyone\"]\napps = [\"shpo\"]", "`shpo` is not one of this file"),
            ("role = \"viewer\"\nto = [\"everyone\"]\nenvironments = [\"prod\"]", "`prod` is not one"),
            ("role = \"root\"\nto = [\"everyone\"]", "root"),
        ] {
            let line = parse(&format!("[[grant]]\n{grant}\n")).unwrap_err();
            assert!(line.contains(expected) && !line.contains('\n'), "{line}");
        }
    }
}
