//! Which texts a value can be, as far as the settings say: a comparison with a text that no row can have is refused.

use rust_decimal::Decimal;

use super::ast::{Expr, ExprKind, Operator};
use super::hir::Node;
use crate::notice::{Column, ColumnType, Ledger};

/// The texts that a value can be.
#[derive(Clone, Debug, Default)]
pub(super) enum Domain<'n> {
    /// Any, or the value is no text.
    #[default]
    Open,
    /// These texts, in quotes in the expression.
    Literals(Vec<String>),
    /// The values of a `choice` column.
    Choice(&'n Column),
    /// Percentages, which are fractions in expressions.
    Percent,
}

/// A percentage above this is taken for one that is not written as a fraction: 5 is 500 %.
const MAX_FRACTION: i64 = 5;

impl<'n> Domain<'n> {
    /// The texts that a cell of the column can be.
    pub(super) fn of_column(column: &'n Column) -> Self {
        match column.kind {
            ColumnType::Choice => Self::Choice(column),
            ColumnType::Percent => Self::Percent,
            _ => Self::Open,
        }
    }

    /// The domain of a value that is of one or of the other.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Literals(mut texts), Self::Literals(others)) => {
                texts.extend(others);
                Self::Literals(texts)
            }
            (Self::Choice(column), Self::Choice(other)) if std::ptr::eq(column, other) => Self::Choice(column),
            (Self::Percent, Self::Percent) => Self::Percent,
            _ => Self::Open,
        }
    }

    /// Why a value cannot be compared with that of `other`: it is a percentage, and the number is no fraction. In
    /// Chinese.
    pub(super) fn percent_objection(&self, other: &Node) -> Option<String> {
        let (Self::Percent, Node::Number(number)) = (self, other) else { return None };
        let fraction = number.checked_div(Decimal::ONE_HUNDRED)?.normalize();
        (*number > MAX_FRACTION.into()).then(|| format!("百分比在表达式里是小数，{number}% 写 {fraction}"))
    }

    /// Why values of the two domains cannot be compared: one is a choice that the other's text is not. In Chinese.
    pub(super) fn objection(&self, other: &Self) -> Option<String> {
        match (self, other) {
            (Self::Choice(column), Self::Literals(texts)) | (Self::Literals(texts), Self::Choice(column)) => {
                texts.iter().find_map(|text| column.impossible_choice(text))
            }
            _ => None,
        }
    }
}

/// Whether a ledger holds figures of an earlier period, by its title: a branch without a row in it has no such figures.
pub(super) fn is_of_earlier_period(ledger: &Ledger) -> bool {
    /// Words that name an earlier period.
    const EARLIER: [&str; 10] = ["上年", "上期", "上季", "上月", "上半年", "上学期", "上次", "去年", "同期", "往年"];
    EARLIER.iter().any(|word| ledger.title.contains(word))
}

/// The part of a filter's condition that selects one period: a column compared with a year, a quarter, a month. A list
/// filtered so is a look-up of the period's row, and that there is none does not mean 0.
pub(super) fn period_condition<'t>(condition: &Expr<'t>) -> Option<&'t str> {
    let ExprKind::Binary(operator, operands) = &condition.kind else { return None };
    match operator {
        Operator::And => operands.iter().find_map(period_condition),
        Operator::Equal => {
            let [left, right] = &**operands;
            let is_column = |expr: &Expr<'_>| matches!(expr.kind, ExprKind::Property(..));
            let is_look_up = is_column(left) && names_period(right) || is_column(right) && names_period(left);
            is_look_up.then_some(condition.text)
        }
        _ => None,
    }
}

/// Whether a constant names a period.
fn names_period(constant: &Expr<'_>) -> bool {
    /// Words that end the name of a period.
    const ENDS: [&str; 11] = ["年", "年度", "季度", "半年", "月", "月份", "学期", "学年", "上期", "本期", "同期"];
    /// Characters before such a word.
    const COUNTED: &str = "〇零一二三四五六七八九十上下本去今前同全";
    match &constant.kind {
        ExprKind::Number(number) => number.is_integer() && (1900..=2100).any(|year| *number == year.into()),
        ExprKind::Text(text) => {
            let is_year = text.len() == 4 && text.parse::<u16>().is_ok_and(|year| (1900..=2100).contains(&year));
            // 青年 and 老年 are no periods.
            let is_counted = |before: &str| {
                before.is_empty() || before.ends_with(|c: char| c.is_ascii_digit() || COUNTED.contains(c))
            };
            is_year || ENDS.iter().any(|end| text.strip_suffix(end).is_some_and(is_counted))
        }
        _ => false,
    }
}
