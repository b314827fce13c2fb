//! The condition of a check that finds rows of other months or quarters than those of the notice:
//! `row.月份 != "4月" && row.月份 != "5月"`, with its message. `checks` writes it; `renew` finds it in settings and moves
//! it on.

use std::ops::Range;

use super::guess::part_of_year::{MONTH_OF_HEADER, MonthName, QUARTER_OF_HEADER, month};

/// What stands behind the months or quarters in a message, and before them.
const MESSAGE: [&str; 2] = ["不是", "，这一行也算进了报告"];
/// What stands between them.
const BETWEEN: char = '、';

/// The condition that a column has none of the values, which are literals of expressions.
pub(super) fn condition(column: &str, literals: &[String]) -> String {
    let differs = |literal: &String| format!("row.{column} != {literal}");
    literals.iter().map(differs).collect::<Vec<_>>().join(" && ")
}

/// The message of the check.
pub(super) fn message(label: &str, names: &[String]) -> String {
    let [before, behind] = MESSAGE;
    format!("{label}{before}{}{behind}", names.join(&BETWEEN.to_string()))
}

/// What a number in a condition or a message counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartOfYear {
    Month,
    Quarter,
}

/// The number of a month or quarter without a year, where a condition or a message names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NumberPlace {
    /// Its bytes.
    pub span: Range<usize>,
    /// The month or quarter.
    pub number: i8,
}

/// The numbers of one condition or message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamedParts {
    pub part: PartOfYear,
    pub places: Vec<NumberPlace>,
}

/// The months that conditions and messages in a text name, and the quarters that they name by a bare number: those in
/// words are moved on wherever they are. What a year stands before is left out.
pub(super) fn find(text: &str) -> Vec<NamedParts> {
    let mut found = Vec::new();
    let mut end = 0;
    for (at, _) in text.match_indices("row.") {
        if at >= end {
            let comparisons = comparisons(text, at);
            end = comparisons.last().map_or(end, |comparison| comparison.end);
            found.extend(of_comparisons(&comparisons));
        }
    }
    found.extend(text.match_indices(MESSAGE[1]).filter_map(|(at, _)| of_message(text, at)));
    found
}

/// A comparison of a column with a literal.
struct Comparison<'t> {
    column: &'t str,
    literal: &'t str,
    /// Where the literal begins.
    start: usize,
    is_text: bool,
    /// Where the comparison ends.
    end: usize,
}

/// The comparisons of one column that stand behind one another, from a byte on.
fn comparisons(text: &str, mut at: usize) -> Vec<Comparison<'_>> {
    let mut found: Vec<Comparison<'_>> = Vec::new();
    while let Some(comparison) = comparison(text, at) {
        if found.first().is_some_and(|first| first.column != comparison.column) {
            break;
        }
        let behind = &text[comparison.end..];
        let next = behind.trim_start_matches(' ').strip_prefix("&&").map(|rest| rest.trim_start_matches(' '));
        at = next.map_or(text.len(), |next| text.len() - next.len());
        found.push(comparison);
    }
    found
}

fn comparison(text: &str, at: usize) -> Option<Comparison<'_>> {
    let rest = text.get(at..)?.strip_prefix("row.")?;
    let (column, rest) = rest.split_once("!=")?;
    let column = column.trim_end_matches(' ');
    if column.contains(|c: char| c.is_whitespace() || "\"'&|=!<>.()".contains(c)) {
        return None;
    }
    let value = rest.trim_start_matches(' ');
    // In settings that another program wrote, texts of expressions may be escaped.
    let quote = ["\\\"", "\""].into_iter().find(|quote| value.starts_with(quote));
    let content = &value[quote.map_or(0, str::len)..];
    let length = match quote {
        Some(quote) => content.find(quote)?,
        None => content.find(|c: char| !c.is_ascii_digit()).unwrap_or(content.len()),
    };
    let start = text.len() - content.len();
    let end = start + length + quote.map_or(0, str::len);
    Some(Comparison { column, literal: &content[..length], start, is_text: quote.is_some(), end })
}

fn of_comparisons(comparisons: &[Comparison<'_>]) -> Option<NamedParts> {
    let first = comparisons.first()?;
    let part = match first.column {
        column if comparisons.iter().all(|comparison| month(comparison.literal).is_some()) => {
            return of_months(comparisons.iter().map(|comparison| (comparison.literal, comparison.start)))
                .filter(|_| !column.is_empty());
        }
        column if column.contains(MONTH_OF_HEADER) => PartOfYear::Month,
        column if column.contains(QUARTER_OF_HEADER) => PartOfYear::Quarter,
        _ => return None,
    };
    let last = if part == PartOfYear::Month { 12 } else { 4 };
    let places = comparisons.iter().filter(|comparison| !comparison.is_text).map(|comparison| {
        let number = comparison.literal.parse().ok().filter(|number| (1..=last).contains(number))?;
        Some(NumberPlace { span: comparison.start..comparison.start + comparison.literal.len(), number })
    });
    let places: Vec<NumberPlace> = places.collect::<Option<_>>()?;
    (!places.is_empty()).then_some(NamedParts { part, places })
}

/// The names in the message whose end begins at a byte.
fn of_message(text: &str, end: usize) -> Option<NamedParts> {
    let line = text[..end].rfind('\n').map_or(0, |at| at + 1);
    let start = line + text[line..end].rfind(MESSAGE[0])? + MESSAGE[0].len();
    let mut at = start;
    let names = text[start..end].split(BETWEEN).map(|name| {
        let place = (name, at);
        at += name.len() + BETWEEN.len_utf8();
        place
    });
    of_months(names.collect::<Vec<_>>().into_iter())
}

/// The numbers of names of months, each with where the name begins; `None` when one names no month.
fn of_months<'t>(names: impl Iterator<Item = (&'t str, usize)>) -> Option<NamedParts> {
    let mut places = Vec::new();
    for (name, at) in names {
        let name: MonthName<'_> = month(name)?;
        if name.before.is_empty() {
            places.push(NumberPlace { span: at..at + name.number.len(), number: name.value()? });
        }
    }
    (!places.is_empty()).then_some(NamedParts { part: PartOfYear::Month, places })
}

#[cfg(test)]
mod tests {
    use super::{PartOfYear, condition, find, message};

    fn numbers(text: &str) -> Vec<(PartOfYear, Vec<(String, i8)>)> {
        let place = |place: super::NumberPlace| (text[place.span].to_owned(), place.number);
        find(text).into_iter().map(|named| (named.part, named.places.into_iter().map(place).collect())).collect()
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn what_is_written_is_found() {
        let named = |all: &[(&str, i8)]| all.iter().map(|(text, number)| ((*text).to_owned(), *number)).collect();
        let months = |all: &[(&str, i8)]| vec![(PartOfYear::Month, named(all))];
        for (text, expected) in [
            (condition("月份", &texts(&["\"4月\"", "\"五月份\""])), months(&[("4", 4), ("五", 5)])),
            (condition("月份", &texts(&["4", "5", "6"])), months(&[("4", 4), ("5", 5), ("6", 6)])),
            (condition("季度", &texts(&["2"])), vec![(PartOfYear::Quarter, named(&[("2", 2)]))]),
            (message("月份", &texts(&["7月"])), months(&[("7", 7)])),
            // The year is moved with its month.
            (condition("月份", &texts(&["\"2026年7月\"", "\"7月\""])), months(&[("7", 7)])),
            ("row.月份 != \\\"07月\\\" && row.级别 != 4".to_owned(), months(&[("07", 7)])),
        ] {
            assert_eq!(numbers(&text), expected, "{text}");
        }
    }

    #[test]
    fn other_conditions_and_messages_are_not() {
        for text in [
            "row.人数 != 4",
            "row.月份 != 13",
            "row.月份 == 4",
            "row.状态 != \"4月完成\"",
            "row.月份 != ",
            "月份不是四月的，这一行也算进了报告",
            "季度不是三季度，这一行也算进了报告",
            "row.月份 != \"4",
        ] {
            assert_eq!(numbers(text), [], "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken(text in "(row\\.|月份| != |\"|4|月| && |不是|、|，这一行也算进了报告|\\PC){0,20}") {
            for named in find(&text) {
                for place in named.places {
                    proptest::prop_assert!(text.get(place.span).is_some());
                }
            }
        }
    }
}
