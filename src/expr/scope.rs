//! Resolves the names of an expression: days, ledgers, branches and earlier metrics. Which exist depends on where the
//! expression is written; the parameters of closures are kept by the type checker.

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::Date;

use super::computed::{CompiledColumn, ComputedColumns};
use super::domain::{Domain, is_of_earlier_period};
use super::hir::Field;
use crate::notice::{ColumnType, Metric, Notice, Show, Variable, known_names, quotes_hint};

/// The name before that of a metric in the previous period.
pub(super) const PREVIOUS: &str = "prev";

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// An exact number.
    Number,
    /// Text; also the names and kinds of branches.
    Text,
    /// A day.
    Date,
    /// Yes or no.
    Flag,
    /// A row of a ledger, by the ledger's index in the notice.
    Row(usize),
    /// A branch, in expressions of the summary.
    Branch,
}

impl Type {
    /// What users call it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Number => "数字",
            Self::Text => "文字",
            Self::Date => "日期",
            Self::Flag => "是或否",
            Self::Row(_) => "台账的一行",
            Self::Branch => "一个单位",
        }
    }

    /// The type of a column's cells.
    fn from_column(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Branch | ColumnType::Serial | ColumnType::Text | ColumnType::Choice => Self::Text,
            // Of pictures, how many there are.
            ColumnType::Integer | ColumnType::Decimal | ColumnType::Percent | ColumnType::Picture => Self::Number,
            ColumnType::Date => Self::Date,
            ColumnType::Flag => Self::Flag,
        }
    }
}

/// What a name refers to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Definition {
    /// A day of the notice.
    Date(Date),
    /// The prefix of the fixed days: `calendar.theme`.
    Calendar,
    /// The prefix of the variables: `vars.limit`.
    Variables,
    /// A list given to the evaluation, by its index, and the type of its values.
    List(usize, Type),
    /// An earlier metric, by its index, and whether it is additive.
    Metric(usize, bool),
    /// The prefix of metrics in the previous period: `prev.hazards`.
    Previous,
}

/// A field of a row or a branch.
#[derive(Clone, Debug)]
pub(super) struct FieldDefinition<'n> {
    /// Where its values are.
    pub field: Field,
    /// The type of its values.
    pub ty: Type,
    /// The texts that its values can be.
    pub domain: Domain<'n>,
    /// The expression of a computed column.
    pub computed: Option<&'n CompiledColumn>,
}

/// The names that an expression may use.
#[derive(Clone, Debug)]
pub(super) struct Scope<'n> {
    notice: &'n Notice,
    computed: &'n ComputedColumns,
    /// Shared by the scopes of thousands of checks. Of two definitions of a name the first holds.
    names: Arc<IndexMap<&'n str, Definition>>,
    /// The metrics that have values in the previous period.
    previous: Option<&'n IndexMap<String, Metric>>,
    /// The name and type of the row or branch that the whole expression is about, when there is one.
    pub subject: Option<(&'n str, Type)>,
    /// Whether the fields of the subject are names themselves.
    pub has_fields_of_subject: bool,
}

impl<'n> Scope<'n> {
    /// The names of every expression: `cutoff`, `deadline`, the fixed days under `calendar`, and the variables under
    /// `vars`.
    pub(super) fn new(notice: &'n Notice) -> Self {
        Self::with_computed(notice, ComputedColumns::NONE)
    }

    /// These names, with computed columns of rows.
    pub(super) fn with_computed(notice: &'n Notice, computed: &'n ComputedColumns) -> Self {
        let (cutoff, deadline) = (Definition::Date(notice.facts.cutoff), Definition::Date(notice.facts.deadline));
        let mut names =
            IndexMap::from([("cutoff", cutoff), ("deadline", deadline), ("calendar", Definition::Calendar)]);
        if !notice.vars.is_empty() {
            names.insert("vars", Definition::Variables);
        }
        Self { notice, computed, names: Arc::new(names), previous: None, subject: None, has_fields_of_subject: false }
    }

    /// The same scope with `name` for the row or branch that the expression is about.
    pub(super) fn with_subject(mut self, name: &'n str, kind: Type) -> Self {
        self.subject = Some((name, kind));
        self
    }

    /// The scope of a computed column of a ledger: the row, and its columns by their names.
    pub(super) fn of_row(self, ledger: usize) -> Self {
        Self { has_fields_of_subject: true, ..self.with_subject("row", Type::Row(ledger)) }
    }

    /// The same scope with `prev` for the values of `metrics` in the previous period.
    pub(super) fn with_previous(mut self, metrics: &'n IndexMap<String, Metric>) -> Self {
        self.define(PREVIOUS, Definition::Previous);
        self.previous = Some(metrics);
        self
    }

    /// The index of the metric `id` in the previous period; `None` where expressions have none.
    ///
    /// # Errors
    /// In Chinese, with the metrics that exist.
    pub(super) fn previous(&self, id: &str) -> Option<Result<usize, String>> {
        let known = self.previous?;
        let unknown_metric = || unknown(&format!("{PREVIOUS}.{id}"), "不是指标", known.keys().map(String::as_str));
        Some(known.get_index_of(id).ok_or_else(unknown_metric))
    }

    /// The index of the metric `id` of a branch in the previous period.
    ///
    /// # Errors
    /// In Chinese, with the metrics that exist.
    pub(super) fn branch_previous(&self, id: &str) -> Result<usize, String> {
        let known = &self.notice.metric;
        let found = known.get_index_of(id);
        found.ok_or_else(|| unknown(&format!(".{PREVIOUS}.{id}"), "不是单位的指标", known.keys().map(String::as_str)))
    }

    /// Defines `name` for the expressions compiled from now on.
    pub(super) fn define(&mut self, name: &'n str, definition: Definition) {
        Arc::make_mut(&mut self.names).entry(name).or_insert(definition);
    }

    /// The notice whose names these are.
    pub(super) fn notice(&self) -> &'n Notice {
        self.notice
    }

    /// The definition of `name`.
    ///
    /// # Errors
    /// In Chinese, with the names that exist; `parameters` are listed too.
    pub(super) fn resolve<'p>(
        &'p self,
        name: &str,
        parameters: impl Iterator<Item = &'p str> + Clone,
    ) -> Result<Definition, String> {
        let found = self.names.get(name).copied();
        let all = parameters.chain(self.names.keys().copied());
        found.ok_or_else(|| match self.subject {
            Some((subject, of)) if self.field(of, name).is_some_and(|field| field.is_ok()) => {
                format!("表达式里的“{name}”不存在，要写 {subject}.{name}")
            }
            _ => unknown(name, "不存在", all),
        })
    }

    /// The fixed days of the calendar `id`, up to the cutoff.
    ///
    /// # Errors
    /// In Chinese, with the calendars that exist.
    pub(super) fn days(&self, id: &str) -> Result<Vec<Date>, String> {
        let all = &self.notice.calendar;
        let days = all.get(id).map(|calendar| calendar.days_until(self.notice.facts.cutoff));
        days.ok_or_else(|| unknown(&format!(".{id}"), "不是固定日", all.keys().map(String::as_str)))
    }

    /// The variable `id`.
    ///
    /// # Errors
    /// In Chinese, with the variables that exist.
    pub(super) fn variable(&self, id: &str) -> Result<&'n Variable, String> {
        let all = &self.notice.vars;
        all.get(id).ok_or_else(|| unknown(&format!(".{id}"), "不在 [vars] 里", all.keys().map(String::as_str)))
    }

    /// The field `id` of a row or a branch; `None` when `of` is neither.
    ///
    /// # Errors
    /// In Chinese, with the fields that such a row or branch has.
    pub(super) fn field(&self, of: Type, id: &str) -> Option<Result<FieldDefinition<'n>, String>> {
        let notice = self.notice;
        match of {
            Type::Number | Type::Text | Type::Date | Type::Flag => None,
            Type::Row(ledger) => {
                let index = ledger;
                let (_, ledger) = notice.ledger.get_index(index)?;
                let Some((at, column)) = ledger.field(id) else {
                    let all = ledger.field_ids().map(String::as_str);
                    return Some(Err(unknown(&format!(".{id}"), "不是列名", all)));
                };
                let computed = at.checked_sub(ledger.columns.len());
                let expression = computed.and_then(|at| self.computed.get(index, at));
                if computed.is_some() && expression.is_none() {
                    let message = "写在它后面，或就是它自己：算出的列只能用写在前面的";
                    return Some(Err(format!("表达式里的“{id}”{message}")));
                }
                Some(Ok(FieldDefinition {
                    field: Field::Column(at),
                    ty: Type::from_column(column.kind),
                    domain: Domain::of_column(column),
                    computed: expression,
                }))
            }
            Type::Branch => {
                let open = |field, ty| FieldDefinition { field, ty, domain: Domain::Open, computed: None };
                let found = match id {
                    "name" => Some(open(Field::Name, Type::Text)),
                    "kind" => Some(FieldDefinition { domain: self.kinds(), ..open(Field::Kind, Type::Text) }),
                    id => notice.metric.get_full(id).map(|(at, _, metric)| {
                        let domain = if metric.show == Show::Percent { Domain::Percent } else { Domain::Open };
                        FieldDefinition { domain, ..open(Field::Metric(at), Type::Number) }
                    }),
                };
                let all = ["name", "kind"].into_iter().chain(notice.metric.keys().map(String::as_str));
                Some(found.ok_or_else(|| unknown(&format!(".{id}"), "不是单位的指标", all)))
            }
        }
    }

    /// The title of the ledger whose rows these are, when it holds figures of an earlier period.
    pub(super) fn earlier_period(&self, rows: Type) -> Option<&'n str> {
        let Type::Row(ledger) = rows else { return None };
        let (_, ledger) = self.notice.ledger.get_index(ledger)?;
        is_of_earlier_period(ledger).then_some(ledger.title.as_str())
    }

    /// The kinds that a branch can be of.
    fn kinds(&self) -> Domain<'n> {
        let roster = &self.notice.roster;
        let column = self.notice.ledger.get(&roster.ledger).and_then(|ledger| ledger.columns.get(&roster.kind));
        column.map_or(Domain::Open, Domain::of_column)
    }
}

/// The message about an unknown name.
fn unknown<'k>(name: &str, what: &str, known: impl Iterator<Item = &'k str>) -> String {
    let bare = name.trim_start_matches('.');
    format!("表达式里的“{name}”{what}{}{}", available(bare, known), quotes_hint(bare))
}

/// The end of such a message: the most similar name, and the known ones.
pub(super) fn available<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> String {
    known_names(name, "这里可用的有", known)
}
