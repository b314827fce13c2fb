//! Bound PDFs: several PDF files as one for the printer, each part on a right-hand page.
//!
//! Input: the bytes of PDF files. Output: one PDF with all of their pages as they are, blank pages where a part would
//! begin on the back of a sheet, and a bookmark a part. The result is no PDF/A: that standard holds for a whole file,
//! and files from outside are bound in that follow none. `annex` reads such files in worker processes: it writes PDFs
//! anew and decodes scans (`pictures`); `binder` puts files together, and reads only what this program has written.
//! Only these two use hayro-syntax here; only `binder` uses hayro-write and pdf-writer.

mod annex;
mod annex_faults;
mod binder;
mod pictures;

pub(crate) use annex::{Annex, AnnexPages, AnnexReader, SUBCOMMAND, serve, write_anew};
pub(crate) use binder::{BindError, BoundPart, bind};
