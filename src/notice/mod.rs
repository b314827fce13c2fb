//! A notice as data: `notice.toml` read, checked and ready for the other rooms.
//!
//! Everything that belongs to one notice stands in that file and in the templates beside it. A key nobody
//! knows, a name that leads nowhere, a date that does not exist: refused here, with file, line and the
//! names that would have been right.

mod archive;
mod calendar;
mod error;
mod header_alias;
mod ledger;
mod letter;
mod renamed;
mod summary;
mod validate;

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

pub use archive::{Archive, ArchiveScope, Retention, is_part};
pub use calendar::{Calendar, written_day};
pub use error::{NoticeError, likeness, nearest};
pub use header_alias::with_header_alias;
pub use ledger::{Column, ColumnType, Ledger};
pub use letter::{Grid, Letter, Typography};
pub use summary::{List, Sheet, Summary};

/// A whole notice.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Its title, issuer and dates.
    pub notice: Facts,
    /// Which ledger lists the branches, and by which columns.
    pub roster: Roster,
    /// The fixed parts of every report.
    pub letter: Letter,
    /// The typefaces and the grid of the DOCX and HTML reports.
    #[serde(default)]
    pub typography: Typography,
    /// Series of fixed days, by id.
    #[serde(default)]
    pub calendar: IndexMap<String, Calendar>,
    /// The ledgers, by id.
    pub ledger: IndexMap<String, Ledger>,
    /// The metrics of a branch, by id, in the order they are computed.
    #[serde(default)]
    pub metric: IndexMap<String, Metric>,
    /// The notice's own checks over ledger rows.
    #[serde(default)]
    pub check: Vec<Check>,
    /// Severities that differ from the codes' own, by code.
    #[serde(default)]
    pub severity: IndexMap<Spanned<String>, crate::diagnostics::Severity>,
    /// What reading one file may cost.
    #[serde(default)]
    pub limits: Limits,
    /// The heads of the report, in order.
    pub section: Vec<Section>,
    /// The department's own report, when it wants one.
    pub summary: Option<Summary>,
    /// How reports are archived, when they are.
    pub archive: Option<Archive>,
    /// Where it was read from.
    #[serde(skip)]
    file: PathBuf,
    /// Its text, kept to turn byte offsets into lines.
    #[serde(skip)]
    text: String,
}

/// What the notice itself says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The notice's title.
    pub title: String,
    /// The department that issued it.
    pub issuer: String,
    /// The day by which reports must be in.
    #[serde(deserialize_with = "calendar::day")]
    pub deadline: Date,
    /// The day up to which facts count.
    #[serde(deserialize_with = "calendar::day")]
    pub cutoff: Date,
}

/// Which ledger lists the branches.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// The ledger's id.
    pub ledger: String,
    /// The column with the full name.
    pub name: String,
    /// The column with the short name, when there is one.
    pub short: Option<String>,
    /// The column with the branch's kind.
    pub kind: String,
}

/// What reading one ledger file may cost.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Memory of the process that reads it, in MiB.
    pub memory_mib: u64,
    /// Seconds until it is given up.
    pub seconds: u64,
    /// Size of the file, in MiB.
    pub file_mib: u64,
    /// Size of its parts, unpacked, in MiB.
    pub unpacked_mib: u64,
    /// Cells that are filled in.
    pub cells: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_mib: 512, seconds: 20, file_mib: 100, unpacked_mib: 512, cells: 2_000_000 }
    }
}

/// How a metric is computed and shown.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// What it is called in messages and gaps.
    pub label: String,
    /// The expression over the branch's rows.
    pub expr: Spanned<String>,
    /// Whether it reads as a number or as a percentage of a fraction.
    #[serde(default)]
    pub show: Show,
    /// Decimal places of the exact value, half up; as many as it has when not given.
    pub decimals: Option<u32>,
    /// Its unit, such as 学时; said in messages, written by templates.
    pub unit: Option<String>,
}

/// How a number reads in a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Show {
    /// As it is.
    #[default]
    Number,
    /// A fraction shown as a percentage.
    Percent,
}

/// A check of the notice's own, evaluated for each row of a ledger.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The ledger's id.
    pub ledger: Spanned<String>,
    /// The expression over `row`; true makes a finding.
    pub when: Spanned<String>,
    /// How much the finding matters.
    pub severity: crate::diagnostics::Severity,
    /// The finding in one sentence.
    pub message: String,
    /// The column whose cell is named; the row's first cell when not given.
    pub column: Option<String>,
    /// What cures it.
    pub cure: Option<String>,
}

/// One head of the report.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The heading, without its number.
    pub title: String,
    /// How its parts are set.
    #[serde(default)]
    pub layout: Layout,
    /// Its parts, in order. A section all of whose parts are left out is left out itself.
    pub part: Vec<Part>,
}

/// How a section's parts are set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// One after another.
    #[default]
    Plain,
    /// As run-in points: 一是…… 二是…… 三是…….
    Points,
}

/// A part of a section: one template over the branch's data.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The template's file name, beside `notice.toml`.
    pub template: Spanned<String>,
    /// What the part is about, named in its gap.
    pub label: String,
    /// The kinds of branch that have the part; all when not given.
    pub kinds: Option<Vec<Spanned<String>>>,
    /// The ledgers of which at least one must have a row of the branch.
    #[serde(default)]
    pub ledgers: Vec<Spanned<String>>,
    /// What happens when none of them has.
    #[serde(default)]
    pub without_data: WithoutData,
}

impl Part {
    /// Whether branches of that kind have the part.
    pub fn is_for(&self, kind: &str) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|known| known.get_ref() == kind))
    }
}

/// What becomes of a part without data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WithoutData {
    /// A visible gap stands in its place.
    #[default]
    Gap,
    /// It is left out.
    Omit,
}

impl Notice {
    /// The settings' own text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads and checks a notice.
    ///
    /// # Errors
    /// When the file cannot be read, is not TOML, has a key nobody knows or a name that leads nowhere.
    pub fn load(file: &Path) -> Result<Self, NoticeError> {
        let text =
            std::fs::read_to_string(file).map_err(|source| NoticeError::Read { file: file.to_owned(), source })?;
        Self::parse(file, text)
    }

    /// Checks a notice that is given as the text of `file`, beside which its templates stand.
    ///
    /// # Errors
    /// When it is not TOML, has a key nobody knows or a name that leads nowhere.
    pub fn parse(file: &Path, text: String) -> Result<Self, NoticeError> {
        let mut notice: Self = match toml::from_str(&text) {
            Ok(notice) => notice,
            Err(error) => {
                // Old keys are looked for only in settings that are refused anyway.
                NoticeError::all(renamed::renamed_keys(file, &text))?;
                return Err(error::from_toml(file, &text, &error));
            }
        };
        notice.file = file.to_owned();
        notice.text = text;
        validate::validate(&notice)?;
        Ok(notice)
    }

    /// The file it was read from.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The folder in which its templates stand.
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new("."))
    }

    /// The line (from 1) of a spanned value.
    pub fn line_of<T>(&self, value: &Spanned<T>) -> usize {
        error::line_at(&self.text, value.span().start)
    }

    /// An error at a spanned value of the settings.
    pub fn error_at<T>(&self, value: &Spanned<T>, message: String) -> NoticeError {
        NoticeError::At { file: self.file.clone(), line: self.line_of(value), message }
    }

    /// The year that completes a date written without one.
    pub fn year(&self) -> i16 {
        self.notice.cutoff.year()
    }

    /// Gives findings the severities that the settings set.
    pub fn weigh(&self, findings: &mut [crate::diagnostics::Diagnostic]) {
        for (code, severity) in &self.severity {
            findings.iter_mut().filter(|f| f.code.id == code.get_ref()).for_each(|f| f.severity = *severity);
        }
    }

    /// The ledger's place in the order of the settings.
    pub fn ledger_index(&self, id: &str) -> Option<usize> {
        self.ledger.get_index_of(id)
    }
}
