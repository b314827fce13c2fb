//! Signed copies: those of all reports on a page, received many at a time, shown, downloaded, confirmed, removed.

mod change;
mod view;

pub(super) use change::MAX_SCAN_BYTES;
pub(crate) use change::{assign, confirm, remove, store_held, undo, upload};
pub(super) use view::list_of;
pub(crate) use view::{download, open, open_named, show};

use crate::scans::{ScanInventory, SignedCopy, UnmatchedScan};
use crate::serve::response::ErrorPage;
use crate::serve::scan_files::scan_key;
use crate::serve::state::{ANALYSIS_TIMEOUT, AppState};

/// The address of the page.
pub(super) const ADDRESS: &str = "/scans";

/// A scan in the folder, matched or not.
enum FoundScan {
    Matched(SignedCopy),
    Unmatched(UnmatchedScan),
}

impl FoundScan {
    fn name(&self) -> &str {
        match self {
            Self::Matched(copy) => &copy.name,
            Self::Unmatched(scan) => &scan.name,
        }
    }

    fn path(&self) -> &std::path::Path {
        match self {
            Self::Matched(copy) => &copy.path,
            Self::Unmatched(scan) => &scan.path,
        }
    }
}

/// The scan with that key.
///
/// # Errors
/// When there is none any more.
fn find(state: &AppState, key: &str) -> Result<FoundScan, ErrorPage> {
    let run = state.run()?;
    let scans = state.scans(run, ANALYSIS_TIMEOUT);
    let inventory: &ScanInventory = scans.value().ok_or_else(|| ErrorPage::conflict("签字件还没有看完，请稍后再试"))?;
    let matched = inventory.copies.iter().find(|copy| scan_key(&copy.name) == key).cloned().map(FoundScan::Matched);
    let unmatched = || inventory.unmatched.iter().find(|scan| scan_key(&scan.name) == key).cloned();
    let found = matched.or_else(|| unmatched().map(FoundScan::Unmatched));
    found.ok_or_else(|| ErrorPage::not_found("没有这个签字件，可能刚被移走"))
}
