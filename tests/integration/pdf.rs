//! PDF reports: their text, their pages beside LibreOffice's, their fonts, their bytes.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{NOTICE, Project, Run, libreoffice, python_json, tools};

crate::harness::tests! {
    alone: [
        without_fonts_a_final_report_has_no_pdf_and_says_so_once,
        without_fonts_a_pdf_that_was_asked_for_or_is_required_is_an_error,
        a_draft_has_a_pdf_only_when_it_is_asked_for,
    ]
    with_tools: [
        the_text_of_a_pdf_is_that_of_the_markdown_in_its_order,
        pages_have_the_lines_that_libreoffice_gives_them,
        the_same_report_has_the_same_bytes,
        a_pdf_is_sound_tagged_and_archival,
        a_typeface_that_is_not_there_is_replaced_and_named,
        a_character_that_no_font_has_is_named_and_printed_as_a_square,
        hostile_text_and_wide_tables_are_printed_whole,
        other_fonts_make_the_pdf_anew,
    ]
}

const BRANCH: &str = "甲党支部";

fn final_build(project: &Project, more: &[&str]) -> Run {
    project.zicha(&[&["build", "--final", "--date", "2018-11-02"], more].concat())
}

fn count(run: &Run, code: &str) -> usize {
    run.all().matches(code).count()
}

fn without_fonts_a_final_report_has_no_pdf_and_says_so_once() {
    let project = Project::ready(&[BRANCH, "乙党支部"]);
    let run = final_build(&project, &[]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_eq!(count(&run, "Z330"), 1, "{}", run.all());
    assert!(project.report(BRANCH, "docx").is_file() && !project.report(BRANCH, "pdf").exists());
}

fn without_fonts_a_pdf_that_was_asked_for_or_is_required_is_an_error() {
    let project = Project::ready(&[BRANCH]);
    let run = project.zicha(&["build", "--format", "md,pdf"]);
    assert_eq!(run.code, 2, "{}", run.all());
    assert!(run.all().contains("没有找到中文字体"), "{}", run.all());
    let required = Project::ready(&[BRANCH]);
    let settings = required.read(&format!("{NOTICE}/notice.toml"));
    let required =
        required.file(&format!("{NOTICE}/notice.toml"), format!("{settings}\n[pdf]\nrequired = true\n").as_bytes());
    assert_eq!(final_build(&required, &[]).code, 1);
    assert!(!required.report(BRANCH, "docx").exists(), "no final report without its PDF");
    assert_eq!(required.zicha(&["build"]).code, 0, "drafts have none");
}

fn a_draft_has_a_pdf_only_when_it_is_asked_for() {
    let project = Project::ready(&[BRANCH]);
    let run = project.build();
    assert!(!project.report(BRANCH, "pdf").exists() && count(&run, "Z33") == 0, "{}", run.all());
}

/// What poppler reads, without blanks, page numbers and the mark of drafts.
fn pdf_text(pdf: &Path) -> String {
    let output = Command::new("pdftotext").args(["-raw", "-nopgbrk"]).arg(pdf).arg("-").output().expect("poppler runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let is_text = |line: &&str| {
        let number = line.trim().trim_start_matches("— ").trim_end_matches(" —");
        !(line.starts_with('—') && number.parse::<u32>().is_ok() || *line == "草稿" || *line == "草" || *line == "稿")
    };
    text.lines().filter(is_text).flat_map(str::chars).filter(|c| !c.is_whitespace()).collect()
}

/// The text of a Markdown report without its syntax, blanks and the line to sign on.
fn markdown_text(markdown: &str) -> String {
    let without_syntax = |line: &str| {
        let line = line.trim_start_matches('#').replace("<br>", "").replace("&#9;", "").replace('\\', "");
        if line.starts_with("| :") { String::new() } else { line.replace('|', "") }
    };
    let lines = markdown.lines().filter(|line| *line != "草稿").map(without_syntax);
    lines.collect::<String>().chars().filter(|c| !c.is_whitespace() && *c != '＿').collect()
}

fn the_text_of_a_pdf_is_that_of_the_markdown_in_its_order() {
    let project = Project::sample();
    project.build_with_fonts("md,pdf");
    for branch in ["教务处党支部", "图书馆党支部", "机电工程学院党总支"] {
        let printed = pdf_text(&project.report(branch, "pdf"));
        let written = markdown_text(&project.report_text(branch, "md"));
        let first = printed.chars().zip(written.chars()).position(|(one, other)| one != other);
        let around = |text: &str| first.map(|at| text.chars().skip(at.saturating_sub(10)).take(30).collect::<String>());
        assert_eq!(
            (around(&printed), printed.chars().count()),
            (around(&written), written.chars().count()),
            "{branch}"
        );
    }
}

/// The lines of each page, without the stops at their ends: LibreOffice loses some of those that hang into the margin.
fn lines(pdf: &Path) -> Vec<Vec<String>> {
    let pages: Value = python_json("lines.py", &[pdf]);
    let text = |line: &Value| {
        let text: String = line["text"].as_str().unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
        text.trim_end_matches(['，', '。', '、', '；', '：']).to_owned()
    };
    let page = |page: &Value| page["lines"].as_array().expect("lines").iter().map(text).collect();
    pages.as_array().expect("pages").iter().map(page).collect()
}

fn pages_have_the_lines_that_libreoffice_gives_them() {
    let project = Project::sample();
    project.build_with_fonts("docx,pdf");
    let mut branches: Vec<String> = std::fs::read_dir(project.path("output"))
        .expect("reports")
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| name != "汇总" && project.report(name, "docx").is_file())
        .collect();
    branches.sort();
    assert_eq!(branches.len(), 18);
    let documents: Vec<_> = branches.iter().map(|branch| project.report(branch, "docx")).collect();
    let folder = libreoffice(&documents);
    let (mut pages, mut alike, mut as_many) = (0, 0, 0);
    let mut differences = String::new();
    for branch in &branches {
        let theirs = lines(&folder.path().join(format!("{branch}-自查报告.pdf")));
        let ours = lines(&project.report(branch, "pdf"));
        as_many += usize::from(theirs.len() == ours.len());
        pages += theirs.len();
        for (theirs, ours) in theirs.iter().zip(&ours) {
            alike += usize::from(theirs == ours);
            let first = theirs.iter().zip(ours).find(|(one, other)| one != other);
            differences.extend(first.map(|(one, other)| format!("{branch}\n  {one}\n  {other}\n")));
        }
    }
    assert!(as_many * 100 >= branches.len() * 95, "{as_many} of {} have as many pages\n{differences}", branches.len());
    assert!(alike * 100 >= pages * 95, "{alike} of {pages} pages are alike\n{differences}");
}

fn the_same_report_has_the_same_bytes() {
    let project = Project::sample();
    project.build_with_fonts("pdf");
    let first = std::fs::read(project.report("图书馆党支部", "pdf")).expect("a report");
    let fonts = tools().join("fonts");
    let again = ["build", "--format", "pdf", "--output", "again", "--fonts", &fonts.to_string_lossy()];
    assert_eq!(project.zicha_with(&again, &[("RAYON_NUM_THREADS", "1")]).code, 0);
    let second = std::fs::read(project.path("again/图书馆党支部/图书馆党支部-自查报告.pdf")).expect("a report");
    assert!(first == second, "other bytes with one thread");
}

fn a_pdf_is_sound_tagged_and_archival() {
    let table = "# 名单\n\n| 姓名 | 学时 |\n| --- | --- |\n{% for row in study %}| {{ row.name }} | {{ row.done }} |\n{% endfor %}";
    let project = Project::ready(&[BRANCH]).file(&format!("{NOTICE}/study.md"), table.as_bytes());
    let fonts = tools().join("fonts");
    let run = final_build(&project, &["--fonts", &fonts.to_string_lossy()]);
    assert_eq!(run.code, 0, "{}", run.all());
    let pdf = project.report(BRANCH, "pdf");
    let info = Command::new("pdfinfo").arg(&pdf).env("TZ", "UTC").output().expect("poppler runs");
    let info = String::from_utf8_lossy(&info.stdout).into_owned();
    for line in ["Tagged:          yes", "Fri Nov  2 00:00:00 2018"] {
        assert!(info.contains(line), "{line}\n{info}");
    }
    assert!(info.contains(BRANCH), "title and author: {info}");
    let metadata = Command::new("pdfinfo").arg("-meta").arg(&pdf).output().expect("poppler runs");
    let metadata = String::from_utf8_lossy(&metadata.stdout).into_owned();
    assert!(metadata.contains("<pdfaid:part>2<") && metadata.contains("<pdfaid:conformance>U<"), "{metadata}");
    let structure = Command::new("pdfinfo").arg("-struct").arg(&pdf).output().expect("poppler runs");
    let structure = String::from_utf8_lossy(&structure.stdout).into_owned();
    for element in ["H1", "P", "Table"] {
        assert!(structure.lines().any(|line| line.trim().starts_with(element)), "{element}\n{structure}");
    }
    let check = Command::new("qpdf").arg("--check").arg(&pdf).output().expect("qpdf runs");
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
}

fn a_typeface_that_is_not_there_is_replaced_and_named() {
    let project = Project::ready(&[BRANCH]);
    let half = project.path("fonts");
    std::fs::create_dir_all(&half).expect("a folder");
    let face = "FandolFang-Regular.otf";
    std::fs::copy(tools().join("fonts").join(face), half.join(face)).expect("a font");
    let run = project.zicha(&["build", "--format", "pdf", "--fonts", "fonts"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let said = run.all();
    assert!(said.contains("没有找到一级标题的字体“黑体”，PDF 里用“FandolFang") && said.contains("Z331"), "{said}");
    assert!(pdf_text(&project.report(BRANCH, "pdf")).contains(BRANCH));
}

fn a_character_that_no_font_has_is_named_and_printed_as_a_square() {
    let project = Project::ready(&["甲\u{2a6d6}党支部"]);
    let run = project.build_with_fonts("pdf");
    assert!(run.all().contains("Z333") && run.all().contains("U+2A6D6"), "{}", run.all());
    let pdf = project.report("甲\u{2a6d6}党支部", "pdf");
    assert!(pdf_text(&pdf).contains("甲\u{2a6d6}党支部"), "what is copied from it is the character itself");
    let again = project.build_with_fonts("pdf");
    assert!(again.all().contains("Z333"), "said until a font has it: {}", again.all());
}

fn hostile_text_and_wide_tables_are_printed_whole() {
    let wide = Project::with_a_wide_table(BRANCH);
    wide.build_with_fonts("md,pdf");
    let long = "长文字".repeat(1_700);
    let hostile = "a\u{301}\u{200b}\u{202e}b\u{feff}\t<b>&amp;</b> \u{e000}𝒳 \u{1f600} ＿|*_`";
    let table = "{% for row in study %}{{ row.name }}。\n\n{% endfor %}\n\n| 学时 | 姓名 |\n| --- | --- |\n\
        {% for row in study %}| {{ row.done }} | {{ row.name }} |\n{% endfor %}";
    let project = Project::ready(&[BRANCH])
        .ledger(
            "干部在线学习",
            &["党组织", "姓名", "规定学时", "已完成学时"],
            &[vec![BRANCH, &long, "50", "40"], vec![BRANCH, hostile, "50", "40"]],
        )
        .file(&format!("{NOTICE}/study.md"), table.as_bytes());
    project.build_with_fonts("md,pdf");
    // The head of the table is on every page.
    let printed = pdf_text(&project.report(BRANCH, "pdf")).replace("学时姓名", "");
    assert_eq!(printed.matches("长文字").count(), 2 * 1_700);
    assert_eq!(printed.matches("<b>&amp;</b>").count(), 2, "{printed}");
}

fn other_fonts_make_the_pdf_anew() {
    let project = Project::ready(&[BRANCH]);
    assert_eq!(final_build(&project, &[]).code, 0);
    let fonts = tools().join("fonts");
    let run = final_build(&project, &["--fonts", &fonts.to_string_lossy()]);
    assert!(run.code == 0 && project.report(BRANCH, "pdf").is_file(), "{}", run.all());
}
