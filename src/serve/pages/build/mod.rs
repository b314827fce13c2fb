//! The job page: start a build, watch the running job, read the outcome of the last one.

mod events;
mod start;
mod status_text;
mod view;

pub use events::events;
pub use start::{cancel, start, start_build};
pub use view::show;
