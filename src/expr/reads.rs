//! What an expression reads, and whether it is additive, found without running it.

use super::names::{code, mentions, properties};
use crate::notice::Notice;

/// What a figure's expression reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Each ledger with the columns read, by their places in the notice; without columns its rows are only counted.
    pub ledgers: Vec<(usize, Vec<usize>)>,
    /// Other figures, by their places in the notice.
    pub figures: Vec<usize>,
    /// The ledgers and columns that those figures read, and it itself.
    pub all: Vec<(usize, Vec<usize>)>,
    /// Whether the values for any two sets of rows sum to the value for both together.
    pub additive: bool,
}

/// What each of the notice's figures reads, in its order.
pub fn of_figures(notice: &Notice) -> Vec<Reads> {
    let mut all: Vec<Reads> = Vec::new();
    for figure in notice.figure.values() {
        let expr = figure.expr.get_ref();
        let mentioned = notice.ledger.iter().enumerate().filter(|(_, (id, _))| mentions(expr, id));
        let ledgers: Vec<(usize, Vec<usize>)> = mentioned
            .map(|(index, (_, ledger))| {
                let read = |id: &String| properties(expr).any(|property| property == id);
                (index, (0..).zip(ledger.columns.keys()).filter(|(_, id)| read(id)).map(|(at, _)| at).collect())
            })
            .collect();
        // With several ledgers nobody can tell whose a column is that more than one of them have: whole rows are told.
        let told = ledgers.iter().map(|(index, columns)| match ledgers.len() {
            1 => (*index, columns.clone()),
            _ => (*index, Vec::new()),
        });
        let told: Vec<(usize, Vec<usize>)> = told.collect();
        let earlier = notice.figure.keys().take(all.len()).enumerate();
        let figures: Vec<usize> = earlier.filter(|(_, id)| mentions(expr, id)).map(|(at, _)| at).collect();
        let additive = match (&ledgers[..], &figures[..]) {
            ([(ledger, _)], []) => notice.ledger.get_index(*ledger).is_some_and(|(id, _)| folds_rows(expr, id)),
            ([], parts @ [_, ..]) => is_sum(expr) && parts.iter().all(|part| all[*part].additive),
            _ => false,
        };
        let through = figures.iter().flat_map(|part| &all[*part].all);
        let together = through.chain(&told).fold(Vec::new(), joined);
        all.push(Reads { ledgers, figures, all: together, additive });
    }
    all
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

/// The two figures of which the expression is the ratio: `ratio(done, total)`.
pub fn ratio_of(expr: &str) -> Option<(&str, &str)> {
    let (part, whole) = expr.trim().strip_prefix("ratio(")?.strip_suffix(')')?.split_once(',')?;
    Some((part.trim(), whole.trim()))
}

/// Whether the expression does nothing but add and subtract names.
fn is_sum(expr: &str) -> bool {
    expr.chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c.is_whitespace() || "+-".contains(c))
        && expr.split(['+', '-']).all(|name| name.trim().starts_with(|c: char| c.is_ascii_lowercase()))
}

/// Whether the expression counts or sums over the ledger's rows, each by itself: `ledger.filter(…).len()`,
/// `sum(ledger.filter(…).map(…))`.
fn folds_rows(expr: &str, ledger: &str) -> bool {
    let expr = code(expr);
    let expr = expr.trim();
    let summed = expr.strip_prefix("sum(").and_then(|rest| rest.strip_suffix(')'));
    let chain = summed.unwrap_or(expr);
    let Some(mut rest) = chain.trim().strip_prefix(ledger) else { return false };
    let mut last = "";
    while !rest.is_empty() {
        let Some((name, closure, tail)) = link(rest) else { return false };
        let alone = !mentions(closure, ledger) && (name == "len" || has_one_parameter(closure));
        if !alone || last == "map" || !matches!(name, "filter" | "map" | "len") {
            return false;
        }
        (last, rest) = (name, tail);
    }
    last == if summed.is_some() { "map" } else { "len" }
}

/// Whether a closure takes a row alone, and not also its place.
fn has_one_parameter(closure: &str) -> bool {
    let parameters = closure.trim_start().strip_prefix('|').and_then(|rest| rest.split_once('|'));
    parameters.is_some_and(|(parameters, _)| !parameters.contains(','))
}

/// The first `.name(…)` of a chain: its name, what stands in its brackets, and the rest of the chain.
fn link(chain: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = chain.trim_start().strip_prefix('.')?.split_once('(')?;
    let mut depth = 1;
    for (at, c) in rest.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((name.trim(), &rest[..at], rest[at + 1..].trim_start()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{folds_rows, is_sum};

    #[test]
    fn what_folds_rows_one_by_one_is_additive() {
        for expr in [
            "study.len()",
            "study.filter(|r| r.done < r.required).len()",
            "study.filter(|r| r.name != \"a)(\").filter(|r| has(r.done)).len()",
            "study.len() /* 不含 rectify */",
            "sum(study.map(|r| floor(max(r.required - r.done, 0) / 5) * 0.05))",
        ] {
            assert!(folds_rows(expr, "study"), "{expr}");
        }
        for expr in [
            "mean(study.map(|r| r.done))",
            "max(study.len(), 3)",
            "study.len() * study.len()",
            "sum(study.map(|r| r.done / study.len()))",
            "calendar.theme.filter(|d| study.some(|r| r.date == d)).len()",
            "study.filter(|r| r.done).map(|r| r.done)",
            "study.some(|r| r.done > 3)",
            "sum(study.map(|r, i| i))",
        ] {
            assert!(!folds_rows(expr, "study"), "{expr}");
        }
        assert!(is_sum("total - done") && is_sum("a + b_2 - c"));
        assert!(!is_sum("max(a - b, 0)") && !is_sum("a * b") && !is_sum("a - 1") && !is_sum("- a"));
    }
}
