//! .xlsb: hidden rows and columns, merged ranges, cells whose number format or font decides what they show, formulas
//! with a stored 0, cells whose formula resulted in an error, and pictures.

use std::collections::{BTreeSet, HashMap};

use super::super::merges::Merge;
use super::super::package::OpcPackage;
use super::super::raised::VerticalPosition;
use super::super::raw_cell::RawCell;
use super::super::raw_sheet::{ColumnRange, PlacedCell, SheetMetadata};
use super::super::xlsx::{DrawingPictures, read_drawing};
use super::binary::{f64_at, rk_at, u16_at, u32_at};
use super::styles::{BinaryStyles, Font, StylesBuilder, TextRun, TextWithRuns};

// Types of records (MS-XLSB 2.3).
const ROW: u16 = 0x0000;
const RK: u16 = 0x0002;
const NUMBER: u16 = 0x0005;
const INLINE_TEXT: u16 = 0x0006;
const SHARED_TEXT: u16 = 0x0007;
const FORMULA_TEXT: u16 = 0x0008;
const FORMULA_NUMBER: u16 = 0x0009;
const FORMULA_ERROR: u16 = 0x000b;
const TEXT_ITEM: u16 = 0x0013;
const FONT: u16 = 0x002b;
const FORMAT: u16 = 0x002c;
const XF: u16 = 0x002f;
const COLUMN: u16 = 0x003c;
const WORKBOOK_PROPERTIES: u16 = 0x0099;
const SHEET: u16 = 0x009c;
const MERGE: u16 = 0x00b0;
const BEGIN_CELL_STYLES: u16 = 0x0269;
const END_CELL_STYLES: u16 = 0x026a;

/// Reads the metadata of each sheet, by its index; of none when the bytes are not an .xlsb.
pub fn read(bytes: &[u8]) -> HashMap<usize, SheetMetadata> {
    read_sheets(bytes).unwrap_or_default()
}

/// What the sheets share.
#[derive(Default)]
struct Globals {
    styles: BinaryStyles,
    /// The shared texts; none when no font marks a part of a text.
    texts: Vec<TextWithRuns>,
}

fn read_sheets(bytes: &[u8]) -> Option<HashMap<usize, SheetMetadata>> {
    let mut package = OpcPackage::open(bytes).ok()?;
    let workbook = package.bytes("xl/workbook.bin").ok()?;
    let relations = package.relations_of("xl/workbook.bin").ok()?;
    let mut part = |name: Option<&str>| name.and_then(|name| package.bytes(name).ok()).unwrap_or_default();
    let properties = records(&workbook).find(|(kind, _)| *kind == WORKBOOK_PROPERTIES);
    let epoch_1904 = properties.and_then(|(_, flags)| flags.first()).is_some_and(|flags| flags & 1 != 0);
    let styles = read_styles(&part(relations.part_of_kind("styles")), epoch_1904);
    let mut globals = Globals { styles, texts: Vec::new() };
    if globals.styles.mark_texts() {
        globals.texts = read_texts(&part(relations.part_of_kind("sharedStrings")));
    }
    // A sheet without a part has no relation id.
    let ids = records(&workbook).filter(|(kind, _)| *kind == SHEET).filter_map(|(_, sheet)| wide_text(sheet, 8));
    let sheets = ids.enumerate().filter_map(|(index, id)| {
        let part = &relations.by_id(&id)?.part;
        let mut metadata = read_sheet(&package.bytes(part).ok()?, &mut globals);
        add_pictures(&mut package, part, &mut metadata);
        Some((index, metadata))
    });
    Some(sheets.collect())
}

/// Adds the pictures of a sheet, whose drawings are those of .xlsx.
fn add_pictures(package: &mut OpcPackage<'_>, sheet_part: &str, metadata: &mut SheetMetadata) {
    let Ok(relations) = package.relations_of(sheet_part) else { return };
    for drawing in relations.parts_of_kind("drawing").collect::<BTreeSet<_>>() {
        let DrawingPictures { placed, floating } = read_drawing(package, drawing);
        metadata.pictures.extend(placed);
        metadata.floating_pictures = metadata.floating_pictures.saturating_add(floating);
    }
}

fn read_styles(part: &[u8], epoch_1904: bool) -> BinaryStyles {
    let (mut builder, mut in_cell_styles) = (StylesBuilder::default(), false);
    for (kind, record) in records(part) {
        let number = |offset| u16_at(record, offset).unwrap_or_default();
        match kind {
            FORMAT => builder.table.codes.extend(wide_text(record, 2).map(|code| (number(0).into(), code))),
            FONT => {
                let position = match number(6) {
                    1 => VerticalPosition::Raised,
                    2 => VerticalPosition::Lowered,
                    _ => VerticalPosition::Baseline,
                };
                builder.fonts.push(Font { position, is_struck_out: number(2) & 0x08 != 0 });
            }
            BEGIN_CELL_STYLES => in_cell_styles = true,
            END_CELL_STYLES => in_cell_styles = false,
            XF if in_cell_styles => builder.add_style(number(2).into(), number(4).into()),
            _ => {}
        }
    }
    builder.build(epoch_1904)
}

/// Reads the shared texts (MS-XLSB 2.5.121), up to the first incomplete one.
fn read_texts(part: &[u8]) -> Vec<TextWithRuns> {
    let items = records(part).filter(|(kind, _)| *kind == TEXT_ITEM);
    items.map_while(|(_, item)| rich_text(item)).collect()
}

fn rich_text(item: &[u8]) -> Option<TextWithRuns> {
    let units = wide_units(item, 1)?;
    let mut text = TextWithRuns { units, runs: Vec::new() };
    if item.first()? & 1 != 0 {
        let count = 5 + 2 * text.units.len();
        let runs = item.get(count + 4..)?.chunks_exact(4).take(usize::try_from(u32_at(item, count)?).ok()?);
        text.runs.extend(
            runs.filter_map(|run| Some(TextRun { start: u16_at(run, 0)?.into(), font: u16_at(run, 2)?.into() })),
        );
    }
    Some(text)
}

fn read_sheet(part: &[u8], globals: &mut Globals) -> SheetMetadata {
    let mut metadata = SheetMetadata { merges: Some(Vec::new()), ..SheetMetadata::default() };
    let mut row = 0;
    for (kind, record) in records(part) {
        match kind {
            ROW => {
                row = u32_at(record, 0).unwrap_or(row);
                if record.get(11).is_some_and(|flags| flags & 0x10 != 0) {
                    metadata.hide_rows(row, row);
                }
            }
            COLUMN => {
                let range = u32_at(record, 0).zip(u32_at(record, 4)).map(|(first, last)| ColumnRange { first, last });
                let is_hidden = u16_at(record, 16).is_some_and(|flags| flags & 1 != 0);
                metadata.hidden_columns.extend(range.filter(|_| is_hidden));
            }
            MERGE => metadata.merges.get_or_insert_default().extend(merge(record)),
            kind => {
                let cell = u32_at(record, 0).zip(read_cell(kind, record, globals));
                metadata.missed_cells.extend(cell.map(|(col, content)| PlacedCell { row, col, content }));
            }
        }
    }
    metadata
}

/// A merged range: first and last row, first and last column.
fn merge(record: &[u8]) -> Option<Merge> {
    let number = |index: usize| u32_at(record, 4 * index);
    Some(Merge { first: (number(0)?, number(2)?), last: (number(1)?, number(3)?) })
}

/// The content of a cell that is not as calamine says. Column, style and value come one after the other.
fn read_cell(kind: u16, record: &[u8], globals: &mut Globals) -> Option<RawCell> {
    let style = usize::try_from(u32_at(record, 4)? & 0xff_ffff).ok()?;
    let styles = &mut globals.styles;
    match kind {
        RK => styles.number(style, rk_at(record, 8)?),
        NUMBER => styles.number(style, f64_at(record, 8)?),
        FORMULA_NUMBER => {
            let number = f64_at(record, 8)?;
            if number == 0.0 { Some(styles.formula(style, Some(number))) } else { styles.number(style, number) }
        }
        INLINE_TEXT | FORMULA_TEXT => styles.plain_text(style, &wide_text(record, 8)?),
        SHARED_TEXT => styles.text(style, globals.texts.get(usize::try_from(u32_at(record, 8)?).ok()?)?),
        FORMULA_ERROR => Some(RawCell::Error(error_name(*record.get(8)?).into())),
        _ => None,
    }
}

/// The name of an error value (MS-XLSB 2.5.97.2).
fn error_name(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

/// Types and contents of the records of a part, up to the first incomplete one. Types and lengths are
/// variable-length numbers of at most two and four bytes (MS-XLSB 2.1.4).
fn records(mut part: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let kind = u16::try_from(variable_length(&mut part, 2)?).ok()?;
        let length = usize::try_from(variable_length(&mut part, 4)?).ok()?;
        let (record, rest) = part.split_at_checked(length)?;
        part = rest;
        Some((kind, record))
    })
}

/// A number of at most `max_bytes` bytes, seven bits in each, the lowest first.
fn variable_length(part: &mut &[u8], max_bytes: u32) -> Option<u32> {
    let mut number = 0;
    for index in 0..max_bytes {
        let (byte, rest) = part.split_first()?;
        *part = rest;
        number |= u32::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(number)
}

/// The UTF-16 text at `offset`, which begins with its length in code units (four bytes).
fn wide_text(record: &[u8], offset: usize) -> Option<String> {
    String::from_utf16(&wide_units(record, offset)?).ok()
}

/// The code units of such a text.
fn wide_units(record: &[u8], offset: usize) -> Option<Vec<u16>> {
    let length = usize::try_from(u32_at(record, offset)?).ok()?.checked_mul(2)?;
    let wide = record.get(offset + 4..(offset + 4).checked_add(length)?)?;
    Some(wide.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::read;
    use crate::ingest::RawCell;
    use crate::ingest::merges::Merge;
    use crate::ingest::raw_cell::{Formatted, Formula};
    use crate::ingest::raw_sheet::{ColumnRange, PlacedPicture, RowRange, SheetMetadata};

    fn record(kind: u16, content: &[u8]) -> Vec<u8> {
        let low = u8::try_from(kind & 0x7f).unwrap();
        let kind = if kind < 0x80 { vec![low] } else { vec![low | 0x80, u8::try_from(kind >> 7).unwrap()] };
        [&kind[..], &[u8::try_from(content.len()).unwrap()], content].concat()
    }

    fn wide(text: &str) -> Vec<u8> {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&u32::try_from(units.len() / 2).unwrap().to_le_bytes()[..], &units].concat()
    }

    fn cell(kind: u16, col: u8, style: u8, value: &[u8]) -> Vec<u8> {
        record(kind, &[&[col, 0, 0, 0, style, 0, 0, 0], value].concat())
    }

    /// The metadata of the one sheet of a workbook with these parts.
    fn metadata(styles: &[Vec<u8>], texts: &[Vec<u8>], sheet: &[Vec<u8>]) -> SheetMetadata {
        let relation = |id: &str, kind: &str| {
            format!("<Relationship Id=\"{id}\" Type=\"http://x/{kind}\" Target=\"{kind}.bin\"/>")
        };
        let relations = [relation("r1", "worksheet"), relation("r2", "styles"), relation("r3", "sharedStrings")];
        let workbook = record(0x9c, &[&[0; 8][..], &wide("r1"), &wide("表")].concat());
        let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in [
            ("xl/workbook.bin", workbook),
            (
                "xl/_rels/workbook.bin.rels",
                format!("<Relationships>{}</Relationships>", relations.concat()).into_bytes(),
            ),
            ("xl/worksheet.bin", sheet.concat()),
            (
                "xl/_rels/worksheet.bin.rels",
                br#"<Relationships><Relationship Id="d" Type="http://x/drawing" Target="drawing.xml"/></Relationships>"#.to_vec(),
            ),
            (
                "xl/drawing.xml",
                b"<wsDr><oneCellAnchor><from><col>2</col><row>1</row></from><pic><a:blip r:embed=\"i\"/></pic></oneCellAnchor></wsDr>"
                    .to_vec(),
            ),
            (
                "xl/_rels/drawing.xml.rels",
                br#"<Relationships><Relationship Id="i" Type="http://x/image" Target="media/1.png"/></Relationships>"#.to_vec(),
            ),
            ("xl/styles.bin", styles.concat()),
            ("xl/sharedStrings.bin", texts.concat()),
        ] {
            package.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            package.write_all(&bytes).unwrap();
        }
        read(&package.finish().unwrap().into_inner()).remove(&0).unwrap()
    }

    #[test]
    fn cells_are_what_their_formats_and_fonts_show() {
        let font = |flags: u8, escapement: u8| record(0x2b, &[0, 0, flags, 0, 0, 0, escapement, 0]);
        let style = |format: u8, font: u8| record(0x2f, &[0, 0, format, 0, font, 0]);
        let styles = [
            record(0x2c, &[&[164, 0][..], &wide("0\"万元\"")].concat()),
            font(0, 0),
            font(0, 1),
            font(8, 0),
            style(14, 0),
            record(0x269, &[]),
            style(0, 0),
            style(164, 0),
            style(9, 0),
            style(0, 2),
            record(0x26a, &[]),
        ];
        let rich = [&[1][..], &wide("121"), &1_u32.to_le_bytes(), &[2, 0, 1, 0]].concat();
        let texts = [record(0x13, &[&[0][..], &wide("甲")].concat()), record(0x13, &rich)];
        let sheet = [
            record(0x3c, &[&1_u32.to_le_bytes()[..], &2_u32.to_le_bytes(), &[0; 8], &[1, 0]].concat()),
            record(0x00, &[&4_u32.to_le_bytes()[..], &[0; 7], &[0x10]].concat()),
            cell(2, 0, 0, &6_u32.to_le_bytes()),
            cell(5, 1, 1, &50_f64.to_le_bytes()),
            cell(7, 2, 0, &0_u32.to_le_bytes()),
            cell(7, 3, 0, &1_u32.to_le_bytes()),
            cell(7, 4, 3, &0_u32.to_le_bytes()),
            cell(9, 5, 2, &[0; 8]),
            cell(9, 6, 2, &0.5_f64.to_le_bytes()),
            cell(11, 7, 0, &[0x17]),
            cell(6, 8, 0, &wide("乙")),
            cell(8, 9, 3, &wide("丙")),
            record(0x92, &[]),
            record(0xb0, &[1_u32, 2, 3, 4].map(u32::to_le_bytes).concat()),
        ];
        let metadata = metadata(&styles, &texts, &sheet);
        assert_eq!(metadata.hidden_rows, [RowRange { first: 4, last: 4 }]);
        assert_eq!(metadata.hidden_columns, [ColumnRange { first: 1, last: 2 }]);
        assert_eq!(metadata.merges, Some(vec![Merge { first: (1, 3), last: (2, 4) }]));
        assert_eq!(metadata.pictures, [PlacedPicture { row: 1, col: 2, part: "xl/media/1.png".to_owned() }]);
        let rate = |value, shown: &str| RawCell::Rate(Formatted { value, shown: Some(shown.into()) });
        let stored = Some(Box::new(rate(0.0, "0%")));
        let expected = [
            (1, RawCell::Number(Formatted { value: 50.0, shown: Some("50万元".into()) })),
            (3, RawCell::text("12¹")),
            (4, RawCell::struck_out("", "甲")),
            (5, RawCell::Formula(Box::new(Formula { text: "".into(), format: "0%".into(), stored }))),
            (6, rate(0.5, "50%")),
            (7, RawCell::Error("#REF!".into())),
            (9, RawCell::struck_out("", "丙")),
        ];
        let cells: Vec<_> = metadata.missed_cells.into_iter().map(|cell| (cell.col, cell.content)).collect();
        assert_eq!(cells, expected);
    }
}
