//! What components share that is not on the screen: the poll, the news that make it ask at once, the press of
//! Deploy, the ticking clock, the parts that the server renders, where answers come from.

pub mod desktop;
pub mod filter;
pub mod morph;
pub mod news;
pub mod now;
pub mod openers;
pub mod page;
pub mod parts;
pub mod poll;
pub mod press;
pub mod query;
pub mod rehearsal;
pub mod response;
pub mod shortcuts;
pub mod source;
pub mod unanswered;
pub mod watch;
