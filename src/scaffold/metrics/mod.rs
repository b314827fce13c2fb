//! The metrics that the columns of a ledger ask for, and the clauses of the sentence that prints them.
//!
//! Rows are counted, by choice and by 是; numbers are added up; what is due is compared with the last day that counts,
//! what there is with what is required. Where rows name faults, what is done about them is counted over the rows that
//! have one. Rows that leave a choice or a 是 blank are of no choice; any other blank cell leaves a metric without a
//! result, which reports show as a gap: a sum never leaves out a number in silence.

mod faults;
mod overdue;
mod pairs;

use super::counting::FIGURES;
use super::design::{ColumnDesign, LedgerDesign};
use super::ids::Ids;
use super::phrase::{
    are_acts, first_sum_words, is_done, joined, literal, names_fault, rate_words, sum_words, total_label, total_words,
};
use super::roles::{Roles, is_event};
use crate::notice::ColumnType;

/// The words before a mean.
pub(super) const MEAN: &str = "平均";
/// Choices of a column that are counted one by one.
const MAX_COUNTED: usize = 6;

/// A `[metric]` line as it will be written.
#[derive(Clone, Debug)]
pub(super) struct MetricDesign {
    /// The id, by which expressions and templates name it; no ledger has the same.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Its unit; empty for a rate, and for a mean of rates.
    pub unit: String,
    /// Its expression.
    pub expr: String,
    /// How it is used.
    pub kind: MetricKind,
    /// The words before it in a sentence.
    pub words: String,
    /// The sentence where it is 0; empty for most.
    pub none: String,
    /// Why it is made, where that is a guess that could be wrong.
    pub reason: Option<String>,
}

/// What a metric counts, which decides the words around it and its counterpart in the summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MetricKind {
    /// The number of rows.
    Total,
    /// A number that may be added up.
    Count,
    /// The number of rows that name a fault.
    Faults,
    /// A number of what should not be: overdue, short.
    Shortfall,
    /// The quotient of two metrics, by their ids.
    Rate {
        /// The id of the metric that counts the part.
        part: String,
        /// The id of the metric that counts the whole.
        whole: String,
    },
    /// A mean of numbers, which cannot be added up.
    Mean,
    /// A mean of rates, shown as a percentage.
    MeanRate,
}

impl MetricKind {
    /// Whether the department's value cannot be made from the branches'.
    pub(super) fn is_mean(&self) -> bool {
        matches!(self, Self::Mean | Self::MeanRate)
    }
}

/// A part of a sentence: words and metrics, by their indices.
#[derive(Clone, Debug, Default)]
pub(super) struct Clause {
    /// The words before the first metric.
    pub lead: String,
    /// Indices in [`LedgerMetrics::metrics`], in the order of the sentence.
    pub metrics: Vec<usize>,
    /// Whether it has those alone that are not 0.
    pub lists: Listing,
}

/// Which metrics of a clause are said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Listing {
    /// All of them.
    #[default]
    All,
    /// Those that are not 0; one is not, at least.
    Some,
    /// Those that are not 0; the clause is left out when all are.
    SomeOrNone,
    /// All of them; none when the first is 0.
    IfFirst,
    /// All of them; when the first, which counts faults, is 0, that there are none.
    OfFaults,
}

/// The metrics of a ledger and the clauses that print them.
#[derive(Debug, Default)]
pub(super) struct LedgerMetrics {
    /// The metrics, in the order of the settings.
    pub metrics: Vec<MetricDesign>,
    /// The clauses, in the order of the sentence.
    pub clauses: Vec<Clause>,
    /// The ledger's id.
    pub ledger: String,
    /// Whether the number of rows says nothing: there is one for each month.
    pub is_uncounted: bool,
}

impl LedgerMetrics {
    /// The number of rows, where it says something.
    pub(super) fn total(&self) -> Option<&MetricDesign> {
        self.metrics.iter().find(|metric| metric.kind == MetricKind::Total && !self.is_uncounted)
    }

    /// The number of rows, whether or not it says something.
    pub(super) fn rows(&self) -> Option<&MetricDesign> {
        self.metrics.iter().find(|metric| metric.kind == MetricKind::Total)
    }

    /// The first number that is no count of rows.
    pub(super) fn count(&self) -> Option<&MetricDesign> {
        self.metrics.iter().find(|metric| metric.kind == MetricKind::Count)
    }

    /// The metrics of what should not be.
    pub(super) fn shortfalls(&self) -> impl Iterator<Item = &MetricDesign> {
        self.metrics.iter().filter(|metric| metric.kind == MetricKind::Shortfall)
    }

    /// The first rate.
    pub(super) fn rate(&self) -> Option<&MetricDesign> {
        self.metrics.iter().find(|metric| matches!(metric.kind, MetricKind::Rate { .. }))
    }
}

/// Makes the metrics of a ledger; `ids` are those given so far.
pub(super) fn metrics(ledger: &LedgerDesign, roles: &Roles, ids: &mut Ids) -> LedgerMetrics {
    let made = LedgerMetrics { ledger: ledger.id.clone(), ..LedgerMetrics::default() };
    let mut builder = Builder { ledger, ids, made, faults: None, sums: Vec::new() };
    let noun = &ledger.noun;
    let total = builder.add(NewMetric {
        label: total_label(noun, &ledger.measure.value, ledger.is_uncounted),
        unit: ledger.measure.value.clone(),
        expr: builder.number_of(&ledger.id),
        kind: MetricKind::Total,
        words: total_words(noun, &ledger.measure),
        none: String::new(),
    });
    // Pairs take it for the sum of that column.
    builder.sums.extend(ledger.quantity.clone().map(|quantity| (quantity, total)));
    if ledger.is_uncounted {
        builder.made.is_uncounted = true;
    } else {
        builder.clause("", vec![total]);
    }
    if let Some(column) = ledger.faults() {
        builder.faults = Some(builder.faults(column));
    }
    for (at, column) in ledger.columns.iter().enumerate() {
        match column.kind {
            _ if [&ledger.kinds, &ledger.quantity].contains(&&Some(column.id.clone())) => {}
            ColumnType::Choice => builder.choices(column, total),
            ColumnType::Flag => builder.flag(column, total),
            ColumnType::Percent => builder.mean(column, MetricKind::MeanRate),
            _ if column.is_score() => builder.mean(column, MetricKind::Mean),
            _ if column.is_additive() && !is_in_pair(roles, at) => builder.sum(column),
            _ => {}
        }
    }
    roles.pairs.iter().for_each(|pair| builder.pair(pair));
    builder.by_kind(roles);
    builder.overdue(roles);
    builder.made
}

/// Whether a number of people is of those who came to something.
fn is_attendance(label: &str) -> bool {
    const CAME: [&str; 11] = ["参加", "参与", "参训", "到场", "到会", "出席", "受益", "惠及", "覆盖", "受众", "服务"];
    CAME.iter().any(|word| label.contains(word))
}

fn is_in_pair(roles: &Roles, at: usize) -> bool {
    roles.pairs.iter().any(|pair| pair.whole == at || pair.part == at)
}

/// A metric before it has an id.
struct NewMetric {
    label: String,
    unit: String,
    expr: String,
    kind: MetricKind,
    words: String,
    none: String,
}

struct Builder<'a> {
    ledger: &'a LedgerDesign,
    ids: &'a mut Ids,
    made: LedgerMetrics,
    /// The number of rows that name a fault, by its index.
    faults: Option<usize>,
    /// The sums that pairs have, by the ids of their columns, and their indices.
    sums: Vec<(String, usize)>,
}

impl Builder<'_> {
    /// Adds a metric; returns its index.
    fn add(&mut self, new: NewMetric) -> usize {
        let NewMetric { label, unit, expr, kind, words, none } = new;
        let id = self.ids.take(&label);
        self.made.metrics.push(MetricDesign { id, label, unit, expr, kind, words, none, reason: None });
        self.made.metrics.len() - 1
    }

    /// What a row is: of a ledger with a row for each month, the month.
    fn noun(&self) -> String {
        let LedgerDesign { noun, measure, is_uncounted, .. } = self.ledger;
        match measure.value.as_str() {
            unit if *is_uncounted && unit.ends_with('月') => format!("{noun}月份"),
            unit if *is_uncounted && unit.ends_with("季度") => format!("{noun}季度"),
            _ => noun.clone(),
        }
    }

    fn id(&self, metric: usize) -> &str {
        self.made.metrics.get(metric).map_or("", |metric| &metric.id)
    }

    fn clause(&mut self, lead: impl Into<String>, metrics: Vec<usize>) {
        self.made.clauses.push(Clause { lead: lead.into(), metrics, lists: Listing::All });
    }

    /// The condition that a cell is filled in, for a column that some rows leave blank.
    fn guard(column: &ColumnDesign) -> String {
        if column.has_blanks { format!("has(r.{}) && ", column.id) } else { String::new() }
    }

    /// The condition that a row names a fault, for a column that is about faults alone.
    fn fault_guard(&self, column: &ColumnDesign) -> Option<String> {
        const ABOUT_FAULTS: [&str; 5] = ["整改", "处理", "处置", "解决", "销号"];
        let is_named = ABOUT_FAULTS.iter().any(|word| column.label.contains(word));
        let faults = self.ledger.faults().filter(|_| column.is_blank_without_fault || is_named)?;
        Some(format!("{} && ", names_fault(faults)))
    }

    /// How many rows a list has, or how many things they are.
    fn number_of(&self, rows: &str) -> String {
        match &self.ledger.quantity {
            Some(quantity) => format!("sum({rows}.map(|r| r.{quantity}))"),
            None => format!("{rows}.len()"),
        }
    }

    /// The number of rows, or things, that meet a condition.
    fn count(&mut self, label: String, words: String, condition: &str) -> usize {
        let expr = self.number_of(&format!("{}.filter(|r| {condition})", self.ledger.id));
        let unit = self.ledger.measure.value.clone();
        self.add(NewMetric { label, unit, expr, kind: MetricKind::Count, words, none: String::new() })
    }

    /// Makes a count one of what should not be. `words` are before its number; where it is 0, the sentence says of what
    /// there is none.
    fn shortfall(&mut self, count: usize) {
        // 持证 of a row of figures names no thing.
        let is_of_figures = self.ledger.is_uncounted && self.ledger.measure.value == FIGURES;
        let thing = if is_of_figures { "情况".to_owned() } else { self.noun() };
        let none = |words: &str| format!("没有{words}{thing}");
        let none = self.made.metrics.get(count).map(|metric| none(&metric.words));
        if let Some((metric, none)) = self.made.metrics.get_mut(count).zip(none) {
            metric.kind = MetricKind::Shortfall;
            metric.none = none;
        }
        self.clause("", vec![count]);
    }

    /// The quotient of two metrics, called by `words`.
    fn rate(&mut self, words: String, part: usize, whole: usize) -> usize {
        let (part, whole) = (self.id(part).to_owned(), self.id(whole).to_owned());
        let expr = format!("ratio({part}, {whole})");
        let label = joined(&self.ledger.noun, &words);
        self.add(NewMetric {
            label,
            unit: String::new(),
            expr,
            kind: MetricKind::Rate { part, whole },
            words,
            none: String::new(),
        })
    }

    /// A count for each choice, and the rate of those that say done.
    fn choices(&mut self, column: &ColumnDesign, total: usize) {
        let noun = &self.ledger.noun;
        let of_faults = self.fault_guard(column);
        let whole = if of_faults.is_some() { self.faults.unwrap_or(total) } else { total };
        let blanks = if column.done.is_empty() { Self::guard(column) } else { String::new() };
        let guard = of_faults.unwrap_or(blanks);
        let counted: Vec<&String> = column.values.iter().take(MAX_COUNTED).collect();
        if counted.len() < 2 {
            return;
        }
        let mut metrics = Vec::new();
        let mut done = Vec::new();
        for value in counted {
            let condition = format!("{guard}r.{} == {}", column.id, literal(value));
            // 培训 of 培训与演练 is 培训数.
            let label =
                if noun.contains(value) { format!("{value}数") } else { format!("{}数", joined(value, noun)) };
            let metric = self.count(label, value.clone(), &condition);
            metrics.push(metric);
            if column.done.contains(value) {
                done.push(metric);
            }
        }
        if let Some(done) = self.done(column, &done) {
            let rate = self.rate(rate_words(&column.done), done, whole);
            metrics.push(rate);
        }
        let may_be_none = column.has_blanks || column.values.len() > MAX_COUNTED;
        let lists = if may_be_none { Listing::SomeOrNone } else { Listing::Some };
        self.made.clauses.push(Clause { lead: format!("按{}分，", column.label), metrics, lists });
    }

    /// The number of rows that are done: the only such count, or the sum of several; none when there is no count.
    fn done(&mut self, column: &ColumnDesign, counts: &[usize]) -> Option<usize> {
        match counts {
            [] => None,
            [only] => Some(*only),
            several => {
                let ids: Vec<&str> = several.iter().map(|metric| self.id(*metric)).collect();
                let expr = ids.join(" + ");
                let label = format!("{}的{}数", column.done.join("或"), self.ledger.noun);
                let (unit, words) = (self.ledger.measure.value.clone(), column.done.join("或"));
                Some(self.add(NewMetric { label, unit, expr, kind: MetricKind::Count, words, none: String::new() }))
            }
        }
    }

    fn mean(&mut self, column: &ColumnDesign, kind: MetricKind) {
        let (id, name) = (&column.id, &column.label);
        let rows = self.rows(column);
        let label = format!("{}{MEAN}{name}", self.ledger.noun);
        let expr = format!("mean({rows}.map(|r| r.{id}))");
        let words = format!("{MEAN}{name}");
        let unit = column.unit.clone().filter(|_| kind == MetricKind::Mean).unwrap_or_default();
        let metric = self.add(NewMetric { label, unit, expr, kind, words, none: String::new() });
        self.clause("", vec![metric]);
    }

    /// The rows that a sum or mean of a column is over: all, those that name a fault, or those that are done. A blank cell among them leaves
    /// no result.
    fn rows(&self, column: &ColumnDesign) -> String {
        let ledger = &self.ledger.id;
        match self.ledger.faults().filter(|_| column.is_blank_without_fault) {
            Some(faults) => format!("{ledger}.filter(|r| {})", names_fault(faults)),
            None => match self.ledger.state().filter(|_| column.is_blank_until_done) {
                Some(state) => format!("{ledger}.filter(|r| {} || has(r.{}))", is_done("r", state), column.id),
                None => ledger.clone(),
            },
        }
    }

    fn added_up(&mut self, column: &ColumnDesign) -> usize {
        let expr = format!("sum({}.map(|r| r.{}))", self.rows(column), column.id);
        self.add(NewMetric {
            label: format!("{}合计", joined(&self.ledger.noun, &column.label)),
            unit: column.unit.clone().unwrap_or_default(),
            expr,
            kind: MetricKind::Count,
            words: sum_words(&column.label, column.unit.as_deref().unwrap_or_default()),
            none: String::new(),
        })
    }

    fn sum(&mut self, column: &ColumnDesign) {
        let metric = self.added_up(column);
        if column.unit.as_deref() == Some("人") && is_event(&self.ledger.columns) && is_attendance(&column.label) {
            // The same people may come to several.
            "人次".clone_into(&mut self.made.metrics[metric].unit);
        }
        let words = self.made.metrics[metric].words.clone();
        // 共开展走访2次，走访20户.
        let is_of_act = are_acts(&self.ledger.noun, &self.ledger.measure) && self.ledger.noun.ends_with(&words);
        match self.made.clauses.first_mut().filter(|_| is_of_act) {
            Some(first) => first.metrics.push(metric),
            None => self.first_sum(metric),
        }
    }

    /// A clause that begins with a sum; where it is the sentence's first, its words say that it is one.
    fn first_sum(&mut self, sum: usize) {
        if self.made.clauses.is_empty()
            && let Some(metric) = self.made.metrics.get_mut(sum)
        {
            metric.words = first_sum_words(&metric.words);
        }
        self.clause("", vec![sum]);
    }
}
