//! The records of one sheet.

use super::super::super::raw_cell::RawCell;
use super::super::super::raw_sheet::{ColumnRange, PlacedCell, PlacedPicture, SheetMetadata};
use super::super::binary::{f64_at, rk_at, u16_at, u32_at};
use super::drawing;
use super::globals::Globals;
use super::record::{BOF, CONTINUE, DRAWING, EOF, FORMULA, OLD_FORMULAS, records};
use super::text::read_text;

// Types of records (MS-XLS 2.3).
const COLUMN: u16 = 0x007d;
const MUL_RK: u16 = 0x00bd;
const LABEL_SST: u16 = 0x00fd;
const NUMBER: u16 = 0x0203;
const STRING: u16 = 0x0207;
const ROW: u16 = 0x0208;
const RK: u16 = 0x027e;

/// The metadata of a sheet while its records are read.
#[derive(Debug, Default)]
pub(super) struct SheetReader {
    metadata: SheetMetadata,
    /// Whether a formula has a result other than the empty text and 0.
    pub has_results: bool,
    /// Formulas whose result is the empty text.
    empty_results: Vec<CellAddress>,
    /// The formula whose result is the text of the next record.
    text_result: Option<CellAddress>,
    /// The sheet's drawing.
    drawing: Vec<u8>,
}

/// Row, column and style of a cell, which its record begins with.
#[derive(Clone, Copy, Debug)]
struct CellAddress {
    row: u32,
    col: u32,
    style: usize,
}

impl SheetReader {
    /// Reads the records of a sheet. Charts in it have records between a nested BOF and EOF.
    pub(super) fn read(stream: &[u8], globals: &mut Globals) -> Self {
        let (mut sheet, mut depth, mut previous) = (Self::default(), 0_u32, EOF);
        for (kind, record) in records(stream) {
            match kind {
                BOF => depth += 1,
                EOF if depth <= 1 => break,
                EOF => depth -= 1,
                _ if depth != 1 => {}
                DRAWING => sheet.drawing.extend_from_slice(record),
                CONTINUE if previous == DRAWING => {
                    sheet.drawing.extend_from_slice(record);
                    continue;
                }
                kind => drop(sheet.record(kind, record, globals)),
            }
            previous = kind;
        }
        let pictures = drawing::pictures(&sheet.drawing).into_iter();
        sheet.metadata.pictures = pictures.map(|(row, col)| PlacedPicture { row, col, part: String::new() }).collect();
        sheet
    }

    /// The metadata; `is_computed` as of the workbook.
    pub(super) fn into_metadata(mut self, globals: &mut Globals, is_computed: bool) -> SheetMetadata {
        for address in self.empty_results.iter().filter(|_| !is_computed) {
            self.metadata.missed_cells.push(address.cell(globals.styles.formula(address.style, None)));
        }
        self.metadata
    }

    /// Reads a record; `None` when it is too short.
    fn record(&mut self, kind: u16, record: &[u8], globals: &mut Globals) -> Option<()> {
        match kind {
            ROW if record.get(12)? & 0x20 != 0 => {
                let row = u16_at(record, 0)?.into();
                self.metadata.hide_rows(row, row);
            }
            COLUMN if u16_at(record, 8)? & 1 != 0 => {
                let (first, last) = (u16_at(record, 0)?.into(), u16_at(record, 2)?.into());
                self.metadata.hidden_columns.push(ColumnRange { first, last });
            }
            NUMBER => self.number(CellAddress::of(record)?, f64_at(record, 6)?, globals),
            RK => self.number(CellAddress::of(record)?, rk_at(record, 6)?, globals),
            MUL_RK => {
                let (row, first) = (u16_at(record, 0)?.into(), u32::from(u16_at(record, 2)?));
                // Style and number of each cell; the last column comes behind them.
                let cells = record.get(4..record.len().checked_sub(2)?)?;
                for (col, cell) in (first..).zip(cells.chunks_exact(6)) {
                    let style = u16_at(cell, 0)?.into();
                    self.number(CellAddress { row, col, style }, rk_at(cell, 2)?, globals);
                }
            }
            LABEL_SST => {
                let address = CellAddress::of(record)?;
                let text = globals.texts.get(usize::try_from(u32_at(record, 6)?).ok()?)?;
                self.add(address, globals.styles.text(address.style, text));
            }
            kind if kind == FORMULA || OLD_FORMULAS.contains(&kind) => self.formula(record, globals)?,
            STRING if globals.is_biff8 => {
                let address = self.text_result.take()?;
                self.add(address, globals.styles.plain_text(address.style, &read_text(record)?));
            }
            _ => {}
        }
        Some(())
    }

    /// The result of a formula (MS-XLS 2.5.133).
    fn formula(&mut self, record: &[u8], globals: &mut Globals) -> Option<()> {
        let (address, result) = (CellAddress::of(record)?, record.get(6..14)?);
        match result {
            [3, .., 0xff, 0xff] => self.empty_results.push(address),
            [kind, .., 0xff, 0xff] => {
                self.has_results = true;
                self.text_result = Some(address).filter(|_| *kind == 0);
            }
            _ => {
                let number = f64_at(result, 0)?;
                if number == 0.0 {
                    self.add(address, Some(globals.styles.formula(address.style, Some(number))));
                } else {
                    self.has_results = true;
                    self.number(address, number, globals);
                }
            }
        }
        Some(())
    }

    fn number(&mut self, address: CellAddress, number: f64, globals: &mut Globals) {
        self.add(address, globals.styles.number(address.style, number));
    }

    /// Adds a cell that looks otherwise than calamine says.
    fn add(&mut self, address: CellAddress, content: Option<RawCell>) {
        self.metadata.missed_cells.extend(content.map(|content| address.cell(content)));
    }
}

impl CellAddress {
    fn of(record: &[u8]) -> Option<Self> {
        let [row, col, style] = [u16_at(record, 0)?, u16_at(record, 2)?, u16_at(record, 4)?];
        Some(Self { row: row.into(), col: col.into(), style: style.into() })
    }

    fn cell(self, content: RawCell) -> PlacedCell {
        PlacedCell { row: self.row, col: self.col, content }
    }
}
