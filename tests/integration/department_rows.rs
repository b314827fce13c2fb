//! Rows of all branches in the department's report, annexes and table.

use serde_json::{Value, json};

use crate::support::{NOTICE, Project, parts, python_json};

crate::harness::tests! {
    alone: [
        a_summary_prints_rows_of_all_branches_filtered_sorted_and_cut_off,
        rows_that_a_blank_cell_leaves_undecided_are_kept_with_a_gap,
        a_branch_that_did_not_hand_in_the_ledger_is_a_gap_of_the_summary,
        a_summary_without_the_ledger_has_a_gap,
        printed_rows_have_their_branch_file_and_cell_as_source,
        templates_with_unknown_fields_of_rows_are_refused,
        rows_beyond_the_length_of_a_report_stop_the_summary_alone,
        check_fills_the_summarys_rows,
        an_annex_of_the_summary_lists_the_rows_of_all_branches,
        an_annex_of_the_summary_names_branches_that_did_not_hand_in,
        a_changed_row_rebuilds_the_summary,
        sheets_that_cannot_be_are_refused_with_their_line,
        texts_of_a_sheet_are_no_formulas,
    ]
    with_tools: [
        a_sheet_lists_rows_with_totals_that_other_programs_read,
        the_last_row_of_a_sheet_without_totals_has_its_formats,
        a_sheet_marks_what_is_missing,
        a_sheet_has_ten_thousand_rows,
    ]
}

const ROWS: [[&str; 6]; 5] = [
    ["内科", "通道堵塞", "重大", "2019-07-10", "300.5", "否"],
    ["内科", "灯不亮", "一般", "2019-06-20", "20", "是"],
    ["外科", "插座老化", "重大", "2019-06-25", "100", "否"],
    ["外科", "标识脱落", "较大", "2019-07-01", "50", "否"],
    ["检验科", "试剂未锁", "重大", "2019-07-10", "0", "是"],
];
/// A sentence with the serious hazards that are due first.
const FIRST_TWO: &str = "{% for row in all.hazard | where(level=\"重大\") | sort_by(field=\"due\", take=2) -%}\n\
    {{ row.branch.name }}（{{ row.branch.kind }}，共{{ row.branch.hazards }}项）{{ row.content }}，{{ row.due }}，{{ row.cost }}元；\n\
    {%- endfor %}\n";

fn a_summary_prints_rows_of_all_branches_filtered_sorted_and_cut_off() {
    let project = Project::hospital("", &ROWS).template("all.md", FIRST_TWO);
    project.build();
    // The second and the third are due on one day: both are among the first two.
    let wanted = "外科（临床，共2项）插座老化，2019年6月25日，100元；内科（临床，共2项）通道堵塞，2019年7月10日，300.5元；\
                  检验科（医技，共1项）试剂未锁，2019年7月10日，0元；";
    let text = project.hospital_summary();
    assert!(text.contains(wanted), "{text}");
    let descending = "{% for row in all.hazard | sort_by(field=\"cost\", descending=true, take=1) %}{{ row.content }}{% endfor %}。\n\
        {{ all.hazard | where(branch=\"外科\") | pluck(name=\"content\") | join(sep=\"、\") }}。\n\
        {{ all.hazard | sort_by(field=\"branch.name\") | pluck(name=\"branch.name\") | join(sep=\"、\") }}。\n";
    let project = project.template("all.md", descending);
    project.build();
    let text = project.hospital_summary();
    assert!(text.contains("通道堵塞。插座老化、标识脱落。内科、内科、外科、外科、检验科。"), "{text}");
}

fn rows_that_a_blank_cell_leaves_undecided_are_kept_with_a_gap() {
    let mut rows = ROWS;
    rows[4][3] = "";
    let project = Project::hospital("", &rows).template("all.md", FIRST_TWO);
    project.build();
    let text = project.hospital_summary();
    let wanted = "通道堵塞，2019年7月10日，300.5元；【待填写：检验科的这一行是否在前2】（医技，共1项）试剂未锁，【待填写：整改期限】，0元；";
    assert!(text.contains(wanted), "{text}");
    // Without a limit there is nothing to decide: the row comes last.
    let all = FIRST_TWO.replace(", take=2", "");
    let project = project.template("all.md", &all);
    project.build();
    let text = project.hospital_summary();
    assert!(text.contains("；检验科（医技，共1项）试剂未锁，【待填写：整改期限】，0元；"), "{text}");
}

fn a_branch_that_did_not_hand_in_the_ledger_is_a_gap_of_the_summary() {
    let project = Project::hospital("", &ROWS[..4]).template("all.md", FIRST_TWO);
    project.build();
    let text = project.hospital_summary();
    assert!(text.contains("300.5元；【待填写：《隐患台账》中检验科的记录（没有交）】"), "{text}");
    // A template that does not list rows has no such gap; a nil report is an answer.
    let other = Project::hospital("", &ROWS[..4]).template("all.md", "共{{ hazards_all }}项。\n");
    other.build();
    assert!(!other.hospital_summary().contains("没有交"));
    let rows = [&ROWS[..4], &[["检验科", "无", "", "", "", ""]]].concat();
    let nil = Project::hospital("", &rows).template("all.md", FIRST_TWO);
    nil.build();
    assert!(!nil.hospital_summary().contains("待填写"), "{}", nil.hospital_summary());
}

fn a_summary_without_the_ledger_has_a_gap() {
    let annex = "[[summary.annex]]\ntitle = \"隐患明细\"\nledger = \"hazard\"\ncolumns = [\"content\"]\n";
    let project = Project::hospital(annex, &ROWS).template("all.md", FIRST_TWO);
    std::fs::remove_file(project.path("input/隐患台账.csv")).expect("a removed ledger");
    project.build();
    let text = project.hospital_summary();
    assert_eq!(text.matches("【待填写：《隐患台账》（没有收到）】").count(), 2, "{text}");
}

fn printed_rows_have_their_branch_file_and_cell_as_source() {
    let annex = "[[summary.annex]]\ntitle = \"隐患明细\"\nledger = \"hazard\"\ncolumns = [\"content\"]\n";
    let project = Project::hospital(annex, &ROWS).template("all.md", FIRST_TWO);
    project.build();
    let sources: Value = serde_json::from_str(&project.read("output/汇总/sources.json")).expect("JSON");
    let printed = sources["printed"].as_array().expect("texts");
    let find = |text: &str| printed.iter().filter(|p| p["text"] == text).collect::<Vec<_>>();
    let file = |p: &Value| sources["sheets"][p["sheet"].as_u64().expect("a sheet") as usize]["file"].clone();
    // In the body and in the annex.
    let content = find("插座老化");
    assert_eq!(content.len(), 2, "{sources}");
    for printed in content {
        assert_eq!((&printed["label"], &printed["cell"]), (&json!("外科的隐患内容"), &json!("B4")));
        assert_eq!(file(printed), "隐患台账.csv");
    }
    let due = find("2019年6月25日");
    assert_eq!((&due[0]["label"], &due[0]["cell"]), (&json!("外科的整改期限"), &json!("D4")));
    let name = find("检验科");
    assert_eq!((&name[0]["cell"], file(name[0])), (&json!("A4"), json!("科室名册.csv")));
    assert_eq!(find("2")[0]["metric"], "hazards");
}

fn templates_with_unknown_fields_of_rows_are_refused() {
    for (text, message) in [
        ("{% for row in all.hazards %}{% endfor %}", "模板里的“all.hazards”不存在，是不是“hazard”"),
        ("{% for row in all.roster %}{% endfor %}", "模板里的“all.roster”不存在"),
        ("{% for row in all.hazard %}{{ row.contents }}{% endfor %}", "模板里的“row.contents”不存在"),
        ("{% for row in all.hazard %}{{ row.branch.nosuch }}{% endfor %}", "模板里的“row.branch.nosuch”不存在"),
        ("{% for row in all.hazard %}{{ row.branch }}{% endfor %}", "是一组名称和值，不能整个印出来"),
        ("{% for row in all.hazard | where(level=\"特大\") %}{% endfor %}", "“特大”不是“级别”的可选项"),
        ("{% for row in all.hazard | sort_by(field=\"dew\") %}{% endfor %}", "模板里的“dew”不存在"),
        ("{% for row in all.hazard | sort_by %}{% endfor %}", "sort_by 要写明按哪一列排"),
        ("{% for row in all.hazard | sort_by(field=\"due\", desc=true) %}{% endfor %}", "sort_by 里不能写“desc”"),
        ("{{ all.hazard }}", "是一行一行的台账，不能整个印出来"),
    ] {
        let run = Project::hospital("", &ROWS).template("all.md", text).zicha(&["build"]);
        assert!(run.code == 2 && run.stderr.contains(message), "{text}: {}", run.all());
        assert!(run.stderr.contains("all.md 第1行"), "{text}: {}", run.stderr);
    }
    // A branch's templates have no rows of others.
    let run = Project::hospital("", &ROWS).template("hazard.md", "{{ all.hazard | length }}").zicha(&["build"]);
    assert!(run.code == 2 && run.stderr.contains("模板里的“all”不存在"), "{}", run.all());
    let list = "[summary.list]\nall = { label = \"甲\" }\n";
    let run = Project::hospital(list, &ROWS).zicha(&["build"]);
    assert!(run.code == 2 && run.stderr.contains("“all”另有用处"), "{}", run.all());
}

fn rows_beyond_the_length_of_a_report_stop_the_summary_alone() {
    let project = Project::hospital("[limits]\nreport_mib = 1\n", &ROWS).template("all.md", FIRST_TWO);
    let mut ledger = project.read("input/隐患台账.csv");
    let long = "长".repeat(200);
    ledger
        .extend((0..2_000).map(|n| format!("{},{long}{n},重大,2019-07-01,1,是\n", ["内科", "外科", "检验科"][n % 3])));
    let project = project.file("input/隐患台账.csv", ledger.as_bytes());
    let run = project.zicha(&["build"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert!(run.all().contains("各单位的台账超过一份报告能排的 1 MiB"), "{}", run.all());
    assert!(project.report("内科", "md").exists() && !project.path("output/汇总/汇总-汇总.md").exists());
    // A summary that lists no rows does not take them.
    project.template("all.md", "共{{ hazards_all }}项。\n").build();
}

fn check_fills_the_summarys_rows() {
    let text = "{% for row in all.hazard %}{{ throw(message=row.n.content) }}{% endfor %}";
    let project = Project::hospital("", &ROWS).template("all.md", text);
    let found = project.findings_of("Z303");
    assert!(found.len() == 1 && found[0]["message"].as_str().is_some_and(|m| m.contains("通道堵塞")), "{found:?}");
}

fn an_annex_of_the_summary_lists_the_rows_of_all_branches() {
    let annex = "[[summary.annex]]\nid = \"open\"\ntitle = \"未整改隐患\"\nledger = \"hazard\"\n\
        columns = [\"content\", \"cost\"]\nwhen = '!row.done'\nserial = true\nkinds = [\"临床\"]\n";
    let mut rows = ROWS;
    rows[3][5] = "";
    let project = Project::hospital(annex, &rows).template("all.md", "详见{{ annex.open }}。\n");
    project.build();
    let text = project.hospital_summary();
    let wanted = "# 附件　未整改隐患\n\n| 序号 | 科室 | 隐患内容 | 整改费用（元） |\n| :---: | :---: | :--- | :---: |\n\
        | 1 | 内科 | 通道堵塞 | 300.5 |\n| 2 | 外科 | 插座老化 | 100 |\n\
        | 3 | 外科 | 标识脱落【待填写：是否列入本表】 | 50 |\n";
    assert!(text.contains("详见附件。") && text.contains(wanted), "{text}");
    // No row meets the condition: there is no annex.
    let project = project.edit(&format!("{NOTICE}/notice.toml"), "'!row.done'", "'row.cost > 1000'");
    project.template("all.md", "共{{ hazards_all }}项。\n").build();
}

fn an_annex_of_the_summary_names_branches_that_did_not_hand_in() {
    let annex = "[[summary.annex]]\ntitle = \"隐患明细\"\nledger = \"hazard\"\ncolumns = [\"content\", \"cost\"]\n";
    let project = Project::hospital(annex, &ROWS[..4]);
    project.build();
    let text = project.hospital_summary();
    let wanted = "| 外科 | 标识脱落 | 50 |\n| 检验科 | 【待填写：没有交这个台账】 |  |\n";
    assert!(text.contains(wanted), "{text}");
    let run = project.zicha(&["build", "--final"]);
    assert!(run.code == 1 && run.all().contains("待填写：没有交这个台账"), "{}", run.all());
}

fn a_changed_row_rebuilds_the_summary() {
    let project = Project::hospital("", &ROWS).template("all.md", FIRST_TWO);
    project.build();
    let project = project.edit("input/隐患台账.csv", "插座老化", "插座松动");
    project.build();
    assert!(project.hospital_summary().contains("外科（临床，共2项）插座松动"));
}

/// A sheet of the serious hazards, the ones due first at the top.
const SHEET: &str = "[[summary.sheet]]\ntitle = \"重大隐患\"\nrows = \"hazard\"\n\
    columns = [\"content\", \"level\", \"due\", \"cost\", \"done\"]\nwhen = 'row.level == \"重大\"'\nsort = \"due\"\n\
    descending = true\ntotal = [\"cost\"]\n";

fn table(project: &Project) -> Vec<Value> {
    let sheets = python_json("sheet.py", &[&project.path("output/汇总/汇总表.xlsx")]);
    sheets.as_array().expect("sheets").clone()
}

fn a_sheet_lists_rows_with_totals_that_other_programs_read() {
    let metrics = "[[summary.sheet]]\ntitle = \"隐患\"\nmetrics = [\"hazards\", \"open\"]\n";
    let project = Project::hospital(&[metrics, SHEET].concat(), &ROWS);
    project.build();
    let sheets = table(&project);
    assert_eq!(sheets[0]["rows"][2], json!([1, "内科", "临床", 2, 1]));
    let sheet = &sheets[1];
    assert_eq!(sheet["name"], "重大隐患");
    assert_eq!(
        sheet["rows"].as_array().expect("rows")[1..],
        [
            json!(["序号", "科室", "隐患内容", "级别", "整改期限", "整改费用\n（元）", "是否整改"]),
            json!([1, "内科", "通道堵塞", "重大", "2019-07-10 00:00:00", 300.5, "否"]),
            json!([2, "检验科", "试剂未锁", "重大", "2019-07-10 00:00:00", 0, "是"]),
            json!([3, "外科", "插座老化", "重大", "2019-06-25 00:00:00", 100, "否"]),
            json!(["合计", null, null, null, null, "=SUM(F3:F5)", null]),
        ]
    );
    assert_eq!(
        (&sheet["frozen"], &sheet["filter"], &sheet["repeat"]),
        (&json!("C3"), &json!("A2:G5"), &json!("$1:$2"))
    );
    let xml = parts(&std::fs::read(project.path("output/汇总/汇总表.xlsx")).expect("a table"));
    let sheet = &xml.iter().find(|(name, _)| name == "xl/worksheets/sheet2.xml").expect("a sheet").1;
    let sheet = sheet.split_whitespace().collect::<String>();
    assert!(sheet.contains("<f>SUM(F3:F5)<v>400.5"), "{sheet}");
}

fn the_last_row_of_a_sheet_without_totals_has_its_formats() {
    let sheet = SHEET.replace("total = [\"cost\"]\n", "");
    let project = Project::hospital(&sheet, &ROWS);
    project.build();
    let rows = table(&project)[0]["rows"].as_array().expect("rows").clone();
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[4], json!([3, "外科", "插座老化", "重大", "2019-06-25 00:00:00", 100, "否"]));
}

fn a_sheet_marks_what_is_missing() {
    let mut rows = ROWS;
    rows[0][4] = "";
    rows[2][2] = "";
    let sheet = SHEET.replace("sort = \"due\"\ndescending = true\n", "sort = \"level\"\n");
    let project = Project::hospital(&sheet, &rows[..4]);
    project.build();
    let sheets = table(&project);
    assert_eq!(
        sheets[0]["rows"].as_array().expect("rows")[2..],
        [
            json!([1, "内科", "通道堵塞", "重大", "2019-07-10 00:00:00", "待填写", "否"]),
            json!([2, "外科（待填写：是否列入本表）", "插座老化", "待填写", "2019-06-25 00:00:00", 100, "否"]),
            json!([3, "检验科", "待填写：没有交《隐患台账》", null, null, null, null]),
            json!(["合计", null, null, null, null, "=IF(COUNT(F3:F5)<ROWS(F3:F5),\"待填写\",SUM(F3:F5))", null]),
        ]
    );
    // A column that may be blank has its sum without the blank cells, when every branch handed in.
    let sheet = sheet.replace("sort = \"level\"\n", "optional = [\"cost\"]\n");
    let project = Project::hospital(&sheet, &[rows[0], rows[4], ["外科", "无", "", "", "", ""]]);
    project.build();
    let sheets = table(&project);
    assert_eq!(sheets[0]["rows"][2][5], json!(null));
    assert_eq!(sheets[0]["rows"][4][5], "=SUM(F3:F4)");
}

fn a_sheet_has_ten_thousand_rows() {
    let project = Project::hospital(SHEET, &ROWS);
    let mut ledger = project.read("input/隐患台账.csv");
    ledger
        .extend((0..10_000).map(|n| format!("{},隐患{n},重大,2019-05-01,1.5,是\n", ["内科", "外科", "检验科"][n % 3])));
    let project = project.file("input/隐患台账.csv", ledger.as_bytes());
    project.build();
    let sheets = table(&project);
    let rows = sheets[0]["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 2 + 10_003 + 1);
    assert_eq!(rows[10_004], json!([10_003, "检验科", "隐患9998", "重大", "2019-05-01 00:00:00", 1.5, "是"]));
}

fn texts_of_a_sheet_are_no_formulas() {
    let mut rows = ROWS;
    rows[0][1] = "-2+3+cmd|' /C calc'!A0";
    rows[2][1] = "@SUM(1)\u{7}";
    let project = Project::hospital(SHEET, &rows);
    project.build();
    let xml = parts(&std::fs::read(project.path("output/汇总/汇总表.xlsx")).expect("a table"));
    let find = |name: &str| &xml.iter().find(|(part, _)| part == name).expect("a part").1;
    let sheet = find("xl/worksheets/sheet1.xml");
    assert_eq!(sheet.matches("<f>").count(), 1, "{sheet}");
    let all = xml.iter().map(|(_, text)| text.as_str()).collect::<String>();
    assert!(all.contains("-2+3+cmd") && all.contains("@SUM(1)") && !all.contains("_x0007_"));
}

fn sheets_that_cannot_be_are_refused_with_their_line() {
    for (keys, message) in [
        ("", "没有内容：写 metrics（一个单位一行，各列是指标）或 rows"),
        ("metrics = [\"hazards\"]\nrows = \"hazard\"", "metrics 和 rows 只写一个"),
        ("rows = \"hazard\"", "没有写列哪几列"),
        ("rows = \"hazards\"\ncolumns = [\"content\"]", "是不是“hazard”"),
        ("rows = \"roster\"\ncolumns = [\"name\"]", "名册里一个单位只有一行"),
        ("rows = \"hazard\"\ncolumns = [\"contents\"]", "是不是“content”"),
        ("rows = \"hazard\"\ncolumns = [\"branch\"]", "“branch”不用写：科室自动是第一列"),
        ("rows = \"hazard\"\ncolumns = [\"content\"]\nsort = \"dew\"", "没有名为“dew”的列"),
        ("rows = \"hazard\"\ncolumns = [\"content\"]\noptional = [\"due\"]", "不在这张表的 columns 里"),
        ("rows = \"hazard\"\ncolumns = [\"content\"]\ntotal = [\"cost\"]", "不在这张表的 columns 里"),
        ("rows = \"hazard\"\ncolumns = [\"content\"]\ntotal = [\"content\"]", "不是数，或是百分比，没有合计"),
        ("rows = \"hazard\"\ncolumns = [\"content\"]\ndescending = true", "没有写按哪一列排（sort）"),
        ("rows = \"hazard\"\ncolumns = [\"content\"]\nwhen = 'row.nosuch'", "nosuch"),
        ("metrics = [\"hazards\"]\nwhen = 'row.done'", "只和 rows 一起写"),
        ("rows = \"hazard\"\ncolumns = [\"content\"]\nkinds = [\"行政\"]", "没有名为“行政”的类别"),
    ] {
        let project = Project::hospital(&format!("[[summary.sheet]]\ntitle = \"甲\"\n{keys}\n"), &ROWS);
        let run = project.zicha(&["build"]);
        assert!(run.code == 2 && run.stderr.contains(message), "{keys}: {}", run.all());
        let settings = project.read(&format!("{NOTICE}/notice.toml"));
        let first = settings.lines().position(|line| line == "[[summary.sheet]]").expect("a line") + 2;
        let lines = first..=first + keys.lines().count();
        assert!(lines.clone().any(|line| run.stderr.contains(&format!("第{line}行"))), "{lines:?}: {}", run.stderr);
    }
}
