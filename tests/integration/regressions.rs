//! Regressions: faults that were found and fixed, a test for each.

use serde_json::{Value, json};

use crate::support::{NOTICE, Project, chromium, python_json};

crate::harness::tests! {
    alone: [
        a_rate_between_1_and_2_is_refused_as_ambiguous,
        a_percent_sign_in_the_header_decides_the_unit,
        float_noise_is_not_printed,
        fixed_days_are_counted_once_and_missed_ones_are_stated,
        a_condition_over_a_blank_cell_leaves_a_gap,
        of_two_matching_columns_the_first_spelling_wins_and_the_other_is_reported,
        a_short_name_shared_by_two_branches_matches_neither,
        error_values_in_text_files_are_errors,
        a_subtotal_beside_a_merged_branch_is_not_data,
        a_number_merged_over_rows_is_reported,
        line_breaks_in_roster_values_are_no_markup,
        a_line_break_in_a_name_does_not_break_the_sentence,
        settings_that_would_be_ignored_are_refused,
        a_comparison_of_different_types_is_refused,
        a_branch_with_an_invalid_kind_counts_as_refused,
        an_old_draft_of_a_refused_report_is_reported,
        a_closed_pipe_does_not_panic_and_short_names_are_accepted,
        a_fatal_error_is_json_with_the_json_option,
    ]
    with_tools: [
        a_formula_without_a_result_is_not_read_as_a_blank,
        no_printed_page_ends_with_a_table_header,
    ]
}

const BRANCH: &str = "教务处党支部";

fn project() -> Project {
    Project::with_branches(&[(BRANCH, "机关党支部")])
}

fn book(name: &str, rows: Value) -> Value {
    json!({ "sheets": [{ "name": name, "rows": rows }] })
}

fn metrics(project: &Project, branch: &str) -> Value {
    serde_json::from_str(&project.read(&format!("output/{branch}/metrics.json"))).expect("JSON")
}

const PROJECT: [&str; 7] = ["党组织", "项目名称", "负责人", "年度目标", "进展情况", "完成率", "计划完成时间"];

fn a_rate_between_1_and_2_is_refused_as_ambiguous() {
    let rows = json!([PROJECT, [BRANCH, "甲", "王", "目标", "进展", 1.05, "2018-12-15"]]);
    let project = project().workbook("突破项目.xlsx", &book("突破项目", rows));
    let finding = &project.findings_of("Z102")[0];
    assert_eq!((&finding["cell"], &finding["found"]), (&json!("F2"), &json!("1.05")));
}

fn a_percent_sign_in_the_header_decides_the_unit() {
    let mut head = PROJECT;
    head[5] = "完成率（%）";
    let rows = json!([
        head,
        [BRANCH, "甲", "王", "目标", "进展", 85, "2018-12-15"],
        [BRANCH, "乙", "王", "目标", "进展", 0.5, "2018-12-15"]
    ]);
    let project = project().workbook("突破项目.xlsx", &book("突破项目", rows));
    assert_eq!(project.rows(BRANCH, "project")[0][6], "F2 0.85");
    assert_eq!(project.findings_of("Z102")[0]["cell"], "F3", "0.5 may be half a percent or a half");
    assert_eq!(project.findings_of("Z108").len(), 0);
}

fn no_printed_page_ends_with_a_table_header() {
    let project = Project::sample();
    project.build();
    let pdf = project.path("page.pdf");
    chromium(&project.report("学生工作处党支部", "html"), &pdf);
    let pages = python_json("lines.py", &[&pdf]);
    let mut heads = 0;
    for page in pages.as_array().expect("pages") {
        let lines = page["lines"].as_array().expect("lines");
        let at = lines.iter().position(|line| line["text"].as_str().expect("text").starts_with("序号团队名称"));
        assert!(at.is_none_or(|at| at + 2 < lines.len()), "{lines:?}");
        heads += usize::from(at.is_some());
    }
    assert!(heads > 0);
}

fn float_noise_is_not_printed() {
    let rows = json!([PROJECT, [BRANCH, "甲", "王", "目标", "进展", 3.0 / 7.0, "2018-12-15"]]);
    let project = project().workbook("突破项目.xlsx", &book("突破项目", rows));
    project.build();
    assert!(project.report_text(BRANCH, "md").contains("| 42.86% |"));
}

fn fixed_days_are_counted_once_and_missed_ones_are_stated() {
    let head = json!(["党组织", "党支部", "活动日期", "活动主题", "应到人数", "实到人数", "是否上传灯塔平台"]);
    let row = |cell: &str, date: &str| json!([BRANCH, cell, date, "党章学习", 9, 8, "是"]);
    let rows = json!([
        head,
        row("一", "2018-09-06"),
        row("二", "2018-09-06"),
        row("三", "2018-09-06"),
        row("一", "2018-11-01")
    ]);
    let project = project().workbook("主题党日.xlsx", &book("主题党日", rows));
    project.build();
    let text = project.report_text(BRANCH, "md");
    assert!(text.contains("应开展3次，有1个固定日开展了活动，2018年9月20日、2018年10月18日没有开展。"), "{text}");
    let metrics = metrics(&project, BRANCH);
    assert_eq!(
        (&metrics["theme_held"], &metrics["theme_uploaded"]),
        (&json!("3"), &json!("3")),
        "2018-11-01 lies behind the cut-off"
    );
}

fn a_formula_without_a_result_is_not_read_as_a_blank() {
    let head = json!(["党组织", "活动日期", "活动主题", "应到人数", "实到人数", "是否上传灯塔平台"]);
    let rows = json!([head, [BRANCH, "2018-09-06", "党章学习", 9, 8, { "formula": "=IF(ISBLANK(E2),\"否\",\"是\")" }]]);
    let project = project().foreign_workbook("主题党日.xlsx", &book("主题党日", rows));
    project.build();
    assert_eq!(project.findings_of("Z109")[0]["cell"], "F2");
    assert_eq!(metrics(&project, BRANCH).get("theme_uploaded"), Some(&Value::Null));
    let text = project.report_text(BRANCH, "md");
    assert!(
        text.contains("平台【待填写：上传平台次数】次")
            && !text.contains("没有活动上传记录")
            && !text.contains("达到应上传"),
        "{text}"
    );
}

fn a_condition_over_a_blank_cell_leaves_a_gap() {
    let head = json!(["党组织", "任务名称", "责任人", "时间节点", "状态"]);
    let rows = json!([head, [BRANCH, "甲", "王", "2018-09-01", "推进中"], [BRANCH, "乙", "王", null, "推进中"]]);
    let project = project().workbook("任务分解.xlsx", &book("任务分解", rows));
    project.build();
    let text = project.report_text(BRANCH, "md");
    assert!(
        text.contains("共2项，没有一项完成，推进中2项。超过时间节点仍未完成的：【待填写：超过节点未完成任务数】。"),
        "{text}"
    );
}

fn of_two_matching_columns_the_first_spelling_wins_and_the_other_is_reported() {
    let rows = json!([
        ["党组织", "检查发现的问题", null, "整改落实", null, null, null],
        [null, "问题类别", "责任人", "整改措施", "责任人", "整改时限", "完成情况"],
        [BRANCH, "党员教育形式化", "检查员", "谈心", "负责人", "2018-10-31", "推进中"],
    ]);
    let spec = json!({ "sheets": [{ "name": "整改台账", "rows": rows, "merge": ["A1:A2", "B1:C1", "D1:G1"] }] });
    let project = project().workbook("整改.xlsx", &spec);
    assert_eq!(project.rows(BRANCH, "rectify")[0][6], "E3 负责人");
    assert_eq!(project.findings_of("Z008")[0]["cell"], "C2");
    let roster = json!([["单位", "党组织名称", "类别", "书记"], ["教务处", BRANCH, "机关党支部", "甲"]]);
    let project = Project::new().workbook("名册.xlsx", &book("党组织名册", roster));
    project.build();
    assert!(project.report(BRANCH, "md").exists());
}

fn a_short_name_shared_by_two_branches_matches_neither() {
    let project = Project::new()
        .ledger(
            "名册",
            &["党组织名称", "简称", "类别", "书记"],
            &[vec!["第一中心党支部", "中心", "机关党支部", "甲"], vec!["第二中心党支部", "中心", "机关党支部", "乙"]],
        )
        .ledger("在线学习", &["党组织", "姓名", "规定学时", "已完成学时"], &[vec!["中心", "赵", "50", "38"]]);
    assert_eq!(project.findings_of("Z204").len(), 1);
    assert_eq!(project.findings_of("Z201")[0]["cell"], "A2");
    assert_eq!(project.rows("第一中心党支部", "study").len() + project.rows("第二中心党支部", "study").len(), 0);
}

fn error_values_in_text_files_are_errors() {
    let project = project().ledger(
        "党员议事会",
        &["党组织", "召开日期", "议题", "参会人数"],
        &[vec![BRANCH, "2018-09-04", "#REF!", "9"]],
    );
    project.build();
    assert_eq!(project.findings_of("Z105")[0]["cell"], "C2");
    assert!(!project.report_text(BRANCH, "md").contains("#REF"));
}

fn a_subtotal_beside_a_merged_branch_is_not_data() {
    let rows = json!([
        ["党组织", "姓名", "规定学时", "已完成学时"],
        [BRANCH, "赵", 50, 38],
        [null, "教务处小计", 50, 38],
        ["本页合计", null, 50, 38],
        ["合计3人", null, 50, 38]
    ]);
    let spec = json!({ "sheets": [{ "name": "在线学习", "rows": rows, "merge": ["A2:A3"] }] });
    let project = project().workbook("学习.xlsx", &spec);
    assert_eq!(project.rows(BRANCH, "study").len(), 1);
    assert_eq!(project.findings_of("Z201"), [json!(null); 0]);
}

fn a_number_merged_over_rows_is_reported() {
    let rows = json!([["党组织", "姓名", "规定学时", "已完成学时"], [BRANCH, "赵", 50, 38], [BRANCH, "钱", null, 40]]);
    let spec = json!({ "sheets": [{ "name": "在线学习", "rows": rows, "merge": ["C2:C3"] }] });
    let project = project().workbook("学习.xlsx", &spec);
    assert_eq!(project.rows(BRANCH, "study")[1][3], "C2 50");
    let finding = &project.findings_of("Z114")[0];
    assert_eq!(finding["message"], "“规定学时”是合并单元格，合并的每一格都按它计入");
    assert_eq!(finding["cell"], "C2:C3");
}

fn line_breaks_in_roster_values_are_no_markup() {
    let project = Project::new().ledger(
        "党组织名册",
        &["党组织名称", "类别", "书记", "联系人", "电子邮箱"],
        &[vec!["甲学院\n党总支", "党总支", "许", "赵六\n- 列表\n===\n1. 二", "a@example.edu.cn"]],
    );
    project.build();
    let text = project.report_text("甲学院党总支", "md");
    assert!(text.starts_with("草稿\n\n# 甲学院党总支关于基层党建工作自查情况的报告\n"), "{text}");
    assert!(text.contains("（联系人：赵六；- 列表；===；1. 二，电子邮箱"), "{text}");
}

fn a_line_break_in_a_name_does_not_break_the_sentence() {
    let rows = vec![vec![BRANCH, "甲\n团队", "科研攻关", "王", "任务", "成果", "0.5", "成效不明显"]];
    let head = ["所属党组织", "团队名称", "类型", "带头人", "重点任务", "阶段性成果", "建设目标完成率", "建设成效"];
    let project = project().ledger("党建特色团队", &head, &rows);
    project.build();
    assert!(project.report_text(BRANCH, "md").contains("\n需要提醒或调整的是“甲；团队”。"));
}

fn refused(file: &str, from: &str, to: &str, expected: &[&str]) {
    let project = Project::sample().edit(&format!("{NOTICE}/{file}"), from, to);
    let run = project.zicha(&["build"]);
    assert_eq!(run.code, 2, "{}", run.all());
    for part in expected {
        assert!(run.stderr.contains(part), "lacks {part}: {}", run.stderr);
    }
}

fn settings_that_would_be_ignored_are_refused() {
    refused(
        "notice.toml",
        "kinds    = [\"机关党支部\"]",
        "kinds    = [\"机关支部\"]",
        &["“机关支部”", "是不是“机关党支部”"],
    );
    refused(
        "notice.toml",
        "row.present > row.due",
        "pressent(row.present) > row.due",
        &["没有“pressent”这个函数", "sum"],
    );
    refused(
        "notice.toml",
        "type = \"flag\", blank = \"否\"",
        "type = \"flag\", blank = \"没有\"",
        &["“没有”", "是、否"],
    );
    refused("notice.toml", "every_days = 14", "every_days = 0", &["every_days 应至少是 1"]);
    refused("notice.toml", "file_name    = \"自查报告\"", "file_name    = \"../../x\"", &["“../../x”不能作文件名"]);
    refused("notice.toml", "header = [\"职务\"]", "header = [\"职务\", \"姓名\"]", &["“姓名”", "两列"]);
    refused("team.md", "where(effect=", "where(efect=", &["team.md 第", "“efect”不存在", "effect"]);
    refused("problems.md", "pluck(name=\"name\")", "pluck(name=\"nam\")", &["“nam”不存在"]);
}

fn a_comparison_of_different_types_is_refused() {
    refused(
        "notice.toml",
        "r.uploaded == true",
        "r.uploaded == \"是\"",
        &["“r.uploaded == \"是\"”不能比较", "“r.uploaded”为是或否", "“\"是\"”为文字"],
    );
}

fn a_branch_with_an_invalid_kind_counts_as_refused() {
    let project = Project::with_branches(&[(BRANCH, "机关党支部"), ("工会", "群团")]).ledger(
        "在线学习",
        &["党组织", "姓名", "规定学时", "已完成学时"],
        &[vec!["工会", "赵", "50", "38"]],
    );
    let run = project.zicha(&["build"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("报告 1 份，未生成 1 份") && run.stdout.contains("[Z205]"), "{}", run.stdout);
    assert!(run.stdout.contains("名册中的这个名称不能用"), "{}", run.stdout);
}

fn an_old_draft_of_a_refused_report_is_reported() {
    let project = Project::sample();
    project.build();
    let run = project.zicha(&["build", "--final"]);
    assert!(run.stdout.contains("[Z305]") && run.stdout.contains("还是以前的报告"), "{}", run.stdout);
}

fn a_closed_pipe_does_not_panic_and_short_names_are_accepted() {
    let project = Project::sample();
    let command = format!("{} build --json --format md --branch 教务处 | true", env!("CARGO_BIN_EXE_zicha"));
    let output = std::process::Command::new("sh")
        .args(["-c", &command])
        .current_dir(project.path(""))
        .output()
        .expect("a shell");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("报告 1 份") && !said.contains("panicked"), "{said}");
}

fn a_fatal_error_is_json_with_the_json_option() {
    let run = Project::new().zicha(&["build", "--json", "--input", "没有"]);
    let said: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert!(run.code == 2 && said["error"].as_str().is_some_and(|e| e.contains("没有")), "{}", run.all());
}
