//! What the columns of a ledger are for: what a row is, when it is due, whether it is done, which numbers belong
//! together.

use super::design::{ColumnDesign, LedgerDesign};
use crate::notice::ColumnType;

/// The columns of a ledger that metrics, checks and templates use, by their indices.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Roles {
    /// The column that says what a row is.
    pub identity: Option<usize>,
    /// The choice that says how far a row is.
    pub state: Option<usize>,
    /// The day by which it should be done.
    pub due: Option<usize>,
    /// The day on which it was done.
    pub done_on: Option<usize>,
    /// The days on which something was: none lies after the last day that counts.
    pub past: Vec<usize>,
    /// The day on which what a row is about happened, where rows belong to one period.
    pub happened_on: Option<usize>,
    /// Numbers of which one should reach the other.
    pub pairs: Vec<Pair>,
}

/// A required or total number with the one that counts against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// The column of what is required, or of the whole.
    pub whole: usize,
    /// The column of what there is, or of the part.
    pub part: usize,
    /// How a part of a whole is said; `None` for what is required.
    pub share: Option<Share>,
}

/// How a part of a whole is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Share {
    /// What it is called before its number: 检验合格.
    pub words: String,
    /// What its quotient with the whole is called: 检验合格率.
    pub rate: String,
}

/// Beginnings of headers for what is required, each with those for what there is; the rests are alike.
const REQUIRED: [(&str, &[&str]); 9] = [
    ("账面", &["清点", "盘点", "实际", "实有", "实"]),
    ("应", &["实际", "实", "已", "参加", ""]),
    ("规定", &["已完成", "完成", "实际", "已", ""]),
    ("计划", &["实际完成", "实际", "已完成", "完成", "已", ""]),
    ("要求", &["实际", "已完成", "完成", ""]),
    ("目标", &["实际", "已完成", "完成", ""]),
    ("额定", &["实际", "实有", ""]),
    ("核定", &["实际", "实有", "实", ""]),
    ("下达", &["实际", "完成", "已完成"]),
];
/// The last words of headers of numbers.
const NUMBERS: [&str; 10] = ["总台数", "台数", "人次", "人数", "次数", "总数", "总量", "数量", "合计", "数"];
/// The last words of parts of a whole, before those of a number.
const PARTS: [&str; 22] = [
    "完好", "合格", "达标", "在用", "正常", "完成", "有效", "到位", "参加", "参训", "办结", "整改", "及格", "优秀",
    "通过", "到会", "到场", "持证", "已检", "接种", "覆盖", "可用",
];
/// What makes a part one of what is left, or of what is required.
const NO_PARTS: [&str; 11] = ["不", "未", "待", "应", "须", "需", "计划", "拟", "无", "目标", "规定"];
/// Parts of a whole that are a whole themselves where no other is named, each with its own parts.
const WHOLE_PARTS: [(&str, &[&str]); 3] = [
    ("在用", &["完好", "合格", "达标", "正常", "有效", "可用", "已检"]),
    ("参加", &["合格", "达标", "及格", "优秀", "通过"]),
    ("参训", &["合格", "达标", "及格", "优秀", "通过"]),
];
const DUE_WORDS: [&str; 12] = [
    "期限",
    "时限",
    "节点",
    "截止",
    "计划完成",
    "应完成",
    "完成时间要求",
    "要求完成",
    "到期",
    "有效期",
    "预计完成",
    "下次",
];
const DONE_ON_WORDS: [&str; 9] =
    ["完成日期", "完成时间", "整改日期", "整改时间", "办结日期", "办结时间", "实际完成", "销号", "关闭日期"];
/// Words of days that are still to come.
const NOT_YET_WORDS: [&str; 5] = ["计划", "预计", "拟", "要求", "应"];
/// Words of days on which something happened that a report of one period is about.
const HAPPENED_WORDS: [&str; 37] = [
    "清点", "盘点", "收到", "受理", "接待", "培训", "演练", "活动", "会议", "检查", "巡查", "巡检", "发生", "举办",
    "召开", "开展", "学习", "上报", "投诉", "作业", "走访", "慰问", "谈话", "家访", "巡逻", "调解", "宣传", "服务",
    "采购", "报修", "借阅", "咨询", "讲座", "展览", "比赛", "抽检", "采样",
];
const IDENTITY_WORDS: [&str; 12] =
    ["名称", "内容", "描述", "项目", "姓名", "问题", "事项", "主题", "任务", "表现", "题目", "标题"];

/// The roles of a ledger's columns.
pub(super) fn roles(ledger: &LedgerDesign) -> Roles {
    let columns = &ledger.columns;
    let position = |is: &dyn Fn(&ColumnDesign) -> bool| columns.iter().position(is);
    let is_text = |column: &ColumnDesign| column.kind == ColumnType::Text;
    let named = position(&|column| is_text(column) && IDENTITY_WORDS.iter().any(|word| column.label.ends_with(word)));
    let is_date = |column: &ColumnDesign| column.kind == ColumnType::Date;
    let has = |column: &ColumnDesign, words: &[&str]| words.iter().any(|word| column.label.contains(word));
    let done_on = position(&|column| is_date(column) && has(column, &DONE_ON_WORDS) && !has(column, &NOT_YET_WORDS));
    let due = columns
        .iter()
        .enumerate()
        .position(|(at, column)| is_date(column) && has(column, &DUE_WORDS) && Some(at) != done_on);
    let is_past = |(at, column): &(usize, &ColumnDesign)| {
        is_date(column)
            && Some(*at) != due
            && Some(*at) != done_on
            && !has(column, &DUE_WORDS)
            && !has(column, &NOT_YET_WORDS)
    };
    let past: Vec<usize> = columns.iter().enumerate().filter(is_past).map(|(at, _)| at).collect();
    let happened_on = past.iter().find(|at| is_happening(&columns[**at])).copied();
    Roles {
        past,
        happened_on,
        identity: named.or_else(|| position(&is_text)),
        state: position(&|column| column.kind == ColumnType::Choice && !column.done.is_empty()),
        due,
        done_on,
        pairs: pairs(columns),
    }
}

impl Pair {
    /// Whether the part cannot be more than the whole: heads that are due, and parts of a number. More hours than are
    /// required are no contradiction.
    pub(super) fn is_bounded(&self, whole: &ColumnDesign) -> bool {
        self.share.is_some() || ["应", "核定", "额定"].iter().any(|beginning| whole.own_label().starts_with(beginning))
    }
}

/// Whether rows are events: each has a day on which it happened.
pub(super) fn is_event(columns: &[ColumnDesign]) -> bool {
    columns.iter().any(|column| column.kind == ColumnType::Date && is_happening(column))
}

/// Whether a column of days says when what a row is about happened. The last day of several says nothing of the others.
fn is_happening(column: &ColumnDesign) -> bool {
    let is_named = HAPPENED_WORDS.iter().any(|word| column.label.contains(word));
    let is_other = DUE_WORDS.iter().chain(&NOT_YET_WORDS).any(|word| column.label.contains(word));
    (is_named || matches!(column.label.as_str(), "日期" | "时间")) && !is_other && !column.label.contains("最近")
}

/// Numbers that belong together, each part once.
pub(super) fn pairs(columns: &[ColumnDesign]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    let numbers = || columns.iter().enumerate().filter(|(_, column)| column.is_additive());
    for (whole, column) in numbers() {
        let part_of = |label: &str| {
            let found = numbers().find(|(at, part)| *at != whole && part.label == label && part.unit == column.unit);
            found.map(|(at, _)| at)
        };
        // The group may be what is required (计划/人数), or both may be in one (补贴/应拨).
        let required = ["", &column.group].iter().find_map(|group| {
            let own = column.label.strip_prefix(group)?;
            REQUIRED.iter().find_map(|(beginning, others)| {
                let rest = own.strip_prefix(beginning).filter(|rest| !rest.is_empty())?;
                others.iter().find_map(|other| part_of(&format!("{group}{other}{rest}")))
            })
        });
        pairs.extend(required.map(|part| Pair { whole, part, share: None }));
    }
    let shares = shares(columns, &pairs);
    pairs.extend(shares);
    pairs
}

/// Numbers that are parts of another of the same unit: of the nearest before them, else of the first behind.
fn shares(columns: &[ColumnDesign], required: &[Pair]) -> Vec<Pair> {
    let is_there = |at: &usize| required.iter().any(|pair| pair.part == *at);
    let numbers: Vec<(usize, &ColumnDesign, Option<Share>)> = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.is_additive())
        .map(|(at, column)| (at, column, share(&column.label).filter(|_| !is_there(&at))))
        .collect();
    let mut pairs = Vec::new();
    for (place, (part, column, share)) in numbers.iter().enumerate() {
        let Some(share) = share else { continue };
        let is_alike =
            |whole: &ColumnDesign| is_number(&whole.label) && (column.unit.is_none() || column.unit == whole.unit);
        let is_whole = |(_, whole, share): &&(usize, &ColumnDesign, Option<Share>)| share.is_none() && is_alike(whole);
        let is_whole_part = |(_, whole, other): &&(usize, &ColumnDesign, Option<Share>)| {
            other.as_ref().is_some_and(|other| has_part(&other.words, &share.words)) && is_alike(whole)
        };
        let before = numbers[..place].iter().rev().find(is_whole);
        let named = before.or_else(|| numbers[place..].iter().find(is_whole));
        if let Some((whole, ..)) = named.or_else(|| numbers[..place].iter().rev().find(is_whole_part)) {
            pairs.push(Pair { whole: *whole, part: *part, share: Some(share.clone()) });
        }
    }
    pairs
}

/// How a number is said that is a part, by its header.
fn share(label: &str) -> Option<Share> {
    let words = NUMBERS.iter().find_map(|number| label.strip_suffix(number)).unwrap_or(label);
    let is_part = PARTS.iter().any(|part| words.ends_with(part)) && !NO_PARTS.iter().any(|word| words.contains(word));
    is_part.then(|| Share { words: words.to_owned(), rate: format!("{words}率") })
}

/// Whether the one part is the whole of the other: 在用 of 完好.
fn has_part(whole: &str, part: &str) -> bool {
    let ends = |(end, parts): &(&str, &[&str])| whole.ends_with(end) && parts.iter().any(|end| part.ends_with(end));
    WHOLE_PARTS.iter().any(ends)
}

/// Whether a header names how many there are, and not what is left.
fn is_number(label: &str) -> bool {
    NUMBERS.iter().any(|number| label.ends_with(number)) && !["不", "未", "待"].iter().any(|word| label.contains(word))
}

/// Beginnings of choices that say that something is done.
const DONE: [&str; 5] = ["已", "完成", "办结", "全部", "落实"];
/// Ends of such choices: 整改完成, 办理完毕.
const DONE_ENDS: [&str; 9] = ["完成", "办结", "完毕", "到位", "销号", "结案", "闭环", "解决", "成功"];
/// Choices that say that something is as it should be; 正常推进 is none.
const AS_IT_SHOULD_BE: [&str; 7] = ["合格", "达标", "完好", "正常", "通过", "符合", "优秀"];
/// Ends of such choices in speech; 良好 is none.
pub(super) const DONE_IN_SPEECH: [&str; 12] =
    ["修好", "办好", "做好", "改好", "换好", "装好", "建好", "弄好", "搞好", "处理好", "解决好", "搞定"];
/// What keeps a choice from being one of these.
const NOT_DONE: [&str; 12] = ["未", "不", "没", "无", "部分", "基本", "正在", "计划", "预计", "待", "拟", "尚"];

/// Whether a choice says that something is as it should be, and not that it was done.
pub(super) fn is_as_it_should_be(choice: &str) -> bool {
    AS_IT_SHOULD_BE.contains(&choice)
}

/// Which choices of a column say that something is done; none when no or every choice does.
pub(super) fn done_choices(values: &[String]) -> Vec<usize> {
    let done: Vec<usize> = (0..values.len()).filter(|at| is_done(&values[*at])).collect();
    if done.len() == values.len() { Vec::new() } else { done }
}

/// Whether a choice says that something is done.
fn is_done(value: &str) -> bool {
    let is_named = is_as_it_should_be(value);
    let begins = DONE.iter().any(|beginning| value.starts_with(beginning));
    let ends = DONE_ENDS.iter().chain(&DONE_IN_SPEECH).any(|end| value.ends_with(end));
    (is_named || begins || ends) && !NOT_DONE.iter().any(|word| value.contains(word))
}

/// Whether a choice says that something is not done yet.
fn is_open(value: &str) -> bool {
    value.ends_with('中') || NOT_DONE.iter().any(|word| value.contains(word))
}

/// Those of texts that say neither that something is done nor that it is not yet.
pub(super) fn unclear_states(values: &[String]) -> Vec<&String> {
    values.iter().filter(|value| !is_done(value) && !is_open(value)).collect()
}

/// Whether some texts say that something is done, and others that it is not yet.
pub(super) fn have_states(values: &[String]) -> bool {
    values.iter().any(|value| is_done(value)) && values.iter().any(|value| !is_done(value) && is_open(value))
}

#[cfg(test)]
mod tests {
    use super::{done_choices, have_states, unclear_states};

    #[test]
    fn texts_that_say_how_far_something_is_are_states() {
        let states = |values: &[&str]| {
            let values: Vec<String> = values.iter().map(|v| (*v).to_owned()).collect();
            have_states(&values) && unclear_states(&values).is_empty()
        };
        assert!(states(&["已修复", "正在修复", "修复完成", "未修复"]) && states(&["处理中", "已处理"]));
        assert!(!states(&["已开展培训", "效果良好"]) && !states(&["未修复", "不详"]));
    }

    #[test]
    fn choices_that_say_done_are_found() {
        let done = |values: &[&str]| done_choices(&values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>());
        assert_eq!(done(&["已整改", "整改中", "未整改"]), [0]);
        assert_eq!(done(&["合格", "不合格"]), [0]);
        assert_eq!(done(&["正常推进", "成效突出"]), [0; 0]);
        assert_eq!(done(&["未完成", "部分完成", "已完成", "完成"]), [2, 3]);
        assert_eq!(done(&["整改完成", "整改中", "待完成", "正在解决", "无需整改"]), [0]);
        assert_eq!(done(&["办理完毕", "未办理完毕", "办理中"]), [0]);
        assert_eq!(done(&["重大", "一般"]), [0; 0]);
        assert_eq!(done(&["已完成", "已办结"]), [0; 0], "every choice does");
    }
}
