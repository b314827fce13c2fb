//! `[metric]`, `[[check]]`, `[severity]` and `[limits]`.

use crate::reference::key::Presence::{Default, Optional, Required};
use crate::reference::key::{Key, Kind, key};

/// The keys, each table before its own.
pub(super) const KEYS: &[Key] = &[
    key(
        "metric",
        Kind::NamedTables,
        Default("{}"),
        "指标，按先后计算，后面的可以用前面的；名称就是模板里的名称，也是 metrics.json 里的名称。",
        "[metric]",
    ),
    key(
        "metric.label",
        Kind::Text,
        Required,
        "指标叫什么；算不出来时，待填写里写的就是它。",
        "label = \"未达规定学时人数\"",
    ),
    key(
        "metric.expr",
        Kind::Expression,
        Required,
        "怎么算，得出一个数。",
        "expr = 'study.filter(|r| r.done < r.required).len()'",
    ),
    key(
        "metric.show",
        Kind::Choice(&[("number", "照数印"), ("percent", "0.8528 印成 85.28%")]),
        Default("\"number\""),
        "印成数字还是百分比。",
        "show = \"percent\"",
    ),
    key(
        "metric.decimals",
        Kind::Integer,
        Optional("不写就有几位写几位"),
        "留几位小数，四舍五入；百分比按小数算，要 85.28% 写 4。",
        "decimals = 4",
    ),
    key(
        "metric.unit",
        Kind::Text,
        Optional("不写就没有单位"),
        "单位，汇总表和网页上用；报告里的单位由模板写。",
        "unit = \"人\"",
    ),
    key("check", Kind::TableList, Default("[]"), "通知自定的核对，逐行看一种台账（Z150）。", "[[check]]"),
    key("check.ledger", Kind::Id, Required, "核对哪一个台账。", "ledger = \"theme\""),
    key(
        "check.when",
        Kind::Expression,
        Required,
        "什么样的行算有问题，row 是这一行；用到的格空着的行不算。",
        "when = 'row.present > row.due'",
    ),
    key(
        "check.severity",
        Kind::Choice(&[("错误", "不能出正式报告"), ("警告", "签字前要看"), ("提示", "供参考")]),
        Required,
        "有多要紧。",
        "severity = \"警告\"",
    ),
    key("check.message", Kind::Text, Required, "问题是什么，一句话。", "message = \"实到人数多于应到人数\""),
    key("check.column", Kind::Id, Optional("不写就指这一行的第一格"), "问题指到哪一列的格。", "column = \"present\""),
    key("check.cure", Kind::Text, Optional("不写就不提办法"), "怎么改，一句话。", "cure = \"核对应到和实到人数\""),
    key(
        "severity",
        Kind::SeverityMap,
        Default("{}"),
        "改某个代码的轻重，例如把“单位存疑”改成错误；Z901 和 Z421 至 Z430 不能改。",
        "severity = { Z108 = \"错误\" }",
    ),
    key(
        "limits",
        Kind::Table,
        Default("{}"),
        "读一个台账文件、读全部台账、排一份报告最多用多少，超过的不读（Z001、Z018）、不生成（Z303）。",
        "[limits]",
    ),
    key("limits.memory_mib", Kind::Integer, Default("512"), "内存，单位 MiB。", "memory_mib = 1024"),
    key("limits.seconds", Kind::Integer, Default("20"), "时间，单位秒。", "seconds = 60"),
    key("limits.file_mib", Kind::Integer, Default("100"), "文件大小，单位 MiB。", "file_mib = 200"),
    key("limits.unpacked_mib", Kind::Integer, Default("512"), "解压以后的大小，单位 MiB。", "unpacked_mib = 1024"),
    key("limits.cells", Kind::Integer, Default("2000000"), "有内容的单元格数。", "cells = 5000000"),
    key(
        "limits.run_mib",
        Kind::Integer,
        Optional("不写就是内存的四分之一"),
        "全部台账合起来在内存里占多少，单位 MiB，每个有列名的单元格按 512 字节算；超过的从占得最多的文件起不读（Z018）。",
        "run_mib = 4096",
    ),
    key(
        "limits.report_mib",
        Kind::Integer,
        Default("8"),
        "一份报告排出来的文字，单位 MiB；超过的不生成（Z303）。",
        "report_mib = 16",
    ),
    key(
        "limits.picture_megapixels",
        Kind::Integer,
        Default("50"),
        "一张图片的像素，单位百万；超过的不用（Z131）。",
        "picture_megapixels = 120",
    ),
];
