//! Reads the rows below a header as one of the notice's ledgers.
//!
//! Input: a sheet, or a part of it, with its [`Header`]. Output: a [`Table`]: rows of typed cells with addresses, total
//! rows with computed sums, and what rules and later stages need to know of the sheet.

use std::sync::Arc;

use super::cell::{Cell, CellNotes};
use super::cell_reader::{self, ReadContext, TypedCell};
use super::classify::{Classifier, RowKind};
use super::header::Header;
use super::header_index::LedgerHeaderIndex;
use super::nil_report;
use super::raw_sheet::{RawRow, RawSheet, RowRange};
use super::row::Row;
use super::row_codec::RowEncoder;
use super::second_reading::CellDifference;
use super::total_check::{Total, Totals};
use crate::diagnostics::Source;
use crate::notice::{ColumnType, Ledger, Notice};

/// A sheet that holds a ledger, apart from its rows.
#[derive(Clone, Debug)]
pub struct LedgerSheet {
    /// Its file and name.
    pub source: Arc<Source>,
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
    /// Names that may contain the branch, for a sheet without a branch column, the nearest first: sheet, file, folders,
    /// texts above the header.
    pub owners: Vec<String>,
}

/// A ledger of one sheet.
#[derive(Clone, Debug)]
pub struct Table {
    /// The sheet.
    pub sheet: LedgerSheet,
    /// Its rows of data.
    pub rows: Vec<Row>,
    /// Rows by which branches say that they have nothing to report.
    pub nil_reports: Vec<Row>,
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
    source: &Arc<Source>,
    header: Header,
    ledger_index: usize,
    headers: &LedgerHeaderIndex<'_>,
    notice: &Notice,
) -> Table {
    let ledger = headers.ledger;
    let mut reader = RowReader {
        encoder: RowEncoder::default(),
        sheet: raw,
        source,
        header: &header,
        ledger,
        context: ReadContext { year: notice.year(), epoch_1904: raw.epoch_1904, percents: false },
    };
    let mut rows: Vec<Row> = Vec::new();
    let mut totals = Totals::new(ledger);
    let classifier = Classifier::new(raw, &header, headers);
    for line in raw.rows.iter().filter(|row| row.row > header.last_row) {
        match classifier.kind(line) {
            RowKind::Data => rows.push(reader.row(line, rows.last())),
            RowKind::Total => totals.compare(line, &rows, &header, ledger),
            RowKind::Note | RowKind::Header => {}
        }
    }
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
        totals: totals.found,
        differences: Vec::new(),
        owners: owners(raw, source, &header),
        header,
    };
    Table { sheet, rows, nil_reports }
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

/// See [`LedgerSheet::owners`].
fn owners(raw: &RawSheet, source: &Source, header: &Header) -> Vec<String> {
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
    source: &'a Arc<Source>,
    header: &'a Header,
    ledger: &'a Ledger,
    context: ReadContext,
}

impl RowReader<'_> {
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
            let (row, col) = merge.map_or((raw.row, col), |merge| merge.first);
            let content = own.or_else(|| self.sheet.get(row, col));
            if content.is_none() && column.fill_down && self.sheet.merges.is_none() {
                let above = above.and_then(|above| above.cell(index));
                encoder.cell(above.map(|cell| Cell { notes: CellNotes { filled: true, ..cell.notes }, ..cell }));
                continue;
            }
            let context = ReadContext { percents: self.header.percents[index], ..self.context };
            let TypedCell { value, mut notes } = cell_reader::read(content, column, context);
            notes.merged = merge.filter(|_| column.kind.is_number() && row != raw.row).map(|merge| merge.last);
            encoder.cell(Some(Cell { row, col, value: value.with(AsRef::as_ref), notes }));
        }
        Row::from_encoder(encoder, Arc::clone(self.source))
    }
}
