//! What runs in the browser: the poll, the events that make it ask at once, the submission of a deploy, the ticking
//! clock, and what keeps the served page fresh.

pub mod board_filter;
pub mod copying;
pub mod dialog_address;
pub mod dialog_triggers;
pub mod drafts;
pub mod event_stream;
pub mod favourites;
pub mod morph;
pub mod notifications;
pub mod page;
pub mod page_refresh;
pub mod pending_submission;
pub mod poll;
pub mod shared_stream;
pub mod shortcuts;
pub mod source;
pub mod submission;
pub mod times;
pub mod use_deploy;
pub mod use_now;
