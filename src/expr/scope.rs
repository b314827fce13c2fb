//! What names stand for in an expression: it depends on what the expression is about.

use jiff::civil::Date;

use super::hir::Field;
use crate::notice::{ColumnType, Notice, nearest};

/// What kind of thing a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// An exact number.
    Number,
    /// Text.
    Text,
    /// A day.
    Date,
    /// Yes or no.
    Flag,
    /// A row of a ledger, by the ledger's place in the notice.
    Row(usize),
    /// A branch.
    Branch,
}

impl Type {
    /// What a person calls it.
    pub fn called(self) -> &'static str {
        match self {
            Self::Number => "数字",
            Self::Text => "文字",
            Self::Date => "日期",
            Self::Flag => "是或否",
            Self::Row(_) => "台账的一行",
            Self::Branch => "一个党组织",
        }
    }

    /// The type of what a column's cells say.
    fn of_column(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Branch | ColumnType::Serial | ColumnType::Text | ColumnType::Choice => Self::Text,
            ColumnType::Integer | ColumnType::Decimal | ColumnType::Percent => Self::Number,
            ColumnType::Date => Self::Date,
            ColumnType::Flag => Self::Flag,
        }
    }
}

/// What a name stands for.
#[derive(Clone, Copy, Debug)]
pub enum Name {
    /// A day of the notice.
    Date(Date),
    /// The fixed days; which of them follows a dot.
    Calendar,
    /// A list, by its place among those that the evaluation is given, of such values.
    List(usize, Type),
    /// An earlier metric, by its place, and whether it is additive.
    Metric(usize, bool),
}

/// The names that an expression may use.
#[derive(Clone, Debug)]
pub struct Scope<'n> {
    notice: &'n Notice,
    known: Vec<(&'n str, Name)>,
    /// What the whole expression is about, when that is one row or branch.
    pub subject: Option<(&'n str, Type)>,
}

impl<'n> Scope<'n> {
    /// Names that every expression may use: `cutoff`, `deadline`, and the fixed days under `calendar`.
    pub fn of(notice: &'n Notice) -> Self {
        let (cutoff, deadline) = (Name::Date(notice.notice.cutoff), Name::Date(notice.notice.deadline));
        let known = vec![("cutoff", cutoff), ("deadline", deadline), ("calendar", Name::Calendar)];
        Self { notice, known, subject: None }
    }

    /// The same with `name` for the row or branch that the expression is about.
    pub fn about(mut self, name: &'n str, kind: Type) -> Self {
        self.subject = Some((name, kind));
        self
    }

    /// From now on, `name` stands for something more.
    pub fn add(&mut self, name: &'n str, meaning: Name) {
        self.known.push((name, meaning));
    }

    /// The notice.
    pub fn notice(&self) -> &'n Notice {
        self.notice
    }

    /// What `name` stands for.
    ///
    /// # Errors
    /// With the names that exist, `parameters` among them.
    pub fn find(&self, name: &str, parameters: &[(&str, Type)]) -> Result<Name, String> {
        let found = self.known.iter().find(|(known, _)| *known == name).map(|(_, meaning)| *meaning);
        let all = parameters.iter().map(|(name, _)| *name).chain(self.known.iter().map(|(name, _)| *name));
        found.ok_or_else(|| unknown(name, "不存在", all))
    }

    /// The fixed days called `id`, up to the cutoff.
    ///
    /// # Errors
    /// With those that exist.
    pub fn days(&self, id: &str) -> Result<Vec<Date>, String> {
        let all = &self.notice.calendar;
        let days = all.get(id).map(|calendar| calendar.days_until(self.notice.notice.cutoff));
        days.ok_or_else(|| unknown(&format!(".{id}"), "不是固定日", all.keys().map(String::as_str)))
    }

    /// What `id` is of a row or a branch; `None` when `of` is neither.
    ///
    /// # Errors
    /// With what such a row or branch has.
    pub fn field(&self, of: Type, id: &str) -> Option<Result<(Field, Type), String>> {
        let notice = self.notice;
        match of {
            Type::Number | Type::Text | Type::Date | Type::Flag => None,
            Type::Row(ledger) => {
                let (_, ledger) = notice.ledger.get_index(ledger)?;
                let column = ledger.columns.get_full(id);
                let found = column.map(|(at, _, column)| (Field::Column(at), Type::of_column(column.kind)));
                let all = ledger.columns.keys().map(String::as_str);
                Some(found.ok_or_else(|| unknown(&format!(".{id}"), "不是列名", all)))
            }
            Type::Branch => {
                let found = match id {
                    "name" => Some((Field::Name, Type::Text)),
                    "kind" => Some((Field::Kind, Type::Text)),
                    id => notice.metric.get_index_of(id).map(|at| (Field::Metric(at), Type::Number)),
                };
                let all = ["name", "kind"].into_iter().chain(notice.metric.keys().map(String::as_str));
                Some(found.ok_or_else(|| unknown(&format!(".{id}"), "不是党组织的指标", all)))
            }
        }
    }
}

/// The sentence about a name that leads nowhere.
fn unknown<'k>(name: &str, what: &str, known: impl Iterator<Item = &'k str> + Clone) -> String {
    format!("表达式里的“{name}”{what}{}", available(name.trim_start_matches('.'), known))
}

/// The end of such a sentence: what may have been meant, and what there is.
pub fn available<'k>(name: &str, known: impl Iterator<Item = &'k str> + Clone) -> String {
    let near = nearest(name, known.clone());
    let hint = near.map_or_else(|| "；".to_owned(), |near| format!("，是不是“{near}”？"));
    format!("{hint}这里可用的有：{}", known.collect::<Vec<_>>().join("、"))
}
