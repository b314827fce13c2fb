//! Bar charts from tables of two columns: names and numbers.

use super::inline::{LineBreaks, inlines};
use super::text::{Inline, Inlines, plain};
use super::tree::{Bar, Caption, Chart};

/// A row of the chart's table: a name and a value.
struct ChartRow {
    name: Inlines,
    value: Inlines,
}

/// Makes a chart of a table's rows, the header first.
///
/// `None` unless every row has two cells and the values that are no gaps are numbers from 0, all of them rates (`%`) or
/// none: bars of different kinds cannot be compared.
pub(super) fn from_table(caption: Caption, rows: &[Vec<String>]) -> Option<Chart> {
    let read_row = |row: &Vec<String>| match &row[..] {
        [name, value] => {
            Some(ChartRow { name: inlines(name, LineBreaks::Join), value: inlines(value, LineBreaks::Join) })
        }
        _ => None,
    };
    let mut rows = rows.iter().map(read_row).collect::<Option<Vec<ChartRow>>>()?.into_iter();
    let header = rows.next()?;
    let rows: Vec<ChartRow> = rows.collect();
    let numbers: Vec<Option<f64>> = rows.iter().map(|row| leading_number(&plain(&row.value))).collect();
    let mut are_rates = None;
    for (row, number) in rows.iter().zip(&numbers) {
        if row.value.iter().any(|inline| matches!(inline, Inline::Gap(..))) {
            continue;
        }
        let is_rate = plain(&row.value).ends_with('%');
        if is_rate != *are_rates.get_or_insert(is_rate) || number.is_none_or(|number| number < 0.0) {
            return None;
        }
    }
    let at_least = if are_rates == Some(true) { 100.0 } else { 0.0 };
    let longest = numbers.iter().flatten().copied().fold(at_least, f64::max);
    let share = |number: Option<f64>| match number {
        Some(number) if longest > 0.0 => (number / longest * 1000.0).round() as u16,
        _ => 0,
    };
    let bars = rows.into_iter().zip(numbers).map(|(row, number)| Bar {
        name: row.name,
        value: row.value,
        share: share(number),
    });
    Some(Chart { caption, name_header: header.name, value_header: header.value, bars: bars.collect() })
}

/// The number that a text begins with, before its unit.
fn leading_number(text: &str) -> Option<f64> {
    let text = text.replace(',', "");
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Caption, from_table};

    fn caption() -> Caption {
        Caption { number: String::new(), text: Vec::new() }
    }

    fn shares(numbers: &[&str]) -> Option<Vec<u16>> {
        let rows = [("单位", "数")].into_iter().chain(numbers.iter().map(|n| ("甲", *n)));
        let rows: Vec<Vec<String>> = rows.map(|(a, b)| vec![a.to_owned(), b.to_owned()]).collect();
        let chart = from_table(caption(), &rows)?;
        Some(chart.bars.iter().map(|bar| bar.share).collect())
    }

    #[test]
    fn rates_are_of_a_hundred_and_numbers_of_the_greatest() {
        assert_eq!(shares(&["50%", "85.5%", "\u{fdd0}整改率\u{fdd1}"]), Some(vec![500, 855, 0]));
        assert_eq!(shares(&["4项", "3项", "1,000项"]), Some(vec![4, 3, 1000]));
        assert_eq!([shares(&["4", "-1"]), shares(&["20", "150%"]), shares(&["约5项"])], [None, None, None]);
        assert_eq!(shares(&["0", "0"]), Some(vec![0, 0]));
        assert_eq!(from_table(caption(), &[vec![String::new()]]), None);
    }
}
