//! The pages on which a notice's settings and templates are changed.
//!
//! `fields`: which keys a page offers and how they are written; `show`: the pages; `change`: from a form to a new text;
//! `review`: what it comes to, and the confirmation; `file`: a whole file, also a broken one; `preview`: a draft with a
//! text that is not written yet; `history`: earlier changes.

mod change;
mod fields;
mod file;
mod history;
mod preview;
mod review;
mod show;

pub(crate) use change::change;
pub(crate) use file::{change_file, show_file};
pub(crate) use history::undo;
pub(crate) use preview::preview;
pub(crate) use show::{show, show_ledger};
