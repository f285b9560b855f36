//! The journal against what stands beside it, and against what is stored in it: rows that it bears out, entries that
//! cannot be read, pages that are bounded by bytes, and what a start looks at.

mod audit;
mod filters;
mod paging;
mod row_check;
mod startup_check;
mod unreadable;
