//! The job page: start a build, watch the running job, read the outcome of the last one.

mod events;
mod start;
mod status_text;
mod view;

pub(crate) use events::events;
pub(crate) use start::{cancel, start_build, start_draft_job};
pub(crate) use view::show;
