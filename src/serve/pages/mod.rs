//! The request handlers, a page with its actions in each module.

pub(super) mod archive;
mod banner;
pub(super) mod branch;
pub(super) mod build;
pub(super) mod dashboard;
pub(super) mod department;
mod findings;
mod first_steps;
pub(super) mod ledger;
mod ledger_lookup;
pub(super) mod ledgers;
mod list_form;
pub(super) mod login;
pub(super) mod matrix;
pub(super) mod new_notice;
mod next_branch;
pub(super) mod notices;
mod pager;
pub(super) mod print;
mod query;
mod report;
mod report_pages;
mod report_sheet;
pub(super) mod reports;
pub(super) mod scans;
mod search;
pub(super) mod settings;
mod state_panel;
mod table;
mod undo;
pub(super) mod welcome;

pub(super) use build::start_draft_job;
