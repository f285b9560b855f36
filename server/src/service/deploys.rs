//! Deploys: asked for, looked up, cancelled, and shown.

pub(super) mod cancel;
pub(super) mod cursor;
pub(super) mod dispatch;
pub(super) mod lookup;
pub(super) mod plan;
pub(super) mod run_record;
pub(super) mod usual;
pub(super) mod view;
