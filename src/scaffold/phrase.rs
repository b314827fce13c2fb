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

/// The words before a sum of a column, without those for its number and its unit: 参加 before 40人, 发现隐患 before 3处,
/// 整改经费 before 300元.
pub(super) fn sum_words(label: &str, unit: &str) -> String {
    // 人数 of 总人数 and 车 of 车辆数 say nothing by themselves.
    const MIN_WORDS: usize = 2;
    let is_word = unit.chars().count() > 1;
    let ends = match unit {
        "" => vec![],
        _ => vec![format!("{unit}数量"), format!("{unit}数"), format!("{unit}次"), "数量".to_owned()],
    };
    let ends = ends.into_iter().chain(is_word.then(|| unit.to_owned()));
    let is_of_heads = ["人数", "户数"].iter().any(|end| label.ends_with(end));
    let ends = ends.chain((!unit.is_empty() && !is_of_heads).then(|| "数".to_owned()));
    let bare = ends.filter_map(|end| label.strip_suffix(&end)).find(|bare| bare.chars().count() >= MIN_WORDS);
    bare.unwrap_or(label).to_owned()
}

/// The same at the beginning of a sentence: 车辆共 before 60辆, 共 for 数量. What says an act needs nothing: 发现隐患3处.
pub(super) fn first_sum_words(words: &str) -> String {
    const NUMBERS: [&str; 5] = ["数量", "总数", "人数", "次数", "人次"];
    let is_act = ["发现", "查出", "排查", "投入", "完成", "解决", "新增"].iter().any(|act| words.starts_with(act));
    match words {
        _ if NUMBERS.contains(&words) => "共".to_owned(),
        _ if is_act => words.to_owned(),
        _ => format!("{words}共"),
    }
}

/// The last words of acts that are carried out.
const ACTS: [&str; 30] = [
    "检查", "巡查", "巡检", "抽查", "督查", "自查", "排查", "培训", "演练", "活动", "学习", "宣传", "维护", "保养",
    "检修", "检测", "消毒", "走访", "慰问", "讲座", "评估", "考核", "盘点", "清洗", "作业", "谈话", "家访", "约谈",
    "巡逻", "调研",
];
/// Those whose objects are counted: 走访20户.
const VISITS: [&str; 6] = ["走访", "慰问", "家访", "帮扶", "救助", "探访"];
/// Those of acts that people come together for.
const MEETINGS: [&str; 3] = ["会议", "例会", "座谈会"];
/// Units of acts.
const ACT_UNITS: [&str; 3] = ["次", "场", "期"];

/// The verb with which the rows of a ledger are counted, where they are acts.
fn verb(noun: &str, unit: &str) -> Option<&'static str> {
    let ends = |words: &[&str]| ACT_UNITS.contains(&unit) && words.iter().any(|word| noun.ends_with(word));
    if ends(&MEETINGS) { Some("召开") } else { ends(&ACTS).then_some("开展") }
}

/// Whether the rows of a ledger are those to whom something was done: 走访 of 5户.
fn are_visited(noun: &str, unit: &str) -> bool {
    ["户", "人"].contains(&unit) && VISITS.contains(&noun)
}

/// The words before the number of a ledger's rows: 共开展培训, 隐患共. Where nothing says what a row is, it is a record.
pub(super) fn total_words(noun: &str, measure: &Guess<String>) -> String {
    match verb(noun, &measure.value) {
        Some(verb) => format!("共{verb}{noun}"),
        None if are_visited(noun, &measure.value) => format!("共{noun}"),
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

/// Whether the rows of a ledger are acts, which a verb is before.
pub(super) fn are_acts(noun: &str, measure: &Guess<String>) -> bool {
    verb(noun, &measure.value).is_some()
}

/// The words for rows that name a fault, and for that there are none: 发现问题的, 没有发现问题.
pub(super) fn fault_words(label: &str) -> FaultWords {
    let is_act = ["发现", "存在", "反映", "查出", "检查出", "提出", "上报"].iter().any(|act| label.starts_with(act));
    let some = format!("{}{label}的", if is_act { "" } else { "有" });
    FaultWords { some, none: format!("没有{label}") }
}

/// How rows that name a fault are said.
pub(super) struct FaultWords {
    /// Before their number.
    pub(super) some: String,
    /// Where there are none.
    pub(super) none: String,
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

/// Texts in quotes, one behind the other.
pub(super) fn in_quotes<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    texts.map(|text| format!("“{text}”")).collect()
}

/// The condition that a row is done; `row` names the row.
pub(super) fn is_done(row: &str, state: &ColumnDesign) -> String {
    let is_value = |value: &String| format!("{row}.{} == {}", state.id, literal(value));
    state.done.iter().map(is_value).collect::<Vec<_>>().join(" || ")
}

/// A text in an expression.
pub(super) fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::super::guess::Guess;
    use super::{fault_words, first_sum_words, joined, sum_words, total_label, total_words};

    #[test]
    fn a_word_that_two_names_share_is_said_once() {
        assert_eq!(joined("亲子阅读", "阅读推广活动"), "亲子阅读推广活动");
        assert_eq!(joined("阅读推广活动", "活动经费"), "阅读推广活动经费");
        assert_eq!(joined("隐患", "整改经费"), "隐患整改经费");
        assert_eq!(joined("一般", "般若"), "一般般若");
    }

    #[test]
    fn sums_are_said_as_people_say_them() {
        for (label, unit, words) in [
            ("到馆人次", "人次", "到馆"),
            ("应到人数", "人", "应到"),
            ("走访户数", "户", "走访"),
            ("活动场次", "场", "活动"),
            ("车辆数", "辆", "车辆"),
            ("总人数", "人", "总人数"),
            ("发现问题数", "个", "发现问题"),
            ("整改经费", "元", "整改经费"),
            ("服务时长", "小时", "服务时长"),
            ("参加人数", "", "参加人数"),
            ("人次", "人次", "人次"),
            ("数量", "处", "数量"),
            ("班次数", "班", "班次"),
        ] {
            assert_eq!(sum_words(label, unit), words, "{label}");
        }
        assert_eq!(
            [first_sum_words("车辆"), first_sum_words("发现隐患"), first_sum_words("数量")],
            ["车辆共", "发现隐患", "共"]
        );
        assert_eq!(
            [total_label("开放服务", "个月", true), total_label("隐患", "项", false)],
            ["开放服务月数", "隐患数"]
        );
    }

    #[test]
    fn visits_are_counted_by_those_who_were_visited() {
        let said = |noun: &str, unit: &str| total_words(noun, &Guess::given(unit.to_owned()));
        assert_eq!([said("走访", "户"), said("困难职工慰问", "人")], ["共走访", "困难职工慰问共"]);
        assert_eq!([said("走访", "次"), said("隐患", "项")], ["共开展走访", "隐患共"]);
    }

    #[test]
    fn faults_are_said_once() {
        let said = |label: &str| {
            let words = fault_words(label);
            [words.some, words.none]
        };
        assert_eq!(said("反映问题"), ["反映问题的", "没有反映问题"]);
        assert_eq!(said("异常情况"), ["有异常情况的", "没有异常情况"]);
    }
}
