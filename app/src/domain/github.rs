//! What the domain knows of GitHub: runs, that GitHub cannot be asked, and what a rehearsal can show.

pub mod outage;
pub mod run;
pub mod scenario;
