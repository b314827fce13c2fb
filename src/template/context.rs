//! The values of a branch as its templates see them.
//!
//! A name stands for a text ready to print; under `n` the same name stands for its bare value, for conditions and
//! arithmetic (see `value`). A branch has hundreds of cells of which templates print a few columns, so
//! [`ContextBuilder`] only makes values of names that some template mentions.

use tera::value::Key;
use tera::{Map, Value as TeraValue};

use super::mentioned::MentionedWords;
use super::names::encoded;
use super::periods::{self, ComparedMetric, MentionedPeriods};
use super::top_names::BRANCH;
use super::units::{self, UNITS, unit_key};
use super::value::{PrintedValue, ValueMap, ValueName};
use crate::expr::Expressions;
use crate::marker;
use crate::metric::Metrics;
use crate::model::{Branch, Row, Value};
use crate::notice::{Annex, Ledger, Metric, Notice};
use crate::provenance::Keys;

/// The values of one report for its templates.
#[derive(Debug)]
pub(super) struct TemplateContext<'a> {
    /// The branch's or the department's name.
    pub name: &'a str,
    /// The branch's kind; `None` for the department.
    pub kind: Option<&'a str>,
    /// For each ledger of the notice, what the branch handed in.
    pub(super) submissions: Vec<Submission>,
    /// The metrics without a value.
    pub(super) missing_metrics: Vec<MissingMetric<'a>>,
    /// The ledgers whose rows of all branches are incomplete; none in a branch's report.
    pub(super) incomplete: Vec<IncompleteLedger<'a>>,
    pub(super) values: tera::Context,
}

/// A ledger that not every branch handed in although it had to.
#[derive(Debug)]
pub(super) struct IncompleteLedger<'a> {
    pub id: &'a str,
    /// The gap behind a text that lists the rows of all branches, with markers.
    pub gap: String,
}

/// What a branch handed in of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Submission {
    /// Nothing.
    None,
    /// A report that there is nothing to report.
    Nil,
    /// The ledger was handed in, without rows of the branch; the settings do not say what that means.
    NoRows,
    /// The same, where the notice's author said that it means nothing to report.
    NotDue,
    Rows,
}

impl Submission {
    /// What it means that there are no rows in the ledger with this index, and no nil report.
    pub(super) fn without_rows(notice: &Notice, ledger: usize) -> Self {
        let may_be_empty = notice.ledger.get_index(ledger).is_some_and(|(_, ledger)| ledger.may_be_empty());
        if may_be_empty { Self::NotDue } else { Self::NoRows }
    }
}

/// A metric without a value.
#[derive(Debug)]
pub(super) struct MissingMetric<'a> {
    pub id: &'a str,
    /// The gap printed instead of a value, with markers.
    pub gap: String,
}

/// Builds contexts with the names that the templates of one kind of report mention.
#[derive(Debug)]
pub(super) struct ContextBuilder {
    /// The key `n`, under which templates find a value without its provenance.
    pub bare_key: Key<'static>,
    /// The metrics that templates mention; only these are put into contexts.
    pub metrics: Vec<MentionedName>,
    /// For each ledger, its mentioned columns in order; `None` for a ledger that no template mentions.
    pub columns_by_ledger: Vec<Option<Vec<MentionedName>>>,
    /// For each ledger, whether templates mention its rows of all branches, as `all.ledger`.
    pub of_all_branches: Vec<bool>,
    /// For each ledger, whether an annex lists its rows.
    listed: Vec<bool>,
    /// What of the previous period templates mention.
    pub periods: MentionedPeriods,
    /// The facts of the notice, the same in every context.
    notice_facts: Map,
    /// Whether some template prints values with their units.
    pub has_units: bool,
}

/// A row with what its columns are.
#[derive(Clone, Copy)]
pub(super) struct RowCells<'r> {
    pub row: &'r Row,
    /// Its ledger's index in the notice.
    pub index: usize,
    pub ledger: &'r Ledger,
    /// The expressions of computed columns.
    pub expressions: &'r Expressions,
}

/// A metric or column that a template mentions.
#[derive(Debug)]
pub(super) struct MentionedName {
    /// Its index among the notice's metrics or the ledger's columns, of which computed ones are the last.
    pub index: usize,
    pub name: ValueName,
}

impl ContextBuilder {
    /// Finds the notice's names that any of the templates' texts mentions. `notice_facts` are names of every context,
    /// `annexes` those of the report.
    pub(super) fn new<'t>(
        notice: &Notice,
        annexes: &[Annex],
        notice_facts: Map,
        templates: impl Iterator<Item = &'t str>,
    ) -> Self {
        let mut words = MentionedWords::default();
        templates.for_each(|text| words.scan(text));
        let has_units = words.all.contains(units::FILTER);
        let mentioned = |ids: &mut dyn Iterator<Item = &String>| {
            let ids = ids.enumerate().filter(|(_, id)| words.all.contains(id.as_str()));
            ids.map(|(index, id)| MentionedName { index, name: ValueName::new(id.clone(), words.is_bare(id)) })
                .collect::<Vec<_>>()
        };
        let columns_by_ledger = notice.ledger.iter().map(|(id, ledger)| {
            let name = if *id == notice.roster.ledger { BRANCH } else { id };
            let is_mentioned = words.all.contains(name) || words.has_rows_of_all(id);
            is_mentioned.then(|| mentioned(&mut ledger.field_ids()))
        });
        let listed = |id: &String| annexes.iter().any(|annex| annex.ledger.as_ref().is_some_and(|l| l.get_ref() == id));
        let of_all = |id: &String| *id != notice.roster.ledger && words.has_rows_of_all(id);
        Self {
            bare_key: "n".into(),
            columns_by_ledger: columns_by_ledger.collect(),
            of_all_branches: notice.ledger.keys().map(of_all).collect(),
            listed: notice.ledger.keys().map(listed).collect(),
            periods: MentionedPeriods::of(&words),
            metrics: mentioned(&mut notice.metric.keys()),
            notice_facts,
            has_units,
        }
    }

    /// The mentioned columns of a row with their values, and their units where they are printed; `key` returns the
    /// provenance key of a column's cell.
    pub(super) fn row_values(
        &self,
        cells: RowCells<'_>,
        mentioned: &[MentionedName],
        key: impl Fn(usize) -> u32,
    ) -> ValueMap {
        let RowCells { row, index: ledger_index, ledger, expressions } = cells;
        let mut values = ValueMap::with_capacity(mentioned.len());
        let mut mentioned = mentioned.iter().peekable();
        for (index, (column, cell)) in ledger.columns.values().zip(row.cells()).enumerate() {
            if let Some(MentionedName { name, .. }) = mentioned.next_if(|mentioned| mentioned.index == index) {
                let value = cell.map_or(Value::Missing, |cell| cell.value);
                values.insert(name, &PrintedValue::Cell(value, column), Some(key(index)));
                values.insert_unit(name, column.unit.as_deref().filter(|_| self.has_units));
            }
        }
        for MentionedName { index, name } in mentioned {
            if let Some(column) = ledger.column_at(*index) {
                let value = expressions.cell((ledger_index, ledger), row, *index);
                values.insert(name, &PrintedValue::Cell(value, column), Some(key(*index)));
                values.insert_unit(name, column.unit.as_deref().filter(|_| self.has_units));
            }
        }
        values
    }

    /// The units of metrics, beside which values are printed with their units.
    pub(super) fn units<'n>(&self, metrics: impl Iterator<Item = (&'n String, &'n Metric)>) -> Map {
        let mut units = Map::default();
        if self.has_units {
            let units_of = metrics.filter_map(|(id, metric)| Some((id, metric.unit.as_deref()?)));
            units.extend(units_of.map(|(id, unit)| (unit_key(id).into(), TeraValue::from(unit))));
        }
        units
    }

    /// A tera context with these names and the facts of the notice.
    pub(super) fn tera_context(&self, names: Map) -> tera::Context {
        let mut context = tera::Context::new();
        for (name, value) in self.notice_facts.clone().into_iter().chain(names) {
            context.insert_value(encoded(name.as_str().unwrap_or_default()).into_owned(), value);
        }
        context
    }

    /// Bytes of the branch's rows in the ledgers that templates mention or annexes list.
    pub(super) fn bytes_of_rows(&self, branch: &Branch) -> usize {
        let is_printed = |ledger: usize| self.columns_by_ledger[ledger].is_some() || self.listed[ledger];
        bytes_of_rows(branch, (0..self.listed.len()).filter(|ledger| is_printed(*ledger)))
    }

    /// Bytes of all branches' rows in the ledgers that the department's templates or annexes list.
    pub(super) fn bytes_of_all_rows(&self, branches: &[&Branch]) -> usize {
        let is_printed = |ledger: &usize| self.of_all_branches[*ledger] || self.listed[*ledger];
        let printed: Vec<usize> = (0..self.listed.len()).filter(is_printed).collect();
        branches.iter().map(|branch| bytes_of_rows(branch, printed.iter().copied())).sum()
    }

    /// The context of a branch's report.
    pub(super) fn branch_context<'a>(
        &self,
        branch: &'a Branch,
        metrics: &Metrics,
        expressions: &Expressions,
        notice: &'a Notice,
        keys: &Keys,
    ) -> TemplateContext<'a> {
        let mut values = ValueMap::with_capacity(self.metrics.len());
        for MentionedName { index, name } in &self.metrics {
            if let Some((_, metric)) = notice.metric.get_index(*index) {
                let value = PrintedValue::Metric(metrics.value(*index), metric);
                values.insert(name, &value, Some(keys.metric(*index)));
            }
        }
        let mut top = values.finish(&self.bare_key);
        top.insert(UNITS.into(), TeraValue::from(self.units(notice.metric.iter())));
        let compared = self.metrics.iter().filter_map(|MentionedName { index, name }| {
            let (_, metric) = notice.metric.get_index(*index)?;
            Some(ComparedMetric {
                name: name.clone(),
                metric,
                now: metrics.value(*index),
                before: branch.previous().number(*index),
                previous_key: keys.previous(*index),
                change_key: keys.change(*index),
            })
        });
        periods::insert(&mut top, compared, &self.periods, &notice.words.previous);
        for (index, ((id, ledger), columns)) in notice.ledger.iter().zip(&self.columns_by_ledger).enumerate() {
            let Some(columns) = columns else { continue };
            let cells = |row| RowCells { row, index, ledger, expressions };
            let key_in_row = |row: usize| move |column: usize| keys.cell(index, row, column);
            if *id == notice.roster.ledger {
                let key = key_in_row(0);
                let column_key = |id: &str| ledger.columns.get_index_of(id).map(key);
                let mut values = self.row_values(cells(branch.roster_row()), columns, key);
                let name = PrintedValue::Text(branch.name());
                values.insert(&ValueName::with_bare("name"), &name, column_key(&notice.roster.name));
                let kind = PrintedValue::Text(branch.kind());
                values.insert(&ValueName::with_bare("kind"), &kind, column_key(&notice.roster.kind));
                top.insert(BRANCH.into(), TeraValue::from(values.finish(&self.bare_key)));
            } else {
                let rows = branch.rows(index).unwrap_or_default().iter().enumerate().map(|(at, row)| {
                    TeraValue::from(self.row_values(cells(row), columns, key_in_row(at)).finish(&self.bare_key))
                });
                top.insert(id.clone().into(), TeraValue::from(rows.collect::<Vec<TeraValue>>()));
            }
        }
        let submission = |index| match branch.rows(index) {
            None => Submission::None,
            Some([]) if branch.has_nil_report(index) => Submission::Nil,
            Some([]) => Submission::without_rows(notice, index),
            Some(_) => Submission::Rows,
        };
        TemplateContext {
            name: branch.name(),
            kind: Some(branch.kind()),
            submissions: (0..notice.ledger.len()).map(submission).collect(),
            missing_metrics: missing_metrics(metrics, notice.metric.iter()),
            incomplete: Vec::new(),
            values: self.tera_context(top),
        }
    }
}

/// Bytes of a branch's rows in some ledgers.
fn bytes_of_rows(branch: &Branch, ledgers: impl Iterator<Item = usize>) -> usize {
    ledgers.flat_map(|ledger| branch.rows(ledger).unwrap_or_default()).map(|row| row.packed().len()).sum()
}

/// The metrics that have no value.
pub(super) fn missing_metrics<'n>(
    metrics: &Metrics,
    definitions: impl Iterator<Item = (&'n String, &'n Metric)>,
) -> Vec<MissingMetric<'n>> {
    let mut missing = Vec::new();
    for ((id, metric), value) in definitions.zip(metrics.values()) {
        if value.is_none() {
            missing.push(MissingMetric { id, gap: marker::gap(&metric.label) });
        }
    }
    missing
}
