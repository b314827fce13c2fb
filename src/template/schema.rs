//! Which names a template may use, and what each is: what `lint` checks templates against.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::top_names::{ALL_BRANCHES, BRANCH, CHANGE, LEFT_OUT, PREVIOUS, REPORTING};
use super::units::{UNITS, unit_key};
use crate::notice::{
    Annex, Column, ColumnType, Ledger, Metric, Notice, Show, Summary, Variable, known_names, quotes_hint,
};

/// What a name or an expression is. A copy is cheap: the names of thousands of metrics are shared.
#[derive(Clone, Debug)]
pub(super) enum Schema<'n> {
    /// A text to print, with markers of its provenance: it can be printed, but neither compared nor changed.
    Printed,
    /// A bare value for conditions and arithmetic; printed, it has no provenance.
    Bare(ValueType<'n>),
    /// A value that does not come from ledgers, such as `loop.index`.
    Constant(ValueType<'n>),
    /// A text in quotes, whose content is known before the template is filled.
    Literal(String),
    /// A map whose keys are known: `row`, `prev`.
    Map(Arc<BTreeMap<String, Schema<'n>>>),
    /// Elements of one schema.
    List(Arc<Schema<'n>>),
    /// Lists of such elements, by group.
    Groups(Arc<Schema<'n>>),
    /// Unknown before the template is filled.
    Any,
}

/// The type of a bare value.
#[derive(Clone, Copy, Debug)]
pub(super) enum ValueType<'n> {
    Number,
    /// A number that is a fraction: 85 % is 0.85.
    Percent,
    Text,
    Date,
    Flag,
    /// A text that is one of the column's values.
    Choice(&'n Column),
    Unknown,
}

impl<'n> ValueType<'n> {
    fn of_column(column: &'n Column) -> Self {
        match column.kind {
            ColumnType::Branch | ColumnType::Serial | ColumnType::Text => Self::Text,
            ColumnType::Integer | ColumnType::Decimal | ColumnType::Picture => Self::Number,
            ColumnType::Percent => Self::Percent,
            ColumnType::Date => Self::Date,
            ColumnType::Flag => Self::Flag,
            ColumnType::Choice => Self::Choice(column),
        }
    }

    /// What users call it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Number | Self::Percent => "数",
            Self::Text | Self::Choice(_) => "文字",
            Self::Date => "日期",
            Self::Flag => "是非",
            Self::Unknown => "值",
        }
    }
}

/// A field that does not exist.
#[derive(Debug)]
pub(super) struct UnknownField {
    /// The fields that do.
    known: Vec<String>,
}

impl UnknownField {
    /// The message about `name`, the whole path as the template writes it.
    pub(super) fn message(&self, name: &str) -> String {
        let last = name.rsplit('.').next().unwrap_or(name);
        let known = if self.known.is_empty() {
            "；它没有下级字段".to_owned()
        } else {
            let names = self.known.iter().map(String::as_str).filter(|name| !is_hidden(name));
            known_names(last, "这里可用的有", names)
        };
        format!("模板里的“{name}”不存在{known}{}", quotes_hint(last))
    }
}

impl<'n> Schema<'n> {
    /// The schema of what has these names.
    pub(super) fn map(fields: BTreeMap<String, Self>) -> Self {
        Self::Map(Arc::new(fields))
    }

    /// The schema of elements of one schema.
    pub(super) fn list(element: Self) -> Self {
        Self::List(Arc::new(element))
    }

    /// The schema of a field.
    ///
    /// # Errors
    /// With the fields that exist.
    pub(super) fn field(&self, name: &str) -> Result<Self, UnknownField> {
        match self {
            Self::Any => Ok(Self::Any),
            Self::Map(fields) => {
                fields.get(name).cloned().ok_or_else(|| UnknownField { known: fields.keys().cloned().collect() })
            }
            Self::Groups(rows) => Ok(Self::List(rows.clone())),
            _ => Err(UnknownField { known: Vec::new() }),
        }
    }

    /// The schema of a list's elements; `Any` for what is no list.
    pub(super) fn element(&self) -> Self {
        match self {
            Self::List(element) => (**element).clone(),
            _ => Self::Any,
        }
    }

    /// The schema of what is either `self` or `other`: what must not be printed stays so.
    pub(super) fn or(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Map(_) | Self::List(_) | Self::Groups(_) | Self::Bare(_), _) => self,
            (_, Self::Map(_) | Self::List(_) | Self::Groups(_) | Self::Bare(_)) => other,
            (Self::Printed, _) | (_, Self::Printed) => Self::Printed,
            _ => Self::Any,
        }
    }
}

/// The names for templates of a branch's report.
pub(super) fn for_branches(notice: &Notice) -> Schema<'_> {
    let mut top = texts_with_bare(numbers(&notice.metric));
    top.insert(UNITS.to_owned(), units(&notice.metric));
    top.extend(periods(&notice.metric));
    for (id, ledger) in &notice.ledger {
        if *id == notice.roster.ledger {
            let fixed = [("name", ValueType::Text), ("kind", kind_type(notice))];
            let row = with_units(texts_with_bare(columns(ledger).chain(fixed)), column_units(ledger));
            top.insert(BRANCH.to_owned(), Schema::map(row));
        } else {
            let row = Schema::map(with_units(texts_with_bare(columns(ledger)), column_units(ledger)));
            top.insert(id.clone(), Schema::list(row));
        }
    }
    top.extend(notice_facts(notice));
    top.extend(annexes(&notice.annex));
    Schema::map(top)
}

/// The names for templates of the department's report.
pub(super) fn for_summary<'n>(notice: &'n Notice, summary: &'n Summary) -> Schema<'n> {
    let mut top = texts_with_bare(numbers(&summary.metric));
    top.insert(UNITS.to_owned(), units(&summary.metric));
    top.extend(periods(&summary.metric));
    let fixed = [("name", ValueType::Text), ("kind", kind_type(notice))];
    let mut branch = with_units(texts_with_bare(numbers(&notice.metric).chain(fixed)), metric_units(&notice.metric));
    branch.extend(periods(&notice.metric));
    let branch = Schema::map(branch);
    let branches = Schema::list(branch.clone());
    let lists = summary.list.keys().cloned().chain(["branches".to_owned()]);
    top.extend(lists.map(|id| (id, branches.clone())));
    let ledgers = notice.ledger.iter().filter(|(id, _)| **id != notice.roster.ledger);
    let rows = ledgers.map(|(id, ledger)| (id.clone(), Schema::list(row_of_all(ledger, &branch))));
    top.insert(ALL_BRANCHES.to_owned(), Schema::map(rows.collect()));
    top.insert(REPORTING.to_owned(), reporting());
    top.extend(notice_facts(notice));
    top.extend(annexes(&summary.annex));
    Schema::map(top)
}

/// Who reported.
fn reporting<'n>() -> Schema<'n> {
    let numbers = ["due", "done", "previous"].map(|name| (name, ValueType::Number));
    let texts = ["name", "kind", "reason"].map(|name| (name, ValueType::Text));
    let mut names = texts_with_bare(numbers.into_iter());
    names.insert(LEFT_OUT.to_owned(), Schema::list(Schema::map(texts_with_bare(texts.into_iter()))));
    Schema::map(names)
}

/// A row of a ledger among those of all branches: its columns, and `branch`.
fn row_of_all<'n>(ledger: &'n Ledger, branch: &Schema<'n>) -> Schema<'n> {
    let bare_branch = (BRANCH, ValueType::Text);
    let names = columns(ledger).filter(|(id, _)| *id != BRANCH).chain([bare_branch]);
    let mut row = with_units(texts_with_bare(names), column_units(ledger));
    row.insert(BRANCH.to_owned(), branch.clone());
    Schema::map(row)
}

/// The marks of the annexes that have ids; nothing when none has.
fn annexes<'n>(annexes: &[Annex]) -> Option<(String, Schema<'n>)> {
    let ids = annexes.iter().filter_map(|annex| annex.id.as_ref());
    let marks: BTreeMap<String, Schema<'n>> = ids.map(|id| (id.get_ref().clone(), Schema::Printed)).collect();
    (!marks.is_empty()).then(|| ("annex".to_owned(), Schema::map(marks)))
}

/// Metrics, which are numbers.
fn numbers(metrics: &IndexMap<String, Metric>) -> impl Iterator<Item = (&str, ValueType<'_>)> {
    metrics.iter().map(|(id, metric)| match metric.show {
        Show::Number => (id.as_str(), ValueType::Number),
        Show::Percent => (id.as_str(), ValueType::Percent),
    })
}

/// Metrics in the previous period, and their changes since.
fn periods<'n>(metrics: &'n IndexMap<String, Metric>) -> [(String, Schema<'n>); 2] {
    let changes = metrics.keys().map(|id| (id.clone(), Schema::Printed)).collect();
    let previous = Schema::map(with_units(texts_with_bare(numbers(metrics)), metric_units(metrics)));
    [(PREVIOUS.to_owned(), previous), (CHANGE.to_owned(), Schema::map(changes))]
}

/// A ledger's columns with the types of their cells.
fn columns(ledger: &Ledger) -> impl Iterator<Item = (&str, ValueType<'_>)> {
    let computed = ledger.computed.iter().map(|(id, computed)| (id, computed.column(id)));
    ledger.columns.iter().chain(computed).map(|(id, column)| (id.as_str(), ValueType::of_column(column)))
}

/// The type of a branch's kind: that of the roster's column.
fn kind_type(notice: &Notice) -> ValueType<'_> {
    let roster = notice.ledger.get(&notice.roster.ledger);
    let column = roster.and_then(|ledger| ledger.columns.get(&notice.roster.kind));
    column.map_or(ValueType::Text, ValueType::of_column)
}

/// Whether a name is the program's own, which no message lists.
fn is_hidden(name: &str) -> bool {
    name == UNITS || name.contains(' ')
}

/// The units of metrics, by their ids.
fn metric_units(metrics: &IndexMap<String, Metric>) -> impl Iterator<Item = (&str, &str)> {
    metrics.iter().filter_map(|(id, metric)| Some((id.as_str(), metric.unit.as_deref()?)))
}

/// The units of a ledger's columns, by their ids.
fn column_units(ledger: &Ledger) -> impl Iterator<Item = (&str, &str)> {
    let computed = ledger.computed.iter().map(|(id, computed)| (id, computed.column(id)));
    ledger.columns.iter().chain(computed).filter_map(|(id, column)| Some((id.as_str(), column.unit.as_deref()?)))
}

/// The names with the units beside their values.
fn with_units<'n, 'u>(
    mut names: BTreeMap<String, Schema<'n>>,
    units: impl Iterator<Item = (&'u str, &'u str)>,
) -> BTreeMap<String, Schema<'n>> {
    names.extend(units.map(|(id, unit)| (unit_key(id), Schema::Literal(unit.to_owned()))));
    names
}

/// The units of metrics that are no fields.
fn units<'n>(metrics: &IndexMap<String, Metric>) -> Schema<'n> {
    Schema::map(with_units(BTreeMap::new(), metric_units(metrics)))
}

/// Names to print, and the same under `n` as bare values.
fn texts_with_bare<'n>(names: impl Iterator<Item = (&'n str, ValueType<'n>)>) -> BTreeMap<String, Schema<'n>> {
    let mut texts = BTreeMap::new();
    let mut bare = BTreeMap::new();
    for (id, ty) in names {
        texts.insert(id.to_owned(), Schema::Printed);
        bare.insert(id.to_owned(), Schema::Bare(ty));
    }
    texts.insert("n".to_owned(), Schema::map(bare));
    texts
}

/// The variables with their types.
fn variables(notice: &Notice) -> impl Iterator<Item = (&str, ValueType<'_>)> {
    notice.vars.iter().map(|(id, variable)| match variable {
        Variable::Text(_) => (id.as_str(), ValueType::Text),
        Variable::Number(_) => (id.as_str(), ValueType::Number),
        Variable::Rate(_) => (id.as_str(), ValueType::Percent),
        Variable::Date(_) => (id.as_str(), ValueType::Date),
    })
}

/// The facts of the notice, which every template may use.
fn notice_facts(notice: &Notice) -> Vec<(String, Schema<'_>)> {
    let (text, date) = (ValueType::Text, ValueType::Date);
    let facts = [("title", text), ("subject", text), ("issuer", text), ("deadline", date), ("cutoff", date)];
    let day = Schema::map(texts_with_bare([("date", date)].into_iter()));
    let days = notice.calendar.keys().map(|id| (id.clone(), Schema::list(day.clone())));
    let calendars = Schema::map(days.collect());
    let facts = Schema::map(texts_with_bare(facts.into_iter()));
    let mut names = vec![("notice".to_owned(), facts), ("calendar".to_owned(), calendars)];
    if !notice.vars.is_empty() {
        names.push(("vars".to_owned(), Schema::map(texts_with_bare(variables(notice)))));
    }
    names
}
