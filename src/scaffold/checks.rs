//! Checks over the rows of a ledger: numbers and days that contradict each other.

use jiff::civil::Date;

use super::design::LedgerDesign;
use super::guess::part_of_year::{MonthName, month, quarter};
use super::phrase::literal;
use super::roles::Roles;

/// A check that is proposed for a ledger, with the keys of a `[[check]]` table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CheckDesign {
    /// The ledger's id.
    pub ledger: String,
    /// When a row is a finding.
    pub when: String,
    /// The value of `severity`: 警告 where numbers contradict each other, 提示 where they may be right.
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// The column's id.
    pub column: String,
    /// What to do.
    pub cure: String,
}

/// The variable with the first day of the period.
pub(super) const START: &str = "本期第一天";

/// The quarter that a notice is about; `None` when it is about more, or nothing says from when on.
pub(super) fn quarter_of(start: Option<Date>, cutoff: Date) -> Option<i8> {
    let part = |day: Date| (day.year(), (day.month() - 1) / 3 + 1);
    start.filter(|start| part(*start) == part(cutoff)).map(|start| part(start).1)
}

/// Rows of other quarters than that of the notice, which are counted like all others.
fn other_quarters(ledger: &LedgerDesign, of_notice: Option<i8>) -> Option<CheckDesign> {
    let column = ledger.quarters.as_ref()?;
    let own: Vec<&String> = column.words.iter().filter(|word| quarter(word) == of_notice).collect();
    let name = own.first()?;
    let differs = |word: &&String| format!("row.{} != {}", column.id, literal(word));
    Some(CheckDesign {
        ledger: ledger.id.clone(),
        when: own.iter().map(differs).collect::<Vec<_>>().join(" && "),
        severity: "警告",
        message: format!("{}不是{name}，这一行也算进了报告", column.label),
        column: column.id.clone(),
        cure: format!("核对{}；确实是别的季度的，从台账里移走", column.label),
    })
}

/// Rows of other months than those of the quarter of the notice. The months are those of the quarter in each way in
/// which cells write months; they stand behind one another, so that the next quarter's notice moves them on together.
fn other_months(ledger: &LedgerDesign, of_notice: Option<i8>) -> Option<CheckDesign> {
    let (column, quarter) = (ledger.months.as_ref()?, of_notice?);
    let mut ways: Vec<MonthName<'_>> = Vec::new();
    for name in column.words.iter().filter_map(|word| month(word)) {
        if ways.iter().all(|known| !known.is_like(&name)) {
            ways.push(name);
        }
    }
    let own = |way: &MonthName<'_>| [2, 1, 0].map(|back| way.of(quarter * 3 - back));
    let differs = |name: String| format!("row.{} != {}", column.id, literal(&name));
    let named = ways.first().map(own)?.join("、");
    Some(CheckDesign {
        ledger: ledger.id.clone(),
        when: ways.iter().flat_map(own).map(differs).collect::<Vec<_>>().join(" && "),
        severity: "警告",
        message: format!("{}不是{named}，这一行也算进了报告", column.label),
        column: column.id.clone(),
        cure: format!("核对{}；确实是别的月份的，从台账里移走", column.label),
    })
}

/// The checks of a ledger; `has_start` is whether the settings have [`START`], `of_quarter` the quarter that the notice
/// is about.
pub(super) fn checks(
    ledger: &LedgerDesign,
    roles: &Roles,
    has_start: bool,
    of_quarter: Option<i8>,
) -> Vec<CheckDesign> {
    let of_period = other_quarters(ledger, of_quarter).or_else(|| other_months(ledger, of_quarter));
    let mut checks: Vec<CheckDesign> = of_period.into_iter().collect();
    let column = |at: Option<usize>| at.and_then(|at| ledger.columns.get(at));
    for pair in &roles.pairs {
        let (Some(whole), Some(part)) = (column(Some(pair.whole)), column(Some(pair.part))) else { continue };
        if !pair.is_bounded(whole) {
            continue;
        }
        checks.push(CheckDesign {
            ledger: ledger.id.clone(),
            when: format!("row.{} > row.{}", part.id, whole.id),
            severity: "警告",
            message: format!("{}多于{}", part.label, whole.label),
            column: part.id.clone(),
            cure: format!("核对{}和{}", whole.label, part.label),
        });
    }
    if let (Some(due), Some(done_on)) = (column(roles.due), column(roles.done_on)) {
        checks.push(CheckDesign {
            ledger: ledger.id.clone(),
            when: format!("row.{} > row.{}", done_on.id, due.id),
            severity: "提示",
            message: format!("{}晚于{}", done_on.label, due.label),
            column: done_on.id.clone(),
            cure: format!("核对{}和{}；确实晚了的，不用改", due.label, done_on.label),
        });
    }
    if let Some(done_on) = column(roles.done_on) {
        checks.push(CheckDesign {
            ledger: ledger.id.clone(),
            when: format!("row.{} > cutoff", done_on.id),
            severity: "警告",
            message: format!("{}晚于数据截止日", done_on.label),
            column: done_on.id.clone(),
            cure: format!("核对{}；截止日之后才完成的，状态改回没有完成", done_on.label),
        });
    }
    if let (Some(state), Some(done_on)) = (column(roles.state), column(roles.done_on)) {
        let is_done = |value: &String| format!("row.{} == {}", state.id, literal(value));
        let done = state.done.iter().map(is_done).collect::<Vec<_>>().join(" || ");
        checks.push(CheckDesign {
            ledger: ledger.id.clone(),
            when: format!("({done}) && !has(row.{})", done_on.id),
            severity: "警告",
            message: format!("{}是“{}”，却没有{}", state.label, state.done.join("”或“"), done_on.label),
            column: done_on.id.clone(),
            cure: format!("补填{}", done_on.label),
        });
    }
    for column in roles.past.iter().filter_map(|at| column(Some(*at))) {
        checks.push(CheckDesign {
            ledger: ledger.id.clone(),
            when: format!("row.{} > cutoff", column.id),
            severity: "警告",
            message: format!("{}晚于数据截止日，这一行也算进了报告", column.label),
            column: column.id.clone(),
            cure: format!("核对{}；确实在截止日以后的，从台账里移走，留到下一期", column.label),
        });
    }
    if let Some(column) = column(roles.happened_on).filter(|_| has_start) {
        // What has a day by which it is due may have been left open by an earlier period.
        let (severity, cure) = match roles.due {
            None => ("警告", "确实是上一期的，从台账里移走"),
            Some(_) => ("提示", "上一期已经办完的，从台账里移走；留到这一期办的，不用改"),
        };
        checks.push(CheckDesign {
            ledger: ledger.id.clone(),
            when: format!("row.{} < vars.{START}", column.id),
            severity,
            message: format!("{}早于这一期的第一天，这一行也算进了报告", column.label),
            column: column.id.clone(),
            cure: format!("核对{}；{cure}", column.label),
        });
    }
    checks
}
