//! Rows that a branch has handed in twice.
//!
//! Two rows of a branch and a ledger are equal when all their cells are, but for columns of serial numbers and of the
//! branch; text is compared folded. A sheet that was copied is one finding, not one for each row.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::RangeInclusive;
use std::sync::Arc;

use ahash::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use indexmap::IndexMap;
use rayon::prelude::*;

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity, SheetRef};
use crate::ingest::{CellValue, fold};
use crate::model::{Branch, Row};
use crate::notice::{Column, ColumnType};

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z110",
        title: "重复的行",
        severity: Severity::Error,
        what: "同一个单位在同一种台账里内容完全相同的两行（序号不算），不论是否在同一个文件；一张表多半的行都与另一张表相同的，整张表说一次。",
        why: "会重复计数。",
        cure: "删去重复的一行；确是两件事的，写出区别",
    },
    kind: RuleKind::Whole(check),
};

/// The cure for a sheet that was copied.
const SHEET_CURE: &str = "两张表只留一张；另有改动的，改在留下的一张里";
/// Repeated rows from which on a sheet counts as a copy of another, when they are more than half of its rows.
const COPIED_ROWS: usize = 3;
/// Ranges of rows that a finding names.
const NAMED_RANGES: usize = 5;

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let is_compared = |column: &Column| !matches!(column.kind, ColumnType::Serial | ColumnType::Branch);
    let ledgers = context.notice.ledger.values();
    let compared: Vec<Vec<bool>> = ledgers.map(|ledger| ledger.columns.values().map(is_compared).collect()).collect();
    let branches = context.bound.branches.par_iter();
    let repetitions: Vec<Repetition<'_>> = branches.flat_map_iter(|branch| repetitions(branch, &compared)).collect();
    let copies = copies(&repetitions, context);
    let of_rows = repetitions.iter().filter(|repetition| !copies.contains_key(&repetition.sheets()));
    let of_rows = of_rows.map(|repetition| row_finding(code, repetition));
    of_rows.chain(copies.iter().map(|(pair, copy)| sheet_finding(code, pair, copy))).collect()
}

/// A row that is equal to an earlier one of its branch and ledger.
#[derive(Clone, Copy)]
struct Repetition<'a> {
    branch: &'a str,
    ledger: usize,
    row: &'a Row,
    earlier: &'a Row,
}

/// The sheets of a repeated row and of the earlier one, for one ledger.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct SheetPair<'a> {
    ledger: usize,
    sheet: &'a Arc<SheetRef>,
    earlier: &'a Arc<SheetRef>,
}

impl<'a> Repetition<'a> {
    fn sheets(&self) -> SheetPair<'a> {
        SheetPair { ledger: self.ledger, sheet: &self.row.source, earlier: &self.earlier.source }
    }
}

/// Finds the repeated rows of a branch; `compared` holds for each ledger and column whether it is compared.
fn repetitions<'a>(branch: &'a Branch, compared: &[Vec<bool>]) -> Vec<Repetition<'a>> {
    let mut found = Vec::new();
    let hasher = RandomState::new();
    for (ledger, compared) in compared.iter().enumerate() {
        let rows = branch.rows(ledger).filter(|rows| rows.len() > 1).unwrap_or_default();
        let mut first: HashTable<&Row> = HashTable::with_capacity(rows.len());
        let hash = |row: &Row| {
            let mut state = hasher.build_hasher();
            compared_values(row, compared).for_each(|value| value.hash(&mut state));
            state.finish()
        };
        for row in rows {
            let is_equal = |earlier: &&Row| compared_values(row, compared).eq(compared_values(earlier, compared));
            match first.entry(hash(row), is_equal, |row| hash(row)) {
                Entry::Occupied(earlier) => {
                    found.push(Repetition { branch: branch.name(), ledger, row, earlier: earlier.get() });
                }
                Entry::Vacant(entry) => drop(entry.insert(row)),
            }
        }
    }
    found
}

/// A sheet most of whose rows repeat those of another.
#[derive(Default)]
struct Copy<'a> {
    repetitions: Vec<&'a Repetition<'a>>,
    /// The rows of the sheet that belong to a branch.
    rows: usize,
}

/// The sheets that are copies of others, in the order of their first repeated rows.
fn copies<'a>(repetitions: &'a [Repetition<'a>], context: &RuleContext<'_>) -> IndexMap<SheetPair<'a>, Copy<'a>> {
    let mut copies: IndexMap<SheetPair<'_>, Copy<'_>> = IndexMap::new();
    for repetition in repetitions.iter().filter(|repetition| repetition.row.source != repetition.earlier.source) {
        copies.entry(repetition.sheets()).or_default().repetitions.push(repetition);
    }
    copies.retain(|_, copy| copy.repetitions.len() >= COPIED_ROWS);
    if copies.is_empty() {
        return copies;
    }
    let mut rows: HashMap<(usize, &Arc<SheetRef>), usize> = HashMap::new();
    for ledger in 0..context.notice.ledger.len() {
        for row in context.bound.branches.iter().flat_map(|branch| branch.rows(ledger).unwrap_or_default()) {
            *rows.entry((ledger, &row.source)).or_default() += 1;
        }
    }
    for (pair, copy) in &mut copies {
        copy.rows = rows.get(&(pair.ledger, pair.sheet)).copied().unwrap_or_default();
    }
    copies.retain(|_, copy| copy.repetitions.len() * 2 > copy.rows);
    copies
}

fn row_finding(code: Code, repetition: &Repetition<'_>) -> Diagnostic {
    let earlier = Location::Cell(repetition.earlier.cell_ref(0));
    let message = format!("与 {earlier} 所在的行完全相同，两行都已计入");
    Diagnostic::new(code, Location::Cell(repetition.row.cell_ref(0)), message).of_branch(repetition.branch)
}

/// The finding for a copied sheet: of its branch, or of none when its rows belong to several.
fn sheet_finding(code: Code, pair: &SheetPair<'_>, copy: &Copy<'_>) -> Diagnostic {
    let earlier = Location::Sheet(Arc::clone(pair.earlier));
    let count = copy.repetitions.len();
    let which = if count == copy.rows {
        format!("的全部 {count} 行")
    } else {
        format!(" {} 行里有 {count} 行（{}）", copy.rows, row_ranges(&copy.repetitions))
    };
    let message = format!("这张表{which}与 {earlier} 的完全相同，都已计入");
    let finding = Diagnostic::new(code, Location::Sheet(Arc::clone(pair.sheet)), message).cure(SHEET_CURE);
    match copy.repetitions.as_slice() {
        [first, rest @ ..] if rest.iter().all(|other| other.branch == first.branch) => finding.of_branch(first.branch),
        _ => finding,
    }
}

/// The numbers of rows as spreadsheet programs show them: 第 3—20、22 行.
fn row_ranges(repetitions: &[&Repetition<'_>]) -> String {
    let rows: BTreeSet<u32> = repetitions.iter().map(|repetition| repetition.row.row + 1).collect();
    let mut ranges: Vec<RangeInclusive<u32>> = Vec::new();
    for row in rows {
        match ranges.last_mut() {
            Some(range) if range.end() + 1 == row => *range = *range.start()..=row,
            _ => ranges.push(row..=row),
        }
    }
    let number = |range: &RangeInclusive<u32>| match range.clone().into_inner() {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}—{last}"),
    };
    let more = if ranges.len() > NAMED_RANGES { "等" } else { "" };
    let named: Vec<String> = ranges.iter().take(NAMED_RANGES).map(number).collect();
    format!("第 {}{more} 行", named.join("、"))
}

/// The values of a row's compared columns, text folded.
fn compared_values<'r>(row: &'r Row, compared: &'r [bool]) -> impl Iterator<Item = CellValue<Cow<'r, str>>> {
    let cells = row.cells().zip(compared).filter(|(_, is_compared)| **is_compared);
    cells.map(|(cell, _)| match cell.map_or(CellValue::Missing, |cell| cell.value) {
        CellValue::Text(text) => CellValue::Text(fold(text)),
        other => other.with(|text| Cow::Borrowed(*text)),
    })
}
