//! Ledgers as they really come. Each line of "what real ledgers do" has a test that names it: what is read, cell by
//! cell, or what is said.

use serde_json::{Value, json};

use crate::support::Project;

const BRANCH: &str = "教务处党支部";

/// A roster of two branches, 教务处 and 科研处 for short.
fn project() -> Project {
    Project::new().ledger(
        "党组织名册",
        &["党组织名称", "简称", "类别", "书记", "联系人", "电子邮箱"],
        &[
            vec![BRANCH, "教务处", "机关党支部", "甲", "乙", "a@example.edu.cn"],
            vec!["科研处党支部", "科研处", "机关党支部", "丙", "丁", "b@example.edu.cn"],
        ],
    )
}

/// A workbook of one sheet.
fn sheet(rows: Value) -> Value {
    json!({ "sheets": [{ "name": "在线学习", "rows": rows }] })
}

/// What is found beyond ledgers that nobody handed in and branches without rows.
fn found(project: &Project) -> Vec<String> {
    let told = |finding: &Value| finding["code"] != "Z003" && finding["code"] != "Z203";
    let text = |finding: &Value| {
        format!("{} {}", finding["code"].as_str().unwrap_or_default(), finding["cell"].as_str().unwrap_or("-"))
    };
    project.findings().iter().filter(|f| told(f)).map(text).collect()
}

const HEAD: [&str; 4] = ["党组织", "姓名", "规定学时", "已完成学时"];

/// The one row that most tests read, at row `row` and the columns from `cols` on; the post is not in the sheet.
fn one_row(row: u32, cols: [&str; 4]) -> Vec<Vec<String>> {
    let [branch, name, required, done] = cols;
    vec![vec![
        format!("{branch}{row} 教务处党支部"),
        format!("{name}{row} 赵"),
        format!("{branch}{row} "),
        format!("{required}{row} 50"),
        format!("{done}{row} 38"),
    ]]
}

#[test]
fn title_and_note_rows_stand_above_the_header_at_any_height() {
    let mut rows = vec![json!(["在线学习情况表"]), json!(["填报说明：学时以平台为准"])];
    rows.extend((0..40).map(|n| json!([null, null, format!("备注{n}")])));
    rows.extend([json!(HEAD), json!([BRANCH, "赵", 50, 38])]);
    let project = project().workbook("学习.xlsx", &sheet(json!(rows)));
    assert_eq!(project.rows(BRANCH, "study"), one_row(44, ["A", "B", "C", "D"]));
    assert_eq!(found(&project), [""; 0]);
}

#[test]
fn a_header_of_three_rows_has_merged_groups_and_repeated_names_under_them() {
    let spec = json!({ "sheets": [{ "name": "整改台账", "rows": [
        ["序号", "党组织", "检查发现的问题", null, "整改落实", null, null, null],
        [null, null, "检查组填写", null, "单位填写", null, null, null],
        [null, null, "问题类别", "问题表现", "整改措施", "责任人", "整改时限", "完成情况"],
        [1, BRANCH, "党员教育形式化", "形式单一", "逐人谈心", "王", "2018-10-31", "推进中"],
    ], "merge": ["A1:A3", "B1:B3", "C1:D1", "E1:H1", "C2:D2", "E2:H2"] }] });
    let project = project().workbook("整改.xlsx", &spec);
    let rows = project.rows(BRANCH, "rectify");
    assert_eq!(rows.len(), 1);
    assert_eq!(
        rows[0][3..9],
        ["C4 党员教育形式化", "D4 形式单一", "E4 逐人谈心", "F4 王", "G4 2018-10-31", "H4 推进中"]
    );
    assert_eq!(found(&project), [""; 0]);
}

#[test]
fn sub_headers_that_repeat_are_told_apart_by_their_group() {
    let spec = json!({ "sheets": [{ "rows": [
        ["单位", "上半年", null, "下半年", null],
        [null, "应到", "实到", "应到", "实到"],
        [BRANCH, 10, 9, 20, 18],
    ], "merge": ["A1:A2", "B1:C1", "D1:E1"] }] });
    let notice = "templates/2018-grassroots/notice.toml";
    let project = project().workbook("出勤.xlsx", &spec).edit(
        notice,
        "[ledger.rectify]",
        "[ledger.halves]\ntitle = \"出勤\"\n[ledger.halves.columns]\nbranch = { header = [\"单位\"], type = \"branch\" }\n\
         later = { header = [\"下半年/实到\"], type = \"integer\" }\nsooner = { header = [\"上半年/实到\"], type = \"integer\" }\n\n[ledger.rectify]",
    );
    assert_eq!(project.rows(BRANCH, "halves"), [["A3 教务处党支部", "E3 18", "C3 9"]]);
}

#[test]
fn the_used_range_need_not_start_at_a1_and_addresses_are_the_spreadsheet_programs_own() {
    for convert in [None, Some("xls"), Some("ods")] {
        let mut spec = json!({ "sheets": [{ "name": "在线学习", "at": "D7", "rows": [HEAD, [BRANCH, "赵", 50, 38], [BRANCH, "钱", "五十", 1]] }] });
        let kind = convert.unwrap_or("xlsx");
        if let Some(kind) = convert {
            spec["convert"] = json!(kind);
        }
        let project = project().workbook(&format!("学习.{kind}"), &spec);
        assert_eq!(project.rows(BRANCH, "study")[..1], one_row(8, ["D", "E", "F", "G"]), "{kind}");
        assert_eq!(found(&project), ["Z102 F9"], "{kind}");
    }
}

#[test]
fn instruction_blank_total_and_note_rows_are_told_from_data() {
    let rows = json!([
        HEAD,
        ["（填全称）", "（填姓名）", "（数字）", "（数字）"],
        ["示例：某支部", "张三", 50, 50],
        [null, null, null, null],
        [BRANCH, "赵", 50, 38],
        ["小计", null, 50, 38],
        [null, null, null, null],
        ["合计", null, 50, 38],
        HEAD,
        ["备注：学时以平台为准"],
        ["填表人：孙"],
    ]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    assert_eq!(project.rows(BRANCH, "study"), one_row(5, ["A", "B", "C", "D"]));
    assert_eq!(found(&project), [""; 0]);
}

#[test]
fn blank_columns_and_two_tables_side_by_side_are_kept_apart() {
    let rows = json!([
        ["党组织", "姓名", "规定学时", "已完成学时", null, "党组织", "召开日期", "议题", "参会人数"],
        [BRANCH, "赵", 50, 38, null, BRANCH, "2018-09-04", "党费使用", 9],
        [BRANCH, "钱", 50, 50],
    ]);
    let project = project().workbook("合表.xlsx", &json!({ "sheets": [{ "name": "情况", "rows": rows }] }));
    assert_eq!(project.rows(BRANCH, "study").len(), 2);
    assert_eq!(project.rows(BRANCH, "council"), [["F2 教务处党支部", "G2 2018-09-04", "H2 党费使用", "I2 9", "F2 "]]);
    assert_eq!(found(&project), [""; 0]);
    let gapped = json!([["党组织", null, "姓名", null, "规定学时", "已完成学时"], [BRANCH, null, "赵", null, 50, 38]]);
    let project = self::project().workbook("学习.xlsx", &sheet(gapped));
    assert_eq!(project.rows(BRANCH, "study"), one_row(2, ["A", "C", "E", "F"]));
}

#[test]
fn two_tables_one_below_the_other_are_kept_apart() {
    let rows = json!([
        ["干部在线学习情况"],
        HEAD,
        [BRANCH, "赵", 50, 38],
        ["合计", null, 50, 38],
        [null],
        ["党员议事会情况"],
        ["序号", "党组织", "召开日期", "议题", "参会人数"],
        [1, BRANCH, "2018-09-04", "党费使用", 9],
        ["已完成学时", "姓名", "党组织", "规定学时"],
        [50, "钱", BRANCH, 50],
        ["合计", null, null, 50],
        ["备注：学时以平台为准"],
    ]);
    for convert in [None, Some("ods")] {
        let mut spec = json!({ "sheets": [{ "name": "情况", "rows": rows }] });
        let kind = convert.unwrap_or("xlsx");
        if let Some(kind) = convert {
            spec["convert"] = json!(kind);
        }
        let project = project().workbook(&format!("合表.{kind}"), &spec);
        let study = project.rows(BRANCH, "study");
        let moved = ["C10 教务处党支部", "B10 钱", "C10 ", "D10 50", "A10 50"];
        assert_eq!(study[..], [one_row(3, ["A", "B", "C", "D"]).concat(), moved.map(str::to_owned).to_vec()], "{kind}");
        let council = project.rows(BRANCH, "council");
        assert_eq!(council, [["B8 教务处党支部", "C8 2018-09-04", "D8 党费使用", "E8 9", "B8 "]], "{kind}");
        assert_eq!(found(&project), [""; 0], "{kind}");
    }
}

#[test]
fn a_header_repeated_on_every_page_begins_no_table() {
    let group = json!(["序号", "党组织", "检查发现的问题", null, "整改落实", null, null, null]);
    let leaves = json!([null, null, "问题类别", "问题表现", "整改措施", "责任人", "整改时限", "完成情况"]);
    let row =
        |n: u32| json!([n, BRANCH, "党员教育形式化", format!("第{n}项"), "逐人谈心", "王", "2018-10-31", "推进中"]);
    let rows = json!([group, leaves, row(1), leaves, row(2), group, leaves, row(3)]);
    let merge = json!(["A1:A2", "B1:B2", "C1:D1", "E1:H1", "A6:A7", "B6:B7", "C6:D6", "E6:H6"]);
    let project =
        project().workbook("整改.xlsx", &json!({ "sheets": [{ "name": "整改台账", "rows": rows, "merge": merge }] }));
    let rows: Vec<String> = project.rows(BRANCH, "rectify").into_iter().map(|row| row[4].clone()).collect();
    assert_eq!(rows, ["D3 第1项", "D5 第2项", "D8 第3项"]);
    assert_eq!(found(&project), [""; 0]);
}

#[test]
fn totals_are_checked_against_their_rows() {
    let rows = json!([
        HEAD,
        [BRANCH, "赵", 50, 38],
        [BRANCH, "钱", 50, 50],
        ["小计", null, 100, 88],
        ["科研处党支部", "孙", 50, 40],
        ["小计", null, 50, 41],
        ["合计", null, "共150学时", 128.5],
    ]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    let totals = project.findings_of("Z111");
    let told: Vec<_> =
        totals.iter().map(|f| (f["cell"].as_str(), f["found"].as_str(), f["expected"].as_str())).collect();
    assert_eq!(told, [(Some("D6"), Some("41"), Some("40")), (Some("D7"), Some("128.5"), Some("128"))]);
}

#[test]
fn a_count_written_out_in_the_total_row_is_checked_too() {
    let shipped = Project::sample();
    assert_eq!(shipped.findings_of("Z111"), [json!(null); 0]);
    let project = Project::sample().ledger(
        "整改台账补",
        &["党组织", "问题类别", "整改措施", "责任人", "整改时限", "完成情况", "完成日期"],
        &[
            vec!["教务处", "党员教育形式化", "谈心", "王", "2018-10-31", "已完成", "2018-10-01"],
            vec!["合计", "", "", "", "", "已完成2项", ""],
        ],
    );
    let totals = project.findings_of("Z111");
    assert_eq!((totals.len(), &totals[0]["found"], &totals[0]["expected"]), (1, &json!("2"), &json!("1")));
}

#[test]
fn the_branchs_cell_is_merged_over_its_rows() {
    let rows = json!([HEAD, [BRANCH, "赵", 50, 38], [null, "钱", 50, 50], ["科研处党支部", "孙", 50, 40]]);
    let merged = json!({ "sheets": [{ "name": "在线学习", "rows": rows, "merge": ["A2:A3"] }] });
    for kind in ["xlsx", "xls"] {
        let mut spec = merged.clone();
        if kind == "xls" {
            spec["convert"] = json!("xls");
        }
        let project = project().workbook(&format!("学习.{kind}"), &spec);
        let rows = project.rows(BRANCH, "study");
        assert_eq!((rows.len(), rows[1][0].as_str(), rows[1][1].as_str()), (2, "A2 教务处党支部", "B3 钱"), "{kind}");
        assert_eq!(found(&project), [""; 0], "{kind}");
    }
}

#[test]
fn ods_tells_no_merges_so_blanks_fill_down_where_the_settings_allow_it() {
    let rows = json!([HEAD, [BRANCH, "赵", 50, 38], [null, "钱", 50, 50]]);
    let spec = json!({ "sheets": [{ "name": "在线学习", "rows": rows, "merge": ["A2:A3"] }], "convert": "ods" });
    let project = project().workbook("学习.ods", &spec);
    assert_eq!(project.rows(BRANCH, "study").len(), 2);
    let notice = "templates/2018-grassroots/notice.toml";
    let strict = project.read(notice).replace(", fill_down = true", "");
    let project = project.file(notice, strict.as_bytes());
    assert_eq!((project.rows(BRANCH, "study").len(), found(&project)), (1, vec!["Z202 A3".to_owned()]));
    let unmerged =
        self::project().workbook("学习.xlsx", &sheet(json!([HEAD, [BRANCH, "赵", 50, 38], [null, "钱", 50, 50]])));
    assert_eq!(found(&unmerged), ["Z202 A3"], "an .xlsx tells its merges: a blank is a blank");
}

#[test]
fn branches_go_by_short_names_blanks_and_full_width_signs() {
    let project = Project::new()
        .ledger(
            "名册",
            &["党组织名称", "简称", "类别", "书记"],
            &[vec!["教务处(含考试中心)党支部", "教务处", "机关党支部", "甲"]],
        )
        .workbook(
            "学习.xlsx",
            &sheet(json!([
                HEAD,
                ["教务处（含考试中心）党支部", "赵", 50, 38],
                ["　教务处(含考试中心) 党支部 ", "钱", 50, 38],
                ["教 务 处", "孙", 50, 38],
                ["教务处\n(含考试中心)党支部", "李", 50, 38],
            ])),
        );
    assert_eq!(project.rows("教务处(含考试中心)党支部", "study").len(), 4);
    assert_eq!(found(&project), [""; 0]);
}

#[test]
fn near_misses_of_branch_names_are_offered_not_taken() {
    let project = project()
        .workbook("学习.xlsx", &sheet(json!([HEAD, ["教务处支部", "赵", 50, 38], ["外语系党支部乙", "钱", 50, 38]])));
    assert_eq!(project.rows(BRANCH, "study").len(), 0);
    let unknown = project.findings_of("Z201");
    assert_eq!(
        (unknown[0]["cell"].as_str(), unknown[0]["expected"].as_str()),
        (Some("A2"), Some("是否为“教务处党支部”？"))
    );
    assert_eq!(unknown[1]["found"], "外语系党支部乙");
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

#[test]
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
        let project = project().workbook(&format!("党日.{kind}"), &spec);
        assert_eq!(days_of(&project), vec!["2018-10-05"; cells.len()], "{kind}");
        assert_eq!(found(&project), ["Z112 B10"], "{kind}: a year completed is said");
    }
}

#[test]
fn dates_count_from_1904_when_the_workbook_says_so() {
    let mut spec = dates(&[json!({ "date": "2018-10-05" }), json!(41916)]);
    spec["epoch_1904"] = json!(true);
    let project = project().workbook("党日.xlsx", &spec);
    assert_eq!(days_of(&project), ["2018-10-05", "2018-10-05"]);
}

#[test]
fn east_asian_date_formats_and_formula_dates_are_read() {
    for format in [27, 31, 36, 50, 54, 58] {
        let mut spec = dates(&[json!(43378)]);
        spec["sheets"][0]["formats"] = json!({ "B": "yyyy-mm-dd" });
        let own = "numFmtId=\"164\" fontId=\"0\"";
        spec["replace"] = json!([["xl/styles.xml", own, format!("numFmtId=\"{format}\" fontId=\"0\"")]]);
        let project = project().workbook("党日.xlsx", &spec);
        assert_eq!(days_of(&project), ["2018-10-05"], "format {format}");
    }
    let mut spec = dates(&[json!({ "formula": "=DATE(2018,10,5)" })]);
    spec["convert"] = json!("xls");
    let project = project().workbook("党日.xls", &spec);
    assert_eq!(days_of(&project), ["2018-10-05"]);
}

#[test]
fn what_is_no_date_is_refused_with_its_cell() {
    let project = project().workbook(
        "党日.xlsx",
        &dates(&[json!("待定"), json!("2018-02-30"), json!("2018年10月"), json!(5), json!("10.5")]),
    );
    assert_eq!(found(&project), ["Z102 B2", "Z102 B3", "Z102 B4", "Z102 B5", "Z102 B6"]);
}

#[test]
fn numbers_come_as_text_full_width_with_separators_and_units() {
    let rows = json!([
        HEAD,
        [BRANCH, "赵", "５０", "1,038.5"],
        [BRANCH, "钱", "50学时", " 38 "],
        [BRANCH, "孙", "50人", "三十八"]
    ]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    let numbers: Vec<String> = project.rows(BRANCH, "study").iter().map(|row| row[3..5].join(" ")).collect();
    assert_eq!(numbers[..2], ["C2 50 D2 1038.5", "C3 50 D3 38"]);
    assert_eq!(found(&project), ["Z102 D4", "Z108 C4", "Z150 D2"]);
}

#[test]
fn percentages_are_decided_by_the_columns_type_and_said_when_in_doubt() {
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
    // Beside 85 a bare 0.85 or 1 may be a percentage as well; beside 85% it may not.
    assert_eq!(found(&project), ["Z103 F9", "Z108 F3", "Z108 F4", "Z108 F5", "Z108 F6", "Z108 F8", "Z108 F9"]);
}

#[test]
fn a_cell_shown_as_a_percentage_leaves_no_doubt() {
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

#[test]
fn error_cells_and_formulas_without_results_are_findings_never_0_or_blank() {
    let rows = json!([HEAD, [BRANCH, "赵", 50, "#REF!"], [BRANCH, "钱", 50, { "formula": "=20+18" }], [BRANCH, "孙", 50, "#N/A"]]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    assert_eq!(found(&project), ["Z105 D2", "Z105 D4", "Z109 D3"]);
    project.build();
    let figures: Value = serde_json::from_str(&project.read("output/教务处党支部/figures.json")).expect("JSON");
    assert!(figures["study_gap"].is_null() && figures["study_short"].is_null());
}

#[test]
fn hidden_sheets_are_left_out_and_hidden_rows_read_and_both_reported() {
    let row = |name: &str| json!([BRANCH, name, 50, 38]);
    let rows =
        json!([HEAD, row("赵"), row("钱"), row("孙"), row("李"), [null, null, null, null], row("周"), row("吴")]);
    for kind in ["xlsx", "xls", "xlsb", "ods"] {
        let mut spec = json!({ "sheets": [
            { "name": "旧表", "rows": rows, "hidden": true },
            { "name": "在线学习", "at": "B3", "rows": rows, "hidden_rows": [5, 6, 7, 8, 10] },
        ] });
        if kind != "xlsx" {
            spec["convert"] = json!(kind);
        }
        let project = project().workbook(&format!("学习.{kind}"), &spec);
        assert_eq!(project.rows(BRANCH, "study").len(), 6, "{kind}");
        assert_eq!(found(&project), ["Z007 -", "Z007 A5:A7", "Z007 A10"], "{kind}: one finding a run of rows");
    }
}

#[test]
fn xlsb_is_read_with_its_addresses_dates_truth_values_and_errors() {
    let head = json!(["党组织", "活动日期", "活动主题", "应到人数", "实到人数", "是否上传灯塔平台"]);
    let rows = json!([
        ["主题党日台账"],
        head,
        [BRANCH, { "date": "2018-09-06" }, "党章学习", 9, 8.0, true],
        [null, { "date": "2018-10-05" }, "志愿服务", 9, "#REF!", false],
        [null, "2018年10月18日", "𠮷日参观", 9, { "error": "#N/A" }, "√"],
    ]);
    let spec = json!({ "sheets": [{ "name": "主题党日", "at": "C4", "rows": rows, "hidden_rows": [7], "merge": ["C6:C8"] }], "convert": "xlsb" });
    let project = project().workbook("党日.xlsb", &spec);
    let read: Vec<String> = project.rows(BRANCH, "theme").into_iter().map(|row| row.join("|")).collect();
    assert_eq!(
        read,
        [
            "C6 教务处党支部|C6 |D6 2018-09-06|E6 党章学习|F6 9|G6 8|H6 true|C6 ",
            "C6 教务处党支部|C6 |D7 2018-10-05|E7 志愿服务|F7 9|G7 Error(\"#REF!\")|H7 false|C6 ",
            "C6 教务处党支部|C6 |D8 2018-10-18|E8 𠮷日参观|F8 9|G8 Error(\"#N/A\")|H8 true|C6 ",
        ]
    );
    let filled_down = ["Z113 C6", "Z113 C6"];
    assert_eq!(found(&project), [&["Z007 A7", "Z105 G7", "Z105 G8"][..], &filled_down].concat());
    let strict = project.read("templates/2018-grassroots/notice.toml").replace(", fill_down = true", "");
    let project = project.file("templates/2018-grassroots/notice.toml", strict.as_bytes());
    assert_eq!(project.rows(BRANCH, "theme").len(), 1, "blanks fill down where the settings allow it alone");
}

#[test]
fn an_xls_that_claims_a_wrong_code_page_is_read_rightly() {
    let mut spec = sheet(json!([HEAD, [BRANCH, "赵𠮷é", 50, 38]]));
    spec["convert"] = json!("xls");
    for page in [1252_u16, 936, 10000] {
        let record = |page: u16| [&[0x42, 0, 2, 0][..], &page.to_le_bytes()].concat();
        spec["patch"] = json!([[record(1200), record(page)]]);
        let project = project().workbook("学习.xls", &spec);
        let rows = project.rows(BRANCH, "study");
        assert_eq!(
            (rows.len(), rows[0][0].as_str(), rows[0][1].as_str()),
            (1, "A2 教务处党支部", "B2 赵𠮷é"),
            "{page}"
        );
        assert_eq!(found(&project), [""; 0], "{page}");
    }
}

#[test]
fn one_sheet_a_branch_one_workbook_a_branch_and_one_for_all_are_joined() {
    let rows = |name: &str| json!([["在线学习登记表"], ["姓名", "规定学时", "已完成学时"], [name, 50, 38]]);
    let project = project()
        .workbook("各单位.xlsx", &json!({ "sheets": [{ "name": "教务处", "rows": rows("赵") }, { "name": "科研处党支部", "rows": rows("钱") }] }))
        .workbook("科研处党支部-在线学习.xlsx", &json!({ "sheets": [{ "name": "Sheet1", "rows": rows("孙") }] }))
        .workbook("教务处/学习.xlsx", &json!({ "sheets": [{ "name": "Sheet1", "rows": rows("李") }] }))
        .workbook("无名.xlsx", &json!({ "sheets": [{ "name": "Sheet1", "rows": [["单位：教务处党支部"], ["姓名", "规定学时", "已完成学时"], ["周", 50, 38]] }] }))
        .workbook("全部.xlsx", &sheet(json!([HEAD, [BRANCH, "吴", 50, 38]])))
        .workbook("不知谁.xlsx", &json!({ "sheets": [{ "name": "Sheet1", "rows": rows("郑") }] }));
    let names =
        |branch| -> Vec<String> { project.rows(branch, "study").into_iter().map(|row| row[1].clone()).collect() };
    assert_eq!(names(BRANCH), ["B2 吴", "A3 赵", "A3 李", "A3 周"]);
    assert_eq!(names("科研处党支部"), ["A3 钱", "A3 孙"]);
    assert_eq!(found(&project), ["Z202 A3"]);
}

#[test]
fn the_same_row_twice_is_a_finding_also_across_files() {
    let rows = json!([
        ["序号", "党组织", "项目名称", "负责人", "年度目标", "进展情况", "完成率", "计划完成时间"],
        [1, BRANCH, "甲", "王", "目标", "进展", 0.5, "2018-12-15"],
        [2, "教务处", "甲", "王", "目标", "进展", "50%", "2018.12.15"]
    ]);
    let book = json!({ "sheets": [{ "name": "突破项目", "rows": rows }] });
    let project = project().workbook("一.xlsx", &book);
    assert_eq!(found(&project), ["Z110 A3"]);
    let project = project.workbook("二.xlsx", &book);
    assert_eq!(found(&project), ["Z110 A3", "Z110 A2", "Z110 A3"]);
    assert_eq!(project.findings_of("Z110")[1]["message"], "与 一.xlsx［突破项目］ A2 所在的行完全相同，两行都已计入");
}

#[test]
fn a_branch_of_the_roster_without_any_row_is_named() {
    let project = project().workbook("学习.xlsx", &sheet(json!([HEAD, [BRANCH, "赵", 50, 38]])));
    let absent = project.findings_of("Z203");
    assert_eq!((absent.len(), &absent[0]["branch"]), (1, &json!("科研处党支部")));
}

#[test]
fn csv_comes_in_utf8_with_and_without_a_mark_utf16_and_gb18030_with_any_delimiter() {
    let text = "党组织,姓名,规定学时,已完成学时\n教务处党支部,赵,50,38\n";
    let gb = encoding_rs::GB18030.encode(text).0.into_owned();
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let marked = format!("\u{feff}{text}");
    for (kind, bytes) in [
        ("utf-8", text.as_bytes().to_vec()),
        ("mark", marked.into_bytes()),
        ("gb18030", gb),
        ("utf-16", utf16),
        ("semicolon", text.replace(',', ";").into_bytes()),
        ("tab", text.replace(',', "\t").into_bytes()),
        ("crlf", text.replace('\n', "\r\n").into_bytes()),
    ] {
        let project = project().file("input/在线学习.csv", &bytes);
        assert_eq!(project.rows(BRANCH, "study"), one_row(2, ["A", "B", "C", "D"]), "{kind}");
        assert_eq!(found(&project), [""; 0], "{kind}");
    }
}

#[test]
fn headers_spelled_nearly_right_are_accepted_and_said() {
    let rows = json!([["党 组 织", "姓　名", "规定\n学时", "已完成学时（学时）"], [BRANCH, "赵", 50, 38]]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    assert_eq!(project.rows(BRANCH, "study"), one_row(2, ["A", "B", "C", "D"]));
    assert_eq!(found(&project), ["Z006 A1", "Z006 B1", "Z006 C1", "Z006 D1"]);
}

#[test]
fn a_header_that_matches_nothing_gets_the_nearest_name_as_a_hint() {
    let rows = json!([["党组织", "姓名", "规定学时", "完成的学时"], [BRANCH, "赵", 50, 38]]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    let missing = project.findings_of("Z005");
    assert_eq!(missing[0]["message"], "《干部在线学习》没有“已完成学时”一列");
    assert_eq!(missing[0]["found"], "完成的学时（是不是这一列？）");
    let run = project.zicha(&["columns", "input/学习.xlsx"]);
    assert!(run.stdout.contains("done = { header = [\"已完成学时\", \"完成的学时\"], … }"), "{}", run.all());
    let notice = "templates/2018-grassroots/notice.toml";
    let project = project.edit(notice, "header = [\"已完成学时\"]", "header = [\"已完成学时\", \"完成的学时\"]");
    assert_eq!(found(&project), [""; 0], "a spelling confirmed once is known for ever");
}

#[test]
fn extensions_in_capitals_and_wrong_ones_do_not_matter() {
    let rows = json!([HEAD, [BRANCH, "赵", 50, 38]]);
    let mut xls = sheet(rows.clone());
    xls["convert"] = json!("xls");
    for (name, spec) in
        [("学习.XLS", &xls), ("学习.xlsx", &xls), ("学习.csv", &sheet(rows.clone())), ("学习.xlsm", &sheet(rows))]
    {
        let project = project().workbook(name, spec);
        assert_eq!(project.rows(BRANCH, "study"), one_row(2, ["A", "B", "C", "D"]), "{name}");
    }
}

#[test]
fn html_saved_as_xls_is_read() {
    let page = "<html><head><meta charset=\"gb2312\"></head><body><table border=1><tr><td colspan=4>在线学习</td></tr>\
        <tr><th>党组织</th><th>姓名</th><th>规定学时</th><th>已完成学时</th></tr>\
        <tr><td>教务处党支部</td><td>赵</td><td>50</td><td>38</td></tr></table></body></html>";
    for bytes in [page.as_bytes().to_vec(), encoding_rs::GB18030.encode(page).0.into_owned()] {
        let project = project().file("input/导出.xls", &bytes);
        assert_eq!(project.rows(BRANCH, "study"), one_row(3, ["A", "B", "C", "D"]));
        assert_eq!(found(&project), [""; 0]);
    }
}

#[test]
fn dates_outside_the_period_and_severities_set_by_the_notice() {
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

#[test]
fn the_same_fault_in_200_rows_is_shown_once_with_its_count() {
    let mut rows = vec![json!(HEAD)];
    rows.extend((0..200).map(|n| json!([BRANCH, format!("第{n}人"), 50, "约四十"])));
    let project = project().workbook("学习.xlsx", &sheet(json!(rows)));
    let run = project.zicha(&["check"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("［在线学习］D2、［在线学习］D3、［在线学习］D4 等 200 处：“已完成学时”不能按数字读取"),
        "{}",
        run.stdout
    );
    assert_eq!(run.stdout.matches("Z102").count(), 1);
}
