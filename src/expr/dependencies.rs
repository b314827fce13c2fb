//! What an expression depends on: found while its names are resolved, used for provenance, reconciliation and cache
//! keys.

use std::collections::BTreeSet;

use super::ast::{Expr, ExprKind};
use super::lex::folded;
use super::parse::parse;

/// The names that an expression refers to, by their indexes.
#[derive(Clone, Debug, Default)]
pub struct References {
    /// Lists: ledgers, or branches and lists of them.
    pub lists: BTreeSet<usize>,
    /// Columns, each with its ledger.
    pub columns: BTreeSet<(usize, usize)>,
    /// Earlier metrics.
    pub metrics: BTreeSet<usize>,
    /// Metrics of branches, in the summary's expressions.
    pub branch_metrics: BTreeSet<usize>,
    /// Metrics in the previous period.
    pub previous: BTreeSet<usize>,
    /// Metrics of branches in the previous period, in the summary's expressions.
    pub branch_previous: BTreeSet<usize>,
}

impl References {
    /// Adds the references of another part of the expression.
    pub fn extend(&mut self, other: Self) {
        self.lists.extend(other.lists);
        self.columns.extend(other.columns);
        self.metrics.extend(other.metrics);
        self.branch_metrics.extend(other.branch_metrics);
        self.previous.extend(other.previous);
        self.branch_previous.extend(other.branch_previous);
    }
}

/// What a metric depends on. Ledgers, columns and metrics are given by their indexes in the notice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// The ledgers that the expression itself reads, each with its columns; without columns, its rows are only counted.
    pub ledgers: Vec<(usize, Vec<usize>)>,
    /// The earlier metrics that the expression itself reads.
    pub metrics: Vec<usize>,
    /// The ledgers that the expression reads itself or through other metrics; all columns of a ledger whose rows are
    /// only counted, written as an empty list.
    pub all: Vec<(usize, Vec<usize>)>,
    /// The metrics whose values in the previous period the expression reads itself or through other metrics.
    pub previous: Vec<usize>,
    /// Whether the values for any two sets of rows sum to the value for both together.
    pub additive: bool,
}

impl Dependencies {
    /// The dependencies of the metric that follows those of `earlier`.
    pub fn new(references: &References, additive: bool, earlier: &[Self]) -> Self {
        let mut ledgers = Vec::new();
        for ledger in &references.lists {
            let columns = references.columns.iter().filter(|(of, _)| of == ledger).map(|(_, column)| *column);
            ledgers.push((*ledger, columns.collect::<Vec<usize>>()));
        }
        let mut all = Vec::new();
        for metric in &references.metrics {
            for (ledger, columns) in earlier.get(*metric).into_iter().flat_map(|metric| &metric.all) {
                add_columns(&mut all, *ledger, columns);
            }
        }
        for (ledger, columns) in &ledgers {
            add_columns(&mut all, *ledger, columns);
        }
        let mut previous = references.previous.clone();
        let of_earlier = references.metrics.iter().filter_map(|metric| earlier.get(*metric));
        previous.extend(of_earlier.flat_map(|metric| &metric.previous));
        let previous = previous.into_iter().collect();
        Self { metrics: references.metrics.iter().copied().collect(), ledgers, all, previous, additive }
    }
}

/// Adds a ledger's columns; an empty list means all of them.
fn add_columns(all: &mut Vec<(usize, Vec<usize>)>, ledger: usize, columns: &[usize]) {
    match all.iter_mut().find(|(known, _)| *known == ledger) {
        Some((_, known)) if known.is_empty() || columns.is_empty() => known.clear(),
        Some((_, known)) => {
            known.extend(columns);
            known.sort_unstable();
            known.dedup();
        }
        None => all.push((ledger, columns.to_vec())),
    }
}

/// The names of part and whole of an expression that is nothing but their ratio: `ratio(done, total)`.
pub(crate) fn ratio_of(text: &str) -> Option<(String, String)> {
    match parse(&folded(text)).ok()?.kind {
        ExprKind::Call("ratio", arguments) => match &arguments[..] {
            [Expr { kind: ExprKind::Name(part), .. }, Expr { kind: ExprKind::Name(whole), .. }] => {
                Some(((*part).to_owned(), (*whole).to_owned()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether an expression is a mean, which cannot be added up over branches.
pub(crate) fn is_mean(text: &str) -> bool {
    matches!(parse(&folded(text)), Ok(Expr { kind: ExprKind::Call("mean", _), .. }))
}

#[cfg(test)]
mod tests {
    use super::{is_mean, ratio_of};

    #[test]
    fn a_mean_is_recognised() {
        assert!(is_mean("mean(study.map(|r| r.done))"));
        assert!(!is_mean("sum(study.map(|r| r.done))") && !is_mean("mean(") && !is_mean("done"));
    }

    #[test]
    fn a_ratio_of_two_names_is_recognised() {
        let names = |text| ratio_of(text).map(|(part, whole)| format!("{part} {whole}"));
        assert_eq!(names(" ratio( done , total ) ").as_deref(), Some("done total"));
        assert_eq!(names("ratio(完成数, ｎ)").as_deref(), Some("完成数 n"));
        for text in ["ratio(done, total) * 2", "ratio(a.b, c)", "ratio(1, c)", "max(a, b)", "ratio(", "ratio(a, b, c)"]
        {
            assert_eq!(ratio_of(text), None, "{text}");
        }
    }
}
