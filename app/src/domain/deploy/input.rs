//! Inputs of a deploy workflow: those without which it can be run all the same, and those that are configured for an app.

mod optional;
mod spec;
#[cfg(test)]
mod tests;
mod values;

pub use optional::{OptionalInput, UnknownInput};
pub use spec::{InputKind, InputProblem, InputSpec, InvalidInput};
pub use values::{InputValue, InputValues};
