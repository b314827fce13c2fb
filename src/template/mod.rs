//! Fills templates with a branch's values; the result is Markdown with markers (`marker.rs`).
//!
//! Input: the notice's templates (`.md` files and the letter's short texts) and the values of one branch, or of all
//! branches for the department's report. Output: [`FilledTemplates`], which `report::assemble` parses.
//!
//! - `outline`: which templates a report consists of. `templates`: loads and checks them at start.
//! - `lint`: checks a template before any data is read. `notice::tags` finds its tags, `braces` what was meant to be one; `lex`
//!   and `parse` read expressions into an `ast`; `checker`, with `comparison` and `filter_types`, compares them with
//!   the `schema`; `advice` answers what is no expression.
//! - `units`: the filter `with_unit`. `pieces`: templates that others include. `names`: names of any script, which tera
//!   does not have.
//! - `conditions`: which conditions were evaluated, since a metric that they lack is a gap.
//! - `value`, `context`, `summary`, `periods`, `facts`: the values as tera sees them (`mentioned`: which are needed);
//!   `change`: calls that tera does not have; `filler`: runs tera; `fill`, `annex`: the letter and the annexes of a
//!   report; `filled_body`: puts the parts together; `filters`, `escape`: what is added to tera; `instrument`, `guard`:
//!   what bounds the cost of a report.
//!
//! Only this module uses tera. Invariants: every value that a report prints passes `value::PrintedValue::push`,
//! which attaches its provenance; every printed text is escaped, so that a cell never acts as Markdown.

mod advice;
mod annex;
mod ast;
mod braces;
mod change;
mod checker;
mod comparison;
mod condition_metrics;
mod conditions;
mod context;
mod error;
mod escape;
mod facts;
mod fill;
mod filled_body;
mod filler;
mod filter_types;
mod filters;
mod guard;
mod instrument;
mod lex;
mod lint;
mod mentioned;
mod names;
mod outline;
mod parse;
mod periods;
mod pieces;
mod reporting;
mod schema;
mod summary;
mod table_lines;
mod templates;
mod top_names;
mod units;
mod value;

pub(crate) use annex::{FilledAnnex, gap_label};
pub(crate) use change::mentions_of_previous;
pub(crate) use fill::{BranchValues, DepartmentValues, FilledElement, FilledTemplates};
pub(crate) use filled_body::{FilledBody, TemplateLine};
#[cfg(test)]
pub(crate) use guard::MAKERS;
pub(crate) use outline::ReportStructure;
pub(crate) use templates::Templates;
