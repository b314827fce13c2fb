//! Settings and templates that cannot be used: refused at the start, with file, line and the names that exist.

use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        an_unknown_key_is_named_with_its_line_and_the_keys_that_exist,
        an_unknown_column_type_is_named_with_the_types_that_exist,
        a_missing_key_and_a_wrong_date_are_named,
        of_thousands_of_errors_the_first_hundred_are_said_each_with_its_line,
        an_expression_that_does_not_parse_is_named_with_its_line,
        an_expression_with_an_unknown_name_is_named_with_the_names_that_exist,
        a_template_with_an_unknown_name_is_refused_even_in_an_unused_branch,
        a_template_that_does_not_parse_or_is_missing_is_named,
        all_unknown_names_are_reported_at_once,
        unsupported_markdown_stops_the_report,
        the_filter_safe_is_refused,
        a_template_that_costs_too_much_is_a_finding_of_the_report,
        a_renamed_key_is_refused_with_its_new_name,
        messages_of_libraries_are_in_chinese,
        branches_are_called_what_the_settings_call_them,
        a_word_that_fits_no_header_is_refused,
    ]
}

/// Builds the sample with one edit, asserts that nothing was written and returns the messages.
fn refusal(file: &str, from: &str, to: &str) -> String {
    let project = Project::sample().edit(&format!("{NOTICE}/{file}"), from, to);
    let run = project.zicha(&["build"]);
    assert_eq!(run.code, 2, "{}", run.all());
    assert!(!project.path("output").exists(), "something was written");
    run.stderr
}

/// The line (from 1) of the shipped file that holds `text`.
fn line(file: &str, text: &str) -> usize {
    let content = std::fs::read_to_string(crate::support::root().join(NOTICE).join(file)).expect("a file");
    content.lines().position(|l| l.contains(text)).expect("the line") + 1
}

fn assert_says(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "lacks {part:?}: {said}");
    }
}

fn branches_are_called_what_the_settings_call_them() {
    let row = vec!["外科".to_owned(), "赵".to_owned(), "50".to_owned(), "40".to_owned()];
    let project = Project::ready(&["内科"])
        .edit(&format!("{NOTICE}/notice.toml"), "[roster]", "[words]\nbranch = \"科室\"\n\n[roster]")
        .ledger("补报", &["党组织", "姓名", "规定学时", "已完成学时"], &[row]);
    let findings = project.findings_of("Z201");
    assert_eq!(findings[0]["message"], "名册中没有这个科室，该行未计入任何报告");
    project.build();
    assert!(project.read("output/index.html").contains("<th scope=\"col\">科室</th>"));
    let status = project.zicha(&["status"]).stdout;
    assert!(status.contains("科室 1 个："), "{status}");
}

fn a_word_that_fits_no_header_is_refused() {
    for word in ["", " 科室", "一二三四五六七八九十一"] {
        let said = refusal("notice.toml", "branch = \"党组织\"", &format!("branch = \"{word}\""));
        assert_says(&said, &[&format!("“{word}”不能用：写 1 至 10 个字")]);
    }
}

fn of_thousands_of_errors_the_first_hundred_are_said_each_with_its_line() {
    let metrics: String = (0..3_000).map(|n| format!("bad-{n} = {{ label = \"甲\", expr = \"1\" }}\n")).collect();
    let said = refusal("notice.toml", "[metric]\n", &format!("[metric]\n{metrics}"));
    let first = line("notice.toml", "[metric]") + 1;
    assert_says(&said, &["共 3000 处", &format!("第{}行：“bad-99”不能作名称", first + 99), "另有 2900 处没有列出"]);
    assert!(!said.contains("“bad-100”"), "{said}");
}

fn an_unknown_key_is_named_with_its_line_and_the_keys_that_exist() {
    let at = format!("第{}行", line("notice.toml", "cutoff   = "));
    assert_says(
        &refusal("notice.toml", "cutoff   =", "cutof   ="),
        &[&at, "不认识“cutof”", "是不是“cutoff”", "deadline"],
    );
}

fn an_unknown_column_type_is_named_with_the_types_that_exist() {
    let said = refusal("notice.toml", "type = \"flag\", required = true", "type = \"bool\", required = true");
    assert_says(&said, &["不认识“bool”", "branch、serial、text、integer、decimal、percent、date、choice、flag"]);
}

fn a_missing_key_and_a_wrong_date_are_named() {
    assert_says(&refusal("notice.toml", "deadline = 2018-11-02", ""), &["缺少“deadline”"]);
    assert_says(
        &refusal("notice.toml", "deadline = 2018-11-02", "deadline = 2018-11-02T08:00:00"),
        &["notice.toml 第"],
    );
    assert_says(&refusal("notice.toml", "deadline = 2018-11-02", "deadline = 2018-02-30"), &["notice.toml 第"]);
}

fn an_expression_that_does_not_parse_is_named_with_its_line() {
    let at = format!("第{}行", line("notice.toml", "'team.len()'"));
    assert_says(&refusal("notice.toml", "'team.len()'", "'team.len('"), &[&at, "表达式写法不对"]);
}

fn an_expression_with_an_unknown_name_is_named_with_the_names_that_exist() {
    assert_says(&refusal("notice.toml", "'team.len()'", "'teem.len()'"), &["“teem”不存在", "team"]);
    assert_says(&refusal("notice.toml", "r.rate < 0.6", "r.rat < 0.6"), &["“.rat”不是列名", "rate"]);
    assert_says(
        &refusal("notice.toml", "row.present > row.due", "row.presnt > row.due"),
        &["“.presnt”不是列名", "present"],
    );
}

fn a_template_with_an_unknown_name_is_refused_even_in_an_unused_branch() {
    let at = format!("rectify.md 第{}行", line("rectify.md", "rectify_overdue }}"));
    let said = refusal("rectify.md", "{{ rectify_overdue }}", "{{ rectify_overdu }}");
    assert_says(&said, &[&at, "“rectify_overdu”不存在", "是不是“rectify_overdue”"]);
    assert_says(
        &refusal("team.md", "{{ row.leader }}", "{{ row.leadr }}"),
        &["“row.leadr”不存在", "leader", "mission"],
    );
    assert_says(
        &refusal("notice.toml", "{{ branch.contact }}", "{{ branch.kontact }}"),
        &["“branch.kontact”不存在", "contact"],
    );
}

fn a_template_that_does_not_parse_or_is_missing_is_named() {
    assert_says(&refusal("study.md", "{%- endif %}", ""), &["study.md 第"]);
    let at = format!("study.md 第{}行", line("study.md", "{{ cadres }}"));
    assert_says(&refusal("study.md", "{{ cadres }}", "{{ cadres | nosuch }}"), &[&at, "nosuch"]);
    assert_says(
        &refusal("notice.toml", "template = \"study.md\"", "template = \"studie.md\""),
        &["读不到模板“studie.md”"],
    );
}

fn all_unknown_names_are_reported_at_once() {
    let project = Project::sample()
        .edit(&format!("{NOTICE}/notice.toml"), "ledgers  = [\"project\"]", "ledgers  = [\"projekt\"]")
        .edit(&format!("{NOTICE}/notice.toml"), "short  = \"short\"", "short  = \"shrt\"");
    let run = project.zicha(&["build"]);
    assert_eq!(run.code, 2);
    assert_says(&run.stderr, &["共 2 处", "“projekt”", "是不是“project”", "“shrt”", "是不是“short”"]);
}

fn unsupported_markdown_stops_the_report() {
    let project = Project::sample().edit(&format!("{NOTICE}/closing.md"), "特此报告", "**特此报告**");
    let run = project.zicha(&["build", "--branch", "教务处党支部"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert_says(&run.stdout, &["[Z303]", "粗体"]);
}

fn a_template_that_costs_too_much_is_a_finding_of_the_report() {
    let range = "{% for i in range(end=100000) %}";
    let loops = format!("{range}{range}{}", "{% endfor %}".repeat(2));
    let doubling = format!("{{% set s = \"甲\" %}}{range}{{% set_global s = s ~ s %}}{{% endfor %}}");
    let long = format!("{range}{}{{% endfor %}}", "甲".repeat(100));
    let spaces = "{% set s = [\" \" for i in range(end=9999)] | join %}";
    let squared = format!("{spaces}{{{{ range(end=9999) | join(sep=s) }}}}");
    let captured = format!("{spaces}{{% set t %}}{range}{{{{ s }}}}{{% endfor %}}{{% endset %}}");
    for (template, says) in [
        (squared, "模板写法不对：过滤器做出的一段文字超过一份报告能排的 1 MiB"),
        (captured, "模板写法不对：过滤器和 set 做出的文字合起来超过 8 MiB"),
        (loops, "模板写法不对：循环的次数太多"),
        (doubling, "模板写法不对：一个值的文字太长"),
        (long, "报告排出来的文字超过 1 MiB，没有生成"),
    ] {
        let project = Project::ready(&["甲党支部"])
            .edit(&format!("{NOTICE}/notice.toml"), "[roster]", "[limits]\nreport_mib = 1\n\n[roster]")
            .file(&format!("{NOTICE}/study.md"), template.as_bytes());
        for command in ["build", "check"] {
            let findings = project.zicha(&[command, "--json"]).stdout;
            assert!(findings.contains("study.md") && findings.contains(says), "{says}: {findings}");
        }
    }
}

fn the_filter_safe_is_refused() {
    let project = Project::sample().edit(&format!("{NOTICE}/study.md"), "{{ cadres }}", "{{ cadres | safe }}");
    let run = project.zicha(&["build", "--branch", "教务处党支部"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert_says(&run.stdout, &["safe", "study.md"]);
}

fn a_renamed_key_is_refused_with_its_new_name() {
    let at = format!("notice.toml 第{}行：[figure] 已改名为 [metric]", line("notice.toml", "[metric]"));
    assert_says(&refusal("notice.toml", "\n[metric]\n", "\n[figure]\n"), &[&at]);
}

fn messages_of_libraries_are_in_chinese() {
    for (file, old, new, says) in [
        ("notice.toml", "deadline = 2018-11-02", "deadline = 2018-13-02", "没有这个月"),
        ("notice.toml", "members = { header", "members = { header =", "等号"),
        ("notice.toml", "every_days = 14", "every_days = \"14\"", "应是从 0 到 65535 的整数，现为文字“14”"),
        ("study.md", "{{ cadres }}", "{{ n.cadres | nope }}", "没有“nope”这个过滤器"),
        ("study.md", "{{ cadres }}", "{{ cadres | }}", "应是名称，现为“}}”"),
    ] {
        let said = refusal(file, old, new);
        let english = ["expected", "invalid", "Unknown", "Found", "error"];
        assert!(said.contains(says) && !english.iter().any(|word| said.contains(word)), "{says}: {said}");
    }
}
