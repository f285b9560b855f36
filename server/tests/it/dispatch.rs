//! Starting deploys, repeating them, rolling back, promoting and cancelling.

mod answers;
mod cancel;
mod client_disconnect;
mod github;
mod inputs;
mod model;
mod races;
mod redeploy;
mod wait;
