//! A sheet of the department's table that lists a ledger's rows of all branches.
//!
//! Rows are written as they come (rust_xlsxwriter keeps none of them): a department may have a hundred thousand. Texts
//! are written as texts, so that none becomes a formula.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, Formula, Worksheet, XlsxError};

use super::content::SummaryContent;
use super::style::{
    GAP, LEFT_OUT, MAX_ROWS, WorkbookError, cell_format, cell_text, gap_format, header_format, write_title,
};
use crate::expr::Expressions;
use crate::model::{Branch, Row, Value};
use crate::notice::{Column, ColumnType, Ledger, Sheet, written_day};

/// The row of the first listed row, below title and header.
const FIRST_ROW: u32 = 2;
/// The widths in characters of the columns before the ledger's: number, branch.
const LEADING_WIDTHS: [f64; 2] = [6.0, 26.0];
/// The column of the ledger's first column.
const FIRST_COLUMN: u16 = LEADING_WIDTHS.len() as u16;
/// The width in characters of a column of texts, and of any other.
const TEXT_WIDTH: f64 = 30.0;
const WIDTH: f64 = 13.0;
/// Digits that a number of a workbook keeps.
const DIGITS: u32 = 15;

/// A sheet of the department's table that lists rows of one ledger, sorted.
pub(super) struct RowSheet<'a> {
    settings: &'a Sheet,
    /// What a branch is called.
    branch_word: &'a str,
    ledger: &'a Ledger,
    /// The ledger's index in the notice.
    ledger_index: usize,
    expressions: &'a Expressions,
    columns: Vec<ListedColumn<'a>>,
    rows: Vec<ListedRow<'a>>,
    /// The branches that did not hand in the ledger although it is there or they had to.
    absent: Vec<&'a str>,
    /// The branches that the summary leaves out, which a line below the table names.
    left_out: Vec<&'a str>,
}

/// A column of the ledger.
struct ListedColumn<'a> {
    /// Its index in the ledger; computed columns follow those of the sheet.
    index: usize,
    column: &'a Column,
    /// Whether a blank cell stays empty.
    may_be_blank: bool,
    /// Whether its sum is below the rows.
    has_total: bool,
}

/// A row of the ledger.
struct ListedRow<'a> {
    branch: &'a str,
    row: &'a Row,
    /// Whether the row lacks a value that the sheet's condition needs.
    is_undecided: bool,
}

impl<'a> RowSheet<'a> {
    /// The rows that sheet number `index` of the settings lists, sorted; `None` when it lists none.
    ///
    /// # Errors
    /// When they are more than a sheet may have.
    pub(super) fn new(
        settings: &'a Sheet,
        index: usize,
        content: &SummaryContent<'a>,
    ) -> Result<Option<Self>, WorkbookError> {
        let Some(id) = &settings.rows else { return Ok(None) };
        let Some((ledger_index, _, ledger)) = content.notice.ledger.get_full(id.get_ref()) else { return Ok(None) };
        let (mut rows, mut absent) = (Vec::new(), Vec::new());
        for branch in content.branches.iter().copied().filter(|branch: &&Branch| settings.is_for(branch.kind())) {
            let Some(own) = branch.rows(ledger_index) else {
                absent.push(branch.name());
                continue;
            };
            for row in own {
                match content.expressions.sheet_lists(index, row) {
                    Some(false) => {}
                    decided => rows.push(ListedRow { branch: branch.name(), row, is_undecided: decided.is_none() }),
                }
            }
        }
        let left_out = content.left_out.iter().filter(|branch| settings.is_for(branch.kind()));
        let left_out: Vec<&str> = left_out.map(|branch| branch.name()).collect();
        // The totals and the line of those that are left out are below.
        let lines = FIRST_ROW as usize + rows.len() + absent.len() + 2;
        if lines > MAX_ROWS {
            return Err(WorkbookError::TooManyRows { title: settings.title.get_ref().clone(), rows: rows.len() });
        }
        let sheet = Self {
            settings,
            branch_word: &content.notice.words.branch,
            ledger,
            ledger_index,
            expressions: content.expressions,
            columns: columns(settings, ledger),
            rows,
            absent,
            left_out,
        };
        Ok(Some(sheet.sorted()))
    }

    /// The same with its rows in the order that the settings ask for: blank cells last, equal ones as they were.
    fn sorted(mut self) -> Self {
        let sort = self.settings.sort.as_ref().and_then(|id| self.ledger.field(id.get_ref()));
        if let Some((index, column)) = sort {
            let descending = self.settings.descending;
            let rows = std::mem::take(&mut self.rows);
            // A computed column is computed once a row, not at each comparison.
            let mut valued: Vec<(Value<'a>, ListedRow<'a>)> =
                rows.into_iter().map(|listed| (self.value(listed.row, index), listed)).collect();
            valued.sort_by(|(a, _), (b, _)| compare(*a, *b, column, descending));
            self.rows = valued.into_iter().map(|(_, listed)| listed).collect();
        }
        self
    }

    /// The value of a column in a row.
    fn value(&self, row: &'a Row, index: usize) -> Value<'a> {
        self.expressions.cell((self.ledger_index, self.ledger), row, index)
    }

    pub(super) fn write(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let last_col = FIRST_COLUMN + self.columns.len().max(1) as u16 - 1;
        write_title(sheet, self.settings.title.get_ref(), last_col)?;
        self.write_header(sheet)?;
        // Cells take the format of their column: a format given with each cell is looked up by all of its properties.
        sheet.set_column_format(0, &cell_format().set_align(FormatAlign::Center))?;
        sheet.set_column_format(1, &cell_format())?;
        for (col, listed) in self.positioned_columns() {
            sheet.set_column_format(col, &column_format(listed.column))?;
        }
        let mut row = FIRST_ROW;
        for listed in &self.rows {
            self.write_row(sheet, row, listed)?;
            row += 1;
        }
        for branch in &self.absent {
            self.write_absent(sheet, row, branch)?;
            row += 1;
        }
        if row > FIRST_ROW {
            sheet.autofilter(1, 0, row - 1, last_col)?;
            if self.columns.iter().any(|listed| listed.has_total) {
                self.write_totals(sheet, row)?;
            } else {
                self.format_last_row(sheet, row - 1)?;
            }
        }
        if !self.left_out.is_empty() {
            let names = format!("{LEFT_OUT}，表里没有：{}", self.left_out.join("、"));
            sheet.write_with_format(row + 1, 1, cell_text(&names), &Format::new())?;
        }
        // The columns' formats must not reach below the table.
        for col in 0..=last_col {
            sheet.set_column_format(col, &Format::new())?;
        }
        sheet.set_freeze_panes(FIRST_ROW, FIRST_COLUMN)?.set_repeat_rows(0, 1)?;
        Ok(())
    }

    /// Gives the cells of the last row their own formats: the worksheet writes a row out when the next one begins, and
    /// the columns have no formats by then.
    fn format_last_row(&self, sheet: &mut Worksheet, at: u32) -> Result<(), XlsxError> {
        sheet.set_cell_format(at, 0, &cell_format().set_align(FormatAlign::Center))?;
        let last = self.rows.last().filter(|_| self.absent.is_empty());
        if last.is_none_or(|listed| !listed.is_undecided) {
            sheet.set_cell_format(at, 1, &cell_format())?;
        }
        let Some(listed) = last else { return Ok(()) };
        for (col, column) in self.positioned_columns() {
            if !matches!(self.value(listed.row, column.index), Value::Missing | Value::Unusable(..)) {
                sheet.set_cell_format(at, col, &column_format(column.column))?;
            }
        }
        Ok(())
    }

    /// The columns with their places on the sheet.
    fn positioned_columns(&self) -> impl Iterator<Item = (u16, &ListedColumn<'_>)> {
        (FIRST_COLUMN..).zip(&self.columns)
    }

    fn write_header(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        for (col, (label, width)) in (0..).zip(["序号", self.branch_word].into_iter().zip(LEADING_WIDTHS)) {
            sheet.write_with_format(1, col, label, &header_format())?.set_column_width(col, width)?;
        }
        sheet.set_row_height(1, 32)?;
        for (col, ListedColumn { column, .. }) in self.positioned_columns() {
            let unit = column.unit.as_ref().map(|unit| format!("\n（{unit}）")).unwrap_or_default();
            sheet.write_with_format(1, col, format!("{}{unit}", column.label()), &header_format())?;
            sheet.set_column_width(col, if column.kind == ColumnType::Text { TEXT_WIDTH } else { WIDTH })?;
        }
        Ok(())
    }

    fn write_row(&self, sheet: &mut Worksheet, at: u32, listed: &ListedRow<'_>) -> Result<(), XlsxError> {
        sheet.write(at, 0, at - FIRST_ROW + 1)?;
        if listed.is_undecided {
            let name = format!("{}（{GAP}：是否列入本表）", listed.branch);
            sheet.write_with_format(at, 1, name, &gap_format())?;
        } else {
            sheet.write(at, 1, listed.branch)?;
        }
        for (col, column) in self.positioned_columns() {
            write_value(sheet, at, col, self.value(listed.row, column.index), column)?;
        }
        Ok(())
    }

    /// The row of a branch that did not hand in the ledger.
    fn write_absent(&self, sheet: &mut Worksheet, at: u32, branch: &str) -> Result<(), XlsxError> {
        sheet.write(at, 0, at - FIRST_ROW + 1)?.write(at, 1, branch)?;
        for (col, column) in self.positioned_columns() {
            if col == FIRST_COLUMN {
                let text = format!("{GAP}：没有交《{}》", self.ledger.title);
                sheet.write_with_format(at, col, text, &gap_format())?;
            } else {
                sheet.write_blank(at, col, &column_format(column.column))?;
            }
        }
        Ok(())
    }

    /// The sums of the columns that have one; a gap as long as a cell of the column is one.
    fn write_totals(&self, sheet: &mut Worksheet, at: u32) -> Result<(), XlsxError> {
        let bold = cell_format().set_bold();
        sheet.merge_range(at, 0, at, FIRST_COLUMN - 1, "合计", &bold.clone().set_align(FormatAlign::Center))?;
        for (col, column) in self.positioned_columns() {
            if column.has_total {
                let format = column_format(column.column).set_bold();
                sheet.write_formula_with_format(at, col, self.total(column, col, at), &format)?;
            } else {
                sheet.write_blank(at, col, &bold)?;
            }
        }
        Ok(())
    }

    fn total(&self, column: &ListedColumn<'_>, col: u16, at: u32) -> Formula {
        let cells = format!("{}:{}", row_col_to_cell(FIRST_ROW, col), row_col_to_cell(at - 1, col));
        let mut sum = self.absent.is_empty().then_some(Decimal::ZERO);
        for listed in &self.rows {
            let number = match self.value(listed.row, column.index) {
                Value::Number(number) if is_exact(number) => Some(number),
                Value::Missing if column.may_be_blank => continue,
                _ => None,
            };
            sum = sum.zip(number).and_then(|(sum, number)| sum.checked_add(number));
        }
        match sum {
            Some(sum) => Formula::new(format!("=SUM({cells})")).set_result(sum.normalize().to_string()),
            None if column.may_be_blank => {
                let texts = format!("COUNTA({cells})>COUNT({cells})");
                Formula::new(format!("=IF({texts},\"{GAP}\",SUM({cells}))")).set_result(GAP)
            }
            None => Formula::new(format!("=IF(COUNT({cells})<ROWS({cells}),\"{GAP}\",SUM({cells}))")).set_result(GAP),
        }
    }
}

fn columns<'a>(settings: &'a Sheet, ledger: &'a Ledger) -> Vec<ListedColumn<'a>> {
    let columns = settings.columns.iter().filter_map(|id| {
        let (index, column) = ledger.field(id.get_ref())?;
        let (may_be_blank, has_total) = (settings.is_optional(id.get_ref()), settings.has_total(id.get_ref()));
        Some(ListedColumn { index, column, may_be_blank, has_total })
    });
    columns.collect()
}

/// The order of two cells of a column: choices in the order of the settings, blank cells last.
fn compare(a: Value<'_>, b: Value<'_>, column: &Column, descending: bool) -> Ordering {
    let place = |text: &str| column.values.iter().position(|value| value == text).unwrap_or(column.values.len());
    let order = match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.cmp(&b),
        (Value::Date(a), Value::Date(b)) => a.cmp(&b),
        (Value::Flag(a), Value::Flag(b)) => a.cmp(&b),
        (Value::Text(a), Value::Text(b)) if column.kind == ColumnType::Choice => place(a).cmp(&place(b)),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Picture(_), Value::Picture(_)) => a.picture_count().cmp(&b.picture_count()),
        (a, b) => return is_blank(a).cmp(&is_blank(b)),
    };
    if descending { order.reverse() } else { order }
}

fn is_blank(value: Value<'_>) -> bool {
    matches!(value, Value::Missing | Value::Unusable(..))
}

fn write_value(
    sheet: &mut Worksheet,
    row: u32,
    col: u16,
    value: Value<'_>,
    column: &ListedColumn<'_>,
) -> Result<(), XlsxError> {
    match value {
        Value::Missing if column.may_be_blank => sheet.write_blank(row, col, &column_format(column.column))?,
        Value::Missing | Value::Unusable(..) => sheet.write_with_format(row, col, GAP, &gap_format())?,
        Value::Text(text) => sheet.write_string(row, col, fitting(text))?,
        Value::Number(number) => match number.to_f64().filter(|_| is_exact(number)) {
            Some(float) => sheet.write_number(row, col, float)?,
            None => sheet.write_string(row, col, number.to_string())?,
        },
        Value::Date(date) => {
            let excel =
                u16::try_from(date.year()).ok().zip(u8::try_from(date.month()).ok()).zip(u8::try_from(date.day()).ok());
            match excel.and_then(|((year, month), day)| ExcelDateTime::from_ymd(year, month, day).ok()) {
                Some(day) => sheet.write_datetime(row, col, &day)?,
                // Workbooks have no days before 1900.
                None => sheet.write_string(row, col, written_day(date))?,
            }
        }
        Value::Flag(flag) => sheet.write_string(row, col, if flag { "是" } else { "否" })?,
        Value::Picture(_) => sheet.write_string(row, col, format!("{}张", value.picture_count()))?,
    };
    Ok(())
}

/// Whether a workbook keeps all digits of a number.
fn is_exact(number: Decimal) -> bool {
    number.normalize().mantissa().unsigned_abs() < 10_u128.pow(DIGITS)
}

/// A text that fits a cell; one that does not is cut, which its end says.
fn fitting(text: &str) -> String {
    const CUT: &str = "……（单元格放不下，全文见台账）";
    let fit = cell_text(text);
    if fit.len() == text.len() {
        return fit;
    }
    let kept = fit.chars().count() - CUT.chars().count();
    fit.chars().take(kept).collect::<String>() + CUT
}

/// The format of a column's cells.
fn column_format(column: &Column) -> Format {
    let places = column.decimals.map(|places| format!("0.{}", "0".repeat(places as usize)));
    let places = places.map(|format| format.trim_end_matches('.').to_owned());
    match column.kind {
        ColumnType::Integer => cell_format().set_num_format("0"),
        ColumnType::Decimal => cell_format().set_num_format(places.as_deref().unwrap_or("General")),
        ColumnType::Percent => cell_format().set_num_format(places.as_deref().unwrap_or("0.00").to_owned() + "%"),
        ColumnType::Date => cell_format().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
        ColumnType::Choice | ColumnType::Flag | ColumnType::Picture => cell_format().set_align(FormatAlign::Center),
        ColumnType::Branch | ColumnType::Serial | ColumnType::Text => cell_format(),
    }
}
