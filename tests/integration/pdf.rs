//! PDF reports: their text, their pages beside LibreOffice's, their fonts, their bytes.

use std::path::Path;
use std::process::Command;

use image::{Rgb, RgbImage};
use serde_json::Value;

use crate::support::{NOTICE, Project, Run, SHIPPED_BRANCHES, chromium, libreoffice, python, python_json, tools};

crate::harness::tests! {
    alone: [
        without_fonts_a_final_report_has_no_pdf_and_says_so_once,
        without_fonts_a_pdf_that_was_asked_for_or_is_required_is_an_error,
        a_draft_has_a_pdf_only_when_it_is_asked_for,
    ]
    with_tools: [
        the_text_of_a_pdf_is_that_of_the_markdown_in_its_order,
        pages_have_the_lines_that_libreoffice_gives_them,
        a_browser_prints_a_report_on_as_many_pages_most_of_which_begin_alike,
        the_same_report_has_the_same_bytes,
        a_pdf_is_sound_tagged_and_archival,
        a_typeface_that_is_not_there_is_replaced_and_named,
        a_character_that_no_font_has_is_named_and_printed_as_a_square,
        hostile_text_and_wide_tables_are_printed_whole,
        bars_pictures_and_codes_are_drawn,
        generated_reports_have_as_many_pages_as_libreoffice_gives_them,
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
    let branches = SHIPPED_BRANCHES;
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

/// A browser gives half the space between Chinese and digits and lets no stop hang, so that some lines end elsewhere. It
/// takes no space from punctuation, as DOCX and PDF do not: three of four pages begin with the same line.
fn a_browser_prints_a_report_on_as_many_pages_most_of_which_begin_alike() {
    let project = Project::sample();
    project.build_with_fonts("html,pdf");
    let printed = project.path("printed.pdf");
    let (mut pages, mut alike, mut differ) = (0, 0, Vec::<&&str>::new());
    for branch in SHIPPED_BRANCHES.iter().step_by(3) {
        chromium(&project.report(branch, "html"), &printed);
        let (theirs, ours) = (lines(&printed), lines(&project.report(branch, "pdf")));
        differ.extend((theirs.len() != ours.len()).then_some(branch));
        pages += ours.len();
        alike += theirs.iter().zip(&ours).filter(|(one, other)| one.first() == other.first()).count();
    }
    assert_eq!(differ, [] as [&&str; 0], "reports with other numbers of pages");
    assert!(alike * 100 >= pages * 70, "{alike} of {pages} pages begin alike");
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
    assert_sound(&pdf);
    assert_eq!(python_json("pdfa.py", &[&pdf]), Value::Array(Vec::new()));
    // The same check finds what a PDF that is not meant for archives lacks.
    let folder = libreoffice(&[project.report(BRANCH, "docx")]);
    let faults = python("pdfa.py", &[&folder.path().join(format!("{BRANCH}-自查报告.pdf"))]);
    for clause in ["6.2.3 no output intent", "6.2.4.3", "6.6.2.1 no metadata"] {
        assert!(faults.contains(clause), "{clause}: {faults}");
    }
}

/// Asserts that qpdf and mupdf find nothing wrong with a PDF.
pub(crate) fn assert_sound(pdf: &Path) {
    let check = Command::new("qpdf").arg("--check").arg(pdf).output().expect("qpdf runs");
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
    let drawn = Command::new("mutool").args(["draw", "-F", "txt", "-o", "/dev/null"]).arg(pdf).output();
    let drawn = drawn.expect("mutool runs");
    // Debian's mupdf is built without colour profiles, and says so.
    let said = String::from_utf8_lossy(&drawn.stderr).replace("warning: ICC support is not available", "");
    assert!(drawn.status.success() && !said.contains("error") && !said.contains("warning"), "{said}");
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

/// A page as poppler draws it, at 200 dots an inch.
fn drawn(pdf: &Path, page: usize) -> RgbImage {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("page");
    let number = page.to_string();
    let mut command = Command::new("pdftoppm");
    command.args(["-r", "200", "-png", "-singlefile", "-f", &number]).arg(pdf).arg(&target);
    assert!(command.status().expect("poppler runs").success());
    image::open(target.with_extension("png")).expect("a picture").into_rgb8()
}

/// The lengths in millimetres of the longest stretch of a colour in each band of rows that hold it.
fn bands(picture: &RgbImage, color: [u8; 3]) -> Vec<f64> {
    let is_near = |pixel: &Rgb<u8>| pixel.0.iter().zip(color).all(|(one, other)| one.abs_diff(other) < 24);
    let lengths = picture.rows().map(|row| row.filter(|pixel| is_near(pixel)).count()).collect::<Vec<_>>();
    let bands = lengths.chunk_by(|one, other| (*one > 0) == (*other > 0)).filter_map(|band| band.iter().max());
    bands.filter(|length| **length > 0).map(|length| *length as f64 * 25.4 / 200.0).collect()
}

fn bars_pictures_and_codes_are_drawn() {
    let ledger = "[ledger.activities]\ntitle = \"活动\"\n[ledger.activities.columns]\n\
        branch = { header = [\"党组织\"], type = \"branch\" }\n\
        photo = { header = [\"现场照片\"], type = \"picture\" }\n\n[ledger.prize]";
    let template = "应学{{ cadres }}人。\n\n图：学时\n\n| 指标 | 数 |\n| --- | --- |\n{% for row in study %}\
        | {{ row.name }} | {{ row.done }} |\n{% endfor %}\n{% for row in activities %}{{ row.photo }}\n\n{% endfor %}";
    let notice = format!("{NOTICE}/notice.toml");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["党组织", "现场照片"]).expect("a header");
    sheet.write(1, 0, BRANCH).expect("a row");
    let green = crate::pictures::picture([20, 160, 20], (400, 300), image::ImageFormat::Jpeg);
    let photo = rust_xlsxwriter::Image::new_from_buffer(&green).expect("a picture");
    sheet.insert_image(1, 1, &photo.set_scale_to_size(60, 60, true)).expect("inserted");
    let project = Project::ready(&[BRANCH])
        .edit(&notice, "[ledger.prize]", ledger)
        .edit(&notice, "ledgers  = [\"study\"]", "ledgers  = [\"study\", \"activities\"]")
        .edit(&notice, "qr         = false", "qr         = true")
        .file(&format!("{NOTICE}/study.md"), template.as_bytes())
        .file("input/活动.xlsx", &book.save_to_buffer().expect("a workbook"))
        .ledger(
            "干部在线学习",
            &["党组织", "姓名", "规定学时", "已完成学时"],
            &[vec![BRANCH, "张三", "50", "40"], vec![BRANCH, "李四", "50", "20"]],
        );
    let fonts = tools().join("fonts");
    let run = final_build(&project, &["--fonts", &fonts.to_string_lossy()]);
    assert_eq!(run.code, 0, "{}", run.all());
    let pdf = project.report(BRANCH, "pdf");
    let pages: Vec<RgbImage> = (1..=lines(&pdf).len()).map(|page| drawn(&pdf, page)).collect();
    let all = |color| pages.iter().flat_map(|page| bands(page, color)).collect::<Vec<f64>>();
    let [longer, shorter] = all([0x2f, 0x5d, 0x8a])[..] else { panic!("two bars") };
    assert!((longer / shorter - 2.0).abs() < 0.02 && longer > 70.0, "{longer} mm, {shorter} mm");
    let [picture] = all([20, 160, 20])[..] else { panic!("one picture") };
    assert!((picture - 74.8).abs() < 0.5, "{picture} mm wide");
    let mut png = std::io::Cursor::new(Vec::new());
    pages.last().expect("a page").write_to(&mut png, image::ImageFormat::Png).expect("a picture");
    let codes = zicha::scans::inspect(&png.into_inner()).codes;
    let code = codes.first().expect("a code that scanners read").as_str().to_owned();
    assert!(pdf_text(&pdf).contains(&format!("核对码{code}")), "{code}");
}

/// Sentences of different lengths, with Latin words, numbers and all kinds of punctuation.
const SENTENCES: [&str; 7] = [
    "“三会一课”制度落实情况良好，支部大会12次、党课4次",
    "组织学习《中国共产党支部工作条例（试行）》（2018年10月28日施行）",
    "到VR实训室、5G体验中心开展主题党日，参加人员98.5%",
    "整改问题3项：一是记录不完整；二是补学不及时；三是档案不规范",
    "走访困难党员",
    "邀请http://www.example.edu.cn的主讲人作“不忘初心——牢记使命”报告……",
    "讨论“双带头人”培育工程实施方案、发展党员计划、年度经费预算和下半年重点工作安排",
];

/// Lengths of tables and texts, and where lines break, differ from branch to branch.
fn generated(count: usize) -> (Project, Vec<String>) {
    let names: Vec<String> = (1..=count).map(|n| format!("第{n:02}党支部")).collect();
    let branches: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "机关党支部")).collect();
    let (mut themes, mut study) = (Vec::new(), Vec::new());
    for (at, name) in names.iter().enumerate() {
        for n in 0..1 + at * 5 % 23 {
            let topic = SENTENCES[(at + n * 3) % SENTENCES.len()];
            let row = [name.as_str(), &format!("2018-09-{:02}", n + 1), topic, "9", "8", "是"];
            themes.push(row.map(str::to_owned).to_vec());
        }
        for n in 0..1 + at * 7 % 45 {
            let topic = if n % 4 == 0 { SENTENCES[(at + n) % SENTENCES.len()] } else { "学员" };
            study.push([name.as_str(), topic, "50", &format!("{}", 30 + n)].map(str::to_owned).to_vec());
        }
    }
    let table = "应学{{ cadres }}人。\n\n表：学习情况\n\n| 内容 | 规定学时 | 已完成学时 |\n| :--- | ---: | ---: |\n\
        {%- for row in study %}\n| {{ row.name }} | {{ row.required }} | {{ row.done }} |\n{%- endfor %}\n";
    let themes_template = "{% for row in theme %}{{ row.date }}，{{ row.topic }}。{{ row.topic }}。\n\n{% endfor %}";
    let theme_header = ["党组织", "活动日期", "活动主题", "应到人数", "实到人数", "是否上传灯塔平台"];
    let project = Project::with_branches(&branches)
        .ledger("主题党日", &theme_header, &themes)
        .ledger("干部在线学习", &["党组织", "姓名", "规定学时", "已完成学时"], &study)
        .file(&format!("{NOTICE}/theme.md"), themes_template.as_bytes())
        .file(&format!("{NOTICE}/study.md"), table.as_bytes());
    (project, names)
}

fn generated_reports_have_as_many_pages_as_libreoffice_gives_them() {
    let (project, names) = generated(60);
    project.build_with_fonts("docx,pdf");
    let documents: Vec<_> = names.iter().map(|name| project.report(name, "docx")).collect();
    let folder = libreoffice(&documents);
    let (mut counts, mut others) = (std::collections::BTreeSet::new(), Vec::new());
    for name in &names {
        let theirs = lines(&folder.path().join(format!("{name}-自查报告.pdf"))).len();
        let ours = lines(&project.report(name, "pdf")).len();
        counts.insert(ours);
        others.extend((ours != theirs).then(|| format!("{name}: {ours}, LibreOffice {theirs}")));
    }
    assert!(counts.len() > 2, "the lengths do not differ: {counts:?}");
    assert!(others.len() * 20 <= names.len(), "{others:?}");
}

fn other_fonts_make_the_pdf_anew() {
    let project = Project::ready(&[BRANCH]);
    assert_eq!(final_build(&project, &[]).code, 0);
    let fonts = tools().join("fonts");
    let run = final_build(&project, &["--fonts", &fonts.to_string_lossy()]);
    assert!(run.code == 0 && project.report(BRANCH, "pdf").is_file(), "{}", run.all());
}
