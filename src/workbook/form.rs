//! Blank workbooks for branches to fill in, made from the notice's settings. A filled form is read without a finding.

use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{DataValidation, DataValidationRule, ExcelDateTime, Format, Formula, Worksheet, XlsxError};

use super::style::{
    WorkbookError, cell_format, header_format, new_workbook, save, set_up_page, sheet_name, write_title,
};
use crate::notice::{Column, ColumnType, Ledger, Notice, header_levels, written_day};

/// Rows prepared for data: bordered, with validation.
const DATA_ROWS: u32 = 60;

/// A blank form for a branch, with every ledger of the notice but the roster; without a branch, one for the department
/// that has no roster yet, with every ledger and the roster first.
///
/// # Errors
/// On a fault of rust_xlsxwriter.
pub(crate) fn form(branch: Option<&str>, notice: &Notice) -> Result<Vec<u8>, WorkbookError> {
    let mut book = new_workbook(&format!("{}填报表", branch.unwrap_or("空白")))?;
    let mut taken: Vec<String> = Vec::new();
    let is_roster = |id: &String| *id == notice.roster.ledger;
    let roster = notice.ledger.iter().filter(|(id, _)| branch.is_none() && is_roster(id));
    for (_, ledger) in roster.chain(notice.ledger.iter().filter(|(id, _)| !is_roster(id))) {
        let name = sheet_name(&ledger.title, &taken);
        let sheet = book.add_worksheet().set_name(&name)?;
        taken.push(name);
        write_ledger(sheet, branch, ledger, notice)?;
    }
    save(&mut book)
}

fn write_ledger(
    sheet: &mut Worksheet,
    branch: Option<&str>,
    ledger: &Ledger,
    notice: &Notice,
) -> Result<(), XlsxError> {
    let last_col = (ledger.columns.len().max(2) - 1) as u16;
    let of_branch = branch.map(|branch| format!("（{branch}）")).unwrap_or_default();
    write_title(sheet, &format!("{}{of_branch}", ledger.title), last_col)?;
    let deadline = written_day(notice.facts.deadline);
    let is_number = |column: &Column| matches!(column.kind, ColumnType::Integer | ColumnType::Decimal);
    // A blank cell is no 0: metrics of it are gaps.
    let numbers = if ledger.columns.values().any(is_number) { "；数字没有的写 0，不要空着" } else { "" };
    let note = format!("填报说明：请于{deadline}前填完；灰色一行是示例，不用删除；带下拉箭头的请从中选择{numbers}。");
    sheet.merge_range(1, 0, 1, last_col, &note, &Format::new().set_font_name("宋体").set_text_wrap())?;
    let header = HeaderRows::new(ledger);
    write_header(sheet, ledger, header)?;
    let example_row = header.bottom + 1;
    for (col, column) in (0..).zip(ledger.columns.values()) {
        write_example(sheet, example_row, col, column, branch, notice)?;
        write_data_cells(sheet, example_row + 1, col, column, branch)?;
        sheet.set_column_width(col, column_width(column))?;
    }
    sheet.set_freeze_panes(example_row, 0)?.set_repeat_rows(header.top, header.bottom)?;
    set_up_page(sheet);
    Ok(())
}

/// The cells to fill in, of one column; those of the branch's name are filled in already.
fn write_data_cells(
    sheet: &mut Worksheet,
    first_row: u32,
    col: u16,
    column: &Column,
    branch: Option<&str>,
) -> Result<(), XlsxError> {
    let format = number_format(cell_format(), column);
    for row in first_row..first_row + DATA_ROWS {
        match column.kind {
            ColumnType::Branch => sheet.write_with_format(row, col, branch.unwrap_or_default(), &format)?,
            _ => sheet.write_blank(row, col, &format)?,
        };
    }
    if let Some(validation) = validation(column, branch)? {
        sheet.add_data_validation(first_row, col, first_row + DATA_ROWS - 1, col, &validation)?;
    }
    Ok(())
}

/// The rows of the header; the same row twice unless columns are grouped.
#[derive(Clone, Copy)]
struct HeaderRows {
    /// The row of the groups.
    top: u32,
    /// The row of the columns.
    bottom: u32,
}

impl HeaderRows {
    fn new(ledger: &Ledger) -> Self {
        let is_grouped = ledger.columns.values().any(|column| !HeaderCell::new(column).group.is_empty());
        Self { top: 2, bottom: if is_grouped { 3 } else { 2 } }
    }
}

/// A column's header, `group/label` in the settings.
struct HeaderCell<'n> {
    /// Empty for a column outside groups.
    group: String,
    label: &'n str,
}

impl<'n> HeaderCell<'n> {
    fn new(column: &'n Column) -> Self {
        let mut levels = header_levels(column.header.first().map_or("", String::as_str));
        levels.pop();
        Self { group: levels.join("/"), label: column.label() }
    }
}

fn write_header(sheet: &mut Worksheet, ledger: &Ledger, rows: HeaderRows) -> Result<(), XlsxError> {
    let cells: Vec<HeaderCell<'_>> = ledger.columns.values().map(HeaderCell::new).collect();
    let format = header_format();
    let mut at = 0;
    while at < cells.len() {
        let HeaderCell { group, label } = &cells[at];
        let col = at as u16;
        if group.is_empty() {
            if rows.top == rows.bottom {
                sheet.write_with_format(rows.top, col, *label, &format)?;
            } else {
                sheet.merge_range(rows.top, col, rows.bottom, col, label, &format)?;
            }
            at += 1;
            continue;
        }
        let members = cells[at..].iter().take_while(|cell| cell.group == *group).count();
        if members > 1 {
            sheet.merge_range(rows.top, col, rows.top, (at + members - 1) as u16, group, &format)?;
        } else {
            sheet.write_with_format(rows.top, col, group, &format)?;
        }
        for (col, cell) in (col..).zip(&cells[at..at + members]) {
            sheet.write_with_format(rows.bottom, col, cell.label, &format)?;
        }
        at += members;
    }
    Ok(())
}

/// A cell of the example row. The row begins with 示例; ingest skips such rows.
fn write_example(
    sheet: &mut Worksheet,
    row: u32,
    col: u16,
    column: &Column,
    branch: Option<&str>,
    notice: &Notice,
) -> Result<(), XlsxError> {
    let grey = cell_format().set_italic().set_font_color(0x0080_8080).set_background_color(0x00F2_F2F2);
    let format = number_format(grey, column);
    let example_branch = branch.unwrap_or("单位名称");
    if col == 0 {
        let text =
            if column.kind == ColumnType::Branch { format!("示例：{example_branch}") } else { "示例".to_owned() };
        sheet.write_with_format(row, col, text, &format)?;
        return Ok(());
    }
    match column.kind {
        ColumnType::Branch => sheet.write_with_format(row, col, example_branch, &format)?,
        ColumnType::Serial => sheet.write_with_format(row, col, 1, &format)?,
        ColumnType::Text => sheet.write_with_format(row, col, format!("（{}）", column.label()), &format)?,
        ColumnType::Integer | ColumnType::Decimal => {
            sheet.write_with_format(row, col, column.min.and_then(|m| m.to_f64()).unwrap_or(0.0).max(10.0), &format)?
        }
        ColumnType::Percent => sheet.write_with_format(row, col, 0.85, &format)?,
        ColumnType::Date => {
            sheet.write_with_format(row, col, &to_excel(column.to.unwrap_or(notice.facts.cutoff))?, &format)?
        }
        ColumnType::Choice => {
            sheet.write_with_format(row, col, column.values.first().map_or("", String::as_str), &format)?
        }
        ColumnType::Flag => sheet.write_with_format(row, col, "是", &format)?,
        ColumnType::Picture => {
            let example = if column.folder.is_some() { "照片1.jpg" } else { "（插入图片）" };
            sheet.write_with_format(row, col, example, &format)?
        }
    };
    Ok(())
}

fn number_format(format: Format, column: &Column) -> Format {
    match column.kind {
        ColumnType::Date => format.set_num_format("yyyy-mm-dd"),
        ColumnType::Percent => format.set_num_format("0%"),
        ColumnType::Integer => format.set_num_format("0"),
        ColumnType::Text if holds_codes(column) => format.set_num_format("@"),
        _ => format,
    }
}

/// Words in the headers of columns that hold numbers of more digits than programs keep, or with zeros at their
/// beginning.
const CODE_WORDS: [&str; 11] = ["编号", "文号", "证号", "号码", "账号", "帐号", "学号", "工号", "电话", "手机", "代码"];

/// Whether the texts of a column are codes: in cells with the text format they keep all digits.
fn holds_codes(column: &Column) -> bool {
    column.header.iter().any(|header| CODE_WORDS.iter().any(|word| header.contains(word)))
}

/// The validation of a column's cells; `None` when any value is valid.
fn validation(column: &Column, branch: Option<&str>) -> Result<Option<DataValidation>, XlsxError> {
    let rule = DataValidation::new();
    let number_rule = |min: Option<f64>, max: Option<f64>| match (min, max) {
        (Some(min), Some(max)) => DataValidationRule::Between(min, max),
        (Some(min), None) => DataValidationRule::GreaterThanOrEqualTo(min),
        (None, Some(max)) => DataValidationRule::LessThanOrEqualTo(max),
        (None, None) => DataValidationRule::GreaterThan(f64::from(i32::MIN)),
    };
    let to_f64 = |bound: Option<Decimal>| bound.and_then(|bound| bound.to_f64());
    let rule = match column.kind {
        ColumnType::Branch => match branch {
            Some(branch) => list(rule, &[branch.to_owned()]),
            None => None,
        },
        ColumnType::Choice => list(rule, &column.values),
        ColumnType::Flag => list(rule, &["是".to_owned(), "否".to_owned()]),
        ColumnType::Integer => {
            let (min, max) = (to_f64(column.min).unwrap_or(-1e9), to_f64(column.max).unwrap_or(1e9));
            Some(rule.allow_whole_number(DataValidationRule::Between(min as i32, max as i32)))
        }
        ColumnType::Decimal => Some(rule.allow_decimal_number(number_rule(to_f64(column.min), to_f64(column.max)))),
        ColumnType::Percent => Some(rule.allow_decimal_number(number_rule(Some(0.0), to_f64(column.max)))),
        ColumnType::Date => {
            let from = to_excel(column.from.unwrap_or(date(1990, 1, 1)))?;
            let to = to_excel(column.to.unwrap_or(date(2099, 12, 31)))?;
            Some(rule.allow_date(DataValidationRule::Between(from, to)))
        }
        // Always true: the rule only carries the message about what to type.
        ColumnType::Text if column.required => Some(rule.allow_custom(Formula::new("=TRUE"))),
        ColumnType::Text | ColumnType::Serial | ColumnType::Picture => None,
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

/// A drop-down list; `None` when the values are too long for one (255 characters in Excel).
fn list(rule: DataValidation, values: &[String]) -> Option<DataValidation> {
    rule.allow_list_strings(values).ok()
}

fn to_excel(date: Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(date.year().unsigned_abs(), date.month().unsigned_abs(), date.day().unsigned_abs())
}

/// A column's width in characters.
fn column_width(column: &Column) -> f64 {
    match column.kind {
        ColumnType::Serial => 6.0,
        ColumnType::Branch => 24.0,
        ColumnType::Text => 22.0,
        ColumnType::Choice => 18.0,
        _ => 13.0,
    }
}

#[cfg(test)]
mod tests {
    use super::holds_codes;
    use crate::notice::Ledger;

    #[test]
    fn columns_of_codes_have_the_text_format() {
        let columns = ["身份证号码", "联系电话", "党费账号", "学号", "序号", "议题", "整改措施"];
        let column = |(at, header)| format!("c{at} = {{ header = [\"{header}\"], type = \"text\" }}\n");
        let text: String = columns.iter().enumerate().map(column).collect();
        let ledger: Ledger = toml::from_str(&format!("title = \"表\"\n[columns]\n{text}")).unwrap();
        let codes: Vec<&str> = ledger.columns.values().filter(|c| holds_codes(c)).map(|c| c.label()).collect();
        assert_eq!(codes, ["身份证号码", "联系电话", "党费账号", "学号"]);
    }
}
