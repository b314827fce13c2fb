//! Bar charts out of tables of two columns: names and numbers.

use super::inline::{Breaks, inline};
use super::{Bar, Chart, Inline, Text, plain};

/// The chart of a table's rows; `None` unless it has two columns, and all its numbers are rates or none is: a bar can
/// be compared with no bar of another kind, and none shows less than nothing.
pub fn chart(caption: (String, Text), rows: &[Vec<String>]) -> Option<Chart> {
    let pair = |row: &Vec<String>| match &row[..] {
        [name, number] => Some([inline(name, Breaks::Join), inline(number, Breaks::Join)]),
        _ => None,
    };
    let mut pairs = rows.iter().map(pair).collect::<Option<Vec<_>>>()?.into_iter();
    let head = pairs.next()?;
    let pairs: Vec<[Text; 2]> = pairs.collect();
    let numbers: Vec<Option<f64>> = pairs.iter().map(|[_, number]| read(&plain(number))).collect();
    let given = pairs.iter().zip(&numbers).filter(|([_, text], _)| !text.iter().any(|i| matches!(i, Inline::Gap(..))));
    let given: Vec<(bool, Option<f64>)> =
        given.map(|([_, text], number)| (plain(text).ends_with('%'), *number)).collect();
    let rates = given.first().is_some_and(|(rate, _)| *rate);
    if given.iter().any(|(rate, number)| *rate != rates || number.is_none_or(|number| number < 0.0)) {
        return None;
    }
    let longest = numbers.iter().flatten().copied().fold(if rates { 100.0 } else { 0.0 }, f64::max);
    let share = |number: Option<f64>| match number {
        Some(number) if longest > 0.0 => (number / longest * 1000.0).round() as u16,
        _ => 0,
    };
    let bars = pairs.into_iter().zip(&numbers).map(|([name, value], number)| Bar {
        name,
        number: value,
        share: share(*number),
    });
    Some(Chart { caption, head, bars: bars.collect() })
}

/// The number before a unit.
fn read(text: &str) -> Option<f64> {
    let text = text.replace(',', "");
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::chart;

    fn shares(numbers: &[&str]) -> Option<Vec<u16>> {
        let rows = [("单位", "数")].into_iter().chain(numbers.iter().map(|n| ("甲", *n)));
        let rows: Vec<Vec<String>> = rows.map(|(a, b)| vec![a.to_owned(), b.to_owned()]).collect();
        let chart = chart((String::new(), Vec::new()), &rows)?;
        Some(chart.bars.iter().map(|bar| bar.share).collect())
    }

    #[test]
    fn rates_are_of_a_hundred_and_numbers_of_the_greatest() {
        assert_eq!(shares(&["50%", "85.5%", "\u{fdd0}整改率\u{fdd1}"]), Some(vec![500, 855, 0]));
        assert_eq!(shares(&["4项", "3项", "1,000项"]), Some(vec![4, 3, 1000]));
        assert_eq!([shares(&["4", "-1"]), shares(&["20", "150%"]), shares(&["约5项"])], [None, None, None]);
        assert_eq!(shares(&["0", "0"]), Some(vec![0, 0]));
        assert_eq!(chart((String::new(), Vec::new()), &[vec![String::new()]]), None);
    }
}
