//! Every rule on a tiny workbook of its own.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{NOTICE, Project};

const BRANCH: &str = "教务处党支部";

fn project() -> Project {
    Project::with_branches(&[(BRANCH, "机关党支部"), ("科研处党支部", "机关党支部")])
}

/// A project with one more sheet.
fn with(name: &str, rows: Value) -> Project {
    project().workbook("表.xlsx", &json!({ "sheets": [{ "name": name, "rows": rows }] }))
}

const STUDY: [&str; 4] = ["党组织", "姓名", "规定学时", "已完成学时"];
const THEME: [&str; 6] = ["党组织", "活动日期", "活动主题", "应到人数", "实到人数", "是否上传灯塔平台"];

fn study(row: Value) -> Project {
    with("在线学习", json!([STUDY, row]))
}

fn theme(row: Value) -> Project {
    with("主题党日", json!([THEME, row]))
}

/// Each rule's code, the workbook in which it finds something, and the cell or file it names.
fn cases() -> Vec<(&'static str, Project, &'static str)> {
    let merged = |at: &str, rows: Value| {
        project().workbook("表.xlsx", &json!({ "sheets": [{ "name": "在线学习", "rows": rows, "merge": [at] }] }))
    };
    vec![
        ("Z002", with("通讯录", json!([["姓名", "电话", "住址"], ["赵", "1", "二"]])), "表.xlsx"),
        ("Z003", project(), ""),
        ("Z005", with("在线学习", json!([["党组织", "姓名", "规定学时"], [BRANCH, "赵", 50]])), "表.xlsx"),
        ("Z006", with("在线学习", json!([["党组织", "姓 名", "规定学时", "已完成学时"], [BRANCH, "赵", 50, 38]])), "B1"),
        ("Z007", project().workbook("表.xlsx", &json!({ "sheets": [{ "name": "在线学习", "rows": [STUDY, [BRANCH, "赵", 50, 38]], "hidden_rows": [2] }] })), "A2"),
        ("Z008", with("在线学习", json!([["党组织", "单位", "姓名", "规定学时", "已完成学时"], [BRANCH, "某", "赵", 50, 38]])), "B1"),
        ("Z101", study(json!([BRANCH, null, 50, 38])), "B2"),
        ("Z102", study(json!([BRANCH, "赵", 50, "若干"])), "D2"),
        ("Z103", study(json!([BRANCH, "赵", 50, -1])), "D2"),
        ("Z104", with("任务分解", json!([["党组织", "任务名称", "责任人", "时间节点", "状态"], [BRANCH, "甲", "王", "2018-09-01", "快了"]])), "E2"),
        ("Z105", study(json!([BRANCH, "赵", 50, "#DIV/0!"])), "D2"),
        ("Z106", project().ledger("在线学习", &STUDY, &[vec![BRANCH, "赵\u{1}", "50", "38"]]), "B2"),
        (
            "Z107",
            theme(json!([BRANCH, "2016-09-06", "党章学习", 9, 8, "是"])).edit(
                &format!("{NOTICE}/notice.toml"),
                "header = [\"活动日期\"], type = \"date\"",
                "header = [\"活动日期\"], type = \"date\", from = 2018-01-01",
            ),
            "B2",
        ),
        ("Z108", study(json!([BRANCH, "赵", "50人", 38])), "C2"),
        ("Z109", study(json!([BRANCH, "赵", 50, { "formula": "=1+1" }])), "D2"),
        ("Z110", with("在线学习", json!([STUDY, [BRANCH, "赵", 50, 38], [BRANCH, "赵", 50, 38]])), "A3"),
        ("Z111", with("在线学习", json!([STUDY, [BRANCH, "赵", 50, 38], ["合计", null, 51, 38]])), "C3"),
        ("Z112", theme(json!([BRANCH, "9月6日", "党章学习", 9, 8, "是"])), "B2"),
        (
            "Z113",
            project().workbook("表.ods", &json!({ "sheets": [{ "name": "在线学习", "rows": [STUDY, [BRANCH, "赵", 50, 38], [null, "钱", 50, 38]] }], "convert": "ods" })),
            "A2",
        ),
        ("Z114", merged("D2:D3", json!([STUDY, [BRANCH, "赵", 50, 38], [BRANCH, "钱", 50, null]])), "D2:D3"),
        ("Z150", theme(json!([BRANCH, "2018-09-06", "党章学习", 8, 9, "是"])), "E2"),
        ("Z201", study(json!(["食堂", "赵", 50, 38])), "A2"),
        ("Z202", study(json!([null, "赵", 50, 38])), "A2"),
        ("Z203", study(json!([BRANCH, "赵", 50, 38])), ""),
    ]
}

#[test]
fn every_rule_finds_its_fault_at_its_cell_and_nothing_in_the_shipped_ledgers() {
    let mut tested = BTreeSet::new();
    for (code, project, place) in cases() {
        let findings = project.findings_of(code);
        let finding = findings.first().unwrap_or_else(|| panic!("{code} finds nothing: {:#?}", project.findings()));
        let told = finding["cell"].as_str().or(finding["file"].as_str()).unwrap_or_default();
        assert_eq!(told, place, "{code}");
        tested.insert(code);
    }
    let stages: BTreeSet<&str> = zicha::diagnostics::code::ALL.iter().map(|code| code.id).collect();
    let rules: BTreeSet<&str> =
        zicha::check::catalogue().iter().map(|code| code.id).filter(|id| !stages.contains(id)).collect();
    assert_eq!(tested, rules);
    assert_eq!(Project::sample().findings(), [json!(null); 0]);
}
