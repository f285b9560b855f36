//! What can be done by typing: a verb, and words of a place. Each command is an address; nothing is done by choosing it that
//! the page behind it does not ask for.

use crate::{api::KnownPlace, domain::DeployId, text::outcome::name_label};

/// Commands that are shown at once.
const SHOWN: usize = 12;
/// Digits by which a commit is named.
const COMMIT_DIGITS: usize = 7;

/// One line of the palette.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Command {
    pub title: String,
    /// What is so there now, in few words.
    pub note: String,
    pub href: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verb {
    Deploy,
    RollBack,
    Promote,
    Watch,
    Versions,
    History,
    Freeze,
}

impl Verb {
    const ALL: [Self; 7] = [
        Self::Deploy,
        Self::RollBack,
        Self::Promote,
        Self::Watch,
        Self::Versions,
        Self::History,
        Self::Freeze,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::RollBack => "roll",
            Self::Promote => "promote",
            Self::Watch => "watch",
            Self::Versions => "versions",
            Self::History => "history",
            Self::Freeze => "freeze",
        }
    }

    /// The command for a place; none where it cannot be done.
    fn command(self, place: &KnownPlace) -> Option<Command> {
        let KnownPlace { app, environment, may_deploy, live, under_way, way_back, upstream } = place;
        let is_free = *may_deploy && under_way.is_none();
        let name = format!("{app} in {environment}");
        let note = live.as_ref().map(name_label).unwrap_or_default();
        let (title, href) = match self {
            Self::Deploy if is_free => {
                (format!("Deploy {app} to {environment}…"), format!("/?to={app}/{environment}"))
            }
            Self::RollBack if is_free => match way_back {
                Some(good) => (
                    format!("Roll back {name} to {}…", name_label(good)),
                    format!("/deploys/{}/to/{environment}", good.id),
                ),
                None => (format!("Roll back {name}…"), format!("/versions/{app}/{environment}")),
            },
            Self::Promote if is_free => (
                format!("Promote {app} to {environment}…"),
                format!("/deploys/{}/to/{environment}", (*upstream)?),
            ),
            Self::Watch => (format!("Watch {app} to {environment}"), format!("/?deploy={}", (*under_way)?)),
            Self::Versions => (format!("Versions of {name}"), format!("/versions/{app}/{environment}")),
            Self::History => {
                (format!("History of {name}"), format!("/deploys?app={app}&environment={environment}"))
            }
            Self::Freeze => {
                (format!("Freeze {name}…"), format!("/freezes?app={app}&environment={environment}"))
            }
            Self::Deploy | Self::RollBack | Self::Promote => return None,
        };
        Some(Command { title, note, href })
    }
}

/// The pages, by their names.
const PAGES: [(&str, &str); 9] = [
    ("Board", "/"),
    ("History", "/deploys"),
    ("Approvals", "/approvals"),
    ("GitHub’s gate", "/protection"),
    ("Insight", "/insight"),
    ("Freezes", "/freezes"),
    ("Flags", "/flags"),
    ("Audit log", "/audit"),
    ("Doctor", "/doctor"),
];

/// What was typed stands for, the best first.
#[must_use]
pub fn commands(places: &[KnownPlace], typed: &str) -> Vec<Command> {
    let typed = typed.trim().to_lowercase();
    let words: Vec<_> = typed.split_whitespace().collect();
    let mut found = by_id(places, &typed);
    match verb(&words) {
        Some((verb, rest)) => {
            found.extend(matching(places, rest).into_iter().filter_map(|place| verb.command(place)))
        }
        None => {
            for place in matching(places, &words) {
                found.extend(pressing(place).into_iter().filter_map(|verb| verb.command(place)));
            }
        }
    }
    let is_named = |name: &str| !typed.is_empty() && name.to_lowercase().contains(&typed);
    let pages = PAGES.iter().filter(|(name, _)| is_named(name));
    found.extend(pages.map(|(name, href)| page(name, href)));
    found.truncate(SHOWN);
    found
}

/// What is done most often in a place: what it calls for comes first.
fn pressing(place: &KnownPlace) -> Vec<Verb> {
    if place.way_back.is_some() {
        vec![Verb::RollBack, Verb::Deploy]
    } else {
        vec![Verb::Watch, Verb::Deploy]
    }
}

fn page(name: &str, href: &str) -> Command {
    Command { title: format!("Go to {name}"), note: String::new(), href: href.to_owned() }
}

/// The first word as a verb, and the words after it.
fn verb<'a, 'b>(words: &'b [&'a str]) -> Option<(Verb, &'b [&'a str])> {
    let (first, rest) = words.split_first()?;
    let verb = Verb::ALL.into_iter().find(|verb| verb.word().starts_with(first) || verb.is_written(first))?;
    let rest = if verb == Verb::RollBack { rest.strip_prefix(&["back"]).unwrap_or(rest) } else { rest };
    // A single letter or two may also begin a name.
    (first.len() > 2 || !rest.is_empty()).then_some((verb, rest))
}

impl Verb {
    fn is_written(self, word: &str) -> bool {
        self == Self::RollBack && ["rollback", "roll-back"].contains(&word)
    }
}

/// The places that every word names, those first whose names begin with them.
fn matching<'a>(places: &'a [KnownPlace], words: &[&str]) -> Vec<&'a KnownPlace> {
    let mut found: Vec<_> =
        places.iter().filter_map(|place| Some((distance(place, words)?, place))).collect();
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().map(|(_, place)| place).collect()
}

/// How far the words are from the names of a place: a word that begins a name is nearer than one within it.
fn distance(place: &KnownPlace, words: &[&str]) -> Option<usize> {
    let names = [place.app.to_lowercase(), place.environment.to_lowercase()];
    words
        .iter()
        .map(|word| {
            if names.iter().any(|name| name == word) {
                Some(0)
            } else if names.iter().any(|name| name.starts_with(word)) {
                Some(1)
            } else {
                names.iter().any(|name| name.contains(word)).then_some(3)
            }
        })
        .sum()
}

/// A deploy by its id; what is live by its commit.
fn by_id(places: &[KnownPlace], typed: &str) -> Vec<Command> {
    if let Ok(id) = typed.parse::<DeployId>() {
        return vec![Command {
            title: "Open this deploy".to_owned(),
            note: String::new(),
            href: format!("/deploys/{id}"),
        }];
    }
    let is_commit = typed.len() >= COMMIT_DIGITS && typed.chars().all(|digit| digit.is_ascii_hexdigit());
    let live = places.iter().filter(|_| is_commit).filter_map(|place| {
        let live = place.live.as_ref()?;
        live.commit.as_ref()?.is_named_by(typed).then(|| Command {
            title: format!("{} in {}: {}", place.app, place.environment, name_label(live)),
            note: "live".to_owned(),
            href: format!("/deploys/{}", live.id),
        })
    });
    live.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(app: &str, environment: &str) -> KnownPlace {
        KnownPlace {
            app: app.to_owned(),
            environment: environment.to_owned(),
            may_deploy: true,
            live: None,
            under_way: None,
            way_back: None,
            upstream: None,
        }
    }

    fn places() -> Vec<KnownPlace> {
        ["storefront", "payments", "stock", "restock"]
            .into_iter()
            .flat_map(|app| ["staging", "production"].map(|environment| place(app, environment)))
            .collect()
    }

    fn titles(typed: &str) -> Vec<String> {
        commands(&places(), typed).into_iter().map(|command| command.title).collect()
    }

    #[test]
    fn verb_and_words_name_one_command() {
        for (typed, title) in [
            ("deploy pay prod", "Deploy payments to production…"),
            ("dep PAY prod", "Deploy payments to production…"),
            ("pay prod", "Deploy payments to production…"),
            ("roll back stor prod", "Roll back storefront in production…"),
            ("rollback stor prod", "Roll back storefront in production…"),
            ("freeze pay stag", "Freeze payments in staging…"),
            ("history pay prod", "History of payments in production"),
        ] {
            assert_eq!(titles(typed).first().map(String::as_str), Some(title), "{typed}");
        }
    }

    /// A name that begins with the word comes before one that contains it.
    #[test]
    fn nearest_name_comes_first() {
        let found = titles("stock prod");
        assert_eq!(found, ["Deploy stock to production…", "Deploy restock to production…"]);
    }

    #[test]
    fn only_what_can_be_done_is_offered() {
        let id: DeployId = "01a22ce5-f959-7789-9545-e88910bf8d8d".parse().unwrap();
        let moving = KnownPlace { under_way: Some(id), ..place("payments", "production") };
        let titles = |place: KnownPlace, typed: &str| {
            commands(&[place], typed).into_iter().map(|command| command.title).collect::<Vec<_>>()
        };
        assert_eq!(titles(moving.clone(), "pay"), ["Watch payments to production"]);
        assert!(titles(moving, "deploy pay").is_empty());
        let denied = KnownPlace { may_deploy: false, ..place("payments", "production") };
        assert!(titles(denied.clone(), "deploy pay").is_empty() && titles(denied, "promote pay").is_empty());
    }

    #[test]
    fn ids_and_commits_lead_to_their_deploys() {
        let id: DeployId = "01a22ce5-f959-7789-9545-e88910bf8d8d".parse().unwrap();
        let found = commands(&[], &id.to_string());
        assert_eq!(found.first().map(|command| command.href.clone()), Some(format!("/deploys/{id}")));
        let live = crate::api::DeployName {
            id,
            git_ref: "v1".to_owned(),
            commit: Some("73d44da0".repeat(5).parse().unwrap()),
        };
        let places = [KnownPlace { live: Some(live), ..place("payments", "production") }];
        let found = commands(&places, "73D44DA");
        assert_eq!(
            found.first().map(|command| command.title.as_str()),
            Some("payments in production: v1 · 73d44da")
        );
        assert!(commands(&places, "9999999").is_empty());
    }

    #[test]
    fn pages_are_found_by_name() {
        assert_eq!(titles("audit"), ["Go to Audit log"]);
        assert!(titles("").len() <= SHOWN);
    }
}
