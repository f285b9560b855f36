//! The journal against what is stored in it: entries that cannot be read, and pages that are bounded by bytes.

mod pages;
mod unreadable;
