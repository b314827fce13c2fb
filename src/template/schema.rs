//! Which names a template may use, and what each stands for: what `lint` checks templates against.

use std::collections::BTreeMap;

use super::context::BRANCH;
use crate::notice::{Ledger, Notice, Summary};

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Schema {
    /// A text to print, with provenance.
    Text,
    /// A bare value for conditions and arithmetic; printed, it has no provenance.
    Bare,
    /// Names of its own.
    Map(BTreeMap<String, Schema>),
    /// Elements of one schema.
    List(Box<Schema>),
    /// Unknown before the template is filled.
    Any,
}

/// The names for templates of a branch's report.
pub(super) fn for_branches(notice: &Notice) -> Schema {
    let mut top = texts_with_bare(notice.metric.keys().map(String::as_str));
    for (id, ledger) in &notice.ledger {
        let columns = |ledger: &'_ Ledger| ledger.columns.keys().cloned().collect::<Vec<_>>();
        if *id == notice.roster.ledger {
            let fixed = ["name".to_owned(), "kind".to_owned()];
            let columns = [&columns(ledger)[..], &fixed].concat();
            top.insert(BRANCH.to_owned(), Schema::Map(texts_with_bare(columns.iter().map(String::as_str))));
        } else {
            let row = Schema::Map(texts_with_bare(columns(ledger).iter().map(String::as_str)));
            top.insert(id.clone(), Schema::List(Box::new(row)));
        }
    }
    top.insert("notice".to_owned(), notice_facts());
    Schema::Map(top)
}

/// The names for templates of the department's report.
pub(super) fn for_summary(notice: &Notice, summary: &Summary) -> Schema {
    let mut top = texts_with_bare(summary.metric.keys().map(String::as_str));
    let branch = texts_with_bare(notice.metric.keys().map(String::as_str).chain(["name", "kind"]));
    let branches = Schema::List(Box::new(Schema::Map(branch)));
    let lists = summary.list.keys().cloned().chain(["branches".to_owned()]);
    top.extend(lists.map(|id| (id, branches.clone())));
    top.insert("notice".to_owned(), notice_facts());
    Schema::Map(top)
}

/// Names to print, and the same under `n` as bare values.
fn texts_with_bare<'i>(ids: impl Iterator<Item = &'i str>) -> BTreeMap<String, Schema> {
    let mut names = BTreeMap::new();
    let mut bare = BTreeMap::new();
    for id in ids {
        names.insert(id.to_owned(), Schema::Text);
        bare.insert(id.to_owned(), Schema::Bare);
    }
    names.insert("n".to_owned(), Schema::Map(bare));
    names
}

/// The facts of the notice, which every template may use.
fn notice_facts() -> Schema {
    Schema::Map(texts_with_bare(["title", "issuer", "deadline", "cutoff"].into_iter()))
}
