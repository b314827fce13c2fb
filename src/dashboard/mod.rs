//! Progress of all branches, those that need attention first: for the terminal, for `index.html` in the output folder,
//! and for the start page of the server.
//!
//! Input is the run manifest and, where they are known, the signed copies, the register of packages and what reports
//! would be now. `index.html` depends on the manifest alone, so equal
//! runs give equal pages; times of change and signatures are in two scripts beside it, which the page loads.

mod branch_state;
mod page;
mod scripts;
mod stage;
mod status;
mod text;

pub(crate) use branch_state::BranchState;
pub(crate) use page::{FILE, page};
pub(crate) use scripts::{CHANGED_FILE, changed_script, write_signed_script};
pub(crate) use stage::{Action, ReportStage};
pub(crate) use status::{BranchStatus, Dashboard, DashboardInputs, days_left};
pub(crate) use text::{days_text, print};

/// Whether a file of that name in an output folder is one of the dashboard's.
pub(crate) fn is_own_file(name: &str) -> bool {
    [FILE, CHANGED_FILE, scripts::SIGNED_FILE].contains(&name)
}
