//! What the sources, the documents and the samples have to agree on.

mod docs;
mod openapi;
mod shipped_samples;
mod source;
