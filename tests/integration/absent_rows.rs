//! A branch without rows, with a nil report, a ledger that nobody handed in: what the manual's table says of reports,
//! metrics, the summary, its table and findings.

use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        without_rows_where_every_branch_reports,
        without_rows_where_nobody_says_what_that_means,
        without_rows_where_not_every_branch_has_some,
        a_nil_report_is_the_same_with_every_branch_or_not,
        a_ledger_that_nobody_handed_in_has_no_numbers,
        the_manual_has_this_table,
    ]
}

/// A second ledger, in which all branches have a row, and a table with a count, a rate and a mean of the first.
const MORE: &str = r#"
[[summary.sheet]]
title   = "隐患"
metrics = ["hazards", "done_pct", "cost"]
[ledger.talk]
title = "谈话记录"
columns.branch = { header = ["科室"], type = "branch" }
columns.topic = { header = ["谈话内容"], type = "text" }
[metric.cost]
label = "平均整改费用"
expr = 'mean(hazard.map(|r| r.cost))'
"#;
/// What settings have for a part whose ledger has no rows.
const PART: &str = "nil      = \"没有发现隐患。\"\n";
const OMIT: &str = "without_data = \"omit\"\n";
const ALL: &str = "共{{ hazards_all }}项。{% for row in all.hazard %}{{ row.branch.name }}。{% endfor %}\n";

/// What settings say of a ledger.
const ALL_HAVE: &str = "every_branch = true";
const NOT_ALL_HAVE: &str = "every_branch = false";
const UNSAID: &str = "";

/// 内科 has two hazards, 外科 no row, 检验科 a nil report. `every_branch` is what stands for the key, `part` what stands for
/// [`PART`].
fn hospital(every_branch: &str, part: &str) -> Project {
    let rows = [
        ["内科", "通道堵塞", "重大", "2019-03-10", "300", "否"],
        ["内科", "灯不亮", "一般", "2019-03-20", "20", "是"],
        ["检验科", "无", "", "", "", ""],
    ];
    let talks = ["内科", "外科", "检验科"].map(|branch| vec![branch, "安全"]);
    let settings = format!("{NOTICE}/notice.toml");
    Project::hospital(MORE, &rows)
        .ledger("谈话记录", &["科室", "谈话内容"], &talks)
        .template("all.md", ALL)
        .edit(&settings, "every_branch = true", every_branch)
        .edit(&settings, PART, part)
}

/// The cells of a branch, or of the totals, in the table: the number of hazards, the rate, the mean.
fn cells(project: &Project, branch: &str) -> Vec<String> {
    let book = std::fs::read(project.path("output/汇总/汇总表.xlsx")).expect("the table");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(book)).expect("a workbook");
    let range = calamine::Reader::worksheet_range(&mut book, "隐患").expect("the sheet");
    let texts = |row: &[calamine::Data]| row.iter().map(ToString::to_string).collect::<Vec<String>>();
    let row = range.rows().map(texts).find(|row| row.iter().take(2).any(|text| text == branch));
    row.unwrap_or_else(|| panic!("no {branch}")).split_off(3)
}

/// What the metrics of a branch are.
fn metrics(project: &Project, branch: &str) -> [serde_json::Value; 3] {
    let run: serde_json::Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    let branches = run["branches"].as_array().expect("branches");
    let record = branches.iter().find(|record| record["name"] == branch).expect("the branch");
    [0, 2, 3].map(|at| record["metrics"][at].clone())
}

const GAP: &str = "【待填写：隐患（隐患台账中没有本科室的记录）】";

fn without_rows_where_every_branch_reports() {
    for part in [PART, OMIT] {
        let project = hospital(ALL_HAVE, part);
        project.build();
        assert!(project.report_text("外科", "md").contains(GAP), "{part}");
        assert_eq!(metrics(&project, "外科"), [const { serde_json::Value::Null }; 3]);
        let summary = project.hospital_summary();
        assert!(summary.contains("共【待填写：隐患总数】项"), "{summary}");
        assert!(summary.contains("【待填写：《隐患台账》中外科的记录（没有交）】"), "{summary}");
        assert_eq!(cells(&project, "外科"), ["待填写"; 3]);
        assert_eq!(cells(&project, "合计")[0], "待填写");
        let found = project.findings_of("Z203");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["message"], "《隐患台账》中没有该科室的记录，也没有零报告");
    }
}

fn without_rows_where_nobody_says_what_that_means() {
    let project = hospital(UNSAID, PART);
    project.build();
    assert!(project.report_text("外科", "md").contains(GAP));
    assert_eq!(cells(&project, "外科"), ["无记录"; 3]);
    let omitted = hospital(UNSAID, OMIT);
    omitted.build();
    let report = omitted.report_text("外科", "md");
    assert!(!report.contains("隐患\n") && !report.contains("待填写"), "{report}");
    assert_eq!(cells(&omitted, "外科"), ["0", "—", "—"]);
    for project in [project, omitted] {
        let [hazards, rate, mean] = metrics(&project, "外科");
        assert_eq!((hazards, rate.is_null(), mean.is_null()), ("0".into(), true, true));
        let summary = project.hospital_summary();
        assert!(summary.contains("共2项。内科。内科。") && !summary.contains("待填写"), "{summary}");
        assert_eq!(cells(&project, "合计")[0], "2");
        assert!(project.findings_of("Z203").is_empty());
    }
    // In no ledger at all.
    let silent = hospital(UNSAID, PART).ledger("谈话记录", &["科室", "谈话内容"], &[vec!["内科", "安全"]]);
    assert_eq!(silent.findings_of("Z203")[0]["message"], "各台账中都没有该科室的记录");
}

fn without_rows_where_not_every_branch_has_some() {
    // The words of the settings, or what the template says of 0.
    for (part, says) in [(PART, "没有发现隐患。"), ("", "发现隐患0项。"), (OMIT, "现报告如下。")] {
        let project = hospital(NOT_ALL_HAVE, part);
        let run = project.zicha(&["build", "--final"]);
        assert_eq!(run.code, 0, "{}", run.all());
        let report = project.report_text("外科", "md");
        assert!(report.contains(says) && !report.contains("待填写"), "{report}");
        assert_eq!(report.contains("隐患"), part != OMIT, "{report}");
        let [hazards, rate, mean] = metrics(&project, "外科");
        assert_eq!((hazards, rate.is_null(), mean.is_null()), ("0".into(), true, true));
        assert_eq!(cells(&project, "外科"), ["0", "—", "—"]);
        assert_eq!(cells(&project, "合计")[0], "2");
        assert!(!project.zicha(&["status"]).stdout.contains("缺台账"));
        assert!(project.findings_of("Z203").is_empty());
    }
    // Where the settings do not expect nil reports, the template is not made for them.
    let project = hospital(NOT_ALL_HAVE, "").edit(&format!("{NOTICE}/notice.toml"), "nil_report   = [\"无\"]\n", "");
    project.build();
    for branch in ["外科", "检验科"] {
        let report = project.report_text(branch, "md");
        assert!(report.contains("本科室没有《隐患台账》中的事项。"), "{report}");
    }
}

fn a_nil_report_is_the_same_with_every_branch_or_not() {
    for every_branch in [ALL_HAVE, NOT_ALL_HAVE, UNSAID] {
        for (part, says) in [(PART, "没有发现隐患。"), ("", "发现隐患0项。"), (OMIT, "现报告如下。")]
        {
            let project = hospital(every_branch, part);
            project.build();
            let report = project.report_text("检验科", "md");
            assert!(report.contains(says) && !report.contains("待填写"), "{report}");
            assert_eq!(report.contains("隐患"), part != OMIT, "{report}");
            let [hazards, rate, mean] = metrics(&project, "检验科");
            assert_eq!((hazards, rate.is_null(), mean.is_null()), ("0".into(), true, true));
            assert_eq!(cells(&project, "检验科"), ["0", "—", "—"]);
            assert_eq!(project.findings_of("Z207").len(), 1);
        }
    }
}

fn a_ledger_that_nobody_handed_in_has_no_numbers() {
    for every_branch in [ALL_HAVE, NOT_ALL_HAVE, UNSAID] {
        for part in [PART, OMIT] {
            let project = hospital(every_branch, part);
            std::fs::remove_file(project.path("input/隐患台账.csv")).expect("removed");
            project.build();
            for branch in ["内科", "检验科"] {
                assert!(project.report_text(branch, "md").contains(GAP), "{part}");
                assert_eq!(metrics(&project, branch), [const { serde_json::Value::Null }; 3]);
                assert_eq!(cells(&project, branch), ["待填写"; 3]);
            }
            assert_eq!(cells(&project, "合计")[0], "待填写");
            let summary = project.hospital_summary();
            assert!(summary.contains("共【待填写：隐患总数】项。【待填写：《隐患台账》（没有收到）】"), "{summary}");
            assert_eq!(project.findings_of("Z003").len(), 1);
            assert!(project.findings_of("Z203").is_empty());
        }
    }
}

/// The manual states these cases in one table, to which its other passages refer.
fn the_manual_has_this_table() {
    let manual = std::fs::read_to_string(crate::support::root().join("templates/README.md")).expect("the manual");
    let (_, table) = manual.split_once("### 没有记录、零报告、没有收到\n").expect("the heading");
    for case in [
        "没有记录，也没有零报告 | `true`",
        "没有记录，也没有零报告 | `false`",
        "没有记录，也没有零报告 | 没有写",
        "哪一种台账都没有报，有的台账人人都要报",
        "报了零报告 |",
        "台账没有收到（",
    ] {
        assert_eq!(table.matches(case).count(), 1, "{case}");
    }
}
