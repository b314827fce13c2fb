//! Workbooks written for clerks: lists of findings, blank forms, the department's table, the archive catalogue.
//!
//! Input: settings, findings, metrics or rows. Output: the bytes of an `.xlsx` file, the same on every run (no creation
//! time). Only this module uses rust_xlsxwriter. Ledgers are read in [`crate::ingest`].

mod archive_catalogue;
mod content;
mod form;
mod issues;
mod row_sheet;
mod style;
mod summary;

pub(crate) use archive_catalogue::archive_catalogue;
pub(crate) use content::SummaryContent;
pub(crate) use form::form;
pub(crate) use issues::issues;
pub(crate) use style::{GAP, LEFT_OUT, NO_ROWS, NOT_APPLICABLE, WorkbookError};
pub(crate) use summary::summary;
