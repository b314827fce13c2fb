//! `[[annex]]`: what follows the letter on pages of its own (附件; GB/T 9704-2012, 7.3.4 and 7.3.7).

use serde::Deserialize;
use toml::Spanned;

use super::section::WithoutData;

/// An annex: the branch's rows of a ledger as a table, a template, or files that are put in as they are. Numbers and
/// the list of annexes (附件说明) are made from the annexes that a report has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Annex {
    /// Its name in templates, which print its mark as `annex.id`; none by default.
    pub id: Option<Spanned<String>>,
    /// The title; a template. Required.
    pub title: Spanned<String>,
    /// The id of the ledger whose rows are listed; this, `template` or `files`.
    pub ledger: Option<Spanned<String>>,
    /// The ids of the columns that are listed. Required with `ledger`.
    #[serde(default)]
    pub columns: Vec<Spanned<String>>,
    /// The ids of those columns whose blank cells stay empty; none by default: a blank cell is a gap.
    #[serde(default)]
    pub optional: Vec<Spanned<String>>,
    /// The condition over `row` that listed rows meet; all rows by default.
    pub when: Option<Spanned<String>>,
    /// Whether the first column numbers the rows; false by default.
    #[serde(default)]
    pub serial: bool,
    /// The file name of the template beside `notice.toml`; this, `ledger` or `files`.
    pub template: Option<Spanned<String>>,
    /// The folder beside `notice.toml` with a folder of each branch's name, whose files are annexes, one each; this,
    /// `ledger` or `template`.
    pub files: Option<Spanned<String>>,
    /// The ids of ledgers of which at least one must have a row of the branch; none by default. With `template` only.
    #[serde(default)]
    pub ledgers: Vec<Spanned<String>>,
    /// The kinds of branch that have the annex; all by default.
    pub kinds: Option<Vec<Spanned<String>>>,
    /// What happens when the ledgers have no row, or there is no file; `gap` by default.
    #[serde(default)]
    pub without_data: WithoutData,
    /// How its pages are turned; by default as its tables need it.
    pub orientation: Option<Orientation>,
}

/// A condition over the rows of a ledger.
#[derive(Clone, Copy, Debug)]
pub struct RowCondition<'n> {
    /// The ledger's id.
    pub ledger: &'n Spanned<String>,
    /// The condition over `row`.
    pub when: &'n Spanned<String>,
}

/// How the pages of an annex are turned, in place of what its tables need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Orientation {
    /// Upright.
    Portrait,
    /// On its side.
    Landscape,
}

impl Annex {
    /// Whether branches of that kind have the annex.
    pub fn is_for(&self, kind: &str) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|known| known.get_ref() == kind))
    }

    /// The condition that listed rows meet; `None` where all do, or none is listed.
    pub fn row_condition(&self) -> Option<RowCondition<'_>> {
        Some(RowCondition { ledger: self.ledger.as_ref()?, when: self.when.as_ref()? })
    }

    /// The ids of the ledgers that it is made of.
    pub fn all_ledgers(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.ledger.iter().chain(&self.ledgers)
    }
}
