//! What components share that is not on the screen: the poll, the news that make it ask at once, the press of
//! Deploy, the ticking clock, where answers come from.

pub mod news;
pub mod now;
pub mod poll;
pub mod press;
pub mod rehearsal;
pub mod response;
pub mod source;
pub mod unanswered;
pub mod watch;
