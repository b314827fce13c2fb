//! Columns: a key must fit the column's type, and its value must be possible.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::super::ledger::{Column, ColumnType};
use crate::store::is_relative_inside;

/// The greatest number of decimal places: reports never need more, and exact numbers have 28 digits.
pub(super) const MAX_DECIMALS: u32 = 10;

/// Why a key of a column cannot be as it is.
pub(super) struct Objection {
    pub key: &'static str,
    /// In Chinese; it follows the column's name.
    pub message: String,
}

impl Objection {
    fn new(key: &'static str, message: impl Into<String>) -> Self {
        Self { key, message: message.into() }
    }
}

/// What is impossible in a column's settings.
pub(super) fn objections(column: &Column) -> Vec<Objection> {
    let mut objections = Vec::new();
    if column.header.is_empty() || column.header.iter().any(|header| header.trim().is_empty()) {
        objections
            .push(Objection::new("header", "没有写 header，或写了空的；写表头上的字，如 header = [\"规定学时\"]"));
    }
    if column.original && !column.kind.has_key("original") {
        objections.push(Objection::new("original", "写了 original，但它不是文字列；删去 original，或改 type"));
    }
    units(column, &mut objections);
    ranges(column, &mut objections);
    choices(column, &mut objections);
    pictures(column, &mut objections);
    objections
}

/// The greatest width of a picture on paper, in millimetres: that of the text area (GB/T 9704-2012, 5.2.1).
const MAX_PICTURE_WIDTH: u32 = 156;
/// The least.
const MIN_PICTURE_WIDTH: u32 = 10;

/// Width and folder of pictures.
fn pictures(column: &Column, objections: &mut Vec<Objection>) {
    if !(MIN_PICTURE_WIDTH..=MAX_PICTURE_WIDTH).contains(&column.width) {
        let message =
            format!("的 width 不能是 {}：应是 {MIN_PICTURE_WIDTH} 至 {MAX_PICTURE_WIDTH}（毫米）", column.width);
        objections.push(Objection::new("width", message));
    }
    if let Some(folder) = &column.folder {
        if !column.kind.has_key("folder") {
            objections
                .push(Objection::new("folder", "写了 folder，但它不是图片列；删去 folder，或写 type = \"picture\""));
        } else if !is_relative_inside(folder) {
            let message = format!("的 folder 不能是“{folder}”：应是台账文件夹里的一个文件夹，如 照片");
            objections.push(Objection::new("folder", message));
        }
    }
}

/// Units that are converted into the column's.
fn units(column: &Column, objections: &mut Vec<Objection>) {
    for (unit, _) in column.units.iter().filter(|(_, factor)| !factor.is_sign_positive() || factor.is_zero()) {
        objections.push(Objection::new("units", format!("的 units 里，“{unit}”的数应大于 0")));
    }
    if column.unit.is_none() && !column.units.is_empty() {
        objections.push(Objection::new("units", "写了 units，还应写 unit：换算成什么单位"));
    }
}

/// Bounds and decimal places, which belong to numbers and days.
fn ranges(column: &Column, objections: &mut Vec<Objection>) {
    for (key, is_written) in
        [("min", column.min.is_some()), ("max", column.max.is_some()), ("decimals", column.decimals.is_some())]
    {
        if is_written && !column.kind.has_key(key) {
            objections.push(Objection::new(key, format!("写了 {key}，但它不是数字列；删去 {key}，或改 type")));
        }
    }
    for (key, is_written) in [("from", column.from.is_some()), ("to", column.to.is_some())] {
        if is_written && !column.kind.has_key(key) {
            objections.push(Objection::new(key, format!("写了 {key}，但它不是日期列；删去 {key}，或改 type")));
        }
    }
    if let (Some(min), Some(max)) = (column.min, column.max)
        && min > max
    {
        objections.push(Objection::new("min", format!("的 min（{min}）大于 max（{max}），没有数能填；改其中一个")));
    }
    if let (Some(from), Some(to)) = (column.from, column.to)
        && from > to
    {
        objections.push(Objection::new("from", format!("的 from（{from}）晚于 to（{to}），没有日期能填；改其中一个")));
    }
    if let Some(decimals) = column.decimals.filter(|decimals| *decimals > MAX_DECIMALS) {
        objections.push(Objection::new("decimals", format!("的 decimals 不能是 {decimals}：应是 0 至 {MAX_DECIMALS}")));
    }
}

/// A choice needs values; synonyms and the value of blank cells must be possible cells.
fn choices(column: &Column, objections: &mut Vec<Objection>) {
    match (column.kind.has_key("values"), column.values.is_empty()) {
        (true, true) => objections.push(Objection::new("type", "是 choice，应写明 values")),
        (true, false) | (false, true) => {}
        (false, false) => {
            objections.push(Objection::new("values", "写了 values，但不是 choice；要限定选项，写 type = \"choice\""));
        }
    }
    if let Some(value) = column.values.iter().find(|value| value.trim().is_empty()) {
        objections.push(Objection::new("values", format!("的 values 里有空的一项“{value}”；删去")));
    }
    for value in column.synonyms.values() {
        objections
            .extend(expected(column, value).map(|expected| {
                Objection::new("synonyms", format!("的 synonyms 里“{value}”不能填；应是：{expected}"))
            }));
    }
    if let Some(value) = &column.blank {
        objections.extend(
            expected(column, value)
                .map(|expected| Objection::new("blank", format!("的 blank 不能是“{value}”；应是：{expected}"))),
        );
    }
}

/// What a cell of the column must be, when `value` is not that.
fn expected(column: &Column, value: &str) -> Option<String> {
    let is_possible = match column.kind {
        ColumnType::Choice => column.values.iter().any(|known| known == value),
        ColumnType::Flag => matches!(value, "是" | "否"),
        ColumnType::Integer => value.parse::<i64>().is_ok(),
        ColumnType::Decimal | ColumnType::Percent => value.trim_end_matches('%').parse::<Decimal>().is_ok(),
        ColumnType::Date => value.parse::<Date>().is_ok(),
        ColumnType::Branch | ColumnType::Serial | ColumnType::Text => true,
        ColumnType::Picture => false,
    };
    let expected = if column.kind == ColumnType::Flag { "是、否".to_owned() } else { column.expected() };
    (!is_possible).then_some(expected)
}
