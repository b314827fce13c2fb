//! What a cell holds and what it shows, before its column is recognised.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::civil::Date;

use super::{chinese_numerals, number_format};

/// What a cell holds, its number format applied.
#[derive(Clone, Debug, PartialEq)]
pub enum RawCell {
    /// Text, as shown: raised and lowered digits are characters such as `¹` and `₂`. Cells that share a text in the
    /// file share the allocation.
    Text(Arc<str>),
    /// Text of which a part is struck out.
    StruckOut(Box<StruckText>),
    /// A number that its cell shows as a number.
    Number(Formatted<f64>),
    /// A number that its cell shows as a percentage: 0.85 as 85 %.
    Rate(Formatted<f64>),
    /// A day, from a cell formatted as a date.
    Date(Formatted<Date>),
    /// A point in time of which the cell does not show the day, as it is shown: a month, a time of day.
    PartialDate(Arc<str>),
    /// A length of time, in days.
    Duration(Formatted<f64>),
    /// A truth value (`TRUE`, `FALSE`) of the file's own, not a text such as 是.
    Flag(bool),
    /// An error value, such as `#REF!`.
    Error(Arc<str>),
    /// A formula without a usable result.
    Formula(Box<Formula>),
    /// The result of a formula that this program computed (see `evaluate`).
    Computed(Box<ComputedCell>),
    /// Pictures in the cell, or anchored at it: the names of their parts in the package, a line each. Empty where the
    /// format's reader does not find the pictures themselves.
    Picture(Arc<str>),
}

/// A value, and what its cell shows where the number format decides that.
#[derive(Clone, Debug, PartialEq)]
pub struct Formatted<T> {
    /// The value as stored.
    pub value: T,
    /// What the cell shows; `None` for a number in the general format, a date as 2018-10-05.
    pub shown: Option<Arc<str>>,
}

/// A text of which a part is struck out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StruckText {
    /// What is not struck out; empty when all is.
    pub rest: Arc<str>,
    /// What is struck out.
    pub struck: Arc<str>,
}

/// A formula without a usable result.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    /// The formula, without `=`; empty where the file does not repeat a shared one.
    pub text: Arc<str>,
    /// The code of the cell's number format; empty for the general format.
    pub format: Arc<str>,
    /// The cell of a stored number that may not be the result: a 0, which programs that do not compute store, or any
    /// number in a workbook whose formulas are to be computed when it is opened.
    pub stored: Option<Box<RawCell>>,
}

/// The result of a formula that this program computed.
#[derive(Clone, Debug, PartialEq)]
pub struct ComputedCell {
    /// The formula, without `=`.
    pub formula: Arc<str>,
    /// The result, formatted as the cell shows it.
    pub result: RawCell,
}

impl<T> From<T> for Formatted<T> {
    fn from(value: T) -> Self {
        Self { value, shown: None }
    }
}

impl RawCell {
    /// A cell that holds a text of its own.
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// A text of which `struck` is struck out and `rest` is not.
    pub fn struck_out(rest: impl Into<Arc<str>>, struck: impl Into<Arc<str>>) -> Self {
        Self::StruckOut(Box::new(StruckText { rest: rest.into(), struck: struck.into() }))
    }

    /// Whether the cell displays nothing.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) => is_blank(text),
            Self::Computed(computed) => computed.result.is_blank(),
            _ => false,
        }
    }

    /// Whether the cell shows its number in digits or Chinese numerals; a format such as `;;;` or `"A"` hides it. A 0
    /// that is not shown, or as a stroke, is a 0.
    pub(super) fn shows_its_number(&self) -> bool {
        let shown = match self {
            Self::Number(number) | Self::Rate(number) | Self::Duration(number) if number.value != 0.0 => &number.shown,
            Self::Date(date) => &date.shown,
            _ => return true,
        };
        let is_digit = |c: char| c.is_numeric() || chinese_numerals::is_numeral(c);
        shown.as_ref().is_none_or(|shown| shown.contains(is_digit))
    }

    /// The number or date as stored.
    pub(super) fn stored_number(&self) -> String {
        match self {
            Self::Number(number) | Self::Rate(number) | Self::Duration(number) => number_format::general(number.value),
            Self::Date(date) => date.value.to_string(),
            other => other.to_text().into_owned(),
        }
    }

    /// The bytes of text that the cell keeps: what the file stores, and what the number format shows.
    pub(super) fn text_length(&self) -> usize {
        match self {
            Self::Text(text) | Self::Error(text) | Self::PartialDate(text) => text.len(),
            Self::StruckOut(text) => text.rest.len() + text.struck.len(),
            Self::Formula(formula) => {
                formula.text.len() + formula.stored.as_ref().map_or(0, |stored| stored.text_length())
            }
            Self::Number(number) | Self::Rate(number) | Self::Duration(number) => number.shown_length(),
            Self::Date(date) => date.shown_length(),
            Self::Computed(computed) => computed.formula.len() + computed.result.text_length(),
            Self::Picture(parts) => parts.len(),
            Self::Flag(_) => 0,
        }
    }

    /// What the cell shows, for text columns, messages and matching.
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Error(text) | Self::PartialDate(text) => Cow::Borrowed(text),
            Self::StruckOut(text) => Cow::Borrowed(&text.rest),
            Self::Formula(formula) => Cow::Owned(format!("={}", formula.text)),
            Self::Number(number) => number.text(|number| number_format::general(*number)),
            Self::Rate(number) => number.text(|number| format!("{}%", number_format::general(number * 100.0))),
            Self::Date(date) => date.text(Date::to_string),
            Self::Duration(days) => days.text(|days| number_format::general(*days)),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "是" } else { "否" }),
            Self::Computed(computed) => computed.result.to_text(),
            Self::Picture(_) => Cow::Borrowed("图片"),
        }
    }
}

impl<T> Formatted<T> {
    fn shown_length(&self) -> usize {
        self.shown.as_ref().map_or(0, |shown| shown.len())
    }

    /// What the cell shows; `general` writes the value in the general format.
    fn text(&self, general: impl Fn(&T) -> String) -> Cow<'_, str> {
        self.shown.as_deref().map_or_else(|| Cow::Owned(general(&self.value)), Cow::Borrowed)
    }
}

/// Whether a formula is a subtotal of an outline or of a table: `SUBTOTAL` with a function other than those that count
/// (2, 3, 102, 103), which number the rows of filtered lists.
pub(super) fn is_subtotal(formula: &str) -> bool {
    let Some(arguments) = formula.trim_start_matches('=').strip_prefix("SUBTOTAL(") else { return false };
    let function = arguments.split([',', ';', ')']).next().unwrap_or_default();
    !matches!(function.trim(), "2" | "3" | "102" | "103")
}

/// Whether a text displays nothing.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::is_subtotal;

    #[test]
    fn counted_rows_are_no_subtotals() {
        for (formula, expected) in [
            ("SUBTOTAL(9,B2:B5)", true),
            ("=SUBTOTAL(109;B2:B5)", true),
            ("SUBTOTAL(103,B$2:B2)", false),
            ("SUBTOTAL( 3 ,B$2:B2)", false),
            ("SUM(B2:B5)", false),
        ] {
            assert_eq!(is_subtotal(formula), expected, "{formula}");
        }
    }
}
