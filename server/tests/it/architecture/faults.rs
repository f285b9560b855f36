//! `docs/development/faults.md` lists the faults that tests show, and where those tests are.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use regex::Regex;

/// Folders of the repository that hold tests with a number in their names.
const AREAS: [&str; 4] = ["app", "end2end", "frontend", "server"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The sources beneath a folder, without what is built or downloaded.
fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_source = path.extension().is_some_and(|extension| extension == "rs" || extension == "ts");
        if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with("target") {
            texts.extend(sources(&path));
        } else if is_source && path.is_file() {
            texts.push(fs::read_to_string(&path).unwrap());
        }
    }
    texts
}

/// The numbers in names of tests, such as `f07` or `i12`, and the areas that have them. A name in Rust begins with
/// `f07_f08_`, a title in TypeScript with `f07: `.
fn tested() -> BTreeMap<String, BTreeSet<String>> {
    let names = Regex::new(r#"\b(?:fn |test\(")((?:[fi][0-9]+(?:_|[:,]? ))+)"#).unwrap();
    let number = Regex::new("[fi][0-9]+").unwrap();
    let mut tested = BTreeMap::<String, BTreeSet<String>>::new();
    for area in AREAS {
        for text in sources(&root().join(area)) {
            for name in names.captures_iter(&text) {
                for number in number.find_iter(&name[1]) {
                    tested.entry(number.as_str().to_owned()).or_default().insert(area.to_owned());
                }
            }
        }
    }
    tested
}

/// The rows of the page's tables: a number, and the last cell.
fn listed() -> BTreeMap<String, String> {
    let page = fs::read_to_string(root().join("docs/development/faults.md")).unwrap();
    let row = Regex::new(r"(?m)^\| ([fi][0-9]+) \|(?: .* \|)? ([^|]+) \|$").unwrap();
    let rows: Vec<_> = row.captures_iter(&page).map(|row| (row[1].to_owned(), row[2].to_owned())).collect();
    let listed: BTreeMap<_, _> = rows.iter().cloned().collect();
    assert_eq!(listed.len(), rows.len(), "no number is there twice");
    listed
}

#[test]
fn every_number_in_a_test_is_listed() {
    let listed = listed();
    let tested = tested();
    assert!(tested.len() > 70, "the tests are not where they were: {tested:?}");
    let unlisted: Vec<_> = tested.keys().filter(|number| !listed.contains_key(*number)).collect();
    assert!(unlisted.is_empty(), "{unlisted:?} are not in docs/development/faults.md");
}

#[test]
fn each_listed_fault_has_its_tests_or_is_open() {
    let tested = tested();
    let faults: Vec<_> = listed().into_iter().filter(|(number, _)| number.starts_with('f')).collect();
    assert!(faults.len() > 100, "{faults:?}");
    for (fault, areas) in faults {
        if areas == "**open**" {
            continue;
        }
        let found = tested.get(&fault).cloned().unwrap_or_default();
        let named: BTreeSet<_> = areas.split(", ").map(str::to_owned).collect();
        assert_eq!(
            named, found,
            "{fault}: where docs/development/faults.md says its tests are, and where they are"
        );
    }
}
