//! Templates that include shared pieces of the notice's folder.

use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        a_piece_prints_what_it_would_print_where_it_is_included,
        a_piece_is_checked_with_the_names_of_where_it_is_included,
        a_piece_that_cannot_be_included_is_named_with_file_and_line,
        the_cost_of_pieces_is_counted,
        a_report_is_made_again_when_a_piece_changes,
    ]
}

fn template(name: &str) -> String {
    format!("{NOTICE}/{name}")
}

/// The small notice, whose template of the part about hours is `text`.
fn with_template(text: &str) -> Project {
    Project::ready(&["甲党支部", "乙党支部"]).file(&template("study.md"), text.as_bytes())
}

fn a_piece_prints_what_it_would_print_where_it_is_included() {
    let project = with_template(
        "{% set unit = \"学时\" %}应学{{ cadres }}人。{% for row in study %}{% include \"pieces/行.md\" %}{% endfor %}{% include \"pieces/tail.md\" %}",
    )
    .file(&template("pieces/行.md"), "{{ row.name }}{{ row.done }}{{ unit }}{% set unit = \"无\" %}{% if n.gap > 5 %}，缺{{ gap }}{{ unit }}{% endif %}。".as_bytes())
    .file(&template("pieces/tail.md"), "{% include \"pieces/deep.md\" %}{{ prizes }}项。".as_bytes())
    .file(&template("pieces/deep.md"), "*获奖*".replace('*', "").as_bytes());
    project.build();
    let report = project.report_text("甲党支部", "md");
    assert!(report.contains("应学1人。赵40学时，缺10无。获奖0项。"), "{report}");
    let sources = project.read("output/甲党支部/sources.json");
    assert!(sources.contains("干部在线学习.csv"), "{sources}");
    // What a condition of a piece asks for is a gap when it is missing.
    let project = Project::with_a_gap(&["甲党支部", "乙党支部"], "甲党支部")
        .file(&template("study.md"), "{% include \"pieces/行.md\" %}".as_bytes())
        .file(&template("pieces/行.md"), "{% if n.gap %}缺学时{% endif %}".as_bytes());
    project.build();
    let report = project.report_text("甲党支部", "md");
    assert!(report.contains("【待填写：所缺学时】"), "{report}");
}

fn a_piece_is_checked_with_the_names_of_where_it_is_included() {
    let include = "{% for row in study %}\n{% include \"a.md\" %}{% endfor %}{% include \"a.md\" %}";
    for (piece, says) in [
        ("\n{{ row.nam }}", "a.md 第2行：模板里的“row.nam”不存在，是不是“name”？"),
        ("{{ cadrs }}", "a.md 第1行：模板里的“cadrs”不存在，是不是“cadres”？"),
        ("{{ row.name }}", "a.md 第1行：模板里的“row”不存在"),
        ("\n\n经费{ cadres }", "a.md 第3行：“{ cadres }”"),
        ("{% if cadres > 1 %}{% endif %}", "“cadres”是排好的文字"),
        ("\n{% if n.cadres %}", "a.md 第2行：模板写法不对：模板没有写完"),
        ("\n{{ cadres | wher }}", "没有“wher”这个过滤器"),
        ("\n> 引用", "a.md\n  错误[Z303] 第2行：模板中用了公文没有的格式"),
    ] {
        let project = with_template(include).file(&template("a.md"), piece.as_bytes());
        let run = project.zicha(&["check"]);
        assert!(run.code != 0 && run.all().contains(says), "{piece}: {}", run.all());
        assert_eq!(run.all().matches(says).count(), 1, "{piece}: {}", run.all());
    }
    // A number that a piece computes has no source, which is said once, at the piece.
    let project = with_template(include).file(&template("a.md"), "\n{{ n.cadres }}".as_bytes());
    let computed = project.findings_of("Z306");
    assert_eq!(computed.len(), 1, "{computed:?}");
    assert!(computed[0].to_string().contains("a.md"), "{computed:?}");
}

fn a_piece_that_cannot_be_included_is_named_with_file_and_line() {
    let settings = "addressee    = \"{{ notice.issuer }}\"";
    for (text, says) in [
        ("\n{% include \"none.md\" %}", "study.md 第2行：读不到要插入的模板“none.md”"),
        ("\n{% include \"../none.md\" %}", "study.md 第2行：“../none.md”不在通知的文件夹里"),
        ("\n{% include \"/etc/passwd.md\" %}", "study.md 第2行：“/etc/passwd.md”不在通知的文件夹里"),
        ("{% include \"notice.toml\" %}", "study.md 第1行：要插入的模板“notice.toml”应是 .md 文件"),
        ("{% include \"study.md\" %}", "study.md 第1行：模板插入了自己：study.md → study.md"),
        ("{% include \"a.md\" %}", "b.md 第2行：模板插入了自己：a.md → b.md → a.md"),
        ("{% include a.md %}", "study.md 第1行：模板写法不对"),
        ("{% include \"bad.md\" %}", "bad.md 第2行："),
    ] {
        let project = with_template(text)
            .file(&template("a.md"), "{% include \"b.md\" %}".as_bytes())
            .file(&template("b.md"), "\n{% include \"a.md\" %}".as_bytes())
            .file(&template("bad.md"), b"a\n\xff\xff\xff");
        let run = project.zicha(&["check"]);
        assert!(run.code == 2 && run.stderr.contains(says), "{text}: {}", run.all());
    }
    let file = format!("{NOTICE}/notice.toml");
    let project = with_template("甲。").edit(&file, settings, "addressee    = '{% include \"none.md\" %}'");
    let line = project.read(&file).lines().position(|line| line.contains("none.md")).expect("the line") + 1;
    let run = project.zicha(&["check"]);
    let says = format!("notice.toml 第{line}行：读不到要插入的模板“none.md”");
    assert!(run.code == 2 && run.stderr.contains(&says), "{}", run.all());
}

fn the_cost_of_pieces_is_counted() {
    let endless = "{% for i in range(end=100000) %}{% include \"a.md\" %}{% endfor %}";
    let project =
        with_template(endless).file(&template("a.md"), "{% for i in range(end=100000) %}{% endfor %}".as_bytes());
    let findings = project.findings_of("Z303");
    assert!(findings[0]["message"].to_string().contains("循环的次数太多"), "{findings:?}");
    // Pieces that include the next one twice, which loops of none would count.
    let mut project = with_template("{% include \"p0.md\" %}");
    for at in 0..9 {
        let twice = format!("{{% include \"p{0}.md\" %}}{{% include \"p{0}.md\" %}}", at + 1);
        project = project.file(&template(&format!("p{at}.md")), twice.as_bytes());
    }
    let run = project.file(&template("p9.md"), "".as_bytes()).zicha(&["check"]);
    assert!(run.code == 2 && run.stderr.contains("插入模板的地方太多"), "{}", run.all());
}

fn a_report_is_made_again_when_a_piece_changes() {
    let project = with_template("{% include \"a.md\" %}").file(&template("a.md"), "甲。".as_bytes());
    project.build();
    let project = project.file(&template("a.md"), "乙。".as_bytes());
    project.build();
    assert!(project.report_text("甲党支部", "md").lines().any(|line| line == "乙。"));
}
