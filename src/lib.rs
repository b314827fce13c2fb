//! zicha (自查): ledgers of an organisation's branches in, official self-inspection reports out.
//!
//! Data flows one way, each room a function from value to value:
//! 1. [`notice`] reads `notice.toml`: everything that belongs to one notice is data.
//! 2. [`ingest`] opens workbooks and text tables and reads ledgers as rows of typed cells with addresses.
//! 3. [`model`] binds rows to the branches of the roster.
//! 4. [`check`] looks for what is wrong; [`figure`] computes, with expressions from [`expr`].
//! 5. [`merge`] fills templates in and gives Markdown; [`report`] turns it into one tree, in which every printed value
//!    knows its [`origin`].
//! 6. [`mod@write`] writes the tree as Markdown, HTML and DOCX; [`store`] puts the bytes on the disk.
//! 7. [`stamp`] is the code on final reports, [`signed`] knows it again on scans, [`archive`] seals what was signed.
//! 8. [`proof`] compares what was used with what was read; [`record`] keeps sources and the run, [`diff`] compares
//!    two, [`board`] tells how far everybody is.
//!
//! [`xlsx`] makes the workbooks for clerks. [`pipeline`] alone knows this order; [`cli`] is the edge that reads
//! arguments and prints, [`serve`] the one that answers browsers; [`diag`] is what every room reports in.

pub mod archive;
pub mod board;
pub mod check;
pub mod cli;
mod confine;
pub mod diag;
pub mod diff;
pub mod expr;
pub mod figure;
pub mod ingest;
mod marks;
pub mod merge;
pub mod model;
pub mod notice;
pub mod origin;
pub mod pipeline;
pub mod proof;
pub mod record;
pub mod report;
pub mod serve;
pub mod signed;
mod signs;
pub mod stamp;
pub mod store;
pub mod write;
pub mod xlsx;
