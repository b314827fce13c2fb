//! The page of one ledger file: how it was read, its findings, header aliases, replacing and removing it.

mod aliases;
mod changes;
mod sheet;
mod view;

pub use aliases::accept_alias;
pub use changes::{remove, replace};
pub use view::show;
