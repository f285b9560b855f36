//! Asking for a deploy: the dialog, the form in it, and what the dialog and the page of the plan share.

pub mod changes;
pub mod dialog;
pub mod form;
pub mod form_field;
pub mod in_the_way;
pub mod input_fields;
pub mod target;
