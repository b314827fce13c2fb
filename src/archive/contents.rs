//! What goes into a package, put together by the caller.

use std::path::PathBuf;

use super::Event;
use crate::manifest::Issued;
use crate::store::Digest;

/// What the signed copies of a report were matched by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedCopyState {
    /// The contents were seen, and the code is that of the report.
    Seen,
    /// The code in the file's name alone: the contents of none could be seen.
    Unseen,
    /// The branch's name in the file's name alone. Earlier versions archived such copies.
    ByName,
}

/// A report that goes into a package.
#[derive(Clone, Debug)]
pub struct ArchivedReport {
    /// The name of the branch, or of the department.
    pub name: String,
    /// The name of its folder below `data/reports`.
    pub folder: String,
    /// The facts printed on the report.
    pub issued: Issued,
    /// What its signed copies were matched by; none when there is no signed copy.
    pub signed: Option<SignedCopyState>,
    /// Its number of pages, when that is known.
    pub pages: Option<usize>,
}

/// A file that goes into a package.
#[derive(Clone, Debug)]
pub struct PackageFile {
    /// Its path in the package, with `/` between the parts.
    pub path: String,
    /// The file whose bytes are copied.
    pub from: PathBuf,
    /// The hash that the bytes must have, when one is on record.
    pub expected: Option<Digest>,
}

/// Everything that a package is made of, except its number.
#[derive(Clone, Debug)]
pub struct PackageContents {
    /// The name of the branch or department whose package it is.
    pub subject: String,
    /// The title of the notice that the reports answer.
    pub notice: String,
    /// The notice's part of the report codes.
    pub notice_code: String,
    /// The department that keeps the package.
    pub keeper: String,
    /// The reports, at least one.
    pub reports: Vec<ArchivedReport>,
    /// The payload: the files below `data/`, in the order in which they are written.
    pub files: Vec<PackageFile>,
    /// What was done to the reports before, by whom and when.
    pub events: Vec<Event>,
    /// Whether SM3 manifests are written, too.
    pub sm3: bool,
}

impl PackageContents {
    /// The report that represents the package: the subject's own, otherwise the first.
    pub fn main_report(&self) -> Option<&ArchivedReport> {
        self.reports.iter().find(|report| report.name == self.subject).or(self.reports.first())
    }

    /// The title of the package: that of its main report.
    pub fn title(&self) -> &str {
        self.main_report().map_or("", |report| report.issued.title.as_str())
    }

    /// The pages of all reports together; `None` when one's are not known.
    pub fn pages(&self) -> Option<usize> {
        self.reports.iter().map(|report| report.pages).sum()
    }

    /// The reports without a signed copy.
    pub fn unsigned(&self) -> impl Iterator<Item = &ArchivedReport> {
        self.reports.iter().filter(|report| report.signed.is_none())
    }
}
