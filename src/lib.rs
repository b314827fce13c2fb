//! zicha (自查): reads the ledgers of an organisation's branches and writes one official self-inspection report a
//! branch.
//!
//! Data flows one way; each stage is a module and a function from value to value:
//! 1. [`notice`] reads `notice.toml`: everything that belongs to one notice is data.
//! 2. [`ingest`] opens workbooks and text tables and yields ledgers as rows of typed cells with addresses.
//! 3. [`model`] binds rows to the branches of the roster.
//! 4. [`check`] runs the rules; `metric` computes the metrics with the compiled expressions of `expr`.
//! 5. `template` fills the templates in and yields Markdown; `report` parses it into one tree, in which every printed
//!    value carries its `provenance`.
//! 6. [`mod@render`] renders the tree as Markdown, HTML, DOCX and PDF, the last in the faces that `fonts` finds;
//!    [`store`] writes the bytes.
//! 7. [`report_code`] makes the code on final reports, [`scans`] reads it on signed copies, [`archive`] seals packages,
//!    `binding` makes one PDF of many for the printer.
//! 8. `reconcile` compares what was reported with what was read; `manifest` records the run, `diff` compares two runs,
//!    `dashboard` shows the state of every branch.
//!
//! `picture` prepares pictures of ledgers for paper; `workbook` writes the workbooks for clerks; `reference` lists the
//! settings keys and functions for the manual and `zicha explain`; `starter` is what a new project begins with. Only
//! [`pipeline`] depends on the order. The front ends are [`cli`] and `serve`. [`diagnostics`] is used by every stage.
//! Only what tests and benches use is public; `src/README.md` describes the architecture.

pub mod archive;
mod binding;
pub mod check;
pub mod cli;
mod dashboard;
pub mod diagnostics;
mod diff;
mod escape;
mod expr;
pub mod fonts;
pub mod fuzzing;
pub mod ingest;
mod manifest;
mod marker;
mod metric;
pub mod model;
pub mod notice;
mod picture;
pub mod pipeline;
mod provenance;
mod reconcile;
mod reference;
pub mod render;
mod report;
pub mod report_code;
pub mod sandbox;
pub mod scaffold;
pub mod scans;
mod serve;
mod starter;
pub mod store;
mod template;
mod workbook;
