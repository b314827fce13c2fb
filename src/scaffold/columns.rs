//! The columns of a ledger as they will be written.

use std::collections::HashSet;

use super::design::{ColumnDesign, LedgerDesign, ProposedRoster};
use super::error::ScaffoldError;
use super::guess::column_type::{self, ColumnContent, is_required};
use super::guess::roster::RosterColumns;
use super::guess::{Confidence, Guess, unit, variants};
use super::ids::Ids;
use super::label::Label;
use super::nil_rows::is_nil_word;
use super::observe::{ObservedColumn, ObservedLedger};
use super::phrase::in_quotes;
use super::questions::{Importance, Questionnaire, Subject, refused};
use super::roles::{done_choices, unclear_states};
use super::type_question::{AskedColumn, asked_type};
use crate::ingest::{RawCell, fold};
use crate::notice::{ColumnType, settings_header};

/// Why a number with blank cells has no sum.
const BLANKS: &str = "空着的不是 0，有空格的单位合计是待填写";
/// The column of short names in the roster that is proposed.
pub(super) const SHORT: &str = "简称";

/// What a ledger is called and which of its columns have a fixed part.
pub(super) struct LedgerNames<'a> {
    /// Its id, with which the keys of questions begin.
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    /// The index of the branch column.
    pub(super) branch: usize,
    /// Its columns when it is the roster.
    pub(super) roster: Option<&'a RosterColumns>,
    /// The year of days without one.
    pub(super) year: i16,
}

/// The columns of a ledger as they will be written, with the ids of the sheet's columns.
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
    asked: &mut Questionnaire,
) -> Result<DesignedColumns, ScaffoldError> {
    let mut ids = Ids::default();
    let mut designed = DesignedColumns { columns: Vec::new(), ids: Vec::new() };
    for (at, column) in ledger.columns.iter().enumerate() {
        let id = ids.take(&column.name());
        let guess = match fixed_type(at, column, names) {
            Some(guess) => Some(guess),
            None => {
                let LedgerNames { id: ledger, title, year, .. } = *names;
                asked_type(&AskedColumn { ledger, title, id: &id, column, year }, asked)?
            }
        };
        let Some(guess) = guess else {
            designed.ids.push(String::new());
            continue;
        };
        designed.ids.push(id.clone());
        let mut design = design_column(id, column, ledger, guess);
        if design.kind == ColumnType::Choice && names.roster.is_none() {
            unite_variants(&mut design, names, asked)?;
            design.done = asked_done(&design, names, asked)?;
        }
        designed.columns.push(design);
    }
    mark_blanks_without_fault(ledger, &mut designed);
    mark_blanks_until_done(ledger, &mut designed);
    distinct_spellings(&mut designed.columns);
    refuse_same_columns(&designed.columns, names.title)?;
    require_identity(&mut designed.columns);
    Ok(designed)
}

/// The type of a branch column, and of the name and the kind in a roster.
fn fixed_type(at: usize, column: &ObservedColumn, names: &LedgerNames<'_>) -> Option<column_type::TypeGuess> {
    let fixed = |kind, content, reason: &str| Some(Guess::new((kind, content), Confidence::Certain, reason));
    match names.roster {
        Some(roster) if at == roster.name => fixed(ColumnType::Text, ColumnContent::default(), "名册里的名称"),
        Some(roster) if at == roster.kind => {
            let values = column.distinct_texts();
            fixed(ColumnType::Choice, ColumnContent { values, ..ColumnContent::default() }, "名册里的类别")
        }
        Some(roster) if Some(at) == roster.short => fixed(ColumnType::Text, ColumnContent::default(), "名册里的简称"),
        None if at == names.branch => fixed(ColumnType::Branch, ColumnContent::default(), "写着这一行是谁的"),
        _ => None,
    }
}

/// Takes the choices of a column that are other ways to write one for that one.
fn unite_variants(
    column: &mut ColumnDesign,
    LedgerNames { id, title, .. }: &LedgerNames<'_>,
    asked: &mut Questionnaire,
) -> Result<(), ScaffoldError> {
    let guessed = variants::guess(&column.values);
    let key = format!("{id}.{}.同义", column.id);
    if guessed.is_empty() && !asked.has(&key) {
        return Ok(());
    }
    let text = format!("《{title}》的“{}”，这几种写法是不是一回事（没有的写“不合并”）", column.label);
    let guess = Guess::new(variants::written(&guessed), Confidence::Likely, "看字面，都算等号前面的那一种");
    let answer = asked.text(Subject { importance: Importance::Done, key: key.clone(), text }, guess).value;
    let expected =
        || refused(&key, &answer, &format!("甲=乙；丙=丁（从{}里取），或“不合并”", column.values.join("、")));
    let synonyms = variants::read(&answer, &column.values).ok_or_else(expected)?;
    let is_other = |value: &String| synonyms.iter().any(|(other, _)| other == value);
    column.values.retain(|value| !is_other(value));
    column.synonyms = synonyms;
    Ok(())
}

/// Marks the columns that are blank wherever no fault was found: they are about faults alone.
fn mark_blanks_without_fault(ledger: &ObservedLedger, designed: &mut DesignedColumns) {
    let Some(faults) = designed.columns.iter().find(|column| column.kind == ColumnType::Text && column.names_faults())
    else {
        return;
    };
    let observed = |id: &str| {
        let at = designed.ids.iter().position(|known| known == id)?;
        ledger.columns.get(at)
    };
    let Some(cells) = observed(&faults.id).map(|column| &column.cells) else { return };
    let has_none = |raw: &Option<RawCell>| raw.as_ref().is_some_and(|raw| is_nil_word(raw.to_text().trim()));
    let without: Vec<usize> = (0..cells.len()).filter(|row| has_none(&cells[*row])).collect();
    let is_blank = |column: &&ColumnDesign| {
        let cells = observed(&column.id).map(|column| &column.cells);
        cells.is_some_and(|cells| without.iter().all(|row| cells.get(*row).is_none_or(Option::is_none)))
    };
    let ids: Vec<String> = designed.columns.iter().filter(is_blank).map(|column| column.id.clone()).collect();
    for column in designed.columns.iter_mut().filter(|column| ids.contains(&column.id)) {
        column.is_blank_without_fault = true;
    }
}

/// Marks the numbers that are blank in rows alone that are not done: what a repair cost is known when it is done.
fn mark_blanks_until_done(ledger: &ObservedLedger, designed: &mut DesignedColumns) {
    let Some(state) = designed.columns.iter().find(|column| !column.done.is_empty()) else { return };
    let cells = |id: &str| {
        let at = designed.ids.iter().position(|known| known == id)?;
        ledger.columns.get(at).map(|column| &column.cells)
    };
    let Some(states) = cells(&state.id) else { return };
    let means_done = |raw: &RawCell| {
        let text = fold(raw.to_text().trim()).into_owned();
        let is_meant = |value: &String| fold(value) == text;
        let is_variant = |(variant, value): &(String, String)| fold(variant) == text && state.done.contains(value);
        state.done.iter().any(is_meant) || state.synonyms.iter().any(is_variant)
    };
    let is_done = |row: usize| states.get(row).and_then(Option::as_ref).is_some_and(means_done);
    let is_blank_until_done = |column: &&ColumnDesign| {
        let is_number = matches!(column.kind, ColumnType::Integer | ColumnType::Decimal);
        let Some(cells) = cells(&column.id).filter(|_| is_number) else { return false };
        let blank: Vec<usize> = (0..cells.len()).filter(|row| cells[*row].is_none()).collect();
        !blank.is_empty() && blank.iter().all(|row| !is_done(*row))
    };
    let ids: Vec<String> =
        designed.columns.iter().filter(is_blank_until_done).map(|column| column.id.clone()).collect();
    for column in designed.columns.iter_mut().filter(|column| ids.contains(&column.id)) {
        column.is_blank_until_done = true;
        column.reason = column.reason.replace(BLANKS, "没有办完的空着，合计加办完的和填了的");
    }
}

/// Refuses two columns that have the same spelling.
fn refuse_same_columns(columns: &[ColumnDesign], ledger: &str) -> Result<(), ScaffoldError> {
    let mut seen = HashSet::new();
    for column in columns {
        let own: HashSet<String> = column.header.iter().map(|header| fold(header).into_owned()).collect();
        if own.iter().any(|header| seen.contains(header)) {
            let header = column.header.first().cloned().unwrap_or_default();
            return Err(ScaffoldError::SameColumns { ledger: ledger.to_owned(), header });
        }
        seen.extend(own);
    }
    Ok(())
}

/// Leaves columns whose headers differ by their remarks alone the spelling with the remark: 数量（台）, 数量（套）.
fn distinct_spellings(columns: &mut [ColumnDesign]) {
    let bare = |column: &ColumnDesign| column.header.first().map(|header| fold(header).into_owned());
    let all: Vec<Option<String>> = columns.iter().map(bare).collect();
    for (at, column) in columns.iter_mut().enumerate() {
        let is_shared = all.iter().enumerate().any(|(other, header)| other != at && *header == all[at]);
        if is_shared && column.header.len() > 1 {
            column.header.remove(0);
            column.label = column.header[0].rsplit('/').next().unwrap_or_default().to_owned();
        }
    }
}

/// Which choices of a column count as done.
fn asked_done(
    column: &ColumnDesign,
    LedgerNames { id, title, .. }: &LedgerNames<'_>,
    asked: &mut Questionnaire,
) -> Result<Vec<String>, ScaffoldError> {
    let done = done_choices(&column.values);
    let key = format!("{id}.{}.完成", column.id);
    if done.is_empty() && !asked.has(&key) {
        return Ok(Vec::new());
    }
    let text = format!("《{title}》的“{}”，哪几种算完成（都不算的写“无”）", column.label);
    let unclear = unclear_states(&column.values);
    let reason = match unclear.len() {
        of if of == 0 || done.is_empty() => "看字面".to_owned(),
        _ => {
            let unclear = in_quotes(unclear.iter().map(|text| text.as_str()));
            format!("看字面；{unclear}看不出，没有算；是同一种的另一种写法，在“同义”里合并")
        }
    };
    let guess = Guess::new(done, Confidence::Likely, reason);
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
    let is_number = matches!(kind, ColumnType::Integer | ColumnType::Decimal | ColumnType::Percent);
    if has_blanks && is_number {
        reason = format!("{reason}；{BLANKS}");
    }
    let mut unit = content.unit;
    if unit.is_none() && matches!(kind, ColumnType::Integer | ColumnType::Decimal) {
        let stated = unit::stated_above(&ledger.above, &column.label.name);
        if let Some(Guess { value, reason: why, .. }) = stated {
            reason = format!("{reason}；单位：{why}");
            unit = Some(value);
        }
    }
    // A cell below a filled one is blank where people write the branch only once.
    let fill_down = kind == ColumnType::Branch && has_blanks && column.cells.first().is_some_and(Option::is_some);
    if fill_down {
        reason = format!("{reason}；有 {} 格空着，当作与上一行相同", column.blank_count());
    }
    ColumnDesign {
        id,
        header: spellings(&column.path),
        label: column.name(),
        group: column.group.clone(),
        kind,
        values: content.values,
        unit,
        is_from_zero: is_from_zero(column, kind),
        required: is_required(column, ledger) && kind != ColumnType::Serial && kind != ColumnType::Branch,
        fill_down,
        has_blanks,
        is_blank_without_fault: false,
        is_blank_until_done: false,
        reason,
        is_certain: confidence == Confidence::Certain,
        synonyms: Vec::new(),
        done: Vec::new(),
        nothing: nothing(column, kind),
    }
}

/// The header as the settings spell it, groups and column with `/` between them and `//` for a stroke of a text:
/// without remarks, and as on the sheet.
fn spellings(path: &[String]) -> Vec<String> {
    let names: Vec<String> = path.iter().map(|text| Label::new(text).name).collect();
    let joined = |texts: &[String]| texts.iter().map(|text| settings_header(text)).collect::<Vec<_>>().join("/");
    // A line end within a header is no part of a spelling.
    let (bare, written) = (joined(&names), joined(path).replace('\n', ""));
    if bare == written { vec![bare] } else { vec![bare, written] }
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
pub(super) fn proposed_roster(roster: &ProposedRoster, ids: &mut Ids) -> LedgerDesign {
    let word = &roster.kind;
    let column = |id: &str, kind, values: Vec<String>, header: String| ColumnDesign {
        id: id.to_owned(),
        label: header.clone(),
        group: String::new(),
        header: vec![header],
        kind,
        values,
        unit: None,
        is_from_zero: false,
        required: id != SHORT,
        fill_down: false,
        has_blanks: id == SHORT,
        is_blank_without_fault: false,
        is_blank_until_done: false,
        reason: "另造的名册".to_owned(),
        is_certain: true,
        synonyms: Vec::new(),
        done: Vec::new(),
        nothing: Vec::new(),
    };
    let title = format!("{word}名册");
    let mut columns = vec![column("名称", ColumnType::Text, Vec::new(), format!("{word}名称"))];
    if roster.has_shorts() {
        columns.push(column(SHORT, ColumnType::Text, Vec::new(), SHORT.to_owned()));
    }
    columns.push(column("类别", ColumnType::Choice, vec![word.clone()], "类别".to_owned()));
    LedgerDesign {
        id: ids.take(&title),
        noun: word.clone(),
        measure: Guess::given("个".to_owned()),
        quantity: None,
        is_uncounted: false,
        quarters: None,
        months: None,
        kinds: None,
        every_branch: Guess::given(true),
        is_united: false,
        nil: Vec::new(),
        sheets: vec![title.clone()],
        columns,
        title,
    }
}
