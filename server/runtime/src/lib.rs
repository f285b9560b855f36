//! What everything that runs in the process needs: the time, new ids, supervised background tasks, bounded reads of
//! answers, and, for tests, places at which to stop.

pub mod clock;
pub mod fail_point;
pub mod ids;
mod read_limited;
pub mod supervisor;
mod task;

pub use read_limited::read_limited;
pub use task::Task;
