//! OpenDocument as one XML text (.fods): made into the package that the reader of .ods takes.
//!
//! Input: the text. Output: a package whose `content.xml` is the text. The elements of sheets are the same in both
//! (OpenDocument 1.3 part 3, 3.1.2); only the root has another name, which no reader looks at.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::limits::ReadError;
use crate::diagnostics::localize;

const PARTS: [(&str, &str); 2] = [
    ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
    (
        "META-INF/manifest.xml",
        "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
    ),
];

/// Packs a flat OpenDocument text.
///
/// # Errors
/// When the package cannot be written, which in memory does not happen.
pub(super) fn package(text: &str) -> Result<Vec<u8>, ReadError> {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut package = ZipWriter::new(Cursor::new(Vec::with_capacity(text.len() + 1024)));
    let damaged = |error: &(dyn std::error::Error + 'static)| ReadError::Damaged(localize::chain(error));
    for (name, content) in PARTS.into_iter().chain([("content.xml", text)]) {
        package.start_file(name, stored).map_err(|error| damaged(&error))?;
        package.write_all(content.as_bytes()).map_err(|error| damaged(&error))?;
    }
    Ok(package.finish().map_err(|error| damaged(&error))?.into_inner())
}
