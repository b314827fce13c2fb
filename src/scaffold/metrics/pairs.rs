//! Numbers that belong together: what is required and what there is, a whole and its parts, things by their kind.

use super::super::counting::FIGURES;
use super::super::design::ColumnDesign;
use super::super::phrase::{joined, literal, sum_words};
use super::super::roles::{Pair, Roles};
use super::{Builder, Clause, Listing, MAX_COUNTED, MetricKind, NewMetric};
use crate::notice::ColumnType;

impl Builder<'_> {
    /// Two sums and their quotient; of what is required, how many rows are short of it.
    pub(super) fn pair(&mut self, pair: &Pair) {
        let ledger = self.ledger;
        let (Some(whole), Some(part)) = (ledger.columns.get(pair.whole), ledger.columns.get(pair.part)) else { return };
        let is_first = !self.sums.iter().any(|(id, _)| *id == whole.id);
        let whole_sum = self.sum_once(whole);
        let part_sum = self.sum_once(part);
        let Some(share) = &pair.share else {
            self.required(whole, part, [whole_sum, part_sum]);
            return;
        };
        let rate = self.rate(share.rate.clone(), part_sum, whole_sum);
        let reason = format!("“{}”像是“{}”中的一部分", part.label, whole.label);
        if let Some(metric) = self.made.metrics.get_mut(rate) {
            metric.reason = Some(reason);
        }
        if let Some(metric) = self.made.metrics.get_mut(part_sum) {
            metric.words.clone_from(&share.words);
            if metric.unit.is_empty() {
                metric.unit = whole.unit.clone().unwrap_or_default();
            }
        }
        // Parts of one whole share a clause.
        let of_whole = |clause: &&mut Clause| clause.metrics.first() == Some(&whole_sum);
        match self.made.clauses.iter_mut().find(of_whole) {
            Some(clause) => {
                let is_alone = clause.metrics.len() == 1;
                clause.metrics.extend([part_sum, rate]);
                self.say_part(part_sum, is_alone);
            }
            None if is_first => {
                self.first_sum(whole_sum);
                if let Some(clause) = self.made.clauses.last_mut() {
                    clause.metrics.extend([part_sum, rate]);
                }
                self.say_part(part_sum, true);
            }
            // The whole is said already, as a part of another.
            None => self.clause("", vec![part_sum, rate]),
        }
    }

    /// Says of the first part of a whole that it is one.
    fn say_part(&mut self, part: usize, is_first: bool) {
        if let Some(metric) = self.made.metrics.get_mut(part).filter(|_| is_first) {
            metric.words.insert_str(0, "其中");
        }
    }

    fn required(&mut self, whole: &ColumnDesign, part: &ColumnDesign, sums: [usize; 2]) {
        let words = format!("占{}的", whole.label);
        let rate = self.rate(format!("{}占{}的比例", part.label, whole.label), sums[1], sums[0]);
        if let Some(metric) = self.made.metrics.get_mut(rate) {
            metric.words = words;
        }
        self.clause("", vec![sums[0], sums[1], rate]);
        let condition = format!("r.{} < r.{}", part.id, whole.id);
        let words = format!("{}少于{}的", part.label, whole.label);
        let label = format!("{words}{}数", self.noun());
        let short = self.count_rows(label, words, &condition);
        self.shortfall(short);
    }

    /// The number of rows that meet a condition, also where things are counted: it is the row that is short.
    fn count_rows(&mut self, label: String, words: String, condition: &str) -> usize {
        let count = self.count(label, words, condition);
        if self.ledger.quantity.is_some()
            && let Some(metric) = self.made.metrics.get_mut(count)
        {
            metric.expr = format!("{}.filter(|r| {condition}).len()", self.ledger.id);
            FIGURES.clone_into(&mut metric.unit);
        }
        count
    }

    /// The sum of a column, made once for all pairs that have it.
    fn sum_once(&mut self, column: &ColumnDesign) -> usize {
        if let Some((_, known)) = self.sums.iter().find(|(id, _)| *id == column.id) {
            return *known;
        }
        let sum = self.added_up(column);
        self.sums.push((column.id.clone(), sum));
        sum
    }

    /// Of a ledger with a row for each kind, the number of things of each kind.
    pub(super) fn by_kind(&mut self, roles: &Roles) {
        let ledger = self.ledger;
        let Some(kinds) = &ledger.kinds else { return };
        let whole = roles.pairs.first().and_then(|pair| ledger.columns.get(pair.whole));
        let number = whole.or_else(|| ledger.columns.iter().find(|column| column.is_additive()));
        let column = ledger.columns.iter().find(|column| column.id == *kinds && column.kind == ColumnType::Choice);
        let (Some(number), Some(column)) = (number, column) else { return };
        let mut metrics = Vec::new();
        for value in column.values.iter().take(MAX_COUNTED) {
            let condition = format!("r.{} == {}", column.id, literal(value));
            let expr = format!("sum({}.filter(|r| {condition}).map(|r| r.{}))", ledger.id, number.id);
            metrics.push(self.add(NewMetric {
                label: joined(value, &number.label),
                unit: number.unit.clone().unwrap_or_default(),
                expr,
                kind: MetricKind::Count,
                words: value.clone(),
                none: String::new(),
            }));
        }
        let words = sum_words(&number.label, number.unit.as_deref().unwrap_or_default());
        let lead = format!("{}按{}分，", words, column.label);
        self.made.clauses.push(Clause { lead, metrics, lists: Listing::SomeOrNone });
    }
}
