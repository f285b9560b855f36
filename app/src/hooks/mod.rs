//! What components share that is not on the screen: the poll, the press of Deploy, the ticking clock, where
//! answers come from.

pub mod now;
pub mod poll;
pub mod press;
pub mod rehearsal;
pub mod response;
pub mod source;
pub mod unanswered;
pub mod watch;
