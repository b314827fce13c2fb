//! Workbooks of spreadsheet programs: which format the bytes are in, and which reader gets them.
//!
//! .xlsx and .xlsm go to `xlsx`, .xlsb, .xls and .ods to `calamine_reader`. A package is checked before it is opened: its
//! unpacked size, and names that occur twice.

use std::collections::HashSet;
use std::io::Cursor;

use zip::ZipArchive;

use super::budget::Budget;
use super::limits::{Limits, ReadError};
use super::sink::Sink;
use super::{calamine_reader, xlsx};
use crate::diagnostics::localize;

/// The format of a workbook's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Office Open XML.
    Xlsx,
    /// Office Open XML, binary.
    Xlsb,
    /// Excel 97–2003.
    Xls,
    /// OpenDocument.
    Ods,
}

/// Detects the format of a workbook's bytes; the file's extension plays no part.
pub(super) fn detect(bytes: &[u8]) -> Option<Format> {
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Some(Format::Xls);
    }
    let zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let has = |name: &str| zip.index_for_name(name).is_some();
    let is_workbook_xml = |name: &str| name.trim_start_matches('/').eq_ignore_ascii_case("xl/workbook.xml");
    if has("xl/workbook.bin") {
        Some(Format::Xlsb)
    } else if zip.file_names().flatten().any(|name| is_workbook_xml(&name)) {
        Some(Format::Xlsx)
    } else {
        // Newer programs encrypt an .ods as a package inside a package.
        (has("content.xml") || has("encrypted-package")).then_some(Format::Ods)
    }
}

/// Reads every sheet of a workbook and sends it to `sink`.
///
/// # Errors
/// With the reason for which the bytes cannot be read as a workbook; what was sent before is invalid then.
pub(super) fn read(bytes: Vec<u8>, format: Format, limits: &Limits, sink: &mut dyn Sink) -> Result<(), ReadError> {
    if format != Format::Xls {
        check_package(&bytes, limits)?;
    }
    let mut budget = Budget::new(limits.cells, limits.text, sink);
    match format {
        Format::Xlsx => xlsx::read(&bytes, &mut budget),
        Format::Xlsb => calamine_reader::read_xlsb(bytes, &mut budget),
        Format::Xls => calamine_reader::read_xls(bytes, &mut budget),
        Format::Ods => calamine_reader::read_ods(bytes, &mut budget),
    }
}

/// Reads every sheet of a workbook with the second reader of its format; sends nothing when it has none.
///
/// # Errors
/// As [`read`].
pub(super) fn read_again(
    bytes: Vec<u8>,
    format: Format,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), ReadError> {
    let mut budget = Budget::new(limits.cells, limits.text, sink);
    match format {
        Format::Xlsx => calamine_reader::read_xlsx(bytes, &mut budget),
        Format::Xlsb | Format::Xls | Format::Ods => Ok(()),
    }
}

/// Refuses a package whose directory declares more unpacked bytes than the limit, and one whose directory names a part
/// twice: programs differ in which of the two they show.
fn check_package(bytes: &[u8], limits: &Limits) -> Result<(), ReadError> {
    let damaged = |error: zip::result::ZipError| ReadError::Damaged(localize::chain(&error));
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut unpacked = 0_u64;
    for index in 0..zip.len() {
        unpacked = unpacked.saturating_add(zip.by_index_raw(index).map_err(damaged)?.size());
    }
    if unpacked > limits.unpacked {
        let mib = unpacked >> 20;
        return Err(ReadError::TooLarge(format!("解压后有 {mib} MiB，超过 {} MiB", limits.unpacked >> 20)));
    }
    if has_repeated_names(bytes) {
        return Err(ReadError::Damaged("压缩包里有重名的部件".to_owned()));
    }
    Ok(())
}

/// Whether the package's directory names a part twice. `zip` keeps only one of them, so that the entries of the
/// directory (APPNOTE 4.3.12) are looked at here.
fn has_repeated_names(bytes: &[u8]) -> bool {
    let mut seen = HashSet::new();
    let mut names = memchr::memmem::find_iter(bytes, b"PK\x01\x02").filter_map(|entry| {
        let length = u16::from_le_bytes(bytes.get(entry + 28..entry + 30)?.try_into().ok()?);
        bytes.get(entry + 46..entry + 46 + usize::from(length))
    });
    names.any(|name| !seen.insert(name))
}
