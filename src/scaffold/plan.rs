//! Puts guesses and answers together: from observed ledgers to a [`Design`] and the questions about it.

use std::collections::HashSet;

use super::branch_list;
use super::columns::{LedgerNames, design_columns};
use super::coverage::{self, BranchNames};
use super::dates::{self, Dates};
use super::design::{Basis, ColumnDesign, Design, LedgerDesign, ProposedRoster, QuarterColumn, RosterDesign};
use super::error::ScaffoldError;
use super::guess::roster::RosterColumns;
use super::guess::{Confidence, Guess, branch_column, choices, part_of_year, roster, title};
use super::ids::Ids;
use super::kinds::kind_column;
use super::observe::ObservedLedger;
use super::questions::{Importance, Question, Questionnaire, Subject, refused};
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
pub(super) fn plan(
    ledgers: &[ObservedLedger],
    basis: &Basis,
    mut asked: Questionnaire<'_>,
) -> Result<Plan, ScaffoldError> {
    let titles = distinct_titles(ledgers);
    refuse_same_headers(ledgers, &titles)?;
    let dates = dates::dates(ledgers, basis, &mut asked)?;
    let branch_columns = branch_columns(ledgers, &titles, &mut asked)?;
    refuse_branches_as_headers(ledgers, &branch_columns)?;
    let word = branch_word(ledgers, &branch_columns, &mut asked);
    let roster = roster(ledgers, &titles, &branch_columns, &mut asked)?;
    let mut ids = Ids::default();
    let mut designs = Vec::new();
    // Of each design but the roster its ledger, with the index of the branch column.
    let mut observed = Vec::new();
    let mut roster_design = None;
    for (index, ledger) in ledgers.iter().enumerate() {
        let own_roster = roster.value.as_ref().filter(|columns| columns.ledger == index);
        let Some(branch) = branch_columns[index].as_ref().map(|guess| guess.value) else {
            return Err(no_branch_column(ledger, &titles[index], &word.value));
        };
        let names = LedgerNames { title: &titles[index], branch, roster: own_roster, year: dates.cutoff.value.year() };
        let designed = design_columns(ledger, &names, &mut asked)?;
        let noun = title::noun(&titles[index]);
        let key = |what: &str| format!("{}.{what}", titles[index]);
        let subject = Subject {
            importance: Importance::Column,
            key: key("量词"),
            text: format!("《{}》的一行叫一什么", titles[index]),
        };
        let period = choices::period_unit(ledger);
        let kinds = kind_column(ledger, branch, &designed).filter(|_| period.is_none());
        let guess = match &kinds {
            Some(column) => Guess::new("种".to_owned(), Confidence::Likely, format!("一行是一种“{column}”")),
            None => measure(&titles[index], &designed.columns, period),
        };
        // Nothing counts the rows of a roster.
        let measure = if own_roster.is_some() { guess } else { asked.text(subject, guess) };
        let design = LedgerDesign {
            id: ids.take(&noun),
            title: titles[index].clone(),
            noun,
            measure,
            is_uncounted: period.is_some() || kinds.is_some() || is_table_of_branches(ledger, branch),
            quarters: quarter_column(ledger, &designed.columns),
            kinds,
            every_branch: Guess::given(false),
            nil: Vec::new(),
            sheets: sheet_names(ledger, &titles[index]),
            is_united: !ledger.united.is_empty(),
            columns: designed.columns,
        };
        if let Some(columns) = own_roster {
            let id = |at: usize| designed.ids.get(at).cloned().unwrap_or_default();
            roster_design = Some(RosterDesign {
                reason: roster.reason.clone(),
                name: id(columns.name),
                kind: id(columns.kind),
                short: columns.short.map(id),
                proposed: None,
            });
            designs.insert(0, design);
        } else {
            designs.push(design);
            observed.push((ledger, branch));
        }
    }
    let roster_design = match roster_design {
        Some(design) => design,
        None => {
            let branches = branch_list::branches(ledgers, &branch_columns, &basis.branches, &word.value, &mut asked)?;
            if branches.is_empty() {
                return Err(ScaffoldError::NoBranches(word.value));
            }
            let proposed = ProposedRoster { branches, kind: word.value.clone() };
            designs.insert(0, super::columns::proposed_roster(&proposed, &mut ids));
            RosterDesign {
                reason: roster.reason.clone(),
                name: "名称".to_owned(),
                kind: "类别".to_owned(),
                short: proposed.has_shorts().then(|| super::columns::SHORT.to_owned()),
                proposed: Some(proposed),
            }
        }
    };
    if designs.len() < 2 {
        return Err(ScaffoldError::OnlyRoster(titles.concat()));
    }
    let names = BranchNames::new(ledgers, roster.value.as_ref(), &roster_design);
    coverage::ask_all(&mut designs[1..], &observed, &names, &word.value, &mut asked)?;
    let Names { title, issuer } = wording::names(&designs, basis, &mut asked);
    let signer = wording::signer(&designs, &word.value, &mut asked);
    let Dates { deadline, cutoff, start } = dates;
    let design = Design {
        title,
        issuer,
        signer,
        deadline,
        cutoff,
        start,
        branch_word: word,
        ledgers: designs,
        roster: roster_design,
    };
    Ok(Plan { design, questions: asked.finish()? })
}

/// Whether a ledger has a row for each branch, as tables of figures do: their number says nothing.
fn is_table_of_branches(ledger: &ObservedLedger, branch: usize) -> bool {
    let is_named = [&ledger.stem, &ledger.sheet].iter().any(|name| name.contains("统计") || name.contains("汇总"));
    let names = ledger.columns.get(branch).map(branch_column::names_in).unwrap_or_default();
    is_named && ledger.rows > 1 && names.len() == ledger.rows
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

/// The column of quarters of a ledger that has rows of several.
fn quarter_column(ledger: &ObservedLedger, columns: &[ColumnDesign]) -> Option<QuarterColumn> {
    ledger.columns.iter().zip(columns).find_map(|(observed, column)| {
        let words = observed.distinct_texts();
        let are_quarters = words.len() > 1 && words.iter().all(|word| part_of_year::quarter(word).is_some());
        are_quarters.then(|| QuarterColumn { id: column.id.clone(), label: column.label.clone(), words })
    })
}

/// The unit that counts the rows of a ledger. Where a column counts the same things, a row is a kind of them.
fn measure(title: &str, columns: &[ColumnDesign], period: Option<&str>) -> Guess<String> {
    if let Some(unit) = period {
        return Guess::new(unit.to_owned(), Confidence::Likely, "有一列写着这一行是哪一期");
    }
    if columns.iter().any(|column| column.label == "姓名") {
        return Guess::new("人".to_owned(), Confidence::Likely, "一行有一个姓名");
    }
    let guess = title::measure(title);
    // Rows of events are counted as events, whatever number of things they have.
    let may_be_kind = title::is_thing(&guess.value) || guess.confidence == Confidence::Assumed;
    match columns.iter().find(|column| column.is_quantity()).filter(|_| may_be_kind) {
        Some(column) => {
            let unit = column.unit.as_deref().unwrap_or("个");
            let reason = format!("“{}”写着有几{unit}，一行是一种", column.label);
            Guess::new("种".to_owned(), Confidence::Likely, reason)
        }
        None => guess,
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
    titles: &[String],
    asked: &mut Questionnaire<'_>,
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
    for (ledger, title) in ledgers.iter().zip(titles) {
        let subject = Subject {
            importance: Importance::BranchColumn,
            key: branch_key(title),
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

fn branch_key(title: &str) -> String {
    format!("{title}.单位列")
}

fn no_branch_column(ledger: &ObservedLedger, title: &str, word: &str) -> ScaffoldError {
    ScaffoldError::NoBranchColumn {
        ledger: title.to_owned(),
        header: ledger.header(),
        word: word.to_owned(),
        key: branch_key(title),
    }
}

/// What a branch is called: the word that most headers of branch columns have.
fn branch_word(
    ledgers: &[ObservedLedger],
    columns: &[Option<Guess<usize>>],
    asked: &mut Questionnaire<'_>,
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
    asked: &mut Questionnaire<'_>,
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
