//! Fills the annexes of one report: a ledger's rows as a table, a template, or a page for each file that is put in. The
//! department's tables have the rows of all branches, with the branch as their first column.

use toml::Spanned;

use super::escape;
use super::filled_body::{FilledBody, FilledPart};
use super::filler::{Filler, Needs, PartPresence};
use super::outline::annex_title;
use super::summary::missing_rows;
use super::value::PrintedValue;
use crate::diagnostics::Diagnostic;
use crate::expr::Expressions;
use crate::marker;
use crate::model::{Branch, Row, Value};
use crate::notice::{Annex, Column, ColumnType, Notice, Orientation, WithoutData};
use crate::provenance::{Keys, SummaryKeys};

/// A filled annex. Its texts contain markers (`marker.rs`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilledAnnex {
    /// Its index in the settings, by which texts refer to it.
    pub index: usize,
    /// The filled title, trimmed, without the number of the annex.
    pub title: String,
    /// The text below the title.
    pub body: FilledBody,
    /// How its pages are turned; `None` as its tables need it.
    pub orientation: Option<Orientation>,
}

/// The rows that the annexes of a report list.
#[derive(Clone, Copy)]
pub(super) struct AnnexRows<'a> {
    /// The branches that the report is about.
    pub branches: &'a [&'a Branch],
    pub expressions: &'a Expressions,
    pub keys: RowKeys<'a>,
    /// For each annex of the settings, the names of its files.
    pub attached: &'a [Vec<String>],
}

/// The keys of the values that a report prints.
#[derive(Clone, Copy)]
pub(super) enum RowKeys<'a> {
    /// In a branch's report.
    Branch(&'a Keys),
    /// In the department's.
    Department(&'a SummaryKeys),
}

impl AnnexRows<'_> {
    /// Whether an annex lists a row; `None` when the row lacks a value that decides it.
    fn lists(&self, annex: usize, row: &Row) -> Option<bool> {
        match self.keys {
            RowKeys::Branch(_) => self.expressions.lists(annex, row),
            RowKeys::Department(_) => self.expressions.summary_lists(annex, row),
        }
    }
}

/// The place of a row: its branch among the branches of the report, and its index among this branch's rows.
#[derive(Clone, Copy)]
struct RowPlace {
    branch: usize,
    row: usize,
}

/// The gap of an annex whose ledgers have no row of the branch.
pub(crate) fn gap_label(annex: &Annex, notice: &Notice) -> String {
    let titles = annex.all_ledgers().filter_map(|id| Some(notice.ledger.get(id.get_ref())?.title.as_str()));
    format!("{}（台账中没有本单位的记录）", titles.collect::<Vec<&str>>().join("、"))
}

/// Fills the annexes that the report has. One without rows that its condition lists, or whose template prints nothing,
/// is left out.
///
/// # Errors
/// With a finding when a template cannot be filled or the report becomes too long.
pub(super) fn fill(filler: &Filler<'_>, rows: AnnexRows<'_>) -> Result<Vec<FilledAnnex>, Box<Diagnostic>> {
    let mut filled = Vec::new();
    for (index, annex) in filler.outline.annexes.iter().enumerate() {
        let part = match PartPresence::of(&Needs::from(annex), filler.context, filler.notice) {
            PartPresence::Absent => continue,
            PartPresence::Gap => {
                settings_text(escape::escaped(&marker::gap(&label_without_rows(annex, filler.notice, rows))))
            }
            PartPresence::Nil(text) => settings_text(text.into_owned()),
            PartPresence::Present => match &annex.template {
                Some(template) => filler.render_part(template.get_ref())?,
                None if annex.files.is_some() => {
                    fill_files(filler, index, rows, &mut filled)?;
                    continue;
                }
                None => settings_text(AnnexTable { filler, index, annex, rows }.markdown()?),
            },
        };
        if !part.text.trim().is_empty() {
            let title = filler.render(&annex_title(index))?;
            filled.push(filled_annex(index, annex, title.trim().to_owned(), part));
        }
    }
    Ok(filled)
}

/// The gap of an annex without rows: of the branch, or of any branch.
fn label_without_rows(annex: &Annex, notice: &Notice, rows: AnnexRows<'_>) -> String {
    let ledger = annex.ledger.as_ref().and_then(|id| notice.ledger.get_full(id.get_ref()));
    match (rows.keys, ledger) {
        (RowKeys::Department(_), Some((index, _, ledger))) => {
            missing_rows(ledger, index, rows.branches).unwrap_or_else(|| format!("《{}》（没有记录）", ledger.title))
        }
        _ => gap_label(annex, notice),
    }
}

/// A text that no template gave.
fn settings_text(text: String) -> FilledPart {
    FilledPart { text, templates: Vec::new() }
}

fn filled_annex(index: usize, annex: &Annex, title: String, part: FilledPart) -> FilledAnnex {
    let mut body = FilledBody::new();
    body.push_part(part);
    FilledAnnex { index, title, body, orientation: annex.orientation }
}

/// An annex for each file that is put in; a gap when there should be one.
fn fill_files(
    filler: &Filler<'_>,
    index: usize,
    rows: AnnexRows<'_>,
    filled: &mut Vec<FilledAnnex>,
) -> Result<(), Box<Diagnostic>> {
    let (Some(annex), Some(names)) = (filler.outline.annexes.get(index), rows.attached.get(index)) else {
        return Ok(());
    };
    let title = filler.render(&annex_title(index))?.trim().to_owned();
    if names.is_empty() && annex.without_data == WithoutData::Gap {
        let gap = marker::gap(&format!("{}（没有要附的文件）", marker::without_markers(&title)));
        filled.push(filled_annex(index, annex, title, settings_text(escape::escaped(&gap))));
        return Ok(());
    }
    for name in names {
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        let title = format!("{title}：{}", escape::escaped(stem));
        let text = escape::escaped(&format!("见所附文件：{name}"));
        filled.push(filled_annex(index, annex, title, settings_text(text)));
    }
    Ok(())
}

/// A ledger's rows on their way into an annex.
struct AnnexTable<'a> {
    filler: &'a Filler<'a>,
    /// Index of the annex in the settings.
    index: usize,
    annex: &'a Annex,
    rows: AnnexRows<'a>,
}

/// A column of such a table.
struct AnnexColumn<'a> {
    /// Index in the ledger.
    index: usize,
    column: &'a Column,
    /// Whether a blank cell stays empty instead of being a gap.
    may_be_blank: bool,
    /// Characters of its longest cell.
    longest: usize,
}

impl<'a> AnnexTable<'a> {
    /// The table as Markdown; empty when no row is listed.
    ///
    /// # Errors
    /// When it is longer than the report may be.
    fn markdown(&self) -> Result<String, Box<Diagnostic>> {
        let Some(ledger) = self.annex.ledger.as_ref().and_then(|id| self.filler.notice.ledger_index(id.get_ref()))
        else {
            return Ok(String::new());
        };
        let Some((_, definition)) = self.filler.notice.ledger.get_index(ledger) else { return Ok(String::new()) };
        let mut columns = self.columns(ledger);
        let (mut rows, mut count) = (String::new(), 0);
        let branches = self.rows.branches.iter().enumerate();
        for (at, branch) in branches.filter(|(_, branch)| self.annex.is_for(branch.kind())) {
            let Some(own) = branch.rows(ledger) else {
                // A branch's own report has a gap in place of the whole annex.
                count += 1;
                self.push_leading_cells(&mut rows, count, at);
                push_missing_rows(&mut rows, columns.len());
                continue;
            };
            for (number, row) in own.iter().enumerate() {
                let is_listed = self.rows.lists(self.index, row);
                if is_listed == Some(false) {
                    continue;
                }
                count += 1;
                self.push_leading_cells(&mut rows, count, at);
                let key_of = |column: usize| self.key(ledger, RowPlace { branch: at, row: number }, column);
                let value_of = |column: usize| self.rows.expressions.cell((ledger, definition), row, column);
                push_cells(&mut rows, &mut columns, is_listed.is_none(), value_of, key_of);
                if rows.len() > self.filler.rest() {
                    return Err(self.filler.too_long(&annex_title(self.index)));
                }
            }
        }
        self.filler.spend(rows.len());
        Ok(if count == 0 { String::new() } else { self.head(&columns) + &rows })
    }

    /// The key of a cell.
    fn key(&self, ledger: usize, place: RowPlace, column: usize) -> u32 {
        match self.rows.keys {
            RowKeys::Branch(keys) => keys.cell(ledger, place.row, column),
            RowKeys::Department(keys) => keys.cell(place.branch, ledger, place.row, column),
        }
    }

    /// The cells before those of the ledger: the row's number, from 1, and in the department's report its branch.
    fn push_leading_cells(&self, rows: &mut String, number: usize, branch: usize) {
        if self.annex.serial {
            rows.push_str(&format!("| {number} "));
        }
        if let (RowKeys::Department(keys), Some(branch_of)) = (self.rows.keys, self.rows.branches.get(branch)) {
            let mut name = String::new();
            PrintedValue::Text(branch_of.name()).push(&mut name, Some(keys.name(branch)));
            rows.push_str(&format!("| {} ", escape::escaped(&name)));
        }
    }

    /// The header row and the row of alignments: long texts are aligned left, all else is centred.
    fn head(&self, columns: &[AnnexColumn<'_>]) -> String {
        /// Characters of a text that is still centred: names and words of state are.
        const SHORT: usize = 8;
        let serial = self.annex.serial.then(|| "序号".to_owned());
        let branch = matches!(self.rows.keys, RowKeys::Department(_)).then(|| self.filler.notice.words.branch.clone());
        let (mut head, mut aligns) = (String::new(), String::new());
        for label in serial.into_iter().chain(branch) {
            head.push_str(&format!("| {} ", escape::escaped(&label)));
            aligns.push_str("| :---: ");
        }
        for AnnexColumn { column, longest, .. } in columns {
            head.push_str(&format!("| {} ", escape::escaped(&header(column))));
            aligns.push_str(if column.kind == ColumnType::Text && *longest > SHORT { "| :--- " } else { "| :---: " });
        }
        format!("{head}|\n{aligns}|\n")
    }

    fn columns(&self, ledger: usize) -> Vec<AnnexColumn<'a>> {
        let Some((_, ledger)) = self.filler.notice.ledger.get_index(ledger) else { return Vec::new() };
        let column = |id: &Spanned<String>| {
            let (index, column) = ledger.field(id.get_ref())?;
            let may_be_blank = self.annex.optional.iter().any(|optional| optional.get_ref() == id.get_ref());
            Some(AnnexColumn { index, column, may_be_blank, longest: 0 })
        };
        self.annex.columns.iter().filter_map(column).collect()
    }
}

/// The cells of a branch that did not hand in the ledger: a gap in the first of the ledger's columns.
fn push_missing_rows(text: &mut String, columns: usize) {
    let gap = escape::escaped(&marker::gap("没有交这个台账"));
    let blank = "| ".repeat(columns.saturating_sub(1));
    text.push_str(&format!("| {gap} {blank}|\n"));
}

/// The cells of a row. Whether an undecided row belongs into the list is a gap in its first cell.
fn push_cells<'r>(
    text: &mut String,
    columns: &mut [AnnexColumn<'_>],
    is_undecided: bool,
    value_of: impl Fn(usize) -> Value<'r>,
    key_of: impl Fn(usize) -> u32,
) {
    let mut printed = String::new();
    for (at, cell) in columns.iter_mut().enumerate() {
        printed.clear();
        let value = value_of(cell.index);
        if !(cell.may_be_blank && matches!(value, Value::Missing)) {
            PrintedValue::Cell(value, cell.column).push(&mut printed, Some(key_of(cell.index)));
        }
        if is_undecided && at == 0 {
            printed.push_str(&marker::gap("是否列入本表"));
        }
        cell.longest = cell.longest.max(marker::without_markers(&printed).chars().count());
        text.push_str("| ");
        text.push_str(&escape::escaped(&printed));
        text.push(' ');
    }
    text.push_str("|\n");
}

/// A column's header: its name, with the unit of its numbers.
fn header(column: &Column) -> String {
    let label = column.label();
    match &column.unit {
        Some(unit) if !label.contains(unit.as_str()) => format!("{label}（{unit}）"),
        Some(_) | None => label.to_owned(),
    }
}
