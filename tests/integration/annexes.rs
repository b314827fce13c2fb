//! Annexes (附件): a ledger's rows or a template on pages of their own, and the list of them in the letter (附件说明).

use crate::support::{NOTICE, Project, parts};

crate::harness::tests! {
    alone: [
        an_annex_lists_the_rows_that_meet_its_condition_in_every_format,
        the_only_annex_has_no_number,
        an_annex_without_rows_is_left_out_and_the_numbers_close_up,
        an_annex_whose_ledger_was_not_handed_in_is_a_gap,
        a_gap_in_an_annex_stops_a_final_report,
        a_blank_cell_of_an_optional_column_stays_empty,
        a_row_that_cannot_be_decided_is_listed_with_a_gap,
        values_in_annexes_have_their_sources,
        the_report_code_stands_for_the_annexes_as_well,
        a_changed_annex_rebuilds_the_reports_that_have_it,
        check_fills_annexes,
        the_summary_has_annexes,
        an_annex_counts_into_the_length_of_its_report,
        tables_are_numbered_through_letter_and_annexes,
        a_template_refers_to_an_annex_by_its_id,
        a_long_table_of_the_letter_becomes_an_annex,
        the_metadata_of_a_package_list_the_annexes,
        annexes_that_cannot_be_are_refused_with_their_line,
    ]
}

const SETTINGS: &str = "templates/2018-grassroots/notice.toml";

/// Two branches; the first has three cadres, of whom one has done enough.
pub(crate) fn project(annexes: &str) -> Project {
    let project = Project::ready(&["甲党支部", "乙党支部"]);
    let settings = format!("{}\n{annexes}", project.read(SETTINGS));
    let rows = "甲党支部,钱,50,52\n甲党支部,孙,50,30\n";
    let study = format!("{}{rows}", project.read("input/干部在线学习.csv"));
    project.file(SETTINGS, settings.as_bytes()).file("input/干部在线学习.csv", study.as_bytes())
}

/// An annex of the cadres who have not done enough.
const SHORT: &str = "[[annex]]\ntitle = \"{{ branch.name }}未达标人员\"\nledger = \"study\"\n\
    columns = [\"name\", \"done\"]\nwhen = 'row.done < row.required'\nserial = true\n";
/// An annex of all cadres.
pub(crate) const ALL: &str =
    "[[annex]]\ntitle = \"学习明细\"\nledger = \"study\"\ncolumns = [\"name\", \"done\", \"required\"]\n";
/// An annex of the prizes.
const PRIZES: &str =
    "[[annex]]\ntitle = \"获奖情况\"\nledger = \"prize\"\ncolumns = [\"prize\"]\nwithout_data = \"omit\"\n";

/// The text of `word/document.xml` between its tags, a line a paragraph.
fn docx_text(project: &Project, branch: &str) -> String {
    let parts = parts(&std::fs::read(project.report(branch, "docx")).expect("a report"));
    let document = &parts.iter().find(|(name, _)| name == "word/document.xml").expect("a document").1;
    let paragraphs = document.split("</w:p>");
    let text = |paragraph: &str| paragraph.split('<').filter_map(|piece| Some(piece.split_once('>')?.1)).collect();
    paragraphs.map(text).collect::<Vec<String>>().join("\n")
}

/// The texts of a page's elements, a line each.
fn html_text(project: &Project, branch: &str) -> String {
    let html = project.report_text(branch, "html");
    let body = html.split_once("<article>").and_then(|(_, rest)| rest.split_once("</article>")).expect("an article").0;
    body.split('<').filter_map(|piece| Some(piece.split_once('>')?.1.trim())).collect::<Vec<&str>>().join("")
}

/// Asserts that a text has these parts, in this order.
pub(crate) fn assert_in_order(text: &str, wanted: &[&str]) {
    let mut rest = text;
    for part in wanted {
        rest = rest.split_once(part).unwrap_or_else(|| panic!("no {part:?} in order in:\n{text}")).1;
    }
}

fn an_annex_lists_the_rows_that_meet_its_condition_in_every_format() {
    let project = project(&[SHORT, ALL].concat());
    project.build();
    let text = project.report_text("甲党支部", "md");
    assert_in_order(
        &text,
        &[
            "特此报告。\n\n附件：1.甲党支部未达标人员\n\n2\\.学习明细\n\n党支部书记（签字）",
            "# 附件1　甲党支部未达标人员\n\n| 序号 | 姓名 | 已完成学时 |\n| :---: | :---: | :---: |\n\
             | 1 | 赵 | 40 |\n| 2 | 孙 | 30 |\n",
            "# 附件2　学习明细\n\n| 姓名 | 已完成学时 | 规定学时 |\n",
            "| 赵 | 40 | 50 |\n| 钱 | 52 | 50 |\n| 孙 | 30 | 50 |\n",
        ],
    );
    let order = ["附件：", "1.", "甲党支部未达标人员", "2.", "学习明细", "（签字）：", "2018年11月2日", "附件1"];
    let tables = ["甲党支部未达标人员", "序号", "1", "赵", "40", "2", "孙", "30", "附件2", "学习明细", "钱", "52"];
    for text in [docx_text(&project, "甲党支部"), html_text(&project, "甲党支部")] {
        assert_in_order(&text, &[&order[..], &tables].concat());
        assert_eq!(text.matches("钱").count(), 1, "{text}");
    }
}

fn the_only_annex_has_no_number() {
    let project = project(ALL);
    project.build();
    assert_in_order(&project.report_text("甲党支部", "md"), &["\n附件：学习明细\n", "\n# 附件　学习明细\n"]);
    for text in [docx_text(&project, "甲党支部"), html_text(&project, "甲党支部")] {
        assert_in_order(&text, &["附件：", "学习明细", "（签字）", "附件", "学习明细"]);
        assert!(!text.contains("附件1") && !text.contains("1."), "{text}");
    }
}

fn an_annex_without_rows_is_left_out_and_the_numbers_close_up() {
    let project = project(&[PRIZES, SHORT, ALL].concat());
    project.build();
    // The first branch has no prize, but the ledger was handed in.
    let first = project.report_text("甲党支部", "md");
    assert_in_order(&first, &["附件：1.甲党支部未达标人员", "2\\.学习明细", "# 附件1　甲党支部未达标人员", "# 附件2"]);
    assert!(!first.contains("获奖情况") && !first.contains("附件3"), "{first}");
    assert_in_order(&project.report_text("乙党支部", "md"), &["附件：1.获奖情况", "3\\.学习明细", "# 附件3　学习明细"]);
    // No row meets the condition.
    let project = project.edit("input/干部在线学习.csv", "乙党支部,赵,50,40", "乙党支部,赵,50,50");
    project.build();
    let second = project.report_text("乙党支部", "md");
    assert!(!second.contains("未达标") && second.contains("附件：1.获奖情况\n\n2\\.学习明细\n"), "{second}");
}

fn an_annex_whose_ledger_was_not_handed_in_is_a_gap() {
    let project = project(PRIZES);
    std::fs::remove_file(project.path("input/获奖情况.csv")).expect("a removed ledger");
    let run = project.zicha(&["build"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let gap = "# 附件　获奖情况\n\n【待填写：获奖情况（台账中没有本单位的记录）】";
    assert!(project.report_text("甲党支部", "md").contains(gap));
    let run: serde_json::Value = serde_json::from_str(&project.read("output/run.json")).expect("a record");
    let gaps = run["branches"][0]["gaps"].as_array().expect("gaps");
    assert!(gaps.iter().any(|gap| gap[1] == "附件　获奖情况"), "{gaps:?}");
}

fn a_gap_in_an_annex_stops_a_final_report() {
    let note = "[ledger.study.columns.note]\nheader = [\"备注\"]\ntype = \"text\"\n";
    let annex = ALL.replace("\"done\", ", "\"note\", ");
    let project = project(&[note, &annex].concat()).edit("input/干部在线学习.csv", "已完成学时\n", "已完成学时,备注\n");
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert!(run.all().contains("“附件　学习明细”中待填写：备注"), "{}", run.all());
    assert!(!project.report("甲党支部", "docx").exists());
}

fn a_blank_cell_of_an_optional_column_stays_empty() {
    let note = "[ledger.study.columns.note]\nheader = [\"备注\"]\ntype = \"text\"\n";
    let annex = ALL.replace("\"done\", ", "\"note\", ") + "optional = [\"note\"]\n";
    let project = project(&[note, &annex].concat())
        .edit("input/干部在线学习.csv", "已完成学时\n", "已完成学时,备注\n")
        .edit("input/干部在线学习.csv", "甲党支部,赵,50,40\n", "甲党支部,赵,50,40,外出\n");
    project.zicha(&["build", "--final"]);
    let text = project.report_text("甲党支部", "md");
    assert!(text.contains("| 赵 | 外出 | 50 |\n| 钱 |  | 50 |\n"), "{text}");
}

fn a_row_that_cannot_be_decided_is_listed_with_a_gap() {
    let project = project(SHORT).edit("input/干部在线学习.csv", "甲党支部,孙,50,30", "甲党支部,孙,50,");
    project.build();
    let text = project.report_text("甲党支部", "md");
    assert!(text.contains("| 2 | 孙【待填写：是否列入本表】 | 【待填写：已完成学时】 |"), "{text}");
}

fn values_in_annexes_have_their_sources() {
    let project = project(SHORT);
    project.build();
    let sources: serde_json::Value =
        serde_json::from_str(&project.read("output/甲党支部/sources.json")).expect("sources");
    let part = sources["parts"].as_array().expect("parts").iter().position(|p| p == "附件　甲党支部未达标人员");
    let printed: Vec<(&str, &str)> = sources["printed"]
        .as_array()
        .expect("printed")
        .iter()
        .filter(|printed| printed["part"].as_u64().map(|part| part as usize) == part)
        .map(|printed| (printed["text"].as_str().expect("a text"), printed["cell"].as_str().expect("a cell")))
        .collect();
    assert_eq!(printed, [("甲党支部", "A2"), ("赵", "B2"), ("40", "D2"), ("孙", "B5"), ("30", "D5")]);
    assert!(project.report_text("甲党支部", "html").contains("data-source=\"姓名：干部在线学习.csv B5\""));
}

fn the_report_code_stands_for_the_annexes_as_well() {
    let code = |annexes: &str| {
        let project = project(annexes);
        let run = project.zicha(&["build", "--final"]);
        assert_eq!(run.code, 0, "{}", run.all());
        let text = project.report_text("甲党支部", "md");
        let line = text.lines().find(|line| line.contains("核对码")).expect("a code");
        line.split_once("核对码 ").expect("a code").1.to_owned()
    };
    let other = ALL.replace("\"done\", \"required\"", "\"required\"");
    assert_ne!(code(ALL), code(&other));
    assert_eq!(code(ALL), code(ALL));
}

fn a_changed_annex_rebuilds_the_reports_that_have_it() {
    let annex = "[[annex]]\ntitle = \"说明\"\ntemplate = \"annex.md\"\n";
    let project = project(annex).file(&format!("{NOTICE}/annex.md"), "甲。\n".as_bytes());
    project.build();
    let again = project.build();
    assert!(again.all().contains("没有变化"), "{}", again.all());
    let project = project.file(&format!("{NOTICE}/annex.md"), "乙。\n".as_bytes());
    project.build();
    assert!(project.report_text("甲党支部", "md").ends_with("# 附件　说明\n\n乙。\n"));
}

fn check_fills_annexes() {
    let annex = "[[annex]]\ntitle = \"说明\"\ntemplate = \"annex.md\"\n";
    let project = project(annex).file(&format!("{NOTICE}/annex.md"), "一。\n\n**粗**\n".as_bytes());
    let found = project.findings_of("Z303");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0]["file"].as_str().is_some_and(|file| file.ends_with("annex.md")), "{found:?}");
    assert_eq!(found[0]["line"], 3);
    assert!(found[0].to_string().contains("粗体") && found[0].to_string().contains("等 2 个单位"), "{found:?}");
}

fn the_summary_has_annexes() {
    let annex = "[[summary.annex]]\ntitle = \"各单位学习情况\"\ntemplate = \"all.md\"\norientation = \"landscape\"\n";
    let template = "| 单位 | 人数 |\n| :---: | :---: |\n{% for b in branches -%}\n| {{ b.name }} | {{ b.cadres }} |\n{% endfor %}\n";
    let project = project(annex).file(&format!("{NOTICE}/all.md"), template.as_bytes());
    project.build();
    let text = project.read("output/汇总/汇总-学习情况汇总.md");
    assert_in_order(
        &text,
        &["\n附件：各单位学习情况\n", "# 附件　各单位学习情况", "| 甲党支部 | 3 |", "| 乙党支部 | 1 |"],
    );
    assert!(!project.report_text("甲党支部", "md").contains("附件"));
}

fn an_annex_counts_into_the_length_of_its_report() {
    let limits = "[limits]\nreport_mib = 1\n";
    let project = project(&[ALL, limits].concat());
    let mut study = project.read("input/干部在线学习.csv");
    study.extend((0..40_000).map(|n| format!("甲党支部,学员{n},50,40\n")));
    let project = project.file("input/干部在线学习.csv", study.as_bytes());
    let run = project.zicha(&["build"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert!(run.all().contains("Z303") && run.all().contains("1 MiB"), "{}", run.all());
    assert!(!project.report("甲党支部", "md").exists() && project.report("乙党支部", "md").exists());
}

fn tables_are_numbered_through_letter_and_annexes() {
    let table = "表：{}\n\n| 人数 |\n| :---: |\n| {{ cadres }} |\n";
    let annexes = "[[annex]]\ntitle = \"甲\"\ntemplate = \"a.md\"\n[[annex]]\ntitle = \"乙\"\ntemplate = \"b.md\"\n";
    let project = project(annexes)
        .file(&format!("{NOTICE}/a.md"), format!("# 说明\n\n{}", table.replace("{}", "第二")).as_bytes())
        .file(&format!("{NOTICE}/b.md"), format!("# 说明\n\n{}", table.replace("{}", "第三")).as_bytes())
        .file(&format!("{NOTICE}/study.md"), table.replace("{}", "第一").as_bytes());
    project.build();
    let text = project.report_text("甲党支部", "md");
    assert_in_order(
        &text,
        &["表1　第一", "附件1　甲", "## 一、说明", "表2　第二", "附件2　乙", "## 一、说明", "表3　第三"],
    );
}

fn a_template_refers_to_an_annex_by_its_id() {
    let named = |annex: &str, id: &str| annex.replace("[[annex]]\n", &format!("[[annex]]\nid = \"{id}\"\n"));
    let project = project(&[named(PRIZES, "prizes"), named(ALL, "all")].concat()).file(
        &format!("{NOTICE}/study.md"),
        "详见{{ annex.all }}。{% if prize %}获奖见{{ annex.prizes }}。{% endif %}\n\n| 附件 |\n| :---: |\n| {{ annex.all }} |\n".as_bytes(),
    );
    project.build();
    assert_in_order(&project.report_text("甲党支部", "md"), &["\n详见附件。\n", "| 附件 |\n", "# 附件　学习明细"]);
    assert_in_order(
        &project.report_text("乙党支部", "md"),
        &["详见附件2。获奖见附件1。", "| 附件2 |", "# 附件2　学习明细"],
    );
    // A branch without the annex has a gap.
    let project = project.file(&format!("{NOTICE}/study.md"), "获奖见{{ annex.prizes }}。\n".as_bytes());
    project.build();
    assert!(project.report_text("甲党支部", "md").contains("获奖见【待填写：附件（本单位没有这个附件）】。"));
    let project = project.file(&format!("{NOTICE}/study.md"), "见{{ annex.prize }}。\n".as_bytes());
    let run = project.zicha(&["build"]);
    assert!(run.code == 2 && run.stderr.contains("是不是“prizes”"), "{}", run.all());
}

fn a_long_table_of_the_letter_becomes_an_annex() {
    let table = "表：{{ branch.name }}学习情况\n\n| 姓名 | 学时 |\n| :---: | ---: |\n\
                 {%- for row in study %}\n| {{ row.name }} | {{ row.done }} |\n{%- endfor %}\n\n表：合计\n\n\
                 | 人数 |\n| :---: |\n| {{ cadres }} |\n";
    let project = project(PRIZES).file(&format!("{NOTICE}/study.md"), table.as_bytes()).edit(
        SETTINGS,
        "file_name    = \"自查报告\"",
        "file_name = \"自查报告\"\ntable_rows = 2",
    );
    project.build();
    let first = project.report_text("甲党支部", "md");
    assert_in_order(
        &first,
        &[
            "\n甲党支部学习情况见附件。\n\n表1　合计\n",
            "\n附件：甲党支部学习情况\n",
            "# 附件　甲党支部学习情况\n\n| 姓名 | 学时 |\n| :---: | ---: |\n| 赵 | 40 |\n| 钱 | 52 |\n| 孙 | 30 |\n",
        ],
    );
    assert_eq!(first.matches("| 钱 |").count(), 1, "{first}");
    // The second branch has one row, which stays.
    let second = project.report_text("乙党支部", "md");
    assert_in_order(&second, &["表1　乙党支部学习情况", "| 赵 | 40 |", "表2　合计", "附件：获奖情况"]);
    let sources = project.read("output/甲党支部/sources.json");
    assert!(sources.contains("附件　甲党支部学习情况"), "{sources}");
    // Behind the annexes of the settings.
    let more = project.read("input/获奖情况.csv") + "甲党支部,优秀\n";
    let project = project.file("input/获奖情况.csv", more.as_bytes());
    project.build();
    let text = project.report_text("甲党支部", "md");
    assert_in_order(&text, &["学习情况见附件2。", "附件：1.获奖情况", "2\\.甲党支部学习情况", "# 附件2　甲党支部"]);
}

fn the_metadata_of_a_package_list_the_annexes() {
    let project = project(&[PRIZES, SHORT, ALL].concat());
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let run = project.zicha(&["archive", "--by", "张三", "--at", "2018-11-05", "--unsigned"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let metadata = |number: u8| project.read(&format!("archive/Z109-WS·2018-D30-ZZB-000{number}/metadata.xml"));
    assert!(metadata(1).contains("<附件说明>1.甲党支部未达标人员；2.学习明细</附件说明>"), "{}", metadata(1));
    assert!(
        metadata(2).contains("<附件说明>1.获奖情况；2.乙党支部未达标人员；3.学习明细</附件说明>"),
        "{}",
        metadata(2)
    );
    // The department's report has none.
    assert!(metadata(3).contains("<附件说明 著录=\"未著录\"/>"), "{}", metadata(3));
    let verified = project.zicha(&["verify", "--rebuild", "archive/Z109-WS·2018-D30-ZZB-0002"]);
    assert_eq!(verified.code, 0, "{}", verified.all());
}

fn annexes_that_cannot_be_are_refused_with_their_line() {
    for (annex, says) in [
        ("title = \" \"\nledger = \"study\"\ncolumns = [\"name\"]", "附件的 title 是空的"),
        ("id = \"1a\"\ntitle = \"甲\"\ntemplate = \"study.md\"", "“1a”不能作名称"),
        ("title = \"甲\"", "没有内容：写 ledger（列台账的行）、template"),
        ("title = \"甲\"\nledger = \"study\"\ncolumns = [\"name\"]\ntemplate = \"study.md\"", "只写一个"),
        ("title = \"甲\"\nledger = \"study\"", "没有写列哪几列"),
        ("title = \"甲\"\nledger = \"studi\"\ncolumns = [\"name\"]", "是不是“study”"),
        ("title = \"甲\"\nledger = \"roster\"\ncolumns = [\"name\"]", "不能作附件的台账"),
        ("title = \"甲\"\nledger = \"study\"\ncolumns = [\"nam\"]", "是不是“name”"),
        (
            "title = \"甲\"\nledger = \"study\"\ncolumns = [\"name\"]\noptional = [\"done\"]",
            "不在这个附件的 columns 里",
        ),
        ("title = \"甲\"\nledger = \"study\"\ncolumns = [\"name\"]\nwhen = 'row.nosuch > 1'", "nosuch"),
        ("title = \"甲\"\nledger = \"study\"\ncolumns = [\"name\"]\nledgers = [\"study\"]", "不再写 ledgers"),
        ("title = \"甲\"\ntemplate = \"study.md\"\nserial = true", "只和 ledger 一起写"),
        ("title = \"甲\"\ntemplate = \"study.md\"\nledgers = [\"studi\"]", "是不是“study”"),
        ("title = \"甲\"\ntemplate = \"study.md\"\nkinds = [\"机关\"]", "没有名为“机关”的类别"),
        ("title = \"甲\"\nfiles = \"../files\"", "不在设置的文件夹里"),
        ("title = \"甲\"\nfiles = \"files\"\ntemplate = \"study.md\"", "只写一个"),
        ("title = \"甲\"\ntemplate = \"../study.md\"", "不在设置的文件夹里"),
        ("title = \"甲\"\ntemplate = \"nosuch.md\"", "读不到模板“nosuch.md”"),
        ("title = \"{{ nosuch }}\"\ntemplate = \"study.md\"", "模板里的“nosuch”不存在"),
    ] {
        let project = project(&format!("[[annex]]\n{annex}\n"));
        let run = project.zicha(&["build"]);
        let first = project.read(SETTINGS).lines().position(|line| line == "[[annex]]").expect("a line") + 2;
        let lines = first..first + annex.lines().count();
        assert_eq!(run.code, 2, "{annex}: {}", run.all());
        assert!(run.stderr.contains(says), "{annex}: {}", run.stderr);
        assert!(lines.clone().any(|line| run.stderr.contains(&format!("第{line}行"))), "{lines:?}: {}", run.stderr);
    }
    let twice = "[[annex]]\nid = \"a\"\ntitle = \"甲\"\ntemplate = \"study.md\"\n".repeat(2);
    let run = project(&twice).zicha(&["build"]);
    assert!(run.code == 2 && run.stderr.contains("有两个附件的 id 是“a”"), "{}", run.stderr);
    let summary = "[[summary.annex]]\ntitle = \"甲\"\nledger = \"study\"\ncolumns = [\"name\"]\n";
    let run = project(summary).zicha(&["build"]);
    assert_eq!(run.code, 0, "{}", run.all());
    for (keys, message) in [
        ("ledger = \"study\"\ncolumns = [\"branch\"]\n", "“branch”不用写：单位自动是第一列"),
        ("ledger = \"study\"\ncolumns = [\"name\"]\nledgers = [\"study\"]\n", "不写 files 和 ledgers"),
        ("template = \"study.md\"\nkinds = [\"机关党支部\"]\n", "kinds 只和 ledger 一起写"),
        ("files = \"files\"\n", "不写 files 和 ledgers"),
        ("ledger = \"study\"\ncolumns = [\"nam\"]\n", "是不是“name”"),
        ("ledger = \"study\"\ncolumns = [\"name\"]\nwhen = 'row.nosuch > 1'\n", "nosuch"),
    ] {
        let run = project(&format!("[[summary.annex]]\ntitle = \"甲\"\n{keys}")).zicha(&["build"]);
        assert!(run.code == 2 && run.stderr.contains(message), "{keys}: {}", run.stderr);
    }
}
