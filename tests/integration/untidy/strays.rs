//! Rows and sheets that are no content although they look like it: samples, copies, other years, examples.

use serde_json::{Value, json};

use super::{BRANCH, HEAD, found, project, sheet};
use crate::support::Project;

crate::harness::tests! {
    alone: [
        sheets_named_as_samples_discarded_or_explanations_are_reported,
        a_copy_is_reported_beside_its_original_alone,
        files_named_as_samples_or_copies_are_reported,
        names_of_another_year_are_reported,
        a_title_of_another_year_is_reported_with_the_rows_below_it,
        rows_that_a_column_puts_into_another_year_are_reported,
        days_documents_and_years_of_the_notice_are_no_other_year,
        example_rows_are_left_out_and_reported,
        a_text_that_may_be_content_is_counted_and_reported,
        a_struck_out_row_of_the_roster_is_named,
        a_row_of_a_text_file_parted_by_full_width_commas_is_reported,
    ]
}

fn a_row_of_a_text_file_parted_by_full_width_commas_is_reported() {
    let head = HEAD.join(",");
    let with = |line: &str| project().file("input/学习.csv", format!("{head}\n{BRANCH},赵,50,38\n{line}\n").as_bytes());
    let project = with(&format!("{BRANCH}，钱，50，40"));
    assert_eq!(reported(&project, "Z125"), [format!("{BRANCH}，钱，50，40")]);
    assert_eq!(project.findings_of("Z125")[0]["cell"], "A3");
    // Below the table a sentence is a note, and a branch without content a line of a form.
    for line in ["说明：各单位，各支部，都要填，按时报。", "注：一，二", BRANCH] {
        assert!(reported(&with(line), "Z125").is_empty(), "{line}");
    }
}

fn row(name: &str) -> Value {
    json!([BRANCH, name, 50, 38])
}

fn with_sheets(names: &[&str]) -> Project {
    let sheets: Vec<Value> =
        names.iter().map(|name| json!({ "name": name, "rows": [HEAD, row(&format!("赵{name}"))] })).collect();
    project().workbook("学习.xlsx", &json!({ "sheets": sheets }))
}

/// The sheets or files that a rule reports.
fn reported(project: &Project, code: &str) -> Vec<String> {
    let text = |finding: &Value| finding["found"].as_str().unwrap_or_default().to_owned();
    project.findings_of(code).iter().map(text).collect()
}

fn sheets_named_as_samples_discarded_or_explanations_are_reported() {
    let names = ["样表", "在线学习（示例）", "模板", "作废", "填写说明", "在线学习"];
    let project = with_sheets(&names);
    assert_eq!(reported(&project, "Z127"), names[..5]);
    assert_eq!(project.rows(BRANCH, "study").len(), 6);
}

fn a_copy_is_reported_beside_its_original_alone() {
    assert_eq!(reported(&with_sheets(&["在线学习", "在线学习 (2)"]), "Z127"), ["在线学习 (2)"]);
    assert!(reported(&with_sheets(&["在线学习 (2)"]), "Z127").is_empty());
}

fn files_named_as_samples_or_copies_are_reported() {
    let ledger =
        |name: &str| (name.to_owned(), vec![vec![BRANCH.to_owned(), name.to_owned(), "50".into(), "38".into()]]);
    let mut project = project();
    for (name, rows) in ["在线学习样表", "在线学习", "在线学习(1)", "作废/在线学习", "模板/在线学习"].map(ledger)
    {
        project = project.ledger(&name, &HEAD, &rows);
    }
    let mut files = reported(&project, "Z127");
    files.sort();
    assert_eq!(files, ["作废/在线学习.csv", "在线学习(1).csv", "在线学习样表.csv"]);
}

fn names_of_another_year_are_reported() {
    let project = with_sheets(&["2017", "2017年在线学习", "2018年在线学习", "2017-2018学年"]);
    assert_eq!(reported(&project, "Z128"), ["2017", "2017年在线学习"]);
    let row = vec![BRANCH.to_owned(), "赵".into(), "50".into(), "38".into()];
    let project = super::project().ledger("2016年/在线学习", &HEAD, &[row]);
    assert_eq!(reported(&project, "Z128"), ["2016年"]);
}

fn a_title_of_another_year_is_reported_with_the_rows_below_it() {
    let rows = json!([["2018年度在线学习"], HEAD, row("赵"), ["2017年度在线学习"], HEAD, row("钱")]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    let finding = &project.findings_of("Z128")[0];
    assert_eq!((&finding["cell"], finding["found"].as_str()), (&json!("A4"), Some("2017年度在线学习")));
    assert_eq!(found(&project), ["Z128 A4"]);
    let rows = json!([["2017年度在线学习情况"], HEAD, row("赵")]);
    assert_eq!(found(&super::project().workbook("学习.xlsx", &sheet(rows))), ["Z128 A1"]);
}

fn rows_that_a_column_puts_into_another_year_are_reported() {
    let row = |year: Value, name: &str| json!([year, BRANCH, name, 50, 38]);
    let head = json!(["年度", "党组织", "姓名", "规定学时", "已完成学时"]);
    let rows = json!([
        head,
        row(json!(2018), "赵"),
        row(json!(2017), "钱"),
        row(json!("2017-2018学年"), "孙"),
        row(json!("2016年"), "李")
    ]);
    let project = project().workbook("学习.xlsx", &sheet(rows));
    let finding = &project.findings_of("Z128")[0];
    assert_eq!((&finding["cell"], finding["found"].as_str()), (&json!("A3"), Some("2017")));
    assert!(finding["message"].as_str().is_some_and(|message| message.contains("2 行")), "{finding}");
    assert_eq!(project.rows(BRANCH, "study").len(), 4);
}

fn days_documents_and_years_of_the_notice_are_no_other_year() {
    for title in
        ["2019年1月5日", "教组〔2017〕5号", "填报日期：2019年", "2018年度", "2017—2018学年", "根据2017年工作要点"]
    {
        let project = project().workbook("学习.xlsx", &sheet(json!([[title], HEAD, row("赵")])));
        assert_eq!(found(&project), [""; 0], "{title}");
    }
}

fn example_rows_are_left_out_and_reported() {
    for (example, cell) in [
        (json!([BRANCH, "例：张三", 50, 38]), "Z129 B2"),
        (json!(["例：教务处党支部", "张三", 50, 38]), "Z129 A2"),
        (json!([BRANCH, "（示例）", 50, 38]), "Z129 B2"),
        (json!([BRANCH, "样例", 50, 38]), "Z129 B2"),
    ] {
        let project = project().workbook("学习.xlsx", &sheet(json!([HEAD, example, row("赵")])));
        assert_eq!(project.rows(BRANCH, "study").len(), 1, "{example}");
        assert_eq!(found(&project), [cell], "{example}");
    }
}

fn a_text_that_may_be_content_is_counted_and_reported() {
    let project = project().workbook("学习.xlsx", &sheet(json!([HEAD, [BRANCH, "如：张三", 50, 38], row("例会")])));
    assert_eq!((project.rows(BRANCH, "study").len(), found(&project)), (2, vec!["Z129 B2".to_owned()]));
}

fn a_struck_out_row_of_the_roster_is_named() {
    let page = "<table><tr><td>党组织名称<td>类别<td>书记<td>联系人<td>电子邮箱\
        <tr style='text-decoration:line-through'><td>撤销党支部<td>机关党支部<td>甲<td>乙<td>a@example.edu.cn\
        <tr><td>教务处党支部<td>机关党支部<td>甲<td>乙<td>a@example.edu.cn</table>";
    let project = Project::new().file("input/党组织名册.xls", page.as_bytes());
    let finding = &project.findings_of("Z205")[0];
    assert_eq!((&finding["cell"], finding["found"].as_str()), (&json!("A2"), Some("撤销党支部")));
    assert_eq!(finding["message"], "名册这一行的名称加了删除线，未用");
}
