//! What people see: pages, polls and live events.

mod audit;
mod deploy;
mod doctor;
mod events;
mod inputs;
mod insight;
mod plan;
mod poll;
pub mod rendering;
mod server_functions;
mod versions;
