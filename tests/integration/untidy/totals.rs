//! Rows of totals, rows of data that look like them, and rows below a table.

use serde_json::{Value, json};

use super::{BRANCH, HEAD, found, project, sheet};
use crate::support::Project;

crate::harness::tests! {
    alone: [
        rows_of_every_total_word_are_left_out,
        a_task_whose_name_ends_with_a_total_word_is_data,
        a_topic_that_ends_with_a_total_word_is_data,
        a_branch_named_with_a_total_word_keeps_its_rows,
        a_labelled_row_with_other_content_is_reported,
        a_row_without_text_that_sums_the_rows_above_is_reported,
        a_last_row_that_sums_the_rows_above_is_reported_under_any_word,
        a_group_total_amid_the_table_is_reported_under_any_word,
        rows_whose_numbers_are_sums_by_chance_are_data,
        a_part_of_the_row_above_is_left_out_and_reported,
        a_rate_below_the_table_is_left_out_and_reported,
        a_total_above_the_rows_is_left_out_and_compared,
        a_first_row_that_sums_the_rows_below_is_reported_under_any_word,
        counts_and_means_of_outlines_are_left_out,
        totals_of_outlines_and_tables_are_left_out,
        names_and_days_below_a_table_are_not_data,
    ]
}

/// A ledger of two people with a last row.
fn with_last(row: &Value) -> Project {
    let rows = json!([HEAD, [BRANCH, "赵", 50, 38], [BRANCH, "钱", 40, 50], row]);
    project().workbook("学习.xlsx", &sheet(rows))
}

fn names(project: &Project) -> Vec<String> {
    project.rows(BRANCH, "study").into_iter().map(|row| row[1].clone()).collect()
}

fn rows_of_every_total_word_are_left_out() {
    let labels = [
        "合计",
        "汇总",
        "Total",
        "总数",
        "总人数2人",
        "Grand Total",
        "本页合计",
        "教务处汇总",
        "共计",
        "合 计",
        "学习情况合计",
    ];
    for label in labels {
        for row in [json!([label, null, 90, 88]), json!([null, label, 90, 88]), json!([label, "2人", 90, "共88学时"])]
        {
            let project = with_last(&row);
            assert_eq!(
                (names(&project), found(&project)),
                (vec!["B2 赵".to_owned(), "B3 钱".to_owned()], vec![]),
                "{row}"
            );
        }
    }
}

fn a_task_whose_name_ends_with_a_total_word_is_data() {
    let head = ["党组织", "任务名称", "责任人", "时间节点", "状态"];
    let task = |name: &str| json!([BRANCH, name, "王", "2018-09-01", "推进中"]);
    let rows = json!([head, task("党费收缴统计小计"), task("党员信息汇总"), task("换届")]);
    let project = project().workbook("任务.xlsx", &json!({ "sheets": [{ "name": "任务分解", "rows": rows }] }));
    assert_eq!((project.rows(BRANCH, "task").len(), found(&project)), (3, vec![]));
}

fn a_topic_that_ends_with_a_total_word_is_data() {
    let head = ["党组织", "召开日期", "议题", "参会人数"];
    let rows = json!([head, [BRANCH, "2018-09-04", "换届", 9], [BRANCH, "2018-10-09", "通报党费收支合计", 9]]);
    let project = project().workbook("议事会.xlsx", &json!({ "sheets": [{ "name": "党员议事会", "rows": rows }] }));
    assert_eq!((project.rows(BRANCH, "council").len(), found(&project)), (2, vec![]));
}

fn a_branch_named_with_a_total_word_keeps_its_rows() {
    let head = ["党组织名称", "简称", "类别", "书记", "联系人", "电子邮箱"];
    let project = Project::new()
        .ledger("党组织名册", &head, &[vec!["汇总", "", "机关党支部", "甲", "乙", "a@example.edu.cn"]])
        .workbook("学习.xlsx", &sheet(json!([HEAD, ["汇总", "赵", 50, 38]])));
    assert_eq!(project.rows("汇总", "study").len(), 1);
}

fn a_labelled_row_with_other_content_is_reported() {
    let taken = |row: &Value| {
        let project = with_last(row);
        (names(&project).len(), found(&project))
    };
    let doubt = || vec!["Z122 B4".to_owned()];
    assert_eq!(taken(&json!([BRANCH, "合计", 90, 88])), (2, vec![]), "the sums agree");
    assert_eq!(taken(&json!([BRANCH, "平均", 45, 44])), (2, vec![]), "the means agree");
    assert_eq!(taken(&json!([BRANCH, "合计", null, null])), (2, doubt()), "there are no sums");
    let (rows, findings) = taken(&json!([BRANCH, "合计", 50, 40]));
    assert_eq!((rows, findings), (2, ["Z111 C4", "Z111 D4", "Z122 B4"].map(str::to_owned).to_vec()));
    assert_eq!(taken(&json!([BRANCH, "学习小计", 50, 40])), (3, doubt()), "a name that ends so, other sums");
}

fn a_row_without_text_that_sums_the_rows_above_is_reported() {
    for row in [json!([null, null, 90, 88]), json!([null, null, "90", "88"])] {
        let project = with_last(&row);
        assert_eq!((names(&project).len(), found(&project)), (2, vec!["Z122 C4".to_owned()]), "{row}");
    }
}

fn a_last_row_that_sums_the_rows_above_is_reported_under_any_word() {
    for (row, rows, cell) in [
        (json!([null, "全体", 90, 88]), 2, "B4"),
        (json!([null, "两人", "90", "88"]), 2, "B4"),
        (json!([BRANCH, "全体", 90, 88]), 3, "B4"),
    ] {
        let project = with_last(&row);
        assert_eq!((names(&project).len(), found(&project)), (rows, vec![format!("Z122 {cell}")]), "{row}");
    }
    assert_eq!(found(&with_last(&json!([BRANCH, "孙", 50, 40]))), [""; 0]);
    let rows = json!([HEAD, [BRANCH, "赵", 50, 38], [BRANCH, "钱", 40, 50], [], [null, "全体", 90, 88], ["注：全年"]]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    assert_eq!((names(&project).len(), found(&project)), (2, vec!["Z122 B5".to_owned()]), "below a blank row");
}

fn a_group_total_amid_the_table_is_reported_under_any_word() {
    let with_group = |group: &Value, last: &Value| {
        let rows = json!([
            HEAD,
            [BRANCH, "赵", 50, 38],
            [BRANCH, "钱", 40, 50],
            group,
            [BRANCH, "孙", 50, 40],
            [BRANCH, "李", 50, 45],
            last,
        ]);
        project().workbook("学习.xlsx", &sheet(rows))
    };
    let grand = json!(["合计", null, 190, 173]);
    for (group, rows, cell) in [
        (json!([null, "科级小结", 90, 88]), 4, "B4"),
        (json!(["一、二支部合", null, 90, 88]), 4, "A4"),
        (json!([BRANCH, "科级小结", 90, 88]), 5, "B4"),
    ] {
        let project = with_group(&group, &grand);
        let mut expected = vec![format!("Z122 {cell}")];
        if rows == 5 {
            expected.splice(0..0, ["Z111 C7".to_owned(), "Z111 D7".to_owned()]);
        }
        assert_eq!((names(&project).len(), found(&project)), (rows, expected), "{group}");
    }
    // Two groups; the second sums its own rows alone.
    let project = with_group(&json!([null, "科级小结", 90, 88]), &json!([null, "处级小结", 100, 85]));
    assert_eq!((names(&project).len(), found(&project)), (4, vec!["Z122 B4".to_owned(), "Z122 B7".to_owned()]));
    let message = &project.findings_of("Z122")[0]["message"];
    assert_eq!(message, "这一行像是合计，没有计入");
}

fn rows_whose_numbers_are_sums_by_chance_are_data() {
    let taken = |third: &Value| {
        let rows = json!([HEAD, [BRANCH, "赵", 50, 3], [BRANCH, "钱", 40, 4], third, [BRANCH, "李", 50, 45]]);
        let project = project().workbook("学习.xlsx", &sheet(rows));
        (names(&project).len(), found(&project))
    };
    assert_eq!(taken(&json!([BRANCH, "孙", 50, 7])), (4, vec![]), "the first number is none");
    assert_eq!(taken(&json!([BRANCH, "孙", 90, 8])), (4, vec![]), "the second number is none");
    // Numbers that are the same in each row are one evidence.
    let rows = json!([HEAD, [BRANCH, "赵", 3, 3], [BRANCH, "钱", 3, 3], [BRANCH, "孙", 6, 6], [BRANCH, "李", 1, 1]]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    assert_eq!((names(&project).len(), found(&project)), (4, vec![]));
    // One number is no evidence by itself.
    let council = |third: &Value| {
        let head = ["党组织", "召开日期", "议题", "参会人数"];
        let day = |day: &str| json!([BRANCH, day, "换届", 9]);
        let rows = json!([head, day("2018-09-04"), day("2018-09-11"), third, day("2018-10-09")]);
        let book = json!({ "sheets": [{ "name": "党员议事会", "rows": rows }] });
        let project = super::project().workbook("议事会.xlsx", &book);
        (project.rows(BRANCH, "council").len(), project.findings_of("Z122").len())
    };
    assert_eq!(council(&json!([BRANCH, "2018-09-18", "联席会", 18])), (4, 0));
    assert_eq!(council(&json!([BRANCH, null, "上旬两次", 18])), (4, 1), "a day is missing");
}

fn a_part_of_the_row_above_is_left_out_and_reported() {
    let rows = json!([
        HEAD,
        [BRANCH, "赵", 50, 38],
        [BRANCH, "钱", 40, 50],
        ["合计", null, 90, 88],
        [null, "其中：党员", 50, 38],
    ]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    assert_eq!((names(&project).len(), found(&project)), (2, vec!["Z122 B5".to_owned()]));
    assert_eq!(project.findings_of("Z122")[0]["message"], "这一行像是上面一行的其中数，没有计入");
}

fn a_rate_below_the_table_is_left_out_and_reported() {
    let project = with_last(&json!([null, "完成率", 1, 0.9778]));
    assert_eq!((names(&project).len(), found(&project)), (2, vec!["Z122 B4".to_owned()]));
    let rows = json!([HEAD, [BRANCH, "完成率", 50, 38], [BRANCH, "钱", 40, 50]]);
    let project = super::project().workbook("学习.xlsx", &sheet(rows));
    assert_eq!((names(&project).len(), found(&project)), (2, vec![]));
}

fn a_total_above_the_rows_is_left_out_and_compared() {
    let with_first = |total: Value| {
        let rows = json!([HEAD, total, [BRANCH, "赵", 50, 38], [BRANCH, "钱", 40, 50]]);
        project().workbook("学习.xlsx", &sheet(rows))
    };
    let project = with_first(json!(["合计", null, 90, 88]));
    assert_eq!((names(&project).len(), found(&project)), (2, vec![]));
    let finding = &with_first(json!(["合计", null, 91, 88])).findings_of("Z111")[0];
    assert_eq!((&finding["cell"], finding["expected"].as_str()), (&json!("C2"), Some("90")));
}

fn a_first_row_that_sums_the_rows_below_is_reported_under_any_word() {
    let rows = json!([HEAD, ["全校", null, 90, 88], [BRANCH, "赵", 50, 38], [BRANCH, "钱", 40, 50]]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    assert_eq!((names(&project).len(), found(&project)), (2, vec!["Z122 A2".to_owned()]));
}

fn counts_and_means_of_outlines_are_left_out() {
    let rows = json!([
        HEAD,
        [BRANCH, "赵", 50, 38],
        [BRANCH, "钱", 40, 50],
        ["教务处党支部 计数", null, 2, 2],
        ["教务处党支部 平均值", null, 45, 44],
        ["总计数", null, 2, 2],
        ["总计平均值", null, 45, 44],
        ["人均", null, 45, 44],
    ]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    assert_eq!((names(&project).len(), found(&project)), (2, vec![]));
}

fn totals_of_outlines_and_tables_are_left_out() {
    let sum = |formula: &str, result: &str| json!({ "formula": formula, "result": result });
    let rows = json!([
        HEAD,
        [BRANCH, "赵", 50, 38],
        [BRANCH, "钱", 40, 50],
        ["教务处党支部 汇总", null, sum("SUBTOTAL(9,C2:C3)", "90"), sum("SUBTOTAL(9,D2:D3)", "88")],
        ["科研处党支部", "孙", 50, 50],
        ["科研处党支部 汇总", null, sum("SUBTOTAL(9,C5:C5)", "50"), sum("SUBTOTAL(9,D5:D5)", "50")],
        ["总计", null, sum("SUBTOTAL(9,C2:C6)", "140"), sum("SUBTOTAL(9,D2:D6)", "138")],
    ]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    assert_eq!((names(&project).len(), project.rows("科研处党支部", "study").len()), (2, 1));
    assert_eq!(found(&project), [""; 0]);
}

fn names_and_days_below_a_table_are_not_data() {
    let footers = json!([
        ["姓名", "规定学时", "已完成学时"],
        ["赵", 50, 38],
        ["制表人：孙", "审核人：李", "2018年12月1日"],
        ["联系人", "周", "联系电话：12345"],
        ["负责人签字：", null, "填报日期：2018-12-01"],
        ["填表说明：1.学时以平台为准"],
        ["2.不足的写明原因"],
        ["单位（盖章）：教务处", "负责人：王"],
        ["备注", "以平台为准"],
        ["2018年12月1日"],
    ]);
    let book = json!({ "sheets": [{ "name": "在线学习", "rows": footers }] });
    let project = project().workbook("教务处党支部/学习.xlsx", &book);
    let names: Vec<String> = project.rows(BRANCH, "study").into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(names, ["A2 赵"]);
    assert_eq!(found(&project), [""; 0]);
}
