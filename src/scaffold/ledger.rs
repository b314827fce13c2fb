//! Designs one ledger: its columns, how its rows are counted, what its sheets are called.

use super::columns::{DesignedColumns, LedgerNames, design_columns};
use super::counting;
use super::design::{ColumnDesign, LedgerDesign, PeriodColumn};
use super::error::ScaffoldError;
use super::guess::{Guess, part_of_year, title};
use super::observe::ObservedLedger;
use super::questions::{Importance, Questionnaire, Subject};
use crate::notice::ColumnType;

/// A ledger as it will be written, with the ids of the sheet's columns.
pub(super) struct DesignedLedger {
    pub(super) design: LedgerDesign,
    /// For each observed column its id; empty for one that is left out.
    pub(super) ids: Vec<String>,
}

/// Designs a ledger.
///
/// # Errors
/// When an answer is impossible.
pub(super) fn design_ledger(
    ledger: &ObservedLedger,
    names: &LedgerNames<'_>,
    asked: &mut Questionnaire,
) -> Result<DesignedLedger, ScaffoldError> {
    let designed = design_columns(ledger, names, asked)?;
    let counting = counting::guess(ledger, names.title, names.branch, &designed);
    let guessed = counting.measure.value.clone();
    // Nothing counts the rows of a roster.
    let is_roster = names.roster.is_some();
    let measure = if is_roster { counting.measure } else { asked.text(measure_subject(names), counting.measure) };
    let DesignedColumns { columns, ids } = designed;
    let design = LedgerDesign {
        id: names.id.to_owned(),
        title: names.title.to_owned(),
        noun: title::noun(names.title),
        // Whoever says another unit counts rows by it.
        quantity: counting.quantity.filter(|_| measure.value == guessed),
        measure,
        is_uncounted: counting.is_uncounted,
        quarters: quarter_column(ledger, &columns),
        months: month_column(ledger, &columns),
        kinds: counting.kinds,
        every_branch: Guess::given(false),
        nil: Vec::new(),
        sheets: sheet_names(ledger, names.title),
        is_united: !ledger.united.is_empty(),
        columns,
    };
    Ok(DesignedLedger { design, ids })
}

/// The question about the unit of a ledger's rows.
fn measure_subject(LedgerNames { id, title, .. }: &LedgerNames<'_>) -> Subject {
    let text = format!("《{title}》的一行叫一什么");
    Subject { importance: Importance::Column, key: format!("{id}.量词"), text }
}

/// The column that says of which quarter a row is, where there are rows of several.
fn quarter_column(ledger: &ObservedLedger, columns: &[ColumnDesign]) -> Option<PeriodColumn> {
    let names = |header: &str, word: &str| part_of_year::quarter_below(header, word).is_some();
    period_column(ledger, columns, &names).filter(|column| column.words.len() > 1)
}

/// The column that says of which month a row is.
fn month_column(ledger: &ObservedLedger, columns: &[ColumnDesign]) -> Option<PeriodColumn> {
    period_column(ledger, columns, &|header, word| part_of_year::month_below(header, word).is_some())
}

/// The column of texts or numbers that each name a quarter, or a month.
fn period_column(
    ledger: &ObservedLedger,
    columns: &[ColumnDesign],
    names_period: &dyn Fn(&str, &str) -> bool,
) -> Option<PeriodColumn> {
    ledger.columns.iter().zip(columns).find_map(|(observed, column)| {
        let is_number = matches!(column.kind, ColumnType::Integer | ColumnType::Decimal);
        if !is_number && column.kind != ColumnType::Text {
            return None;
        }
        let (header, words) = (observed.label.name.clone(), observed.distinct_texts());
        let are_periods = !words.is_empty() && words.iter().all(|word| names_period(&header, word));
        are_periods.then(|| PeriodColumn {
            id: column.id.clone(),
            label: column.label.clone(),
            header,
            words,
            is_number,
        })
    })
}

/// The names by which sheets of a ledger are recognised.
fn sheet_names(ledger: &ObservedLedger, title: &str) -> Vec<String> {
    let mut names = vec![title.to_owned()];
    for name in [&ledger.sheet, &ledger.stem].into_iter().chain(&ledger.united) {
        let is_shared = name == &ledger.stem && ledger.has_siblings;
        if !name.is_empty() && !is_shared && !names.contains(name) && !title::is_program_name(name) {
            names.push(name.clone());
        }
    }
    names
}
