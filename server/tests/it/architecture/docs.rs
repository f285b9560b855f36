//! The operating guide says what is so: its variables, its commands, its log lines and its links are real.

use std::{collections::BTreeSet, fs, path::Path};

use clap::{CommandFactory, Parser, error::ErrorKind};
use regex::Regex;
use server::cli::Cli;

/// They look like variables, and are what systemd calls families of addresses.
const NOT_OURS: [&str; 4] = ["AF_INET", "AF_INET6", "AF_UNIX", "SHOP_CALLBACK_SECRET"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Every file beneath a folder, by its path from the root.
fn files(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(files(&name));
        } else {
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// The guide and the README.
fn guide() -> Vec<(String, String)> {
    let mut pages = files("docs/operating");
    assert!(pages.len() > 8, "the guide is not where it was");
    pages.push(("README.md".to_owned(), fs::read_to_string(root().join("README.md")).unwrap()));
    pages
}

/// Every page with links: the guide, the decisions, and what contributors read.
fn linked() -> Vec<(String, String)> {
    let read = |page: &str| (page.to_owned(), fs::read_to_string(root().join(page)).unwrap());
    let mut pages = guide();
    pages.extend(files("docs/adr").into_iter().chain(files("docs/development")));
    pages.extend(["ARCHITECTURE.md", "CONTRIBUTING.md"].map(read));
    pages
}

fn help() -> String {
    Cli::command().render_long_help().to_string()
}

fn found(pattern: &str, text: &str) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).unwrap();
    pattern.captures_iter(text).map(|found| found[found.len() - 1].to_owned()).collect()
}

const VARIABLE: &str = r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b";

#[test]
fn every_named_variable_exists() {
    let known: String = files(".github").into_iter().map(|(_, text)| text).chain([help()]).collect();
    let known = found(VARIABLE, &known);
    for (page, text) in guide() {
        // A flag is the variable without its first word.
        let is_known = |name: &String| known.contains(name) || known.contains(&format!("FLAG_{name}"));
        let unknown: Vec<_> = found(VARIABLE, &text)
            .into_iter()
            .filter(|name| !is_known(name) && !NOT_OURS.contains(&name.as_str()))
            .collect();
        assert!(unknown.is_empty(), "{page}: {unknown:?}");
    }
}

#[test]
fn table_has_every_variable() {
    let install = fs::read_to_string(root().join("docs/operating/install.md")).unwrap();
    let listed = found(r"(?m)^ {2}([A-Z_]+)  ", &help());
    assert!(listed.len() > 8, "{listed:?}");
    assert_eq!(found(r"(?m)^\| `([A-Z_]+)` \|", &install), listed);
}

/// Where a command stands: after a quote, a variable, or what begins a line of a block, a Procfile or a unit.
/// Its words are read as the program reads them.
#[test]
fn every_command_parses() {
    let mut commands = 0;
    for (page, text) in guide() {
        let command = r"(?m)(?:^ *|`|[A-Z_]=\S+ |^[a-z]+: |=/\S+/)deploy-console((?: +[\w…-]+)+)";
        for line in found(command, &text) {
            let words = ["deploy-console"].into_iter().chain(line.split_whitespace());
            if let Err(error) = Cli::try_parse_from(words) {
                assert_eq!(error.kind(), ErrorKind::DisplayHelp, "{page}: deploy-console{line}: {error}");
            }
            commands += 1;
        }
    }
    assert!(commands > 15, "{commands}");
}

/// Every line of the log that it explains is written somewhere.
#[test]
fn every_explained_log_line_is_written() {
    let folders = [
        "server/actions-identity/src",
        "server/src",
        "server/runtime/src",
        "server/store/src",
        "server/github/src",
    ];
    let sources: String = folders.into_iter().flat_map(files).map(|(_, text)| text).collect();
    let incidents = fs::read_to_string(root().join("docs/operating/incidents.md")).unwrap();
    let (_, table) = incidents.split_once("## Lines of the log").unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once(" | "));
    let lines: BTreeSet<_> = rows.flat_map(|(first, _)| found("`([^`]+)`", &format!("`{first}"))).collect();
    assert!(lines.len() > 10, "{lines:?}");
    for line in lines {
        assert!(sources.contains(&line), "nothing writes {line:?}");
    }
}

/// Whole paths from the root, in code spans. The glossary names modules, not paths.
#[test]
fn every_path_that_contributors_read_is_there() {
    let mut paths = BTreeSet::new();
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/development/faults.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let named = found(r"`((?:app|server|frontend|end2end|migrations|docs|\.github)/[\w./-]+)`", &text);
        let gone: Vec<_> = named.iter().filter(|path| !root().join(path).exists()).collect();
        assert!(gone.is_empty(), "{page}: {gone:?}");
        paths.extend(named);
    }
    assert!(paths.len() > 40, "{paths:?}");
}

#[test]
fn every_link_resolves() {
    for (page, text) in linked() {
        let folder = root().join(&page).parent().unwrap().to_owned();
        for target in
            found(r"\]\(([^)]+)\)", &text).into_iter().chain(found(r"(?m)^\[[a-z]+\]: (.+)$", &text))
        {
            let (file, place) = target.split_once('#').unwrap_or((&target, ""));
            if file.contains("://") {
                continue;
            }
            let path = if file.is_empty() { root().join(&page) } else { folder.join(file) };
            assert!(path.exists(), "{page}: {target}");
            if !place.is_empty() {
                let anchors = found(r"(?m)^#+ (.+)$", &fs::read_to_string(path).unwrap());
                let anchor = |title: &String| {
                    title.to_lowercase().replace([',', '.', '"', '\''], "").replace(' ', "-")
                };
                assert!(anchors.iter().map(anchor).any(|anchor| anchor == place), "{page}: {target}");
            }
        }
    }
}
