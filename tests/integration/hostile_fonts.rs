//! Fonts that stop programs: PDF reports are made in another font, or the font is named.

use std::fs;
use std::path::PathBuf;

use crate::support::{Project, tools};

crate::harness::tests! {
    with_tools: [
        a_font_without_a_size_of_its_design_is_passed_over,
        a_file_larger_than_fonts_are_is_not_read,
        endless_names_are_not_read,
    ]
}

const BRANCH: &str = "甲党支部";

/// A project with the fonts of the tests in a folder of its own, the one of the body changed.
fn project(change: impl FnOnce(&mut Vec<u8>)) -> (Project, PathBuf) {
    let project = Project::ready(&[BRANCH]);
    let fonts = project.path("fonts");
    fs::create_dir(&fonts).expect("a folder");
    for entry in fs::read_dir(tools().join("fonts")).expect("the fonts of the tests") {
        let path = entry.expect("an entry").path();
        fs::copy(&path, fonts.join(path.file_name().expect("a name"))).expect("a copy");
    }
    let body = fonts.join("FandolFang-Regular.otf");
    let mut bytes = fs::read(&body).expect("a font");
    change(&mut bytes);
    fs::write(&body, bytes).expect("written");
    (project, body)
}

/// Builds with these fonts; the reports are there, and another font has taken the place of the body's.
fn builds_in_another_font(project: &Project) {
    let run = project.zicha(&["build", "--format", "pdf", "--fonts", "fonts"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert!(run.all().contains("没有找到正文的字体"), "{}", run.all());
    assert!(project.report(BRANCH, "pdf").is_file());
}

/// Where a table of the font begins.
fn table(bytes: &[u8], tag: &[u8; 4]) -> usize {
    let entries = bytes[12..].chunks_exact(16);
    let entry = entries.into_iter().find(|entry| &entry[..4] == tag).expect("the table");
    u32::from_be_bytes(entry[8..12].try_into().expect("four bytes")) as usize
}

fn a_font_without_a_size_of_its_design_is_passed_over() {
    let (project, _) = project(|bytes| {
        let units = table(bytes, b"head") + 18;
        bytes[units..units + 2].fill(0);
    });
    builds_in_another_font(&project);
}

fn a_file_larger_than_fonts_are_is_not_read() {
    let (project, body) = project(|_| {});
    // A hole: on disk it takes no more than before.
    fs::File::options().write(true).open(&body).and_then(|file| file.set_len(20 << 30)).expect("a hole");
    builds_in_another_font(&project);
}

fn endless_names_are_not_read() {
    let (project, _) = project(|bytes| {
        let name = table(bytes, b"name");
        bytes[name + 2..name + 4].fill(0xff);
    });
    let run = project.zicha(&["build", "--format", "pdf", "--fonts", "fonts"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert!(project.report(BRANCH, "pdf").is_file());
}
