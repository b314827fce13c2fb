//! The column that says which branch a row belongs to, by its header and by the names in it.

use std::collections::HashSet;

use super::super::observe::{ObservedColumn, ObservedLedger};
use super::{Confidence, Guess};
use crate::ingest::{RawCell, fold};

/// What organisations call a branch, the most specific first.
const BRANCH_WORDS: [&str; 57] = [
    "党组织",
    "党支部",
    "党总支",
    "支部",
    "科室",
    "处室",
    "学院",
    "院系",
    "系部",
    "教研室",
    "班级",
    "年级",
    "车间",
    "工区",
    "班组",
    "项目部",
    "工地",
    "门店",
    "网点",
    "分公司",
    "子公司",
    "分行",
    "支行",
    "社区",
    "村居",
    "行政村",
    "街道",
    "乡镇",
    "镇街",
    "学校",
    "病区",
    "中队",
    "大队",
    "站所",
    "派出所",
    "院区",
    "园区",
    "基地",
    "图书馆",
    "分馆",
    "校区",
    "分校",
    "幼儿园",
    "养老院",
    "卫生院",
    "医院",
    "分院",
    "分局",
    "分店",
    "营业部",
    "工作站",
    "服务站",
    "支队",
    "部门",
    "机构",
    "企业",
    "单位",
];

/// Words before one of these that make the column another one.
const OTHERS: [&str; 13] =
    ["责任", "牵头", "配合", "主管", "整改", "协办", "供应", "检查", "承办", "主办", "培训", "施工", "鉴定"];

/// Points for a header that is a word for branches.
const EXACT: u32 = 100;
/// For one that ends with such a word.
const ENDING: u32 = 80;
/// For one that names another party.
const OTHER: u32 = 40;
/// For names that other ledgers have in such a column.
const SHARED: u32 = 60;

/// The word for branches in a header: 科室 in 所属科室名称.
pub(in crate::scaffold) fn branch_word(name: &str) -> Option<&'static str> {
    let bare = name.strip_suffix("名称").or_else(|| name.strip_suffix("全称")).unwrap_or(name);
    BRANCH_WORDS.iter().find(|word| bare.ends_with(*word)).copied()
}

/// Points for a header.
fn header_points(name: &str) -> u32 {
    let Some(word) = branch_word(name) else { return 0 };
    let bare = name.trim_end_matches("名称").trim_end_matches("全称");
    match bare {
        bare if bare == word => EXACT,
        bare if OTHERS.iter().any(|other| bare.starts_with(other)) => OTHER,
        _ => ENDING,
    }
}

/// The names in a column that are texts, folded.
pub(in crate::scaffold) fn names_in(column: &ObservedColumn) -> HashSet<String> {
    let texts = column.filled().filter(|raw| matches!(raw, RawCell::Text(_)));
    texts.map(|raw| fold(&raw.to_text()).into_owned()).collect()
}

/// Last words of headers that several ledgers may have with the same texts below them, and that name no branches.
const NO_BRANCHES: [&str; 16] = [
    "人", "姓名", "日期", "时间", "情况", "状态", "类别", "类型", "等级", "级别", "备注", "说明", "结果", "措施",
    "名称", "进展",
];

/// A column that several ledgers have, with some of the same names.
pub(in crate::scaffold) struct SharedColumn {
    /// The header of the column.
    header: String,
    /// How many ledgers have it.
    pub(in crate::scaffold) ledgers: usize,
    /// The names in it, folded.
    pub(in crate::scaffold) names: HashSet<String>,
}

/// The column that most ledgers share, for branches that are called by a word that is not known here.
pub(in crate::scaffold) fn shared(ledgers: &[ObservedLedger]) -> Option<SharedColumn> {
    let mut best: Option<(usize, SharedColumn)> = None;
    for column in ledgers.iter().flat_map(|ledger| &ledger.columns) {
        let header = &column.label.name;
        if column.label.ends_with(&NO_BRANCHES) || best.as_ref().is_some_and(|(_, best)| best.header == *header) {
            continue;
        }
        let all = ledgers.iter().flat_map(|ledger| &ledger.columns).filter(|other| other.label.name == *header);
        let named: Vec<HashSet<String>> = all.map(names_in).filter(|names| !names.is_empty()).collect();
        let total: usize = named.iter().map(HashSet::len).sum();
        let names: HashSet<String> = named.iter().flatten().cloned().collect();
        let is_more = named.len() > best.as_ref().map_or(1, |(count, _)| *count);
        if is_more && names.len() > 1 && names.len() < total {
            let ledgers = named.len();
            best = Some((ledgers, SharedColumn { header: header.clone(), ledgers, names }));
        }
    }
    best.map(|(_, shared)| shared)
}

/// The index of the shared column in a ledger.
pub(in crate::scaffold) fn guess_shared(ledger: &ObservedLedger, shared: &SharedColumn) -> Option<Guess<usize>> {
    let index = ledger.columns.iter().position(|column| column.label.name == shared.header)?;
    let reason = format!("几种台账都有“{}”这一列，写着同样的名称", shared.header);
    Some(Guess::new(index, Confidence::Likely, reason))
}

/// The index of the branch column of a ledger; `known` are the names that the branch columns of other ledgers hold.
pub(in crate::scaffold) fn guess(ledger: &ObservedLedger, known: &HashSet<String>) -> Option<Guess<usize>> {
    let points = |column: &ObservedColumn| {
        let names = names_in(column);
        let shared = names.iter().filter(|name| known.contains(*name)).count();
        let is_shared = !names.is_empty() && shared * 10 >= names.len() * 8;
        header_points(&column.label.name) + if is_shared { SHARED } else { 0 }
    };
    let all: Vec<u32> = ledger.columns.iter().map(points).collect();
    let best = all.iter().copied().max().filter(|best| *best >= OTHER)?;
    let index = all.iter().position(|points| *points == best)?;
    let name = &ledger.columns[index].label.name;
    let is_alone = all.iter().filter(|points| **points * 2 >= best).count() == 1;
    let (confidence, reason) = match best {
        EXACT.. if is_alone => (Confidence::Certain, format!("表头是“{name}”")),
        ENDING.. if is_alone => (Confidence::Likely, format!("表头“{name}”像是单位")),
        _ => {
            let also = ledger.columns.iter().zip(&all).filter(|(_, points)| **points * 2 >= best);
            let also: Vec<&str> = also.map(|(column, _)| column.label.name.as_str()).collect();
            let reason = match also.as_slice() {
                [only] => format!("表头“{only}”有点像单位，别的列不像"),
                several => format!("有几列像是单位：{}", several.join("、")),
            };
            (Confidence::Assumed, reason)
        }
    };
    Some(Guess::new(index, confidence, reason))
}
