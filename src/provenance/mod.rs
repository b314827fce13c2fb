//! Where printed texts come from: each metric and each ledger cell that a template prints knows its cells.
//!
//! A value is printed with a key ([`Keys`]); the report's tree keeps it, and [`Tracer`] turns it into an [`Provenance`].

mod keys;
mod ranges;
mod summary;
mod trace;

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::sync::Arc;

pub use keys::Keys;
pub use summary::{SummaryKeys, SummaryTracer};
pub use trace::{MetricCells, Tracer};

use crate::diagnostics::{Source, write_address};

/// Where a printed text comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance<'n> {
    /// The branch whose it is, where that does not go without saying.
    pub owner: Option<&'n str>,
    /// What it is called: a metric's or a column's name.
    pub name: &'n str,
    /// How it was computed, when it was.
    pub computed: Option<Computed<'n>>,
    /// The cells it was read or computed from.
    pub ranges: Vec<Range<'n>>,
    /// What stands behind it where there are no cells.
    pub basis: Basis<'n>,
}

/// What a text without cells comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Basis<'n> {
    /// Ledgers that have no row or column for it.
    #[default]
    Ledgers,
    /// Ledgers that nobody handed in, by their titles.
    NotHandedIn(Vec<&'n str>),
    /// The notice's settings alone.
    Settings,
    /// The roster's branches.
    Branches,
    /// The branches' metrics, by what they are called.
    Metrics(Vec<&'n str>),
}

/// How a metric was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Computed<'n> {
    /// The metric's id.
    pub id: &'n str,
    /// Its expression.
    pub expression: &'n str,
}

/// Cells of a sheet from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range<'n> {
    /// The sheet.
    pub source: &'n Arc<Source>,
    /// Column and row of the first cell, from 0.
    pub first: (u32, u32),
    /// Column and row of the last cell.
    pub last: (u32, u32),
}

/// Ranges that a line of text names.
const NAMED: usize = 3;

impl Range<'_> {
    /// Adds the address in A1 form: `E5`, `D5:E12`.
    pub fn add_a1(&self, out: &mut String) {
        // Writing into a string does not fail.
        let _ = self.write_a1(out);
    }

    fn write_a1(&self, out: &mut impl Write) -> fmt::Result {
        write_address(out, self.first.0, self.first.1)?;
        if self.first != self.last {
            out.write_char(':')?;
            write_address(out, self.last.0, self.last.1)?;
        }
        Ok(())
    }
}

impl<'n> Provenance<'n> {
    /// What it is called, with whose it is: 甲党支部的所缺学时.
    pub fn label(&self) -> Cow<'n, str> {
        self.owner.map_or(Cow::Borrowed(self.name), |owner| Cow::Owned(format!("{owner}的{}", self.name)))
    }
}

impl Provenance<'_> {
    /// Writes it as one line for a reader: 在线学习扣分：根据 干部在线学习.csv D5:E12 计算.
    ///
    /// # Errors
    /// When `out` takes no more; a string does.
    pub fn write_line(&self, out: &mut impl Write) -> fmt::Result {
        out.write_str(&self.label())?;
        out.write_char('：')?;
        match (&self.computed, self.ranges.is_empty(), &self.basis) {
            (_, _, Basis::Metrics(metrics)) => write!(out, "根据各党组织的“{}”计算", metrics.join("”“")),
            (_, _, Basis::Branches) => out.write_str("根据名册中的党组织计算"),
            (Some(_), false, _) => {
                out.write_str("根据 ")?;
                write_ranges(out, &self.ranges)?;
                out.write_str(" 计算")
            }
            (None, false, _) => write_ranges(out, &self.ranges),
            (_, true, Basis::Settings) => out.write_str("按通知设置计算，不取自台账"),
            (_, true, Basis::NotHandedIn(titles)) => write!(out, "没有收到《{}》", titles.join("》《")),
            (Some(_), true, Basis::Ledgers) => out.write_str("台账中没有本单位的行"),
            (None, true, Basis::Ledgers) => out.write_str("台账中没有这一列"),
        }
    }
}

impl fmt::Display for Provenance<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_line(f)
    }
}

/// Writes where ranges stand: 干部在线学习.csv D5:E12、H7.
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
    use super::{Basis, Computed, Provenance, Range};
    use crate::diagnostics::Source;
    use std::sync::Arc;

    #[test]
    fn an_origin_reads_as_one_line() {
        let source = Arc::new(Source { file: "学习.xlsx".to_owned(), sheet: "一月".to_owned() });
        let range = |first, last| Range { source: &source, first, last };
        let mut origin = Provenance { name: "扣分", ranges: vec![range((4, 4), (4, 4))], ..Provenance::default() };
        assert_eq!(origin.to_string(), "扣分：学习.xlsx［一月］ E5");
        origin.computed = Some(Computed { id: "points", expression: "study.len()" });
        origin.ranges = vec![range((3, 4), (4, 11)); 5];
        assert_eq!(origin.to_string(), "扣分：根据 学习.xlsx［一月］ D5:E12、D5:E12、D5:E12 等 5 处 计算");
        origin.ranges.clear();
        let mut told = |basis| {
            origin.basis = basis;
            origin.to_string()
        };
        assert_eq!(told(Basis::Ledgers), "扣分：台账中没有本单位的行");
        assert_eq!(told(Basis::NotHandedIn(vec!["在线学习"])), "扣分：没有收到《在线学习》");
        assert_eq!(told(Basis::Settings), "扣分：按通知设置计算，不取自台账");
        assert_eq!(told(Basis::Metrics(vec!["缺", "补"])), "扣分：根据各党组织的“缺”“补”计算");
    }
}
