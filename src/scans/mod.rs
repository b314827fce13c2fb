//! Scans of signed copies (签字件) that come back: which report each belongs to, and whether the version that was
//! signed is the current one.
//!
//! A report code, read from a QR code in the picture or from the file's name, gives both; a branch's name in the file's
//! name gives only the branch. Input: a folder of scans and the manifest of the last run; output: a [`ScanInventory`].
//! Scans are decoded in processes of their own (`inspect`); no text recognition is done.

mod attribution;
mod inspect;
mod survey;

pub use attribution::Version;
pub use inspect::{Inspector, SUBCOMMAND, ScanContents, inspect, serve};
pub use survey::{ScanInventory, ScanResult, SignedCopy, UnmatchedScan, attribute, is_scan, read, survey, survey_with};
