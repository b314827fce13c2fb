//! Faults of settings and templates that would go into a final report without a word: each is refused with file, line
//! and cure, or comes out right.

use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        a_choice_that_the_ledger_does_not_have_is_refused,
        full_width_and_single_braces_are_refused,
        templates_are_read_in_the_encodings_that_editors_save,
        a_template_of_uncertain_encoding_is_refused_with_its_line,
        control_characters_are_refused,
        no_row_of_an_earlier_period_is_a_gap_and_not_0,
        check_says_what_stops_every_report,
        a_fault_of_a_template_is_said_once_with_its_line,
        tags_on_lines_of_their_own_do_not_break_a_table,
        a_row_that_a_blank_line_parts_from_its_table_is_an_error,
        words_of_templates_are_no_ids,
        a_gap_appears_only_where_its_condition_was_evaluated,
        a_nil_report_differs_from_a_ledger_that_was_not_handed_in,
        a_form_that_was_not_filled_in_is_no_nil_report,
        a_sheet_with_a_header_only_is_a_nil_report_of_its_branch,
        impossible_settings_are_refused_at_their_line,
        what_people_write_in_settings_is_answered_with_what_is_right,
        program_data_is_not_printed,
        fixed_days_from_another_age_are_refused,
        thousands_of_metrics_that_use_one_another_are_checked,
    ]
}

const BRANCHES: [&str; 3] = ["甲党支部", "乙党支部", "丙党支部"];

fn project() -> Project {
    Project::ready(&BRANCHES)
}

fn notice(file: &str) -> String {
    format!("{NOTICE}/{file}")
}

/// The project with another text in the template of the part about hours.
fn with_template(text: &str) -> Project {
    project().file(&notice("study.md"), text.as_bytes())
}

/// What both `check` and `build` say about a project that they refuse.
fn refusal(project: &Project) -> String {
    let (check, build) = (project.zicha(&["check"]), project.zicha(&["build", "--final"]));
    assert_eq!((check.code, build.code), (2, 2), "{}{}", check.all(), build.all());
    assert_eq!(check.stderr, build.stderr);
    assert!(!project.path("output").exists(), "something was written");
    build.stderr
}

#[track_caller]
fn assert_says(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "lacks {part:?}: {said}");
    }
}

/// A choice column `level` in the ledger of prizes.
fn with_levels() -> Project {
    let column = "prize  = { header = [\"奖项\"], type = \"text\", required = true }\n";
    let level = "level  = { header = [\"级别\"], type = \"choice\", values = [\"特级\", \"一级\"] }\n";
    project().edit(&notice("notice.toml"), column, &format!("{column}{level}"))
}

fn a_choice_that_the_ledger_does_not_have_is_refused() {
    let says = ["“特大”不是“级别”的可选项，是不是“特级”？可选的有：特级、一级"];
    let expression = with_levels().edit(
        &notice("notice.toml"),
        "expr = 'prize.len()'",
        "expr = 'prize.filter(|r| r.level == \"特大\").len()'",
    );
    assert_says(&refusal(&expression), &[says[0], "notice.toml 第"]);
    for template in [
        "甲\n{{ prize | where(level=\"特大\") | pluck(name=\"prize\") | join }}",
        "甲\n{% for row in prize %}{% if row.n.level == \"特大\" %}{{ row.prize }}{% endif %}{% endfor %}",
    ] {
        let project = with_levels().file(&notice("study.md"), template.as_bytes());
        assert_says(&refusal(&project), &[says[0], "study.md 第2行"]);
    }
}

fn full_width_and_single_braces_are_refused() {
    for (template, right) in [
        ("甲\n应学｛｛ cadres ｝｝人。", "应写 {{ cadres }}"),
        ("甲\n应学{ cadres }人。", "应写 {{ cadres }}"),
        ("甲\n｛% if n.cadres %｝有。｛% endif %｝", "应写 {% if n.cadres %}"),
        ("甲\n应学{{ cadres 人。", "“{{ cadres 人。”没有写完，缺少“}}”"),
    ] {
        assert_says(&refusal(&with_template(template)), &["study.md 第2行", right]);
    }
}

fn templates_are_read_in_the_encodings_that_editors_save() {
    let text = "## 学习情况\n\n应学{{ cadres }}人。\n";
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let gb18030 = b"## \xd1\xa7\xcf\xb0\xc7\xe9\xbf\xf6\n\n\xd3\xa6\xd1\xa7{{ cadres }}\xc8\xcb\xa1\xa3\n";
    for bytes in [format!("\u{feff}{text}").as_bytes(), &utf16, gb18030] {
        let project = project().file(&notice("study.md"), bytes);
        project.build();
        let report = project.report_text("甲党支部", "md");
        assert!(report.contains("（一）学习情况\n") && report.contains("应学1人。"), "{report}");
        assert!(!report.contains("\u{feff}"), "{report}");
    }
}

fn a_template_of_uncertain_encoding_is_refused_with_its_line() {
    let cut = [b"a\n".as_slice(), &"应学".as_bytes()[..5]].concat();
    let said = refusal(&project().file(&notice("study.md"), &cut));
    assert_says(&said, &["study.md 第2行", "编码选 UTF-8"]);
}

fn control_characters_are_refused() {
    let said = refusal(&with_template("甲\n应学\u{8}{{ cadres }}人。"));
    assert_says(&said, &["study.md 第2行", "控制字符（U+0008）"]);
    let escaped = project().edit(&notice("notice.toml"), "title = \"学习情况\"", "title = \"学习\\u0008情况\"");
    assert_says(&refusal(&escaped), &["notice.toml 第", "控制字符（U+0008）"]);
}

fn no_row_of_an_earlier_period_is_a_gap_and_not_0() {
    let ledger = "[ledger.rate]\ntitle = \"达标率\"\n[ledger.rate.columns]\n\
        branch = { header = [\"党组织\"], type = \"branch\" }\nyear = { header = [\"年度\"], type = \"integer\" }\n\
        value = { header = [\"达标率\"], type = \"percent\" }\n";
    let of = |year: &str| format!("sum(rate.filter(|r| r.year == {year}).map(|r| r.value))");
    let metric =
        format!("[metric]\nup = {{ label = \"提高的百分点\", expr = '({} - {}) * 100' }}\n", of("2018"), of("2017"));
    let project = with_template("比上年提高{{ up }}个百分点。")
        .edit(&notice("notice.toml"), "[ledger.prize]", &format!("{ledger}[ledger.prize]"))
        .edit(&notice("notice.toml"), "[metric]\n", &metric)
        .ledger(
            "达标率",
            &["党组织", "年度", "达标率"],
            &[vec!["甲党支部", "2017", "80%"], vec!["甲党支部", "2018", "85%"], vec!["乙党支部", "2018", "90%"]],
        );
    project.build();
    assert!(project.report_text("甲党支部", "md").contains("比上年提高5个百分点。"));
    assert!(project.report_text("乙党支部", "md").contains("比上年提高【待填写：提高的百分点】个百分点。"));
    let findings = project.findings_of("Z301");
    let said =
        findings.iter().find(|finding| finding["branch"] == "乙党支部").expect("a finding")["message"].to_string();
    assert_says(&said, &["没有“r.year == 2017”的行，不当作 0"]);
}

fn check_says_what_stops_every_report() {
    for (template, says) in [
        ("甲\n\n![图](a.png)\n", "图片"),
        ("甲\n\n{% if n.cadres / (n.gap - n.gap) > 1 %}多{% endif %}\n", "不能除以 0"),
        ("甲\n\n{{ throw(message=\"没有\") }}\n", "study.md"),
    ] {
        let project = with_template(template);
        let (check, build) = (project.zicha(&["check"]), project.zicha(&["build"]));
        assert_eq!((check.code, build.code), (1, 1), "{}{}", check.all(), build.all());
        for said in [&check.stdout, &build.stdout] {
            assert_says(said, &["[Z303]", says, "study.md", "第3行"]);
        }
        assert!(!check.stdout.contains("错误 0 项"), "{}", check.stdout);
    }
    let project = project().edit(&notice("summary.md"), "应学共", "**应学共**");
    let check = project.zicha(&["check"]);
    assert_says(&check.stdout, &["summary.md", "粗体"]);
    assert_eq!(check.code, 1);
}

fn a_fault_of_a_template_is_said_once_with_its_line() {
    let project = with_template("应学{{ cadres }}人。\n\n- {{ gap }}学时\n");
    for command in ["check", "build"] {
        let said = project.zicha(&[command]).stdout;
        assert_eq!(said.matches("[Z303]").count(), 1, "{said}");
        assert_says(&said, &["study.md", "第3行", "无序列表", "甲党支部等 3 个单位都是"]);
    }
}

const TABLE: &str = "| 姓名 | 学时 |\n| --- | --- |\n";

fn tags_on_lines_of_their_own_do_not_break_a_table() {
    let text = format!(
        "{TABLE}{{% for row in study %}}\n{{% if row.n.done %}}\n| {{{{ row.name }}}} | {{{{ row.done }}}} |\n{{% else %}}\n\
         | {{{{ row.name }}}} | 没有 |\n{{% endif %}}\n{{% endfor %}}\n| 合计 | 1 |\n"
    );
    let project = with_template(&text);
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let report = std::fs::read_to_string(project.report(BRANCHES[0], "md")).expect("a report");
    let table: Vec<&str> = report.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!((table[1], table.len() > 3), ("| :---: | :---: |", true), "{report}");
    assert_eq!(table.last(), Some(&"| 合计 | 1 |"));
}

fn a_row_that_a_blank_line_parts_from_its_table_is_an_error() {
    let project = with_template(&format!("{TABLE}\n| 甲 | 1 |\n"));
    let run = project.zicha(&["check"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert_says(&run.stdout, &["study.md\n  错误[Z303] 第4行：", "不在表格里的表格行（表格中间不能有空行）"]);
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 1, "{}", run.all());
}

fn words_of_templates_are_no_ids() {
    for word in ["in", "true", "loop"] {
        let metric = format!("[metric]\n{word} = {{ label = \"数\", expr = 'study.len()' }}\n");
        let said = refusal(&project().edit(&notice("notice.toml"), "[metric]\n", &metric));
        assert_says(&said, &[&format!("“{word}”是模板里的词，不能作名称，请换一个")]);
    }
}

fn a_gap_appears_only_where_its_condition_was_evaluated() {
    let metric = "[metric]\nup = { label = \"整改率提高的百分点\", expr = 'mean(study.filter(|r| r.done > 100).map(|r| r.done))' }\n";
    let build = |template: &str| {
        let project = with_template(template).edit(&notice("notice.toml"), "[metric]\n", metric);
        project.build();
        project.report_text("甲党支部", "md")
    };
    for template in [
        "{% if n.gap > 100 %}{% if n.up > 0 %}提高{{ up }}个百分点{% endif %}{% else %}没有。{% endif %}",
        "{% if n.gap < 100 %}没有。{% elif n.up > 0 %}提高{{ up }}个百分点{% endif %}",
        "{% if n.up is none %}没有。{% else %}提高{{ up }}个百分点{% endif %}",
        "{% if n.up is not none and n.up > 0 %}提高{{ up }}个百分点{% else %}没有。{% endif %}",
    ] {
        let report = build(template);
        assert!(report.contains("没有。") && !report.contains("待填写"), "{template}: {report}");
    }
    for template in [
        "没有。{% if n.up %}提高{{ up }}个百分点{% endif %}",
        "{{ \"提高。\" if n.up else \"没有。\" }}",
        "{% if n.gap > 100 %}甲{% elif n.up %}乙{% endif %}没有。",
    ] {
        let report = build(template);
        assert!(report.contains("没有。【待填写：整改率提高的百分点】"), "{template}: {report}");
    }
}

/// A notice in which every branch reports its prizes, and may report that there are none.
fn with_nil_reports() -> Project {
    let part = "ledgers  = [\"study\"]\n[[section.part]]\ntemplate = \"prize.md\"\nlabel = \"获奖情况（没有交）\"\n\
        ledgers = [\"prize\"]\nnil = \"本单位没有获奖。\"\n";
    project()
        .edit(
            &notice("notice.toml"),
            "title = \"获奖情况\"",
            "title = \"获奖情况\"\nevery_branch = true\nnil_report = [\"无\"]",
        )
        .edit(&notice("notice.toml"), "ledgers  = [\"study\"]\n", part)
        .edit(
            &notice("notice.toml"),
            "[summary.metric]\n",
            "[summary.metric]\nprizes_all = { label = \"获奖总数\", expr = 'sum(branches.map(|b| b.prizes))' }\n",
        )
        .file(&notice("prize.md"), "获奖{{ prizes }}项。".as_bytes())
        .file(&notice("study.md"), "应学{{ cadres }}人。".as_bytes())
        .file(&notice("summary.md"), "获奖共{{ prizes_all }}项。".as_bytes())
}

fn a_nil_report_differs_from_a_ledger_that_was_not_handed_in() {
    let rows = |rows: &[[&str; 2]]| {
        with_nil_reports().ledger(
            "获奖情况",
            &["党组织", "奖项"],
            &rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>(),
        )
    };
    let project = rows(&[["甲党支部", "无"], ["乙党支部", "先进"]]);
    project.build();
    assert_says(&project.report_text("甲党支部", "md"), &["本单位没有获奖。"]);
    assert_says(&project.report_text("乙党支部", "md"), &["获奖1项。"]);
    assert_says(&project.report_text("丙党支部", "md"), &["【待填写：获奖情况（没有交）】"]);
    assert_says(&project.read("output/汇总/汇总-学习情况汇总.md"), &["获奖共【待填写：获奖总数】项。"]);
    let status = project.zicha(&["status"]).stdout;
    assert_says(&status, &["丙党支部：缺台账；待填写 1；警告 1；没有记录的台账：获奖情况"]);
    assert_says(&project.read("output/index.html"), &["零报告：获奖情况"]);
    let branches =
        |code: &str| project.findings_of(code).iter().map(|finding| finding["branch"].to_string()).collect::<Vec<_>>();
    assert_eq!(branches("Z207"), ["\"甲党支部\""]);
    assert_eq!(branches("Z203"), ["\"丙党支部\""]);

    let complete = rows(&[["甲党支部", "无"], ["乙党支部", "先进"], ["丙党支部", "无"]]);
    let run = complete.zicha(&["build", "--final"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_says(&complete.read("output/汇总/汇总-学习情况汇总.md"), &["获奖共1项。"]);
    let doubtful = rows(&[["甲党支部", "无"], ["甲党支部", "先进"], ["丁党支部", "无"]]);
    assert_eq!(doubtful.findings_of("Z208").len(), 2);
}

fn a_form_that_was_not_filled_in_is_no_nil_report() {
    let project = with_nil_reports();
    assert_eq!(project.zicha(&["form", "input"]).code, 0);
    assert_eq!(project.findings_of("Z207"), Vec::<serde_json::Value>::new());
}

fn a_sheet_with_a_header_only_is_a_nil_report_of_its_branch() {
    let project = with_nil_reports()
        .ledger::<&str>("获奖情况", &["党组织", "奖项"], &[vec!["乙党支部", "先进"]])
        .ledger::<&str>("甲党支部/获奖情况", &["党组织", "奖项"], &[]);
    project.build();
    assert_says(&project.report_text("甲党支部", "md"), &["本单位没有获奖。"]);
    assert_says(&project.report_text("丙党支部", "md"), &["【待填写：获奖情况（没有交）】"]);
}

fn impossible_settings_are_refused_at_their_line() {
    let done = "done     = { header = [\"已完成学时\"], type = \"decimal\", unit = \"学时\" }";
    let column = |keys: &str| done.replace("unit = \"学时\"", keys);
    let outside = column("folder = \"../照片\"").replace("decimal", "picture");
    for (from, to, says) in [
        (done, &*column("min = 9, max = 3"), "min（9）大于 max（3）"),
        (done, &column("decimals = 99"), "decimals 不能是 99：应是 0 至 10"),
        (done, &column("from = 2018-01-01"), "不是日期列"),
        (done, &column("values = [\"1\"]"), "不是 choice"),
        (done, &column("blank = \"无\""), "blank 不能是“无”；应是：数字"),
        ("file_name    = \"自查报告\"", "file_name    = \"..\"", "“..”不能作文件名"),
        ("name = \"汇总\"", "name = \"汇总/..\"", "不能作文件名"),
        (
            "file_name    = \"自查报告\"",
            &format!("file_name    = \"{}\"", "长".repeat(21)),
            "不超过 20 个字（字母、数字三个算一个）",
        ),
        (
            "file_name    = \"自查报告\"",
            &format!("file_name    = \"长{}\"", "a".repeat(58)),
            "不超过 20 个字（字母、数字三个算一个）",
        ),
        ("template = \"study.md\"", "template = \"/etc/hostname\"", "只能写 notice.toml 旁边的文件"),
        ("opening      = \"opening.md\"", "opening      = \"../opening.md\"", "只能写 notice.toml 旁边的文件"),
        ("gap    = { label", "gap    = { decimals = 99, label", "decimals 不能是 99"),
        ("label    = \"学习情况\"", "label    = \"{{ branch.name }}学习情况\"", "这里的文字不是模板"),
        ("[archive]", "[limits]\nmemory_mib = 0\n[archive]", "memory_mib 不能是 0"),
        ("[archive]", "[limits]\nrun_mib = 0\n[archive]", "run_mib 不能是 0"),
        ("[archive]", "[limits]\npicture_megapixels = 0\n[archive]", "picture_megapixels 不能是 0"),
        (done, &column("width = 5"), "width 不能是 5：应是 10 至 156"),
        (done, &column("folder = \"照片\""), "不是图片列"),
        (done, &outside, "folder 不能是“../照片”"),
        (
            "title = \"获奖情况\"",
            "title = \"获奖情况\"\npicture_folders = true",
            "应有一列 type = \"picture\" 并写明 folder",
        ),
    ] {
        let project = project().edit(&notice("notice.toml"), from, to);
        let changed = to.lines().rfind(|line| *line != "[archive]").expect("a line");
        let line =
            project.read(&notice("notice.toml")).lines().position(|line| line.contains(changed)).expect("it") + 1;
        assert_says(&refusal(&project), &[&format!("notice.toml 第{line}行"), says]);
    }
}

fn what_people_write_in_settings_is_answered_with_what_is_right() {
    let done = "done     = { header = [\"已完成学时\"], type = \"decimal\", unit = \"学时\" }";
    for (from, to, says) in [
        (done, &*done.replace("unit = \"学时\"", "blank = 0"), "“0”应写在引号里：\"0\""),
        ("cutoff   = 2018-10-25", "cutoff   = 2026.12.31", "日期“2026.12.31”应写成 2026-12-31"),
        ("deadline = 2018-11-02", "deadline = 2018/11/02", "日期“2018/11/02”应写成 2018-11-02"),
        ("issuer   = \"组织人事处\"", "issuer   = “组织人事处”", "中文的引号"),
        ("expr = 'prize.len()'", "expr = 'prize.filter(|r| r.prize == \"甲\" AND true).len()'", "的“AND”应写“and”"),
    ] {
        let project = project().edit(&notice("notice.toml"), from, to);
        let line = project.read(&notice("notice.toml")).lines().position(|line| line.contains(to)).expect("it") + 1;
        assert_says(&refusal(&project), &[&format!("notice.toml 第{line}行"), says]);
    }
}

fn program_data_is_not_printed() {
    for (template, says) in [
        ("甲\n{{ study }}", "逐行写用 for"),
        ("甲\n{{ branch }}", "branch.名称"),
        ("甲\n{{ study | pluck(name=\"name\") }}", "join(sep=\"、\")"),
        ("甲\n{% for row in study | sort(attribute=\"zz\") %}{% endfor %}", "“zz”不存在"),
        ("甲\n{{ branch.name | truncate(length=2) }}", "branch.n.name"),
        ("甲\n{% if cadres %}有{% endif %}", "n.cadres"),
    ] {
        assert_says(&refusal(&with_template(template)), &["study.md 第2行", says]);
    }
}

fn fixed_days_from_another_age_are_refused() {
    let calendar = "\n[calendar.daily]\nlabel = \"每天\"\nfirst = 0001-01-01\nevery_days = 1\n";
    let settings = notice("notice.toml");
    let project = project();
    let text = format!("{}{calendar}", project.read(&settings));
    let project = project.file(&settings, text.as_bytes());
    assert_says(&refusal(&project), &["“daily”从 first 到截止日有 736992 天，最多 4000 天：first 是不是写错了年份"]);
    let project = project.edit(&settings, "first = 0001-01-01", "first = 2010-01-01");
    assert_eq!(project.zicha(&["check"]).code, 0);
}

fn thousands_of_metrics_that_use_one_another_are_checked() {
    let metric = |n: usize| format!("m{n} = {{ label = \"第{n}\", expr = \"m{} + 1\" }}\n", n - 1);
    let metrics: String = (1..5_000).map(metric).collect();
    let metrics = format!("[metric]\nm0 = {{ label = \"第0\", expr = \"1\" }}\n{metrics}");
    let project = project().edit(&notice("notice.toml"), "[metric]\n", &metrics);
    let project = project.file(&notice("study.md"), "第{{ m4999 }}项\n".as_bytes());
    let run = project.zicha(&["build", "--format", "md"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert!(project.read("output/甲党支部/甲党支部-自查报告.md").contains("第5000项"));
}
