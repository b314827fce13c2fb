//! Fills templates with a branch's values; the result is Markdown with markers (`marker.rs`).
//!
//! Input: the notice's templates (`.md` files and the letter's short texts) and the values of one branch, or of all
//! branches for the department's report. Output: [`FilledTemplates`], which `report::assemble` parses.
//!
//! - `outline`: which templates a report consists of. `templates`: loads and checks them at start.
//! - `lint`, `scan`, `schema`: check every name in a template against the names that exist, before any data is read.
//! - `context`, `summary`: the values as tera sees them; `fill`: runs tera; `filters`, `escape`: what is added to tera.
//!
//! Only this module uses tera. Invariants: every value that a template can print passes `context::ValueMap::insert`,
//! which attaches its provenance; every printed text is escaped, so that a cell never acts as Markdown.

mod context;
mod error;
mod escape;
mod fill;
mod filters;
mod lint;
mod outline;
mod scan;
mod schema;
mod summary;
mod templates;

pub(crate) use fill::FilledTemplates;
pub(crate) use outline::Outline;
pub(crate) use templates::Templates;
