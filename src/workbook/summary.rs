//! The department's table: sheets with a row for each branch, totals as formulas that a clerk can check, and sheets
//! that list rows of ledgers (`row_sheet`).

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{ConditionalFormatFormula, Format, FormatAlign, Formula, Worksheet, XlsxError};

use super::content::SummaryContent;
use super::row_sheet::RowSheet;
use super::style::{
    GAP, LEFT_OUT, NO_ROWS, NOT_APPLICABLE, WorkbookError, cell_format, gap_format, header_format, new_workbook, save,
    set_up_page, sheet_name, write_title,
};
use crate::expr::{BranchMetrics, is_mean, ratio_of};
use crate::metric::{AbsenceRule, LedgerState, MetricCell};
use crate::model::Branch;
use crate::notice::{Metric, Notice, Sheet, Show};

/// The row of the first branch, below title and header.
const FIRST_ROW: u32 = 2;
/// The widths in characters of the columns before the metrics: number, branch, kind.
const LEADING_WIDTHS: [f64; 3] = [6.0, 26.0, 12.0];
/// The column of the first metric.
const FIRST_METRIC: u16 = LEADING_WIDTHS.len() as u16;
/// The table as a workbook's bytes.
///
/// # Errors
/// On a fault of rust_xlsxwriter, without space for its temporary files, or when a sheet would have too many rows.
pub(crate) fn summary(content: &SummaryContent<'_>) -> Result<Vec<u8>, WorkbookError> {
    let notice = content.notice;
    let mut book = new_workbook(&notice.facts.title)?;
    let mut taken = Vec::new();
    for (index, settings) in notice.summary.iter().flat_map(|summary| &summary.sheet).enumerate() {
        let name = sheet_name(settings.title.get_ref(), &taken);
        // Rows go to a temporary file: a department may have ten thousand branches.
        let sheet = book.add_worksheet_with_low_memory()?.set_name(&name)?;
        taken.push(name);
        if let Some(rows) = RowSheet::new(settings, index, content)? {
            rows.write(sheet)?;
        } else {
            let columns = metric_columns(settings, notice);
            let branches = branch_rows(settings, &columns, content);
            let left_out = content.left_out.iter().copied().filter(|branch| settings.is_for(branch.kind())).collect();
            SummarySheet { settings, branch_word: &notice.words.branch, columns, branches, left_out }.write(sheet)?;
        }
        set_up_page(sheet).set_footer("&C第 &P 页，共 &N 页");
    }
    save(&mut book)
}

/// A metric as a column.
struct MetricColumn<'n> {
    /// The metric's index in the notice.
    index: usize,
    id: &'n str,
    metric: &'n Metric,
    /// Whether values above 0 are highlighted: they count what is overdue.
    is_late: bool,
}

fn metric_columns<'n>(settings: &Sheet, notice: &'n Notice) -> Vec<MetricColumn<'n>> {
    let metrics = settings.metrics.iter().filter_map(|id| notice.metric.get_full(id.get_ref()));
    let is_late = |id: &str| settings.highlight.iter().any(|name| name.get_ref() == id);
    metrics.map(|(index, id, metric)| MetricColumn { index, id, metric, is_late: is_late(id) }).collect()
}

/// A branch with its cells, in the order of the columns.
struct BranchRow<'a> {
    metrics: &'a BranchMetrics<'a>,
    cells: Vec<MetricCell>,
}

/// The rows of the branches that a sheet is for.
fn branch_rows<'a>(settings: &Sheet, columns: &[MetricColumn<'_>], content: &SummaryContent<'a>) -> Vec<BranchRow<'a>> {
    let rules: Vec<AbsenceRule> =
        columns.iter().map(|column| AbsenceRule::of(column.index, content.notice, content.expressions)).collect();
    let is_shown = |(_, metrics): &(&&Branch, &BranchMetrics<'_>)| settings.is_for(metrics.kind);
    let row = |(branch, metrics): (&&Branch, &'a BranchMetrics<'a>)| {
        let cell = |(column, rule): (&MetricColumn<'_>, &AbsenceRule)| {
            let value = metrics.metrics.get(column.index).copied().flatten();
            rule.cell(value, metrics.kind, |ledger| LedgerState::of(branch, ledger), content.notice)
        };
        BranchRow { metrics, cells: columns.iter().zip(&rules).map(cell).collect() }
    };
    content.branches.iter().zip(content.metrics).filter(is_shown).map(row).collect()
}

/// A sheet of the table.
struct SummarySheet<'a> {
    settings: &'a Sheet,
    /// What a branch is called.
    branch_word: &'a str,
    columns: Vec<MetricColumn<'a>>,
    branches: Vec<BranchRow<'a>>,
    /// The branches that the summary leaves out: their rows follow, without numbers.
    left_out: Vec<&'a Branch>,
}

impl SummarySheet<'_> {
    fn write(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let last_col = FIRST_METRIC + self.columns.len().max(1) as u16 - 1;
        write_title(sheet, self.settings.title.get_ref(), last_col)?;
        self.write_header(sheet)?;
        self.write_branches(sheet)?;
        self.write_left_out(sheet)?;
        let totals_row = FIRST_ROW + (self.branches.len() + self.left_out.len()) as u32;
        if totals_row > FIRST_ROW {
            self.write_totals(sheet, totals_row)?;
            self.highlight_late(sheet, totals_row - 1)?;
            sheet.autofilter(1, 0, totals_row - 1, last_col)?;
        }
        // The formats of `write_branches` must not reach below the table.
        for col in 0..=last_col {
            sheet.set_column_format(col, &Format::new())?;
        }
        sheet.set_freeze_panes(FIRST_ROW, 2)?.set_repeat_rows(0, 1)?;
        Ok(())
    }

    /// The metrics with their columns on the sheet.
    fn positioned_columns(&self) -> impl Iterator<Item = (u16, &MetricColumn<'_>)> {
        (FIRST_METRIC..).zip(&self.columns)
    }

    fn write_header(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        for (col, (label, width)) in (0..).zip(["序号", self.branch_word, "类别"].into_iter().zip(LEADING_WIDTHS)) {
            sheet.write_with_format(1, col, label, &header_format())?.set_column_width(col, width)?;
        }
        sheet.set_row_height(1, 46)?;
        for (col, column) in self.positioned_columns() {
            let unit = column.metric.unit.as_ref().map(|unit| format!("\n（{unit}）")).unwrap_or_default();
            sheet.write_with_format(1, col, format!("{}{unit}", column.metric.label), &header_format())?;
            sheet.set_column_width(col, 13)?;
        }
        Ok(())
    }

    fn write_branches(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (text, centred) = (cell_format(), cell_format().set_align(FormatAlign::Center));
        let (gap, blank) = (gap_format(), cell_format().set_align(FormatAlign::Right));
        // Numbers take the format of their column: a format given with each cell is looked up by all of its properties.
        sheet.set_column_format(0, &centred)?;
        for (col, column) in self.positioned_columns() {
            sheet.set_column_format(col, &number_format(column.metric))?;
        }
        for (number, branch) in (0_u32..).zip(&self.branches) {
            let row = FIRST_ROW + number;
            sheet.write(row, 0, number + 1)?;
            sheet.write_with_format(row, 1, branch.metrics.name, &text)?;
            sheet.write_with_format(row, 2, branch.metrics.kind, &text)?;
            for (col, cell) in (FIRST_METRIC..).zip(&branch.cells) {
                let number = match cell {
                    MetricCell::Number(number) => number.to_f64(),
                    _ => None,
                };
                match (cell, number) {
                    (_, Some(number)) => sheet.write(row, col, number)?,
                    (MetricCell::NoRows, _) => sheet.write_with_format(row, col, NO_ROWS, &blank)?,
                    (MetricCell::NotApplicable, _) => sheet.write_with_format(row, col, NOT_APPLICABLE, &blank)?,
                    // A missing value is a visible gap that no sum counts.
                    (MetricCell::Gap | MetricCell::Number(_), _) => sheet.write_with_format(row, col, GAP, &gap)?,
                };
            }
        }
        Ok(())
    }

    fn write_left_out(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (text, mark) = (cell_format(), cell_format().set_align(FormatAlign::Right));
        for (number, branch) in (self.branches.len() as u32..).zip(&self.left_out) {
            let row = FIRST_ROW + number;
            sheet.write(row, 0, number + 1)?;
            sheet.write_with_format(row, 1, branch.name(), &text)?.write_with_format(row, 2, branch.kind(), &text)?;
            for (col, _) in self.positioned_columns() {
                sheet.write_with_format(row, col, LEFT_OUT, &mark)?;
            }
        }
        Ok(())
    }

    /// What the row of totals is called: with the number of branches that it is over when some are left out.
    fn totals_label(&self) -> String {
        if self.left_out.is_empty() {
            "合计".to_owned()
        } else {
            format!("合计（已报送{}个）", self.branches.len())
        }
    }

    fn highlight_late(&self, sheet: &mut Worksheet, last_row: u32) -> Result<(), XlsxError> {
        let red = Format::new().set_font_color(0x009C_0006).set_background_color(0x00FF_C7CE);
        for (col, _) in self.positioned_columns().filter(|(_, column)| column.is_late) {
            // Spreadsheet programs take any text (a gap) for more than 0.
            let first_cell = row_col_to_cell(FIRST_ROW, col);
            let rule = format!("=AND(ISNUMBER({first_cell}),{first_cell}>0)");
            let late = ConditionalFormatFormula::new().set_rule(rule.as_str()).set_format(red.clone());
            sheet.add_conditional_format(FIRST_ROW, col, last_row, col, &late)?;
        }
        Ok(())
    }

    /// The row of totals: sums of numbers, and rates from the sums of their two metrics; a rate whose metrics are not
    /// on the sheet has none, and a mean has none. As long as a branch has a gap, the formula shows a gap.
    fn write_totals(&self, sheet: &mut Worksheet, row: u32) -> Result<(), XlsxError> {
        let bold = cell_format().set_bold();
        sheet.merge_range(
            row,
            0,
            row,
            FIRST_METRIC - 1,
            &self.totals_label(),
            &bold.clone().set_align(FormatAlign::Center),
        )?;
        for (position, (col, column)) in self.positioned_columns().enumerate() {
            let formula = match column.metric.show {
                Show::Number if is_mean(column.metric.expr.get_ref()) => None,
                Show::Number => Some(self.sum_formula(position, row)),
                Show::Percent => self.rate_formula(column, row),
            };
            match formula {
                Some(formula) => {
                    let format = number_format(column.metric).set_bold();
                    sheet.write_formula_with_format(row, col, formula, &format)?;
                }
                None => {
                    sheet.write_with_format(row, col, NOT_APPLICABLE, &bold.clone().set_align(FormatAlign::Right))?;
                }
            }
        }
        Ok(())
    }

    /// The sum over all branches of the column with this place on the sheet; `None` when one has a gap.
    fn sum(&self, position: usize) -> Option<Decimal> {
        let counted = |branch: &BranchRow<'_>| branch.cells.get(position).and_then(|cell| cell.counted());
        self.branches.iter().map(counted).sum()
    }

    fn sum_formula(&self, position: usize, totals_row: u32) -> Formula {
        let col = FIRST_METRIC + position as u16;
        let cells = format!("{}:{}", row_col_to_cell(FIRST_ROW, col), row_col_to_cell(totals_row - 1, col));
        if let Some(total) = self.sum(position) {
            return Formula::new(format!("=SUM({cells})")).set_result(total.normalize().to_string());
        }
        let is_there = |text: &str, kind: MetricCell| {
            let is_used = self.branches.iter().any(|branch| branch.cells.get(position) == Some(&kind));
            if is_used { format!("+COUNTIF({cells},\"{text}\")") } else { String::new() }
        };
        // Texts that stand for nothing are no gaps.
        let mut texts = is_there(NO_ROWS, MetricCell::NoRows) + &is_there(NOT_APPLICABLE, MetricCell::NotApplicable);
        if !self.left_out.is_empty() {
            texts.push_str(&format!("+COUNTIF({cells},\"{LEFT_OUT}\")"));
        }
        let formula = format!("=IF(COUNT({cells}){texts}<ROWS({cells}),\"{GAP}\",SUM({cells}))");
        Formula::new(formula).set_result(GAP)
    }

    /// `None` when the metric is no ratio of two metrics on the sheet, or the total is zero.
    fn rate_formula(&self, column: &MetricColumn<'_>, totals_row: u32) -> Option<Formula> {
        let (part_id, whole_id) = ratio_of(column.metric.expr.get_ref())?;
        let position = |id: &str| self.columns.iter().position(|column| column.id == id);
        let (part, whole) = (position(&part_id)?, position(&whole_id)?);
        let (part_sum, whole_sum) = (self.sum(part), self.sum(whole));
        if whole_sum == Some(Decimal::ZERO) {
            return None;
        }
        let rate = part_sum.zip(whole_sum).and_then(|(part, whole)| part.checked_div(whole));
        let cell = |position: usize| row_col_to_cell(totals_row, FIRST_METRIC + position as u16);
        let (part, whole) = (cell(part), cell(whole));
        Some(match rate {
            Some(rate) => {
                Formula::new(format!("={part}/{whole}")).set_result(rate.round_dp(15).normalize().to_string())
            }
            None => Formula::new(format!("=IF(COUNT({part},{whole})<2,\"{GAP}\",{part}/{whole})")).set_result(GAP),
        })
    }
}

/// The format of a metric's numbers.
fn number_format(metric: &Metric) -> Format {
    match (metric.show, metric.decimals) {
        (Show::Percent, _) => cell_format().set_num_format("0.00%"),
        (Show::Number, Some(places @ 1..)) => {
            cell_format().set_num_format(format!("0.{}", "0".repeat(places as usize)))
        }
        (Show::Number, _) => cell_format().set_num_format("General"),
    }
}
