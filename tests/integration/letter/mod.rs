//! The letter's head, tail and signatures (GB/T 9704-2012, 7.2 to 7.4 and 10.1): what is printed in all formats, what
//! is refused, and where it stands on paper, measured in the PDFs of LibreOffice and Chromium and in zicha's own.

pub(crate) mod head;
pub(crate) mod tail;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{NOTICE, Project, audit, chromium, libreoffice, parts, python_json};

const FILE_NAME: &str = "file_name    = \"自查报告\"\n";

pub(super) fn notice() -> String {
    format!("{NOTICE}/notice.toml")
}

/// A branch whose report has these lines of settings behind `[letter]`.
pub(super) fn with_letter(lines: &str) -> Project {
    Project::ready(&["甲党支部"]).edit(&notice(), FILE_NAME, &format!("{FILE_NAME}\n{lines}"))
}

pub(super) fn with_head(lines: &str) -> Project {
    with_letter(&format!("[letter.head]\n{lines}"))
}

/// All elements that go together.
pub(super) const WHOLE: &str = "copy_number = \"000012\"\nsecrecy = \"机密★1年\"\nurgency = \"特急\"\nmark = [\"{{ notice.issuer }}\"]\n\
                     document = true\nnumber = \"校组字〔2018〕12号\"\n";

pub(super) fn text(project: &Project, extension: &str) -> String {
    project.report_text("甲党支部", extension)
}

pub(super) fn part(project: &Project, name: &str) -> String {
    let docx = std::fs::read(project.report("甲党支部", "docx")).expect("a report");
    parts(&docx).into_iter().find(|(part, _)| part == name).unwrap_or_else(|| panic!("{name}")).1
}

/// The branch's report as PDF: LibreOffice's of the DOCX, Chromium's of the HTML, then zicha's own.
pub(super) fn printed(project: &Project) -> [PathBuf; 3] {
    project.build_with_fonts("md,docx,html,pdf");
    let docx = project.report("甲党支部", "docx");
    audit(&docx);
    let folder = libreoffice(&[docx]);
    let pdf = project.path("docx.pdf");
    std::fs::copy(folder.path().join("甲党支部-自查报告.pdf"), &pdf).expect("a PDF");
    let html = project.path("html.pdf");
    chromium(&project.report("甲党支部", "html"), &html);
    [pdf, html, project.report("甲党支部", "pdf")]
}

/// The bands of a colour on a page, from top to bottom.
pub(super) fn bands(pdf: &Path, page: usize, colour: &str) -> Vec<Band> {
    let pages = python_json("ink.py", &[pdf, Path::new(&page.to_string())]);
    let read = |band: &Value, key: &str| band[key].as_f64().expect("a number");
    let bands = pages[0][colour].as_array().expect("bands").iter();
    bands
        .map(|band| Band {
            top: read(band, "top"),
            bottom: read(band, "bottom"),
            left: read(band, "left"),
            right: read(band, "right"),
        })
        .collect()
}

/// A line of text or a rule, in mm.
#[derive(Clone, Copy, Debug)]
pub(super) struct Band {
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) left: f64,
    pub(super) right: f64,
}

#[track_caller]
pub(super) fn assert_near(what: &str, found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "{what}: {found:.2} mm, not {wanted:.2}");
}

/// The texts of a page's lines.
pub(super) fn line_texts(page: &Value) -> Vec<&str> {
    page["lines"].as_array().expect("lines").iter().filter_map(|line| line["text"].as_str()).collect()
}
