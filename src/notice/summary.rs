//! `[summary]`: the department's own report over all branches, and its workbook.

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

use super::annex::{Annex, RowCondition};
use super::letter::Letter;
use super::metric::Metric;
use super::section::Section;

/// The department's own report and workbook.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// The name of the folder, and the first part of the files' names. Required.
    pub name: String,
    /// The fixed parts of the report. Required.
    pub letter: Letter,
    /// The branches that are left out because they did not report, by their full or short names, with the reason; none
    /// by default.
    #[serde(default)]
    pub left_out: IndexMap<String, String>,
    /// Lists of branches, by id; none by default.
    #[serde(default)]
    pub list: IndexMap<String, List>,
    /// Metrics over all branches, by id. A metric may use those before it. None by default.
    #[serde(default)]
    pub metric: IndexMap<String, Metric>,
    /// The sections of the report. Required.
    pub section: Vec<Section>,
    /// The annexes of the report, in order; none by default.
    #[serde(default)]
    pub annex: Vec<Annex>,
    /// The sheets of the workbook; none by default.
    #[serde(default)]
    pub sheet: Vec<Sheet>,
}

/// A list of the branches for which a condition holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The subject of the list, named in gaps. Required.
    pub label: String,
    /// The condition over a branch `b`; all branches by default.
    pub when: Option<Spanned<String>>,
    /// The id of the branch metric by which the list is sorted; the roster's order by default.
    pub sort: Option<Spanned<String>>,
    /// Whether the greatest value comes first; false by default.
    #[serde(default)]
    pub descending: bool,
    /// The number of branches, at least 1, taken from the start of the sorted list; branches whose value equals the
    /// last one's are taken too. All by default.
    pub take: Option<usize>,
}

/// A sheet of the workbook: one row for each branch, with its metrics, or one for each row of a ledger.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// The heading. Required.
    pub title: Spanned<String>,
    /// The kinds of branch that have rows; all by default.
    pub kinds: Option<Vec<Spanned<String>>>,
    /// The ids of the branch metrics that are the columns; these or `rows`.
    #[serde(default)]
    pub metrics: Vec<Spanned<String>>,
    /// The ids of those metrics whose values above 0 are printed in red; none by default. With `metrics` only.
    #[serde(default)]
    pub highlight: Vec<Spanned<String>>,
    /// The id of the ledger whose rows are listed, each behind its branch's name; this or `metrics`.
    pub rows: Option<Spanned<String>>,
    /// The ids of the ledger's columns that are listed. Required with `rows`.
    #[serde(default)]
    pub columns: Vec<Spanned<String>>,
    /// The ids of those columns whose blank cells stay empty; none by default: a blank cell is a gap.
    #[serde(default)]
    pub optional: Vec<Spanned<String>>,
    /// The condition over `row` that listed rows meet; all rows by default.
    pub when: Option<Spanned<String>>,
    /// The id of the column by which rows are sorted, blank cells last; the branches' order by default.
    pub sort: Option<Spanned<String>>,
    /// Whether the greatest value comes first; false by default.
    #[serde(default)]
    pub descending: bool,
    /// The ids of those columns of numbers whose sums are below the rows; none by default.
    #[serde(default)]
    pub total: Vec<Spanned<String>>,
}

impl Sheet {
    /// The condition that listed rows meet; `None` where all do, or none is listed.
    pub fn row_condition(&self) -> Option<RowCondition<'_>> {
        Some(RowCondition { ledger: self.rows.as_ref()?, when: self.when.as_ref()? })
    }

    /// Whether blank cells of the column with that id stay empty.
    pub fn is_optional(&self, column: &str) -> bool {
        self.optional.iter().any(|id| id.get_ref() == column)
    }

    /// Whether the sum of the column with that id is below the rows.
    pub fn has_total(&self, column: &str) -> bool {
        self.total.iter().any(|id| id.get_ref() == column)
    }

    /// Whether branches of that kind have rows.
    pub fn is_for(&self, kind: &str) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|known| known.get_ref() == kind))
    }
}
