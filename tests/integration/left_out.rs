//! A branch that never reports: the summary leaves it out by its name, and says so.

use serde_json::Value;

use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        a_branch_that_never_reports_does_not_stop_the_summary,
        a_branch_that_is_left_out_and_reports_is_found,
        names_and_reasons_of_those_who_are_left_out_are_checked,
        a_branch_that_handed_in_nothing_counts_in_no_ledger,
        the_summary_says_over_how_many_the_previous_period_is,
    ]
}

const ROWS: [[&str; 6]; 3] = [
    ["内科", "通道堵塞", "重大", "2019-07-10", "300.5", "否"],
    ["内科", "灯不亮", "一般", "2019-06-20", "20", "是"],
    ["检验科", "试剂未锁", "重大", "2019-07-10", "0", "是"],
];
const ALL: &str = "{% if reporting.left_out %}应报{{ reporting.due }}个，实报{{ reporting.done }}个，未报送：\
    {% for b in reporting.left_out %}{{ b.name }}（{{ b.reason }}）{% endfor %}。{% endif %}共{{ hazards_all }}项。\n\
    {% for row in all.hazard %}{{ row.branch.name }}{{ row.content }}。{% endfor %}\n";
const SHEETS: &str = "[[summary.sheet]]\ntitle = \"隐患\"\nmetrics = [\"hazards\", \"done_pct\"]\n\
    [[summary.sheet]]\ntitle = \"隐患明细\"\nrows = \"hazard\"\ncolumns = [\"content\", \"cost\"]\ntotal = [\"cost\"]\n";

/// 外科 has no row.
fn hospital() -> Project {
    Project::hospital(SHEETS, &ROWS).template("all.md", ALL)
}

/// The same with these branches left out.
fn leaving_out(project: Project, left_out: &str) -> Project {
    project.edit(&format!("{NOTICE}/notice.toml"), "[summary]\n", &format!("[summary]\nleft_out = {{ {left_out} }}\n"))
}

fn run_record(project: &Project) -> Value {
    serde_json::from_str(&project.read("output/run.json")).expect("JSON")
}

/// The cells of a sheet of the table, row by row.
fn table(project: &Project, sheet: &str) -> Vec<Vec<String>> {
    let book = std::fs::read(project.path("output/汇总/汇总表.xlsx")).expect("the table");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(book)).expect("a workbook");
    let range = calamine::Reader::worksheet_range(&mut book, sheet).expect("the sheet");
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

fn a_branch_that_never_reports_does_not_stop_the_summary() {
    let project = hospital();
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("未报送、不计入汇总的单位"), "the cure is named: {}", run.stdout);
    assert_eq!(run_record(&project)["department"]["state"], "stopped");

    let project = leaving_out(project, "\"外科\" = \"装修停诊\"");
    let run = project.zicha(&["build", "--final"]);
    assert!(run.stdout.contains("设置里写明它未报送（装修停诊），未生成正式报告"), "{}", run.stdout);
    let record = run_record(&project);
    assert_eq!(record["department"]["state"], "final");
    assert_eq!(record["branches"][1]["name"], "外科");
    assert_eq!(
        (&record["branches"][1]["left_out"], &record["branches"][1]["state"]),
        (&"装修停诊".into(), &"stopped".into())
    );
    assert!(record["branches"][0]["left_out"].is_null());
    let summary = project.hospital_summary();
    assert!(summary.contains("应报3个，实报2个，未报送：外科（装修停诊）。共3项。"), "{summary}");
    assert!(!summary.contains("待填写"), "{summary}");

    let sheet = table(&project, "隐患");
    assert_eq!(sheet[2], ["1", "内科", "临床", "2", "0.5"]);
    assert_eq!(sheet[3], ["2", "检验科", "医技", "1", "1"]);
    assert_eq!(sheet[4], ["3", "外科", "临床", "未报送", "未报送"]);
    assert_eq!((&*sheet[5][0], &*sheet[5][3]), ("合计（已报送2个）", "3"));
    let rows = table(&project, "隐患明细");
    assert_eq!(rows[5][3], "320.5");
    assert!(rows.iter().flatten().any(|cell| cell == "未报送，表里没有：外科"), "{rows:?}");

    let status: Value = serde_json::from_str(&project.zicha(&["status", "--json"]).stdout).expect("JSON");
    let branch = status["branches"].as_array().expect("branches").iter().find(|branch| branch["branch"] == "外科");
    assert_eq!(branch.expect("外科")["stage"], "left-out");
    assert_eq!(status["department"]["stage"], "final");
}

fn a_branch_that_is_left_out_and_reports_is_found() {
    let late =
        Project::hospital(SHEETS, &[&ROWS[..], &[["外科", "插座老化", "重大", "2019-07-10", "9", "否"]]].concat());
    let project = leaving_out(late.template("all.md", ALL), "\"外科\" = \"装修停诊\"");
    project.build();
    let found = project.findings_of("Z219");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["message"], "“外科”写作未报送（装修停诊），不计入汇总，台账里却有它的：《隐患台账》1 行");
    // What the settings say holds until a person changes it.
    let summary = project.hospital_summary();
    assert!(summary.contains("共3项。") && !summary.contains("插座老化"), "{summary}");
    assert!(project.report_text("外科", "md").contains("发现隐患1项。"));
}

fn names_and_reasons_of_those_who_are_left_out_are_checked() {
    let project = leaving_out(hospital(), "\"食堂\" = \"停诊\"");
    assert_eq!(project.findings_of("Z219")[0]["message"], "写作未报送的“食堂”不在名册里");
    let run = leaving_out(hospital(), "\"外科\" = \" \"").zicha(&["check"]);
    assert!(run.all().contains("未报送的“外科”没有写理由"), "{}", run.all());
    // A summary of nobody is none.
    let project = leaving_out(hospital(), "\"内科\" = \"停\", \"外科\" = \"停\", \"检验科\" = \"停\"");
    assert_eq!(project.zicha(&["build", "--final"]).code, 1);
    assert_eq!(run_record(&project)["department"]["state"], "stopped");
    let found = project.findings_of("Z219");
    assert!(found.iter().any(|found| found["message"] == "全部科室都写作未报送，没有可以汇总的"), "{found:?}");
}

/// A12, A23 of the newcomer: who handed in nothing was 0 in the ledgers that not every branch has.
fn a_branch_that_handed_in_nothing_counts_in_no_ledger() {
    let talk = "[ledger.talk]\ntitle = \"谈话记录\"\nevery_branch = false\ncolumns.branch = { header = [\"科室\"], type = \"branch\" }\n\
        columns.topic = { header = [\"谈话内容\"], type = \"text\" }\n[metric.talks]\nlabel = \"谈话数\"\nexpr = 'talk.len()'\n";
    let talks = |rows: &[&str]| {
        let rows: Vec<Vec<&str>> = rows.iter().map(|branch| vec![*branch, "安全"]).collect();
        Project::hospital(talk, &ROWS).ledger("谈话记录", &["科室", "谈话内容"], &rows)
    };
    let of = |project: &Project, branch: usize| run_record(project)["branches"][branch]["metrics"].clone();
    let project = talks(&["内科"]);
    project.build();
    // 检验科 is in the other ledger, 外科 in none.
    assert_eq!((&of(&project, 2)[0], &of(&project, 2)[3]), (&"1".into(), &"0".into()));
    assert_eq!((&of(&project, 1)[0], &of(&project, 1)[3]), (&Value::Null, &Value::Null));
    // A nil report in either makes it one that reports.
    let project =
        talks(&["内科"]).ledger("谈话记录", &["科室", "谈话内容"], &[vec!["内科", "安全"], vec!["外科", "无"]]);
    project.build();
    assert_eq!((&of(&project, 1)[0], &of(&project, 1)[3]), (&Value::Null, &"0".into()));
}

/// A19 of the newcomer: nine branches were compared with eight.
fn the_summary_says_over_how_many_the_previous_period_is() {
    let text = "{% if reporting.n.previous is not none and reporting.n.previous != reporting.n.done %}上季度{{ reporting.previous }}个，\
        本季度{{ reporting.done }}个。{% endif %}{{ change(hazards_all) }}。\n";
    let all = Project::hospital("", &[&ROWS[..], &[["外科", "插座老化", "重大", "2019-07-10", "9", "否"]]].concat());
    all.build();
    let project = leaving_out(hospital().template("all.md", text), "\"外科\" = \"停诊\"");
    let earlier = all.path("output").display().to_string();
    let run = project.zicha(&["build", "--previous", &earlier]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert!(project.hospital_summary().contains("上季度3个，本季度2个。减少1项。"), "{}", project.hospital_summary());
    // Over as many, nothing is said.
    let run = all.template("all.md", text).zicha(&[
        "build",
        "--previous",
        &project.path("output").display().to_string(),
        "--force",
    ]);
    assert_eq!(run.code, 0, "{}", run.all());
}
