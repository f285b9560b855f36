//! What tests and rehearsals make the simulated GitHub do, and what they ask of it.
//!
//! - [`deploys`]: the run of a deploy. [`runs`]: other runs. [`people`]: who signs in. [`faults`]: what goes wrong, and how much was asked.

mod deploys;
mod faults;
mod people;
mod runs;
