//! The request handlers, a page with its actions in each module.

pub mod archive;
pub mod branch;
pub mod build;
pub mod dashboard;
pub mod department;
mod findings;
pub mod ledger;
mod ledger_lookup;
pub mod ledgers;
pub mod login;
mod query;
mod report;
mod report_preview;
mod table;
