//! What people see: pages, polls and live events.

mod audit;
mod board;
mod commits;
mod deploy;
mod doctor;
mod events;
mod inputs;
mod insight;
mod outcome;
mod plan;
mod poll;
mod poll_from_memory;
pub mod rendering;
mod server_functions;
mod versions;
