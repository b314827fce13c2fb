//! Provenance of printed texts: from which ledger cells a metric or a printed cell comes.
//!
//! Every value that a template prints passes one function, which attaches a numeric key ([`Keys`], [`SummaryKeys`]).
//! The report's tree keeps the key, and a tracer ([`Tracer`], [`SummaryTracer`]) turns it into a [`Provenance`] when
//! the report is assembled. Keys are scoped to one report. Which cells an expression reads is known from its
//! compilation; nothing is recorded while it is evaluated.

mod keys;
mod ranges;
mod summary;
mod trace;

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::sync::Arc;

pub(crate) use keys::Keys;
pub(crate) use summary::{SummaryKeys, SummaryTracer};
pub(crate) use trace::{MetricCells, Tracer};

use crate::diagnostics::{CellPosition, SheetRef, write_address};

/// Where a printed text comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance<'n> {
    /// The branch that the text is about, in the department's report; `None` in the branch's own.
    pub owner: Option<&'n str>,
    /// The metric's or the column's name.
    pub name: &'n str,
    /// How the text has to do with the previous period; `None` for a value of this one.
    pub period: Option<Period<'n>>,
    /// The expression, for a metric; `None` for a cell.
    pub computed: Option<ExpressionProvenance<'n>>,
    /// The cells it was read or computed from.
    pub ranges: Vec<Range<'n>>,
    /// What it comes from when there are no cells.
    pub basis: Basis<'n>,
}

/// What a text says about the previous period, which has this word in the notice: 上季度.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period<'n> {
    /// The value in the previous period.
    Previous(&'n str),
    /// The change since.
    Change(&'n str),
}

/// What a text without cells comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Basis<'n> {
    /// Ledgers that have no row or column for it.
    #[default]
    Ledgers,
    /// Ledgers that were not handed in, by their titles.
    NotHandedIn(Vec<&'n str>),
    /// The notice's settings alone.
    Settings,
    /// The roster's branches.
    Branches,
    /// The branches' metrics, by their labels.
    Metrics(Vec<Cow<'n, str>>),
    /// Nothing: the previous period has no value.
    NoPrevious,
    /// A file of the previous period, beside cells where there are any.
    PreviousRun(&'n Arc<SheetRef>),
}

/// A metric with its expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpressionProvenance<'n> {
    /// Id of the metric; `None` for a computed column.
    pub metric: Option<&'n str>,
    /// The expression as the settings have it.
    pub expression: &'n str,
}

/// A rectangle of cells, both corners included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range<'n> {
    /// The sheet that the cells are on.
    pub source: &'n Arc<SheetRef>,
    /// The top left cell.
    pub first: CellPosition,
    /// The bottom right cell.
    pub last: CellPosition,
}

/// Ranges that a line of text names; of more it gives the number.
const NAMED: usize = 3;

impl Range<'_> {
    /// Adds the address in A1 form: `E5`, `D5:E12`.
    pub fn add_a1(&self, out: &mut String) {
        // Writing into a string does not fail.
        let _ = self.write_a1(out);
    }

    fn write_a1(&self, out: &mut impl Write) -> fmt::Result {
        write_address(out, self.first)?;
        if self.first != self.last {
            out.write_char(':')?;
            write_address(out, self.last)?;
        }
        Ok(())
    }
}

impl<'n> Provenance<'n> {
    /// The name, with the branch in front where it is given: 甲党支部的所缺学时.
    pub fn label(&self) -> Cow<'n, str> {
        let name = match self.period {
            None => Cow::Borrowed(self.name),
            Some(Period::Previous(word)) => Cow::Owned(format!("{word}的{}", self.name)),
            Some(Period::Change(word)) => Cow::Owned(format!("{}与{word}比", self.name)),
        };
        match self.owner {
            Some(owner) => Cow::Owned(format!("{owner}的{name}")),
            None => name,
        }
    }
}

impl Provenance<'_> {
    /// Writes it as a line for readers: 在线学习扣分：根据 干部在线学习.csv D5:E12 计算.
    ///
    /// # Errors
    /// When `out` takes no more; a string does.
    pub fn write_line(&self, out: &mut impl Write) -> fmt::Result {
        out.write_str(&self.label())?;
        out.write_char('：')?;
        match (&self.computed, self.ranges.is_empty(), &self.basis) {
            (_, _, Basis::Metrics(metrics)) => write!(out, "根据各单位的“{}”计算", metrics.join("”“")),
            (_, _, Basis::Branches) => out.write_str("根据名册中的单位计算"),
            (Some(_), false, _) => {
                out.write_str("根据 ")?;
                write_ranges(out, &self.ranges)?;
                if let Basis::PreviousRun(source) = &self.basis {
                    out.write_char('；')?;
                    source.write_name(out)?;
                }
                out.write_str(" 计算")
            }
            (Some(_), true, Basis::PreviousRun(source)) => {
                out.write_str("根据 ")?;
                source.write_name(out)?;
                out.write_str(" 计算")
            }
            (None, true, Basis::PreviousRun(source)) => source.write_name(out),
            (_, true, Basis::NoPrevious) => out.write_str("没有数据"),
            (Some(_), true, Basis::Ledgers) => out.write_str("台账中没有本单位的行"),
            (None, true, Basis::Ledgers) => out.write_str("台账中没有这一列"),
            (None, false, _) => write_ranges(out, &self.ranges),
            (_, true, Basis::Settings) => out.write_str("按通知设置计算，不取自台账"),
            (_, true, Basis::NotHandedIn(titles)) => write!(out, "没有收到《{}》", titles.join("》《")),
        }
    }
}

impl fmt::Display for Provenance<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_line(f)
    }
}

/// Writes ranges with their sheets: 干部在线学习.csv D5:E12、H7.
fn write_ranges(out: &mut impl Write, ranges: &[Range<'_>]) -> fmt::Result {
    let mut before = None;
    for range in ranges.iter().take(NAMED) {
        match before {
            Some(source) if source == range.source => out.write_char('、')?,
            _ => {
                out.write_str(if before.is_some() { "；" } else { "" })?;
                range.source.write_name(out)?;
                out.write_char(' ')?;
            }
        }
        range.write_a1(out)?;
        before = Some(range.source);
    }
    if ranges.len() > NAMED {
        write!(out, " 等 {} 处", ranges.len())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Basis, ExpressionProvenance, Provenance, Range};
    use crate::diagnostics::{CellPosition, SheetRef};
    use std::sync::Arc;

    #[test]
    fn a_provenance_is_one_line_of_text() {
        let source = Arc::new(SheetRef { file: "学习.xlsx".to_owned(), sheet: "一月".to_owned() });
        let position = |[row, col]: [u32; 2]| CellPosition { row, col };
        let range = |first, last| Range { source: &source, first: position(first), last: position(last) };
        let mut origin = Provenance { name: "扣分", ranges: vec![range([4, 4], [4, 4])], ..Provenance::default() };
        assert_eq!(origin.to_string(), "扣分：学习.xlsx［一月］ E5");
        origin.computed = Some(ExpressionProvenance { metric: Some("points"), expression: "study.len()" });
        origin.ranges = vec![range([4, 3], [11, 4]); 5];
        assert_eq!(origin.to_string(), "扣分：根据 学习.xlsx［一月］ D5:E12、D5:E12、D5:E12 等 5 处 计算");
        origin.ranges.clear();
        let mut text = |basis| {
            origin.basis = basis;
            origin.to_string()
        };
        assert_eq!(text(Basis::Ledgers), "扣分：台账中没有本单位的行");
        assert_eq!(text(Basis::NotHandedIn(vec!["在线学习"])), "扣分：没有收到《在线学习》");
        assert_eq!(text(Basis::Settings), "扣分：按通知设置计算，不取自台账");
        assert_eq!(text(Basis::Metrics(vec!["缺".into(), "补".into()])), "扣分：根据各单位的“缺”“补”计算");
    }
}
