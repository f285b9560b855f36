//! Architecture decision records have one form, and their index lists each with its title and date.

use std::{fs, path::Path};

use regex::Regex;

#[test]
fn records_have_one_form_and_are_indexed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/adr");
    let index = fs::read_to_string(folder.join("README.md")).unwrap();
    let head =
        Regex::new(r"^# ([0-9]+)\. (.+)\n\nDate: ([0-9-]{10})(?:; recorded [0-9-]{10})?\. Status: [a-z]")
            .unwrap();
    let mut records = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let text = fs::read_to_string(folder.join(&name)).unwrap();
        if name == "README.md" {
            continue;
        }
        let head = head.captures(&text).unwrap_or_else(|| panic!("{name}: number, title, date or status"));
        assert_eq!(name[..4].trim_start_matches('0'), &head[1], "{name}");
        let sections: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(sections, ["Context", "Decision", "Consequences", "Rejected"], "{name}");
        let row = format!("| {} | [{}]({name}) | {} | ", &head[1], &head[2], &head[3]);
        assert!(index.contains(&row), "docs/adr/README.md lacks {row}");
        records += 1;
    }
    assert!(records > 20, "{records}");
}
