//! Puts guesses and answers together: from observed ledgers to a [`Design`] and the questions about it.

use std::collections::HashSet;

use super::branch_list;
use super::columns::{LedgerNames, design_columns};
use super::counting;
use super::coverage::{self, BranchNames};
use super::dates::{self, Dates};
use super::design::{Basis, ColumnDesign, Design, LedgerDesign, PeriodColumn, ProposedRoster, RosterDesign};
use super::error::ScaffoldError;
use super::guess::roster::RosterColumns;
use super::guess::{Confidence, Guess, branch_column, part_of_year, roster, title};
use super::ids::Ids;
use super::observe::ObservedLedger;
use super::questions::{Importance, LedgerKey, Question, Questionnaire, Subject, refused};
use super::wording::{self, Names};
use crate::ingest::fold;
use crate::notice::ColumnType;

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
    let mut designs = Vec::new();
    // Of each design but the roster its ledger, with the index of the branch column.
    let mut observed = Vec::new();
    let mut roster_design = None;
    for (index, ledger) in ledgers.iter().enumerate() {
        let own_roster = roster.value.as_ref().filter(|columns| columns.ledger == index);
        let Some(branch) = branch_columns[index].as_ref().map(|guess| guess.value) else {
            return Err(no_branch_column(ledger, &keys[index], &word.value));
        };
        let year = dates.cutoff.value.year();
        let names = LedgerNames { id: &ledger_ids[index], title: &titles[index], branch, roster: own_roster, year };
        let designed = design_columns(ledger, &names, &mut asked)?;
        let noun = title::noun(&titles[index]);
        let subject = measure_subject(&keys[index]);
        let counting = counting::guess(ledger, &titles[index], branch, &designed);
        let guessed = counting.measure.value.clone();
        // Nothing counts the rows of a roster.
        let measure = if own_roster.is_some() { counting.measure } else { asked.text(subject, counting.measure) };
        let design = LedgerDesign {
            id: ledger_ids[index].clone(),
            title: titles[index].clone(),
            noun,
            // Whoever says another unit counts rows by it.
            quantity: counting.quantity.filter(|_| measure.value == guessed),
            measure,
            is_uncounted: counting.is_uncounted,
            quarters: quarter_column(ledger, &designed.columns),
            months: month_column(ledger, &designed.columns),
            kinds: counting.kinds,
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
    let Names { title, issuer } = wording::names(&designs, basis, dates.period.as_deref(), &mut asked);
    let signer = wording::signer(&designs, &word.value, &mut asked);
    let Dates { deadline, cutoff, start, end, .. } = dates;
    let design = Design {
        title,
        issuer,
        signer,
        deadline,
        cutoff,
        start,
        end,
        branch_word: word,
        ledgers: designs,
        roster: roster_design,
    };
    Ok(Plan { design, questions: asked.finish()? })
}

/// The question about the unit of a ledger's rows.
fn measure_subject(LedgerKey { id, title }: &LedgerKey<'_>) -> Subject {
    let text = format!("《{title}》的一行叫一什么");
    Subject { importance: Importance::Column, key: format!("{id}.量词"), text }
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
