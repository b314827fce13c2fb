//! Fills the annexes of one report: a ledger's rows as a table, a template, or a page for each file that is put in.

use toml::Spanned;

use super::context::PrintedValue;
use super::escape;
use super::filled_body::{FilledBody, FilledPart};
use super::filler::{Filler, Needs, Presence};
use super::outline::annex_title;
use crate::diagnostics::Diagnostic;
use crate::expr::Expressions;
use crate::marker;
use crate::model::{Branch, Row, Value};
use crate::notice::{Annex, Column, ColumnType, Notice, Orientation, WithoutData};
use crate::provenance::Keys;

/// A filled annex. Its texts contain markers (`marker.rs`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilledAnnex {
    /// Its index in the settings, by which texts refer to it.
    pub index: usize,
    /// The title.
    pub title: String,
    /// The text below the title.
    pub body: FilledBody,
    /// How its pages are turned; `None` as its tables need it.
    pub orientation: Option<Orientation>,
}

/// The rows that a branch's annexes list.
#[derive(Clone, Copy)]
pub(super) struct BranchRows<'a> {
    pub branch: &'a Branch,
    pub expressions: &'a Expressions,
    pub keys: &'a Keys,
    /// For each annex of the settings, the names of its files.
    pub attached: &'a [Vec<String>],
}

/// The gap of an annex whose ledgers have no row of the branch.
pub(crate) fn gap_label(annex: &Annex, notice: &Notice) -> String {
    let titles = annex.all_ledgers().filter_map(|id| Some(notice.ledger.get(id.get_ref())?.title.as_str()));
    format!("{}（台账中没有本单位的记录）", titles.collect::<Vec<&str>>().join("、"))
}

/// Fills the annexes that the report has. One without rows that its condition lists, or whose template prints nothing,
/// is left out. `rows` are a branch's; the department's annexes have none.
///
/// # Errors
/// With a finding when a template cannot be filled or the report becomes too long.
pub(super) fn fill(filler: &Filler<'_>, rows: Option<BranchRows<'_>>) -> Result<Vec<FilledAnnex>, Box<Diagnostic>> {
    let mut filled = Vec::new();
    for (index, annex) in filler.outline.annexes.iter().enumerate() {
        let part = match Presence::of(&Needs::from(annex), filler.context, filler.notice) {
            Presence::Absent => continue,
            Presence::Gap => settings_text(escape::escaped(&marker::gap(&gap_label(annex, filler.notice)))),
            Presence::Nil(text) => settings_text(text.to_owned()),
            Presence::Present => match (&annex.template, rows) {
                (Some(template), _) => filler.render_part(template.get_ref())?,
                (None, Some(rows)) if annex.files.is_some() => {
                    fill_files(filler, index, rows, &mut filled)?;
                    continue;
                }
                (None, Some(rows)) => settings_text(AnnexTable { filler, index, annex, rows }.markdown()?),
                (None, None) => continue,
            },
        };
        if !part.text.trim().is_empty() {
            let title = filler.render(&annex_title(index))?;
            filled.push(filled_annex(index, annex, title.trim().to_owned(), part));
        }
    }
    Ok(filled)
}

/// A text that no template gave.
fn settings_text(text: String) -> FilledPart {
    FilledPart { text, template: None }
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
    rows: BranchRows<'_>,
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
    rows: BranchRows<'a>,
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
        let BranchRows { branch, expressions, keys, .. } = self.rows;
        let mut columns = self.columns(ledger);
        let (mut rows, mut count) = (String::new(), 0);
        for (at, row) in branch.rows(ledger).unwrap_or_default().iter().enumerate() {
            let is_listed = expressions.lists(self.index, row);
            if is_listed == Some(false) {
                continue;
            }
            count += 1;
            if self.annex.serial {
                rows.push_str(&format!("| {count} "));
            }
            let key_of = |column: usize| keys.cell(ledger, at, column);
            push_cells(&mut rows, row, &mut columns, is_listed.is_none(), key_of);
            if rows.len() > self.filler.rest() {
                return Err(self.filler.too_long(&annex_title(self.index)));
            }
        }
        self.filler.spend(rows.len());
        Ok(if count == 0 { String::new() } else { head(&columns, self.annex.serial) + &rows })
    }

    fn columns(&self, ledger: usize) -> Vec<AnnexColumn<'a>> {
        let Some((_, ledger)) = self.filler.notice.ledger.get_index(ledger) else { return Vec::new() };
        let column = |id: &Spanned<String>| {
            let (index, _, column) = ledger.columns.get_full(id.get_ref())?;
            let may_be_blank = self.annex.optional.iter().any(|optional| optional.get_ref() == id.get_ref());
            Some(AnnexColumn { index, column, may_be_blank, longest: 0 })
        };
        self.annex.columns.iter().filter_map(column).collect()
    }
}

/// The header row and the row of alignments: long texts are aligned left, all else is centred.
fn head(columns: &[AnnexColumn<'_>], has_serial: bool) -> String {
    /// Characters of a text that is still centred: names and words of state are.
    const SHORT: usize = 8;
    let serial = if has_serial { "| 序号 " } else { "" };
    let mut head = serial.to_owned();
    let mut aligns = if has_serial { "| :---: " } else { "" }.to_owned();
    for AnnexColumn { column, longest, .. } in columns {
        head.push_str(&format!("| {} ", escape::escaped(&header(column))));
        aligns.push_str(if column.kind == ColumnType::Text && *longest > SHORT { "| :--- " } else { "| :---: " });
    }
    format!("{head}|\n{aligns}|\n")
}

/// The cells of a row. Whether an undecided row belongs into the list is a gap in its first cell.
fn push_cells(
    text: &mut String,
    row: &Row,
    columns: &mut [AnnexColumn<'_>],
    is_undecided: bool,
    key_of: impl Fn(usize) -> u32,
) {
    let mut printed = String::new();
    for (at, cell) in columns.iter_mut().enumerate() {
        printed.clear();
        let value = row.value(cell.index);
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
