//! `[vars]`: values that settings, templates and expressions use by their names.

use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        a_variable_is_put_into_every_text_and_every_expression,
        a_percentage_is_counted_as_a_fraction_and_printed_as_it_is,
        a_variable_that_does_not_exist_is_named_with_its_line,
        a_report_is_made_again_when_a_variable_changes,
    ]
}

const VARS: &str = "[vars]\n季度 = \"第三季度\"\n标准 = 0.5\n起始 = 2018-07-01\nlimit = 40\n\n[roster]";

fn settings() -> String {
    format!("{NOTICE}/notice.toml")
}

/// The small notice with variables.
fn project() -> Project {
    Project::ready(&["甲党支部", "乙党支部"]).edit(&settings(), "[roster]", VARS)
}

fn a_variable_is_put_into_every_text_and_every_expression() {
    let metrics = "[metric]\n达标 = { label = \"{{ vars.季度 }}达标人数\", expr = 'study.count(|r| r.done >= vars.limit and cutoff > vars.起始)' }\n";
    let project = project()
        .edit(&settings(), "[metric]\n", metrics)
        .edit(&settings(), "file_name    = \"自查报告\"", "file_name    = \"{{vars.季度}}自查报告\"")
        .edit(&settings(), "title    = \"", "title    = \"{{ vars.季度 }}")
        .edit(&settings(), "addressee    = \"", "addressee    = \"{{ vars.季度 }}")
        .file(
            &format!("{NOTICE}/study.md"),
            "自{{ vars.起始 }}起，{{ vars.季度 }}达标{{ 达标 }}人{% if vars.n.标准 < 0.6 %}，标准{{ vars.标准 }}{% endif %}，依据《{{ notice.title }}》。".as_bytes(),
        );
    project.build();
    let report = project.read("output/甲党支部/甲党支部-第三季度自查报告.md");
    assert!(report.contains("自2018年7月1日起，第三季度达标1人，标准0.5，依据《第三季度"), "{report}");
    assert!(report.lines().any(|line| line.starts_with("第三季度") && line.ends_with('：')), "{report}");
    assert!(project.read("output/run.json").contains("第三季度达标人数"));
}

fn a_percentage_is_counted_as_a_fraction_and_printed_as_it_is() {
    let metrics =
        "[metric]\n达标 = { label = \"达标人数\", expr = 'study.count(|r| ratio(r.done, r.required) >= vars.标准)' }\n";
    let template = "达标{{ 达标 }}人（完成{{ vars.标准 }}的）{% if vars.n.标准 < 0.8 %}，标准不到八成{% endif %}。";
    let project = project()
        .edit(&settings(), "标准 = 0.5", "标准 = \"75%\"")
        .edit(&settings(), "[metric]\n", metrics)
        .file(&format!("{NOTICE}/study.md"), template.as_bytes());
    project.build();
    // 40 of 50 hours are 80 %.
    let report = project.read("output/甲党支部/甲党支部-自查报告.md");
    assert!(report.contains("达标1人（完成75%的），标准不到八成。"), "{report}");
}

fn a_variable_that_does_not_exist_is_named_with_its_line() {
    let template = format!("{NOTICE}/study.md");
    let line = |project: &Project, text: &str| {
        project.read(&settings()).lines().position(|line| line.contains(text)).expect("the line") + 1
    };
    for (file, from, to, says) in [
        (
            settings(),
            "title    = \"",
            "title    = \"{{ vars.季渡 }}",
            "[vars] 里没有“季渡”，是不是“季度”？现有：季度、标准、起始、limit",
        ),
        (settings(), "label = \"", "label = \"{{ 季度 }}", "只能写 {{ vars.名称 }}"),
        (settings(), "label = \"", "label = \"{ vars.季度 }", "只能写 {{ vars.名称 }}"),
        (settings(), "study.len()", "study.count(|r| r.done < vars.limt)", "“.limt”不在 [vars] 里，是不是“limit”？"),
        (settings(), "study.len()", "study.count(|r| r.done < vars.季度)", "不能比较"),
        (settings(), "study.len()", "study.count(|r| r.done < vars)", "“vars”后面应写明是哪一个"),
        (settings(), "季度 = \"第三季度\"", "季度 = true", "[vars] 里的值应是文字、数字、百分比或日期"),
        (settings(), "季度 = \"第三季度\"", "季度 = \"{{ vars.limit }}\"", "这里的文字不是模板"),
        (settings(), "季度 = \"第三季度\"", "n = 1", "“n”另有用处"),
        (settings(), "gap    =", "vars   =", "“vars”另有用处"),
    ] {
        let project = project().edit(&file, from, to);
        let run = project.zicha(&["check"]);
        assert!(run.code == 2 && run.stderr.contains(says), "{to}: {}", run.all());
        assert!(run.stderr.contains(&format!("第{}行：", line(&project, to))), "{to}: {}", run.all());
    }
    for (text, says) in [
        ("{{ vars.季渡 }}", "study.md 第1行：模板里的“vars.季渡”不存在，是不是“季度”？"),
        ("{% if vars.标准 > 1 %}{% endif %}", "“vars.标准”是排好的文字"),
        ("{% if vars.n.标准 == \"高\" %}{% endif %}", "数不写引号"),
        ("共{ vars.季度 }", "应写 {{ vars.季度 }}"),
    ] {
        let run = project().file(&template, text.as_bytes()).zicha(&["check"]);
        assert!(run.code == 2 && run.stderr.contains(says), "{text}: {}", run.all());
    }
}

fn a_report_is_made_again_when_a_variable_changes() {
    let project = project().file(&format!("{NOTICE}/study.md"), "{{ vars.季度 }}。".as_bytes());
    project.build();
    let project = project.edit(&settings(), "季度 = \"第三季度\"", "季度 = \"第四季度\"");
    project.build();
    assert!(project.report_text("甲党支部", "md").contains("第四季度。"));
}
