//! The request handlers, a page with its actions in each module.

pub(super) mod archive;
pub(super) mod branch;
pub(super) mod build;
pub(super) mod dashboard;
pub(super) mod department;
mod findings;
pub(super) mod ledger;
mod ledger_lookup;
pub(super) mod ledgers;
pub(super) mod login;
pub(super) mod new_notice;
pub(super) mod notices;
mod query;
mod report;
mod report_preview;
pub(crate) mod reports;
pub(super) mod settings;
mod state_panel;
mod table;
