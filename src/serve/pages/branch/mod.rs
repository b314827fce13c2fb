//! A branch's page: its report, gaps and findings, finalization, signed copies, downloads.

mod downloads;
mod lookup;
mod sections;
mod signed_copy;
mod view;

pub(crate) use downloads::{all_files, blank_form, file, issue_list, pages, report};
pub(super) use sections::{archive_form, gaps};
pub(crate) use signed_copy::upload_signed_copy;
pub(crate) use view::show;
