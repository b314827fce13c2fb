//! What a workbook's own bytes tell and calamine does not: hidden rows and what it passes over. A file a format;
//! nothing is told of a package that is not as usual.

mod ods;
mod xls;
mod xlsb;

pub use ods::of_ods;
pub use xls::Stream;
pub use xlsb::of_xlsb;

use super::raw_sheet::SheetFacts;
use std::collections::HashMap;

/// The facts of each sheet, by its place in the workbook.
pub type BySheet = HashMap<usize, SheetFacts>;

/// What a tag says under that name.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = tag;
    loop {
        let (before, after) = rest.split_once(name)?;
        if before.ends_with(char::is_whitespace)
            && let Some(value) = after.strip_prefix("=\"")
        {
            return value.split_once('"').map(|(value, _)| value);
        }
        rest = after;
    }
}

/// The whole number, little endian, at an offset.
fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// The whole number of two bytes, little endian, at an offset.
fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}
