//! Where the texts of the department's report come from: figures over all branches, and each branch's own.

use super::{Basis, Computed, Origin, Tracer};
use crate::expr::Expressions;
use crate::model::Branch;
use crate::notice::Notice;

/// Keys of what the department's templates can print: its figures, then each branch's figures and its name.
#[derive(Clone, Copy, Debug)]
pub struct OverallKeys {
    overall: u32,
    figures: u32,
}

impl OverallKeys {
    /// The keys of a notice.
    pub fn of(notice: &Notice) -> Self {
        let overall = notice.summary.as_ref().map_or(0, |summary| summary.figure.len());
        Self { overall: overall as u32, figures: notice.figure.len() as u32 }
    }

    /// The key of one of the department's figures.
    pub fn overall(self, at: usize) -> u32 {
        at as u32
    }

    /// The key of a branch's figure.
    pub fn figure(self, branch: usize, at: usize) -> u32 {
        self.overall + branch as u32 * (self.figures + 1) + at as u32
    }

    /// The key of a branch's name.
    pub fn name(self, branch: usize) -> u32 {
        self.figure(branch, self.figures as usize)
    }
}

/// Finds the origins of what the department's report prints.
#[derive(Clone, Copy, Debug)]
pub struct Overall<'a> {
    branches: &'a [Branch],
    notice: &'a Notice,
    expressions: &'a Expressions,
    keys: OverallKeys,
}

impl<'a> Overall<'a> {
    /// A tracer over all branches.
    pub fn new(branches: &'a [Branch], notice: &'a Notice, expressions: &'a Expressions) -> Self {
        Self { branches, notice, expressions, keys: OverallKeys::of(notice) }
    }

    /// The keys that the department's values are printed with.
    pub fn keys(&self) -> OverallKeys {
        self.keys
    }

    /// For each of the department's figures, the branch figures that it reads.
    pub fn reads(&self) -> &'a [Vec<usize>] {
        self.expressions.overall_reads()
    }

    /// The origin behind a key; `None` when the key is none of the department's.
    pub fn origin(&self, key: u32) -> Option<Origin<'a>> {
        let Some(key) = key.checked_sub(self.keys.overall) else {
            let (id, figure) = self.notice.summary.as_ref()?.figure.get_index(key as usize)?;
            let reads = self.expressions.overall_reads().get(key as usize)?;
            let label = |at: &usize| self.notice.figure.get_index(*at).map(|(_, figure)| figure.label.as_str());
            let over: Vec<&str> = reads.iter().filter_map(label).collect();
            let of_branches = self.expressions.overall_asks_branches(key as usize);
            let basis = match (over.is_empty(), of_branches) {
                (false, _) => Basis::Figures(over),
                (true, true) => Basis::Branches,
                (true, false) => Basis::Settings,
            };
            let computed = Some(Computed { id, expression: figure.expr.get_ref() });
            return Some(Origin { owner: None, name: &figure.label, computed, ranges: Vec::new(), basis });
        };
        let (branch, at) = (key / (self.keys.figures + 1), key % (self.keys.figures + 1));
        let branch = self.branches.get(branch as usize)?;
        let tracer = Tracer::new(branch, self.notice, self.expressions);
        if at < self.keys.figures {
            let origin = tracer.origin(tracer.keys().figure(at as usize))?;
            return Some(Origin { owner: Some(branch.name()), ..origin });
        }
        let (roster, _, ledger) = self.notice.ledger.get_full(&self.notice.roster.ledger)?;
        tracer.origin(tracer.keys().cell(roster, 0, ledger.columns.get_index_of(&self.notice.roster.name)?))
    }
}
