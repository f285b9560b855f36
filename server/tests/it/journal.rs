//! The journal against what stands beside it, and against what is stored in it: rows that it bears out, entries that
//! cannot be read, pages that are bounded by bytes, what a start looks at, and what an earlier build wrote.

mod audit;
mod earlier_build;
mod filters;
mod paging;
mod row_check;
mod startup_check;
mod unreadable;
