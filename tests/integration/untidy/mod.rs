//! Untidy ledgers: the layouts that clerks hand in. Each test checks the cells read, with addresses, and the findings.

pub(crate) mod cells;
pub(crate) mod files;
pub(crate) mod formats;
pub(crate) mod strays;
pub(crate) mod totals;
pub(crate) mod units;

use serde_json::{Value, json};

use crate::support::Project;

crate::harness::tests! {
    alone: [
        title_and_note_rows_may_precede_the_header,
        a_header_of_three_rows_has_merged_groups_and_repeated_names_under_them,
        repeated_sub_headers_are_distinguished_by_their_group,
        instruction_blank_total_and_note_rows_are_not_data,
        blank_columns_are_skipped_and_two_tables_side_by_side_are_separate,
        a_header_repeated_on_every_page_starts_no_table,
        totals_are_checked_against_their_rows,
        a_count_written_out_in_the_total_row_is_checked_too,
        a_heading_names_the_branch_of_the_rows_below_and_a_total_ends_a_group,
        a_number_merged_over_columns_is_reported,
        numbers_of_columns_below_the_header_are_no_data,
        branches_match_by_short_name_and_ignore_blanks_and_width,
        similar_branch_names_are_suggested_and_not_accepted,
        a_branch_of_the_roster_without_any_row_is_named,
        blanks_and_dittos_fill_down_in_every_format_where_the_settings_allow_it,
        a_hidden_column_never_wins_against_a_visible_one,
        a_column_found_in_a_hidden_column_alone_is_read_and_reported,
        two_tables_with_the_same_header_side_by_side_are_both_read,
        columns_repeated_beside_a_table_name_both_places,
        similar_headers_are_accepted_and_reported,
        a_line_break_within_a_header_is_no_other_spelling,
        an_unknown_header_is_reported_with_the_nearest_name,
        one_fault_in_200_rows_is_shown_once_with_its_count,
    ]
    with_tools: [
        the_used_range_may_start_anywhere_and_addresses_are_absolute,
        two_tables_one_below_the_other_are_separate,
        a_branch_cell_merged_over_rows_applies_to_each,
    ]
}

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

/// The findings about files and cells, as code and cell: not those of missing ledgers (Z003), of branches without rows
/// (Z203) and of reports (Z3…).
fn found(project: &Project) -> Vec<String> {
    let is_about_cells = |finding: &Value| {
        finding["code"].as_str().is_some_and(|code| !["Z003", "Z203"].contains(&code) && !code.starts_with("Z3"))
    };
    let text = |finding: &Value| {
        format!("{} {}", finding["code"].as_str().unwrap_or_default(), finding["cell"].as_str().unwrap_or("-"))
    };
    project.findings().iter().filter(|f| is_about_cells(f)).map(text).collect()
}

const HEAD: [&str; 4] = ["党组织", "姓名", "规定学时", "已完成学时"];

/// The row that most tests read, in sheet row `row` and the columns `cols`; the sheet has no column for the post.
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

fn title_and_note_rows_may_precede_the_header() {
    let mut rows = vec![json!(["在线学习情况表"]), json!(["填报说明：学时以平台为准"])];
    rows.extend((0..40).map(|n| json!([null, null, format!("备注{n}")])));
    rows.extend([json!(HEAD), json!([BRANCH, "赵", 50, 38])]);
    let project = project().workbook("学习.xlsx", &sheet(json!(rows)));
    assert_eq!(project.rows(BRANCH, "study"), one_row(44, ["A", "B", "C", "D"]));
    assert_eq!(found(&project), [""; 0]);
}

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

fn repeated_sub_headers_are_distinguished_by_their_group() {
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

fn the_used_range_may_start_anywhere_and_addresses_are_absolute() {
    for convert in [None, Some("xls"), Some("ods")] {
        let mut spec = json!({ "sheets": [{ "name": "在线学习", "at": "D7", "rows": [HEAD, [BRANCH, "赵", 50, 38], [BRANCH, "钱", "五十", 1]] }] });
        let kind = convert.unwrap_or("xlsx");
        if let Some(kind) = convert {
            spec["convert"] = json!(kind);
        }
        let project = project().foreign_workbook(&format!("学习.{kind}"), &spec);
        assert_eq!(project.rows(BRANCH, "study")[..1], one_row(8, ["D", "E", "F", "G"]), "{kind}");
        assert_eq!(found(&project), ["Z102 F9"], "{kind}");
    }
}

fn instruction_blank_total_and_note_rows_are_not_data() {
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

fn blank_columns_are_skipped_and_two_tables_side_by_side_are_separate() {
    let rows = json!([
        ["党组织", "姓名", "规定学时", "已完成学时", null, "党组织", "召开日期", "议题", "参会人数"],
        [BRANCH, "赵", 50, 38, null, BRANCH, "2018-09-04", "党费使用", 9],
        [BRANCH, "钱", 50, 50],
    ]);
    let project = project().workbook("合表.xlsx", &json!({ "sheets": [{ "name": "情况", "rows": rows }] }));
    assert_eq!(project.rows(BRANCH, "study").len(), 2);
    assert_eq!(
        project.rows(BRANCH, "council"),
        [["F2 教务处党支部", "G2 2018-09-04", "H2 党费使用", "I2 9", "F2 ", "F2 "]]
    );
    assert_eq!(found(&project), [""; 0]);
    let gapped = json!([["党组织", null, "姓名", null, "规定学时", "已完成学时"], [BRANCH, null, "赵", null, 50, 38]]);
    let project = self::project().workbook("学习.xlsx", &sheet(gapped));
    assert_eq!(project.rows(BRANCH, "study"), one_row(2, ["A", "C", "E", "F"]));
}

fn two_tables_one_below_the_other_are_separate() {
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
        let project = project().foreign_workbook(&format!("合表.{kind}"), &spec);
        let study = project.rows(BRANCH, "study");
        let moved = ["C10 教务处党支部", "B10 钱", "C10 ", "D10 50", "A10 50"];
        assert_eq!(study[..], [one_row(3, ["A", "B", "C", "D"]).concat(), moved.map(str::to_owned).to_vec()], "{kind}");
        let council = project.rows(BRANCH, "council");
        assert_eq!(council, [["B8 教务处党支部", "C8 2018-09-04", "D8 党费使用", "E8 9", "B8 ", "B8 "]], "{kind}");
        assert_eq!(found(&project), [""; 0], "{kind}");
    }
}

fn a_header_repeated_on_every_page_starts_no_table() {
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
    let reported: Vec<_> =
        totals.iter().map(|f| (f["cell"].as_str(), f["found"].as_str(), f["expected"].as_str())).collect();
    assert_eq!(reported, [(Some("D6"), Some("41"), Some("40")), (Some("D7"), Some("128.5"), Some("128"))]);
}

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

fn a_branch_cell_merged_over_rows_applies_to_each() {
    let rows = json!([HEAD, [BRANCH, "赵", 50, 38], [null, "钱", 50, 50], ["科研处党支部", "孙", 50, 40]]);
    let merged = json!({ "sheets": [{ "name": "在线学习", "rows": rows, "merge": ["A2:A3"] }] });
    for kind in ["xlsx", "xls", "xlsb", "ods"] {
        let mut spec = merged.clone();
        if kind != "xlsx" {
            spec["convert"] = json!(kind);
        }
        let project = project().foreign_workbook(&format!("学习.{kind}"), &spec);
        let rows = project.rows(BRANCH, "study");
        assert_eq!((rows.len(), rows[1][0].as_str(), rows[1][1].as_str()), (2, "A2 教务处党支部", "B3 钱"), "{kind}");
        assert_eq!(found(&project), [""; 0], "{kind}");
    }
}

fn blanks_and_dittos_fill_down_in_every_format_where_the_settings_allow_it() {
    let rows = json!([HEAD, [null, "周", 50, 50], [BRANCH, "赵", 50, 38], [null, "钱", 50, 50], ["〃", "孙", 50, 50]]);
    let project = project().workbook("学习.xlsx", &sheet(rows.clone()));
    let names: Vec<String> = project.rows(BRANCH, "study").into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(names, ["B3 赵", "B4 钱", "B5 孙"]);
    assert_eq!(found(&project), ["Z113 A4", "Z113 A5", "Z202 A2"], "nothing is above the first row");
    let notice = "templates/2018-grassroots/notice.toml";
    let strict = project.read(notice).replace(", fill_down = true", "");
    let project = project.file(notice, strict.as_bytes());
    assert_eq!(project.rows(BRANCH, "study").len(), 1);
    assert_eq!(found(&project), ["Z124 A5", "Z202 A2", "Z202 A4", "Z202 A5"]);
}

fn a_heading_names_the_branch_of_the_rows_below_and_a_total_ends_a_group() {
    let rows = json!([
        HEAD,
        ["科研处党支部", "周", 50, 50],
        [BRANCH, null, null, null],
        [null, "赵", 50, 38],
        [null, "钱", 50, 50],
        ["合计", null, 150, 138],
        [null, "孙", 50, 50]
    ]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    let names: Vec<String> = project.rows(BRANCH, "study").into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(names, ["B4 赵", "B5 钱"]);
    assert_eq!(found(&project), ["Z113 A4", "Z113 A5", "Z202 A7"]);
}

fn numbers_of_columns_below_the_header_are_no_data() {
    for numbers in [json!([1, 2, 3, 4]), json!(["（1）", "（2）", "（3）", "（4）"]), json!(["甲", "乙", "丙", "丁"])]
    {
        let project = project().workbook("学习.xlsx", &sheet(json!([HEAD, numbers, [BRANCH, "赵", 50, 38]])));
        assert_eq!(found(&project), [""; 0]);
        assert_eq!(project.rows(BRANCH, "study").len(), 1);
    }
}

fn a_number_merged_over_columns_is_reported() {
    let rows = json!([HEAD, [BRANCH, "赵", 50, null]]);
    let spec = json!({ "sheets": [{ "name": "在线学习", "rows": rows, "merge": ["C2:D2"] }] });
    assert_eq!(found(&project().workbook("学习.xlsx", &spec)), ["Z114 C2:D2"]);
}

fn branches_match_by_short_name_and_ignore_blanks_and_width() {
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

fn similar_branch_names_are_suggested_and_not_accepted() {
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

fn a_branch_of_the_roster_without_any_row_is_named() {
    let project = project().workbook("学习.xlsx", &sheet(json!([HEAD, [BRANCH, "赵", 50, 38]])));
    let absent = project.findings_of("Z203");
    assert_eq!((absent.len(), &absent[0]["branch"]), (1, &json!("科研处党支部")));
}

fn similar_headers_are_accepted_and_reported() {
    let rows = json!([["党 组 织", "姓　名", "规定 学时", "已完成学时（学时）"], [BRANCH, "赵", 50, 38]]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    assert_eq!(project.rows(BRANCH, "study"), one_row(2, ["A", "B", "C", "D"]));
    assert_eq!(found(&project), ["Z006 A1", "Z006 B1", "Z006 C1", "Z006 D1"]);
}

/// A narrow cell breaks its header anywhere: that is no finding.
fn a_line_break_within_a_header_is_no_other_spelling() {
    let rows = json!([["党\n组织", "姓名", "规定\r\n学时", "已完成\n学时"], [BRANCH, "赵", 50, 38]]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    assert_eq!(project.rows(BRANCH, "study"), one_row(2, ["A", "B", "C", "D"]));
    assert_eq!(found(&project), [""; 0]);
}

fn an_unknown_header_is_reported_with_the_nearest_name() {
    let rows = json!([["党组织", "姓名", "规定学时", "完成的学时"], [BRANCH, "赵", 50, 38]]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    let missing = project.findings_of("Z005");
    assert_eq!(missing[0]["message"], "《干部在线学习》没有“已完成学时”一列");
    assert_eq!(missing[0]["found"], "完成的学时（是不是这一列？）");
    let run = project.zicha(&["columns", "input/学习.xlsx"]);
    assert!(run.stdout.contains("done = { header = [\"已完成学时\", \"完成的学时\"], type = "), "{}", run.all());
    let notice = "templates/2018-grassroots/notice.toml";
    let project = project.edit(notice, "header = [\"已完成学时\"]", "header = [\"已完成学时\", \"完成的学时\"]");
    assert_eq!(found(&project), [""; 0], "a spelling confirmed once is known for ever");
}

fn one_fault_in_200_rows_is_shown_once_with_its_count() {
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

fn a_hidden_column_never_wins_against_a_visible_one() {
    let head = ["党组织", "姓名", "规定学时", "已完成学时", "已完成 学时"];
    let rows = json!([head, [BRANCH, "赵", 50, 20, 38]]);
    let book = json!({ "sheets": [{ "name": "在线学习", "rows": rows, "hidden_columns": ["D"] }] });
    let project = project().workbook("学习.xlsx", &book);
    assert_eq!(project.rows(BRANCH, "study")[0][4], "E2 38");
    let finding = &project.findings_of("Z008")[0];
    assert_eq!(
        (&finding["cell"], finding["message"].as_str()),
        (&json!("D1"), Some("隐藏的这一列也像“已完成学时”，没有读取；读取的是 E 列"))
    );
}

fn a_column_found_in_a_hidden_column_alone_is_read_and_reported() {
    let rows = json!([HEAD, [BRANCH, "赵", 50, 38]]);
    let book = json!({ "sheets": [{ "name": "在线学习", "rows": rows, "hidden_columns": ["D"] }] });
    let project = project().workbook("学习.xlsx", &book);
    assert_eq!(project.rows(BRANCH, "study"), one_row(2, ["A", "B", "C", "D"]));
    assert_eq!(found(&project), ["Z007 D1"]);
}

fn two_tables_with_the_same_header_side_by_side_are_both_read() {
    let row = |left: &str, right: &str| json!([BRANCH, left, 50, 38, BRANCH, right, 50, 40]);
    let head = [HEAD, HEAD].concat();
    let rows = json!([head, row("赵", "钱"), row("孙", "李")]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    let names: Vec<String> = project.rows(BRANCH, "study").into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(names, ["B2 赵", "B3 孙", "F2 钱", "F3 李"]);
    assert_eq!(found(&project), [""; 0]);
}

fn columns_repeated_beside_a_table_name_both_places() {
    let head = ["党组织", "姓名", "规定学时", "已完成学时", "姓名", "规定学时", "已完成学时"];
    let project = project().workbook("学习.xlsx", &sheet(json!([head, [BRANCH, "赵", 50, 38, "钱", 50, 40]])));
    assert_eq!(found(&project), ["Z008 E1", "Z008 F1", "Z008 G1"]);
    assert_eq!(project.findings_of("Z008")[0]["message"], "这一列也像“姓名”，没有读取；读取的是 B 列");
}
