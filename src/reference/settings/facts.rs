//! `base`, `[notice]`, `[words]`, `[vars]` and `[roster]`.

use crate::reference::key::Requirement::{Default, Optional, Required};
use crate::reference::key::{KeyDoc, Kind, key};

/// The keys, each table before its own.
pub(super) const KEYS: &[KeyDoc] = &[
    key(
        "base",
        Kind::Text,
        Optional("不写就自己写全"),
        "以旁边的另一份通知为底子，写它的文件夹：../名称。这里没有写的设置和模板用它的。",
        "base = \"../2026-safety\"",
    ),
    key("notice", Kind::Table, Required, "通知本身：标题、发通知的部门、两个日期。", "[notice]"),
    key(
        "notice.title",
        Kind::Text,
        Required,
        "通知的标题，模板里写 {{ notice.title }} 取用；{{ notice.subject }} 是其中的事由，这里是“基层党建工作自查”。",
        "title = \"关于开展基层党建工作自查的通知\"",
    ),
    key(
        "notice.issuer",
        Kind::Text,
        Required,
        "发通知的部门，模板里写 {{ notice.issuer }} 取用。",
        "issuer = \"组织人事处\"",
    ),
    key(
        "notice.deadline",
        Kind::Date,
        Required,
        "报送的截止日期。进度页按它倒数，表达式里写 deadline。",
        "deadline = 2018-11-02",
    ),
    key(
        "notice.cutoff",
        Kind::Date,
        Required,
        "数据截止日，表达式里写 cutoff；没写年份的日期按它的年份补全。",
        "cutoff = 2018-10-25",
    ),
    key(
        "notice.previous",
        Kind::Text,
        Optional("不写就没有上一期，都按没有数据写"),
        "上一期的结果：那次的输出文件夹、里面的 run.json，或汇总表.xlsx；相对于 notice.toml 的文件夹。prev.指标名 是上一期的数，模板里 change(指标名) 写增加、减少多少。",
        "previous = \"../../output-2018q3\"",
    ),
    key(
        "notice.auto_build",
        Kind::Flag,
        Default("false"),
        "是否自动生成草稿，打开网页时台账、设置或模板有改动的就生成；正式报告不动。",
        "auto_build = true",
    ),
    key("words", Kind::Table, Default("{}"), "单位和部门叫什么：汇总表的表头、首页、网页和核对里用这些词。", "[words]"),
    key("words.branch", Kind::Text, Default("\"单位\""), "单位叫什么。", "branch = \"科室\""),
    key(
        "words.department",
        Kind::Text,
        Default("\"部门\""),
        "部门叫什么，用在首页的“部门汇总”。",
        "department = \"医务处\"",
    ),
    key("words.previous", Kind::Text, Default("\"上期\""), "上一期叫什么。", "previous = \"上季度\""),
    key(
        "vars",
        Kind::VariableMap,
        Default("{}"),
        "自己取名的值：文字、数字、百分比（写引号，\"90%\"，算的时候是 0.9）或日期。设置的文字和模板里写 {{ vars.名称 }}，表达式里写 vars.名称。",
        "vars = { quarter = \"第三季度\" }",
    ),
    key("roster", Kind::Table, Required, "哪一个台账是名册，名册里哪几列是名称、简称、类别。", "[roster]"),
    key("roster.ledger", Kind::Id, Required, "名册是哪一个台账，写它在 [ledger] 里的名称。", "ledger = \"roster\""),
    key("roster.name", Kind::Id, Required, "名册里写全称的列。", "name = \"name\""),
    key(
        "roster.short",
        Kind::Id,
        Optional("不写就只认全称"),
        "名册里写简称的列，一格几个的用顿号隔开；台账里写简称的行也能认出是谁的。",
        "short = \"short\"",
    ),
    key("roster.kind", Kind::Id, Required, "名册里写类别的列；报告的部分可以按类别取舍。", "kind = \"kind\""),
];
