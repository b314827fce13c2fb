//! Puts guesses and answers together: from observed ledgers to a [`Design`] and the questions about it.

use std::collections::HashSet;

use super::branch_list;
use super::columns::{self, LedgerNames};
use super::coverage::{self, BranchNames};
use super::dates::{self, Dates};
use super::design::{Basis, Design, LedgerDesign, ProposedRoster, RosterDesign};
use super::error::ScaffoldError;
use super::guess::roster::RosterColumns;
use super::guess::{Confidence, Guess, branch_column, roster, title};
use super::ids::Ids;
use super::ledger::{DesignedLedger, design_ledger};
use super::observe::ObservedLedger;
use super::questions::{Importance, LedgerKey, Question, Questionnaire, Subject, refused};
use super::wording::{self, Names};
use crate::ingest::fold;

/// The option for a roster that none of the ledgers is.
const NO_ROSTER: &str = "都不是，按台账里的名称另造";

/// A design and what was asked about it.
pub(super) struct Plan {
    pub(super) design: Design,
    pub(super) questions: Vec<Question>,
}

/// Plans a notice.
///
/// # Errors
/// When ledgers cannot be distinguished, name no branches, or an answer is impossible.
pub(super) fn plan(ledgers: &[ObservedLedger], basis: &Basis, mut asked: Questionnaire) -> Result<Plan, ScaffoldError> {
    let titles = distinct_titles(ledgers);
    refuse_same_headers(ledgers, &titles)?;
    let mut ids = Ids::default();
    let ledger_ids: Vec<String> = titles.iter().map(|title| ids.take(&title::noun(title))).collect();
    let keys: Vec<LedgerKey<'_>> = ledger_ids.iter().zip(&titles).map(|(id, title)| LedgerKey { id, title }).collect();
    asked.name_ledgers(&keys);
    let dates = dates::dates(ledgers, basis, &mut asked)?;
    let branch_columns = branch_columns(ledgers, &keys, &mut asked)?;
    refuse_branches_as_headers(ledgers, &branch_columns)?;
    let word = branch_word(ledgers, &branch_columns, &mut asked);
    let roster = roster(ledgers, &titles, &branch_columns, &mut asked)?;
    let branches = named_branches(&keys, &branch_columns, &word.value, ledgers)?;
    let mut designed = Vec::new();
    for (index, ledger) in ledgers.iter().enumerate() {
        let LedgerKey { id, title } = keys[index];
        let roster = roster.value.as_ref().filter(|columns| columns.ledger == index);
        let names = LedgerNames { id, title, branch: branches[index], roster, year: dates.cutoff.value.year() };
        designed.push(design_ledger(ledger, &names, &mut asked)?);
    }
    let (roster_ledger, roster_design) = match &roster.value {
        Some(columns) => given_roster(designed.remove(columns.ledger), columns, &roster.reason),
        None => {
            let branches = branch_list::branches(ledgers, &branch_columns, &basis.branches, &word.value, &mut asked)?;
            if branches.is_empty() {
                return Err(ScaffoldError::NoBranches(word.value));
            }
            proposed_roster(ProposedRoster { branches, kind: word.value.clone() }, &roster.reason, &mut ids)
        }
    };
    let mut designs: Vec<LedgerDesign> = designed.into_iter().map(|designed| designed.design).collect();
    if designs.is_empty() {
        return Err(ScaffoldError::OnlyRoster(titles.concat()));
    }
    let is_roster = |index: usize| roster.value.as_ref().is_some_and(|columns| columns.ledger == index);
    let others = (0..ledgers.len()).filter(|index| !is_roster(*index));
    let observed: Vec<(&ObservedLedger, usize)> = others.map(|index| (&ledgers[index], branches[index])).collect();
    let names = BranchNames::new(ledgers, roster.value.as_ref(), &roster_design);
    coverage::ask_all(&mut designs, &observed, &names, &word.value, &mut asked)?;
    designs.insert(0, roster_ledger);
    let Names { title, issuer } = wording::names(&designs, basis, dates.period.as_deref(), &mut asked);
    let signer = wording::signer(&designs, &word.value, &mut asked);
    let Dates { deadline, cutoff, start, end, period } = dates;
    let design = Design {
        title,
        issuer,
        signer,
        deadline,
        cutoff,
        start,
        end,
        period,
        branch_word: word,
        ledgers: designs,
        roster: roster_design,
    };
    Ok(Plan { design, questions: asked.finish()? })
}

/// The index of each ledger's branch column.
///
/// # Errors
/// With the first ledger that has none; `word` is what branches are called.
fn named_branches(
    keys: &[LedgerKey<'_>],
    columns: &[Option<Guess<usize>>],
    word: &str,
    ledgers: &[ObservedLedger],
) -> Result<Vec<usize>, ScaffoldError> {
    let missing = |index: usize| no_branch_column(&ledgers[index], &keys[index], word);
    let named = columns.iter().enumerate();
    named.map(|(index, guess)| Ok(guess.as_ref().ok_or_else(|| missing(index))?.value)).collect()
}

/// The roster that one of the ledgers is, with where it lists branches.
fn given_roster(ledger: DesignedLedger, columns: &RosterColumns, reason: &str) -> (LedgerDesign, RosterDesign) {
    let id = |at: usize| ledger.ids.get(at).cloned().unwrap_or_default();
    let roster = RosterDesign {
        reason: reason.to_owned(),
        name: id(columns.name),
        kind: id(columns.kind),
        short: columns.short.map(id),
        proposed: None,
    };
    (ledger.design, roster)
}

/// The roster that is made of the names in ledgers, with where it lists branches.
fn proposed_roster(proposed: ProposedRoster, reason: &str, ids: &mut Ids) -> (LedgerDesign, RosterDesign) {
    let ledger = columns::proposed_roster(&proposed, ids);
    let roster = RosterDesign {
        reason: reason.to_owned(),
        name: "名称".to_owned(),
        kind: "类别".to_owned(),
        short: proposed.has_shorts().then(|| columns::SHORT.to_owned()),
        proposed: Some(proposed),
    };
    (ledger, roster)
}

/// Refuses a ledger whose branch column is headed by a branch that another ledger names: its first row is data.
fn refuse_branches_as_headers(
    ledgers: &[ObservedLedger],
    branch_columns: &[Option<Guess<usize>>],
) -> Result<(), ScaffoldError> {
    let column = |at: usize| ledgers[at].columns.get(branch_columns.get(at)?.as_ref()?.value);
    let columns = (0..ledgers.len()).filter_map(column);
    let branches: HashSet<String> =
        columns.flat_map(|column| column.distinct_texts()).map(|name| fold(&name).into_owned()).collect();
    let is_headless = |at: &usize| column(*at).is_some_and(|own| branches.contains(&*fold(&own.label.name)));
    match (0..ledgers.len()).find(is_headless) {
        Some(at) => Err(ScaffoldError::NoHeader(ledgers[at].stem.clone())),
        None => Ok(()),
    }
}

/// The titles of ledgers; a number is added to one that another has.
fn distinct_titles(ledgers: &[ObservedLedger]) -> Vec<String> {
    let mut titles: Vec<String> = Vec::new();
    for ledger in ledgers {
        let title = title::title(ledger).value;
        let mut candidates = std::iter::once(title.clone()).chain((2..).map(|number| format!("{title}{number}")));
        let free = candidates.find(|title| !titles.contains(title)).unwrap_or(title);
        titles.push(free);
    }
    titles
}

fn refuse_same_headers(ledgers: &[ObservedLedger], titles: &[String]) -> Result<(), ScaffoldError> {
    let sets: Vec<HashSet<String>> = ledgers
        .iter()
        .map(|ledger| ledger.columns.iter().map(|column| fold(&column.label.name).into_owned()).collect())
        .collect();
    for (at, set) in sets.iter().enumerate() {
        if let Some(other) = sets[..at].iter().position(|other| other == set) {
            let (first, second) = (titles[other].clone(), titles[at].clone());
            return Err(ScaffoldError::SameHeaders { first, second, header: ledgers[at].header() });
        }
    }
    Ok(())
}

/// The branch column of each ledger; those that are certain say which names others have.
fn branch_columns(
    ledgers: &[ObservedLedger],
    keys: &[LedgerKey<'_>],
    asked: &mut Questionnaire,
) -> Result<Vec<Option<Guess<usize>>>, ScaffoldError> {
    let mut known = HashSet::new();
    let mut certain = 0;
    for ledger in ledgers {
        let guess = branch_column::guess(ledger, &known);
        if let Some(guess) = guess.filter(|guess| guess.confidence > Confidence::Assumed) {
            certain += 1;
            known.extend(branch_column::names_in(&ledger.columns[guess.value]));
        }
    }
    // A word for branches in a few headers may name others: the column 单位名称 of those that were inspected.
    let shared = branch_column::shared(ledgers).filter(|shared| shared.ledgers > certain);
    if let Some(shared) = &shared {
        known.clone_from(&shared.names);
    }
    let guess = |ledger: &ObservedLedger| {
        let of_shared = shared.as_ref().and_then(|shared| branch_column::guess_shared(ledger, shared));
        of_shared.or_else(|| branch_column::guess(ledger, &known))
    };
    let mut columns = Vec::new();
    for (ledger, LedgerKey { id, title }) in ledgers.iter().zip(keys) {
        let subject = Subject {
            importance: Importance::BranchColumn,
            key: branch_key(id),
            text: format!("《{title}》的哪一列写着这一行是谁的"),
        };
        let options: Vec<String> = ledger.columns.iter().map(|column| column.label.name.clone()).collect();
        columns.push(match guess(ledger) {
            Some(guess) => Some(asked.one_of(subject, options, guess)?),
            None if asked.has(&subject.key) => {
                Some(asked.one_of(subject, options, Guess::new(0, Confidence::Assumed, ""))?)
            }
            None => None,
        });
    }
    Ok(columns)
}

fn branch_key(id: &str) -> String {
    format!("{id}.单位列")
}

fn no_branch_column(ledger: &ObservedLedger, LedgerKey { id, title }: &LedgerKey<'_>, word: &str) -> ScaffoldError {
    ScaffoldError::NoBranchColumn {
        ledger: (*title).to_owned(),
        header: ledger.header(),
        word: word.to_owned(),
        key: branch_key(id),
    }
}

/// What a branch is called: the word that most headers of branch columns have.
fn branch_word(
    ledgers: &[ObservedLedger],
    columns: &[Option<Guess<usize>>],
    asked: &mut Questionnaire,
) -> Guess<String> {
    let headers = ledgers.iter().zip(columns).filter_map(|(ledger, column)| {
        branch_column::branch_word(&ledger.columns.get(column.as_ref()?.value)?.label.name)
    });
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in headers {
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max();
    let guess = match counts.iter().find(|(_, count)| Some(*count) == most) {
        Some((word, count)) => {
            Guess::new((*word).to_owned(), Confidence::Certain, format!("{count} 种台账的单位列叫“{word}”"))
        }
        None => shared_word(ledgers, columns)
            .unwrap_or_else(|| Guess::new("单位".to_owned(), Confidence::Assumed, "表头里没有线索")),
    };
    let text = "一个单位叫什么（科室、党组织、学院……）".to_owned();
    asked.text(Subject { importance: Importance::Words, key: "单位叫什么".to_owned(), text }, guess)
}

/// The header that several branch columns have, where it is short enough for a word.
fn shared_word(ledgers: &[ObservedLedger], columns: &[Option<Guess<usize>>]) -> Option<Guess<String>> {
    const MAX_WORD: usize = 4;
    let headers: Vec<&str> = ledgers
        .iter()
        .zip(columns)
        .filter_map(|(ledger, column)| Some(ledger.columns.get(column.as_ref()?.value)?.label.name.as_str()))
        .collect();
    let is_shared = |header: &&&str| headers.iter().filter(|other| **other == **header).count() > 1;
    let word = headers.iter().find(is_shared).filter(|word| word.chars().count() <= MAX_WORD)?;
    Some(Guess::new((*word).to_owned(), Confidence::Likely, "几种台账的单位列叫这个"))
}

/// The roster: one of the ledgers, or none.
fn roster(
    ledgers: &[ObservedLedger],
    titles: &[String],
    branch_columns: &[Option<Guess<usize>>],
    asked: &mut Questionnaire,
) -> Result<Guess<Option<RosterColumns>>, ScaffoldError> {
    let columns: Vec<Option<usize>> = branch_columns.iter().map(|guess| guess.as_ref().map(|g| g.value)).collect();
    let guessed = roster::guess(ledgers, &columns);
    let guess = match &guessed {
        Some(guess) => Guess::new(guess.value.ledger + 1, guess.confidence, guess.reason.clone()),
        None => Guess::new(0, Confidence::Assumed, "没有一种台账一行一个、又写着类别"),
    };
    let options = std::iter::once(NO_ROSTER.to_owned()).chain(titles.iter().cloned()).collect();
    let text = "哪一种台账是名册：一行一个，有名称和类别".to_owned();
    let subject = Subject { importance: Importance::Branches, key: "名册".to_owned(), text };
    let chosen = asked.one_of(subject, options, guess)?;
    let Some(index) = chosen.value.checked_sub(1) else {
        return Ok(Guess { value: None, reason: chosen.reason, confidence: chosen.confidence });
    };
    let found = columns[index].and_then(|name| roster::columns_of(index, &ledgers[index], name));
    let expected = || refused("名册", &titles[index], "有一列写着类别的台账；没有的，先加一列“类别”");
    Ok(Guess { value: Some(found.ok_or_else(expected)?), reason: chosen.reason, confidence: chosen.confidence })
}
