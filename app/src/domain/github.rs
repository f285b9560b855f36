//! What the domain knows of GitHub: runs, what others claim, that GitHub cannot be asked, what it asks about its gate, and what a rehearsal can show.

pub mod claim;
pub mod outage;
pub mod protection;
pub mod review;
pub mod run;
pub mod scenario;
