//! One deploy: its progress, followed while it is live, and on its page everything that is recorded about it.

pub mod abandon;
pub mod approval;
pub mod cancel;
pub mod cancel_run;
pub mod deploy_details;
pub mod end_notification;
pub mod last_contact;
pub mod log_lines;
pub mod next_steps;
pub mod outcome;
pub mod progress;
pub mod progress_panel;
pub mod record;
pub mod run_link;
pub mod run_notes;
pub mod run_wait;
