//! Rows that name a fault, and what rows say with 是: of the faults, where it is about these.

use super::super::design::ColumnDesign;
use super::super::phrase::{FaultWords, fault_words, names_fault};
use super::{Builder, Clause, Listing, MetricKind};

impl Builder<'_> {
    /// How many rows say 是, and their rate: of the rows that name a fault, where it is about faults, else of those that
    /// say either.
    pub(super) fn flag(&mut self, column: &ColumnDesign, total: usize) {
        let words = ["是否", "有无", "能否", "有没有"].iter().find_map(|word| column.label.strip_prefix(word));
        let words = words.map_or_else(|| column.label.replacen("是否", "", 1), str::to_owned);
        let of_faults = self.fault_guard(column).zip(self.faults);
        let mut metrics = Vec::new();
        let (guard, whole, lists) = match of_faults {
            Some((guard, faults)) => (guard, faults, Listing::All),
            None if column.has_blanks => {
                let said = format!("填了{}的", column.label);
                let label = format!("{said}{}数", self.noun());
                let answered = self.count(label, said, &format!("has(r.{})", column.id));
                metrics.push(answered);
                (Self::guard(column), answered, Listing::IfFirst)
            }
            None => (String::new(), total, Listing::All),
        };
        let condition = format!("{guard}r.{} == true", column.id);
        let yes = self.count(format!("{words}的{}数", self.noun()), words.clone(), &condition);
        let rate = self.rate(format!("{words}率"), yes, whole);
        metrics.extend([yes, rate]);
        match self.faults.filter(|faults| *faults == whole) {
            // Behind the number of the faults.
            Some(faults) => {
                let of_faults = self.made.clauses.iter_mut().find(|clause| clause.metrics.first() == Some(&faults));
                of_faults.into_iter().for_each(|clause| clause.metrics.extend(&metrics));
            }
            None => self.made.clauses.push(Clause { lead: "其中，".to_owned(), metrics, lists }),
        }
    }

    /// How many rows name a fault; 无 names none.
    pub(super) fn faults(&mut self, column: &ColumnDesign) -> usize {
        let condition = names_fault(column);
        let FaultWords { some, none } = fault_words(&column.label);
        let label = format!("{some}{}数", self.ledger.noun);
        let count = self.count(label, some, &condition);
        if let Some(metric) = self.made.metrics.get_mut(count) {
            metric.kind = MetricKind::Faults;
            metric.none = none;
        }
        self.made.clauses.push(Clause { lead: String::new(), metrics: vec![count], lists: Listing::OfFaults });
        count
    }
}
