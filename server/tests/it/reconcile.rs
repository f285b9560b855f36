//! What is read from GitHub's record: the runs of our deploys, and runs that we did not start.

mod claims;
mod deadline;
mod github_reads;
mod imports;
mod passes;
mod reruns;
mod run_lookup;
mod run_state;
mod shared_workflow;
