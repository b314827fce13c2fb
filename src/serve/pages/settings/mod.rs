//! The pages on which a notice's settings and templates are changed.
//!
//! `sections`: which keys a page offers; `fields`: how their values are written; `place`: which pages there are;
//! `show`: the pages; `control`: a field on them; `meaning`: the titles of its ids; `change`: from a form to a new text;
//! `column_type`: what changes with the type of a column; `collection`: the tables that are added and removed; `add`: a
//! new one; `remove`: one that goes;
//! `review`: its outcome, and the confirmation; `file`: a whole file, also a broken one; `preview`: a draft with a text
//! that is not written yet; `history`: earlier changes.

mod add;
mod change;
mod collection;
mod column_type;
mod control;
mod fields;
mod file;
mod history;
mod meaning;
mod place;
mod preview;
mod remove;
mod review;
mod sections;
mod show;

pub(crate) use add::add;
pub(crate) use change::change;
pub(crate) use file::{change_file, show_file};
pub(crate) use history::undo;
pub(crate) use preview::preview;
pub(crate) use remove::remove;
pub(in crate::serve::pages) use show::archive_form;
pub(crate) use show::{show, show_page};
