//! The page of one ledger file: how it was read, its findings, header aliases, replacing and removing it.

mod aliases;
mod changes;
mod columns;
mod sheet;
mod versions;
mod view;

pub(crate) use aliases::accept_alias;
pub(crate) use changes::{remove, replace};
pub(crate) use versions::file;
pub(crate) use view::show;
