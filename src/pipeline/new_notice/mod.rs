//! Makes the folder of a new notice: ledgers and outline are read in worker processes, `scaffold` makes the files, the
//! program's own loader checks them, and the folder is put in its place. Results of an earlier period are tried with
//! them.

mod error;
mod ledgers;
mod place;
mod previous;
mod read;
mod write;

pub use error::NewNoticeError;
pub use ledgers::SourceLedger;
pub use place::Targets;
pub(super) use place::{begin, relative_path};
pub use previous::PreviousSource;
pub use read::{NoticeSources, OutlineSource, SourceRequest, read_sources};
pub use write::{try_notice, write_notice};
