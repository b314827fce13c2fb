//! A hash of what a report shows, by which a report on record is compared with what it would be now.
//!
//! The cache key (`cache_key`) covers everything that the files depend on, and changes with a setting that no report
//! prints or with a row that moved; this hash changes only when a reader would see a difference: another text, picture,
//! typeface, or file put in.

use crate::notice::Notice;
use crate::store::{Digest, sha256};

/// The hash of a report with that text ([`render::content`](crate::render::content)). `beside` identifies the documents
/// that belong to it: the files of its annexes, the department's table.
pub(super) fn shown(content: &str, notice: &Notice, beside: &[u8]) -> Digest {
    let mut bytes = Vec::with_capacity(content.len() + beside.len() + 256);
    for part in [content.as_bytes(), format!("{:?}", notice.typography).as_bytes(), beside] {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part);
    }
    sha256(&bytes)
}
