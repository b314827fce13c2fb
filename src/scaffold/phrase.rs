//! Pieces of sentences and of expressions: what metrics are called, how they are said, what they are of.

use super::design::ColumnDesign;
use super::guess::{Confidence, Guess};

/// Two names, one behind the other; a word of two characters or more that ends one and begins the other is said once.
pub(super) fn joined(first: &str, second: &str) -> String {
    let mut overlaps = second.char_indices().map(|(at, c)| at + c.len_utf8());
    let shared = overlaps.rfind(|end| first.ends_with(&second[..*end])).unwrap_or(0);
    let is_word = second[..shared].chars().count() > 1;
    format!("{first}{}", if is_word { &second[shared..] } else { second })
}

/// What the quotient of rows that are done is called: 整改率 for 已整改.
pub(super) fn rate_words(done: &[String]) -> String {
    match done {
        [only] => format!("{}率", only.strip_prefix('已').unwrap_or(only)),
        _ => "完成率".to_owned(),
    }
}

/// The words before a sum of a column. A unit that ends the label is said behind the number: 到馆合计20人次.
pub(super) fn sum_words(label: &str, unit: &str) -> String {
    let is_word = unit.chars().count() > 1;
    let bare = label.strip_suffix(unit).filter(|_| is_word).unwrap_or(label);
    // 发现隐患3处 is a sentence, 隐患合计3处 another.
    let is_act = ["发现", "查出", "排查", "投入", "完成", "解决", "新增"].iter().any(|act| bare.starts_with(act));
    if is_act { bare.trim_end_matches("数量").trim_end_matches('数').to_owned() } else { format!("{bare}合计") }
}

/// The last words of acts that are carried out.
const ACTS: [&str; 24] = [
    "检查", "巡查", "巡检", "抽查", "督查", "自查", "排查", "培训", "演练", "活动", "学习", "宣传", "维护", "保养",
    "检修", "检测", "消毒", "走访", "慰问", "讲座", "评估", "考核", "盘点", "清洗",
];
/// Those of acts that people come together for.
const MEETINGS: [&str; 3] = ["会议", "例会", "座谈会"];
/// Units of acts.
const ACT_UNITS: [&str; 3] = ["次", "场", "期"];

/// The verb with which the rows of a ledger are counted, where they are acts.
fn verb(noun: &str, unit: &str) -> Option<&'static str> {
    let ends = |words: &[&str]| ACT_UNITS.contains(&unit) && words.iter().any(|word| noun.ends_with(word));
    if ends(&MEETINGS) { Some("召开") } else { ends(&ACTS).then_some("开展") }
}

/// The words before the number of a ledger's rows: 共开展培训, 隐患共. Where nothing says what a row is, it is a record.
pub(super) fn total_words(noun: &str, measure: &Guess<String>) -> String {
    match verb(noun, &measure.value) {
        Some(verb) => format!("共{verb}{noun}"),
        None if measure.confidence == Confidence::Assumed => format!("{noun}记录共"),
        None => format!("{noun}共"),
    }
}

/// The words before that number in a list of several ledgers: 开展培训, 隐患.
pub(super) fn listed_words(noun: &str, measure: &Guess<String>) -> String {
    match verb(noun, &measure.value) {
        Some(verb) => format!("{verb}{noun}"),
        None if measure.confidence == Confidence::Assumed => format!("{noun}记录"),
        None => noun.to_owned(),
    }
}

/// What is said of a ledger's rows where there are none.
pub(super) fn nothing_words(noun: &str, measure: &Guess<String>) -> String {
    match verb(noun, &measure.value) {
        Some(verb) => format!("没有{verb}{noun}"),
        None if measure.confidence == Confidence::Assumed => format!("没有{noun}记录"),
        None => format!("没有{noun}"),
    }
}

/// What the number of a ledger's rows is called: 隐患数, 开放服务月数.
pub(super) fn total_label(noun: &str, measure: &str, is_uncounted: bool) -> String {
    let unit = if is_uncounted { measure.trim_start_matches('个') } else { "" };
    format!("{noun}{unit}数")
}

/// The condition that a row names a fault.
pub(super) fn names_fault(column: &ColumnDesign) -> String {
    let differs = |word: &String| format!(" && r.{} != {}", column.id, literal(word));
    format!("has(r.{}){}", column.id, column.nothing.iter().map(differs).collect::<String>())
}

/// A text in an expression.
pub(super) fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::{joined, sum_words, total_label};

    #[test]
    fn a_word_that_two_names_share_is_said_once() {
        assert_eq!(joined("亲子阅读", "阅读推广活动"), "亲子阅读推广活动");
        assert_eq!(joined("阅读推广活动", "活动经费"), "阅读推广活动经费");
        assert_eq!(joined("隐患", "整改经费"), "隐患整改经费");
        assert_eq!(joined("一般", "般若"), "一般般若");
    }

    #[test]
    fn a_unit_is_said_once() {
        assert_eq!(
            [sum_words("到馆人次", "人次"), sum_words("应到人数", "人"), sum_words("人次", "人次")],
            ["到馆合计", "应到人数合计", "合计"]
        );
        assert_eq!(sum_words("发现问题数", "个"), "发现问题");
        assert_eq!(
            [total_label("开放服务", "个月", true), total_label("隐患", "项", false)],
            ["开放服务月数", "隐患数"]
        );
    }
}
