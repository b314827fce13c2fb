//! Parts that belong to a sheet: its drawings (`xl/drawings/*.xml`) and tables (`xl/tables/*.xml`).
//!
//! Input: the package and the name of the sheet's part. Output: the cells at which pictures are anchored and the total
//! rows of tables, added to the sheet's [`SheetMetadata`]. Both are found through the relations of the sheet's part. A
//! sheet is read without them where they are missing or damaged.

use std::collections::BTreeSet;
use std::io::Read;

use quick_xml::events::{BytesStart, Event};

use super::super::address;
use super::super::budget::Budget;
use super::super::limits::ReadError;
use super::super::package::OpcPackage;
use super::super::raw_sheet::SheetMetadata;
use super::super::xml::{XmlReader, append_text, attribute};

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
        let Ok(part) = package.part(drawing) else { continue };
        let pictures = read_pictures(part);
        pictures.iter().try_for_each(|_| budget.spend(0))?;
        metadata.pictures.extend(pictures);
    }
    for table in relations.parts_of_kind("table").collect::<BTreeSet<_>>() {
        let Ok(part) = package.part(table) else { continue };
        metadata.total_rows.extend(read_total_rows(part));
    }
    metadata.total_rows.sort_unstable();
    metadata.total_rows.dedup();
    Ok(())
}

/// The cells, by row and column, at whose upper left corner pictures are anchored, up to the first damage of the part.
fn read_pictures(part: impl Read) -> Vec<(u32, u32)> {
    let mut parser = DrawingParser::default();
    // What was read before the damage counts.
    let _ = XmlReader::new(part).for_each(|event| {
        match event {
            Event::Start(tag) => parser.start(&tag),
            Event::Empty(tag) => {
                parser.start(&tag);
                parser.end(tag.local_name().as_ref());
            }
            Event::End(tag) => parser.end(tag.local_name().as_ref()),
            event if parser.is_in_number => append_text(&event, &mut parser.text)?,
            _ => {}
        }
        Ok(())
    });
    parser.pictures
}

/// The state between two events of a drawing's part.
#[derive(Default)]
struct DrawingParser {
    pictures: Vec<(u32, u32)>,
    row: Option<u32>,
    col: Option<u32>,
    /// The text of `<xdr:row>` or `<xdr:col>`.
    text: String,
    is_in_from: bool,
    is_in_number: bool,
    has_picture: bool,
}

impl DrawingParser {
    fn start(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            "twoCellAnchor" | "oneCellAnchor" | "absoluteAnchor" => {
                (self.row, self.col, self.has_picture) = (None, None, false);
            }
            "from" => self.is_in_from = true,
            "row" | "col" if self.is_in_from => {
                self.text.clear();
                self.is_in_number = true;
            }
            "pic" => self.has_picture = true,
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "from" => self.is_in_from = false,
            "row" | "col" if self.is_in_number => {
                let number = self.text.trim().parse().ok();
                *(if name == "row" { &mut self.row } else { &mut self.col }) = number;
                self.is_in_number = false;
            }
            "twoCellAnchor" | "oneCellAnchor" if self.has_picture => self.pictures.extend(self.row.zip(self.col)),
            _ => {}
        }
    }
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
    use super::{read_pictures, read_total_rows};

    #[test]
    fn pictures_are_found_at_their_anchors() {
        let anchor = |kind: &str, row: u32, what: &str| {
            format!(
                "<xdr:{kind}><xdr:from><xdr:col>7</xdr:col><xdr:colOff>9</xdr:colOff><xdr:row> {row} </xdr:row></xdr:from>
                <xdr:to><xdr:col>8</xdr:col><xdr:row>99</xdr:row></xdr:to>{what}<xdr:clientData/></xdr:{kind}>"
            )
        };
        let anchors = [
            anchor("twoCellAnchor", 1, "<xdr:pic><xdr:nvPicPr/></xdr:pic>"),
            anchor("oneCellAnchor", 2, "<xdr:grpSp><xdr:pic/></xdr:grpSp>"),
            anchor("twoCellAnchor", 3, "<xdr:sp/>"),
            anchor("twoCellAnchor", 4, "<mc:AlternateContent><mc:Choice><xdr:pic/></mc:Choice></mc:AlternateContent>"),
        ];
        let drawing = format!("<xdr:wsDr>{}</xdr:wsDr>", anchors.concat());
        assert_eq!(read_pictures(drawing.as_bytes()), [(1, 7), (2, 7), (4, 7)]);
        let damaged = &drawing[..drawing.find("<xdr:sp/>").unwrap_or_default()];
        assert_eq!(read_pictures(damaged.as_bytes()), [(1, 7), (2, 7)]);
        assert_eq!(read_pictures(&b"\xff\xfe"[..]), []);
    }

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
