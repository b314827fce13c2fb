//! zicha (自查): ledgers of an organisation's branches in, official self-inspection reports out.
//!
//! Data flows one way, each room a function from value to value:
//! 1. [`notice`] reads `notice.toml`: everything that belongs to one notice is data.
//! 2. [`ingest`] opens workbooks and text tables and reads ledgers as rows of typed cells with addresses.
//! 3. [`model`] binds rows to the branches of the roster.
//! 4. [`check`] looks for what is wrong; [`metric`] computes, with expressions from [`expr`].
//! 5. [`template`] fills templates in and gives Markdown; [`report`] turns it into one tree, in which every printed value
//!    knows its [`provenance`].
//! 6. [`mod@render`] writes the tree as Markdown, HTML and DOCX; [`store`] puts the bytes on the disk.
//! 7. [`report_code`] is the code on final reports, [`scans`] knows it again on scans, [`archive`] seals what was signed.
//! 8. [`reconcile`] compares what was used with what was read; [`manifest`] keeps sources and the run, [`diff`] compares
//!    two, [`dashboard`] tells how far everybody is.
//!
//! [`workbook`] makes the workbooks for clerks. [`pipeline`] alone knows this order; [`cli`] is the edge that reads
//! arguments and prints, [`serve`] the one that answers browsers; [`diagnostics`] is what every room reports in.

pub mod archive;
pub mod check;
pub mod cli;
pub mod dashboard;
pub mod diagnostics;
pub mod diff;
mod escape;
pub mod expr;
pub mod ingest;
pub mod manifest;
mod marker;
pub mod metric;
pub mod model;
pub mod notice;
pub mod pipeline;
pub mod provenance;
pub mod reconcile;
pub mod reference;
pub mod render;
pub mod report;
pub mod report_code;
mod sandbox;
pub mod scans;
pub mod serve;
pub mod store;
pub mod template;
pub mod workbook;
