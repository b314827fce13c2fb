//! Units that the last words of a header imply: 人 of 参加人数.

/// The last words of headers with the unit that they imply.
const IMPLIED: [(&str, &str); 53] = [
    ("问题数", "个"),
    ("问题数量", "个"),
    ("隐患数", "处"),
    ("人次", "人次"),
    ("人数", "人"),
    ("人员", "人"),
    ("次数", "次"),
    ("场次", "场"),
    ("场数", "场"),
    ("册次", "册次"),
    ("件次", "件次"),
    ("台次", "台次"),
    ("车次", "车次"),
    ("班次", "班次"),
    ("册数", "册"),
    ("本数", "本"),
    ("张数", "张"),
    ("页数", "页"),
    ("笔数", "笔"),
    ("处数", "处"),
    ("种数", "种"),
    ("台数", "台"),
    ("套数", "套"),
    ("件数", "件"),
    ("项数", "项"),
    ("个数", "个"),
    ("份数", "份"),
    ("例数", "例"),
    ("户数", "户"),
    ("天数", "天"),
    ("日数", "天"),
    ("学时", "学时"),
    ("课时", "课时"),
    ("学时数", "学时"),
    ("分数", "分"),
    ("得分", "分"),
    ("扣分", "分"),
    ("评分", "分"),
    ("分值", "分"),
    ("金额", "元"),
    ("经费", "元"),
    ("费用", "元"),
    ("预算", "元"),
    ("支出", "元"),
    ("收入", "元"),
    ("造价", "元"),
    ("价格", "元"),
    ("面积", "平方米"),
    ("床位数", "床"),
    ("党员数", "人"),
    ("成员数", "人"),
    ("职工数", "人"),
    ("学生数", "人"),
];

/// A unit with the words that imply it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scaffold) struct ImpliedUnit {
    pub words: &'static str,
    pub unit: &'static str,
}

/// The unit that a header implies.
pub(in crate::scaffold) fn of_words(header: &str) -> Option<ImpliedUnit> {
    IMPLIED.iter().find(|(words, _)| header.ends_with(words)).map(|(words, unit)| ImpliedUnit { words, unit })
}

/// The unit that the text above several columns implies, where it says what is counted: 开放天数.
pub(in crate::scaffold) fn of_number(group: &str) -> Option<ImpliedUnit> {
    of_words(group).filter(|implied| implied.words.ends_with('数'))
}
