//! What the domain knows of GitHub: runs, what others claim, that GitHub cannot be asked, and what a rehearsal can show.

pub mod claim;
pub mod outage;
pub mod run;
pub mod scenario;
