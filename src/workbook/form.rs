//! Blank workbooks for branches to fill in, made from the notice's settings: what comes back is read without a
//! finding.

use jiff::civil::Date;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{DataValidation, DataValidationRule, ExcelDateTime, Format, Formula, Worksheet, XlsxError};

use super::{WorkbookError, header, plain, sheet_name, title, workbook};
use crate::notice::{Column, ColumnType, Ledger, Notice};

/// Rows that are ready to be filled in.
const ROWS: u32 = 60;
/// A4.
const PAPER: u8 = 9;

/// A blank form with every ledger of the notice but the roster.
///
/// # Errors
/// When the program itself fails.
pub fn form(branch: &str, notice: &Notice) -> Result<Vec<u8>, WorkbookError> {
    let mut book = workbook(&format!("{branch}填报表"))?;
    let mut taken: Vec<String> = Vec::new();
    for (_, ledger) in notice.ledger.iter().filter(|(id, _)| **id != notice.roster.ledger) {
        let name = sheet_name(&ledger.title, &taken);
        let sheet = book.add_worksheet().set_name(&name)?;
        taken.push(name);
        write_ledger(sheet, branch, ledger, notice)?;
    }
    Ok(book.save_to_buffer()?)
}

fn write_ledger(sheet: &mut Worksheet, branch: &str, ledger: &Ledger, notice: &Notice) -> Result<(), XlsxError> {
    let last = (ledger.columns.len().max(2) - 1) as u16;
    sheet.merge_range(0, 0, 0, last, &format!("{}（{branch}）", ledger.title), &title())?.set_row_height(0, 28)?;
    let deadline = crate::notice::written_day(notice.notice.deadline);
    let note = format!("填报说明：请于{deadline}前填完；灰色一行是示例，不用删除；带下拉箭头的请从中选择。");
    sheet.merge_range(1, 0, 1, last, &note, &Format::new().set_font_name("宋体").set_text_wrap())?;
    let grouped = ledger.columns.values().any(|column| column.header.first().is_some_and(|h| h.contains('/')));
    let (top, bottom) = if grouped { (2, 3) } else { (2, 2) };
    write_header(sheet, ledger, top, bottom)?;
    let example = bottom + 1;
    for (col, column) in (0..).zip(ledger.columns.values()) {
        write_example(sheet, example, col, column, branch, notice)?;
        let first = example + 1;
        let format = number_format(plain(), column);
        for row in first..first + ROWS {
            match column.kind {
                ColumnType::Branch => sheet.write_with_format(row, col, branch, &format)?,
                _ => sheet.write_blank(row, col, &format)?,
            };
        }
        if let Some(validation) = validation(column, branch)? {
            sheet.add_data_validation(first, col, first + ROWS - 1, col, &validation)?;
        }
        sheet.set_column_width(col, width(column))?;
    }
    sheet.set_freeze_panes(bottom + 1, 0)?.set_repeat_rows(top, bottom)?;
    sheet.set_landscape().set_paper_size(PAPER).set_print_fit_to_pages(1, 0);
    Ok(())
}

/// The header, over two rows when the settings name groups.
fn write_header(sheet: &mut Worksheet, ledger: &Ledger, top: u32, bottom: u32) -> Result<(), XlsxError> {
    let paths: Vec<(&str, &str)> = ledger
        .columns
        .values()
        .map(|column| {
            let name = column.header.first().map_or("", String::as_str);
            name.rsplit_once('/').unwrap_or(("", name))
        })
        .collect();
    let format = header();
    let mut col = 0;
    while col < paths.len() {
        let (group, leaf) = paths[col];
        if group.is_empty() {
            if top == bottom {
                sheet.write_with_format(top, col as u16, leaf, &format)?;
            } else {
                sheet.merge_range(top, col as u16, bottom, col as u16, leaf, &format)?;
            }
            col += 1;
            continue;
        }
        let members = paths[col..].iter().take_while(|(other, _)| *other == group).count();
        if members > 1 {
            sheet.merge_range(top, col as u16, top, (col + members - 1) as u16, group, &format)?;
        } else {
            sheet.write_with_format(top, col as u16, group, &format)?;
        }
        for (at, (_, leaf)) in paths.iter().enumerate().skip(col).take(members) {
            sheet.write_with_format(bottom, at as u16, *leaf, &format)?;
        }
        col += members;
    }
    Ok(())
}

/// One cell of the example row, which begins with 示例 and is never read.
fn write_example(
    sheet: &mut Worksheet,
    row: u32,
    col: u16,
    column: &Column,
    branch: &str,
    notice: &Notice,
) -> Result<(), XlsxError> {
    let format =
        number_format(plain().set_italic().set_font_color(0x0080_8080).set_background_color(0x00F2_F2F2), column);
    if col == 0 {
        let text = if column.kind == ColumnType::Branch { format!("示例：{branch}") } else { "示例".to_owned() };
        sheet.write_with_format(row, col, text, &format)?;
        return Ok(());
    }
    match column.kind {
        ColumnType::Branch => sheet.write_with_format(row, col, branch, &format)?,
        ColumnType::Serial => sheet.write_with_format(row, col, 1, &format)?,
        ColumnType::Text => sheet.write_with_format(row, col, format!("（{}）", column.label()), &format)?,
        ColumnType::Integer | ColumnType::Decimal => {
            sheet.write_with_format(row, col, column.min.and_then(|m| m.to_f64()).unwrap_or(0.0).max(10.0), &format)?
        }
        ColumnType::Percent => sheet.write_with_format(row, col, 0.85, &format)?,
        ColumnType::Date => {
            sheet.write_with_format(row, col, &day(column.to.unwrap_or(notice.notice.cutoff))?, &format)?
        }
        ColumnType::Choice => {
            sheet.write_with_format(row, col, column.values.first().map_or("", String::as_str), &format)?
        }
        ColumnType::Flag => sheet.write_with_format(row, col, "是", &format)?,
    };
    Ok(())
}

fn number_format(format: Format, column: &Column) -> Format {
    match column.kind {
        ColumnType::Date => format.set_num_format("yyyy-mm-dd"),
        ColumnType::Percent => format.set_num_format("0%"),
        ColumnType::Integer => format.set_num_format("0"),
        _ => format,
    }
}

/// What the column lets in; `None` when anything goes.
fn validation(column: &Column, branch: &str) -> Result<Option<DataValidation>, XlsxError> {
    let rule = DataValidation::new();
    let number = |least: Option<f64>, most: Option<f64>| match (least, most) {
        (Some(least), Some(most)) => DataValidationRule::Between(least, most),
        (Some(least), None) => DataValidationRule::GreaterThanOrEqualTo(least),
        (None, Some(most)) => DataValidationRule::LessThanOrEqualTo(most),
        (None, None) => DataValidationRule::GreaterThan(f64::from(i32::MIN)),
    };
    let bound = |bound: Option<rust_decimal::Decimal>| bound.and_then(|b| b.to_f64());
    let rule = match column.kind {
        ColumnType::Branch => list(rule, &[branch.to_owned()]),
        ColumnType::Choice => list(rule, &column.values),
        ColumnType::Flag => list(rule, &["是".to_owned(), "否".to_owned()]),
        ColumnType::Integer => {
            let (least, most) = (bound(column.min).unwrap_or(-1e9), bound(column.max).unwrap_or(1e9));
            Some(rule.allow_whole_number(DataValidationRule::Between(least as i32, most as i32)))
        }
        ColumnType::Decimal => Some(rule.allow_decimal_number(number(bound(column.min), bound(column.max)))),
        ColumnType::Percent => Some(rule.allow_decimal_number(number(Some(0.0), bound(column.max)))),
        ColumnType::Date => {
            let from = day(column.from.unwrap_or(jiff::civil::date(1990, 1, 1)))?;
            let to = day(column.to.unwrap_or(jiff::civil::date(2099, 12, 31)))?;
            Some(rule.allow_date(DataValidationRule::Between(from, to)))
        }
        // Whatever is typed; the rule only carries the message that tells what to type.
        ColumnType::Text if column.required => Some(rule.allow_custom(Formula::new("=TRUE"))),
        ColumnType::Text | ColumnType::Serial => None,
    };
    let Some(rule) = rule else { return Ok(None) };
    let message = format!(
        "应填{}{}",
        column.expected().chars().take(100).collect::<String>(),
        if column.required { "，必填" } else { "" }
    );
    let rule = rule.ignore_blank(true).set_input_message(&message)?;
    Ok(Some(rule.set_error_title("填写有误")?.set_error_message(&message)?))
}

/// A drop-down list, unless it is too long for one.
fn list(rule: DataValidation, values: &[String]) -> Option<DataValidation> {
    rule.allow_list_strings(values).ok()
}

fn day(date: Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(date.year().unsigned_abs(), date.month().unsigned_abs(), date.day().unsigned_abs())
}

fn width(column: &Column) -> f64 {
    match column.kind {
        ColumnType::Serial => 6.0,
        ColumnType::Branch => 24.0,
        ColumnType::Text => 22.0,
        ColumnType::Choice => 18.0,
        _ => 13.0,
    }
}
