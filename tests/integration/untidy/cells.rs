//! The contents of cells: dates, numbers, rates, errors.

use serde_json::{Value, json};

use super::{BRANCH, HEAD, found, project, sheet};
use crate::support::{LIMITS, Project};

crate::harness::tests! {
    alone: [
        invalid_dates_are_reported_with_their_cell,
        numbers_as_text_full_width_and_with_separators_or_units_are_read,
        percentages_follow_the_columns_type_and_doubts_are_reported,
        a_percent_number_format_decides_the_unit,
        formulas_with_a_stored_zero_are_computed,
        pictures_and_tables_of_a_sheet_are_found,
        texts_behind_a_struck_out_one_are_not_mixed_up,
        dates_outside_the_period_have_the_severity_of_the_notice,
    ]
    with_tools: [
        error_cells_and_formulas_without_results_are_findings,
        every_spelling_of_a_date_is_read,
        dates_count_from_1904_when_the_workbook_says_so,
        east_asian_date_formats_and_formula_dates_are_read,
    ]
}

/// A theme-day ledger with one date a row.
fn dates(cells: &[Value]) -> Value {
    let mut rows = vec![json!(["党组织", "活动日期", "活动主题", "应到人数", "实到人数"])];
    rows.extend(cells.iter().enumerate().map(|(n, date)| json!([BRANCH, date, format!("第{n}次"), 9, 8])));
    json!({ "sheets": [{ "name": "主题党日", "rows": rows }] })
}

fn days_of(project: &Project) -> Vec<String> {
    project
        .rows(BRANCH, "theme")
        .into_iter()
        .map(|row| row[2].split_once(' ').map_or("", |(_, day)| day).to_owned())
        .collect()
}

fn every_spelling_of_a_date_is_read() {
    let cells = [
        json!({ "date": "2018-10-05" }),
        json!(43378),
        json!("2018年10月5日"),
        json!("2018.10.5"),
        json!("2018/10/5"),
        json!("20181005"),
        json!(20_181_005),
        json!("2018-10-05"),
        json!("10月5日"),
        json!("二〇一八年十月五日"),
        json!({ "date": "2018-10-05T14:30:00" }),
    ];
    for kind in ["xlsx", "xls", "ods"] {
        let mut spec = dates(&cells);
        if kind != "xlsx" {
            spec["convert"] = json!(kind);
        }
        let project = project().foreign_workbook(&format!("党日.{kind}"), &spec);
        assert_eq!(days_of(&project), vec!["2018-10-05"; cells.len()], "{kind}");
        assert_eq!(found(&project), ["Z112 B10"], "{kind}: a year completed is said");
    }
}

fn dates_count_from_1904_when_the_workbook_says_so() {
    let mut spec = dates(&[json!({ "date": "2018-10-05" }), json!(41916)]);
    spec["epoch_1904"] = json!(true);
    let project = project().foreign_workbook("党日.xlsx", &spec);
    assert_eq!(days_of(&project), ["2018-10-05", "2018-10-05"]);
}

fn east_asian_date_formats_and_formula_dates_are_read() {
    for (format, shows_day) in [(27, false), (31, true), (36, false), (50, false), (54, true), (58, true)] {
        let mut spec = dates(&[json!(43378)]);
        spec["sheets"][0]["formats"] = json!({ "B": "yyyy-mm-dd" });
        let own = "numFmtId=\"164\" fontId=\"0\"";
        spec["replace"] = json!([["xl/styles.xml", own, format!("numFmtId=\"{format}\" fontId=\"0\"")]]);
        let project = project().foreign_workbook("党日.xlsx", &spec);
        if shows_day {
            assert_eq!(days_of(&project), ["2018-10-05"], "format {format}");
        } else {
            assert_eq!(found(&project), ["Z102 B2"], "format {format}");
        }
    }
    let mut spec = dates(&[json!({ "formula": "=DATE(2018,10,5)" })]);
    spec["convert"] = json!("xls");
    let project = project().foreign_workbook("党日.xls", &spec);
    assert_eq!(days_of(&project), ["2018-10-05"]);
}

fn invalid_dates_are_reported_with_their_cell() {
    let project = project().workbook(
        "党日.xlsx",
        &dates(&[json!("待定"), json!("2018-02-30"), json!("2018年10月"), json!(5), json!("10.5")]),
    );
    assert_eq!(found(&project), ["Z102 B2", "Z102 B3", "Z102 B4", "Z102 B5", "Z102 B6"]);
}

fn numbers_as_text_full_width_and_with_separators_or_units_are_read() {
    let rows = json!([
        HEAD,
        [BRANCH, "赵", "５０", "1,038.5"],
        [BRANCH, "钱", "50学时", " 38 "],
        [BRANCH, "孙", "50课时", "三十八"]
    ]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    let numbers: Vec<String> = project.rows(BRANCH, "study").iter().map(|row| row[3..5].join(" ")).collect();
    assert_eq!(numbers[..2], ["C2 50 D2 1038.5", "C3 50 D3 38"]);
    assert!(numbers[2].starts_with("C4 50 "), "{}", numbers[2]);
    assert_eq!(found(&project), ["Z102 D4", "Z150 D2"]);
}

fn percentages_follow_the_columns_type_and_doubts_are_reported() {
    let head = json!(["党组织", "项目名称", "负责人", "年度目标", "进展情况", "完成率", "计划完成时间"]);
    let mut rows = vec![head];
    rows.extend(
        [json!("85%"), json!(0.85), json!("0.85"), json!(85), json!("85"), json!("８５％"), json!(1), json!(850)]
            .into_iter()
            .enumerate()
            .map(|(n, rate)| json!([BRANCH, format!("项目{n}"), "王", "目标", "进展", rate, "2018-12-15"])),
    );
    let project = project().workbook("突破项目.xlsx", &json!({ "sheets": [{ "name": "突破项目", "rows": rows }] }));
    let rates: Vec<String> = project.rows(BRANCH, "project").into_iter().map(|row| row[6].clone()).collect();
    assert_eq!(rates, ["F2 0.85", "F3 0.85", "F4 0.85", "F5 0.85", "F6 0.85", "F7 0.85", "F8 1", "F9 8.5"]);
    // Where a column has 85, a bare 0.85 or 1 may be in percent too; where it has 85%, it may not.
    assert_eq!(found(&project), ["Z103 F9", "Z108 F3", "Z108 F4", "Z108 F5", "Z108 F6", "Z108 F8", "Z108 F9"]);
}

fn a_percent_number_format_decides_the_unit() {
    let head = json!(["党组织", "项目名称", "负责人", "年度目标", "进展情况", "完成率（%）", "计划完成时间"]);
    let row = |rate: Value| json!([BRANCH, "项目", "王", "目标", "进展", rate, "2018-12-15"]);
    let rows = json!([head, row(json!(1)), row(json!(0.85)), row(json!(0.005)), row(json!(85))]);
    let mut spec = json!({ "sheets": [{ "name": "突破项目", "rows": rows }] });
    let rates = |project: &Project| -> Vec<String> {
        project.rows(BRANCH, "project").into_iter().map(|row| row[6].clone()).collect()
    };
    let plain = project().workbook("突破项目.xlsx", &spec);
    assert_eq!(rates(&plain)[3], "F5 0.85");
    assert_eq!(plain.findings_of("Z102").len(), 3, "1 may be 1 % or 100 %");
    for format in ["0%", "0.00%"] {
        spec["sheets"][0]["formats"] = json!({ "F": format });
        let project = project().workbook("突破项目.xlsx", &spec);
        assert_eq!(rates(&project), ["F2 1", "F3 0.85", "F4 0.005", "F5 0.85"], "{format}");
        assert_eq!(project.findings_of("Z102"), [json!(null); 0], "{format}");
    }
}

fn formulas_with_a_stored_zero_are_computed() {
    let zero = |formula: &str| json!({ "formula": formula, "result": "0" });
    let rows = json!([
        HEAD,
        [BRANCH, "赵", 50, zero("20+18")],
        [BRANCH, "钱", zero("C2"), zero("IF(C3>D2,D2+2,\"\")")],
        [BRANCH, "孙", 50, zero("DAY(45)")],
        [BRANCH, "李", 50, zero("D2-38")],
        [BRANCH, "周", 50, zero("D4+1")]
    ]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    let hours = |rows: Vec<Vec<String>>| rows.into_iter().map(|row| row.last().cloned().unwrap_or_default());
    let unknown = |cell: &str, formula: &str| format!("{cell} Unusable(NotComputed, \"={formula}\")");
    let expected = ["D2 38".into(), "D3 40".into(), unknown("D4", "DAY(45)"), "D5 0".into(), unknown("D6", "D4+1")];
    assert_eq!(hours(project.rows(BRANCH, "study")).collect::<Vec<_>>(), expected);
    let mut findings = found(&project);
    findings.sort();
    assert_eq!(findings, ["Z109 D4", "Z109 D6", "Z120 C3", "Z120 D2", "Z120 D3"]);
}

fn pictures_and_tables_of_a_sheet_are_found() {
    use zicha::ingest::{RawCell, open};
    let rows = json!([HEAD, [BRANCH, "赵", 50, 38], [BRANCH, "钱", 50], ["合计", null, 100, 38]]);
    let mut spec = sheet(rows);
    spec["sheets"][0]["pictures"] = json!(["D3", "B2"]);
    spec["sheets"][0]["table"] = json!("A1:D4");
    let project = project().workbook("学习.xlsx", &spec);
    assert_eq!(found(&project), ["Z116 D3"], "the one at B2 covers a text");
    let bytes = std::fs::read(project.path("input/学习.xlsx")).expect("a workbook");
    let sheets = open(&bytes, &LIMITS).expect("sheets");
    let picture = RawCell::Picture("xl/media/image1.png".into());
    assert_eq!((sheets[0].total_rows.as_slice(), sheets[0].get(2, 3)), (&[3][..], Some(&picture)));
}

fn texts_behind_a_struck_out_one_are_not_mixed_up() {
    let name = |name: Value| json!([BRANCH, name, 50, 38]);
    let names = ["赵", "孙", "李", "孙", "李", "周", "赵"].map(|text| name(json!(text)));
    let (first, rest) = names.split_at(1);
    let struck = [json!({ "struck": "钱" }), json!({ "struck": "吴", "rest": "郑" })].map(name);
    let rows: Vec<_> = [json!(HEAD)].iter().chain(first).chain(&struck).chain(rest).cloned().collect();
    let project = project().workbook("学习.xlsx", &sheet(json!(rows)));
    let read: Vec<_> = project.rows(BRANCH, "study").into_iter().flat_map(|row| row.into_iter().nth(1)).collect();
    let expected =
        ["B2 赵", "B3 Unusable(StruckOut, \"钱\")", "B4 郑", "B5 孙", "B6 李", "B7 孙", "B8 李", "B9 周", "B10 赵"];
    assert_eq!(read, expected);
}

fn error_cells_and_formulas_without_results_are_findings() {
    let rows = json!([HEAD, [BRANCH, "赵", 50, "#REF!"], [BRANCH, "钱", 50, { "formula": "=DAY(45)" }], [BRANCH, "孙", 50, "#N/A"]]);
    let project = project().foreign_workbook("学习.xlsx", &sheet(rows));
    assert_eq!(found(&project), ["Z105 D2", "Z105 D4", "Z109 D3"]);
    project.build();
    let metrics: Value = serde_json::from_str(&project.read("output/教务处党支部/metrics.json")).expect("JSON");
    for id in ["study_gap", "study_short"] {
        assert_eq!(metrics.get(id), Some(&Value::Null), "{id}");
    }
}

fn dates_outside_the_period_have_the_severity_of_the_notice() {
    let notice = "templates/2018-grassroots/notice.toml";
    let project = project().workbook("党日.xlsx", &dates(&[json!("2017-09-06")])).edit(
        notice,
        "header = [\"活动日期\"], type = \"date\"",
        "header = [\"活动日期\"], type = \"date\", from = 2018-01-01, to = 2018-12-31",
    );
    let period = project.findings_of("Z107");
    assert_eq!((&period[0]["cell"], &period[0]["severity"]), (&json!("B2"), &json!("警告")));
    let project = project.edit(notice, "[limits]", "[severity]\nZ107 = \"错误\"\n\n[limits]");
    assert_eq!(project.findings_of("Z107")[0]["severity"], "错误");
    let project = project.edit(notice, "Z107 = ", "Z999 = ");
    let run = project.zicha(&["check"]);
    assert!(run.code == 2 && run.stderr.contains("没有“Z999”这个代码"), "{}", run.all());
}
