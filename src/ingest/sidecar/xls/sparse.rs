//! Sheets with cells far apart: calamine allocates every cell between the first and the last, 16 million for one at
//! IV65536.
//!
//! Such a sheet is given to calamine with its rows and columns numbered without the blank ones; [`UsedPlaces`] leads
//! back.

use std::collections::{BTreeSet, HashMap};

use super::super::binary::u16_at;
use super::record::{BOF, EOF, FORMULA, OLD_FORMULAS};

// Types of records (MS-XLS 2.3).
const MUL_RK: u16 = 0x00bd;
/// RString, LabelSst, Number, Label, BoolErr, RK.
const CELLS: [u16; 6] = [0x00d6, 0x00fd, 0x0203, 0x0204, 0x0205, 0x027e];
/// The extent of a sheet, for which calamine allocates as well.
const DIMENSIONS: u16 = 0x0200;
/// A blank cell, which calamine passes over.
const BLANK: u16 = 0x0201;

/// Cells between the first and the last from which a sheet is numbered anew: 32 MiB in calamine.
const MAX_AREA: u64 = 1 << 20;

/// Numbers the cells of sparse sheets, whose records begin at `offsets`, without blank rows and columns; the places of
/// their cells, by where they begin. None where a sheet begins among the records of another: its cells would be moved
/// twice.
pub(super) fn renumber_sheets(records: &mut [u8], offsets: impl Iterator<Item = usize>) -> HashMap<usize, UsedPlaces> {
    let offsets: BTreeSet<usize> = offsets.collect();
    let end = |offset| sheet_records(records, offset).last().map_or(offset, |(_, content, length)| content + length);
    let overlap = offsets.iter().zip(offsets.iter().skip(1)).any(|(offset, next)| end(*offset) > *next);
    if overlap {
        return HashMap::new();
    }
    offsets.into_iter().filter_map(|offset| Some((offset, UsedPlaces::renumber(records, offset)?))).collect()
}

/// The rows and columns of a sheet that have cells, ascending.
#[derive(Debug, PartialEq, Eq)]
pub struct UsedPlaces {
    rows: Vec<u16>,
    cols: Vec<u16>,
}

impl UsedPlaces {
    /// The place in the file of a cell in the sheet that calamine reads.
    pub fn in_file(&self, row: u32, col: u32) -> (u32, u32) {
        let at = |places: &[u16], place: u32| {
            usize::try_from(place).ok().and_then(|place| places.get(place)).map_or(place, |place| u32::from(*place))
        };
        (at(&self.rows, row), at(&self.cols, col))
    }

    /// The place in the sheet that calamine reads of a cell of the file; `None` when its row or column has no cells.
    pub fn in_sheet(&self, row: u32, col: u32) -> Option<(u32, u32)> {
        let at = |places: &[u16], place: u32| {
            let place = u16::try_from(place).ok()?;
            u32::try_from(places.binary_search(&place).ok()?).ok()
        };
        Some((at(&self.rows, row)?, at(&self.cols, col)?))
    }

    /// Numbers the cells of the sheet whose records begin at `offset` without blank rows and columns; `None`, and no
    /// change, when they are not far apart.
    fn renumber(records: &mut [u8], offset: usize) -> Option<Self> {
        let cells = cells(records, offset);
        let used = |place: fn(&CellRecord) -> std::ops::RangeInclusive<u16>| {
            let mut is_used = vec![false; 1 << 16];
            cells.iter().flat_map(place).for_each(|place| is_used[usize::from(place)] = true);
            (0..=u16::MAX).filter(|place| is_used[usize::from(*place)]).collect::<Vec<u16>>()
        };
        let rows = used(|cell| cell.row..=cell.row);
        let cols = used(|cell| cell.first..=cell.last);
        let ends = |places: &[u16]| places.first().copied().zip(places.last().copied());
        let extent = |places: &[u16]| ends(places).map_or(0, |(first, last)| u64::from(last - first) + 1);
        let area = (extent(&rows) * extent(&cols)).max(declared_area(records, offset));
        if area <= MAX_AREA {
            return None;
        }
        let places = Self { rows, cols };
        let mut edits = Vec::new();
        for CellRecord { content, length, row, first, last } in cells {
            let (row_in_sheet, first_in_sheet) = places.in_sheet(row.into(), first.into())?;
            let (_, last) = places.in_sheet(row.into(), last.into())?;
            edits.extend([(content, row_in_sheet), (content + 2, first_in_sheet)]);
            if u16_at(records, content - 4) == Some(MUL_RK) {
                edits.push((content + length - 2, last));
            }
        }
        for (kind, at, _) in sheet_records(records, offset) {
            if kind == DIMENSIONS {
                edits.push((at - 4, BLANK.into()));
            }
        }
        edits.into_iter().for_each(|(offset, number)| put(records, offset, number));
        Some(places)
    }
}

/// Writes a number of two bytes.
fn put(records: &mut [u8], offset: usize, number: u32) {
    if let (Some(bytes), Ok(number)) = (records.get_mut(offset..offset + 2), u16::try_from(number)) {
        bytes.copy_from_slice(&number.to_le_bytes());
    }
}

/// A record of one cell, or of several in a row.
struct CellRecord {
    /// Where its content begins in the stream.
    content: usize,
    length: usize,
    row: u16,
    first: u16,
    last: u16,
}

/// The cells of a sheet.
fn cells(records: &[u8], offset: usize) -> Vec<CellRecord> {
    let cell = |(kind, content, length): (u16, usize, usize)| {
        let is_cell = CELLS.contains(&kind) || kind == FORMULA || OLD_FORMULAS.contains(&kind);
        if !is_cell && kind != MUL_RK || length < 6 {
            return None;
        }
        let [row, first] = [u16_at(records, content)?, u16_at(records, content + 2)?];
        let last = if is_cell { first } else { u16_at(records, content + length - 2)? };
        Some(CellRecord { content, length, row, first, last })
    };
    sheet_records(records, offset).into_iter().filter_map(cell).collect()
}

/// The cells between the first and the last that the sheet declares (MS-XLS 2.4.90).
fn declared_area(records: &[u8], offset: usize) -> u64 {
    let area = |(_, content, length): (u16, usize, usize)| {
        let (rows, cols) = if length == 10 { (2, 6) } else { (4, 10) };
        Some(u64::from(u16_at(records, content + rows)?) * u64::from(u16_at(records, content + cols)?))
    };
    let declared = sheet_records(records, offset).into_iter().filter(|(kind, ..)| *kind == DIMENSIONS);
    declared.filter_map(area).max().unwrap_or_default()
}

/// The type, the offset of the content and its length of each record of a sheet; charts in it are left out.
fn sheet_records(records: &[u8], mut offset: usize) -> Vec<(u16, usize, usize)> {
    let (mut found, mut depth) = (Vec::new(), 0_u32);
    while let (Some(kind), Some(length)) = (u16_at(records, offset), u16_at(records, offset + 2)) {
        let (content, length) = (offset + 4, usize::from(length));
        if content + length > records.len() {
            break;
        }
        match kind {
            BOF => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            _ if depth == 1 => found.push((kind, content, length)),
            _ => {}
        }
        offset = content + length;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{BLANK, MUL_RK, UsedPlaces, renumber_sheets, u16_at};
    use crate::ingest::sidecar::xls::record::{BOF, EOF};

    fn record(kind: u16, content: &[u16]) -> Vec<u8> {
        let length = u16::try_from(2 * content.len()).unwrap();
        [kind, length].into_iter().chain(content.iter().copied()).flat_map(u16::to_le_bytes).collect()
    }

    fn sheet(cells: &[Vec<u8>]) -> Vec<u8> {
        let dimensions = record(0x0200, &[0, 0, 1, 0, 0, 256, 0]);
        [record(BOF, &[0x0600, 16]), dimensions, cells.concat(), record(EOF, &[])].concat()
    }

    #[test]
    fn cells_far_apart_are_numbered_without_the_blank_ones() {
        let number = |row, col| record(0x0203, &[row, col, 0, 0, 0, 0, 0]);
        let several = record(MUL_RK, &[7, 2, 0, 0, 0, 0, 0, 0, 3]);
        let mut records = sheet(&[number(3, 0), several, number(65_535, 255)]);
        let places = UsedPlaces::renumber(&mut records, 0).expect("a sparse sheet");
        assert_eq!(places, UsedPlaces { rows: vec![3, 7, 65_535], cols: vec![0, 2, 3, 255] });
        assert_eq!((places.in_file(2, 3), places.in_sheet(65_535, 255)), ((65_535, 255), Some((2, 3))));
        assert_eq!((places.in_sheet(4, 0), places.in_sheet(70_000, 0)), (None, None));
        let expected = [record(0x0203, &[0, 0, 0, 0, 0, 0, 0]), record(MUL_RK, &[1, 1, 0, 0, 0, 0, 0, 0, 2])];
        let expected = [expected.concat(), record(0x0203, &[2, 3, 0, 0, 0, 0, 0]), record(EOF, &[])].concat();
        assert!(records.ends_with(&expected));
        assert_eq!(u16_at(&records, 8), Some(BLANK), "the extent is none");
    }

    #[test]
    fn sheets_that_share_records_are_numbered_once_or_not_at_all() {
        let far = |row, col| record(0x0203, &[row, col, 0, 0, 0, 0, 0]);
        let whole = sheet(&[far(0, 0), far(65_535, 255)]);
        let mut records = whole.clone();
        assert_eq!(renumber_sheets(&mut records, [0, 0].into_iter()).len(), 1);
        let mut records = whole.clone();
        assert_eq!(renumber_sheets(&mut records, [0, 8].into_iter()).len(), 0);
        assert_eq!(records, whole);
    }

    #[test]
    fn other_sheets_stay_as_they_are() {
        let near = record(0x0203, &[4_000, 200, 0, 0, 0, 0, 0]);
        let whole = sheet(&[near]);
        let mut records = whole.clone();
        assert_eq!(UsedPlaces::renumber(&mut records, 0), None);
        assert_eq!(records, whole);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_survived(mut bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), offset in 0_usize..300) {
            let length = bytes.len();
            let _ = UsedPlaces::renumber(&mut bytes, offset);
            proptest::prop_assert_eq!(bytes.len(), length);
        }
    }
}
