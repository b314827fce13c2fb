//! The department's table: a sheet a head, a row a branch, totals as formulas that a clerk can check.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{ConditionalFormatFormula, Format, FormatAlign, Formula, Worksheet, XlsxError};

use super::{WorkbookError, header, plain, sheet_name, title, workbook};
use crate::expr::{BranchMetrics, ratio_of};
use crate::notice::{Metric, Notice, Sheet, Show};

/// Rows of title and header.
const ABOVE: u32 = 2;
/// What stands left of the metrics, with the columns' widths in characters.
const BEFORE: [(&str, f64); 3] = [("序号", 6.0), ("党组织", 26.0), ("类别", 12.0)];
/// What stands where the ledgers give nothing.
const GAP: &str = "待填写";
/// A4.
const PAPER: u8 = 9;

/// The table as a workbook's bytes.
///
/// # Errors
/// When the program itself fails, or there is no room for a temporary file.
pub fn summary(branch_metrics: &[BranchMetrics<'_>], notice: &Notice) -> Result<Vec<u8>, WorkbookError> {
    let mut book = workbook(&notice.notice.title)?;
    let mut taken = Vec::new();
    for plan in notice.summary.iter().flat_map(|summary| &summary.sheet) {
        let name = sheet_name(&plan.title, &taken);
        // Row by row by way of a temporary file: there may be ten thousand.
        let sheet = book.add_worksheet_with_low_memory()?.set_name(&name)?;
        taken.push(name);
        let fits = |kind: &str| plan.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|k| k.get_ref() == kind));
        let rows: Vec<&BranchMetrics<'_>> = branch_metrics.iter().filter(|standing| fits(standing.kind)).collect();
        write(sheet, plan, &columns(plan, notice), &rows)?;
    }
    Ok(book.save_to_buffer()?)
}

/// A metric as a column.
struct Column<'n> {
    /// Its place in the notice.
    at: usize,
    id: &'n str,
    metric: &'n Metric,
    late: bool,
}

fn columns<'n>(plan: &Sheet, notice: &'n Notice) -> Vec<Column<'n>> {
    let ids = plan.metrics.iter().filter_map(|id| notice.metric.get_full(id.get_ref()));
    let late = |id: &str| plan.highlight.iter().any(|name| name.get_ref() == id);
    ids.map(|(at, id, metric)| Column { at, id, metric, late: late(id) }).collect()
}

fn write(
    sheet: &mut Worksheet,
    plan: &Sheet,
    columns: &[Column<'_>],
    rows: &[&BranchMetrics<'_>],
) -> Result<(), XlsxError> {
    let before = BEFORE.len() as u16;
    let last_col = before + columns.len().max(1) as u16 - 1;
    sheet.merge_range(0, 0, 0, last_col, &plan.title, &title())?.set_row_height(0, 28)?;
    for (col, (label, width)) in (0..).zip(BEFORE) {
        sheet.write_with_format(1, col, label, &header())?.set_column_width(col, width)?;
    }
    sheet.set_row_height(1, 46)?;
    for (col, column) in (before..).zip(columns) {
        let unit = column.metric.unit.as_ref().map(|unit| format!("\n（{unit}）")).unwrap_or_default();
        sheet.write_with_format(1, col, format!("{}{unit}", column.metric.label), &header())?;
        sheet.set_column_width(col, 13)?;
    }
    let (text, centred) = (plain(), plain().set_align(FormatAlign::Center));
    let gap = plain().set_background_color(0x00FF_FF00);
    // A number's format is its column's while rows are written: one of its own would be looked for by all that it says.
    sheet.set_column_format(0, &centred)?;
    for (col, column) in (before..).zip(columns) {
        sheet.set_column_format(col, &number(column.metric))?;
    }
    for (number, row) in (0_u32..).zip(rows) {
        let at = ABOVE + number;
        sheet.write(at, 0, number + 1)?;
        sheet.write_with_format(at, 1, row.name, &text)?;
        sheet.write_with_format(at, 2, row.kind, &text)?;
        for (col, column) in (before..).zip(columns) {
            // What the ledgers do not give is a visible gap that no sum counts.
            match row.metrics.get(column.at).copied().flatten().and_then(|value| value.to_f64()) {
                Some(value) => sheet.write(at, col, value)?,
                None => sheet.write_with_format(at, col, GAP, &gap)?,
            };
        }
    }
    let end = ABOVE + rows.len() as u32;
    if !rows.is_empty() {
        totals(sheet, columns, rows, end)?;
        let red = Format::new().set_font_color(0x009C_0006).set_background_color(0x00FF_C7CE);
        for (col, _) in (before..).zip(columns).filter(|(_, column)| column.late) {
            // To spreadsheet programs any text is more than 0.
            let first = row_col_to_cell(ABOVE, col);
            let rule = format!("=AND(ISNUMBER({first}),{first}>0)");
            let late = ConditionalFormatFormula::new().set_rule(rule.as_str()).set_format(red.clone());
            sheet.add_conditional_format(ABOVE, col, end - 1, col, &late)?;
        }
        sheet.autofilter(1, 0, end - 1, last_col)?;
    }
    // Below the table a column has none.
    for col in 0..=last_col {
        sheet.set_column_format(col, &Format::new())?;
    }
    sheet.set_freeze_panes(ABOVE, 2)?.set_repeat_rows(0, 1)?;
    sheet.set_landscape().set_paper_size(PAPER).set_print_fit_to_pages(1, 0).set_footer("&C第 &P 页，共 &N 页");
    Ok(())
}

/// The row of totals: numbers summed, rates out of the sums of their parts; a rate whose parts do not stand on the
/// sheet has none. What a branch lacks, the total lacks: its formula says so until the last gap is filled in.
fn totals(
    sheet: &mut Worksheet,
    columns: &[Column<'_>],
    rows: &[&BranchMetrics<'_>],
    at: u32,
) -> Result<(), XlsxError> {
    let before = BEFORE.len() as u16;
    let bold = plain().set_bold();
    sheet.merge_range(at, 0, at, before - 1, "合计", &bold.clone().set_align(FormatAlign::Center))?;
    let sum = |column: &Column<'_>| -> Option<Decimal> {
        rows.iter().map(|row| row.metrics.get(column.at).copied().flatten()).sum()
    };
    let place = |id: &str| columns.iter().position(|column| column.id == id);
    for (col, column) in (before..).zip(columns) {
        let format = number(column.metric).set_bold();
        if column.metric.show == Show::Number {
            let cells = format!("{}:{}", row_col_to_cell(ABOVE, col), row_col_to_cell(at - 1, col));
            let formula = match sum(column) {
                Some(total) => Formula::new(format!("=SUM({cells})")).set_result(total.normalize().to_string()),
                None => {
                    Formula::new(format!("=IF(COUNT({cells})<ROWS({cells}),\"{GAP}\",SUM({cells}))")).set_result(GAP)
                }
            };
            sheet.write_formula_with_format(at, col, formula, &format)?;
            continue;
        }
        let parts =
            ratio_of(column.metric.expr.get_ref()).and_then(|(part, whole)| Some((place(part)?, place(whole)?)));
        let Some((part, whole)) = parts.filter(|(_, whole)| sum(&columns[*whole]) != Some(Decimal::ZERO)) else {
            sheet.write_with_format(at, col, "—", &bold.clone().set_align(FormatAlign::Right))?;
            continue;
        };
        let cell = |place: usize| row_col_to_cell(at, before + place as u16);
        let rate = sum(&columns[part]).zip(sum(&columns[whole])).and_then(|(part, whole)| part.checked_div(whole));
        let (part, whole) = (cell(part), cell(whole));
        let formula = match rate {
            Some(rate) => {
                Formula::new(format!("={part}/{whole}")).set_result(rate.round_dp(15).normalize().to_string())
            }
            None => Formula::new(format!("=IF(COUNT({part},{whole})<2,\"{GAP}\",{part}/{whole})")).set_result(GAP),
        };
        sheet.write_formula_with_format(at, col, formula, &format)?;
    }
    Ok(())
}

/// How a metric's cells show their numbers.
fn number(metric: &Metric) -> Format {
    match (metric.show, metric.decimals) {
        (Show::Percent, _) => plain().set_num_format("0.00%"),
        (Show::Number, Some(places @ 1..)) => plain().set_num_format(format!("0.{}", "0".repeat(places as usize))),
        (Show::Number, _) => plain().set_num_format("General"),
    }
}
