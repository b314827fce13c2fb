//! `zicha diff`: what a branch changed after its ledger was sent back.

use serde_json::{Value, json};

use crate::support::{Project, Run};

crate::harness::tests! {
    alone: [
        a_changed_cell_is_shown_with_the_metrics_it_changes,
        a_metric_of_metrics_is_traced_to_the_cells,
        added_and_removed_rows_are_shown_and_moved_rows_are_not,
        added_and_removed_branches_are_named,
        names_of_another_record_are_no_commands_to_the_terminal,
        no_difference_is_stated_and_exits_with_0,
        the_html_page_is_escaped_and_self_contained,
        files_that_are_no_manifest_are_refused_and_folders_outside_are_not_read,
        records_that_are_endless_or_lie_are_refused_or_stated,
        reordered_rows_are_no_difference,
        a_row_added_before_a_changed_row_is_not_mistaken_for_it,
        files_of_only_one_run_are_stated_and_are_no_difference,
        a_link_in_place_of_a_report_is_not_followed,
        a_branch_with_an_invalid_roster_row_is_not_reported_as_removed,
    ]
}

const HEAD: [&str; 4] = ["党组织", "姓名", "规定学时", "已完成学时"];

/// Two branches with three cadres each.
fn project() -> Project {
    let row = |branch: &str, name: &str, done: &str| {
        vec![branch.to_owned(), name.to_owned(), "50".to_owned(), done.to_owned()]
    };
    Project::with_branches(&[("甲党支部", "机关党支部"), ("乙党支部", "机关党支部")]).ledger(
        "干部在线学习",
        &HEAD,
        &[
            row("甲党支部", "赵", "40"),
            row("甲党支部", "钱", "50"),
            row("甲党支部", "孙", "30"),
            row("乙党支部", "李", "50"),
            row("乙党支部", "周", "20"),
            row("乙党支部", "吴", "45"),
        ],
    )
}

/// Builds into `old`, changes the ledger, builds into `new`, compares.
fn diff(project: Project, from: &str, to: &str, arguments: &[&str]) -> (Project, Run) {
    assert_eq!(project.zicha(&["build", "--output", "old"]).code, 0);
    let project = project.edit("input/干部在线学习.csv", from, to);
    assert_eq!(project.zicha(&["build", "--output", "new"]).code, 0);
    let run = project.zicha(&[&["diff", "old", "new"], arguments].concat());
    (project, run)
}

fn as_json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).expect("JSON")
}

fn a_changed_cell_is_shown_with_the_metrics_it_changes() {
    let (project, run) = diff(project(), "赵,50,40", "赵,50,50", &[]);
    assert_eq!(run.code, 1, "{}", run.all());
    for line in [
        "甲党支部\n",
        "  未达规定学时人数：2 → 1\n      干部在线学习.csv D2 已完成学时：40 → 50\n",
        "  在线学习扣分：0.30 → 0.20\n      干部在线学习.csv D2 已完成学时：40 → 50\n",
        "汇总\n",
        "  所缺学时合计：65 → 55\n",
        "有变化的单位 1 个，没有变化的 1 个\n",
    ] {
        assert!(run.stdout.contains(line), "lacks {line}: {}", run.stdout);
    }
    assert!(
        run.stdout.contains("  - 一是干部在线学习") && run.stdout.contains("  + 一是干部在线学习"),
        "{}",
        run.stdout
    );
    let by_files = project.zicha(&["diff", "old/run.json", "new/run.json"]);
    assert_eq!(by_files.stdout, run.stdout);
}

fn a_metric_of_metrics_is_traced_to_the_cells() {
    let head = ["党组织", "党支部", "问题类别", "整改措施", "责任人", "整改时限", "完成情况", "完成日期"];
    let row = |state, on| vec!["丙党总支", "一支部", "党员教育形式化", "谈心", "王", "2018-10-31", state, on];
    let project = Project::with_branches(&[("丙党总支", "党总支")])
        .ledger("整改台账", &head, &[row("已完成", "2018-09-20"), row("推进中", "")])
        .ledger("干部在线学习", &HEAD, &[vec!["丙党总支", "赵", "50", "50"]]);
    assert_eq!(project.zicha(&["build", "--output", "old"]).code, 0);
    let project = project.edit("input/整改台账.csv", "推进中,", "已完成,2018-10-20");
    assert_eq!(project.zicha(&["build", "--output", "new"]).code, 0);
    let told = as_json(&project.zicha(&["diff", "old", "new", "--json"]));
    let branch = &told["branches"][0];
    let rate = branch["metrics"].as_array().and_then(|metrics| metrics.iter().find(|f| f["id"] == "rectify_rate"));
    let rate = rate.expect("a change");
    assert_eq!((&rate["old"], &rate["new"], &rate["because"]), (&json!("0.5000"), &json!("1.0000"), &json!([0])));
    let total =
        branch["metrics"].as_array().map_or(0, |metrics| metrics.iter().filter(|f| f["id"] == "rectify_total").count());
    assert_eq!(total, 0, "the number of rows did not change");
    assert_eq!(branch["rows"][0]["what"]["cells"][0]["cell"], "G3");
}

fn added_and_removed_rows_are_shown_and_moved_rows_are_not() {
    let (_, run) = diff(project(), "甲党支部,赵,50,40\n", "甲党支部,郑,50,10\n甲党支部,赵,50,40\n", &["--json"]);
    let told = as_json(&run);
    assert_eq!(told["unchanged"], 1, "the other branch's rows moved down, and nothing else");
    let rows = told["branches"][0]["rows"].as_array().expect("rows").clone();
    assert_eq!(rows.len(), 1, "{told:#}");
    assert_eq!(
        (&rows[0]["place"], &rows[0]["what"]["added"]),
        (&json!("干部在线学习.csv"), &json!([2, "甲党支部，郑，50，10"]))
    );
    let cadres = told["branches"][0]["metrics"].as_array().and_then(|f| f.iter().find(|f| f["id"] == "cadres"));
    assert_eq!(cadres.expect("a change")["because"], json!([0]));
    let (_, run) = diff(project(), "甲党支部,钱,50,50\n", "", &["--json"]);
    let told = as_json(&run);
    assert_eq!(told["branches"][0]["rows"][0]["what"]["gone"], json!([3, "甲党支部，钱，50，50"]));
}

fn added_and_removed_branches_are_named() {
    let project = project();
    assert_eq!(project.zicha(&["build", "--output", "old"]).code, 0);
    let project = project.edit("input/党组织名册.csv", "乙党支部,", "丁党支部,");
    assert_eq!(project.zicha(&["build", "--output", "new"]).code, 0);
    let run = project.zicha(&["diff", "old", "new"]);
    assert!(run.stdout.contains("新增的单位：丁党支部\n不再有的单位：乙党支部\n"), "{}", run.stdout);
}

fn names_of_another_record_are_no_commands_to_the_terminal() {
    let project = project();
    assert_eq!(project.zicha(&["build"]).code, 0);
    let record = project.read("output/run.json").replacen("甲党支部", "甲\\u001b]0;\\u0007\\u202e党支部", 1);
    let project = project.file("other/run.json", record.as_bytes());
    let said = project.zicha(&["diff", "output", "other"]).all();
    assert!(said.contains("甲‹U+001B›]0;‹U+0007›‹U+202E›党支部"), "{said}");
    assert!(!said.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{said}");
}

fn no_difference_is_stated_and_exits_with_0() {
    let project = project();
    for folder in ["old", "new"] {
        assert_eq!(project.zicha(&["build", "--output", folder]).code, 0);
    }
    let run = project.zicha(&["diff", "old", "new"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "没有变化\n"));
}

fn the_html_page_is_escaped_and_self_contained() {
    let (project, run) = diff(project(), "孙,50,30", "<b>孙&,50,30", &["--html", "差别/差别.html"]);
    assert_eq!(run.code, 1, "{}", run.all());
    let page = project.read("差别/差别.html");
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"zh-CN\">"), "{page}");
    assert!(page.contains("姓名：孙 → &lt;b&gt;孙&amp;") && !page.contains("<b>"), "{page}");
    for outside in ["http:", "https:", "src=", "<script", "<link"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

fn files_that_are_no_manifest_are_refused_and_folders_outside_are_not_read() {
    let project = project().file("not/run.json", b"[]").file("plain.txt", b"text");
    project.zicha(&["build"]);
    for (path, says) in [
        ("nowhere", "读不到 nowhere"),
        ("not", "not/run.json 不是本程序生成的记录"),
        ("plain.txt", "不是本程序生成的记录"),
    ] {
        let run = project.zicha(&["diff", "output", path]);
        assert_eq!(run.code, 2, "{path}");
        assert!(run.stderr.contains(says), "{path}: {}", run.stderr);
    }
    // The sources that the folder leads to exist, but outside of the run.
    let record = project.read("output/run.json");
    let project = project.file("other/run.json", record.as_bytes()).edit(
        "other/run.json",
        "\"folder\":\"甲党支部\"",
        "\"folder\":\"../output/甲党支部\"",
    );
    crate::support::copy(&project.path("output/乙党支部"), &project.path("other/乙党支部"));
    let run = project.zicha(&["diff", "output", "other"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let missing = run.stdout.lines().find(|line| line.contains("缺少 sources.json")).unwrap_or_default();
    assert!(missing.contains("甲党支部") && !missing.contains("乙党支部"), "{}", run.stdout);
    assert!(run.stdout.ends_with("没有变化\n"), "{}", run.stdout);
}

fn records_that_are_endless_or_lie_are_refused_or_stated() {
    let project = project();
    project.build();
    let record = project.read("output/run.json");
    let nested = "[".repeat(100_000);
    let project = project
        .file("endless/run.json", b"")
        .file("half/run.json", &record.as_bytes()[..record.len() / 2])
        .file("nested/run.json", nested.as_bytes())
        .file("binary/run.json", b"\0\xff\xfe\0")
        .file("typed/run.json", record.replace("\"folder\":\"甲党支部\"", "\"folder\":7").as_bytes());
    // The disk holds none of it.
    let endless = std::fs::File::create(project.path("endless/run.json")).expect("a file");
    endless.set_len(20 << 30).expect("a sparse file");
    for (path, says) in [
        ("endless", "有 20480 MiB，本程序的记录不会超过 64 MiB"),
        ("half", "不是本程序生成的记录"),
        ("nested", "不是本程序生成的记录"),
        ("binary", "不是本程序生成的记录"),
        ("typed", "不是本程序生成的记录"),
    ] {
        for order in [["output", path], [path, "output"]] {
            let run = project.zicha(&[&["diff"][..], &order].concat());
            assert_eq!(run.code, 2, "{path}: {}", run.all());
            assert!(run.stderr.contains(says), "{path}: {}", run.stderr);
        }
    }
    // A build goes on without such a record.
    let project = project.file("output/run.json", b"");
    std::fs::File::create(project.path("output/run.json")).and_then(|file| file.set_len(20 << 30)).expect("a file");
    project.build();
    // Sources that are none count as missing.
    crate::support::copy(&project.path("output"), &project.path("other"));
    for sources in [nested.as_bytes(), b"{\"metrics\":[{\"id\":1}]}", b"\0"] {
        std::fs::write(project.path("other/甲党支部/sources.json"), sources).expect("written");
        let run = project.zicha(&["diff", "output", "other"]);
        assert!(run.stdout.contains("缺少 sources.json"), "{}", run.all());
    }
}

fn reordered_rows_are_no_difference() {
    let rows = "甲党支部,赵,50,40\n甲党支部,钱,50,50\n甲党支部,孙,50,30\n";
    let ledger = format!("{}\n{rows}乙党支部,李,50,50\n", HEAD.join(","));
    let (_, run) = diff(
        Project::ready(&["甲党支部", "乙党支部"]).file("input/干部在线学习.csv", ledger.as_bytes()),
        rows,
        "甲党支部,孙,50,30\n甲党支部,赵,50,40\n甲党支部,钱,50,50\n",
        &[],
    );
    assert_eq!((run.code, run.stdout.as_str()), (0, "没有变化\n"));
}

fn a_row_added_before_a_changed_row_is_not_mistaken_for_it() {
    let (_, run) = diff(project(), "甲党支部,赵,50,40\n", "甲党支部,郑,50,50\n甲党支部,赵,50,45\n", &[]);
    assert!(run.stdout.contains("第2行 增加：甲党支部，郑，50，50\n"), "{}", run.stdout);
    assert!(run.stdout.contains("D3 已完成学时：40 → 45\n"), "{}", run.stdout);
}

fn files_of_only_one_run_are_stated_and_are_no_difference() {
    let project = project();
    for folder in ["old", "new"] {
        assert_eq!(project.zicha(&["build", "--output", folder]).code, 0);
    }
    assert_eq!(project.zicha(&["build", "--output", "new", "--branch", "甲党支部", "--format", "html"]).code, 0);
    let run = project.zicha(&["diff", "old", "new"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "缺少 Markdown 报告，没有比对文字：甲党支部\n没有变化\n"));
    std::fs::remove_file(project.path("new/乙党支部/sources.json")).expect("removed");
    let run = project.zicha(&["diff", "old", "new"]);
    assert!(run.stdout.starts_with("缺少 sources.json，没有比对台账的行：乙党支部\n"), "{}", run.stdout);
}

fn a_link_in_place_of_a_report_is_not_followed() {
    let project = project().file("elsewhere", b"secret words");
    for folder in ["old", "new"] {
        assert_eq!(project.zicha(&["build", "--output", folder]).code, 0);
    }
    let report = project.path("new/甲党支部/甲党支部-自查报告.md");
    let link = |from: &std::path::Path, to: &str| {
        std::fs::remove_file(from).expect("removed");
        std::os::unix::fs::symlink(project.path(to), from).expect("a link");
    };
    link(&report, "elsewhere");
    let run = project.zicha(&["diff", "old", "new", "--html", "page.html"]);
    assert_eq!(
        (run.code, run.stdout.lines().next()),
        (0, Some("缺少 Markdown 报告，没有比对文字：甲党支部")),
        "{}",
        run.all()
    );
    assert!(!run.all().contains("secret") && !project.read("page.html").contains("secret"), "{}", run.all());
    link(&project.path("new/乙党支部/sources.json"), "old/乙党支部/sources.json");
    let run = project.zicha(&["diff", "old", "new"]);
    assert!(run.stdout.contains("缺少 sources.json，没有比对台账的行：乙党支部\n"), "{}", run.stdout);
}

fn a_branch_with_an_invalid_roster_row_is_not_reported_as_removed() {
    let project = project();
    assert_eq!(project.zicha(&["build", "--output", "old"]).code, 0);
    let project = project.edit("input/党组织名册.csv", "乙党支部,机关党支部", "乙党支部,未知");
    assert_eq!(project.zicha(&["build", "--output", "new"]).code, 1);
    let run = project.zicha(&["diff", "old", "new"]);
    assert!(
        run.stdout.contains("乙党支部\n  报告：草稿 → 未能生成\n") && !run.stdout.contains("不再有"),
        "{}",
        run.stdout
    );
}
