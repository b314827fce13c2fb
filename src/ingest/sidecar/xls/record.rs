//! Records of BIFF, and the types of those that several readers need.

use super::super::binary::u16_at;

// Types of records (MS-XLS 2.3).
pub(super) const FORMULA: u16 = 0x0006;
pub(super) const EOF: u16 = 0x000a;
pub(super) const FILE_PASS: u16 = 0x002f;
pub(super) const CONTINUE: u16 = 0x003c;
pub(super) const BOUND_SHEET: u16 = 0x0085;
pub(super) const DRAWING: u16 = 0x00ec;
pub(super) const BOF: u16 = 0x0809;

/// Types that formulas had in BIFF3 and BIFF4. Some programs write them into newer files, with the content that
/// [`FORMULA`] has; Excel reads them, calamine passes over them and over their results.
pub(super) const OLD_FORMULAS: [u16; 2] = [0x0206, 0x0406];

/// Types and contents of the records of a stream, up to the first incomplete one.
pub(super) fn records(mut stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (kind, length) = (u16_at(stream, 0)?, usize::from(u16_at(stream, 2)?));
        let record = stream.get(4..4 + length)?;
        stream = &stream[4 + length..];
        Some((kind, record))
    })
}
