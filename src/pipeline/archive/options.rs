//! The options of archiving.

use crate::archive::{Event, Signer};
use crate::pipeline::Paths;

/// What to archive, from which folders, and who does it when.
pub struct ArchiveOptions {
    /// Folders and files of the department.
    pub places: Paths,
    /// Names of the branches to archive; all when empty.
    pub branches: Vec<String>,
    /// Whether packages are zip files instead of folders.
    pub zip: bool,
    /// Whether a report without a signed copy is archived.
    pub unsigned: bool,
    /// Page counts of reports that the caller states, by the branches' names.
    pub pages: Vec<(String, usize)>,
    /// Events before archiving that the caller states, for the metadata.
    pub events: Vec<Event>,
    /// The person who seals.
    pub by: String,
    /// The time, as 2018-11-05 or 2018-11-05T09:30.
    pub at: String,
    /// Signs the packages, when they are signed.
    pub signer: Option<Signer>,
}
