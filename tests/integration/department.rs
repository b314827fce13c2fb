//! The department's report and table, computed over all branches.

use serde_json::{Value, json};

use crate::support::{NOTICE, Project, SHIPPED_BRANCHES, audit, libreoffice, parts, python_json};

crate::harness::tests! {
    alone: [
        the_summary_adds_up_the_branches,
        the_summary_lists_branches_without_or_with_too_few_uploads,
        the_departments_metrics_are_sums_over_the_branches,
        a_run_over_one_branch_does_not_change_the_summary,
        a_branch_with_the_summarys_name_has_a_separate_folder,
        invalid_lists_and_metrics_are_refused_with_their_line,
        the_manifest_holds_the_reconciliation_of_rows_and_sums,
        a_final_summary_is_refused_until_all_reports_are_final,
        a_kind_without_branches_has_no_section_and_no_gap,
        severity_overrides_apply_to_the_department,
        sums_are_reconciled_with_quotients_and_differing_columns,
        an_unwritable_manifest_fails_the_run,
        a_gap_of_many_branches_is_listed_once_with_its_count,
    ]
    with_tools: [
        the_table_has_a_row_per_branch_and_totals_that_recalculate,
        the_summary_and_its_charts_open_in_other_programs,
        a_gap_of_some_branches_is_a_gap_of_the_department,
        a_branch_without_the_metric_is_not_ranked,
    ]
}

fn summary(project: &Project, extension: &str) -> std::path::PathBuf {
    project.path(&format!("output/汇总/汇总-基层党建自查汇总.{extension}"))
}

fn text(project: &Project) -> String {
    std::fs::read_to_string(summary(project, "md")).expect("a summary")
}

fn run(project: &Project) -> Value {
    serde_json::from_str(&project.read("output/run.json")).expect("JSON")
}

fn table(project: &Project) -> Vec<Value> {
    let sheets = python_json("totals.py", &[&project.path("output/汇总/汇总表.xlsx")]);
    sheets.as_array().expect("sheets").clone()
}

fn the_summary_adds_up_the_branches() {
    let project = Project::with_branches(&[("甲党总支", "党总支"), ("乙党总支", "党总支"), ("丙党支部", "机关党支部")])
        .ledger(
            "整改台账",
            &["党组织", "党支部", "问题类别", "整改措施", "责任人", "整改时限", "完成情况", "完成日期"],
            &[
                vec!["甲党总支", "一支部", "党员教育形式化", "谈心", "王", "2018-10-31", "已完成", "2018-09-20"],
                vec!["乙党总支", "一支部", "党员教育形式化", "谈心", "王", "2018-10-31", "推进中", ""],
            ],
        )
        .ledger(
            "党建特色团队",
            &["所属党组织", "团队名称", "类型", "带头人", "重点任务", "阶段性成果", "建设目标完成率", "建设成效"],
            &[
                vec!["甲党总支", "一队", "科研攻关", "王", "任务", "成果", "0.5", "正常推进"],
                vec!["甲党总支", "二队", "技术服务", "王", "任务", "成果", "0.5", "正常推进"],
                vec!["乙党总支", "三队", "科研攻关", "王", "任务", "成果", "0.5", "正常推进"],
            ],
        )
        .ledger(
            "干部在线学习",
            &["党组织", "姓名", "规定学时", "已完成学时"],
            &[
                vec!["甲党总支", "赵", "50", "40"],
                vec!["乙党总支", "钱", "50", "45"],
                vec!["丙党支部", "孙", "50", "50"],
            ],
        );
    project.build();
    let text = text(&project);
    for part in [
        "2个党总支、1个机关党支部",
        "党建特色团队3个：科研攻关2个，技术服务1个，管理服务0个",
        "按规定共扣0.15分",
        "全部完成整改的党总支是甲党总支。",
    ] {
        assert!(text.contains(part), "lacks {part}:\n{text}");
    }
}

fn the_summary_lists_branches_without_or_with_too_few_uploads() {
    let meeting =
        |branch: &'static str, uploaded: &'static str| vec![branch, "2018-09-06", "学习", "10", "9", uploaded];
    let project =
        Project::with_branches(&[("甲党总支", "党总支"), ("乙党支部", "机关党支部"), ("丙党支部", "机关党支部")])
            .ledger(
                "主题党日",
                &["党组织", "活动日期", "活动主题", "应到人数", "实到人数", "是否上传灯塔平台"],
                &[meeting("甲党总支", "否"), meeting("乙党支部", "是"), meeting("丙党支部", "否")],
            );
    project.build();
    let text = text(&project);
    for part in [
        "没有上传记录的有1个党总支、1个机关党支部：甲党总支、丙党支部",
        "有上传记录但次数不足的有1个机关党支部：乙党支部",
    ] {
        assert!(text.contains(part), "lacks {part}:\n{text}");
    }
}

/// A metric in the manifest, found by its id in the list of labels.
fn metric<'r>(run: &'r Value, labels: &str, record: &'r Value, id: &str) -> &'r Value {
    let place = run[labels].as_object().and_then(|labels| labels.keys().position(|label| label == id));
    &record["metrics"][place.expect("a metric")]
}

fn the_departments_metrics_are_sums_over_the_branches() {
    let project = Project::sample();
    project.build();
    let run = run(&project);
    let branches = run["branches"].as_array().expect("branches");
    let number = |value: &Value| value.as_str().expect("a metric").parse::<f64>().expect("a number");
    for (whole, part) in [
        ("teams_all", "teams"),
        ("study_all_points", "study_points"),
        ("projects_all_low", "projects_low"),
        ("councils_all", "councils"),
        ("tasks_all_late", "tasks_late"),
    ] {
        let sum: f64 = branches.iter().map(|branch| number(metric(&run, "labels", branch, part))).sum();
        let together = metric(&run, "summary_labels", &run["department"], whole);
        assert!((number(together) - sum).abs() < 1e-9, "{whole}: {together} is not {sum}");
    }
    let sources: Value = serde_json::from_str(&project.read("output/汇总/sources.json")).expect("JSON");
    let points =
        sources["metrics"].as_array().and_then(|metrics| metrics.iter().find(|f| f["id"] == "study_all_points"));
    assert_eq!(points.expect("a metric")["from"], json!(["study_points"]));
}

fn the_table_has_a_row_per_branch_and_totals_that_recalculate() {
    let project = Project::sample();
    project.build();
    let metrics = run(&project);
    let sheets = table(&project);
    assert_eq!(sheets.len(), 6);
    for sheet in &sheets {
        let name = sheet["name"].as_str().expect("a name");
        let rows = sheet["branches"].as_array().expect("branches").len();
        let is_general = |branch: &&str| branch.ends_with("党总支");
        let generals = SHIPPED_BRANCHES.iter().filter(|branch| is_general(branch)).count();
        let expected = if name.contains("党总支") {
            generals
        } else if name.contains("机关") {
            SHIPPED_BRANCHES.len() - generals
        } else {
            SHIPPED_BRANCHES.len()
        };
        assert_eq!(rows, expected, "{name}");
        assert_eq!(sheet["total"], "合计");
        assert_ne!(sheet["coloured"], json!([]), "{name}");
        for column in sheet["columns"].as_array().expect("columns") {
            assert_eq!(column["values"].as_array().map(Vec::len), Some(rows));
            if column["formula"] == "—" {
                continue;
            }
            assert!(column["formula"].as_str().is_some_and(|formula| formula.starts_with('=')), "{name} {column}");
            let (worked, stored) = (column["worked"].as_f64(), column["stored"].as_f64());
            let off = worked.zip(stored).map(|(worked, stored)| (worked - stored).abs());
            assert!(off.is_some_and(|off| off < 1e-9), "{name} {column}");
        }
    }
    let points = sheets[5]["columns"].as_array().and_then(|c| c.iter().find(|c| c["head"] == "在线学习扣分（分）"));
    let points = points.expect("a column");
    assert_eq!(points["format"], "0.00");
    let metric = metric(&metrics, "summary_labels", &metrics["department"], "study_all_points");
    assert_eq!(points["stored"].as_f64(), metric.as_str().and_then(|number| number.parse().ok()), "{points} {metric}");
    assert_eq!(sheets[4]["columns"][8]["format"], "0.00%");
    libreoffice(&[project.path("output/汇总/汇总表.xlsx")]);
}

fn the_summary_and_its_charts_open_in_other_programs() {
    let project = Project::sample();
    project.build();
    let docx = summary(&project, "docx");
    audit(&docx);
    libreoffice(std::slice::from_ref(&docx));
    let read = python_json("docx_text.py", &[&docx]);
    assert_eq!(read["title"], "关于基层党建工作自查情况的汇总报告");
    let parts = parts(&std::fs::read(&docx).expect("a summary"));
    let document = &parts.iter().find(|(name, _)| name == "word/document.xml").expect("a body").1;
    let bars = document.matches("<pic:pic").count();
    // A bar for each 党总支 in one chart and for each branch in the other.
    let generals = SHIPPED_BRANCHES.iter().filter(|branch| branch.ends_with("党总支")).count();
    assert_eq!(bars, generals + SHIPPED_BRANCHES.len());
    assert!(document.contains("descr=\""), "a picture says what it shows");
    let html = std::fs::read_to_string(summary(&project, "html")).expect("a summary");
    assert_eq!(html.matches("<svg").count(), bars);
    assert!(!html.contains("http://www.w3.org") && !html.contains("<script"));
}

fn a_gap_of_some_branches_is_a_gap_of_the_department() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部"), ("乙党支部", "机关党支部")]).ledger(
        "干部在线学习",
        &["党组织", "姓名", "规定学时", "已完成学时"],
        &[vec!["甲党支部", "赵", "50", "40"], vec!["乙党支部", "钱", "50", ""]],
    );
    let run = project.build();
    let text = text(&project);
    assert!(text.contains("应参加在线学习的干部2人，未达到规定学时的【待填写：未达规定学时总人数】人"), "{text}");
    assert!(run.stdout.contains("[Z301]") && run.stdout.contains("汇总："), "{}", run.stdout);
    let others = &table(&project)[5];
    let short = others["columns"].as_array().and_then(|c| c.iter().find(|c| c["head"] == "未达规定学时人数（人）"));
    assert_eq!(short.expect("a column")["values"], json!([1, "待填写"]));
    let short = short.expect("a column");
    assert_eq!((&short["worked"], &short["stored"]), (&json!("待填写"), &json!("待填写")), "no total of a part");
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("汇总未生成"), "{}", run.stdout);
}

fn a_run_over_one_branch_does_not_change_the_summary() {
    let project = Project::sample();
    project.build();
    let before = std::fs::metadata(summary(&project, "docx")).and_then(|m| m.modified()).expect("a summary");
    assert_eq!(project.zicha(&["build", "--branch", "教务处党支部"]).code, 0);
    let after = std::fs::metadata(summary(&project, "docx")).and_then(|m| m.modified()).expect("a summary");
    assert_eq!(before, after);
}

fn a_branch_with_the_summarys_name_has_a_separate_folder() {
    let project = Project::with_branches(&[("汇总", "机关党支部")]);
    project.build();
    assert!(project.path("output/汇总/汇总表.xlsx").exists());
    assert!(project.path("output/汇总-2/汇总-2-自查报告.md").exists());
}

fn invalid_lists_and_metrics_are_refused_with_their_line() {
    for (from, to, says) in [
        ("b.rectify_total > 0'", "b.rectify_totl > 0'", "rectify_totl"),
        ("sum(rectifying.map(", "sum(rectifing.map(", "rectifing"),
        ("sort = \"rectify_rate\"", "sort = \"rectify_rat\"", "rectify_rat"),
        ("[\"standards\", \"standards_met\"", "[\"standrads\", \"standards_met\"", "standrads"),
        ("kinds     = [\"党总支\"]", "kinds     = [\"总支\"]", "总支"),
        ("sort = \"rectify_rate\", descending = true", "take = 3", "按什么排序"),
        ("[metric]\n", "[metric]\nkind = { label = \"数\", expr = '1' }\n", "b.kind"),
    ] {
        let project = Project::sample().edit(&format!("{NOTICE}/notice.toml"), from, to);
        let run = project.zicha(&["check"]);
        assert_eq!(run.code, 2, "{to}: {}", run.all());
        assert!(run.stderr.contains("notice.toml 第") && run.stderr.contains(says), "{to}: {}", run.stderr);
    }
}

fn the_manifest_holds_the_reconciliation_of_rows_and_sums() {
    let head = ["党组织", "姓名", "职务", "规定学时", "已完成学时"];
    let project = Project::with_branches(&[("甲党支部", "机关党支部"), ("乙党支部", "机关党支部")])
        .ledger(
            "干部在线学习",
            &head,
            &[vec!["甲党支部", "赵", "科员", "50", "40"], vec!["乙党支部", "钱", "科员", "50", "49.5"]],
        )
        .ledger("干部在线学习二", &head, &[vec!["无名党支部", "李", "科员", "50", "20"]]);
    project.build();
    let proof = &run(&project)["proof"];
    assert_eq!((&proof["holds"], &proof["faults"]), (&json!(true), &json!([])));
    let (rows, used) = (proof["rows"].as_u64().expect("rows"), proof["used"].as_u64().expect("used"));
    assert_eq!(rows, used + 1);
    assert_eq!(
        proof["unused"],
        json!([{ "file": "干部在线学习二.csv", "sheet": "", "row": 2, "reason": "名册中没有“无名党支部”" }])
    );
    let gap = proof["sums"].as_array().and_then(|sums| sums.iter().find(|sum| sum["metric"] == "study_gap"));
    let gap = gap.expect("a sum");
    assert_eq!((&gap["branches"], &gap["unbound"], &gap["whole"]), (&json!("10.5"), &json!("30"), &json!("40.5")));
}

fn a_branch_without_the_metric_is_not_ranked() {
    let attended = |branch: &str, due: &str, present: &str| {
        vec![branch.to_owned(), "2018-09-06".to_owned(), "学习".to_owned(), due.to_owned(), present.to_owned()]
    };
    let project =
        Project::with_branches(&[("甲党支部", "机关党支部"), ("乙党支部", "机关党支部"), ("丙党支部", "机关党支部")])
            .ledger(
                "主题党日",
                &["党组织", "活动日期", "活动主题", "应到人数", "实到人数"],
                &[attended("甲党支部", "10", "9"), attended("乙党支部", "", "30"), attended("丙党支部", "10", "5")],
            )
            .edit(
                &format!("{NOTICE}/notice.toml"),
                "[summary.list]\n",
                "[summary.list]\nworst = { label = \"出勤率最低的两个\", sort = \"attendance\", take = 2 }\n",
            )
            .file(
                &format!("{NOTICE}/summary/closing.md"),
                "最低的是{{ worst | pluck(name=\"name\") | join(sep=\"、\") }}。".as_bytes(),
            );
    project.zicha(&["build"]);
    let text = text(&project);
    assert!(text.contains("最低的是丙党支部、甲党支部、【待填写：乙党支部是否属于“出勤率最低的两个”】。"), "{text}");
    let theme = &table(&project)[4];
    let rate = theme["columns"].as_array().and_then(|c| c.iter().find(|c| c["head"] == "出勤率")).expect("a column");
    assert_eq!((&rate["worked"], &rate["stored"]), (&json!("待填写"), &json!("待填写")), "no rate of parts");
}

fn a_final_summary_is_refused_until_all_reports_are_final() {
    let project = Project::sample();
    let run = project.zicha(&["build", "--final"]);
    assert!(
        run.stdout.contains("汇总：有的单位还没有正式报告，或者定稿之后有改动，未生成正式的汇总"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("汇总：台账中还有"), "{}", run.stdout);
}

fn a_kind_without_branches_has_no_section_and_no_gap() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部")]).ledger(
        "整改台账",
        &["党组织", "党支部", "问题类别", "整改措施", "责任人", "整改时限", "完成情况", "完成日期"],
        &[vec!["甲党支部", "一支部", "党员教育形式化", "谈心", "王", "2018-10-31", "已完成", "2018-09-20"]],
    );
    project.build();
    let text = text(&project);
    assert!(!text.contains("党总支问题整改情况") && !text.contains("图1　各党总支整改率"), "{text}");
    assert!(!text.contains("【待填写：党总支"), "{text}");
}

fn severity_overrides_apply_to_the_department() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部")]).edit(
        &format!("{NOTICE}/notice.toml"),
        "[limits]",
        "[severity]\nZ301 = \"错误\"\n\n[limits]",
    );
    let run = project.zicha(&["build", "--json"]);
    let said: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let severities: Vec<&Value> = said["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["code"] == "Z301" && finding["branch"] == "汇总")
        .map(|finding| &finding["severity"])
        .collect();
    assert!(!severities.is_empty() && severities.iter().all(|severity| *severity == "错误"), "{severities:?}");
}

fn sums_are_reconciled_with_quotients_and_differing_columns() {
    let mut rows = Vec::new();
    for at in 0..60_usize {
        let branch = ["甲党支部", "乙党支部", "丙党支部"][at % 3];
        rows.push(vec![
            branch.to_owned(),
            format!("第{at}人"),
            [3, 7, 11, 13, 17][at % 5].to_string(),
            (at % 9).to_string(),
        ]);
    }
    let extra = "third = { label = \"学时比之和\", expr = 'sum(study.map(|r| r.done / r.required))' }\n\
        place = { label = \"位次之和\", expr = 'sum(study.map(|r, i| i))' }\n";
    let project =
        Project::with_branches(&[("甲党支部", "机关党支部"), ("乙党支部", "机关党支部"), ("丙党支部", "机关党支部")])
            .ledger("在线学习", &["党组织", "姓名", "规定学时", "已完成学时"], &rows)
            .file(
                "input/议事会.csv",
                "甲党支部\n召开日期,议题,参会人数,会议反响\n2018-09-04,一,9,好\n2018-09-05,二,9,好\n\n乙党支部\n\
                 召开日期,议题,会议反响,参会人数\n2018-09-06,三,好,9\n"
                    .as_bytes(),
            )
            .edit(&format!("{NOTICE}/notice.toml"), "[metric]\n", &format!("[metric]\n{extra}"));
    project.build();
    let proof = &run(&project)["proof"];
    assert_eq!((&proof["holds"], &proof["faults"]), (&json!(true), &json!([])));
    let ids: Vec<&Value> = proof["sums"].as_array().expect("sums").iter().map(|sum| &sum["metric"]).collect();
    assert!(ids.contains(&&json!("third")) && !ids.contains(&&json!("place")), "{ids:?}");
    let run = run(&project);
    let branches = run["branches"].as_array().expect("branches").iter();
    assert_eq!(branches.map(|branch| metric(&run, "labels", branch, "councils")).collect::<Vec<_>>(), ["2", "1", "0"]);
}

fn an_unwritable_manifest_fails_the_run() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部")]).file("output/run.json/x", b"");
    let run = project.zicha(&["build"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert!(run.stdout.contains("[Z304]") && run.stdout.contains("run.json"), "{}", run.stdout);
}

fn a_gap_of_many_branches_is_listed_once_with_its_count() {
    let names = ["甲党支部", "乙党支部", "丙党支部"];
    let run = Project::with_branches(&names.map(|name| (name, "机关党支部"))).build();
    let line = run.stdout.lines().find(|line| line.starts_with("汇总：")).expect("what the department lacks");
    assert!(line.contains("、出勤率（3 处）、") && line.matches("出勤率").count() == 2, "{line}");
    let own = run.stdout.lines().find(|line| line.starts_with("甲党支部：")).expect("what a branch lacks");
    assert!(!own.contains(" 处）"), "{own}");
}
