//! Ids and names of templates in Chinese, from the settings to every output.

use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        ids_in_chinese_are_printed_traced_and_summed_as_others_are,
        an_unknown_name_in_chinese_is_named_with_the_names_that_exist,
        ids_that_differ_in_width_only_are_one_name,
        a_header_of_a_column_in_chinese_is_added_to_the_settings,
        a_stroke_of_a_header_that_is_written_twice_parts_no_levels,
    ]
}

const SETTINGS: &str = r#"
[notice]
title    = "关于开展安全自查的通知"
issuer   = "医务处"
deadline = 2026-11-30
cutoff   = 2026-10-31

[words]
branch = "科室"

[calendar.例会]
label      = "例会"
first      = 2026-10-10
every_days = 7

[roster]
ledger = "名册"
name   = "名称"
kind   = "类别"

[letter]
title        = ["{{ branch.名称 }}", "自查报告"]
addressee    = "{{ notice.issuer }}"
opening      = "opening.md"
closing      = "closing.md"
signer       = "主任"
organisation = "{{ branch.name }}"
date         = 2026-11-30
file_name    = "自查报告"

[ledger.名册]
title = "科室名册"
[ledger.名册.columns]
名称 = { header = ["科室名称"], type = "text", required = true }
类别 = { header = ["科室类别"], type = "choice", values = ["临床", "医技"], required = true }

[ledger."隐患"]
title = "隐患台账"
[ledger.隐患.columns]
科室   = { header = ["科室"], type = "branch" }
内容   = { header = ["隐患内容"], type = "text", required = true }
级别   = { header = ["级别"], type = "choice", values = ["重大", "一般"], required = true }
'期限' = { header = ["整改期限"], type = "date" }
分_2   = { header = ["扣分"], type = "decimal" }

[metric]
隐患数   = { label = "隐患数", unit = "项", expr = '隐患.len()' }
重大数   = { label = "重大隐患数", unit = "项", expr = '隐患.count(|行| 行.级别 == "重大" and 行.期限 > cutoff)' }
重大占比 = { label = "重大隐患占比", show = "percent", decimals = 4, expr = 'ratio(重大数, 隐患数)' }
扣分     = { label = "扣分", expr = 'sum(隐患.map(|r| r.分_2)) + 0 * calendar.例会.len()' }

[[check]]
ledger   = "隐患"
when     = 'row.分_2 > 10'
column   = "分_2"
severity = "警告"
message  = "扣分多于10分"

[[section]]
title = "隐患情况"
[[section.part]]
template = "隐患.md"
label    = "隐患情况（隐患台账中没有本科室的记录）"
ledgers  = ["隐患"]

[[annex]]
id      = "明细"
title   = "隐患明细"
ledger  = "隐患"
columns = ["内容", "分_2"]
when    = 'row.级别 == "重大"'

[summary]
name = "汇总"
[summary.letter]
title        = ["安全自查汇总报告"]
addressee    = "院长办公会"
opening      = "closing.md"
closing      = "closing.md"
signer       = "处长"
organisation = "{{ notice.issuer }}"
date         = 2026-11-30
file_name    = "汇总"
[summary.list]
有隐患 = { label = "有隐患的科室", when = 'b.隐患数 > 0', sort = "隐患数", descending = true }
[summary.metric]
隐患总数 = { label = "隐患总数", expr = 'sum(branches.map(|b| b.隐患数)) + 0 * 有隐患.len()' }
[[summary.section]]
title = "总体情况"
[[summary.section.part]]
template = "总体.md"
label    = "总体情况"
[[summary.sheet]]
title   = "隐患"
metrics = ["隐患数", "重大数", "重大占比"]
"#;

const TEMPLATE: &str = "共{{ 隐患数 }}项{% if n.重大数 > 0 %}，其中重大{{ 重大数 }}项，占{{ 重大占比 }}{% endif %}，详见{{ annex.明细 }}。\
    {%- set 重大 = 隐患 | where(级别=\"重大\") %}\n\n\
    重大的：{% for 行 in 重大 %}{{ 行.内容 }}（{{ 行[\"分_2\"] }}分，{{ 行.期限 }}）{% if loop.last %}。{% endif %}{% endfor %}\n\n\
    {{ 隐患 | sort(attribute=\"n.分_2\") | pluck(name=\"内容\") | join(sep=\"、\") }}；\
    {{ 隐患 | first | get(key=\"内容\") }}；{{ [行.内容 for 行 in 隐患 if 行.n.级别 == \"一般\"] | join(sep=\"、\") }}；\
    {%- for 组, 各行 in 隐患 | group_by(attribute=\"n.级别\") %}{% if 组 == \"重大\" %}{{ 各行[0].内容 }}{% endif %}{% endfor %}。\n\n\
    例会：{% for 日 in calendar.例会 %}{{ 日.date }}{% if not loop.last %}、{% endif %}{% endfor %}。";

fn project() -> Project {
    let file = |name: &str| format!("{NOTICE}/{name}");
    Project::empty()
        .file(&file("notice.toml"), SETTINGS.as_bytes())
        .file(&file("opening.md"), "现报告如下。\n".as_bytes())
        .file(&file("closing.md"), "特此报告。\n".as_bytes())
        .file(&file("隐患.md"), TEMPLATE.as_bytes())
        .file(
            &file("总体.md"),
            "共{{ 隐患总数 }}项：{% for 科 in 有隐患 %}{{ 科.name }}{{ 科.隐患数 }}项{% endfor %}。\n".as_bytes(),
        )
        .file("input/科室名册.csv", "科室名称,科室类别\n内科,临床\n放射科,医技\n".as_bytes())
        .file(
            "input/隐患台账.csv",
            "科室,隐患内容,级别,整改期限,扣分\n内科,通道堵塞,重大,2026-11-10,12\n内科,标识不清,一般,2026-10-10,1.5\n"
                .as_bytes(),
        )
}

fn ids_in_chinese_are_printed_traced_and_summed_as_others_are() {
    let project = project();
    let run = project.build();
    assert!(run.stdout.contains("扣分多于10分"), "{}", run.all());
    let report = project.report_text("内科", "md");
    for line in [
        "共2项，其中重大1项，占50%，详见附件。",
        "重大的：通道堵塞（12分，2026年11月10日）。",
        "标识不清、通道堵塞；通道堵塞；标识不清；通道堵塞。",
        "例会：2026年10月10日、2026年10月17日、2026年10月24日、2026年10月31日。",
    ] {
        assert!(report.lines().any(|known| known == line), "lacks {line:?}:\n{report}");
    }
    let summary = project.read("output/汇总/汇总-汇总.md");
    assert!(summary.contains("共2项：内科2项。"), "{summary}");
    let sources: serde_json::Value =
        serde_json::from_str(&project.read("output/内科/sources.json")).expect("provenance as JSON");
    let text = sources.to_string();
    assert!(text.contains("隐患数") && text.contains("重大占比") && text.contains("隐患台账.csv"), "{text}");
    assert!(project.read("output/run.json").contains("隐患数"));
    let other = project.report_text("放射科", "md");
    assert!(other.contains("【待填写：隐患情况（隐患台账中没有本科室的记录）】"), "{other}");
}

fn an_unknown_name_in_chinese_is_named_with_the_names_that_exist() {
    let template = format!("{NOTICE}/隐患.md");
    let settings = format!("{NOTICE}/notice.toml");
    for (file, from, to, says) in [
        (&template, "{{ 隐患数 }}", "\n{{ 隐患树 }}", "隐患.md 第2行：模板里的“隐患树”不存在，是不是“隐患数”？"),
        (&template, "行.内容", "行.内溶", "“行.内溶”不存在，是不是“内容”？"),
        (&template, "级别=\"重大\"", "级别=\"特大\"", "“特大”不是“级别”的可选项"),
        (&template, "级别=\"重大\"", "级刖=\"重大\"", "“级刖”不存在，是不是“级别”？"),
        (&template, "n.重大数 > 0", "n.重大数 is 大的", "“is”后面没有“大的”这种判断"),
        (&template, "隐患 | first", "隐患 | 第一个", "没有“第一个”这个过滤器"),
        (&template, "== \"重大\"", "== 重伤", "“重伤”不存在"),
        (&template, "== \"重大\"", "== 重伤", "如果是文字，要写在半角的引号里"),
        (&template, "共{{ 隐患数 }}", "共{隐患数}", "应写 {{ 隐患数 }}"),
        (&template, "{{ 行.内容 }}（", "{{ 行 内容 }}（", "隐患.md 第3行：模板写法不对："),
        (&settings, "ratio(重大数,", "ratio(重大树,", "“重大树”不存在，是不是“重大数”？"),
        (&settings, "'隐患.len()'", "'隐患.count(|行| 行.级别 == 重大)'", "如果是文字，要写在半角的引号里"),
        (&settings, "metrics = [\"隐患数\"", "metrics = [\"隐患\"", "没有名为“隐患”的指标，是不是“隐患数”？"),
        (&settings, "重大占比 =", "重大（占比） =", "全角的符号"),
        (&settings, "重大占比 =", "\"重大 占比\" =", "“重大 占比”不能作名称：只用汉字、字母、数字和下划线"),
        (&settings, "隐患数   =", "隐患   =", "“隐患”既是台账又是指标"),
    ] {
        let run = project().edit(file, from, to).zicha(&["check"]);
        assert!(run.code == 2 && run.stderr.contains(says), "{to}: {}", run.all());
        assert!(!run.stderr.contains("zicha_"), "{to}: {}", run.stderr);
    }
}

fn ids_that_differ_in_width_only_are_one_name() {
    let settings = format!("{NOTICE}/notice.toml");
    let project = project()
        .edit(&settings, "|r| r.分_2", "|ｒ| r.分＿２")
        .edit(&settings, "column   = \"分_2\"", "column   = \"分_２\"")
        .edit(&format!("{NOTICE}/隐患.md"), "行[\"分_2\"]", "行.分＿2");
    project.build();
    assert!(project.report_text("内科", "md").contains("通道堵塞（12分，"));
    let twice = project.edit(&settings, "分_2   =", "分_２   = { header = [\"分\"], type = \"text\" }\n分_2   =");
    let run = twice.zicha(&["check"]);
    let line = twice.read(&settings).lines().position(|line| line.starts_with("分_2 ")).expect("the line");
    let says = format!("第{}行：“分_2”与第{line}行的“分_２”是同一个名称（全角、半角不分），请改一个", line + 1);
    assert!(run.code == 2 && run.stderr.contains(&says), "{}", run.all());
}

fn a_header_of_a_column_in_chinese_is_added_to_the_settings() {
    let project =
        project().file("新表.csv", "科室,隐患的内容,级别,整改期限,扣分\n内科,甲,重大,2026-11-10,1\n".as_bytes());
    let run = project.zicha(&["columns", "新表.csv"]);
    let line = "内容 = { header = [\"隐患内容\", \"隐患的内容\"], type = \"text\", required = true }";
    assert!(run.code == 0 && run.stdout.lines().any(|known| known == line), "{}", run.all());
    let file = project.path(&format!("{NOTICE}/notice.toml"));
    let settings = zicha::pipeline::with_accepted_alias(&file, "隐患", "内容", "隐患的内容").expect("a new header");
    let settings = settings.expect("a header that was not there");
    assert_eq!(settings, SETTINGS.replace("[\"隐患内容\"]", "[\"隐患内容\", \"隐患的内容\"]"));
}

fn a_stroke_of_a_header_that_is_written_twice_parts_no_levels() {
    let settings = format!("{NOTICE}/notice.toml");
    let project = project()
        .edit(&settings, "[\"隐患内容\"]", "[\"隐患//问题\"]")
        .edit(&settings, "[\"级别\"]", "[\"隐患/级别\", \"级别\"]")
        .edit("input/隐患台账.csv", "隐患内容", "隐患/问题")
        .edit("input/隐患台账.csv", "通道堵塞", "");
    let findings = project.findings_of("Z101");
    assert!(findings[0]["message"].to_string().contains("隐患/问题"), "{findings:?}");
    assert!(project.findings_of("Z005").is_empty() && project.findings_of("Z105").is_empty());
    project.build();
    assert!(project.report_text("内科", "md").contains("【待填写：隐患/问题】"));
    // A form has it in one cell, under no group, and is read without a finding.
    let run = project.zicha(&["form", "填报表"]);
    assert_eq!(run.code, 0, "{}", run.all());
    // What is suggested for a new sheet is written so.
    let project =
        project.file("新表.csv", "科室,隐患/问题描述,级别,整改期限,扣分\n内科,甲,重大,2026-11-10,1\n".as_bytes());
    let run = project.zicha(&["columns", "新表.csv"]);
    let line = "内容   = { header = [\"隐患//问题\", \"隐患//问题描述\"], type = \"text\", required = true }";
    assert!(run.stdout.replace("内容 = ", "内容   = ").lines().any(|known| known == line), "{}", run.all());
    let file = project.path(&settings);
    let accepted = zicha::pipeline::with_accepted_alias(&file, "隐患", "内容", "隐患/问题描述");
    assert!(accepted.expect("settings").is_some_and(|text| text.contains("[\"隐患//问题\", \"隐患//问题描述\"]")));
    let twice = project.edit(&settings, "\"隐患/级别\"", "\"隐患/问题\"");
    let run = twice.zicha(&["check"]);
    assert!(run.code == 2 && run.stderr.contains("是两列的 header"), "{}", run.all());
}
