//! What there is, and under which name. A repository, a workflow and a ref are there until a test takes them away.

use std::collections::{HashMap, HashSet};

use super::Model;

#[derive(Debug, Default)]
pub(super) struct Repositories {
    /// By their numbers, the names of those that were named.
    names: Vec<String>,
    /// The number of a repository that has another name now.
    renamed: HashMap<String, usize>,
    removed: HashSet<String>,
    removed_workflows: HashSet<(String, String)>,
    disabled_workflows: HashSet<(String, String)>,
    removed_refs: HashSet<(String, String)>,
}

/// Where a repository is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Whereabouts {
    Here,
    /// It has another name, and this number.
    Moved(usize),
    Nowhere,
}

/// Numbers of repositories begin here.
const FIRST: usize = 700_001;

impl Repositories {
    /// Whether a branch or tag of this name was taken away.
    pub(super) fn lacks_ref(&self, repo: &str, git_ref: &str) -> bool {
        self.removed_refs.contains(&both(repo, git_ref))
    }

    fn number(&mut self, repo: &str) -> usize {
        let known = self.names.iter().position(|name| name == repo);
        FIRST
            + known.unwrap_or_else(|| {
                self.names.push(repo.to_owned());
                self.names.len() - 1
            })
    }
}

fn both(repo: &str, name: &str) -> (String, String) {
    (repo.to_owned(), name.to_owned())
}

impl Model {
    pub(crate) fn whereabouts(&self, repo: &str) -> Whereabouts {
        let repositories = &mut self.state().repositories;
        if repositories.removed.contains(repo) {
            return Whereabouts::Nowhere;
        }
        repositories.renamed.get(repo).map_or(Whereabouts::Here, |number| Whereabouts::Moved(*number))
    }

    pub(crate) fn number_of_repo(&self, repo: &str) -> usize {
        self.state().repositories.number(repo)
    }

    pub(crate) fn repo_with_number(&self, number: usize) -> Option<String> {
        let state = self.state();
        state.repositories.names.get(number.checked_sub(FIRST)?).cloned()
    }

    pub(crate) fn remove_repo(&self, repo: &str) {
        self.state().repositories.removed.insert(repo.to_owned());
    }

    /// Gives a repository another name. The old one leads to it.
    pub(crate) fn rename_repo(&self, old: &str, new: &str) {
        let mut state = self.state();
        let number = state.repositories.number(old);
        new.clone_into(&mut state.repositories.names[number - FIRST]);
        state.repositories.renamed.insert(old.to_owned(), number);
        state.repositories.renamed.remove(new);
        state.workflows.rename(old, new);
        state.protections.rename(old, new);
        let commits = state.commits(old).clone();
        state.commits.insert(new.to_owned(), commits);
        for run in state.runs.iter_mut().filter(|run| run.repo == old) {
            new.clone_into(&mut run.repo);
            if run.head_repo == old {
                new.clone_into(&mut run.head_repo);
            }
        }
    }

    pub(crate) fn remove_workflow(&self, repo: &str, workflow: &str) {
        self.state().repositories.removed_workflows.insert(both(repo, workflow));
    }

    pub(crate) fn has_workflow(&self, repo: &str, workflow: &str) -> bool {
        let is_file = workflow.ends_with(".yml") || workflow.ends_with(".yaml");
        is_file && !self.state().repositories.removed_workflows.contains(&both(repo, workflow))
    }

    pub(crate) fn set_disabled(&self, repo: &str, workflow: &str, is_disabled: bool) {
        let disabled = &mut self.state().repositories.disabled_workflows;
        if is_disabled {
            disabled.insert(both(repo, workflow));
        } else {
            disabled.remove(&both(repo, workflow));
        }
    }

    pub(crate) fn is_disabled(&self, repo: &str, workflow: &str) -> bool {
        self.state().repositories.disabled_workflows.contains(&both(repo, workflow))
    }

    pub(crate) fn remove_ref(&self, repo: &str, git_ref: &str) {
        self.state().repositories.removed_refs.insert(both(repo, git_ref));
    }

    /// Whether there is a branch or a tag of this name.
    pub(crate) fn has_ref(&self, repo: &str, git_ref: &str) -> bool {
        let name = git_ref.strip_prefix("refs/heads/").or_else(|| git_ref.strip_prefix("refs/tags/"));
        let name = name.unwrap_or(git_ref);
        let is_name =
            !name.is_empty() && !name.contains("..") && !name.contains([' ', '~', '^', ':', '?', '*']);
        let is_commit = name.parse::<app::domain::Commit>().is_ok();
        is_name && !is_commit && !self.state().repositories.removed_refs.contains(&both(repo, name))
    }
}
