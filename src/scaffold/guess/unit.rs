//! The unit of a column of numbers: from the remark in its header, its header's last words, or behind its numbers.

use super::super::observe::ObservedColumn;
use super::implied_unit::{ImpliedUnit, of_number, of_words};
use super::{Confidence, Guess};
use crate::ingest::{RawCell, fold};

/// Units that a remark or a cell may have.
const UNITS: [&str; 59] = [
    "元",
    "千元",
    "万元",
    "亿元",
    "人",
    "人次",
    "次",
    "个",
    "项",
    "条",
    "件",
    "份",
    "篇",
    "场",
    "期",
    "台",
    "套",
    "辆",
    "张",
    "间",
    "处",
    "所",
    "户",
    "学时",
    "课时",
    "小时",
    "分钟",
    "天",
    "个月",
    "年",
    "分",
    "平方米",
    "公里",
    "吨",
    "公斤",
    "床",
    "例",
    "具",
    "把",
    "只",
    "部",
    "支",
    "瓶",
    "块",
    "组",
    "箱",
    "盒",
    "副",
    "本",
    "册",
    "名",
    "册次",
    "件次",
    "台次",
    "车次",
    "班次",
    "种",
    "页",
    "笔",
];

/// Whether a text is a unit.
pub(in crate::scaffold) fn is_unit(text: &str) -> bool {
    UNITS.contains(&text)
}

/// The unit of a column of numbers; `None` without a clue.
pub(in crate::scaffold) fn guess(column: &ObservedColumn) -> Option<Guess<String>> {
    let remark = column.label.remark.trim_start_matches("单位:").trim_start_matches("单位");
    let of_remark = remark.split([',', '，', '/', ';']).find(|part| is_unit(part));
    if let Some(unit) = of_remark {
        return Some(Guess::new(unit.to_owned(), Confidence::Certain, format!("表头写着（{unit}）")));
    }
    if let Some(unit) = of_cells(column) {
        return Some(Guess::new(unit.clone(), Confidence::Certain, format!("数后面写着“{unit}”")));
    }
    let implied = of_words(&column.label.name).or_else(|| of_number(&column.group));
    if let Some(unit) = of_upper(column, implied.map(|implied| implied.unit)) {
        let reason = format!("上面的表头写着（{unit}）");
        return Some(Guess::new(unit, Confidence::Likely, reason));
    }
    let ImpliedUnit { words, unit } = implied?;
    Some(Guess::new(unit.to_owned(), Confidence::Likely, format!("表头以“{words}”结尾")))
}

/// Units of money: no number of things has one.
const MONEY: [&str; 4] = ["元", "千元", "万元", "亿元"];

/// Whether a header names a number of things or people.
fn is_of_things(label: &str) -> bool {
    ["数", "数量", "次", "人"].iter().any(|end| label.ends_with(end))
}

/// The unit that the text above the lowest one of a header states, where what the column's own name implies is no
/// other kind of unit: a number of people below 经费（万元） is none of money.
fn of_upper(column: &ObservedColumn, implied: Option<&str>) -> Option<String> {
    const QUOTIENTS: [&str; 4] = ["率", "比", "占比", "比例"];
    let upper = column.upper()?.remark;
    let unit =
        upper.split([',', '，', '/', ';']).map(|part| part.trim_start_matches("单位:")).find(|part| is_unit(part))?;
    let own = &column.label;
    let fits = match implied {
        Some(implied) => MONEY.contains(&implied) && MONEY.contains(&unit),
        None => !(MONEY.contains(&unit) && is_of_things(&own.name)),
    };
    (fits && own.remark.is_empty() && !own.ends_with(&QUOTIENTS)).then(|| unit.to_owned())
}

/// The unit that a line above the header states for numbers without one: 单位：处. 填报单位：一分 states none.
pub(in crate::scaffold) fn stated_above(above: &[String], label: &str) -> Option<Guess<String>> {
    let units = above.iter().filter_map(|text| {
        let text = fold(text).into_owned();
        let (before, behind) = text.split_once("单位:")?;
        let is_word = before.chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let unit = behind.trim_start().split(|c: char| !c.is_alphabetic()).next()?;
        (is_word && is_unit(unit)).then(|| unit.to_owned())
    });
    let unit = units.into_iter().find(|unit| !(is_of_things(label) && MONEY.contains(&unit.as_str())))?;
    Some(Guess::new(unit.clone(), Confidence::Likely, format!("表上方写着“单位：{unit}”")))
}

/// The unit in the remark of a column whose cells are numbers: any short word.
pub(in crate::scaffold) fn of_remark_of_numbers(column: &ObservedColumn) -> Option<Guess<String>> {
    /// Characters of a unit.
    const MAX_UNIT: usize = 4;
    /// Words in remarks that are no units.
    const OTHERS: [&str; 16] =
        ["填", "选", "如", "注", "见", "含", "计", "总", "年", "月", "季", "自动", "公式", "以上", "以下", "说明"];
    let remark = column.label.remark.trim_start_matches("单位:").trim_start_matches("单位");
    let is_word = remark.chars().all(|c| c.is_alphabetic() || "℃/²³".contains(c));
    let is_unit = (1..=MAX_UNIT).contains(&remark.chars().count()) && is_word;
    let is_other = OTHERS.iter().any(|word| remark.contains(word));
    (is_unit && !is_other).then(|| Guess::new(remark.to_owned(), Confidence::Likely, format!("表头写着（{remark}）")))
}

/// The unit behind the numbers, when all texts have the same.
fn of_cells(column: &ObservedColumn) -> Option<String> {
    let mut unit: Option<String> = None;
    for raw in column.filled() {
        let RawCell::Text(text) = raw else { continue };
        let folded = fold(text);
        let end = folded.trim_start_matches(|c: char| c.is_ascii_digit() || ".,+-".contains(c)).to_owned();
        if !is_unit(&end) || unit.as_ref().is_some_and(|known| *known != end) {
            return None;
        }
        unit = Some(end);
    }
    unit
}

#[cfg(test)]
mod tests {
    use super::stated_above;

    #[test]
    fn a_line_above_the_header_states_the_unit() {
        let unit = |text: &str, label: &str| stated_above(&[text.to_owned()], label).map(|unit| unit.value);
        assert_eq!(unit("单位：处", "隐患数").as_deref(), Some("处"));
        assert_eq!(unit("2026年第三季度　（单位:万元）", "支出").as_deref(), Some("万元"));
        assert_eq!(unit("单位：万元", "件数"), None);
        assert_eq!(unit("填报单位：一分", "隐患数"), None);
        assert_eq!(unit("填报单位：处", "隐患数"), None);
    }
}
