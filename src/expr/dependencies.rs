//! What an expression reads, as it was found while its names were resolved.

use std::collections::BTreeSet;

use super::parse::{Expr, Kind, parse};

/// The names that an expression uses, by their places.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Lists: ledgers, or branches and lists of them.
    pub lists: BTreeSet<usize>,
    /// Ledgers with a column.
    pub columns: BTreeSet<(usize, usize)>,
    /// Earlier metrics.
    pub metrics: BTreeSet<usize>,
    /// Metrics of branches.
    pub of_branches: BTreeSet<usize>,
}

impl Seen {
    /// With what another part of the expression uses.
    pub fn absorb(&mut self, other: Self) {
        self.lists.extend(other.lists);
        self.columns.extend(other.columns);
        self.metrics.extend(other.metrics);
        self.of_branches.extend(other.of_branches);
    }
}

/// What a metric's expression reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Each ledger with the columns read, by their places in the notice; without columns its rows are only counted.
    pub ledgers: Vec<(usize, Vec<usize>)>,
    /// Other metrics, by their places in the notice.
    pub metrics: Vec<usize>,
    /// The ledgers and columns that those metrics read, and it itself.
    pub all: Vec<(usize, Vec<usize>)>,
    /// Whether the values for any two sets of rows sum to the value for both together.
    pub additive: bool,
}

impl Reads {
    /// What the metric behind those `before` reads.
    pub fn new(seen: &Seen, additive: bool, before: &[Self]) -> Self {
        let columns = |ledger| seen.columns.iter().filter(move |(of, _)| *of == ledger).map(|(_, column)| *column);
        let ledgers: Vec<_> = seen.lists.iter().map(|ledger| (*ledger, columns(*ledger).collect())).collect();
        let through = seen.metrics.iter().filter_map(|metric| before.get(*metric)).flat_map(|reads| &reads.all);
        let all = through.chain(&ledgers).fold(Vec::new(), joined);
        Self { metrics: seen.metrics.iter().copied().collect(), ledgers, all, additive }
    }
}

/// Ledgers and columns with one more ledger's columns; rows that are counted as wholes cover all their columns.
fn joined(mut all: Vec<(usize, Vec<usize>)>, more: &(usize, Vec<usize>)) -> Vec<(usize, Vec<usize>)> {
    let (ledger, columns) = more;
    match all.iter_mut().find(|(known, _)| known == ledger) {
        Some((_, known)) if known.is_empty() || columns.is_empty() => known.clear(),
        Some((_, known)) => {
            known.extend(columns);
            known.sort_unstable();
            known.dedup();
        }
        None => all.push(more.clone()),
    }
    all
}

/// The two names of which the expression is the ratio: `ratio(done, total)`.
pub fn ratio_of(text: &str) -> Option<(&str, &str)> {
    match parse(text).ok()?.kind {
        Kind::Call("ratio", parts) => match &parts[..] {
            [Expr { kind: Kind::Name(part), .. }, Expr { kind: Kind::Name(whole), .. }] => Some((part, whole)),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::ratio_of;

    #[test]
    fn a_ratio_of_two_names_is_told() {
        assert_eq!(ratio_of(" ratio( done , total ) "), Some(("done", "total")));
        for text in ["ratio(done, total) * 2", "ratio(a.b, c)", "ratio(1, c)", "max(a, b)", "ratio(", "ratio(a, b, c)"]
        {
            assert_eq!(ratio_of(text), None, "{text}");
        }
    }
}
