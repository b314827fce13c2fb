//! The type of a column: by its form, its header, and whether the program's own reader reads its cells as that type.

use super::super::observe::{ObservedColumn, ObservedLedger};
use super::{Confidence, Guess, choices, unit};
use crate::ingest::{CellValue, HintKind, RawCell, ReadContext, fold, normalize, read_cell};
use crate::notice::{Column, ColumnType};

/// What a column holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::scaffold) struct ColumnContent {
    /// The choices of a choice column.
    pub values: Vec<String>,
    /// The unit of its numbers.
    pub unit: Option<String>,
}

/// A guess at the type of a column, with what belongs to the type.
pub(in crate::scaffold) type TypeGuess = Guess<(ColumnType, ColumnContent)>;

/// A column while its type is guessed.
struct Examined<'o> {
    column: &'o ObservedColumn,
    filled: usize,
    year: i16,
}

/// Of a hundred cells so many must fit a type that the header names.
const MIN_FIT: usize = 60;

/// Headers of numbers that are names: they may begin with zeros.
const CODES: [&str; 14] = [
    "编号",
    "文号",
    "证号",
    "号码",
    "账号",
    "帐号",
    "学号",
    "工号",
    "电话",
    "手机",
    "代码",
    "邮编",
    "联系方式",
    "型号",
];
const SERIALS: [&str; 4] = ["序号", "No", "NO", "顺序号"];
const FLAG_BEGINNINGS: [&str; 4] = ["是否", "有无", "能否", "有没有"];
const PERCENT_ENDS: [&str; 8] = ["率", "比例", "占比", "百分比", "比重", "完成度", "覆盖面", "进度"];
const DATE_ENDS: [&str; 10] =
    ["日期", "时间", "期限", "时限", "节点", "截止日", "有效期", "有效期至", "到期日", "年月日"];
const NUMBER_ENDS: [&str; 8] = ["数", "数量", "总数", "合计", "余额", "单价", "年龄", "排名"];
/// Units whose numbers may have decimals.
const DECIMAL_UNITS: [&str; 11] = ["元", "千元", "万元", "亿元", "学时", "课时", "小时", "分", "平方米", "公里", "吨"];

/// The type of a column of a ledger; `year` completes days written without one.
pub(in crate::scaffold) fn guess(column: &ObservedColumn, year: i16) -> TypeGuess {
    let examined = Examined { column, filled: column.filled_count(), year };
    let rules = [serial, picture, form, flag, code, date, percent, number, choice];
    rules.iter().find_map(|rule| rule(&examined)).unwrap_or_else(|| examined.text())
}

/// The filled cells of a column that the program cannot read as a type.
pub(in crate::scaffold) struct Misfit {
    /// How many cells these are.
    pub cells: usize,
    /// How many cells are filled in.
    pub filled: usize,
    /// Their texts, each once.
    pub texts: Vec<String>,
}

/// What of a column does not fit a type; `year` completes days written without one. Choices are made of the cells, so
/// that each fits.
pub(in crate::scaffold) fn misfit(column: &ObservedColumn, kind: ColumnType, year: i16) -> Misfit {
    let examined = Examined { column, filled: column.filled_count(), year };
    let mut misfit = Misfit { cells: 0, filled: examined.filled, texts: Vec::new() };
    if kind == ColumnType::Choice {
        return misfit;
    }
    for text in examined.unfitting(kind).map(|raw| normalize(&raw.to_text()).0.trim().to_owned()) {
        misfit.cells += 1;
        if !misfit.texts.contains(&text) {
            misfit.texts.push(text);
        }
    }
    misfit
}

impl Examined<'_> {
    /// How many of the filled cells the program reads as `kind`.
    fn fitting(&self, kind: ColumnType) -> usize {
        self.filled - self.unfitting(kind).count()
    }

    /// The filled cells that the program does not read as `kind`.
    fn unfitting(&self, kind: ColumnType) -> impl Iterator<Item = &RawCell> {
        let mut column = Column::new(&self.column.label.name, kind);
        if matches!(kind, ColumnType::Integer | ColumnType::Decimal) {
            column.unit = unit::guess(self.column).map(|unit| unit.value);
        }
        let context = ReadContext::new(self.year, false);
        self.column.filled().filter(move |raw| {
            matches!(read_cell(Some(raw), &column, context).value, CellValue::Missing | CellValue::Unusable(..))
        })
    }

    /// A type that the header names by `words`, unless the cells are something else.
    fn named(&self, kind: ColumnType, words: &str) -> Option<TypeGuess> {
        let content = ColumnContent::default();
        if self.filled == 0 {
            return Some(Guess::new((kind, content), Confidence::Likely, format!("表头{words}")));
        }
        let fitting = self.fitting(kind);
        if fitting * 100 < self.filled * MIN_FIT {
            return None;
        }
        let confidence = if fitting == self.filled { Confidence::Certain } else { Confidence::Likely };
        let reason = format!("表头{words}，{} 格里 {fitting} 格是{}", self.filled, kind.expected());
        Some(Guess::new((kind, content), confidence, reason))
    }

    fn text(&self) -> TypeGuess {
        let content = ColumnContent::default();
        match self.filled {
            0 => Guess::new((ColumnType::Text, content), Confidence::Likely, "没有内容可看，当作文字"),
            filled => Guess::new((ColumnType::Text, content), Confidence::Certain, format!("{filled} 格是各种文字")),
        }
    }
}

fn simple(kind: ColumnType, confidence: Confidence, reason: impl Into<String>) -> Option<TypeGuess> {
    Some(Guess::new((kind, ColumnContent::default()), confidence, reason))
}

fn serial(examined: &Examined<'_>) -> Option<TypeGuess> {
    let name = examined.column.label.name.trim_end_matches('.');
    if SERIALS.contains(&name) { simple(ColumnType::Serial, Confidence::Certain, "表头是序号") } else { None }
}

fn picture(examined: &Examined<'_>) -> Option<TypeGuess> {
    let has_picture = examined.column.filled().any(|raw| matches!(raw, RawCell::Picture(_)));
    if has_picture { simple(ColumnType::Picture, Confidence::Certain, "单元格里有图片") } else { None }
}

/// What validations and formats of the form say.
fn form(examined: &Examined<'_>) -> Option<TypeGuess> {
    let (kind, reason) = match examined.column.hint.as_ref()? {
        HintKind::Choices(choices) if are_yes_and_no(choices) => (ColumnType::Flag, "单元格的下拉选项是“是、否”"),
        HintKind::Choices(_) => return choice(examined),
        HintKind::ChoicesIn(_) => return None,
        HintKind::Date => (ColumnType::Date, "单元格限定填日期"),
        HintKind::DateFormat => (ColumnType::Date, "单元格的格式是日期"),
        HintKind::PercentFormat => (ColumnType::Percent, "单元格的格式是百分比"),
        HintKind::Whole => return with_unit(examined, ColumnType::Integer, "单元格限定填整数"),
        HintKind::Decimal if examined.column.label.ends_with(&PERCENT_ENDS) => {
            (ColumnType::Percent, "表头像是百分比，单元格限定填数字")
        }
        HintKind::Decimal => return with_unit(examined, ColumnType::Decimal, "单元格限定填数字"),
    };
    (examined.fitting(kind) == examined.filled).then(|| simple(kind, Confidence::Certain, reason))?
}

/// Whether the choices are 是 and 否, or signs for them.
fn are_yes_and_no(choices: &[String]) -> bool {
    choices.len() == 2 && choices.iter().all(|text| is_yes_or_no(text))
}

fn is_yes_or_no(text: &str) -> bool {
    matches!(text, "是" | "否" | "√" | "×" | "Y" | "N")
}

fn flag(examined: &Examined<'_>) -> Option<TypeGuess> {
    let label = &examined.column.label;
    if label.remark == "是/否" || label.remark == "是、否" {
        return simple(ColumnType::Flag, Confidence::Certain, "表头括号里写着是、否");
    }
    let texts = examined.column.distinct_texts();
    let are_signs = texts.len() > 1 && texts.iter().all(|text| is_yes_or_no(text));
    match FLAG_BEGINNINGS.iter().find(|beginning| label.name.starts_with(*beginning)) {
        Some(beginning) => examined.named(ColumnType::Flag, &format!("以“{beginning}”开头")),
        None if are_signs => {
            simple(ColumnType::Flag, Confidence::Certain, format!("{} 格都是“是”或“否”", examined.filled))
        }
        None if label.name.contains("是否") => examined.named(ColumnType::Flag, "里有“是否”"),
        None => None,
    }
}

fn code(examined: &Examined<'_>) -> Option<TypeGuess> {
    let word = CODES.iter().find(|word| examined.column.label.name.contains(*word))?;
    simple(ColumnType::Text, Confidence::Certain, format!("表头里有“{word}”，按文字读，不丢前面的 0"))
}

fn date(examined: &Examined<'_>) -> Option<TypeGuess> {
    // Numbers may be days of a spreadsheet; only what is shown as a day counts without a header that says so.
    let is_day = |raw: &&RawCell| matches!(raw, RawCell::Date(_) | RawCell::Text(_));
    let are_days = examined.filled > 0 && examined.column.filled().all(|raw| is_day(&raw));
    if are_days && examined.fitting(ColumnType::Date) == examined.filled {
        return simple(ColumnType::Date, Confidence::Certain, format!("{} 格都是日期", examined.filled));
    }
    let name = &examined.column.label.name;
    let end = DATE_ENDS.iter().find(|end| name.ends_with(*end))?;
    examined.named(ColumnType::Date, &format!("以“{end}”结尾"))
}

fn percent(examined: &Examined<'_>) -> Option<TypeGuess> {
    let label = &examined.column.label;
    let is_rate = |raw: &RawCell| match raw {
        RawCell::Rate(_) => true,
        RawCell::Text(text) => fold(text).ends_with('%'),
        _ => false,
    };
    let rates = examined.column.filled().filter(|raw| is_rate(raw)).count();
    if rates > 0 && examined.fitting(ColumnType::Percent) == examined.filled {
        return simple(ColumnType::Percent, Confidence::Certain, format!("{rates} 格带百分号"));
    }
    if label.remark.contains('%') {
        return examined.named(ColumnType::Percent, "写着 %");
    }
    let end = PERCENT_ENDS.iter().find(|end| label.name.ends_with(*end))?;
    examined.named(ColumnType::Percent, &format!("以“{end}”结尾"))
}

fn number(examined: &Examined<'_>) -> Option<TypeGuess> {
    let column = examined.column;
    let fits = |kind| examined.filled > 0 && examined.fitting(kind) == examined.filled;
    if fits(ColumnType::Decimal) {
        let is_decimal = !fits(ColumnType::Integer) || has_decimal_unit(column);
        let kind = if is_decimal { ColumnType::Decimal } else { ColumnType::Integer };
        return with_unit(examined, kind, &format!("{} 格都是{}", examined.filled, kind.expected()));
    }
    let unit = unit::guess(column);
    let end = NUMBER_ENDS.iter().find(|end| column.label.name.ends_with(*end));
    let words = match (&unit, end) {
        (Some(unit), _) => format!("是数字的写法（{}）", unit.reason),
        (None, Some(end)) => format!("以“{end}”结尾"),
        (None, None) => return None,
    };
    let kind = if has_decimal_unit(column) { ColumnType::Decimal } else { ColumnType::Integer };
    let named = examined.named(kind, &words)?;
    let content = ColumnContent { unit: unit.map(|unit| unit.value), ..ColumnContent::default() };
    Some(Guess { value: (kind, content), ..named })
}

fn has_decimal_unit(column: &ObservedColumn) -> bool {
    unit::guess(column).is_some_and(|unit| DECIMAL_UNITS.contains(&unit.value.as_str()))
}

fn with_unit(examined: &Examined<'_>, kind: ColumnType, reason: &str) -> Option<TypeGuess> {
    // What the header ends with says less than its remark.
    let guess = unit::guess(examined.column);
    let is_certain = guess.as_ref().is_some_and(|unit| unit.confidence == Confidence::Certain);
    let of_remark = || unit::of_remark_of_numbers(examined.column);
    let unit = if is_certain { guess } else { of_remark().or(guess) };
    let reason = unit.as_ref().map_or(reason.to_owned(), |unit| format!("{reason}；单位：{}", unit.reason));
    let content = ColumnContent { unit: unit.map(|unit| unit.value), ..ColumnContent::default() };
    Some(Guess::new((kind, content), Confidence::Certain, reason))
}

fn choice(examined: &Examined<'_>) -> Option<TypeGuess> {
    let Guess { value, reason, confidence } = choices::guess(examined.column)?;
    Some(Guess::new(
        (ColumnType::Choice, ColumnContent { values: value, ..ColumnContent::default() }),
        confidence,
        reason,
    ))
}

/// Whether a column must be filled in: it is marked so, or all rows of data have it.
pub(in crate::scaffold) fn is_required(column: &ObservedColumn, ledger: &ObservedLedger) -> bool {
    let is_remark = column.label.contains(&["备注", "说明", "附件"]);
    column.label.is_required || ledger.rows > 1 && column.blank_count() == 0 && column.merged == 0 && !is_remark
}
