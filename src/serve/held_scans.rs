//! Scans that were sent to another report than the one whose code they have, and wait to be put there. Their bytes are
//! in the temporary files of uploads; both go when they are put, when later ones take the place, and with the server.

use super::form::UploadedFile;
use super::keyed::Keyed;
use crate::report_code::ReportCode;

/// The most scans that are kept; the oldest is dropped for another.
const CAPACITY: usize = 8;

/// What was found out about a scan before it is stored.
pub(super) struct InspectedScan {
    /// What was sent.
    pub upload: UploadedFile,
    /// The extension of its name, in lower case.
    pub extension: String,
    /// The codes in its picture, otherwise the one typed in, otherwise those in its name.
    pub codes: Vec<ReportCode>,
}

/// The scans of a server that wait.
pub(super) type HeldScans = Keyed<InspectedScan, CAPACITY>;
