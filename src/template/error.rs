//! tera's errors, with the file and line of the template that caused them.

use std::path::PathBuf;

use tera::ErrorKind;

use super::names::decoded;
use super::outline::ReportStructure;
use crate::diagnostics::Location;
use crate::diagnostics::localize;
use crate::notice::{Notice, NoticeError};

/// An error of parsing, found when the templates are loaded.
pub(super) fn to_notice_error(notice: &Notice, outline: ReportStructure<'_>, error: &tera::Error) -> NoticeError {
    match locate(notice, outline, error) {
        (Location::Line { file, line }, message) => NoticeError::At { file: PathBuf::from(file), line, message },
        (_, message) => NoticeError::At { file: notice.file().to_owned(), line: 1, message },
    }
}

/// Where an error happened, and its message.
pub(super) fn locate(notice: &Notice, outline: ReportStructure<'_>, error: &tera::Error) -> (Location, String) {
    let text = decoded(&error.kind().to_string()).into_owned();
    let cause = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            Some(Cause { template: report.filename(), line: report.span().start_line, message: report.message() })
        }
        _ => Cause::parse(&text),
    };
    let Some(Cause { template, line, message }) = cause else {
        return (
            Location::File(notice.file().display().to_string()),
            format!("模板无法使用：{}", localize::template(&text)),
        );
    };
    (location_of(notice, outline, template, line), format!("模板写法不对：{}", localize::template(&decoded(message))))
}

/// The place of a line of the template with that name.
pub(super) fn location_of(notice: &Notice, outline: ReportStructure<'_>, template: &str, line: usize) -> Location {
    let settings_text = outline.settings_texts().find(|settings_text| settings_text.name == template);
    let (file, line) = match settings_text {
        Some(settings_text) => (notice.file_of(settings_text.text).to_owned(), notice.line_of(settings_text.text)),
        None => (notice.template_path(template), line),
    };
    Location::Line { file: file.display().to_string(), line }
}

/// What tera reports.
struct Cause<'e> {
    template: &'e str,
    line: usize,
    message: &'e str,
}

impl<'e> Cause<'e> {
    /// Parses a message that tera only gives as text: `error: …`, then `--> study.md:1:30`.
    fn parse(text: &'e str) -> Option<Self> {
        let message = text.lines().next()?.trim_start_matches("error: ");
        let place = text.lines().find_map(|line| line.trim_start().strip_prefix("--> "))?;
        let mut from_the_right = place.rsplitn(3, ':').skip(1);
        let line = from_the_right.next()?.parse().ok()?;
        Some(Self { template: from_the_right.next()?, line, message })
    }
}
