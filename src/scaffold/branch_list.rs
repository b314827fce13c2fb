//! The branches of a roster that none of the ledgers is: the names in their branch columns, each branch once.

use super::error::ScaffoldError;
use super::guess::{Confidence, Guess, same_branch, variants};
use super::observe::ObservedLedger;
use super::questions::{Importance, Questionnaire, Subject, refused};
use crate::ingest::{CellFault, HintKind, RawCell, fold};

/// A branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProposedBranch {
    pub(super) name: String,
    /// Other ways to write it.
    pub(super) shorts: Vec<String>,
}

/// The key of the question about full and short names.
const SAME: &str = "同一单位";

/// The branches: those that a person gave, else those that the ledgers and their drop-down lists name, in the order
/// in which they come. `word` is what a branch is called.
///
/// # Errors
/// When an answer is impossible.
pub(super) fn branches(
    ledgers: &[ObservedLedger],
    columns: &[Option<Guess<usize>>],
    given: &[String],
    word: &str,
    asked: &mut Questionnaire,
) -> Result<Vec<ProposedBranch>, ScaffoldError> {
    let names = distinct(given.iter().cloned().chain(written_names(ledgers, columns)));
    let synonyms = same_branches(&names, word, asked)?;
    let given = distinct(given.iter().cloned());
    let mut branches: Vec<ProposedBranch> = Vec::new();
    for name in &names {
        let full = synonyms.iter().find(|(short, _)| short == name).map_or(name, |(_, full)| full);
        let is_same = |branch: &&mut ProposedBranch| branch.name == *full || branch.shorts.contains(full);
        match branches.iter_mut().find(is_same) {
            Some(branch) => branch.shorts.push(name.clone()),
            None if given.is_empty() => {
                let shorts = if name == full { Vec::new() } else { vec![name.clone()] };
                branches.push(ProposedBranch { name: full.clone(), shorts });
            }
            // What a person gave is what a branch is called.
            None if given.contains(name) => {
                let shorts = if name == full { Vec::new() } else { vec![full.clone()] };
                branches.push(ProposedBranch { name: name.clone(), shorts });
            }
            None => {}
        }
    }
    for branch in &mut branches {
        let ProposedBranch { name, shorts } = branch;
        shorts.retain(|short| short != name);
        *shorts = distinct(shorts.drain(..));
    }
    Ok(branches)
}

/// Which names are other ways to write one: guessed, and asked about.
fn same_branches(
    names: &[String],
    word: &str,
    asked: &mut Questionnaire,
) -> Result<Vec<variants::Synonym>, ScaffoldError> {
    let guessed = same_branch::guess(names);
    if guessed.is_empty() && !asked.has(SAME) {
        return Ok(guessed);
    }
    let text = format!("这几种写法是不是同一个{word}（没有的写“不合并”）");
    let subject = Subject { importance: Importance::Branches, key: SAME.to_owned(), text };
    let guess = Guess::new(variants::written(&guessed), Confidence::Likely, "等号后面的像是前面的简称，算一个");
    let answer = asked.text(subject, guess).value;
    variants::read(&answer, names).ok_or_else(|| {
        refused(SAME, &answer, &format!("全称=简称；全称=简称（从{}里取），或“不合并”", names.join("、")))
    })
}

/// The names in the branch columns of all ledgers.
fn written_names(ledgers: &[ObservedLedger], columns: &[Option<Guess<usize>>]) -> Vec<String> {
    let columns =
        || ledgers.iter().zip(columns).filter_map(|(ledger, column)| ledger.columns.get(column.as_ref()?.value));
    let written = columns().flat_map(|column| column.distinct_texts().into_iter().chain(column.nil.iter().cloned()));
    let listed = columns().filter_map(|column| match &column.hint {
        Some(HintKind::Choices(names)) => Some(names.clone()),
        _ => None,
    });
    written.chain(listed.flatten()).collect()
}

/// The texts, each once, without those that refer to the cell above.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for text in texts {
        let text = text.trim().to_owned();
        if !is_reference(&text) && !names.iter().any(|known| fold(known) == fold(&text)) {
            names.push(text);
        }
    }
    names
}

/// Whether a text is blank or stands for the one above.
fn is_reference(text: &str) -> bool {
    use crate::ingest::{CellValue, ReadContext, read_cell};
    use crate::notice::{Column, ColumnType};
    let raw = RawCell::text(text);
    let column = Column::new("名称", ColumnType::Branch);
    let value = read_cell(Some(&raw), &column, ReadContext::new(2000, false)).value;
    matches!(value, CellValue::Missing | CellValue::Unusable(CellFault::Ditto | CellFault::ErrorValue, _))
}
