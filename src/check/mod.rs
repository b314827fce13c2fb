//! Rules: what can be wrong with ledgers that were read and bound to branches.
//!
//! [`check`] takes the bound rows and sheets with the notice and gives findings, in the order of [`RULES`]. Findings
//! have their codes' own severities here. Rules change nothing and do not depend on each other.
//!
//! A rule is one file with three parts:
//! 1. `RULE`: the code (`Z1…` cells and rows, `Z0…` sheets, `Z2…` branches), the title, the severity, and what it looks
//!    for, why, and the cure. `zicha explain` and the findings of clerks show these texts, so they are Chinese;
//! 2. `kind`: [`rule::RuleKind::Cell`] for a function that needs one cell, [`rule::RuleKind::Whole`] for one that needs
//!    more, such as all rows of a branch;
//! 3. the function, which returns its findings.
//!
//! To add one, copy `range.rs` (a cell) or `no_ledger.rs` (the whole), give it the next free code, and add its module
//! and its line in `RULES` here. `tests/integration/rules.rs` then fails until it has a small workbook in which the
//! rule finds something. A rule for one notice alone is no file: it is a `[[check]]` of the settings, see `custom.rs`.

mod ambiguous_unit;
mod beyond_header;
mod branch_only;
mod branch_without_rows;
mod broken_picture;
mod computed;
mod computed_column;
mod context;
mod control;
mod copied;
mod custom;
mod ditto;
mod doubtful_nil_report;
mod doubtful_total;
mod duplicate;
mod error_cell;
mod example_row;
mod filled;
mod formula;
mod hidden;
mod left_out;
mod loose_picture;
mod lost_digits;
mod merged_number;
mod near_header;
mod nil_report;
mod no_branch;
mod no_column;
mod no_ledger;
mod no_picture_file;
mod no_roster;
mod not_shown;
mod one_of;
mod other_number;
mod other_unit;
mod other_year;
mod period;
mod picture;
mod range;
mod repeated;
mod required;
mod rule;
mod sample_sheet;
mod second_reading;
mod struck_part;
mod struck_whole;
mod total;
mod type_mismatch;
mod uncomputed_total;
mod unknown_branch;
mod unknown_sheet;
mod year;

use rayon::prelude::*;

use crate::diagnostics::{Code, Diagnostic, code};
use context::InspectedCell;
use rule::{Rule, RuleKind};

pub use context::RuleContext;

/// All rules: of sheets and columns, of cells, of rows, of branches. Findings of one cell come in this order.
static RULES: &[&Rule] = &[
    &unknown_sheet::RULE,
    &no_ledger::RULE,
    &no_column::RULE,
    &near_header::RULE,
    &hidden::RULE,
    &repeated::RULE,
    &required::RULE,
    &type_mismatch::RULE,
    &range::RULE,
    &one_of::RULE,
    &error_cell::RULE,
    &control::RULE,
    &period::RULE,
    &ambiguous_unit::RULE,
    &formula::RULE,
    &duplicate::RULE,
    &total::RULE,
    &year::RULE,
    &filled::RULE,
    &merged_number::RULE,
    &picture::RULE,
    &struck_whole::RULE,
    &struck_part::RULE,
    &lost_digits::RULE,
    &computed::RULE,
    &other_unit::RULE,
    &doubtful_total::RULE,
    &uncomputed_total::RULE,
    &ditto::RULE,
    &beyond_header::RULE,
    &second_reading::RULE,
    &sample_sheet::RULE,
    &other_year::RULE,
    &example_row::RULE,
    &not_shown::RULE,
    &broken_picture::RULE,
    &no_picture_file::RULE,
    &loose_picture::RULE,
    &other_number::RULE,
    &branch_only::RULE,
    &custom::RULE,
    &computed_column::RULE,
    &unknown_branch::RULE,
    &no_branch::RULE,
    &branch_without_rows::RULE,
    &left_out::RULE,
    &no_roster::RULE,
    &nil_report::RULE,
    &doubtful_nil_report::RULE,
    &copied::RULE,
];

/// Runs all rules.
pub fn check(context: RuleContext<'_>) -> Vec<Diagnostic> {
    let check_whole = |rule: &&'static Rule| match rule.kind {
        RuleKind::Whole(check) => check(&rule.info, &context),
        RuleKind::Cell(_) => Vec::new(),
    };
    let check_wholes = || RULES.par_iter().with_max_len(1).map(check_whole).collect::<Vec<_>>();
    let (of_cells, of_wholes) = rayon::join(|| check_cells(&context), check_wholes);
    of_cells.into_iter().zip(of_wholes).flat_map(|(cells, whole)| cells.into_iter().chain(whole)).collect()
}

/// The findings of each rule that inspects cells, by the rule's position in [`RULES`]. Each cell is decoded once for
/// all rules, and branches run in parallel; the findings keep the order of the branches.
fn check_cells(context: &RuleContext<'_>) -> Vec<Vec<Diagnostic>> {
    let of_cell = |(at, rule): (usize, &&'static Rule)| match rule.kind {
        RuleKind::Cell(check) => Some((at, &rule.info, check)),
        RuleKind::Whole(_) => None,
    };
    let rules: Vec<_> = RULES.iter().enumerate().filter_map(of_cell).collect();
    let inspect = |cell: &InspectedCell<'_>, findings: &mut [Vec<Diagnostic>]| {
        for (at, code, check) in &rules {
            if let Some(finding) = check(code, cell) {
                findings[*at].push(finding);
            }
        }
    };
    let empty = || vec![Vec::new(); RULES.len()];
    let of_branches = context.bound.branches.par_iter().fold(empty, |mut findings, branch| {
        context.cells(context.branch_rows(branch)).for_each(|cell| inspect(&cell, &mut findings));
        findings
    });
    let joined = |mut before: Vec<Vec<Diagnostic>>, after: Vec<Vec<Diagnostic>>| {
        before.iter_mut().zip(after).for_each(|(before, after)| before.extend(after));
        before
    };
    let mut findings = of_branches.reduce(empty, joined);
    context.cells(context.unbound_rows()).for_each(|cell| inspect(&cell, &mut findings));
    findings
}

/// The codes of the rules and of the other stages, sorted.
pub fn catalogue() -> Vec<Code> {
    let mut codes: Vec<Code> = RULES.iter().map(|rule| &rule.info).chain(code::ALL.iter().copied()).collect();
    codes.sort_by_key(|code| code.id);
    codes
}

#[cfg(test)]
mod tests {
    use super::catalogue;

    #[test]
    fn codes_are_unique_and_explained() {
        let codes = catalogue();
        for pair in codes.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} twice", pair[0].id);
        }
        for code in codes {
            assert!(!code.title.is_empty() && !code.what.is_empty() && !code.why.is_empty(), "{}", code.id);
        }
    }
}
