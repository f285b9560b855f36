//! Callbacks of workflows: what is answered, in which order, and what is written.

mod answers;
mod identity;
mod legs;
mod order;
mod own_secret;
mod properties;
mod socket;
