//! Text with markup of every kind in every cell: it is printed exactly as typed.

use crate::support::{NOTICE, Project, audit, files, libreoffice, pandoc, python_json};

crate::harness::tests! {
    alone: [branches_named_like_files_of_the_program_have_folders_and_lists_of_their_own]
    with_tools: [
        hostile_text_is_unchanged_in_docx,
        hostile_text_is_unchanged_in_html_and_markdown,
    ]
}

/// A line with markup of Markdown, HTML, XML, tera, YAML and TeX.
const HOSTILE: &str =
    "*星*|竖|<b>粗</b> # 井 &amp; 1. `码` [链](x) ~~删~~ _下_ $元$ \\ {{ 7*7 }} {% if %} ^上^ 😀𠮷 <!-- -->";

/// The line with a line break, a tab and a control character.
fn broken() -> String {
    format!("{HOSTILE}\n第二行\t制\u{1}表")
}

fn project() -> Project {
    project_of(&broken())
}

/// A project in which every cell that may hold any text holds this one.
pub(crate) fn project_of(b: &str) -> Project {
    let of = |cells: &[&str]| {
        vec![std::iter::once("甲党总支").chain(cells.iter().copied()).map(str::to_owned).collect::<Vec<_>>()]
    };
    Project::new()
        .ledger(
            "党组织名册",
            &["党组织名称", "类别", "书记", "联系人", "电子邮箱"],
            &[vec!["甲党总支", "党总支", b, b, b]],
        )
        .ledger(
            "整改台账",
            &["党组织", "党支部", "问题类别", "问题表现", "整改措施", "责任人", "整改时限", "完成情况"],
            &of(&[b, "党员教育形式化", b, b, b, "2018-09-30", "推进中"]),
        )
        .ledger(
            "突破项目",
            &["党组织", "项目名称", "负责人", "年度目标", "进展情况", "完成率", "存在差距", "下步措施", "计划完成时间"],
            &of(&[b, b, b, b, "85%", b, b, "2018-12-15"]),
        )
        .ledger(
            "党建特色团队",
            &[
                "所属党组织",
                "团队名称",
                "类型",
                "带头人",
                "成员数",
                "重点任务",
                "阶段性成果",
                "建设目标完成率",
                "建设成效",
            ],
            &of(&[b, "科研攻关", b, "5", b, b, "0.5", "成效不明显"]),
        )
        .ledger(
            "主题党日",
            &["党组织", "党支部", "活动日期", "活动主题", "应到人数", "实到人数", "是否上传灯塔平台", "上传日期"],
            &of(&[b, "2018-09-06", b, "9", "8", "", ""]),
        )
        .ledger("干部在线学习", &["党组织", "姓名", "职务", "规定学时", "已完成学时"], &of(&[b, b, "50", "38"]))
        .ledger("党员议事会", &["党组织", "召开日期", "议题", "参会人数", "会议反响"], &of(&["2018-09-04", b, "9", b]))
        .ledger(
            "任务分解",
            &["党组织", "任务名称", "责任人", "时间节点", "进度", "状态"],
            &of(&[b, b, "2018-06-28", "0.6", "推进中"]),
        )
        .ledger("文字材料", &["党组织", "栏目", "内容"], &of(&["下一步打算", b]))
}

/// Templates that print each cell once, in sentences and in tables.
const TEMPLATES: [(&str, &str); 10] = [
    ("opening.md", "书记{{ branch.leader }}。"),
    (
        "rectify.md",
        "{% for row in rectify %}{{ row.cell }}“{{ row.problem }}”。\n\n| 措施 | 责任人 |\n| :--- | :---: |\n\
         | {{ row.measure }} | {{ row.person }} |\n{% endfor %}",
    ),
    (
        "project.md",
        "{% for row in project %}{{ row.name }}，{{ row.leader }}。\n\n| 目标 | 进展 | 差距 | 措施 |\n\
         | :--- | :--- | :--- | :--- |\n\
         | {{ row.goal }} | {{ row.progress }} | {{ row.gap }} | {{ row.next }} |\n{% endfor %}",
    ),
    (
        "team.md",
        "{% for row in team %}{{ row.name }}，{{ row.leader }}：{{ row.mission }}，{{ row.results }}。{% endfor %}",
    ),
    ("theme.md", "{% for row in theme %}{{ row.topic }}。{% endfor %}"),
    ("study.md", "学习。{% for row in study %}{{ row.name }}。{% endfor %}"),
    ("council.md", "议事。{% for row in council %}{{ row.topic }}，{{ row.response }}。{% endfor %}"),
    ("task.md", "任务。{% for row in task %}{{ row.name }}，{{ row.person }}。{% endfor %}"),
    ("next.md", "{% for row in material %}{{ row.text }}{% endfor %}"),
    ("problems.md", "完。"),
];

fn hostile_text_is_unchanged_in_docx() {
    let project = TEMPLATES
        .iter()
        .fold(project(), |project, (name, text)| project.file(&format!("{NOTICE}/{name}"), text.as_bytes()));
    let run = project.build();
    assert!(run.stdout.contains("[Z106]"), "{}", run.stdout);
    let docx = project.report("甲党总支", "docx");
    audit(&docx);
    let read = python_json("docx_text.py", &[&docx]);
    let paragraphs =
        read["paragraphs"].as_array().expect("paragraphs").iter().map(|p| p["text"].as_str().expect("text"));
    let cells = read["tables"].as_array().expect("tables").iter().flat_map(|t| t.as_array().expect("rows"));
    let cells = cells.flat_map(|row| row.as_array().expect("cells")).map(|cell| cell.as_str().expect("text"));
    let all: Vec<&str> = paragraphs.chain(cells).collect();
    let text = all.join("\n");
    assert_eq!(text.matches(HOSTILE).count(), EXPECTED, "{text}");
    assert!(all.iter().any(|cell| *cell == format!("{HOSTILE}\n第二行\t制表")), "a cell keeps its break and tab");
    assert!(all.contains(&HOSTILE), "a paragraph is parted at the break");
    for mark in
        text.chars().filter(|c| matches!(*c, '\u{fdd0}'..='\u{fdef}' | '\u{e000}'..='\u{f8ff}') || c.is_control())
    {
        assert!(matches!(mark, '\n' | '\t'), "{mark:?} leaked");
    }
    libreoffice(&[docx]);
}

/// How often the line is printed: 1 of the secretary, 4 of the problem, 6 of the project, 4 of the team, 1 of the theme
/// day, 1 of the cadre, 2 of the council, 2 of the task, 1 of the text, 2 of the contact; in the annexes 4 of the
/// problem, 6 of the project, 4 of the team, 1 of the theme day, 2 of the cadre.
const EXPECTED: usize = 24 + 17;

fn hostile_text_is_unchanged_in_html_and_markdown() {
    let project = project();
    project.build();
    let html = project.report_text("甲党总支", "html");
    assert!(!html.contains("<b>") && !html.contains("<!-- -->"));
    for (format, extension) in [("html", "html"), ("gfm-tex_math_dollars", "md")] {
        let text = pandoc(&project.report("甲党总支", extension), format);
        let paragraph = text.lines().find(|line| line.trim() == HOSTILE);
        assert!(paragraph.is_some(), "{extension}:\n{text}");
    }
}

fn branches_named_like_files_of_the_program_have_folders_and_lists_of_their_own() {
    let names = [
        "汇总",
        "run.json",
        "INDEX.html",
        "index-changed.js",
        "index-signed.js",
        "run-0-2.json",
        ".zicha",
        "COM¹",
        "caf\u{e9}",
        "cafe\u{301}",
        "汇总-2",
    ];
    // The second row is wrong, so that each branch has a finding.
    let project = names.iter().fold(Project::ready(&names), |project, name| {
        project.edit("input/干部在线学习.csv", &format!("\n{name},赵,50,40\n"), &format!("\n{name},赵,50,四十整\n"))
    });
    project.build();
    let output = files(&project.path("output"));
    let reports: Vec<&(String, Vec<u8>)> = output.iter().filter(|(name, _)| name.ends_with(".md")).collect();
    for name in names {
        let own = reports
            .iter()
            .filter(|(_, text)| String::from_utf8_lossy(text).starts_with(&format!("草稿\n\n# {name}关于")));
        assert_eq!(own.count(), 1, "{name}: {reports:?}");
    }
    assert!(output.iter().any(|(name, _)| name == "index.html"));
    let run: serde_json::Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    let mut folders: Vec<&str> =
        run["branches"].as_array().expect("branches").iter().filter_map(|branch| branch["folder"].as_str()).collect();
    folders.sort_unstable();
    folders.dedup();
    assert_eq!(folders.len(), names.len(), "{folders:?}");
    assert!(!folders.contains(&"run.json") && folders.contains(&"_COM¹"), "{folders:?}");
    // A list for each branch with its findings alone, and one with all.
    let told = project.zicha(&["check", "--xlsx", "lists"]);
    assert_eq!(told.code, 1, "{}", told.all());
    let lists = files(&project.path("lists"));
    assert_eq!(lists.len(), names.len() + 1);
    let limits = zicha::ingest::ReadLimits {
        file: 1 << 24,
        unpacked: 1 << 24,
        memory: 1 << 28,
        seconds: 9,
        cells: 10_000,
        text: 1 << 20,
    };
    let rows = |name: &str| {
        let (_, bytes) = lists.iter().find(|list| list.0 == name).unwrap_or_else(|| panic!("{name}"));
        zicha::ingest::open(bytes, &limits).expect("a workbook")[0].rows.len()
    };
    let (own, all) = (rows("汇总-2-问题清单.xlsx"), rows("汇总-问题清单.xlsx"));
    assert!(own < all && own == rows("汇总-2-2-问题清单.xlsx"), "{own} of {all}");
}
