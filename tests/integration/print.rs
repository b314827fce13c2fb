//! Sets for the printer: `zicha print`.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use serde_json::Value;

use crate::hostile_scans::{circular_pdf, unfolding_pdf};
use crate::pdf::assert_sound;
use crate::serve::scans::tiff;
use crate::support::{NOTICE, Project, Run, SCAN, python_json, tools};

crate::harness::tests! {
    alone: [
        without_fonts_or_with_unknown_branches_nothing_is_printed,
    ]
    with_tools: [
        each_report_begins_on_a_right_hand_page_behind_a_list_to_sign,
        what_is_no_final_report_as_it_was_made_is_left_out_by_name,
        each_kind_of_branch_has_a_file_of_its_own,
        kinds_with_the_same_safe_name_have_files_of_their_own,
        reports_beyond_what_a_run_may_take_are_left_out_by_name,
        annexes_that_are_pdfs_are_bound_in_whole,
        scans_are_bound_in_a_page_each,
        annexes_that_cannot_be_bound_in_are_named,
        annexes_beyond_what_a_run_may_take_are_left_out_by_name,
        the_page_of_a_final_report_shows_its_pdf,
        the_departments_page_puts_a_set_together_and_offers_it,
        a_set_of_reports_that_are_none_any_more_is_removed,
    ]
}

const BRANCHES: [&str; 3] = ["甲党支部", "乙党支部", "丙党支部"];

/// Without the department's report.
fn branches_alone(project: Project) -> Project {
    let settings = format!("{NOTICE}/notice.toml");
    let text = project.read(&settings);
    let (branches, _) = text.split_once("[summary]").expect("a summary");
    project.file(&settings, branches.as_bytes())
}

/// Reports of different lengths, and the department's.
fn project() -> Project {
    let rows: Vec<Vec<String>> = BRANCHES
        .iter()
        .zip([3, 40, 70])
        .flat_map(|(branch, count)| {
            (1..=count).map(|n| [*branch, &format!("学员{n}"), "50", "40"].map(str::to_owned).to_vec())
        })
        .collect();
    let table =
        "| 姓名 | 学时 |\n| --- | --- |\n{% for row in study %}| {{ row.name }} | {{ row.done }} |\n{% endfor %}";
    Project::ready(&BRANCHES)
        .ledger("干部在线学习", &["党组织", "姓名", "规定学时", "已完成学时"], &rows)
        .file(&format!("{NOTICE}/study.md"), table.as_bytes())
}

fn with_fonts(project: &Project, arguments: &[&str]) -> Run {
    let fonts = tools().join("fonts");
    project.zicha(&[arguments, &["--fonts", &fonts.to_string_lossy()]].concat())
}

fn finals(project: &Project, more: &[&str]) {
    let run = with_fonts(project, &[&["build", "--final", "--date", "2018-11-02"], more].concat());
    assert_eq!(run.code, 0, "{}", run.all());
}

/// The texts of the lines of each page.
fn pages(pdf: &Path) -> Vec<Vec<String>> {
    let pages = python_json("lines.py", &[pdf]);
    let text = |line: &Value| line["text"].as_str().expect("a text").to_owned();
    let pages = pages.as_array().expect("pages").iter();
    pages.map(|page| page["lines"].as_array().expect("lines").iter().map(text).collect()).collect()
}

fn each_report_begins_on_a_right_hand_page_behind_a_list_to_sign() {
    let project = branches_alone(project());
    finals(&project, &[]);
    let run = with_fonts(&project, &["print", "--json"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let set = project.path("print/打印-全部.pdf");
    assert_sound(&set);
    let bound = pages(&set);
    let summary: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!((&summary["sets"][0]["reports"], &summary["sets"][0]["pages"]), (&3.into(), &bound.len().into()));
    assert_eq!(bound[0][0], "报告签字清单");
    assert_eq!(bound[0].concat().matches('□').count(), BRANCHES.len());
    let record: Value = serde_json::from_str(&project.read("output/run.json")).expect("a record");
    let mut expected = 2;
    for (at, branch) in BRANCHES.iter().enumerate() {
        let own = pages(&project.report(branch, "pdf"));
        let code = record["branches"][at]["issued"]["code"].as_str().expect("a code");
        let listed = format!("{}{code}□", own.len());
        let has_row = bound[0].iter().any(|line| line.contains(branch) && line.ends_with(&listed));
        assert!(has_row, "{branch}, {listed}: {:?}", bound[0]);
        assert!(expected % 2 == 0, "an odd number of pages before {branch}");
        assert_eq!(bound[expected..expected + own.len()], own, "{branch}");
        expected += own.len();
        if expected % 2 == 1 && at + 1 < BRANCHES.len() {
            assert!(bound[expected].is_empty(), "a blank page behind {branch}");
            expected += 1;
        }
    }
    assert_eq!(bound.len(), expected);
    let sizes: std::collections::BTreeSet<usize> =
        BRANCHES.iter().map(|branch| pages(&project.report(branch, "pdf")).len() % 2).collect();
    assert_eq!(sizes.len(), 2, "odd and even numbers of pages");
    let first = std::fs::read(&set).expect("a set");
    assert_eq!(with_fonts(&project, &["print"]).code, 0);
    assert!(first == std::fs::read(&set).expect("a set"), "the same bytes each time");
    let outline = Command::new("mutool").args(["show"]).arg(&set).arg("outline").output().expect("mutool runs");
    let outline = String::from_utf8_lossy(&outline.stdout).into_owned();
    assert!(BRANCHES.iter().all(|branch| outline.contains(branch)), "{outline}");
}

fn what_is_no_final_report_as_it_was_made_is_left_out_by_name() {
    let project = branches_alone(project());
    finals(&project, &["--branch", BRANCHES[0], "--branch", BRANCHES[2]]);
    let run = with_fonts(&project, &["print"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert!(run.all().contains("Z334") && run.all().contains("没有印进去 1 份：乙党支部"), "{}", run.all());
    let list = pages(&project.path("print/打印-全部.pdf"))[0].concat();
    assert!(list.contains("共2份、") && list.contains("没有印在里面的：乙党支部。"), "{list}");
    let changed = project.report(BRANCHES[2], "pdf");
    std::fs::write(&changed, SCAN).expect("a changed report");
    let run = with_fonts(&project, &["print"]);
    assert!(run.code == 1 && run.all().contains("生成以后改过，没有印进去"), "{}", run.all());
    let drafts = with_fonts(&project, &["print", "--branch", BRANCHES[1], "--to", "other"]);
    assert!(drafts.code == 1 && drafts.all().contains("没有可以打印的正式报告"), "{}", drafts.all());
    assert!(!project.path("other").exists());
}

fn without_fonts_or_with_unknown_branches_nothing_is_printed() {
    let project = project();
    assert_eq!(project.zicha(&["print"]).code, 2, "there is no run");
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let run = project.zicha(&["print"]);
    assert!(run.code == 2 && run.all().contains("没有找到中文字体"), "{}", run.all());
    assert!(!project.path("print").exists());
}

fn each_kind_of_branch_has_a_file_of_its_own() {
    let project = project()
        .edit(&format!("{NOTICE}/notice.toml"), "values = [\"机关党支部\"]", "values = [\"机关党支部\", \"党总支\"]")
        .edit("input/党组织名册.csv", "乙党支部,机关党支部", "乙党支部,党总支");
    finals(&project, &[]);
    assert_eq!(with_fonts(&project, &["print", "--each-kind"]).code, 0);
    let printed = |kind: &str| pages(&project.path(&format!("print/打印-{kind}.pdf")))[0].concat();
    let (offices, others) = (printed("机关党支部"), printed("党总支"));
    assert!(
        offices.starts_with("机关党支部报告签字清单") && offices.contains("丙党支部") && !offices.contains("乙党支部")
    );
    assert!(others.contains("乙党支部") && others.contains("共1份、"), "{others}");
    let summary = printed("汇总");
    // Its title takes two lines, beside cells of one.
    let is_alone = ["各党支部学习情况汇", "总报告", "共1份、1页。"].iter().all(|text| summary.contains(text));
    assert!(is_alone, "the department's is by itself: {summary}");
    let unknown = with_fonts(&project, &["print", "--branch", "丁党支部"]);
    assert!(unknown.code == 2 && unknown.all().contains("没有“丁党支部”"), "{}", unknown.all());
}

fn kinds_with_the_same_safe_name_have_files_of_their_own() {
    let kinds = ["机关/党支部", "机关:党支部", "全部"];
    let mut project = branches_alone(Project::ready(&BRANCHES));
    let values = format!("values = {kinds:?}");
    project = project.edit(&format!("{NOTICE}/notice.toml"), "values = [\"机关党支部\"]", &values);
    for (branch, kind) in BRANCHES.iter().zip(kinds) {
        let row = |kind: &str| format!("{branch},{kind}");
        project = project.edit("input/党组织名册.csv", &row("机关党支部"), &row(kind));
    }
    finals(&project, &[]);
    assert_eq!(with_fonts(&project, &["print"]).code, 0);
    assert_eq!(with_fonts(&project, &["print", "--each-kind"]).code, 0);
    let printed = |name: &str| pages(&project.path(&format!("print/打印-{name}.pdf")))[0].concat();
    let files = ["机关_党支部", "机关_党支部-2", "全部-2"];
    for (branch, file) in BRANCHES.iter().zip(files) {
        let list = printed(file);
        assert!(list.contains(branch) && list.contains("共1份、"), "{branch}: {list}");
    }
    assert!(printed("全部").contains("共3份、"), "the file of all reports");
    // The second kind by itself leaves the first one's file.
    let first = std::fs::read(project.path("print/打印-机关_党支部.pdf")).expect("a set");
    assert_eq!(with_fonts(&project, &["print", "--each-kind", "--branch", BRANCHES[1]]).code, 0);
    assert!(first == std::fs::read(project.path("print/打印-机关_党支部.pdf")).expect("a set"));
}

fn reports_beyond_what_a_run_may_take_are_left_out_by_name() {
    let project = branches_alone(Project::ready(&BRANCHES[..2]));
    finals(&project, &[]);
    let settings = format!("{NOTICE}/notice.toml");
    let text = project.read(&settings) + "\n[limits]\nrun_mib = 1\n";
    let project = project.file(&settings, text.as_bytes());
    assert_eq!(with_fonts(&project, &["print"]).code, 0, "both are small");
    // A hole: on disk it takes nothing.
    let large = project.report(BRANCHES[0], "pdf");
    let file = std::fs::File::options().write(true).open(&large).expect("a report");
    file.set_len(20 << 30).expect("a hole");
    let run = with_fonts(&project, &["print"]);
    let said = run.all();
    assert!(run.code == 1 && said.contains("没有印进去 1 份：甲党支部"), "{said}");
    assert!(said.contains("报告和展开的附件合起来超过一份打印件能装的"), "{said}");
}

const FILES: &str = "\n[[annex]]\ntitle = \"证书\"\nfiles = \"files\"\nwithout_data = \"omit\"\n";

/// One branch with these files as annexes, final.
fn with_annexes(files: &[(&str, Vec<u8>)]) -> Project {
    let settings = format!("{NOTICE}/notice.toml");
    let mut project = branches_alone(Project::ready(&[BRANCHES[0]]));
    let text = project.read(&settings) + FILES;
    project = project.file(&settings, text.as_bytes());
    for (name, bytes) in files {
        project = project.file(&format!("{NOTICE}/files/{}/{name}", BRANCHES[0]), bytes);
    }
    finals(&project, &[]);
    project
}

/// A report's own PDF, as a file from outside.
fn other_pdf(rows: usize) -> (Vec<u8>, Vec<Vec<String>>) {
    let rows: Vec<Vec<String>> =
        (1..=rows).map(|n| ["外党支部", &format!("人员{n}"), "50", "40"].map(str::to_owned).to_vec()).collect();
    let table =
        "| 姓名 | 学时 |\n| --- | --- |\n{% for row in study %}| {{ row.name }} | {{ row.done }} |\n{% endfor %}";
    let other = Project::ready(&["外党支部"])
        .ledger("干部在线学习", &["党组织", "姓名", "规定学时", "已完成学时"], &rows)
        .file(&format!("{NOTICE}/study.md"), table.as_bytes());
    other.build_with_fonts("pdf");
    let path = other.report("外党支部", "pdf");
    (std::fs::read(&path).expect("a report"), pages(&path))
}

fn annexes_that_are_pdfs_are_bound_in_whole() {
    let (bytes, annex) = other_pdf(60);
    let project = with_annexes(&[("一.pdf", bytes), ("二.PDF", SCAN.to_vec())]);
    let run = with_fonts(&project, &["print"]);
    assert!(run.code == 0 && !run.all().contains("Z335"), "{}", run.all());
    let set = project.path("print/打印-全部.pdf");
    assert_sound(&set);
    let own = pages(&project.report(BRANCHES[0], "pdf"));
    let bound = pages(&set);
    let behind = 2 + own.len();
    assert_eq!(bound[2..behind], own);
    assert_eq!(bound[behind..behind + annex.len()], annex, "its pages follow the report's");
    assert_eq!(bound.len(), behind + annex.len() + 1, "the second annex is a blank page");
    let listed = format!("{}", own.len() + annex.len() + 1);
    assert!(bound[0].concat().contains(&format!("共1份、{listed}页。")), "{:?}", bound[0]);
}

/// What qpdf makes of a PDF.
fn qpdf(bytes: &[u8], arguments: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to): (PathBuf, PathBuf) = (folder.path().join("from.pdf"), folder.path().join("to.pdf"));
    std::fs::write(&from, bytes).expect("a file");
    assert!(Command::new("qpdf").arg(&from).args(arguments).arg(&to).status().expect("qpdf runs").success());
    std::fs::read(to).expect("a file")
}

/// The sizes in pixels of the pictures of each page.
fn pictures(pdf: &Path) -> Vec<(usize, [u32; 2])> {
    let listed = Command::new("pdfimages").arg("-list").arg(pdf).output().expect("pdfimages runs");
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let fields = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let rows = listed.lines().skip(2).map(fields);
    let number = |field: &str| field.parse::<u32>().expect("a number");
    rows.map(|row| (number(&row[0]) as usize, [number(&row[3]), number(&row[4])])).collect()
}

fn scans_are_bound_in_a_page_each() {
    let page = |width, height| GrayImage::from_fn(width, height, |x, _| Luma([if x < 40 { 0 } else { 255 }]));
    let mut photo = Cursor::new(Vec::new());
    DynamicImage::from(page(300, 200)).write_to(&mut photo, ImageFormat::Jpeg).expect("a photo");
    let scan = tiff(&[page(400, 500), page(320, 240)]);
    let project = with_annexes(&[
        ("一照片.jpg", photo.into_inner()),
        ("二扫描.tif", scan),
        ("三版式.ofd", b"PK\x03\x04".to_vec()),
    ]);
    let run = with_fonts(&project, &["print"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert!(run.all().contains("三版式.ofd") && run.all().matches("没有印进去").count() == 1, "{}", run.all());
    let set = project.path("print/打印-全部.pdf");
    assert_sound(&set);
    let behind = 2 + pages(&project.report(BRANCHES[0], "pdf")).len();
    let bound: Vec<_> = pictures(&set).into_iter().filter(|(page, _)| *page > behind).collect();
    assert_eq!(bound, [(behind + 1, [300, 200]), (behind + 2, [400, 500]), (behind + 3, [320, 240])]);
    assert_eq!(pages(&set).len(), behind + 3);
    let listed = format!("共1份、{}页。", behind + 1);
    assert!(pages(&set)[0].concat().contains(&listed), "{listed}: {:?}", pages(&set)[0]);
}

fn annexes_that_cannot_be_bound_in_are_named() {
    let (bytes, annex) = other_pdf(1);
    let locked = qpdf(&bytes, &["--encrypt", "geheim", "geheim", "256", "--"]);
    let readable = qpdf(&bytes, &["--encrypt", "", "geheim", "256", "--"]);
    let stamped = String::from_utf8_lossy(SCAN)
        .replace("/MediaBox", "/Annots[<</Type/Annot/Subtype/Stamp/Rect[0 0 9 9]/AP<<>>>>]/MediaBox");
    let project = with_annexes(&[
        ("一加密.pdf", locked),
        ("二只限修改.pdf", readable),
        ("三损坏.pdf", b"%PDF-1.4\nnothing\n%%EOF\n".to_vec()),
        ("四展开.pdf", unfolding_pdf()),
        ("五循环.pdf", circular_pdf()),
        ("六盖章.pdf", stamped.into_bytes()),
        ("七照片.jpg", b"\xff\xd8\xff\xe0".to_vec()),
    ]);
    let run = with_fonts(&project, &["print", "--json"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let summary: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let findings = summary["findings"].as_array().expect("findings").iter();
    let findings = findings.filter(|finding| finding["code"] == "Z335");
    let said: Vec<(String, String)> = findings
        .map(|finding| ["file", "message"].map(|key| finding[key].as_str().expect("a text").to_owned()))
        .map(|[file, message]| (file, message))
        .collect();
    let message = |name: &str| {
        let found = said.iter().find(|(file, _)| file.ends_with(name));
        found.unwrap_or_else(|| panic!("{name}: {said:#?}")).1.clone()
    };
    assert_eq!(message("一加密.pdf"), "加了密，要密码才能打开，没有印进去");
    for broken in ["三损坏.pdf", "四展开.pdf", "五循环.pdf"] {
        assert!(message(broken).starts_with("打不开，"), "{}", message(broken));
    }
    assert_eq!(message("六盖章.pdf"), "盖的章、批注和填的表单不会印出来");
    assert_eq!(message("七照片.jpg"), "图片已损坏或不完整，没有印进去");
    assert_eq!(said.len(), 6);
    let bound = pages(&project.path("print/打印-全部.pdf"));
    assert_sound(&project.path("print/打印-全部.pdf"));
    assert!(annex.iter().all(|page| bound.contains(page)), "one that anybody may open is bound in");
}

fn annexes_beyond_what_a_run_may_take_are_left_out_by_name() {
    // Noise, which has no short form.
    let mut noise = 1_u32;
    let picture = GrayImage::from_fn(640, 480, |_, _| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Luma([(noise >> 24) as u8])
    });
    let mut photo = Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut photo, ImageFormat::Jpeg).expect("a photo");
    let photo = photo.into_inner();
    assert!((140 << 10..250 << 10).contains(&photo.len()), "{}", photo.len());
    let project = with_annexes(&[("一.jpg", photo.clone()), ("二.jpg", photo)]);
    let settings = format!("{NOTICE}/notice.toml");
    // The table of limits stands behind all others.
    let text = project.read(&settings) + "\n[limits]\nrun_mib = 1\n";
    let project = project.file(&settings, text.as_bytes());
    let run = with_fonts(&project, &["print"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let said = run.all();
    assert_eq!(said.matches("报告和展开的附件合起来超过").count(), 1, "{said}");
    assert!(said.contains("二.jpg") && !said.contains("一.jpg"), "{said}");
    let set = project.path("print/打印-全部.pdf");
    assert_eq!(pictures(&set).len(), 1, "the first is bound in");
}

fn the_page_of_a_final_report_shows_its_pdf() {
    let project = Project::ready(&BRANCHES[..2]);
    assert_eq!(project.zicha(&["build"]).code, 0);
    finals(&project, &["--branch", BRANCHES[0]]);
    let server = crate::serve::client::Server::over(&project);
    let page = server.settled("/branch/1");
    assert!(page.contains("src=\"/branch/1/pages\""), "{page}");
    let reply = server.get("/branch/1/pages");
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/pdf")));
    assert_eq!(reply.header("content-disposition"), Some("inline"));
    assert!(reply.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'none'")));
}

fn the_departments_page_puts_a_set_together_and_offers_it() {
    let fonts = format!("\n[pdf]\nfonts = \"{}\"\n", tools().join("fonts").display());
    let project = branches_alone(Project::ready(&BRANCHES[..2]));
    let settings = format!("{NOTICE}/notice.toml");
    let text = project.read(&settings) + &fonts;
    let project = project.file(&settings, text.as_bytes());
    finals(&project, &["--branch", BRANCHES[0]]);
    let server = crate::serve::client::Server::over(&project);
    assert!(!server.settled("/department").contains("/department/printed/"), "there is no set yet");
    assert_eq!(server.post("/department/print", &[]).status, 303);
    let job = server.settled("/work");
    assert!(job.contains("打印-全部.pdf：报告 1 份") && job.contains("没有印进去 1 份：乙党支部"), "{job}");
    let page = server.settled("/department");
    let address = "/department/printed/%E6%89%93%E5%8D%B0-%E5%85%A8%E9%83%A8.pdf";
    assert!(page.contains(address), "{page}");
    let reply = server.get(address);
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/pdf")));
    assert_eq!(server.get("/department/printed/..%2Fnotice.toml").status, 404);
    let each = server.post("/department/print", &[("each_kind", "on")]);
    assert_eq!(each.status, 303);
    assert!(server.settled("/work").contains("打印-机关党支部.pdf：报告 1 份"));
}

fn a_set_of_reports_that_are_none_any_more_is_removed() {
    let project = branches_alone(Project::ready(&BRANCHES[..1]));
    finals(&project, &[]);
    assert_eq!(with_fonts(&project, &["print"]).code, 0);
    let set = project.path("print/打印-全部.pdf");
    assert!(set.exists());
    assert_eq!(project.zicha(&["build", "--redraft"]).code, 0);
    let run = with_fonts(&project, &["print"]);
    assert!(run.code == 1 && run.all().contains("没有可以打印的正式报告"), "{}", run.all());
    assert!(!set.exists());
}
