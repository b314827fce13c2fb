//! Provenance: correct, complete, and never of another branch.

use serde_json::{Value, json};

use crate::serve::webdriver::Browser;
use crate::support::{NOTICE, Project, SHIPPED_BRANCHES, audit, files, libreoffice, parts, python_json};

crate::harness::tests! {
    alone: [
        the_sources_on_the_page_are_those_of_sources_json,
        a_template_cannot_name_another_branchs_data,
        an_index_past_the_last_row_is_a_finding,
        internal_markers_never_reach_the_output_even_from_ledgers,
        a_number_computed_by_a_template_is_a_finding,
        metrics_without_cells_state_their_source,
    ]
    with_tools: [
        every_metric_and_printed_cell_equals_its_source_cells,
        a_page_shows_the_source_of_the_focused_number_and_folds_the_list,
        sources_are_not_printed,
        trace_writes_sources_as_docx_comments,
        names_of_files_and_sheets_are_escaped_in_sources,
    ]
}

fn json(project: &Project, file: &str) -> Value {
    serde_json::from_str(&project.read(file)).expect("JSON")
}

fn every_metric_and_printed_cell_equals_its_source_cells() {
    let project = Project::sample();
    project.build();
    let compared = python_json("sources.py", &[&project.path("input"), &project.path("output")]);
    assert_eq!(compared["wrong"], serde_json::json!([]));
    assert_eq!(compared["branches"], SHIPPED_BRANCHES.len());
    let metrics = json(&project, "output/教务处党支部/metrics.json").as_object().map_or(0, |metrics| metrics.len());
    assert!(metrics > 0);
    assert_eq!(compared["metrics"], SHIPPED_BRANCHES.len() * metrics);
    assert!(compared["printed"].as_u64() > Some(1_000), "{compared}");
}

fn the_sources_on_the_page_are_those_of_sources_json() {
    let project = Project::sample();
    project.build();
    let listed = json(&project, "output/教务处党支部/sources.json")["printed"].as_array().map_or(0, Vec::len);
    let html = project.report_text("教务处党支部", "html");
    assert_eq!(html.matches(" data-source=\"").count(), listed);
    assert!(html.contains("data-source=\"在线学习扣分：根据 干部在线学习.csv D"), "{html}");
}

/// Two branches; every cell contains its branch's name.
fn two_branches() -> Project {
    let rows = |cells: &dyn Fn(&str) -> Vec<String>| ["甲党支部", "乙党支部"].map(cells).to_vec();
    let own = |branch: &str, what: &str| format!("{}的{what}", &branch[..3]);
    Project::new()
        .ledger(
            "党组织名册",
            &["党组织名称", "类别", "书记", "联系人", "电子邮箱"],
            &rows(&|b| vec![b.into(), "机关党支部".into(), own(b, "书记"), own(b, "联系人"), own(b, "邮箱")]),
        )
        .ledger(
            "干部在线学习",
            &["党组织", "姓名", "职务", "规定学时", "已完成学时"],
            &rows(&|b| vec![b.into(), own(b, "干部"), own(b, "职务"), "50".into(), "38".into()]),
        )
        .ledger(
            "党员议事会",
            &["党组织", "召开日期", "议题", "参会人数", "会议反响"],
            &rows(&|b| vec![b.into(), "2018-09-04".into(), own(b, "议题"), "9".into(), own(b, "反响")]),
        )
}

fn a_template_cannot_name_another_branchs_data() {
    for reach in ["{{ branches[0].name }}", "{% for b in upload_none %}{{ b.name }}{% endfor %}", "{{ generals }}"] {
        let project = two_branches().file(&format!("{NOTICE}/opening.md"), reach.as_bytes());
        let run = project.zicha(&["build"]);
        assert_eq!(run.code, 2, "{reach}: {}", run.all());
        assert!(run.stderr.contains("opening.md 第1行") && run.stderr.contains("不存在"), "{}", run.stderr);
    }
    // Everything about rows that a template can name.
    let greedy = "{% for r in study %}{{ r.name }}{{ r.post }}{% endfor %}\
        {% for r in council | reverse %}{{ r.topic }}{{ r.response }}{% endfor %}\
        {{ study | pluck(name=\"name\") | join }}{{ branch.contact }}{{ branch.email }}{{ branch.leader }}";
    let project = two_branches().file(&format!("{NOTICE}/opening.md"), greedy.as_bytes());
    project.build();
    for (own, other) in [("甲", "乙"), ("乙", "甲")] {
        for (name, bytes) in files(&project.path(&format!("output/{own}党支部"))) {
            let texts = if name.ends_with(".docx") {
                parts(&bytes).into_iter().map(|(_, text)| text).collect()
            } else {
                vec![String::from_utf8(bytes).expect("text")]
            };
            assert!(texts.iter().all(|text| !text.contains(&format!("{other}的"))), "{name} tells of {other}");
            assert!(
                name == "metrics.json" || texts.iter().any(|text| text.contains(&format!("{own}的议题"))),
                "{name}"
            );
        }
    }
}

fn an_index_past_the_last_row_is_a_finding() {
    let project = two_branches().file(&format!("{NOTICE}/opening.md"), "{{ study[1].name }}".as_bytes());
    let run = project.zicha(&["build"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert!(run.stdout.contains("[Z303]") && run.stdout.contains("opening.md"), "{}", run.stdout);
}

fn internal_markers_never_reach_the_output_even_from_ledgers() {
    let marks = "前\u{fdd0}\u{fdd5}7\u{fdd6}\u{fdd7}\u{fdd1}\u{fdd3}\u{fdd2}\u{fdd4}\u{fdef}\u{e000}\u{f8ff}后";
    let project = two_branches().ledger(
        "党组织名册",
        &["党组织名称", "类别", "书记", "联系人", "电子邮箱"],
        &[
            vec!["甲党支部", "机关党支部", marks, marks, "a@example.edu.cn"],
            vec!["乙\u{fdd5}0\u{fdd6}党支部", "机关党支部", "林", marks, "b@example.edu.cn"],
        ],
    );
    project.zicha(&["build", "--trace"]);
    assert!(project.report_text("甲党支部", "md").contains("前7后"));
    let leaks = |text: &str| text.chars().any(|c| matches!(c, '\u{fdd0}'..='\u{fdef}' | '\u{e000}'..='\u{f8ff}'));
    let output = files(&project.path("output"));
    assert!(output.iter().any(|(name, _)| name == "汇总/汇总表.xlsx"));
    for (name, bytes) in output {
        if name.ends_with(".docx") || name.ends_with(".xlsx") {
            parts(&bytes).iter().for_each(|(part, text)| assert!(!leaks(text), "{name} {part}"));
        } else {
            assert!(!leaks(&name) && !leaks(&String::from_utf8(bytes).expect("text")), "{name}");
        }
    }
}

fn a_page_shows_the_source_of_the_focused_number_and_folds_the_list() {
    let project = Project::sample();
    project.build();
    let page = project.report("教务处党支部", "html");
    // The generated content of the first metric before and after it is focused. A driven browser: a page that is only
    // printed gets the focus after its scripts have run, at times.
    let probe = "const first = document.querySelector('.src[tabindex=\"0\"]');\
        const shown = () => getComputedStyle(first, '::after').content;\
        const before = shown(); first.focus();\
        return before + '|' + shown() + '|' + document.querySelector('details').open;";
    let browser = Browser::new(1000, 1000);
    browser.open(&format!("file://{}", page.display()));
    let title = browser.run(probe, &json!([]));
    let title = title.as_str().expect("a text");
    let shown: Vec<&str> = title.split('|').collect();
    assert_eq!((shown[0], shown[2]), ("none", "false"), "{title}");
    assert!(
        shown[1].contains("来源：") && shown[1].contains("根据") && shown[1].contains("机关党支部对标自查.xlsx"),
        "{title}"
    );
}

fn sources_are_not_printed() {
    let project = Project::sample();
    project.build();
    let pdf = project.path("page.pdf");
    crate::support::chromium(&project.report("教务处党支部", "html"), &pdf);
    let pages = python_json("lines.py", &[&pdf]).to_string();
    assert!(pages.contains("签字") && !pages.contains("来源") && !pages.contains(".xlsx"), "{pages}");
}

fn trace_writes_sources_as_docx_comments() {
    let project = Project::sample();
    project.build();
    let clean = parts(&std::fs::read(project.report("教务处党支部", "docx")).expect("a report"));
    assert!(clean.iter().all(|(name, text)| name != "word/comments.xml" && !text.contains("comment")));

    assert_eq!(project.zicha(&["build", "--trace"]).code, 0);
    let document = project.report("教务处党支部", "docx");
    audit(&document);
    audit(&project.path("output/汇总/汇总-基层党建自查汇总.docx"));
    libreoffice(std::slice::from_ref(&document));
    let read = python_json("docx_text.py", &[&document]);
    let comments = read["comments"].as_array().expect("comments");
    let metrics = json(&project, "output/教务处党支部/sources.json")["printed"]
        .as_array()
        .map_or(0, |printed| printed.iter().filter(|printed| printed.get("metric").is_some()).count());
    assert_eq!(comments.len(), metrics);
    let points = comments.iter().filter_map(Value::as_str).find(|text| text.starts_with("在线学习扣分："));
    assert!(
        points.is_some_and(|text| text.contains("干部在线学习.csv D") && text.contains("sum(study.map(")),
        "{comments:?}"
    );
}

fn a_number_computed_by_a_template_is_a_finding() {
    let project = two_branches().file(&format!("{NOTICE}/opening.md"), "共{{ n.cadres + 1 }}人".as_bytes());
    let found = project.findings_of("Z306");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["line"], 1);
    assert!(found[0]["file"].as_str().is_some_and(|file| file.ends_with("opening.md")));
    assert!(found[0]["cure"].as_str().is_some_and(|cure| cure.contains("[metric]")), "{found:?}");
}

fn names_of_files_and_sheets_are_escaped_in_sources() {
    let sheet = "<b>\"&'表";
    let spec = serde_json::json!({ "sheets": [{ "name": sheet, "rows": [
        ["党组织", "姓名", "规定学时", "已完成学时"], ["甲党支部", "赵", 50, 38],
    ] }] });
    let project = two_branches().workbook("学习&<i>.xlsx", &spec);
    std::fs::remove_file(project.path("input/干部在线学习.csv")).expect("removed");
    assert_eq!(project.zicha(&["build", "--trace"]).code, 0);
    let html = project.report_text("甲党支部", "html");
    assert!(!html.contains("<b>") && !html.contains("<i>"), "{html}");
    assert!(html.contains("学习&amp;&lt;i&gt;.xlsx［&lt;b&gt;&quot;&amp;'表］"), "{html}");
    audit(&project.report("甲党支部", "docx"));
    std::fs::rename(project.path("input/党员议事会.csv"), project.path("input/议\u{1}\u{fdd5}事会.csv"))
        .expect("renamed");
    assert_eq!(project.zicha(&["build", "--trace"]).code, 0);
    audit(&project.report("甲党支部", "docx"));
    let sources = json(&project, "output/甲党支部/sources.json");
    assert!(sources["sheets"].as_array().is_some_and(|sheets| sheets.iter().any(|s| s["sheet"] == sheet)), "{sources}");
}

fn metrics_without_cells_state_their_source() {
    let project = two_branches();
    project.build();
    let sources = |file: &str| json(&project, file)["metrics"].clone();
    assert_eq!(sources("output/甲党支部/sources.json")[0]["id"], "rectify_total");
    let page = std::fs::read_to_string(project.path("output/汇总/汇总-基层党建自查汇总.html")).expect("a page");
    for shown in ["机关党支部数：根据名册中的单位计算", "固定日数：按通知设置计算，不取自台账"]
    {
        assert!(page.contains(&format!("data-source=\"{shown}\"")), "{shown}");
    }
    let tracer = json(&project, "output/甲党支部/sources.json");
    let expected = tracer["metrics"].as_array().and_then(|f| f.iter().find(|f| f["id"] == "theme_expected"));
    assert_eq!(expected.expect("a metric")["cells"], serde_json::json!([]));
}
