//! What the sources, the documents and the samples have to agree on.

mod decisions;
mod docs;
mod faults;
mod openapi;
mod shipped_samples;
mod source;
