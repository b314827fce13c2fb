//! Whether every branch has to report in a ledger: by the branches that have rows in it.

use std::collections::HashSet;

use super::design::{LedgerDesign, RosterDesign};
use super::error::ScaffoldError;
use super::guess::branch_column::names_in;
use super::guess::roster::RosterColumns;
use super::guess::{Confidence, Guess};
use super::nil_rows::{nil_words, usual_nil_words};
use super::observe::ObservedLedger;
use super::questions::{Importance, Questionnaire, Subject};
use crate::ingest::{fold, normalize};

/// The answers.
const OPTIONS: [&str; 2] = ["是", "否"];
/// Branches without rows that a reason names.
const MAX_NAMED: usize = 5;

/// The branches of a notice, each with all the ways to write it; the first is its full name.
pub(super) struct BranchNames(Vec<Vec<String>>);

impl BranchNames {
    /// The branches that `roster` lists; `own` is where they are when a ledger is the roster.
    pub(super) fn new(ledgers: &[ObservedLedger], own: Option<&RosterColumns>, roster: &RosterDesign) -> Self {
        if let Some(proposed) = &roster.proposed {
            let ways =
                proposed.branches.iter().map(|branch| [vec![branch.name.clone()], branch.shorts.clone()].concat());
            return Self(ways.collect());
        }
        let Some((ledger, columns)) = own.and_then(|own| Some((ledgers.get(own.ledger)?, own))) else {
            return Self(Vec::new());
        };
        let text = |column: usize, row: usize| {
            let raw = ledger.columns.get(column)?.cells.get(row)?.as_ref()?;
            Some(normalize(&raw.to_text()).0.trim().to_owned())
        };
        let ways = (0..ledger.rows).filter_map(|row| {
            let shorts = columns.short.and_then(|short| text(short, row)).unwrap_or_default();
            let shorts = shorts.split('、').filter(|short| !short.is_empty()).map(str::to_owned);
            Some(std::iter::once(text(columns.name, row)?).chain(shorts).collect())
        });
        Self(ways.collect())
    }

    /// The full names of the branches that have no row in a ledger, not even one that reports nothing.
    fn without_rows(&self, ledger: &ObservedLedger, branch: usize) -> Vec<&str> {
        let Some(column) = ledger.columns.get(branch) else { return Vec::new() };
        let fold_all = |names: HashSet<String>| -> HashSet<String> {
            names.iter().chain(&column.nil).map(|name| fold(name).into_owned()).collect()
        };
        let present = fold_all(names_in(column));
        let is_absent = |ways: &&Vec<String>| !ways.iter().any(|name| present.contains(&*fold(name)));
        self.0.iter().filter(is_absent).filter_map(|ways| Some(ways.first()?.as_str())).collect()
    }
}

/// The branches without rows in a ledger, by their full names.
struct Coverage<'a> {
    /// Those that have rows in another ledger.
    absent: Vec<&'a str>,
    /// Those that have rows in no ledger.
    silent: &'a [&'a str],
}

/// Guesses whether every branch has to report, asks about it, and sets it with the words of nil reports. `word` is
/// what a branch is called.
///
/// # Errors
/// When the answer is impossible.
fn ask(
    design: &mut LedgerDesign,
    ledger: &ObservedLedger,
    coverage: &Coverage<'_>,
    word: &str,
    asked: &mut Questionnaire,
) -> Result<(), ScaffoldError> {
    let guess = guess(design, ledger, coverage, word);
    let subject = Subject {
        importance: Importance::Coverage,
        key: format!("{}.都要报", design.id),
        text: format!("《{}》是不是每个{word}都要报（没有的报“无”）", design.title),
    };
    let place = if guess.value { 0 } else { 1 };
    let options = OPTIONS.map(str::to_owned).to_vec();
    let chosen = asked.one_of(subject, options, Guess::new(place, guess.confidence, guess.reason))?;
    design.every_branch = Guess::new(chosen.value == 0, chosen.confidence, chosen.reason);
    design.nil = match (design.every_branch.value && !design.is_uncounted, ledger.nil.is_empty()) {
        (true, true) => usual_nil_words(),
        _ => nil_words(&ledger.nil),
    };
    Ok(())
}

fn guess(design: &LedgerDesign, ledger: &ObservedLedger, coverage: &Coverage<'_>, word: &str) -> Guess<bool> {
    let Coverage { absent, silent } = coverage;
    if let Some(nil) = ledger.nil.first() {
        return Guess::new(true, Confidence::Likely, format!("有的行除了单位只写“{nil}”，没有的要报零报告"));
    }
    if ledger.rows == 0 {
        // No branch handed it in so far: that none has anything would be invented.
        return Guess::new(true, Confidence::Assumed, "空白的台账看不出");
    }
    if absent.is_empty() {
        let others = match silent[..] {
            [] => String::new(),
            _ => format!("（各种台账里都没有的不算：{}）", named(silent)),
        };
        return Guess::new(true, Confidence::Likely, format!("每个{word}都有记录{others}"));
    }
    if design.is_uncounted {
        return Guess::new(true, Confidence::Likely, "一行是一期、一种或一个单位的数，没有的不是 0");
    }
    Guess::new(false, Confidence::Likely, format!("{} 个{word}没有记录：{}", absent.len(), named(absent)))
}

/// The first of some branches.
fn named(branches: &[&str]) -> String {
    let others = if branches.len() > MAX_NAMED { "等" } else { "" };
    format!("{}{others}", branches.iter().take(MAX_NAMED).copied().collect::<Vec<_>>().join("、"))
}

/// Guesses and asks for all ledgers but the roster, in the order of `ledgers`; `branches` are their branch columns.
///
/// # Errors
/// When an answer is impossible.
pub(super) fn ask_all(
    designs: &mut [LedgerDesign],
    ledgers: &[(&ObservedLedger, usize)],
    names: &BranchNames,
    word: &str,
    asked: &mut Questionnaire,
) -> Result<(), ScaffoldError> {
    let absent: Vec<Vec<&str>> = ledgers.iter().map(|(ledger, branch)| names.without_rows(ledger, *branch)).collect();
    // A branch that handed in nothing says nothing about what every branch has. One ledger alone cannot show it.
    let is_in_none = |name: &&str| ledgers.len() > 1 && absent.iter().all(|names| names.contains(name));
    let silent: Vec<&str> = absent.first().into_iter().flatten().copied().filter(is_in_none).collect();
    for ((design, (ledger, _)), absent) in designs.iter_mut().zip(ledgers).zip(&absent) {
        let absent = absent.iter().copied().filter(|name| !silent.contains(name)).collect();
        ask(design, ledger, &Coverage { absent, silent: &silent }, word, asked)?;
    }
    Ok(())
}
