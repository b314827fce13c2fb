//! Reads the rows below a header as one of the notice's ledgers.
//!
//! Input: a sheet, or a part of it, with its [`Header`]. Output: a [`Table`]: rows of typed cells with addresses, total
//! rows with computed sums, and what rules and later stages need to know of the sheet.

use std::sync::Arc;

use super::classify::{Classifier, RowKind};
use super::column_units;
use super::example_row::{self, ExampleRow};
use super::header::Header;
use super::header_index::LedgerHeaderIndex;
use super::nil_report;
use super::raw_sheet::{RawRow, RawSheet, RowRange};
use super::row::Row;
use super::row_reader::{BranchOnlyRow, FaultyField, RowReader};
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
    let below = raw.rows.partition_point(|row| row.row <= header.last_row);
    let classifier = Classifier::new(raw, &header, headers);
    let mut sorter = RowSorter {
        totals: TableTotals::new(raw, &header, ledger, &factors, &classifier),
        classifier,
        reader: RowReader::new(raw, source, &header, ledger, &factors, notice.year()),
        years: TableYears::new(raw, &header, notice.year()),
        sorted: SortedRows::default(),
        above: RowKind::Header,
        fill: FillSource::Nothing,
    };
    for (index, line) in raw.rows.iter().enumerate().skip(below) {
        sorter.add(index, line);
    }
    let RowSorter { totals, years, sorted, .. } = sorter;
    let SortedRows { mut rows, faulty_fields, example_rows, branch_only_rows } = sorted;
    let found = totals.finish(&mut rows);
    let nil_reports = nil_report::take(&mut rows, ledger);
    mark_mixed_percentages(&mut rows, ledger);
    let hidden_rows = raw.hidden_rows.iter().filter_map(|range| rows_within(&rows, range)).collect();
    let sheet = LedgerSheet {
        source: Arc::clone(source),
        ledger: ledger_index,
        hidden_rows,
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

/// The part of a range from its first to its last row of data.
fn rows_within(rows: &[Row], range: &RowRange) -> Option<RowRange> {
    let start = rows.partition_point(|row| row.row < range.first);
    let end = rows.partition_point(|row| row.row <= range.last);
    let within = rows.get(start..end)?;
    Some(RowRange { first: within.first()?.row, last: within.last()?.row })
}

/// What the rows below a header are.
#[derive(Default)]
struct SortedRows {
    rows: Vec<Row>,
    faulty_fields: Vec<FaultyField>,
    example_rows: Vec<ExampleRow>,
    branch_only_rows: Vec<BranchOnlyRow>,
}

/// Sorts the rows below a header by what they are. What a row is depends on those above it.
struct RowSorter<'a> {
    reader: RowReader<'a>,
    classifier: Classifier<'a>,
    totals: TableTotals<'a>,
    years: TableYears,
    sorted: SortedRows,
    /// What the row above is.
    above: RowKind,
    fill: FillSource,
}

impl RowSorter<'_> {
    /// Takes the next row, which has that index among the sheet's rows.
    fn add(&mut self, index: usize, line: &RawRow) {
        let kind = self.kind(index, line);
        self.years.row(line, kind);
        let SortedRows { rows, faulty_fields, branch_only_rows, .. } = &mut self.sorted;
        if kind == RowKind::Data {
            // The row above names the branch of the rows below it.
            if matches!(self.fill, FillSource::Heading(_)) {
                branch_only_rows.pop_if(|above| line.get(above.col).is_none());
            }
            rows.push(self.reader.row(line, self.fill.row(rows)));
            faulty_fields.extend(self.reader.beyond_header(line));
        } else {
            faulty_fields.extend(self.reader.not_parted(line));
            branch_only_rows.extend(self.reader.branch_only(line).filter(|_| kind == RowKind::Note));
        }
        self.fill = match kind {
            RowKind::Data => FillSource::RowAbove,
            RowKind::Note if self.reader.is_heading(line) => FillSource::Heading(self.reader.row(line, None)),
            _ => FillSource::Nothing,
        };
        self.above = kind;
    }

    /// What a row is: a total counts as a header, an example that is left out as a note. Examples are kept.
    fn kind(&mut self, index: usize, line: &RawRow) -> RowKind {
        let (classifier, above) = (&self.classifier, self.above);
        let is_data = || classifier.kind(line, above) == RowKind::Data;
        if self.totals.is_total(index, &self.sorted.rows, is_data) {
            return RowKind::Header;
        }
        let kind = classifier.kind(line, above);
        let example = if kind == RowKind::Data { example_row::find(line) } else { None };
        let is_left_out = example.as_ref().is_some_and(|example| example.is_left_out);
        self.sorted.example_rows.extend(example);
        if is_left_out { RowKind::Note } else { kind }
    }
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
