//! The columns of a ledger as they will be written.

use super::design::{ColumnDesign, LedgerDesign};
use super::error::ScaffoldError;
use super::guess::column_type::{self, Content, is_required};
use super::guess::roster::RosterColumns;
use super::guess::{Confidence, Guess};
use super::ids::Ids;
use super::label::Label;
use super::nil_rows::is_nil_word;
use super::observe::{ObservedColumn, ObservedLedger};
use super::questions::{Importance, Questionnaire, Subject};
use super::roles::done_choices;
use crate::ingest::RawCell;
use crate::notice::{ColumnType, settings_header};

/// Types by the words with which they are answered; `None` leaves the column out.
const TYPES: [(&str, Option<ColumnType>); 9] = [
    ("文字", Some(ColumnType::Text)),
    ("整数", Some(ColumnType::Integer)),
    ("数字", Some(ColumnType::Decimal)),
    ("百分比", Some(ColumnType::Percent)),
    ("日期", Some(ColumnType::Date)),
    ("选项", Some(ColumnType::Choice)),
    ("是否", Some(ColumnType::Flag)),
    ("序号", Some(ColumnType::Serial)),
    ("不要", None),
];

/// The most choices that an answer may make of the texts in a column.
const MAX_ANSWERED_CHOICES: usize = 40;

/// What a ledger is called and which of its columns have a fixed part.
pub(super) struct LedgerNames<'a> {
    pub(super) title: &'a str,
    /// The index of the branch column.
    pub(super) branch: usize,
    /// Its columns when it is the roster.
    pub(super) roster: Option<&'a RosterColumns>,
    /// The year of days without one.
    pub(super) year: i16,
}

/// The columns of a ledger.
pub(super) struct DesignedColumns {
    pub(super) columns: Vec<ColumnDesign>,
    /// For each observed column its id; empty for one that is left out.
    pub(super) ids: Vec<String>,
}

/// Designs the columns of a ledger.
///
/// # Errors
/// When an answer is impossible.
pub(super) fn design_columns(
    ledger: &ObservedLedger,
    names: &LedgerNames<'_>,
    asked: &mut Questionnaire<'_>,
) -> Result<DesignedColumns, ScaffoldError> {
    let mut ids = Ids::default();
    let mut designed = DesignedColumns { columns: Vec::new(), ids: Vec::new() };
    for (at, column) in ledger.columns.iter().enumerate() {
        let id = ids.take(&column.label.name);
        let guess = match fixed_type(at, column, names) {
            Some(guess) => Some(guess),
            None => asked_type(&id, column, names, asked)?,
        };
        let Some(guess) = guess else {
            designed.ids.push(String::new());
            continue;
        };
        designed.ids.push(id.clone());
        let mut design = design_column(id, column, ledger, guess);
        if design.kind == ColumnType::Choice && names.roster.is_none() {
            design.done = asked_done(&design, names.title, asked)?;
        }
        designed.columns.push(design);
    }
    require_identity(&mut designed.columns);
    Ok(designed)
}

/// The type of a branch column, and of the name and the kind in a roster.
fn fixed_type(at: usize, column: &ObservedColumn, names: &LedgerNames<'_>) -> Option<column_type::TypeGuess> {
    let fixed = |kind, content, reason: &str| Some(Guess::new((kind, content), Confidence::Certain, reason));
    match names.roster {
        Some(roster) if at == roster.name => fixed(ColumnType::Text, Content::default(), "名册里的名称"),
        Some(roster) if at == roster.kind => {
            let values = column.distinct_texts();
            fixed(ColumnType::Choice, Content { values, ..Content::default() }, "名册里的类别")
        }
        Some(roster) if Some(at) == roster.short => fixed(ColumnType::Text, Content::default(), "名册里的简称"),
        None if at == names.branch => fixed(ColumnType::Branch, Content::default(), "写着这一行是谁的"),
        _ => None,
    }
}

/// The type of another column; `None` when it is to be left out.
fn asked_type(
    id: &str,
    column: &ObservedColumn,
    names: &LedgerNames<'_>,
    asked: &mut Questionnaire<'_>,
) -> Result<Option<column_type::TypeGuess>, ScaffoldError> {
    let guess = column_type::guess(column, names.year);
    let (kind, content) = guess.value;
    let Some(at) = TYPES.iter().position(|(_, known)| *known == Some(kind)) else {
        return Ok(Some(Guess { value: (kind, content), ..guess }));
    };
    let subject = Subject {
        importance: Importance::Column,
        key: format!("{}.{id}.类型", names.title),
        text: format!("《{}》的“{}”填的是什么", names.title, column.label.name),
    };
    let options = TYPES.iter().map(|(word, _)| (*word).to_owned()).collect();
    let chosen = asked.one_of(subject, options, Guess::new(at, guess.confidence, guess.reason))?;
    let Some(chosen_kind) = TYPES[chosen.value].1 else { return Ok(None) };
    let mut content = content;
    if chosen_kind == ColumnType::Choice && content.values.is_empty() {
        content.values = column.distinct_texts();
        content.values.truncate(MAX_ANSWERED_CHOICES);
    }
    if chosen_kind != ColumnType::Choice {
        content.values.clear();
    }
    // A choice needs choices; without any text to take them from the column stays a text.
    let is_empty_choice = chosen_kind == ColumnType::Choice && content.values.is_empty();
    let kind = if is_empty_choice { ColumnType::Text } else { chosen_kind };
    Ok(Some(Guess { value: (kind, content), reason: chosen.reason, confidence: chosen.confidence }))
}

/// Which choices of a column count as done.
fn asked_done(column: &ColumnDesign, title: &str, asked: &mut Questionnaire<'_>) -> Result<Vec<String>, ScaffoldError> {
    let done = done_choices(&column.values);
    let key = format!("{title}.{}.完成", column.id);
    if done.is_empty() && !asked.has(&key) {
        return Ok(Vec::new());
    }
    let text = format!("《{title}》的“{}”，哪几种算完成", column.label);
    let guess = Guess::new(done, Confidence::Likely, "看字面");
    let done = asked.some_of(Subject { importance: Importance::Done, key, text }, &column.values, guess)?;
    Ok(done.value.iter().filter_map(|at| column.values.get(*at).cloned()).collect())
}

fn design_column(
    id: String,
    column: &ObservedColumn,
    ledger: &ObservedLedger,
    guess: column_type::TypeGuess,
) -> ColumnDesign {
    let Guess { value: (kind, content), mut reason, confidence } = guess;
    let has_blanks = column.blank_count() > 0;
    // A cell below a filled one is blank where people write the branch only once.
    let fill_down = kind == ColumnType::Branch && has_blanks && column.cells.first().is_some_and(Option::is_some);
    if fill_down {
        reason = format!("{reason}；有 {} 格空着，当作与上一行相同", column.blank_count());
    }
    ColumnDesign {
        id,
        header: spellings(&column.path),
        label: column.label.name.clone(),
        kind,
        values: content.values,
        unit: content.unit,
        is_from_zero: is_from_zero(column, kind),
        required: is_required(column, ledger) && kind != ColumnType::Serial && kind != ColumnType::Branch,
        fill_down,
        has_blanks,
        reason,
        is_certain: confidence == Confidence::Certain,
        done: Vec::new(),
        nothing: nothing(column, kind),
    }
}

/// The header as the settings spell it, groups and column with `/` between them and `//` for a stroke of a text: without remarks, and as on the sheet.
fn spellings(path: &[String]) -> Vec<String> {
    let names: Vec<String> = path.iter().map(|text| Label::new(text).name).collect();
    let joined = |texts: &[String]| texts.iter().map(|text| settings_header(text)).collect::<Vec<_>>().join("/");
    let (bare, written) = (joined(&names), joined(path));
    // A line end within a header is no part of a spelling.
    if bare == written || written.contains('\n') { vec![bare] } else { vec![bare, written] }
}

/// The texts of a column of texts that say that there is nothing.
fn nothing(column: &ObservedColumn, kind: ColumnType) -> Vec<String> {
    let texts = if kind == ColumnType::Text { column.distinct_texts() } else { Vec::new() };
    texts.into_iter().filter(|text| is_nil_word(text)).collect()
}

/// Whether a column has numbers, none of them negative.
fn is_from_zero(column: &ObservedColumn, kind: ColumnType) -> bool {
    let is_negative = |raw: &RawCell| raw.to_text().trim_start().starts_with(['-', '－']);
    matches!(kind, ColumnType::Integer | ColumnType::Decimal) && !column.filled().any(is_negative)
}

/// The first text says what a row is: without it a row says nothing.
fn require_identity(columns: &mut [ColumnDesign]) {
    let first = columns.iter_mut().find(|column| column.kind == ColumnType::Text && !column.has_blanks);
    if let Some(first) = first {
        first.required = true;
    }
}

/// The roster that is made of the names in ledgers.
pub(super) fn proposed_roster(word: &str, ids: &mut Ids) -> LedgerDesign {
    let column = |id: &str, kind, values: Vec<String>, header: String| ColumnDesign {
        id: id.to_owned(),
        label: header.clone(),
        header: vec![header],
        kind,
        values,
        unit: None,
        is_from_zero: false,
        required: true,
        fill_down: false,
        has_blanks: false,
        reason: "另造的名册".to_owned(),
        is_certain: true,
        done: Vec::new(),
        nothing: Vec::new(),
    };
    let title = format!("{word}名册");
    LedgerDesign {
        id: ids.take(&title),
        noun: word.to_owned(),
        measure: Guess::given("个".to_owned()),
        nil: Vec::new(),
        sheets: vec![title.clone()],
        columns: vec![
            column("名称", ColumnType::Text, Vec::new(), format!("{word}名称")),
            column("类别", ColumnType::Choice, vec![word.to_owned()], "类别".to_owned()),
        ],
        title,
    }
}
