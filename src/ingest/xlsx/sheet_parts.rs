//! Parts that belong to a sheet: its drawings (`xl/drawings/*.xml`) and tables (`xl/tables/*.xml`).
//!
//! Input: the package and the name of the sheet's part. Output: pictures with the cells at which they are anchored, and
//! the total rows of tables, added to the sheet's [`SheetMetadata`]. Both are found through the relations of the
//! sheet's part. A sheet is read without them where they are missing or damaged.

use std::collections::BTreeSet;
use std::io::Read;

use super::super::address;
use super::super::budget::Budget;
use super::super::limits::ReadError;
use super::super::package::OpcPackage;
use super::super::raw_sheet::SheetMetadata;
use super::super::xml::{XmlReader, attribute};
use super::drawing::{self, DrawingPictures};

/// Total rows of a table; programs write one.
const MAX_TOTAL_ROWS: u32 = 9;

/// Adds what the drawings and tables of the sheet in `sheet_part` say.
///
/// # Errors
/// When there are more pictures than a file may have cells.
pub(super) fn read(
    package: &mut OpcPackage<'_>,
    sheet_part: &str,
    metadata: &mut SheetMetadata,
    budget: &mut Budget<'_>,
) -> Result<(), ReadError> {
    let Ok(relations) = package.relations_of(sheet_part) else { return Ok(()) };
    // A part that is named twice is read once.
    for drawing in relations.parts_of_kind("drawing").collect::<BTreeSet<_>>() {
        let DrawingPictures { placed, floating } = drawing::read(package, drawing);
        placed.iter().try_for_each(|picture| budget.spend(picture.part.len()))?;
        metadata.pictures.extend(placed);
        metadata.floating_pictures = metadata.floating_pictures.saturating_add(floating);
    }
    for table in relations.parts_of_kind("table").collect::<BTreeSet<_>>() {
        let Ok(part) = package.part(table) else { continue };
        metadata.total_rows.extend(read_total_rows(part));
    }
    metadata.total_rows.sort_unstable();
    metadata.total_rows.dedup();
    Ok(())
}

/// The rows of totals of a table.
fn read_total_rows(part: impl Read) -> Vec<u32> {
    let mut rows = Vec::new();
    // The attributes of the first element say all, whatever follows it.
    let _ = XmlReader::new(part).for_each_start("table", |tag| {
        if tag.local_name().as_ref() != "table" {
            return;
        }
        let count = attribute(tag, "totalsRowCount").and_then(|count| count.parse::<u32>().ok()).unwrap_or_default();
        let range = attribute(tag, "ref").unwrap_or_default();
        let last = range.split_once(':').and_then(|(_, last)| address::parse(last));
        let last_rows = |(row, _): (u32, u32)| (0..count.min(MAX_TOTAL_ROWS)).filter_map(move |up| row.checked_sub(up));
        rows.extend(last.into_iter().flat_map(last_rows));
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::read_total_rows;

    #[test]
    fn the_last_row_of_a_table_with_totals_is_one_of_totals() {
        let rows = |xml: &str| read_total_rows(xml.as_bytes());
        assert_eq!(rows(r#"<table ref="A1:E10" totalsRowCount="1"><autoFilter ref="A1:E9"/></table>"#), [9]);
        assert_eq!(rows(r#"<table ref="A1:E10" totalsRowShown="0"/>"#), [0; 0]);
        assert_eq!(rows(r#"<table ref="A1" totalsRowCount="1"/>"#), [0; 0]);
        assert_eq!(rows(r#"<table ref="A1:E1" totalsRowCount="4000000000"/>"#), [0]);
        assert_eq!(rows(r#"<x:table ref="A1:E10" totalsRowCount="1"><half"#), [9]);
    }
}
