//! Notices that are based on another: `base = "../name"`.

use crate::support::{NOTICE, Project};

crate::harness::tests! {
    alone: [
        a_notice_inherits_what_it_does_not_name,
        errors_of_inherited_settings_name_their_file_and_line,
        a_base_that_cannot_be_used_is_refused_with_its_line,
        a_report_is_made_again_when_its_base_changes,
        a_header_of_an_inherited_column_goes_to_the_own_settings,
        a_package_holds_what_its_notice_is_based_on,
    ]
}

const BRANCHES: [&str; 2] = ["甲党支部", "乙党支部"];
const BASE: &str = "templates/2017-base";
const OWN: &str = "base = \"../2017-base\"\n\n[vars]\nquarter = \"第四季度\"\n";

/// The small notice as the base of one that is in its place; both have the texts of `[vars]`.
fn project(own: &str) -> Project {
    let project = Project::ready(&BRANCHES);
    std::fs::rename(project.path(NOTICE), project.path(BASE)).expect("the base");
    project
        .edit(&format!("{BASE}/notice.toml"), "[roster]", "[vars]\nquarter = \"第三季度\"\n\n[roster]")
        .edit(&format!("{BASE}/notice.toml"), "title    = \"", "title    = \"{{ vars.quarter }}")
        .file(&format!("{NOTICE}/notice.toml"), own.as_bytes())
}

fn a_notice_inherits_what_it_does_not_name() {
    let own = format!(
        "{OWN}\n[metric]\ngap = {{ label = \"欠学时\" }}\nhalf = {{ label = \"一半\", expr = 'gap / 2' }}\n\n[letter]\naddressee = \"学院党委\"\n"
    );
    let project = project(&own)
        .file(
            &format!("{NOTICE}/study.md"),
            "{{ notice.title }}：{{ cadres }}人，{{ gap }}，{{ half }}。{% include \"piece.md\" %}".as_bytes(),
        )
        .file(&format!("{BASE}/piece.md"), "{{ prizes }}项。".as_bytes());
    let inherited = project.read(&format!("{BASE}/opening.md"));
    project.build();
    let report = project.report_text("甲党支部", "md");
    assert!(report.contains("第四季度") && report.contains("：1人，10，5。0项。"), "{report}");
    assert!(report.lines().any(|line| line == "学院党委："), "{report}");
    let opening = inherited.split("{{").next().expect("a beginning").trim();
    assert!(!opening.is_empty() && report.contains(opening), "{report}");
    assert!(project.read("output/run.json").contains("欠学时"));
    // Lists are replaced as a whole.
    let project = project.edit(
        &format!("{NOTICE}/notice.toml"),
        "[letter]",
        "[[section]]\ntitle = \"另一方面\"\n[[section.part]]\ntemplate = \"study.md\"\nlabel = \"学习\"\n\n[letter]",
    );
    project.build();
    let report = project.report_text("甲党支部", "md");
    assert!(report.lines().any(|line| line == "## 一、另一方面"), "{report}");
    assert!(!report.contains("学习情况\n"), "{report}");
}

fn errors_of_inherited_settings_name_their_file_and_line() {
    let line = |project: &Project, file: &str, text: &str| {
        project.read(file).lines().position(|line| line.contains(text)).expect("the line") + 1
    };
    let (own_file, base_file) = (format!("{NOTICE}/notice.toml"), format!("{BASE}/notice.toml"));
    for (from, to, says) in [
        ("cutoff   = 2018-10-25", "cutoff   = \"x\"", ""),
        ("cutoff   =", "cutof    =", "不认识“cutof”"),
        ("r.required - r.done", "r.required - r.don", "“.don”不是列名"),
        ("ledgers  = [\"study\"]", "ledgers  = [\"stud\"]", "没有名为“stud”的台账"),
        ("addressee    = \"{{ notice.issuer }}\"", "addressee    = \"{{ notice.isuer }}\"", "“notice.isuer”不存在"),
        ("title    = \"{{ vars.quarter }}", "title    = \"{{ vars.quartr }}", "[vars] 里没有“quartr”"),
        ("cadres =", "cadres = 1 =", "写法不对"),
        ("cadres = {", "\"a b\" = {", "“a b”不能作名称"),
        ("[metric]\n", "[figure]\n", "[figure] 已改名为 [metric]"),
    ] {
        let project = project(OWN).edit(&base_file, from, to);
        let run = project.zicha(&["check"]);
        let place = format!("{base_file} 第{}行：", line(&project, &base_file, to.trim()));
        assert!(run.code == 2 && run.stderr.contains(&place) && run.stderr.contains(says), "{to}: {}", run.all());
    }
    for (added, says) in [
        ("[metric]\ngap = { expr = 'study.lenn()' }", "没有“lenn”这个函数"),
        ("[metric]\ngap = { expr = 5 }", "应写在引号里"),
        ("[metric]\ngap = { labell = \"甲\" }", "不认识“labell”"),
        ("[letter]\nsigner = \"{{ gone }}\"", "“gone”不存在"),
        ("[roster]\nname = \"gone\"", "没有名为“gone”的[roster] 的列"),
    ] {
        let project = project(&format!("{OWN}\n{added}\n"));
        let run = project.zicha(&["check"]);
        let text = added.lines().last().expect("a line");
        let place = format!("{own_file} 第{}行：", line(&project, &own_file, text));
        assert!(run.code == 2 && run.stderr.contains(&place) && run.stderr.contains(says), "{added}: {}", run.all());
    }
    // A template of the base is named with its path.
    let project = project(OWN).file(&format!("{BASE}/study.md"), "\n{{ gone }}".as_bytes());
    let run = project.zicha(&["check"]);
    assert!(run.stderr.contains(&format!("{BASE}/study.md 第2行：")), "{}", run.all());
}

fn a_base_that_cannot_be_used_is_refused_with_its_line() {
    for (base, says) in [
        ("../gone", "第2行：读不到 base 指的通知设置 templates/gone/notice.toml"),
        ("../2018-grassroots", "第2行：base 绕回了自己：2018-grassroots → 2018-grassroots"),
        ("/etc", "第2行：“/etc”不能作 base"),
        ("../../etc", "“../../etc”不能作 base"),
        ("2017-base", "写成 ../名称"),
        ("", "写成 ../名称"),
        ("../..", "写成 ../名称"),
    ] {
        let run = project(&format!("\nbase = \"{base}\"\n")).zicha(&["check"]);
        assert!(run.code == 2 && run.stderr.contains(says), "{base}: {}", run.all());
    }
    let run = project("\nbase = 5\n").zicha(&["check"]);
    assert!(run.code == 2 && run.stderr.contains("第2行：写法不对：“5”应写在引号里"), "{}", run.all());
    let circle =
        project(OWN).edit(&format!("{BASE}/notice.toml"), "[notice]", "base = \"../2018-grassroots\"\n[notice]");
    let run = circle.zicha(&["check"]);
    let says = "2017-base/notice.toml 第2行：base 绕回了自己：2018-grassroots → 2017-base → 2018-grassroots";
    assert!(run.code == 2 && run.stderr.contains(says), "{}", run.all());
}

fn a_report_is_made_again_when_its_base_changes() {
    let project = project(OWN);
    project.build();
    let project =
        project.edit(&format!("{BASE}/notice.toml"), "signer       = \"党支部书记\"", "signer       = \"支部书记\"");
    project.build();
    assert!(project.report_text("甲党支部", "md").contains("\n支部书记"));
    let project = project.file(&format!("{BASE}/study.md"), "改过的一段。".as_bytes());
    project.build();
    assert!(project.report_text("甲党支部", "md").contains("改过的一段。"));
}

fn a_header_of_an_inherited_column_goes_to_the_own_settings() {
    let project = project(OWN).file("新表.csv", "党组织,姓名,规定学时,已完成的学时\n甲党支部,甲,50,40\n".as_bytes());
    let run = project.zicha(&["columns", "新表.csv"]);
    let expected = "[ledger.study.columns.done]\nheader = [\"已完成学时\", \"已完成的学时\"]\n";
    assert!(run.code == 0 && run.stdout.contains(expected), "{}", run.all());
    let (file, base) = (format!("{NOTICE}/notice.toml"), project.read(&format!("{BASE}/notice.toml")));
    let with = |project: &Project, header| {
        let accepted = zicha::pipeline::with_accepted_alias(&project.path(&file), "study", "done", header);
        accepted.expect("settings").expect("a new header")
    };
    let own = with(&project, "已完成的学时");
    assert_eq!(own, format!("{OWN}\n{expected}"));
    assert_eq!(project.read(&format!("{BASE}/notice.toml")), base);
    let project = project.file(&file, own.as_bytes());
    assert!(with(&project, "学时").ends_with("\"已完成的学时\", \"学时\"]\n"));
}

fn a_package_holds_what_its_notice_is_based_on() {
    let project = project(OWN)
        .file(&format!("{BASE}/study.md"), "应学{{ cadres }}人。{% include \"pieces/x.md\" %}".as_bytes())
        .file(&format!("{BASE}/pieces/x.md"), "{{ vars.quarter }}。".as_bytes());
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let run = project.zicha(&["archive", "--by", "张三", "--at", "2018-11-05", "--unsigned"]);
    assert_eq!(run.code, 0, "{}", run.all());
    std::fs::remove_dir_all(project.path("templates")).expect("removed");
    let bag = "archive/Z109-WS·2018-D30-ZZB-0001";
    for file in ["notice.toml", "base/2017-base/notice.toml", "base/2017-base/study.md", "base/2017-base/pieces/x.md"] {
        assert!(project.path(&format!("{bag}/data/notice/{file}")).is_file(), "{file}");
    }
    let run = project.zicha(&["verify", "--rebuild", bag]);
    assert!(run.code == 0 && run.stdout.contains("重新生成的报告与归档的一致"), "{}", run.all());
}
