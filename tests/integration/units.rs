//! `with_unit`: values printed with the units of the settings.

use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        a_value_is_printed_with_its_unit_and_a_gap_without,
        a_value_without_a_unit_is_refused,
    ]
}

fn with_template(project: Project, text: &str) -> Project {
    project.file(&format!("{NOTICE}/study.md"), text.as_bytes())
}

const BRANCHES: [&str; 2] = ["甲党支部", "乙党支部"];

fn a_value_is_printed_with_its_unit_and_a_gap_without() {
    let text = "应学{{ cadres | with_unit }}，缺{{ gap|with_unit }}。{% for row in study %}{{ row.name }}{{ row.done | with_unit }}{% endfor %}{% include \"a.md\" %}";
    let project = with_template(Project::with_a_gap(&BRANCHES, "乙党支部"), text)
        .file(&format!("{NOTICE}/a.md"), "{% for 行 in study %}（{{ 行.required | with_unit }}）{% endfor %}。".as_bytes())
        .file(&format!("{NOTICE}/summary.md"), "共{{ cadres_all | with_unit }}：{% for b in branches %}{{ b.name }}{{ b.cadres | with_unit }}、{% endfor %}".as_bytes());
    project.build();
    let report = project.report_text("甲党支部", "md");
    assert!(report.contains("应学1人，缺10学时。赵40学时（50学时）。"), "{report}");
    let incomplete = project.report_text("乙党支部", "md");
    assert!(incomplete.contains("缺【待填写：所缺学时】。赵【待填写：已完成学时】（50学时）"), "{incomplete}");
    let summary = project.read("output/汇总/汇总-学习情况汇总.md");
    assert!(summary.contains("共2人：甲党支部1人、乙党支部1人、"), "{summary}");
    let sources = project.read("output/甲党支部/sources.json");
    assert!(sources.contains("所缺学时"), "{sources}");
    assert!(project.findings_of("Z306").is_empty());
}

fn a_value_without_a_unit_is_refused() {
    for (text, says) in [
        ("{% for row in study %}{{ row.name | with_unit }}{% endfor %}", "“row.name”没有单位：在设置里给它写 unit"),
        ("{{ branch.name | with_unit }}", "“branch.name”没有单位"),
        ("{{ n.gap | with_unit }}", "“n.gap”不能用 with_unit"),
        ("{% set x = gap %}{{ x | with_unit }}", "“x”不能用 with_unit"),
        ("{{ study | pluck(name=\"done\") | with_unit }}", "不能用 with_unit"),
        ("{{ (gap) | with_unit }}", ""),
        ("{{ gap | with_unit(unit=\"个\") }}", "“gap”不能用 with_unit"),
        ("{{ gp | with_unit }}", "“gp”不存在，是不是“gap”？"),
        ("{% if gap | with_unit == \"1\" %}{% endif %}", "排好的文字"),
    ] {
        let run = with_template(Project::ready(&BRANCHES), text).zicha(&["check"]);
        if says.is_empty() {
            assert_eq!(run.code, 0, "{text}: {}", run.all());
            continue;
        }
        assert!(run.code == 2 && run.stderr.contains(says), "{text}: {}", run.all());
        assert!(!run.stderr.contains("的单位、") && !run.stderr.contains("zicha_"), "{text}: {}", run.stderr);
    }
}
