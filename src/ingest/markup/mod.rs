//! What a workbook's own bytes tell and its reader does not, or only for the price of a second parse: hidden rows,
//! and where the reader is silent also merged cells and what it passes over. A file a format; nothing is told of a
//! package that is not as usual.

mod ods;
mod xls;
mod xlsb;
mod xlsx;

pub use ods::of_ods;
pub use xls::Stream;
pub use xlsb::of_xlsb;
pub use xlsx::of_xlsx;

use std::collections::HashMap;
use std::io::{Cursor, Read};

use memchr::memmem;
use zip::ZipArchive;

use super::raw::Facts;

/// The facts of each sheet, by its place in the workbook.
pub type BySheet = HashMap<usize, Facts>;

/// A package in memory.
type Package<'b> = ZipArchive<Cursor<&'b [u8]>>;

/// A part of a package.
fn part(package: &mut Package<'_>, name: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    package.by_name(name).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The parts that a workbook's part refers to, by their names in it.
fn relations(package: &mut Package<'_>, name: &str) -> Option<HashMap<String, String>> {
    let xml = part(package, name)?;
    let part_name = |target: &str| target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
    let targets = tags(&xml, "Relationship")
        .filter_map(|tag| Some((attribute(tag, "Id")?.to_owned(), part_name(attribute(tag, "Target")?))));
    Some(targets.collect())
}

/// The start tags of that name, with or without a prefix; each without its brackets.
fn tags<'x>(xml: &'x [u8], name: &str) -> impl Iterator<Item = &'x str> {
    let wanted = format!("{name} ");
    let finder = memmem::Finder::new(wanted.as_bytes()).into_owned();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let found = at + finder.find(&xml[at..])?;
            at = found + wanted.len();
            let start = memchr::memrchr(b'<', &xml[..found])?;
            let prefix = &xml[start + 1..found];
            if prefix.is_empty() || prefix.ends_with(b":") && !prefix.contains(&b' ') {
                let end = found + memchr::memchr(b'>', &xml[found..])?;
                return Some(std::str::from_utf8(&xml[found..end]).unwrap_or_default());
            }
        }
    })
}

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
