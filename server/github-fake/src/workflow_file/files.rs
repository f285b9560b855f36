//! The workflow files of every repository.

use std::collections::HashMap;

use super::WorkflowFile;

/// The files that the project ships, as they were when this was built.
pub(crate) const SHIPPED: [(&str, &str); 5] = [
    ("deploy-console.yml", include_str!("../../../../.github/workflows/deploy-console.yml")),
    ("deploy-heroku.yml", include_str!("../../../../.github/workflows/deploy-heroku.yml")),
    ("deploy-customer-docs.yml", include_str!("../../../../.github/workflows/deploy-customer-docs.yml")),
    ("deploy-push-to-staging.yml", include_str!("../../../../.github/workflows/deploy-push-to-staging.yml")),
    ("deploy-matrix.yml", include_str!("../../../../.github/workflows/deploy-matrix.yml")),
];

/// A file of a rehearsal alone: it does not fit the console.
const LEGACY: (&str, &str) = ("deploy-legacy.yml", include_str!("deploy-legacy.yml"));

/// Those that were written into a repository, else the shipped one of this name, else the first of them.
#[derive(Debug, Default)]
pub(crate) struct WorkflowFiles(HashMap<(String, String), WorkflowFile>);

impl WorkflowFiles {
    pub(crate) fn write(&mut self, repo: &str, name: &str, file: WorkflowFile) {
        self.0.insert((repo.to_owned(), name.to_owned()), file);
    }

    pub(crate) fn read(&self, repo: &str, name: &str) -> WorkflowFile {
        let written = self.0.get(&(repo.to_owned(), name.to_owned())).cloned();
        written.unwrap_or_else(|| {
            let known = SHIPPED.iter().chain([&LEGACY]);
            let shipped = known.into_iter().find(|(shipped, _)| *shipped == name).unwrap_or(&SHIPPED[0]);
            WorkflowFile::parse(shipped.1).unwrap_or_default()
        })
    }

    /// The repository has another name from now on.
    pub(crate) fn rename(&mut self, old: &str, new: &str) {
        let files = std::mem::take(&mut self.0).into_iter();
        let renamed = |((repo, name), file)| ((if repo == old { new.to_owned() } else { repo }, name), file);
        self.0 = files.map(renamed).collect();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn written_file_replaces_the_shipped_one() {
        let mut files = WorkflowFiles::default();
        let file = WorkflowFile::parse("on:\n  workflow_dispatch:\n    inputs:\n      only:\n").unwrap();
        files.write("acme/shop", "deploy.yml", file);
        let sent = json!({ "only": "this" });
        let check = |repo: &str| files.read(repo, "deploy.yml").check(sent.as_object().unwrap());
        assert_eq!(check("acme/shop"), Ok(()));
        assert!(check("acme/docs").is_err());
    }
}
