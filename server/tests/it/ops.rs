//! The process as an operator sees it: start and stop, health, limits, logs, metrics and flags.

mod background_tasks;
mod connection_limits;
mod doctor;
mod flags;
mod health;
mod logs;
mod metrics;
mod readiness;
mod rehearse;
mod shutdown;
mod start;
