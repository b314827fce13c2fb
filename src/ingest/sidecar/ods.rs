//! .ods: hidden and filtered rows.

use std::collections::HashMap;
use std::io::Read;

use quick_xml::events::{BytesStart, Event};

use super::super::package::OpcPackage;
use super::super::raw_sheet::SheetMetadata;
use super::super::xml::{XmlReader, attribute};

/// Rows that a sheet may have.
const MAX_ROWS: u32 = 1 << 20;

/// Reads the metadata of each sheet, by its index; of none when the bytes are not an .ods.
pub fn read(bytes: &[u8]) -> HashMap<usize, SheetMetadata> {
    let Ok(mut package) = OpcPackage::open(bytes) else { return HashMap::new() };
    let Ok(content) = package.part("content.xml") else { return HashMap::new() };
    read_content(content).into_iter().enumerate().collect()
}

/// Reads `content.xml` up to its end or the first damage. A `<table:table>` with a name is a sheet; its rows are the
/// `<table:table-row>`s that follow.
fn read_content(part: impl Read) -> Vec<SheetMetadata> {
    let mut sheets = Vec::new();
    let mut row = 0;
    // What was read before the damage counts.
    let _ = XmlReader::new(part).allow_document_type().for_each(|event| {
        if let Event::Start(tag) | Event::Empty(tag) = event {
            match tag.name().as_ref() {
                "table:table" if attribute(&tag, "table:name").is_some() => {
                    sheets.push(SheetMetadata::default());
                    row = 0;
                }
                "table:table-row" => row = read_row(&tag, row, sheets.last_mut()),
                _ => {}
            }
        }
        Ok(())
    });
    sheets
}

/// Adds the rows that an element stands for, when they are hidden; returns the number of the row after them.
fn read_row(tag: &BytesStart<'_>, row: u32, sheet: Option<&mut SheetMetadata>) -> u32 {
    let repeated = attribute(tag, "table:number-rows-repeated").and_then(|count| count.parse().ok()).unwrap_or(1);
    let next = row.saturating_add(repeated).min(MAX_ROWS);
    let is_hidden = matches!(attribute(tag, "table:visibility").as_deref(), Some("collapse" | "filter"));
    if let Some(sheet) = sheet.filter(|_| is_hidden && next > row) {
        sheet.hide_rows(row, next - 1);
    }
    next
}

#[cfg(test)]
mod tests {
    use super::read_content;
    use crate::ingest::raw_sheet::RowRange;

    #[test]
    fn collapsed_and_filtered_rows_are_found_with_their_repetitions() {
        let xml = br#"<!DOCTYPE a><table:table table:name="a"><table:table-header-rows><table:table-row table:style-name="r"/></table:table-header-rows>
            <table:table-row table:number-rows-repeated="3" table:visibility="collapse"><table:table-cell/></table:table-row>
            <table:table-row table:visibility="filter"/><table:table-row></table:table-row>
            <table:table-row table:visibility="collapse" table:number-rows-repeated="99999999"/></table:table>
            <table:table table:name="b"><table:table-row table:visibility="visible"/><table:table-row table:visibility="filter"/>"#;
        let hidden: Vec<_> = read_content(&xml[..]).into_iter().map(|sheet| sheet.hidden_rows).collect();
        let range = |first, last| RowRange { first, last };
        assert_eq!(hidden, [vec![range(1, 4), range(6, 0xf_ffff)], vec![range(1, 1)]]);
    }
}
