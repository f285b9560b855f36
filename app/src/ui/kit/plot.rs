//! Plots, drawn by the server as SVG: no script, one mark per day, nothing smoothed. Across, places are parts of the
//! width, so that texts keep their size on any screen; down, they are pixels.
//!
//! What a plot shows is beside it as a table, too.

pub mod frame;
pub mod scale;
