//! Golden cases: each folder of `tests/cases` is a test.
//!
//! A case holds `input` (the ledgers; `sample` takes the shipped ones), `notice` (files put over the shipped notice,
//! if any) and `expected` (all output files; packages part by part, with XML one tag a line). `ZICHA_ACCEPT=1` renews
//! `expected`: look at the difference before committing it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use libtest_mimic::{Failed, Trial};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::support::{Project, copy, files, parts, root};

/// Lines of a difference that are printed for one file.
const SHOWN_LINES: usize = 60;

/// A test for each folder of `tests/cases`.
pub(crate) fn tests() -> Vec<Trial> {
    let folders = std::fs::read_dir(root().join("tests/cases")).expect("cases");
    let mut folders: Vec<_> = folders.map(|entry| entry.expect("a readable folder").path()).collect();
    folders.sort();
    let name = |case: &Path| case.file_name().map(|name| name.to_string_lossy().replace('-', "_")).unwrap_or_default();
    folders.into_iter().map(|case| Trial::test(format!("cases::{}", name(&case)), move || compare(&case))).collect()
}

/// The files that a run on a case writes, by name; packages part by part.
fn outcome(case: &Path) -> BTreeMap<String, String> {
    let mut project = if case.ends_with("sample") { Project::sample() } else { Project::new() };
    if case.join("input").is_dir() {
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
            // Parts that all reports share are expected once; a report with another version lists its own.
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

/// The manifest with SHA-256 hashes left out, since the files themselves are compared.
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

/// Separates what is particular to a file or part from what all reports share: the DOCX package's constant parts and
/// the page's style sheet.
fn split(name: &str, part: &str, text: String) -> (Option<String>, Option<(String, String)>) {
    if name.ends_with(".docx") && part != "word/document.xml" && part != "docProps/core.xml" {
        return (None, Some((part.to_owned(), text)));
    }
    // The start page has its own style sheet.
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

/// Compares a case's output with what is expected, and shows each difference.
fn compare(case: &Path) -> Result<(), Failed> {
    let expected_folder = case.join("expected");
    let actual = outcome(case);
    if std::env::var_os("ZICHA_ACCEPT").is_some() {
        let _ = std::fs::remove_dir_all(&expected_folder);
        for (file, text) in &actual {
            let path = expected_folder.join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a written file");
        }
    }
    if !expected_folder.is_dir() {
        return Err(format!("{} is missing; ZICHA_ACCEPT=1 records it", expected_folder.display()).into());
    }
    let expected: BTreeMap<String, String> =
        files(&expected_folder).into_iter().map(|(file, bytes)| (file, text(bytes))).collect();
    let mut differences = String::new();
    for file in actual.keys().chain(expected.keys()).collect::<BTreeSet<_>>() {
        let path = expected_folder.strip_prefix(root()).unwrap_or(&expected_folder).join(file);
        match (actual.get(file), expected.get(file)) {
            (Some(actual), Some(expected)) if actual == expected => {}
            (Some(actual), Some(expected)) => difference(&mut differences, &path, expected, actual),
            (Some(_), None) => drop(writeln!(differences, "+++ {} was not expected", path.display())),
            (None, _) => drop(writeln!(differences, "--- {} was not written", path.display())),
        }
    }
    if differences.is_empty() { Ok(()) } else { Err(differences.into()) }
}

/// Adds the lines that differ, those expected after `-`, those written after `+`, cut after some lines.
fn difference(out: &mut String, path: &Path, expected: &str, actual: &str) {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    let mut lines = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        lines.push(format!("@@ line {}", op.new_range().start + 1));
        lines.extend(old[op.old_range()].iter().map(|line| format!("- {line}")));
        lines.extend(new[op.new_range()].iter().map(|line| format!("+ {line}")));
    }
    if lines.is_empty() {
        lines.push("line ends differ".to_owned());
    }
    let _ = writeln!(out, "{}", path.display());
    for line in lines.iter().take(SHOWN_LINES) {
        let _ = writeln!(out, "{line}");
    }
    if let Some(more) = lines.len().checked_sub(SHOWN_LINES + 1) {
        let _ = writeln!(out, "… {} more lines", more + 1);
    }
}
