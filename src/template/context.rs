//! The values of a branch as its templates see them.
//!
//! A name stands for a text ready to print; under `n` the same name stands for its bare value, for conditions and
//! arithmetic. [`PrintedValue::push`] is the only way for a value into a text: it formats the value (a gap when there is
//! none) and attaches the key of its provenance. [`ValueMap::insert`] puts such a text into a context.
//!
//! A branch has hundreds of cells of which templates print a few columns, so [`ContextBuilder`] only makes values of
//! names that some template mentions.

use std::collections::HashSet;

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use tera::value::Key;
use tera::{Map, Value as TeraValue};

use super::names::encoded;
use super::units::{self, UNITS, unit_key};
use crate::expr::Expressions;
use crate::marker;
use crate::metric::{self, Metrics};
use crate::model::{Branch, Row, Value};
use crate::notice::{Annex, Column, Ledger, Metric, Notice, is_name_continue, written_day};
use crate::provenance::Keys;

/// The name of the branch's row in the roster; in rows of all branches, of the row's branch.
pub(super) const BRANCH: &str = "branch";
/// The name under which the department's templates have the rows of all branches, by ledger.
pub(super) const ALL_BRANCHES: &str = "all";

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
    /// The ledger was handed in, without rows of the branch.
    NoRows,
    Rows,
}

/// A metric without a value.
#[derive(Debug)]
pub(super) struct MissingMetric<'a> {
    pub id: &'a str,
    /// The gap printed instead of a value, with markers.
    pub gap: String,
}

/// A value that templates may print, before it becomes text.
pub(super) enum PrintedValue<'a> {
    Cell(Value<'a>, &'a Column),
    Metric(Option<Decimal>, &'a Metric),
    Date(Date),
    Number(Decimal),
    Text(&'a str),
}

impl PrintedValue<'_> {
    /// Appends the value as printed, with its provenance when `key` is given.
    pub(super) fn push(&self, out: &mut String, key: Option<u32>) {
        match key {
            Some(key) => marker::push_with_provenance(out, key, |out| self.push_text(out)),
            None => self.push_text(out),
        }
    }

    /// Appends the value as printed: formatted, or a gap when there is none.
    fn push_text(&self, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Date(date) => out.push_str(&written_day(*date)),
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Metric(Some(number), metric) => out.push_str(&metric::shown(*number, metric.show, None)),
            Self::Metric(None, metric) => out.push_str(&marker::gap(&metric.label)),
            Self::Cell(value, column) => match value {
                Value::Text(text) => out.push_str(text),
                Value::Number(number) => out.push_str(&metric::shown(*number, column.kind.show(), column.decimals)),
                Value::Date(date) => out.push_str(&written_day(*date)),
                Value::Flag(flag) => out.push_str(if *flag { "是" } else { "否" }),
                Value::Picture(_) => value.pictures().for_each(|hash| marker::push_picture(out, hash)),
                Value::Missing | Value::Unusable(..) => {
                    out.push_str(&marker::gap(column.label()));
                }
            },
        }
    }

    /// The bare value for conditions and arithmetic. Dates are ISO texts, whose order is that of the dates; a missing
    /// value is none.
    fn bare(&self) -> TeraValue {
        match self {
            Self::Text(text) => TeraValue::from(*text),
            Self::Date(date) => TeraValue::from(date.to_string()),
            Self::Number(number) => to_tera_number(*number),
            Self::Metric(number, _) => number.map_or_else(TeraValue::none, to_tera_number),
            Self::Cell(value, _) => match value {
                Value::Text(text) => TeraValue::from(*text),
                Value::Number(number) => to_tera_number(*number),
                Value::Date(date) => TeraValue::from(date.to_string()),
                Value::Flag(flag) => TeraValue::from(*flag),
                Value::Picture(_) => TeraValue::from(value.picture_count() as u64),
                Value::Missing | Value::Unusable(..) => TeraValue::none(),
            },
        }
    }
}

fn to_tera_number(number: Decimal) -> TeraValue {
    if let Some(whole) = number.is_integer().then(|| number.to_i64()).flatten() {
        return TeraValue::from(whole);
    }
    number.to_f64().map_or_else(TeraValue::none, TeraValue::from)
}

/// Builds contexts with the names that the templates of one kind of report mention.
#[derive(Debug)]
pub(super) struct ContextBuilder {
    /// The key `n`.
    pub bare_key: Key<'static>,
    /// The mentioned metrics.
    pub metrics: Vec<MentionedName>,
    /// For each ledger, its mentioned columns in order; `None` for a ledger that no template mentions.
    pub columns_by_ledger: Vec<Option<Vec<MentionedName>>>,
    /// For each ledger, whether templates mention its rows of all branches, as `all.ledger`.
    pub of_all_branches: Vec<bool>,
    /// For each ledger, whether an annex lists its rows.
    listed: Vec<bool>,
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
            ids.map(|(index, id)| MentionedName {
                index,
                name: ValueName { key: id.clone().into(), has_bare: words.is_bare(id) },
            })
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
            metrics: mentioned(&mut notice.metric.keys()),
            notice_facts,
            has_units,
        }
    }

    /// The mentioned columns of a row with their values, and their units where they are printed; `key` returns the provenance
    /// key of a column's cell.
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
    pub(super) fn bytes_of_all_rows(&self, branches: &[Branch]) -> usize {
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
            Some([]) => Submission::NoRows,
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

/// The name of a value in a context.
#[derive(Debug)]
pub(super) struct ValueName {
    key: Key<'static>,
    /// Whether its bare value is inserted under `n` as well.
    has_bare: bool,
}

impl ValueName {
    /// A name whose bare value is always inserted.
    pub(super) fn with_bare(key: impl Into<Key<'static>>) -> Self {
        Self { key: key.into(), has_bare: true }
    }
}

/// Names with their printed texts, and under `n` with their bare values.
pub(super) struct ValueMap {
    texts: Map,
    bare: Map,
    /// Buffer for the text of the value being inserted.
    buffer: String,
}

impl ValueMap {
    pub(super) fn with_capacity(names: usize) -> Self {
        /// Bytes of most printed values, rounded up.
        const TYPICAL_LEN: usize = 128;
        Self { texts: Map::with_capacity(names + 1), bare: Map::default(), buffer: String::with_capacity(TYPICAL_LEN) }
    }

    /// Inserts a value. `key` is that of its provenance; `None` for values that do not come from ledgers.
    pub(super) fn insert(&mut self, name: &ValueName, value: &PrintedValue<'_>, key: Option<u32>) {
        self.buffer.clear();
        value.push(&mut self.buffer, key);
        self.texts.insert(name.key.clone(), TeraValue::from(self.buffer.as_str()));
        if name.has_bare {
            self.bare.insert(name.key.clone(), value.bare());
        }
    }

    /// Inserts a map of names, and under `n` the text `bare`.
    pub(super) fn insert_map(&mut self, name: &'static str, map: TeraValue, bare: &str) {
        self.texts.insert(name.into(), map);
        self.bare.insert(name.into(), TeraValue::from(bare));
    }

    /// Puts the unit of a value beside it.
    pub(super) fn insert_unit(&mut self, name: &ValueName, unit: Option<&str>) {
        if let (Some(unit), Some(id)) = (unit, name.key.as_str()) {
            self.texts.insert(unit_key(id).into(), TeraValue::from(unit));
        }
    }

    /// The map with the bare values under `bare_key` (`n`).
    pub(super) fn finish(mut self, bare_key: &Key<'static>) -> Map {
        self.texts.insert(bare_key.clone(), TeraValue::from(self.bare));
        self.texts
    }
}

/// The words that occur in templates, whether as names or not.
#[derive(Default)]
pub(super) struct MentionedWords<'t> {
    all: HashSet<&'t str>,
    /// Words behind `n.`, words before `=`, as the filter `where` compares them, and the fields by which `sort_by` sorts.
    bare: HashSet<&'t str>,
    /// Whether `n` occurs alone, so that any bare value may be read through it.
    all_bare: bool,
    /// Words behind `all.`.
    of_all: HashSet<&'t str>,
    /// Whether `all` occurs alone, so that the rows of any ledger may be read through it.
    all_of_all: bool,
}

impl<'t> MentionedWords<'t> {
    pub(super) fn scan(&mut self, text: &'t str) {
        let mut rest = text;
        while let Some(start) = rest.find(is_name_continue) {
            let is_escaped = rest[..start].ends_with('\\');
            let word = first_word(&rest[start..]);
            rest = &rest[start + word.len()..];
            self.all.insert(word);
            let field = || rest.strip_prefix('.').map(first_word).filter(|word| !word.is_empty());
            if word == "n" && !is_escaped {
                self.all_bare |= field().is_none();
                self.bare.extend(field());
            } else if word == ALL_BRANCHES {
                self.all_of_all |= field().is_none();
                self.of_all.extend(field());
            } else if let Some(value) = rest.trim_start().strip_prefix('=') {
                self.bare.insert(word);
                if word == "field" {
                    self.bare.extend(last_name(value));
                }
            }
        }
    }

    fn is_bare(&self, name: &str) -> bool {
        self.all_bare || self.bare.contains(name)
    }

    /// Whether the rows that all branches have in a ledger may be read.
    pub(super) fn has_rows_of_all(&self, ledger: &str) -> bool {
        self.all_of_all || self.of_all.contains(ledger)
    }
}

/// The last name of a dotted path in quotes, with which a text begins.
fn last_name(text: &str) -> Option<&str> {
    let path = text.trim_start().strip_prefix(['"', '\'', '`'])?.split(['"', '\'', '`']).next()?;
    path.rsplit('.').next()
}

/// The longest name that a text begins with.
fn first_word(text: &str) -> &str {
    text.find(|c| !is_name_continue(c)).map_or(text, |end| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::{MentionedWords, Metric, PrintedValue};
    use crate::notice::Show;
    use rust_decimal::Decimal;

    fn metric(show: Show) -> Metric {
        Metric {
            label: "整改率".to_owned(),
            expr: toml::Spanned::new(0..0, String::new()),
            show,
            decimals: None,
            unit: None,
        }
    }

    #[test]
    fn only_names_used_as_bare_values_are_bare() {
        let asked = |text: &'static str| {
            let mut words = MentionedWords::default();
            words.scan(text);
            ["rate", "kind", "n"].map(|name| words.is_bare(name))
        };
        assert_eq!(asked("共{{ rate }}项，{% if r.n.kind == \"甲\" %}{{ r.kind }}{% endif %}"), [false, true, false]);
        assert_eq!(
            asked("{{ rows | where(rate=1) | length }} {{ rows | pluck(name=\"n.kind\") }}"),
            [true, true, false]
        );
        assert_eq!(asked("{{ rows | join(sep=\"\\n\") }}"), [false; 3]);
        for whole in ["{% set m = r.n %}{{ m.rate }}", "{{ r.n[\"rate\"] }}", "{% for k, v in n %}", "{{ n .rate }}"] {
            assert_eq!(asked(whole), [true; 3], "{whole}");
        }
    }

    #[test]
    fn rates_read_as_percentages_and_nothing_as_a_gap() {
        let rate = metric(Show::Percent);
        let text = |value: Option<&str>| {
            let mut text = String::new();
            PrintedValue::Metric(value.and_then(|v| v.parse::<Decimal>().ok()), &rate).push_text(&mut text);
            text
        };
        assert_eq!(text(Some("0.8528")), "85.28%");
        assert_eq!(text(Some("1.0000")), "100%");
        assert_eq!(text(Some("0.0500")), "5%");
        assert_eq!(text(None), "\u{fdd0}整改率\u{fdd1}");
    }
}
