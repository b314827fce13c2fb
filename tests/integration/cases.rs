//! Golden cases: each folder of `tests/cases` holds `input` (ledgers, and `notice` edits if any) and `expected`
//! (the reports; packages taken apart). `ZICHA_ACCEPT=1` renews what is expected: look at it before committing.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::{Project, copy, files, parts, root};

/// What a case's run gives: files by name, packages part by part.
fn outcome(case: &Path) -> BTreeMap<String, String> {
    let mut project = Project::new();
    if case.ends_with("sample") {
        copy(&root().join("input"), &project.path("input"));
    } else {
        copy(&case.join("input"), &project.path("input"));
    }
    if case.join("notice").is_dir() {
        for (name, bytes) in files(&case.join("notice")) {
            project = project.file(&format!("{}/{name}", crate::support::NOTICE), &bytes);
        }
    }
    let run = project.zicha(&["build"]);
    let said: String =
        run.stdout.lines().filter(|line| !line.starts_with("报告 ")).map(|line| format!("{line}\n")).collect();
    let mut outcome = BTreeMap::from([("stdout.txt".to_owned(), format!("{said}exit {}\n", run.code))]);
    for (name, bytes) in files(&project.path("output")) {
        let package = [".docx", ".xlsx"].iter().any(|extension| name.ends_with(extension));
        let parts = if package { parts(&bytes) } else { vec![(String::new(), text(bytes))] };
        let parts = parts.into_iter().map(|(part, text)| {
            let text = if name == "run.json" { without_hashes(&text) } else { text };
            (part, text)
        });
        for (part, text) in parts {
            let (own, shared) = split(&name, &part, text);
            // A report whose frame is not the common one shows it among its own parts.
            let other = shared.and_then(|(file, text)| {
                let known = outcome.entry(format!("frame/{file}")).or_insert_with(|| text.clone());
                (*known != text).then_some(text)
            });
            let own_name = format!("{name}/{part}").trim_end_matches('/').to_owned();
            let other_name = if own.is_some() { format!("{own_name}.style") } else { own_name.clone() };
            outcome.extend(own.map(|text| (own_name, text)));
            outcome.extend(other.map(|text| (other_name, text)));
        }
    }
    outcome
}

/// The run's record without the hashes that the files themselves stand for here.
fn without_hashes(record: &str) -> String {
    let mut out = String::new();
    let mut rest = record;
    while let Some(at) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        let length = rest[at..].find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len() - at);
        out.push_str(&rest[..at]);
        out.push_str(if length == 64 { "…" } else { &rest[at..at + length] });
        rest = &rest[at + length..];
    }
    out + rest
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

/// What a file or part has of its own, and what all reports share: the frame's parts, the page's style sheet.
fn split(name: &str, part: &str, text: String) -> (Option<String>, Option<(String, String)>) {
    if name.ends_with(".docx") && part != "word/document.xml" && part != "docProps/core.xml" {
        return (None, Some((part.to_owned(), text)));
    }
    // The home page has styles of its own.
    if name == "index.html" {
        return (Some(text), None);
    }
    match (text.find("<style>"), text.find("</style>")) {
        (Some(from), Some(to)) => {
            let style = text[from..to].trim_start_matches("<style>\n").to_owned();
            (Some(format!("{}{}", &text[..from], &text[to..])), Some(("style.css".to_owned(), style)))
        }
        _ => (Some(text), None),
    }
}

fn compare(name: &str) {
    let case = root().join("tests/cases").join(name);
    let expected = case.join("expected");
    let actual = outcome(&case);
    if std::env::var_os("ZICHA_ACCEPT").is_some() {
        let _ = std::fs::remove_dir_all(&expected);
        for (file, text) in &actual {
            let path = expected.join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a written file");
        }
    }
    let wanted: BTreeMap<String, String> =
        files(&expected).into_iter().map(|(file, bytes)| (file, text(bytes))).collect();
    assert!(!wanted.is_empty(), "{name}: nothing is expected; ZICHA_ACCEPT=1 records it");
    let names = |map: &BTreeMap<String, String>| map.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&actual), names(&wanted), "{name}: files");
    for (file, text) in &wanted {
        let ours = &actual[file];
        let differs = ours.lines().zip(text.lines()).position(|(a, b)| a != b);
        let at = differs.unwrap_or_else(|| ours.lines().count().min(text.lines().count()));
        let line = |text: &str| text.lines().nth(at).unwrap_or("(end)").to_owned();
        assert!(ours == text, "{name}: {file} line {}:\n  ours     {}\n  expected {}", at + 1, line(ours), line(text));
    }
}

#[test]
fn sample() {
    compare("sample");
}

#[test]
fn overdue() {
    compare("overdue");
}

#[test]
fn letter_forms() {
    compare("letter-forms");
}

#[test]
fn every_case_folder_is_compared() {
    let mut folders: Vec<String> = std::fs::read_dir(root().join("tests/cases"))
        .expect("cases")
        .map(|entry| entry.expect("a folder").file_name().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    assert_eq!(folders, ["letter-forms", "overdue", "sample"]);
}
