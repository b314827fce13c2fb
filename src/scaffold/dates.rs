//! The days of a notice: the last one that counts, the first one of its period, the one by which reports are due.

use jiff::ToSpan;
use jiff::civil::Date;

use super::design::Basis;
use super::error::ScaffoldError;
use super::guess::period::{self, Period};
use super::guess::{Confidence, Guess};
use super::observe::ObservedLedger;
use super::questions::{Importance, Questionnaire, Subject, TITLE};
use crate::ingest::{RawCell, parse_day};

/// Days between the last day that counts and the day by which reports are due.
const DAYS_TO_REPORT: i64 = 15;
/// The key of the question about the first day of the period.
const START: &str = "本期第一天";

/// The days of a notice.
pub(super) struct Dates {
    pub(super) deadline: Guess<Date>,
    pub(super) cutoff: Guess<Date>,
    /// The first day of the period; `None` when nothing names the period.
    pub(super) start: Option<Guess<Date>>,
    /// The last day of the period that is named somewhere.
    pub(super) end: Option<Date>,
    /// What the period is called that is named somewhere: 2026年第三季度.
    pub(super) period: Option<String>,
}

/// Guesses the days, and asks about them.
///
/// # Errors
/// When an answer is no day.
pub(super) fn dates(
    ledgers: &[ObservedLedger],
    basis: &Basis,
    asked: &mut Questionnaire,
) -> Result<Dates, ScaffoldError> {
    let subject =
        |key: &str, text: &str| Subject { importance: Importance::Dates, key: key.to_owned(), text: text.to_owned() };
    let period = named_period(ledgers, basis, asked);
    let words = period.as_ref().map(Period::said);
    let end = period.as_ref().map(|period| period.end);
    let cutoff = asked.day(subject("数据截止日", "数据截止到哪一天"), cutoff(ledgers, basis, period.as_ref()))?;
    let guess = period.filter(|period| period.start <= cutoff.value).map(|period| {
        let reason = format!("“{}”的第一天", period.words);
        Guess::new(period.start, Confidence::Certain, reason)
    });
    let start = match guess {
        None if !asked.has(START) => None,
        guess => {
            let guess = guess.unwrap_or_else(|| Guess::new(cutoff.value, Confidence::Assumed, ""));
            Some(asked.day(subject(START, "这一期从哪一天起"), guess)?)
        }
    };
    let deadline = asked.day(subject("报送截止日期", "报送截止到哪一天"), deadline(basis, cutoff.value))?;
    Ok(Dates { deadline, cutoff, start, end, period: words })
}

/// The day by which the notice wants reports, else one some days behind the last that counts.
fn deadline(basis: &Basis, cutoff: Date) -> Guess<Date> {
    let written = basis.outline.iter().find_map(|outline| outline.notice.deadline.as_ref());
    // A day without a year that lies before the last one that counts is in the year behind it.
    let day = |text: &String| {
        let is_due = |day: &Date| *day >= cutoff;
        let year = cutoff.year();
        parse_day(text, year).filter(is_due).or_else(|| parse_day(text, year.saturating_add(1)).filter(is_due))
    };
    if let Some((text, day)) = written.and_then(|text| Some((text, day(text)?))) {
        return Guess::new(day, Confidence::Likely, format!("通知里写着“{text}”前报送"));
    }
    let due = cutoff.checked_add(DAYS_TO_REPORT.days()).unwrap_or(cutoff);
    Guess::new(due, Confidence::Assumed, format!("数据截止日后 {DAYS_TO_REPORT} 天"))
}

/// The period that the title names, when a person gave it, or the folder, the outline or a ledger. A ledger may be of one
/// month of it.
fn named_period(ledgers: &[ObservedLedger], basis: &Basis, asked: &Questionnaire) -> Option<Period> {
    let title = asked.answer(TITLE).into_iter();
    let outline = basis.outline.iter().flat_map(|outline| &outline.notice.title);
    let of_ledgers = ledgers.iter().flat_map(|ledger| [&ledger.stem, &ledger.sheet].into_iter().chain(&ledger.above));
    title.chain([&basis.folder]).chain(outline).chain(of_ledgers).find_map(|text| period::find(text))
}

/// The day that the notice names, else the end of the period, else the end of the month of the latest day in the ledgers that has passed.
fn cutoff(ledgers: &[ObservedLedger], basis: &Basis, period: Option<&Period>) -> Guess<Date> {
    let written = basis.outline.iter().find_map(|outline| outline.notice.cutoff.as_ref());
    let year = period.map_or(basis.today.year(), |period| period.end.year());
    if let Some((text, day)) = written.and_then(|text| Some((text, parse_day(text, year)?))) {
        return Guess::new(day, Confidence::Likely, format!("通知里写着数据截止到“{text}”"));
    }
    if let Some(period) = period {
        let reason = format!("标题里写着“{}”，取最后一天", period.words);
        return Guess::new(period.end, Confidence::Likely, reason);
    }
    let cells = ledgers.iter().flat_map(|ledger| &ledger.columns).flat_map(|column| column.filled());
    let day = |raw: &RawCell| match raw {
        RawCell::Date(day) => Some(day.value),
        RawCell::Text(text) => parse_day(text, basis.today.year()),
        _ => None,
    };
    match cells.filter_map(day).filter(|day| *day <= basis.today).max() {
        Some(latest) => {
            let end = latest.last_of_month().min(basis.today);
            Guess::new(end, Confidence::Assumed, format!("台账里已过的日期最晚是 {latest}"))
        }
        None => Guess::new(basis.today, Confidence::Assumed, "没有线索，取今天"),
    }
}
