//! Checks over the rows of a ledger: numbers and days that contradict each other.

use jiff::civil::Date;

use super::design::{ColumnDesign, LedgerDesign, PeriodColumn};
use super::guess::part_of_year::{MonthName, month_below, quarter_below};
use super::period_condition::{condition, message};
use super::phrase::{is_done, literal};
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

/// The months that a notice is about; none when it is about a whole year or more, or nothing says from when on.
pub(super) fn months_of(start: Option<Date>, end: Date) -> Vec<i8> {
    let Some(start) = start.filter(|start| *start <= end) else { return Vec::new() };
    let number = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month()) - 1;
    let months: Vec<i8> = (number(start)..=number(end)).filter_map(|at| i8::try_from(at % 12 + 1).ok()).collect();
    if months.len() < 12 { months } else { Vec::new() }
}

/// Rows of other quarters than those of the notice, which are counted like all others.
fn other_quarters(ledger: &LedgerDesign, months: &[i8]) -> Option<CheckDesign> {
    let column = ledger.quarters.as_ref()?;
    let quarters: Vec<i8> = months.iter().map(|month| (month - 1) / 3 + 1).collect();
    let is_own = |word: &&String| quarter_below(&column.header, word).is_some_and(|part| quarters.contains(&part));
    let own: Vec<&String> = column.words.iter().filter(is_own).collect();
    let names: Vec<String> =
        own.iter().map(|word| if column.is_number { format!("{word}季度") } else { (*word).clone() }).collect();
    let literals: Vec<String> =
        own.iter().map(|word| if column.is_number { (*word).clone() } else { literal(word) }).collect();
    (!own.is_empty()).then(|| of_period(ledger, column, &OwnParts { word: "季度", names, literals }))
}

/// Rows of other months than those of the notice. They are its months in each way in which cells write months.
fn other_months(ledger: &LedgerDesign, months: &[i8]) -> Option<CheckDesign> {
    let column = ledger.months.as_ref()?;
    let mut ways: Vec<MonthName<'_>> = Vec::new();
    for name in column.words.iter().filter_map(|word| month_below(&column.header, word)) {
        if ways.iter().all(|known| !known.is_like(&name)) {
            ways.push(name);
        }
    }
    let own = |way: &MonthName<'_>| months.iter().map(|month| way.of(*month)).collect::<Vec<String>>();
    let first = ways.first().filter(|_| !months.is_empty())?;
    let behind = if first.behind.is_empty() { "月" } else { "" };
    let names: Vec<String> = own(first).iter().map(|name| format!("{name}{behind}")).collect();
    let literals: Vec<String> = match column.is_number {
        true => months.iter().map(i8::to_string).collect(),
        false => ways.iter().flat_map(own).map(|name| literal(&name)).collect(),
    };
    Some(of_period(ledger, column, &OwnParts { word: "月份", names, literals }))
}

/// The months or quarters of the notice.
struct OwnParts {
    /// What they are called.
    word: &'static str,
    names: Vec<String>,
    /// What expressions compare the column with.
    literals: Vec<String>,
}

/// The check that a row is of one of them.
fn of_period(ledger: &LedgerDesign, column: &PeriodColumn, own: &OwnParts) -> CheckDesign {
    CheckDesign {
        ledger: ledger.id.clone(),
        when: condition(&column.id, &own.literals),
        severity: "警告",
        message: message(&column.label, &own.names),
        column: column.id.clone(),
        cure: format!("核对{}；确实是别的{}的，从台账里移走", column.label, own.word),
    }
}

/// The checks of a ledger; `has_start` is whether the settings have [`START`], `months` those that the notice is
/// about.
pub(super) fn checks(ledger: &LedgerDesign, roles: &Roles, has_start: bool, months: &[i8]) -> Vec<CheckDesign> {
    let of_period = other_quarters(ledger, months).or_else(|| other_months(ledger, months));
    let rows = LedgerRows { ledger, roles };
    let before_start = rows.days_before_start().filter(|_| has_start);
    let all = of_period.into_iter().chain(rows.parts_above_wholes()).chain(rows.days_of_completion());
    all.chain(rows.states_and_days()).chain(rows.days_after_cutoff()).chain(before_start).collect()
}

/// The rows of a ledger, with what its columns are for.
struct LedgerRows<'l> {
    ledger: &'l LedgerDesign,
    roles: &'l Roles,
}

impl<'l> LedgerRows<'l> {
    fn column(&self, at: Option<usize>) -> Option<&'l ColumnDesign> {
        self.ledger.columns.get(at?)
    }

    /// A warning about cells of `column`; the caller gives what its texts say.
    fn warning(&self, column: &ColumnDesign, when: String, message: String, cure: String) -> CheckDesign {
        let (ledger, column) = (self.ledger.id.clone(), column.id.clone());
        CheckDesign { ledger, when, severity: "警告", message, column, cure }
    }

    /// Parts that are more than their whole.
    fn parts_above_wholes(&self) -> impl Iterator<Item = CheckDesign> {
        self.roles.pairs.iter().filter_map(|pair| {
            let (whole, part) = (self.column(Some(pair.whole))?, self.column(Some(pair.part))?);
            let when = format!("row.{} > row.{}", part.id, whole.id);
            let message = format!("{}多于{}", part.label, whole.label);
            let cure = format!("核对{}和{}", whole.label, part.label);
            pair.is_bounded(whole).then(|| self.warning(part, when, message, cure))
        })
    }

    /// Days of completion after the day by which it is due, after the cut-off and before the day on which it began.
    fn days_of_completion(&self) -> Vec<CheckDesign> {
        let Some(done_on) = self.column(self.roles.done_on) else { return Vec::new() };
        let late = self.column(self.roles.due).map(|due| {
            let when = format!("row.{} > row.{}", done_on.id, due.id);
            let cure = format!("核对{}和{}；确实晚了的，不用改", due.label, done_on.label);
            let check = self.warning(done_on, when, format!("{}晚于{}", done_on.label, due.label), cure);
            CheckDesign { severity: "提示", ..check }
        });
        let after_cutoff = self.warning(
            done_on,
            format!("row.{} > cutoff", done_on.id),
            format!("{}晚于数据截止日", done_on.label),
            format!("核对{}；截止日之后才完成的，状态改回没有完成", done_on.label),
        );
        let early = self.column(self.roles.past.first().copied()).map(|begun| {
            let when = format!("row.{} < row.{}", done_on.id, begun.id);
            let cure = format!("核对{}和{}", begun.label, done_on.label);
            self.warning(done_on, when, format!("{}早于{}", done_on.label, begun.label), cure)
        });
        late.into_iter().chain([after_cutoff]).chain(early).collect()
    }

    /// A day of completion without the state, and the state without a day.
    fn states_and_days(&self) -> Vec<CheckDesign> {
        let (Some(state), Some(done_on)) = (self.column(self.roles.state), self.column(self.roles.done_on)) else {
            return Vec::new();
        };
        let (done, words) = (is_done("row", state), state.done.join("”或“"));
        let not_done = self.warning(
            state,
            format!("has(row.{}) && !({done})", done_on.id),
            format!("有{}，{}却不是“{words}”，没有算作完成", done_on.label, state.label),
            format!("核对{}；是“{words}”的另一种写法的，写进这一列的其他写法（synonyms）", state.label),
        );
        let without_day = self.warning(
            done_on,
            format!("({done}) && !has(row.{})", done_on.id),
            format!("{}是“{words}”，却没有{}", state.label, done_on.label),
            format!("补填{}", done_on.label),
        );
        vec![not_done, without_day]
    }

    /// Days of what has happened after the cut-off.
    fn days_after_cutoff(&self) -> impl Iterator<Item = CheckDesign> {
        self.roles.past.iter().filter_map(|at| self.column(Some(*at))).map(|column| {
            let when = format!("row.{} > cutoff", column.id);
            let message = format!("{}晚于数据截止日，这一行也算进了报告", column.label);
            let cure = format!("核对{}；确实在截止日以后的，从台账里移走，留到下一期", column.label);
            self.warning(column, when, message, cure)
        })
    }

    /// Days before the first one of the period.
    fn days_before_start(&self) -> impl Iterator<Item = CheckDesign> {
        // What has a day by which it is due may have been left open by an earlier period.
        let (severity, cure) = match self.roles.due {
            None => ("警告", "确实是上一期的，从台账里移走"),
            Some(_) => ("提示", "上一期已经办完的，从台账里移走；留到这一期办的，不用改"),
        };
        self.column(self.roles.happened_on).into_iter().map(move |column| {
            let when = format!("row.{} < vars.{START}", column.id);
            let message = format!("{}早于这一期的第一天，这一行也算进了报告", column.label);
            CheckDesign { severity, ..self.warning(column, when, message, format!("核对{}；{cure}", column.label)) }
        })
    }
}
