//! Units of numbers: in cells, in headers, in notes above, in number formats.

use serde_json::{Value, json};

use super::{BRANCH, project};
use crate::support::Project;

crate::harness::tests! {
    alone: [
        amounts_are_converted_to_the_unit_of_their_column,
        a_unit_that_does_not_convert_is_an_error_without_a_value,
        the_unit_of_a_header_counts_for_its_column,
        a_note_above_the_header_names_the_unit,
        a_note_below_the_table_names_the_unit,
        a_line_of_the_header_or_a_row_below_it_names_the_unit,
        a_number_under_a_per_mille_header_counts_thousandths,
        a_note_about_money_says_nothing_of_people,
        two_values_in_a_cell_are_refused,
    ]
}

/// A ledger of amounts in 万元 on a sheet of `rows`.
fn amounts(rows: &Value, format: Option<&str>) -> Project {
    let mut sheet = json!({ "name": "经费", "rows": rows });
    if let Some(format) = format {
        sheet["formats"] = json!({ "B": format });
    }
    project().workbook("经费.xlsx", &json!({ "sheets": [sheet] })).edit(
        "templates/2018-grassroots/notice.toml",
        "[ledger.rectify]",
        "[ledger.fund]\ntitle = \"经费\"\n[ledger.fund.columns]\nbranch = { header = [\"单位\"], type = \"branch\" }\n\
         amount = { header = [\"金额\"], type = \"decimal\", unit = \"万元\" }\n\n[ledger.rectify]",
    )
}

fn read(project: &Project) -> Vec<String> {
    project.rows(BRANCH, "fund").into_iter().map(|row| row[1].clone()).collect()
}

fn amounts_are_converted_to_the_unit_of_their_column() {
    let cells = ["15000元", "1.5万元", "1.5万", "0.00015亿元", "1.5", "15千元", "￥15,000"];
    let mut rows = vec![json!(["单位", "金额"])];
    rows.extend(cells.iter().map(|cell| json!([BRANCH, cell])));
    let project = amounts(&json!(rows), None);
    let expected: Vec<String> = (2..).take(cells.len()).map(|row| format!("B{row} 1.5")).collect();
    assert_eq!(read(&project), expected);
    let formatted = amounts(&json!([["单位", "金额"], [BRANCH, 15000]]), Some("0\"元\""));
    assert_eq!(read(&formatted), ["B2 1.5"]);
}

fn a_note_below_the_table_names_the_unit() {
    for note in [json!(["单位：元"]), json!([null, "金额单位：元"]), json!(["单位：元", "2018年12月1日"])]
    {
        let project = amounts(&json!([["单位", "金额"], [BRANCH, 15000], note]), None);
        assert_eq!(read(&project), ["B2 1.5"], "{note}");
    }
    let project = amounts(&json!([["单位", "金额"], [BRANCH, 1.5], ["填报单位：教务处"]]), None);
    assert_eq!(read(&project), ["B2 1.5"]);
}

fn a_line_of_the_header_or_a_row_below_it_names_the_unit() {
    let two_lines = |group: &str| {
        let rows = json!([["单位", group], [null, "金额"], [BRANCH, 15000]]);
        let sheet = json!({ "name": "经费", "rows": rows, "merge": ["A1:A2"] });
        amounts(&json!([["空"]]), None).workbook("经费.xlsx", &json!({ "sheets": [sheet] }))
    };
    for group in ["经费（元）", "经费 单位：元"] {
        assert_eq!(read(&two_lines(group)), ["B3 1.5"], "{group}");
    }
    for units in [json!([null, "元"]), json!([null, "（元）"]), json!(["单位", "元"])] {
        let project = amounts(&json!([["单位", "金额"], units, [BRANCH, 15000]]), None);
        assert_eq!(read(&project), ["B3 1.5"], "{units}");
    }
}

fn a_number_under_a_per_mille_header_counts_thousandths() {
    let head = |rate: &str| json!(["党组织", "项目名称", "负责人", "年度目标", "进展情况", "计划完成时间", rate]);
    let rate = |header: &str, cell: Value| {
        let rows = json!([head(header), [BRANCH, "甲", "王", "目标", "进展", "2018-12-15", cell]]);
        let project = project().workbook("项目.xlsx", &json!({ "sheets": [{ "name": "突破项目", "rows": rows }] }));
        project.rows(BRANCH, "project")[0][6].clone()
    };
    assert_eq!(rate("完成率（‰）", json!(850)), "G2 0.85");
    assert_eq!(rate("完成率", json!("850‰")), "G2 0.85");
    assert!(rate("完成率（%）", json!(0.85)).contains("WrongType"));
}

fn a_unit_that_does_not_convert_is_an_error_without_a_value() {
    let project = amounts(&json!([["单位", "金额"], [BRANCH, "15人"]]), None);
    let finding = &project.findings_of("Z121")[0];
    assert_eq!(
        (finding["cell"].as_str(), finding["found"].as_str(), finding["severity"].as_str()),
        (Some("B2"), Some("15人"), Some("错误"))
    );
}

fn the_unit_of_a_header_counts_for_its_column() {
    let project = amounts(&json!([["单位", "金额（元）"], [BRANCH, 15000], [BRANCH, "2万元"]]), None);
    assert_eq!(read(&project), ["B2 1.5", "B3 2"]);
    let project = amounts(&json!([["单位", "金额（人）"], [BRANCH, 15000]]), None);
    assert_eq!(project.findings_of("Z121")[0]["cell"], "B2");
    for header in ["金额（人民币元）", "金额（元，含税）", "金额（￥）"] {
        let project = amounts(&json!([["单位", header], [BRANCH, 15000]]), None);
        assert_eq!(read(&project), ["B2 1.5"], "{header}");
    }
    for header in ["金额（元/人）", "金额（美元）"] {
        let project = amounts(&json!([["单位", header], [BRANCH, 15000]]), None);
        assert!(project.findings_of("Z121").len() == 1, "{header}");
    }
}

fn a_note_above_the_header_names_the_unit() {
    let project = amounts(&json!([["经费使用情况"], [null, "单位：元"], ["单位", "金额"], [BRANCH, 15000]]), None);
    assert_eq!(read(&project), ["B4 1.5"]);
    for title in ["经费台账（单位：元）", "经费台账（元）", "单位：元 日期：2018年", "以下金额均以元为单位"]
    {
        let project = amounts(&json!([[title], ["单位", "金额"], [BRANCH, 15000]]), None);
        assert_eq!(read(&project), ["B3 1.5"], "{title}");
    }
}

fn a_note_about_money_says_nothing_of_people() {
    let header = json!(["党组织", "姓名", "规定学时", "已完成学时"]);
    for note in ["金额单位：万元", "学习台账（单位：千元）"] {
        let rows = json!([[note], header, [BRANCH, "赵", 50, 38], ["金额单位：元"]]);
        let project = project().workbook("学习.xlsx", &json!({ "sheets": [{ "name": "在线学习", "rows": rows }] }));
        assert_eq!(project.findings_of("Z121"), [Value::Null; 0], "{note}");
        assert_eq!(project.rows(BRANCH, "study").len(), 1, "{note}");
    }
}

fn two_values_in_a_cell_are_refused() {
    let project = amounts(&json!([["单位", "金额"], [BRANCH, "12\n15"], [BRANCH, "12 15"], [BRANCH, "1 234"]]), None);
    let cells: Vec<Value> = project.findings_of("Z102").into_iter().map(|finding| finding["cell"].clone()).collect();
    assert_eq!(cells, ["B2", "B3", "B4"]);
}
