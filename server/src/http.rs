//! The HTTP contract. Handlers turn requests into calls of the service and answers into JSON; they hold no rule of
//! their own. The OpenAPI document is made of their descriptions.

mod answer;
mod audit;
mod body;
mod callback;
mod deploys;
mod events;
mod forged;
mod forms;
mod github_webhook;
mod health;
mod host;
mod idempotency_key;
mod insight;
mod me;
mod metrics;
mod openapi;
mod protection;
mod sign_in;
mod ui;

pub use answer::ApiError;
pub use body::{BODY_DEADLINE, MAX_BODY};
pub use callback::IdentityGate;
pub use forged::Forged;
pub use forms::forms;
pub use github_webhook::WebhookGate;
pub use host::{Hosts, admit};
pub use openapi::router;
pub use sign_in::{options as sign_in_options, sign_in};
pub use ui::as_problem;
