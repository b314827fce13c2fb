//! The settings of a notice: the root of `notice.toml`, and its small tables.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::annex::Annex;
use super::archive::Archive;
use super::calendar::{self, Calendar};
use super::error::NoticeError;
use super::key_offsets::KeyOffsets;
use super::ledger::Ledger;
use super::letter::{Letter, Typography};
use super::metric::{Check, Metric};
use super::pdf::Pdf;
use super::section::Section;
use super::source::SourceText;
use super::summary::Summary;
use super::vars::Variable;
use super::words::Words;
use crate::diagnostics::{Severity, SeverityOverrides};
use crate::picture::PictureBounds;

/// A notice. Tables with ids are in the order of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// `base`: the folder of the notice that this one is based on, as `../name`; none by default. Its settings are
    /// those that this one does not name.
    pub base: Option<String>,
    /// `[notice]`: title, issuer and dates. Required.
    #[serde(rename = "notice")]
    pub facts: Facts,
    /// `[roster]`: the ledger that lists the branches. Required.
    pub roster: Roster,
    /// `[words]`: what branches and the department are called.
    #[serde(default)]
    pub words: Words,
    /// `[vars]`: values for texts and expressions, by id.
    #[serde(default)]
    pub vars: IndexMap<String, Variable>,
    /// `[letter]`: the fixed parts of every report. Required.
    pub letter: Letter,
    /// `[typography]`: the typefaces and the grid of DOCX and HTML reports.
    #[serde(default)]
    pub typography: Typography,
    /// `[pdf]`: the fixed-layout copies of reports.
    #[serde(default)]
    pub pdf: Pdf,
    /// `[calendar.…]`: series of fixed days, by id.
    #[serde(default)]
    pub calendar: IndexMap<String, Calendar>,
    /// `[ledger.…]`: the ledgers, by id. Required.
    pub ledger: IndexMap<String, Ledger>,
    /// `[metric]`: the metrics of a branch, by id. A metric may use those before it.
    #[serde(default)]
    pub metric: IndexMap<String, Metric>,
    /// `[[check]]`: the notice's own checks over ledger rows.
    #[serde(default)]
    pub check: Vec<Check>,
    /// `[severity]`: severities that override those of the codes, by code.
    #[serde(default)]
    pub severity: IndexMap<Spanned<String>, Severity>,
    /// `[limits]`: what one file, all files and one report may cost.
    #[serde(default)]
    pub limits: Limits,
    /// `[[section]]`: the sections of the report, in order. Required.
    pub section: Vec<Section>,
    /// `[[annex]]`: the annexes of the report, in order.
    #[serde(default)]
    pub annex: Vec<Annex>,
    /// `[summary]`: the department's own report; none by default.
    pub summary: Option<Summary>,
    /// `[archive]`: how reports are archived; not at all by default.
    pub archive: Option<Archive>,
    /// The file that the settings were read from.
    #[serde(skip)]
    pub(super) file: PathBuf,
    /// The texts of the settings, kept to turn byte offsets into files and lines.
    #[serde(skip)]
    pub(super) source: SourceText,
    /// Where the keys are; found when the first error asks.
    #[serde(skip)]
    key_offsets: OnceLock<KeyOffsets>,
}

/// `[notice]`: facts about the notice.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The notice's title. Required.
    pub title: String,
    /// The department that issued it. Required.
    pub issuer: String,
    /// The day by which reports must be submitted. Required.
    #[serde(deserialize_with = "calendar::day")]
    pub deadline: Date,
    /// The last day whose events count. Required.
    #[serde(deserialize_with = "calendar::day")]
    pub cutoff: Date,
    /// What an earlier run reported: its output folder, its `run.json` or its 汇总表.xlsx, relative to the settings'
    /// folder; none by default.
    pub previous: Option<Spanned<String>>,
    /// Whether the pages make drafts by themselves when ledgers, settings or templates change; no by default.
    #[serde(default)]
    pub auto_build: bool,
}

/// `[roster]`: the ledger that lists the branches.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// The ledger's id. Required.
    pub ledger: String,
    /// The id of the column with the full name. Required.
    pub name: String,
    /// The id of the column with the short name; none by default.
    pub short: Option<String>,
    /// The id of the column with the branch's kind. Required.
    pub kind: String,
}

/// `[limits]`: what reading one ledger file, holding all of them and filling the templates of one report may cost.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Memory of the process that reads the file, in MiB; 512 by default.
    pub memory_mib: u64,
    /// Seconds until reading is given up; 20 by default.
    pub seconds: u64,
    /// Size of the file, in MiB; 100 by default.
    pub file_mib: u64,
    /// Size of the file's parts when unpacked, in MiB; 512 by default.
    pub unpacked_mib: u64,
    /// Number of cells that are not empty; 2,000,000 by default.
    pub cells: usize,
    /// Memory for the contents of all files together, in MiB; a quarter of the machine's memory by default.
    pub run_mib: Option<u64>,
    /// Size of the texts that the templates of one report print, in MiB; 8 by default.
    pub report_mib: u64,
    /// Pixels of a picture, in millions; 50 by default.
    pub picture_megapixels: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_mib: 512,
            seconds: 20,
            file_mib: 100,
            unpacked_mib: 512,
            cells: 2_000_000,
            run_mib: None,
            report_mib: 8,
            picture_megapixels: 50,
        }
    }
}

impl Notice {
    /// The own text of the settings.
    pub fn text(&self) -> &str {
        self.source.parts().next().map_or("", |part| part.text)
    }

    /// The text of the settings with those that they are based on.
    pub fn all_text(&self) -> &str {
        self.source.text()
    }

    /// The settings files that this one is based on, the nearest first.
    pub fn base_files(&self) -> impl Iterator<Item = &Path> {
        self.source.parts().skip(1).map(|part| part.file)
    }

    /// The file that the settings were read from.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The folder of the settings and the templates.
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new("."))
    }

    /// The folder of fonts that the settings name; a relative path starts from the folder of the settings.
    pub fn fonts_folder(&self) -> Option<PathBuf> {
        self.pdf.fonts.as_ref().map(|folder| self.folder().join(folder.get_ref()))
    }

    /// Where the earlier period's result is; a relative path starts from the folder of the settings.
    pub fn previous_path(&self) -> Option<PathBuf> {
        self.facts.previous.as_ref().map(|path| self.folder().join(path.get_ref()))
    }

    /// The path of the template that settings or templates name: in the own folder, or in one that the notice is based
    /// on.
    pub fn template_path(&self, name: &str) -> PathBuf {
        let own = self.folder().join(name);
        let inherited = || self.base_files().filter_map(Path::parent).map(|folder| folder.join(name));
        if own.is_file() { own } else { inherited().find(|path| path.is_file()).unwrap_or(own) }
    }

    /// The line (from 1) of a spanned value in its file.
    pub fn line_of<T>(&self, value: &Spanned<T>) -> usize {
        self.source.line_at(value.span().start).line
    }

    /// The settings file that a spanned value is in.
    pub fn file_of<T>(&self, value: &Spanned<T>) -> &Path {
        self.source.line_at(value.span().start).file
    }

    /// Where the keys are.
    pub(super) fn key_offsets(&self) -> &KeyOffsets {
        self.key_offsets.get_or_init(|| KeyOffsets::of(&self.source))
    }

    /// The line (from 1) on which the content of a text begins: behind three quotes it may be the next one.
    pub fn first_line_of(&self, text: &Spanned<String>) -> usize {
        let written = self.source.text().get(text.span().start..).unwrap_or_default();
        let content = written.strip_prefix("\"\"\"").or_else(|| written.strip_prefix("'''"));
        let begins_below = content.is_some_and(|content| content.starts_with('\n') || content.starts_with("\r\n"));
        self.line_of(text) + usize::from(begins_below)
    }

    /// An error at a spanned value of the settings.
    pub fn error_at<T>(&self, value: &Spanned<T>, message: String) -> NoticeError {
        self.source.error_at(value.span().start, message)
    }

    /// The year that completes a date written without one.
    pub fn year(&self) -> i16 {
        self.facts.cutoff.year()
    }

    /// Bytes that the templates of one report may print.
    pub fn report_bytes(&self) -> usize {
        usize::try_from(self.limits.report_mib.saturating_mul(1 << 20)).unwrap_or(usize::MAX)
    }

    /// What a picture may cost that is printed up to `width` millimetres wide.
    pub fn picture_bounds(&self, width: u32) -> PictureBounds {
        PictureBounds { pixels: self.limits.picture_megapixels.saturating_mul(1_000_000), width }
    }

    /// The severities of `[severity]`, which override those of the codes.
    pub fn severity_overrides(&self) -> SeverityOverrides {
        self.severity.iter().map(|(code, severity)| (code.get_ref().clone(), *severity)).collect()
    }

    /// The index of a ledger in the order of the settings.
    pub fn ledger_index(&self, id: &str) -> Option<usize> {
        self.ledger.get_index_of(id)
    }

    /// The part of report codes that identifies this notice: `code` of `[archive]`, or the deadline's digits.
    pub fn code(&self) -> String {
        match self.archive.as_ref().and_then(|archive| archive.code.as_ref()) {
            Some(code) => code.get_ref().clone(),
            None => self.facts.deadline.strftime("%Y%m%d").to_string(),
        }
    }

    /// Whether final reports have their code as a QR code, too.
    pub fn has_qr(&self) -> bool {
        self.archive.as_ref().is_some_and(|archive| archive.qr)
    }
}
