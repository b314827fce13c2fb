//! What a ledger is called, what its rows are, and how they are counted.

use super::super::observe::ObservedLedger;
use super::{Confidence, Guess};

/// Names that programs give to sheets, in small letters without their numbers.
const PROGRAM_NAMES: [&str; 4] = ["sheet", "工作表", "表", "table"];

/// Ends of titles that say only that they are ledgers.
const LEDGER_ENDS: [&str; 20] = [
    "统计",
    "汇总",
    "登记",
    "情况统计表",
    "情况登记表",
    "情况汇总表",
    "情况一览表",
    "统计表",
    "登记表",
    "汇总表",
    "明细表",
    "一览表",
    "登记簿",
    "台账",
    "清单",
    "名单",
    "记录",
    "情况表",
    "情况",
    "表",
];

/// Ends of titles that say what is done about the rows, behind what the rows are.
const ACTIVITY_ENDS: [&str; 12] =
    ["排查整改", "排查治理", "排查化解", "排查", "巡检", "整改", "受理办理", "办理", "受理", "处理", "处置", "调处"];

/// Units of things, of which a row may be several.
const THINGS: [&str; 2] = ["台", "辆"];

/// Words in titles with the unit that counts their rows.
const MEASURES: [(&[&str], &str); 10] = [
    (&["报修", "检修", "维修", "维护", "保养", "检测", "检验", "检定", "消毒", "清洗", "盘点", "清点"], "次"),
    (&["设备", "仪器", "器材", "消防器", "灭火器", "电梯"], "台"),
    (&["车辆"], "辆"),
    (
        &[
            "培训", "演练", "活动", "会议", "例会", "学习", "检查", "巡查", "巡检", "抽查", "督查", "宣传", "党日",
            "议事", "讲座", "走访", "慰问", "出警", "救援", "评估", "作业", "谈话", "家访", "约谈", "巡逻", "调研",
        ],
        "次",
    ),
    (&["人员", "名册", "干部", "员工", "学员", "党员", "医师", "护士"], "人"),
    (&["问题", "隐患", "项目", "任务", "事项", "整改", "措施"], "项"),
    (&["事件", "案件", "投诉", "事故", "信访", "纠纷", "矛盾", "诉求", "工单", "举报"], "件"),
    (&["经费", "支出", "采购", "费用"], "笔"),
    (&["制度", "文件", "材料"], "份"),
    (&["团队", "单位", "基地"], "个"),
];

/// The title of a ledger: the name of its sheet when a person gave one, else of its file.
pub(in crate::scaffold) fn title(ledger: &ObservedLedger) -> Guess<String> {
    let sheet = ledger.sheet.trim();
    let is_own = !sheet.is_empty() && !is_program_name(sheet);
    if ledger.has_siblings || is_own && sheet.chars().count() > 2 {
        let name = if is_own { sheet.to_owned() } else { format!("{}{sheet}", ledger.stem) };
        return Guess::new(without_number(&name), Confidence::Likely, "工作表的名称");
    }
    Guess::new(without_number(&ledger.stem), Confidence::Likely, "文件的名称")
}

/// Whether a program gave a sheet its name: Sheet1, 工作表2.
pub(in crate::scaffold) fn is_program_name(name: &str) -> bool {
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim().to_lowercase();
    PROGRAM_NAMES.contains(&bare.as_str())
}

/// A name without the number before it: 附件1：, 2. or 03_.
fn without_number(name: &str) -> String {
    let is_mark = |c: char| c.is_ascii_digit() || "附件表.、：:-_（）() ".contains(c);
    let begins = name.starts_with("附件") || name.starts_with(|c: char| c.is_ascii_digit() || c == '(' || c == '（');
    let bare = if begins { name.trim_start_matches(is_mark) } else { name };
    // A year is no number before a name.
    let is_year = name.as_bytes().get(..4).is_some_and(|start| start.iter().all(u8::is_ascii_digit));
    if bare.is_empty() || is_year { name.trim().to_owned() } else { bare.trim().to_owned() }
}

/// What the rows of a ledger are, made from its title: 隐患 for 安全隐患台账 of 2026年第三季度.
pub(in crate::scaffold) fn noun(title: &str) -> String {
    let without_period = super::period::without(title);
    let end = LEDGER_ENDS.iter().find(|end| without_period.ends_with(*end));
    let noun = end.map_or(without_period.as_str(), |end| without_period.trim_end_matches(end));
    let activity = ACTIVITY_ENDS.iter().find_map(|end| noun.strip_suffix(end));
    let thing = activity.filter(|thing| thing.chars().count() >= 2).unwrap_or(noun);
    if thing.chars().count() < 2 { without_period } else { thing.to_owned() }
}

/// Whether a unit counts things, of which a row may be several.
pub(in crate::scaffold) fn is_thing(unit: &str) -> bool {
    THINGS.contains(&unit)
}

/// The unit that counts the rows of a ledger, by its title: by the last word that says what a row is. Inspections that
/// found problems are problems.
pub(in crate::scaffold) fn measure(title: &str) -> Guess<String> {
    let noun = noun(title);
    let words = MEASURES.iter().flat_map(|(words, unit)| words.iter().map(move |word| (*word, *unit)));
    let found = words.filter_map(|(word, unit)| Some((noun.rfind(word)? + word.len(), word, unit)));
    match found.max_by_key(|(end, word, _)| (*end, word.len())) {
        Some((_, word, unit)) => Guess::new(unit.to_owned(), Confidence::Likely, format!("名称里有“{word}”")),
        None => Guess::new("条".to_owned(), Confidence::Assumed, "看不出怎么数，一行算一条"),
    }
}

#[cfg(test)]
mod tests {
    use super::{measure, noun, without_number};

    #[test]
    fn titles_become_nouns_with_their_measures() {
        let named = |title: &str| (noun(title), measure(title).value);
        assert_eq!(named("安全隐患台账"), ("安全隐患".to_owned(), "项".to_owned()));
        assert_eq!(named("2026年第三季度培训记录"), ("培训".to_owned(), "次".to_owned()));
        assert_eq!(named("隐患排查整改台账"), ("隐患".to_owned(), "项".to_owned()));
        assert_eq!(named("设备巡检登记表"), ("设备".to_owned(), "台".to_owned()));
        assert_eq!(named("车辆故障报修台账"), ("车辆故障报修".to_owned(), "次".to_owned()));
        assert_eq!(named("巡检记录"), ("巡检".to_owned(), "次".to_owned()));
        assert_eq!(named("乘客投诉办理"), ("乘客投诉".to_owned(), "件".to_owned()));
        assert_eq!(named("检查发现问题清单"), ("检查发现问题".to_owned(), "项".to_owned()));
        assert_eq!(named("党员议事会"), ("党员议事会".to_owned(), "次".to_owned()));
        assert_eq!(named("台账"), ("台账".to_owned(), "条".to_owned()));
        assert_eq!(without_number("附件1：隐患台账"), "隐患台账");
        assert_eq!(without_number("03_设备"), "设备");
        assert_eq!(without_number("2026年设备"), "2026年设备");
    }
}
