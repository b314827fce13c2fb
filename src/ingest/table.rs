//! Reads the rows below a header as one of the notice's ledgers.
//!
//! Input: a sheet, or a part of it, with its [`Header`]. Output: a [`Table`]: rows of typed cells with addresses, total
//! rows with computed sums, and what rules and later stages need to know of the sheet.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::cell::{Cell, CellNotes, Value};
use super::cell_reader::{self, ReadContext, TypedCell};
use super::classify::{Classifier, RowKind};
use super::column_units;
use super::example_row::{self, ExampleRow};
use super::header::Header;
use super::header_index::LedgerHeaderIndex;
use super::nil_report;
use super::raw_sheet::{RawRow, RawSheet, RowRange};
use super::row::Row;
use super::row_codec::RowEncoder;
use super::second_reading::CellDifference;
use super::table_totals::TableTotals;
use super::title_year::{ForeignRows, ForeignTitle, TableYears};
use super::total_check::{Total, UncomputedTotal};
use super::total_row::DoubtfulTotal;
use crate::diagnostics::SheetRef;
use crate::notice::{ColumnType, Ledger, Notice};

/// A sheet that holds a ledger, apart from its rows.
#[derive(Clone, Debug)]
pub struct LedgerSheet {
    /// Its file and name.
    pub source: Arc<SheetRef>,
    /// The ledger's index in the notice.
    pub ledger: usize,
    /// Where the ledger's columns are.
    pub header: Header,
    /// Rows of data that the workbook hides.
    pub hidden_rows: Vec<RowRange>,
    /// The numbers of its total rows, with the sums of the rows above.
    pub totals: Vec<Total>,
    /// The cells of its columns of which a second reader says something else; empty when there was none.
    pub differences: Vec<CellDifference>,
    /// The formulas of its total rows that have no result.
    pub uncomputed_totals: Vec<UncomputedTotal>,
    /// Fields of a text file that show that their rows are not parted as its header is.
    pub faulty_fields: Vec<FaultyField>,
    /// Rows that may be totals or not.
    pub doubtful_totals: Vec<DoubtfulTotal>,
    /// Rows that look like examples of how to fill in the form.
    pub example_rows: Vec<ExampleRow>,
    /// Rows that say whose they are, or a title, and nothing else; they are no data.
    pub branch_only_rows: Vec<BranchOnlyRow>,
    /// Titles above rows of data that are about another year than the notice.
    pub foreign_titles: Vec<ForeignTitle>,
    /// Rows of data that a column puts into other years than that of the notice.
    pub foreign_rows: Option<ForeignRows>,
    /// Cells of its picture columns, by row and column, whose pictures are in rows without other content.
    pub loose_pictures: Vec<(u32, u32)>,
    /// The number of pictures that are at no cell; 0 where the ledger has no picture column.
    pub floating_pictures: u32,
    /// Names that may contain the branch, for a sheet without a branch column, the nearest first: sheet, file, folders,
    /// texts above the header.
    pub owners: Vec<String>,
}

/// A row with a text where the name of a branch belongs, and no content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchOnlyRow {
    /// The sheet's row, from 0.
    pub row: u32,
    /// The column of the text, from 0.
    pub col: u32,
    /// The text, as the cell shows it.
    pub text: String,
}

/// How a row of a text file disagrees with its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldFault {
    /// A field is behind the last one of the header.
    BeyondHeader,
    /// One field holds those of the whole row, parted by full-width commas.
    FullWidthCommas,
}

/// A field of a text file that shows such a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultyField {
    /// What is wrong with it.
    pub fault: FieldFault,
    /// Its row, from 0; blank lines count, line ends inside quotes do not.
    pub row: u32,
    /// Its column, from 0.
    pub col: u32,
    /// What it shows.
    pub text: String,
}

/// What a blank cell of a column with `fill_down` repeats. Nothing after a total, a note or a header: what is above
/// these is another group.
enum FillSource {
    Nothing,
    /// The row of data above.
    RowAbove,
    /// A row that names nothing but the branch of the rows below it.
    Heading(Row),
}

impl FillSource {
    fn row<'r>(&'r self, rows: &'r [Row]) -> Option<&'r Row> {
        match self {
            Self::Nothing => None,
            Self::RowAbove => rows.last(),
            Self::Heading(row) => Some(row),
        }
    }
}

/// The rows of one ledger on one sheet, before they are bound to branches.
#[derive(Clone, Debug)]
pub struct Table {
    /// The sheet that the rows are from, with what is to be reported about it.
    pub sheet: LedgerSheet,
    /// Its rows of data.
    pub rows: Vec<Row>,
    /// Rows by which branches say that they have nothing to report.
    pub nil_reports: Vec<Row>,
    /// Whether there is nothing below its header.
    pub is_header_only: bool,
}

impl LedgerSheet {
    /// Notes those of a sheet's differences that are in the ledger's columns, from its header on.
    pub(super) fn note_differences(&mut self, of_sheet: &[CellDifference]) {
        let concerns =
            |cell: &&CellDifference| cell.row >= self.header.first_row && self.header.columns.contains(&Some(cell.col));
        self.differences = of_sheet.iter().filter(concerns).cloned().collect();
    }
}

/// Reads the rows below `header` as the ledger that has the index `ledger_index` in the notice and whose headers are
/// `headers`.
pub(super) fn read(
    raw: &RawSheet,
    source: &Arc<SheetRef>,
    mut header: Header,
    ledger_index: usize,
    headers: &LedgerHeaderIndex<'_>,
    notice: &Notice,
) -> Table {
    let ledger = headers.ledger;
    column_units::take_unit_row(raw, &mut header, ledger);
    let factors = column_units::factors(raw, &header, ledger);
    let mut reader = RowReader {
        encoder: RowEncoder::default(),
        sheet: raw,
        source,
        header: &header,
        ledger,
        factors: &factors,
        context: ReadContext::new(notice.year(), raw.epoch_1904),
        last_header_column: last_header_column(raw, source, &header),
    };
    let mut rows: Vec<Row> = Vec::new();
    let (mut faulty_fields, mut example_rows) = (Vec::new(), Vec::new());
    let mut branch_only_rows: Vec<BranchOnlyRow> = Vec::new();
    let mut years = TableYears::new(raw, &header, notice.year());
    let classifier = Classifier::new(raw, &header, headers);
    let mut totals = TableTotals::new(raw, &header, ledger, &factors, &classifier);
    let mut above = RowKind::Header;
    let mut fill = FillSource::Nothing;
    let below = raw.rows.partition_point(|row| row.row <= header.last_row);
    for (index, line) in raw.rows.iter().enumerate().skip(below) {
        let is_total = totals.is_total(index, &rows, || classifier.kind(line, above) == RowKind::Data);
        let mut kind = if is_total { RowKind::Header } else { classifier.kind(line, above) };
        if kind == RowKind::Data
            && let Some(example) = example_row::find(line)
        {
            kind = if example.is_left_out { RowKind::Note } else { kind };
            example_rows.push(example);
        }
        years.row(line, kind);
        if kind == RowKind::Data {
            // The row above names the branch of the rows below it.
            if matches!(fill, FillSource::Heading(_)) {
                branch_only_rows.pop_if(|above| line.get(above.col).is_none());
            }
            rows.push(reader.row(line, fill.row(&rows)));
            faulty_fields.extend(reader.beyond_header(line));
        } else {
            faulty_fields.extend(reader.not_parted(line));
            branch_only_rows.extend(reader.branch_only(line).filter(|_| kind == RowKind::Note));
        }
        fill = match kind {
            RowKind::Data => FillSource::RowAbove,
            RowKind::Note if reader.is_heading(line) => FillSource::Heading(reader.row(line, None)),
            _ => FillSource::Nothing,
        };
        above = kind;
    }
    let found = totals.finish(&mut rows);
    let nil_reports = nil_report::take(&mut rows, ledger);
    mark_mixed_percentages(&mut rows, ledger);
    let hidden_data = |range: &RowRange| {
        let start = rows.partition_point(|row| row.row < range.first);
        let end = rows.partition_point(|row| row.row <= range.last);
        let hidden = rows.get(start..end)?;
        Some(RowRange { first: hidden.first()?.row, last: hidden.last()?.row })
    };
    let sheet = LedgerSheet {
        source: Arc::clone(source),
        ledger: ledger_index,
        hidden_rows: raw.hidden_rows.iter().filter_map(hidden_data).collect(),
        totals: found.totals,
        differences: Vec::new(),
        uncomputed_totals: found.uncomputed,
        doubtful_totals: found.doubtful,
        example_rows,
        branch_only_rows,
        foreign_titles: years.titles,
        foreign_rows: years.rows,
        faulty_fields,
        loose_pictures: loose_pictures(raw, &header, ledger),
        floating_pictures: if has_picture_column(ledger) { raw.floating_pictures } else { 0 },
        owners: owners(raw, source, &header),
        header,
    };
    Table { sheet, rows, nil_reports, is_header_only: below == raw.rows.len() }
}

/// Marks numbers without a percent sign as doubtful in percentage columns that have some as 85 and others as 0.5: 0.5
/// may mean 0.5 %.
fn mark_mixed_percentages(rows: &mut [Row], ledger: &Ledger) {
    for (index, _) in ledger.columns.values().enumerate().filter(|(_, column)| column.kind == ColumnType::Percent) {
        let notes = |row: &Row| row.cell(index).map(|cell| cell.notes);
        if !rows.iter().filter_map(notes).any(|notes| notes.bare && notes.doubtful) {
            continue;
        }
        for row in rows.iter_mut().filter(|row| notes(row).is_some_and(|notes| notes.bare)) {
            let marked = row.cells().enumerate().map(|(at, cell)| {
                let mut cell = cell?;
                cell.notes.doubtful |= at == index;
                Some(cell)
            });
            *row = Row::new(Arc::clone(&row.source), row.row, marked);
        }
    }
}

fn has_picture_column(ledger: &Ledger) -> bool {
    ledger.columns.values().any(|column| column.kind == ColumnType::Picture)
}

/// See [`LedgerSheet::loose_pictures`].
fn loose_pictures(raw: &RawSheet, header: &Header, ledger: &Ledger) -> Vec<(u32, u32)> {
    let columns = header.columns.iter().zip(ledger.columns.values());
    let pictures = columns.filter(|(_, column)| column.kind == ColumnType::Picture);
    let pictures: Vec<u32> = pictures.filter_map(|(col, _)| *col).collect();
    let is_of_ledger = |(row, col): &&(u32, u32)| *row > header.last_row && pictures.contains(col);
    raw.loose_pictures.iter().filter(is_of_ledger).copied().collect()
}

/// See [`LedgerSheet::owners`].
fn owners(raw: &RawSheet, source: &SheetRef, header: &Header) -> Vec<String> {
    let above = raw.rows.iter().take_while(|row| row.row < header.first_row).flat_map(|row| &row.cells);
    let mut path: Vec<&str> = source.file.split('/').collect();
    let stem = path.pop().map(|file| file.rsplit_once('.').map_or(file, |(stem, _)| stem));
    let names = std::iter::once(source.sheet.as_str()).chain(stem).chain(path.into_iter().rev()).map(str::to_owned);
    names.chain(above.map(|(_, cell)| cell.to_text().into_owned())).filter(|name| !name.is_empty()).collect()
}

/// Reads the rows of one ledger on one sheet.
struct RowReader<'a> {
    encoder: RowEncoder,
    sheet: &'a RawSheet,
    source: &'a Arc<SheetRef>,
    header: &'a Header,
    ledger: &'a Ledger,
    /// See [`column_units::factors`].
    factors: &'a [Option<Decimal>],
    context: ReadContext,
    /// See [`last_header_column`].
    last_header_column: Option<u32>,
}

/// The last column of the header in a text file, whose rows may have more fields; `None` in other files.
fn last_header_column(raw: &RawSheet, source: &SheetRef, header: &Header) -> Option<u32> {
    let rows = raw.rows.iter().take_while(|row| row.row <= header.last_row).filter(|row| row.row >= header.first_row);
    let last = || rows.filter_map(|row| row.cells.last()).map(|(col, _)| *col).max();
    if source.sheet.is_empty() { last() } else { None }
}

impl RowReader<'_> {
    /// Whether a row has a cell in a column with `fill_down` and no other cell of the ledger.
    fn is_heading(&self, raw: &RawRow) -> bool {
        let columns = self.header.columns.iter().zip(self.ledger.columns.values());
        let mut filled = columns.filter(|(col, _)| col.is_some_and(|col| raw.get(col).is_some()));
        filled.next().is_some_and(|(_, column)| column.fill_down) && filled.next().is_none()
    }

    /// The row's branch, when the row has a cell in the branch column and, but for its number, no other cell.
    fn branch_only(&self, raw: &RawRow) -> Option<BranchOnlyRow> {
        let columns = || self.header.columns.iter().zip(self.ledger.columns.values());
        let of_kind = |kind: ColumnType| columns().filter(move |(_, column)| column.kind == kind);
        let col = of_kind(ColumnType::Branch).find_map(|(col, _)| col.filter(|col| raw.get(*col).is_some()))?;
        let is_number = |at: &u32| of_kind(ColumnType::Serial).any(|(serial, _)| *serial == Some(*at));
        let is_alone = raw.cells.iter().all(|(at, _)| *at == col || is_number(at));
        let text = || raw.get(col).map_or_else(String::new, |cell| cell.to_text().into_owned());
        is_alone.then(|| BranchOnlyRow { row: raw.row, col, text: text() })
    }

    /// The first cell of a row of a text file behind the last column of the header.
    fn beyond_header(&self, raw: &RawRow) -> Option<FaultyField> {
        let last = self.last_header_column?;
        let (col, cell) = raw.cells.iter().find(|(col, _)| *col > last)?;
        let text = cell.to_text().into_owned();
        Some(FaultyField { fault: FieldFault::BeyondHeader, row: raw.row, col: *col, text })
    }

    /// The only cell of a row of a text file, when full-width commas part it into as many fields as the header has.
    fn not_parted(&self, raw: &RawRow) -> Option<FaultyField> {
        let last = self.last_header_column.filter(|last| *last > 0)?;
        let [(col, cell)] = raw.cells.as_slice() else { return None };
        let text = cell.to_text().into_owned();
        let commas = text.matches('，').count();
        let is_row = commas == last as usize && !text.contains('。');
        is_row.then_some(FaultyField { fault: FieldFault::FullWidthCommas, row: raw.row, col: *col, text })
    }

    /// Reads a row; `above` is the row before it.
    fn row(&mut self, raw: &RawRow, above: Option<&Row>) -> Row {
        let encoder = &mut self.encoder;
        encoder.begin(raw.row);
        for (index, (col, column)) in self.header.columns.iter().zip(self.ledger.columns.values()).enumerate() {
            let Some(col) = *col else {
                encoder.cell(None);
                continue;
            };
            // Without a cell of its own, the first cell of the merged range that covers the place.
            let own = raw.get(col);
            let merge = if own.is_none() { self.sheet.merge(raw.row, col) } else { None };
            let place = (raw.row, col);
            let (row, col) = merge.map_or(place, |merge| merge.first);
            let content = own.or_else(|| self.sheet.get(row, col));
            if column.fill_down
                && content.is_none_or(cell_reader::repeats_above)
                && let Some(cell) =
                    above.and_then(|above| above.cell(index)).filter(|cell| cell.value != Value::Missing)
            {
                encoder.cell(Some(Cell { notes: CellNotes { filled: true, ..cell.notes }, ..cell }));
                continue;
            }
            let (parts, header_factor) = (self.header.parts[index], self.factors[index]);
            let context = ReadContext { parts, header_factor, ..self.context };
            let TypedCell { value, mut notes } = cell_reader::read(content, column, context);
            notes.merged = merge.filter(|_| column.kind.is_number() && (row, col) != place).map(|merge| merge.last);
            encoder.cell(Some(Cell { row, col, value: value.with(AsRef::as_ref), notes }));
        }
        Row::from_encoder(encoder, Arc::clone(self.source))
    }
}
