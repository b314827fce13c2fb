//! The pages of drafts in the pages of branches and of the department: made on demand, or replaced by the report in one
//! piece with the reason.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::client::{Reply, Server};
use super::{BRANCHES, ready};
use crate::pdf::assert_sound;
use crate::support::{NOTICE, Project, children, python_json, slow_page, tools, wait_for_child};

crate::harness::tests! {
    alone: [
        without_fonts_a_draft_is_shown_in_one_piece,
        a_draft_whose_files_a_person_changed_is_shown_as_changed,
    ]
    with_tools: [
        a_draft_is_shown_as_its_pages_with_its_gaps_linked,
        the_department_is_shown_as_its_pages,
        fonts_of_the_command_line_serve_drafts_and_finals,
        the_same_draft_has_the_same_pages_after_a_restart,
        a_draft_of_earlier_ledgers_is_shown_in_one_piece,
        a_new_build_shows_new_pages,
        a_draft_bears_the_date_that_its_run_was_given,
        a_draft_that_is_too_long_is_shown_in_one_piece,
        a_draft_whose_pages_die_is_shown_in_one_piece,
        a_final_report_without_a_pdf_says_why,
    ]
}

/// The same project with the fonts of the tests in its settings.
pub(super) fn with_fonts(project: Project) -> Project {
    let settings = format!("{NOTICE}/notice.toml");
    let text = format!("{}\n[pdf]\nfonts = \"{}\"\n", project.read(&settings), tools().join("fonts").display());
    project.file(&settings, text.as_bytes())
}

/// A project with drafts, and its server.
fn served(project: Project) -> (Project, Server) {
    project.build();
    let server = Server::over(&project);
    (project, server)
}

/// The bytes of a PDF that a page shows, as a file of the project.
fn pdf(project: &Project, reply: &Reply) -> PathBuf {
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/pdf")), "{}", reply.body);
    assert_eq!(reply.header("content-disposition"), Some("inline"));
    let file = project.path("shown.pdf");
    std::fs::write(&file, &reply.bytes).expect("a file");
    file
}

/// The text of a PDF, page by page, without blanks.
fn text(pdf: &Path) -> Vec<String> {
    let pages = python_json("lines.py", &[pdf]);
    let page = |page: &Value| -> String {
        let lines = page["lines"].as_array().expect("lines").iter();
        lines.filter_map(|line| line["text"].as_str()).flat_map(str::chars).filter(|c| !c.is_whitespace()).collect()
    };
    pages.as_array().expect("pages").iter().map(page).collect()
}

/// Asserts that the report is shown in one piece, for that reason and without scripts.
fn assert_in_one_piece(reply: &Reply, reason: &str) {
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = reply.header("content-security-policy").unwrap_or_default();
    assert!(policy.starts_with("sandbox allow-top-navigation-by-user-activation; default-src 'none'"), "{policy}");
    assert!(!policy.contains("allow-scripts") && !policy.contains("script-src"), "{policy}");
    assert!(reply.body.contains(reason) && reply.body.contains("下面的报告没有分页。"), "{}", reply.body);
    assert!(reply.body.contains("class=\"addressee\""), "the report stands below: {}", reply.body);
}

fn a_draft_is_shown_as_its_pages_with_its_gaps_linked() {
    let (project, server) = served(with_fonts(Project::with_a_gap(&BRANCHES, BRANCHES[0])));
    let page = server.settled("/branch/1");
    assert!(page.contains("<iframe class=\"pages\" src=\"/branch/1/pages\" title=\"甲党支部的报告\">"), "{page}");
    let file = pdf(&project, &server.get("/branch/1/pages"));
    assert_sound(&file);
    let read = Command::new("pdftotext").args(["-raw", "-nopgbrk"]).arg(&file).arg("-").output().expect("poppler runs");
    let read = String::from_utf8_lossy(&read.stdout).into_owned();
    let pages = text(&file).len();
    assert!(read.matches('草').count() == pages && read.matches('稿').count() == pages, "{read}");
    let gap = "【待填写：";
    let count = text(&file).iter().map(|page| page.matches(gap).count()).sum::<usize>();
    let links = python_json("links.py", &[&file]);
    let links: Vec<(String, String)> = links
        .as_array()
        .expect("pages")
        .iter()
        .flat_map(|page| page.as_array().expect("links"))
        .map(|link| {
            (link["to"].as_str().unwrap_or_default().to_owned(), link["text"].as_str().unwrap_or_default().to_owned())
        })
        .collect();
    assert!(count > 0 && links.iter().filter(|(_, text)| text.contains(gap)).count() == count, "{count}: {links:?}");
    let run: Value = serde_json::from_str(&project.read("output/run.json")).expect("a record");
    let gaps = run["branches"][0]["gaps"].as_array().expect("gaps").len();
    for (number, (to, _)) in (1..).zip(links.iter().filter(|(_, text)| text.contains(gap))) {
        assert_eq!(*to, format!("http://{}/branch/1#gap-{number}", server.host));
        assert!(number <= gaps && page.contains(&format!("id=\"gap-{number}\"")), "{number} of {gaps}");
    }
    // Under another name of the server, its own.
    let port = server.host.rsplit(':').next().expect("a port");
    let other = server.ask("GET", "/branch/1/pages", &format!("Host: localhost:{port}\r\n"), b"");
    let links = python_json("links.py", &[&pdf(&project, &other)]).to_string();
    assert!(
        links.contains(&format!("http://localhost:{port}/branch/1#gap-1")) && !links.contains("127.0.0.1"),
        "{links}"
    );
}

fn the_department_is_shown_as_its_pages() {
    let (project, server) = served(with_fonts(ready()));
    let page = server.settled("/department");
    assert!(page.contains("src=\"/department/pages\""), "{page}");
    let shown = text(&pdf(&project, &server.get("/department/pages"))).concat();
    assert!(shown.contains("汇总"), "{shown}");
}

fn the_same_draft_has_the_same_pages_after_a_restart() {
    let (project, server) = served(with_fonts(ready()));
    let first = server.get("/branch/1/pages").bytes;
    assert_eq!(server.get("/branch/1/pages").bytes, first);
    assert_eq!(children(server.id(), "draft-worker"), [0; 0], "none is left");
    drop(server);
    let server = Server::over(&project);
    assert_eq!(server.get("/branch/1/pages").bytes, first);
    // A draft without gaps has no links: it is what the command line makes.
    project.build_with_fonts("pdf");
    assert_eq!(std::fs::read(project.report(BRANCHES[0], "pdf")).expect("a file"), first);
}

fn a_draft_of_earlier_ledgers_is_shown_in_one_piece() {
    let (project, server) = served(with_fonts(ready()));
    pdf(&project, &server.get("/branch/1/pages"));
    let project =
        project.file("input/在线学习二.csv", "党组织,姓名,规定学时,已完成学时\n甲党支部,钱,50,40\n".as_bytes());
    assert_in_one_piece(&server.get("/branch/1/pages"), "在生成之后改过");
    // What the analysis of the ledgers says, too.
    server.settled("/branch/1");
    assert_in_one_piece(&server.get("/branch/1/pages"), "在生成之后改过");
    // The other branch's report is what it was.
    pdf(&project, &server.get("/branch/2/pages"));
}

fn a_new_build_shows_new_pages() {
    let (project, server) = served(with_fonts(ready()));
    let before = server.get("/branch/1/pages").bytes;
    let project =
        project.file("input/在线学习二.csv", "党组织,姓名,规定学时,已完成学时\n甲党支部,钱,50,40\n".as_bytes());
    server.post("/work/build", &[("what", "draft")]);
    server.worked();
    let reply = server.get("/branch/1/pages");
    assert_ne!(reply.bytes, before);
    pdf(&project, &reply);
}

fn a_draft_bears_the_date_that_its_run_was_given() {
    let project = with_fonts(ready());
    assert_eq!(project.zicha(&["build", "--date", "2019-03-04"]).code, 0);
    let server = Server::over(&project);
    let shown = text(&pdf(&project, &server.get("/branch/1/pages"))).concat();
    assert!(shown.contains("2019年3月4日"), "{shown}");
}

fn fonts_of_the_command_line_serve_drafts_and_finals() {
    let project = ready();
    project.build();
    let fonts = tools().join("fonts");
    let server = Server::with(&project, &["--fonts", fonts.to_str().expect("a path")]);
    pdf(&project, &server.get("/branch/1/pages"));
    assert!(!project.report(BRANCHES[0], "pdf").exists());
    server.post("/work/build", &[("what", "final")]);
    server.worked();
    assert_sound(&pdf(&project, &server.get("/branch/1/pages")));
    assert!(project.report(BRANCHES[0], "pdf").is_file());
}

fn without_fonts_a_draft_is_shown_in_one_piece() {
    let (_project, server) = served(Project::with_a_gap(&BRANCHES, BRANCHES[0]));
    let reply = server.get("/branch/1/pages");
    assert_in_one_piece(&reply, "这台电脑里没有中文字体，排不出每一页：安装仿宋");
    assert!(reply.body.contains("<a href=\"/branch/1#gap-1\" target=\"_top\">"), "{}", reply.body);
}

fn a_draft_whose_files_a_person_changed_is_shown_as_changed() {
    let (project, server) = served(ready());
    let report = project.report(BRANCHES[0], "html");
    let changed = std::fs::read_to_string(&report).expect("a report").replace("</article>", "<p>补记</p></article>");
    std::fs::write(report, changed).expect("a report");
    let reply = server.get("/branch/1/pages");
    assert_in_one_piece(&reply, "有人改过这份报告的网页");
    assert!(reply.body.contains("<p>补记</p>"));
}

fn a_draft_that_is_too_long_is_shown_in_one_piece() {
    let long = "党员按月集中学习。".repeat(100) + "\n\n";
    let project = with_fonts(ready()).file(&format!("{NOTICE}/opening.md"), long.repeat(400).as_bytes());
    let (_project, server) = served(project);
    assert_in_one_piece(&server.get("/branch/1/pages"), "报告太长，不在网页里逐页显示");
}

fn a_draft_whose_pages_die_is_shown_in_one_piece() {
    let project =
        with_fonts(ready()).edit(&format!("{NOTICE}/notice.toml"), "[roster]", "[limits]\nseconds = 3600\n[roster]");
    project.build();
    let project = project.file("input/慢.xls", &slow_page(12));
    let server = Server::over(&project);
    let client = server.other_client();
    let asked = std::thread::spawn(move || client.get("/branch/1/pages"));
    let worker = wait_for_child(server.id(), "draft-worker");
    assert!(Command::new("kill").args(["-KILL", &worker.to_string()]).status().expect("kill").success());
    assert_in_one_piece(&asked.join().expect("a reply"), "排页的进程中途结束，多半是内存不够");
    assert_eq!(server.get("/").status, 200, "the server goes on");
}

fn a_final_report_without_a_pdf_says_why() {
    let project = ready();
    assert_eq!(project.zicha(&["build", "--final", "--date", "2018-11-02"]).code, 0);
    let project = with_fonts(project);
    let server = Server::over(&project);
    assert_in_one_piece(&server.get("/branch/1/pages"), "定稿时没有排出 PDF");
}
