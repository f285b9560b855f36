//! Starting deploys, repeating them, rolling back, promoting and cancelling.

mod abandon;
mod answers;
mod cancel;
mod cancel_after_end;
mod client_disconnect;
mod earlier_run;
mod github;
mod inputs;
mod model;
mod races;
mod redeploy;
mod wait;
