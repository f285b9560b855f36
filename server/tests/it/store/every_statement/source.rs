//! The statements of the store, as its source has them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use regex::Regex;
use store::DatabaseSystem;

/// A word that only SQL is written with.
const SQL: &str = r"\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|AND|OR|ORDER|GROUP|LIMIT|VALUES|SET|UNION|CASE|WHEN|END|WITH|RETURNING|JOIN|INDEXED|CAST|IN|IS|AS|FOR|PRAGMA|BEGIN)\b";
/// A comment, a string or a character, whichever begins first.
const TOKEN: &str =
    r##"(?s)//[^\n]*|r#"(?P<raw>.*?)"#|"(?P<string>(?:[^"\\]|\\.)*)"|'(?:[^'\\\n]|\\[^\n])'"##;

/// What there is to send to a database.
#[derive(Default)]
pub(super) struct Source {
    /// Where statements begin, as `file:line`.
    pub(super) sites: BTreeSet<String>,
    /// What they are put together from, with single blanks: each with its place.
    pub(super) parts: Vec<(String, String)>,
}

impl Source {
    pub(super) fn of(system: DatabaseSystem) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let other = match system {
            DatabaseSystem::Sqlite => "database/postgres",
            DatabaseSystem::Postgres => "database/sqlite",
        };
        let mut source = Self::default();
        for path in files(&root.join("server/store/src")) {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            if !name.contains(other) {
                source.read(name, &fs::read_to_string(&path).unwrap());
            }
        }
        assert!(source.sites.len() > 50 && source.parts.len() > 100, "the source is not where it was");
        source
    }

    fn read(&mut self, file: &str, text: &str) {
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let (token, sql) = (Regex::new(TOKEN).unwrap(), Regex::new(SQL).unwrap());
        let place = |at: usize| format!("{file}:{}", text[..at].matches('\n').count() + 1);
        // Others push parts of paths.
        let has_statements = text.contains("Statement");
        let mut code = 0;
        for found in token.captures_iter(text) {
            let whole = found.get(0).unwrap();
            self.sites.extend(begins(text, code..whole.start()).map(place));
            code = whole.end();
            let Some(part) = found.name("raw").or(found.name("string")) else { continue };
            let before = text[..whole.start()].trim_end();
            let is_pushed =
                has_statements && [".push(", "Statement::new("].iter().any(|call| before.ends_with(call));
            if is_pushed || sql.is_match(part.as_str()) {
                self.parts.push((place(whole.start()), single_blanks(part.as_str())));
            }
        }
        self.sites.extend(begins(text, code..text.len()).map(place));
    }
}

/// Where statements begin in a stretch of code.
fn begins(text: &str, code: std::ops::Range<usize>) -> impl Iterator<Item = usize> {
    let start = code.start;
    text[code].match_indices("Statement::new(").map(move |(at, _)| start + at)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_source = |path: &PathBuf| !["tests.rs", "golden.rs"].iter().any(|name| path.ends_with(name));
    entries.filter(is_source).flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Line ends and indents are nothing to a database.
pub(super) fn single_blanks(text: &str) -> String {
    Regex::new(r"\s+").unwrap().replace_all(text, " ").into_owned()
}

/// What is found in the sources: a check over sources in which nothing is found proves nothing.
#[test]
fn statements_and_their_parts_are_found() {
    let mut source = Source::default();
    let text = "// Statement::new(\"SELECT a\")\nlet x = '\"';\nlet b = Statement::new(\n  \"SELECT b\n   FROM c\")\n\
                .push(x).push(\"d\");\nconst E: &str = r#\" AND \"e\"\"#;\nlog(\"not this\");\nStatement::new(F)";
    source.read("f.rs", text);
    assert_eq!(source.sites, ["f.rs:3", "f.rs:9"].map(str::to_owned).into());
    let parts: Vec<_> = source.parts.iter().map(|(place, part)| (place.as_str(), part.as_str())).collect();
    assert_eq!(parts, [("f.rs:4", "SELECT b FROM c"), ("f.rs:6", "d"), ("f.rs:7", " AND \"e\"")]);
}
