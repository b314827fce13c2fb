//! What the sheets of ledger files look like: columns with their headers, cells and hints.
//!
//! Input: the sheets that a reader process found, and the hints of their forms. Output: an [`ObservedLedger`] for each
//! sheet with a header. Nothing is guessed here.

use super::error::ScaffoldError;
use super::guess::implied_unit;
use super::guess::part_of_year::PERIOD_HEADERS;
use super::header_rows::{self, HeaderRows};
use super::label::Label;
use super::nil_rows::nil_word;
use super::phrase::joined;
use crate::ingest::{
    FormHint, FormHints, HintKind, RawCell, RawRow, RawSheet, cell_address, column_texts, fold, normalize,
};

/// Rows of data that are looked at; more say nothing new about a column.
const MAX_ROWS: usize = 2_000;
/// Columns of a ledger that are taken over.
const MAX_COLUMNS: usize = 60;

/// A ledger file as its reader gives it.
#[derive(Debug)]
pub struct SourceFile {
    /// Its name with the extension.
    pub name: String,
    /// The sheets as the reader process sends them, cut to the rows that guesses need.
    pub sheets: Vec<RawSheet>,
    /// What its forms say.
    pub hints: Vec<FormHints>,
}

/// A sheet with a header.
#[derive(Debug)]
pub(super) struct ObservedLedger {
    /// The name of its file, without the extension.
    pub stem: String,
    /// The name of its sheet; empty for a text file.
    pub sheet: String,
    /// The names of all its sheets, where several of a file have the same header; none otherwise.
    pub united: Vec<String>,
    /// Whether its file has other ledgers, too.
    pub has_siblings: bool,
    /// The texts above the header.
    pub above: Vec<String>,
    /// Its columns, from left to right.
    pub columns: Vec<ObservedColumn>,
    /// How many rows of data it has.
    pub rows: usize,
    /// What is written into rows that report nothing, which are not among the rows of data.
    pub nil: Vec<String>,
}

/// A column of a sheet.
#[derive(Debug)]
pub(super) struct ObservedColumn {
    /// Its header texts, from the highest group down.
    pub path: Vec<String>,
    /// The lowest of them, taken apart.
    pub label: Label,
    /// The name of the text above it that says what it is a part of; empty where its own name says enough.
    pub group: String,
    /// For each row of data its cell.
    pub cells: Vec<Option<RawCell>>,
    /// Its texts in rows that report nothing, which are no rows of data.
    pub nil: Vec<String>,
    /// How many of the blank cells belong to a merged range above.
    pub merged: usize,
    /// What its form says.
    pub hint: Option<HintKind>,
}

impl ObservedColumn {
    /// What it is called, with the text above it where its own says too little.
    pub(super) fn name(&self) -> String {
        // 开放天数 over 应开放 and 实际开放: 应开放天数.
        match implied_unit::of_number(&self.group) {
            Some(_) => joined(&self.label.name, &self.group),
            None => joined(&self.group, &self.label.name),
        }
    }

    /// The text above the lowest, taken apart.
    pub(super) fn upper(&self) -> Option<Label> {
        let above = self.path.len().checked_sub(2)?;
        self.path.get(above).map(|text| Label::new(text))
    }

    /// The cells that are filled in.
    pub(super) fn filled(&self) -> impl Iterator<Item = &RawCell> {
        self.cells.iter().flatten()
    }

    /// How many cells are filled in.
    pub(super) fn filled_count(&self) -> usize {
        self.filled().count()
    }

    /// How many cells are blank and belong to no merged range.
    pub(super) fn blank_count(&self) -> usize {
        self.cells.len() - self.filled_count() - self.merged
    }

    /// The texts of the filled cells, each once, in the order of the rows.
    pub(super) fn distinct_texts(&self) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        for raw in self.filled() {
            let text = normalize(&raw.to_text()).0.trim().to_owned();
            if !texts.iter().any(|known| fold(known) == fold(&text)) {
                texts.push(text);
            }
        }
        texts
    }
}

impl ObservedLedger {
    /// Adds the rows of another sheet with the same headers. The file gives the name then.
    fn add(&mut self, other: Self) {
        if self.united.is_empty() {
            self.united.push(std::mem::take(&mut self.sheet));
        }
        self.united.push(other.sheet);
        self.rows += other.rows;
        self.nil.extend(other.nil);
        for (column, added) in self.columns.iter_mut().zip(other.columns) {
            column.cells.extend(added.cells);
            column.nil.extend(added.nil);
            column.merged += added.merged;
        }
    }

    /// What the headers are, joined.
    pub(super) fn header(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.label.name.as_str()).collect();
        names.join("、")
    }
}

/// The ledgers of all files.
///
/// # Errors
/// When there is no file, or one without a header.
pub(super) fn observe(files: &[SourceFile]) -> Result<Vec<ObservedLedger>, ScaffoldError> {
    if files.is_empty() {
        return Err(ScaffoldError::NoLedgers);
    }
    let mut ledgers = Vec::new();
    for file in files {
        let found: Vec<ObservedLedger> =
            file.sheets.iter().filter(|sheet| !sheet.hidden).filter_map(|sheet| observe_sheet(sheet, file)).collect();
        if found.is_empty() {
            return Err(ScaffoldError::NoHeader(file.name.clone()));
        }
        let mut found = united(found);
        let has_siblings = found.len() > 1;
        found.iter_mut().for_each(|ledger| ledger.has_siblings = has_siblings);
        ledgers.extend(found);
    }
    Ok(ledgers)
}

fn observe_sheet(sheet: &RawSheet, file: &SourceFile) -> Option<ObservedLedger> {
    let header = header_rows::find(sheet)?;
    let texts = column_texts(sheet, header.first, header.last);
    let (nil_rows, rows): (Vec<&RawRow>, Vec<&RawRow>) =
        data_rows(sheet, header).take(MAX_ROWS).partition(|row| nil_word(row, texts.len()).is_some());
    let words = distinct(nil_rows.iter().filter_map(|row| nil_word(row, texts.len())));
    let hints = file.hints.iter().find(|hints| hints.sheet == sheet.name);
    let hints = hints.map_or(&[][..], |hints| &hints.hints);
    let mut columns: Vec<ObservedColumn> = Vec::new();
    for (col, path) in texts {
        let path: Vec<String> = path.into_iter().filter(|text| !text.is_empty()).collect();
        let is_repeated = columns.iter().any(|known| known.path == path);
        let Some(leaf) = path.last().filter(|_| !is_repeated && !sheet.is_column_hidden(col)) else { continue };
        let label = Label::new(leaf);
        let cells: Vec<Option<RawCell>> = rows.iter().map(|row| row.get(col).cloned()).collect();
        let is_merged = |row: &&&RawRow| sheet.anchor(row.row, col).is_some_and(|first| first != (row.row, col));
        let merged = rows.iter().filter(is_merged).count();
        let hint = hint_of(hints, col, header.last).map(|kind| resolved(kind, file));
        let nil = nil_rows.iter().filter_map(|row| Some(row.get(col)?.to_text().trim().to_owned())).collect();
        columns.push(ObservedColumn { path, label, group: String::new(), cells, nil, merged, hint });
    }
    columns.truncate(MAX_COLUMNS);
    let groups: Vec<String> = columns.iter().map(|column| group(column, &columns)).collect();
    columns.iter_mut().zip(groups).for_each(|(column, group)| column.group = group);
    let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
    let above = sheet.rows.iter().take_while(|row| row.row < header.first).flat_map(|row| &row.cells);
    let above = above.map(|(_, raw)| raw.to_text().trim().to_owned()).collect();
    let (stem, sheet, rows) = (stem.to_owned(), sheet.name.clone(), rows.len());
    let (united, has_siblings) = (Vec::new(), false);
    (columns.len() > 1).then_some(ObservedLedger {
        stem,
        sheet,
        united,
        has_siblings,
        above,
        columns,
        rows,
        nil: words,
    })
}

/// Characters of a name that says too little without the text above it, and of a text that may be put in front.
const MAX_UNCLEAR: usize = 4;
const MAX_GROUP: usize = 12;

/// The name of the text above a column that is put in front of its own: one over several columns of which this has a
/// short name. A text such as 其中 or 基本情况 says nothing.
fn group(column: &ObservedColumn, columns: &[ObservedColumn]) -> String {
    /// Names that say enough.
    const CLEAR: [&str; 4] = ["序号", "姓名", "备注", "名称"];
    let name = column.label.name.as_str();
    let is_clear = CLEAR.contains(&name) || PERIOD_HEADERS.contains(&name) || name.chars().count() > MAX_UNCLEAR;
    let above = |path: &[String]| path.split_last().map(|(_, above)| above.to_vec());
    let siblings = columns.iter().filter(|other| above(&other.path) == above(&column.path)).count();
    let upper = column.upper().unwrap_or_default().name;
    let upper = upper.strip_suffix("情况").unwrap_or(&upper);
    let says_nothing = ["其中", "基本"].iter().any(|word| upper.starts_with(word));
    let is_group = (1..=MAX_GROUP).contains(&upper.chars().count()) && !says_nothing;
    if is_group && siblings > 1 && !is_clear { upper.to_owned() } else { String::new() }
}

/// The ledgers of a file; sheets with the same headers in the same order are one.
fn united(found: Vec<ObservedLedger>) -> Vec<ObservedLedger> {
    let mut ledgers: Vec<ObservedLedger> = Vec::new();
    for ledger in found {
        let is_same = |known: &&mut ObservedLedger| {
            let paths = known.columns.iter().map(|column| &column.path);
            paths.eq(ledger.columns.iter().map(|column| &column.path))
        };
        match ledgers.iter_mut().find(is_same) {
            Some(known) => known.add(ledger),
            None => ledgers.push(ledger),
        }
    }
    ledgers
}

/// The texts, each once, in their order.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts {
        if !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}

/// Beginnings of rows below a header that are no data, folded: totals, examples, notes, lines to sign.
const NO_DATA: [&str; 19] = [
    "合计",
    "总计",
    "小计",
    "共计",
    "累计",
    "示例",
    "(示例",
    "例:",
    "注:",
    "备注:",
    "说明",
    "填表",
    "填报",
    "制表",
    "审核",
    "单位负责人",
    "联系人",
    "经办人",
    "负责人:",
];

/// The rows below the header that hold data. `ingest/classify` decides about rows with the settings of their columns;
/// what a row too many would say here is only evidence.
fn data_rows(sheet: &RawSheet, header: HeaderRows) -> impl Iterator<Item = &RawRow> {
    let width = sheet.row(header.first).map_or(0, |row| row.cells.len());
    let is_hidden = |row: u32| sheet.hidden_rows.iter().any(|range| (range.first..=range.last).contains(&row));
    sheet.rows.iter().filter(move |row| {
        let first = row.cells.first().map(|(_, raw)| fold(&raw.to_text()).into_owned()).unwrap_or_default();
        let is_note = NO_DATA.iter().any(|beginning| first.starts_with(beginning));
        let is_filled = row.cells.len() > 1 || width <= 2;
        row.row > header.last && is_filled && !is_note && !sheet.total_rows.contains(&row.row) && !is_hidden(row.row)
    })
}

/// What the form says about the cells below the header in a column; a validation before a format.
fn hint_of(hints: &[FormHint], col: u32, header: u32) -> Option<&HintKind> {
    let covers = |hint: &&FormHint| (hint.columns.0..=hint.columns.1).contains(&col) && hint.rows.1 > header;
    let of_column: Vec<&HintKind> = hints.iter().filter(covers).map(|hint| &hint.kind).collect();
    let is_format = |kind: &HintKind| matches!(kind, HintKind::DateFormat | HintKind::PercentFormat);
    of_column.iter().find(|kind| !is_format(kind)).or_else(|| of_column.first()).copied()
}

/// A hint whose list of choices refers to cells of the file, with the texts of these cells.
fn resolved(kind: &HintKind, file: &SourceFile) -> HintKind {
    let HintKind::ChoicesIn(reference) = kind else { return kind.clone() };
    let texts = cells_of(reference, file).unwrap_or_default();
    if texts.is_empty() { kind.clone() } else { HintKind::Choices(texts) }
}

/// Cells of a list of choices.
const MAX_CHOICE_CELLS: u32 = 200;

/// The texts in a range such as `选项!$A$1:$A$4`.
fn cells_of(reference: &str, file: &SourceFile) -> Option<Vec<String>> {
    let (sheet, range) = reference.rsplit_once('!')?;
    let sheet = file.sheets.iter().find(|known| known.name == sheet.trim_matches('\''))?;
    let range = range.replace('$', "");
    let (first, last) = range.split_once(':').unwrap_or((&range, &range));
    let ((top, left), (bottom, right)) = (cell_address(first)?, cell_address(last)?);
    let rows = top..=bottom.min(top.saturating_add(MAX_CHOICE_CELLS));
    let cells = rows.flat_map(|row| (left..=right.min(left.saturating_add(1))).map(move |col| (row, col)));
    let texts = cells.filter_map(|(row, col)| sheet.get(row, col)).map(|raw| raw.to_text().trim().to_owned());
    Some(texts.filter(|text| !text.is_empty()).collect())
}
