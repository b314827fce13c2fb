//! Years that titles, names and columns say, so that the ledgers and rows of another year are noticed.

use std::ops::RangeInclusive;

use super::classify::RowKind;
use super::header::Header;
use super::normalize::fold;
use super::raw_cell::RawCell;
use super::raw_sheet::{RawRow, RawSheet};

/// A title above rows of data that is about another year than the notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignTitle {
    /// The sheet's row, from 0.
    pub row: u32,
    /// The sheet's column, from 0.
    pub col: u32,
    /// The title as the cell shows it.
    pub text: String,
}

/// Rows of data that a column without use, such as 年度, puts into other years than that of the notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignRows {
    /// The first of these rows, from 0.
    pub row: u32,
    /// The column, from 0.
    pub col: u32,
    /// What the column says in the first row.
    pub text: String,
    /// The number of rows.
    pub count: usize,
}

/// Headers of columns that say to which year a row belongs, folded.
const YEAR_HEADERS: [&str; 6] = ["年度", "年份", "年", "所属年度", "考核年度", "学年"];

/// Characters of the longest title; a longer text is an explanation.
const MAX_TITLE: usize = 40;

/// Words of texts above and below a table whose year is that of a day or of a document, folded.
const OTHER_TEXTS: [&str; 12] =
    ["日期", "时间", "填报", "填表", "制表", "报送", "通知", "文件", "依据", "根据", "说明", "注:"];

/// The years from the first to the last that a text says: 2017 of 2017年度 and of 主题党日2017. A whole day is no year,
/// nor is that of a document's number or of those who entered then: 2019-01-05, 〔2017〕5号, 2017级.
pub fn years(text: &str) -> Option<RangeInclusive<i16>> {
    let folded = fold(text);
    let (mut first, mut last) = (None::<i16>, None::<i16>);
    let mut at = 0;
    while let Some(start) = folded[at..].find(|c: char| c.is_ascii_digit()).map(|found| at + found) {
        let length = folded[start..].bytes().take_while(u8::is_ascii_digit).count();
        at = start + length;
        let is_of_document = folded[..start].ends_with(['〔', '[', '(']) && folded[at..].contains('号')
            || folded[..start].ends_with('第');
        let is_of_people = folded[at..].starts_with(['级', '届', '班']);
        let year = folded[start..at].parse::<i16>().ok().filter(|year| (1990..2100).contains(year));
        if let Some(year) =
            year.filter(|_| length == 4 && !is_of_document && !is_of_people && !continues_day(&folded[at..]))
        {
            first = Some(first.map_or(year, |first| first.min(year)));
            last = Some(last.map_or(year, |last| last.max(year)));
        }
    }
    Some(first?..=last?)
}

/// Whether a month and a day follow a year.
fn continues_day(rest: &str) -> bool {
    let number = |text: &str, separators: &[char]| {
        let text = text.strip_prefix(separators)?;
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        (1..=2).contains(&digits).then(|| text[digits..].to_owned())
    };
    number(rest, &['年', '-', '/', '.']).is_some_and(|rest| number(&rest, &['月', '-', '/', '.']).is_some())
}

/// The title that a row is, with the years that it says.
fn title(row: &RawRow) -> Option<(ForeignTitle, RangeInclusive<i16>)> {
    if row.cells.len() > 2 {
        return None;
    }
    row.cells.iter().find_map(|(col, raw)| {
        let RawCell::Text(text) = raw else { return None };
        let folded = fold(text);
        let is_title = text.chars().count() <= MAX_TITLE
            && (folded.len() == 4 || folded.contains('年'))
            && !OTHER_TEXTS.iter().any(|word| folded.contains(word));
        let years = years(text).filter(|_| is_title)?;
        Some((ForeignTitle { row: row.row, col: *col, text: text.to_string() }, years))
    })
}

/// The titles and the years of rows of one table.
pub(super) struct TableYears {
    year: i16,
    /// The last title, unless rows of data followed it or it is about the right year.
    last: Option<ForeignTitle>,
    /// The columns without use that say a year, from 0.
    columns: Vec<u32>,
    /// The titles above rows of data that are about another year.
    pub titles: Vec<ForeignTitle>,
    /// The rows of data of other years.
    pub rows: Option<ForeignRows>,
}

impl TableYears {
    /// Takes the titles above `header`.
    pub(super) fn new(sheet: &RawSheet, header: &Header, year: i16) -> Self {
        let of_year = header.foreign.iter().filter(|header| YEAR_HEADERS.contains(&fold(&header.text).as_ref()));
        let columns = of_year.map(|header| header.col).collect();
        let mut years = Self { year, last: None, columns, titles: Vec::new(), rows: None };
        sheet.rows.iter().take_while(|row| row.row < header.first_row).for_each(|row| years.note(row));
        years
    }

    /// Takes a row below the header.
    pub(super) fn row(&mut self, row: &RawRow, kind: RowKind) {
        match kind {
            RowKind::Data => {
                self.titles.extend(self.last.take());
                self.data(row);
            }
            RowKind::Note => self.note(row),
            RowKind::Header => {}
        }
    }

    /// Takes a row of data.
    fn data(&mut self, row: &RawRow) {
        let foreign = self.columns.iter().find_map(|col| {
            let text = row.get(*col)?.to_text();
            years(&text).filter(|years| !years.contains(&self.year)).map(|_| (*col, text))
        });
        let Some((col, text)) = foreign else { return };
        let first = || ForeignRows { row: row.row, col, text: text.into_owned(), count: 0 };
        self.rows.get_or_insert_with(first).count += 1;
    }

    /// Takes a row that may be a title.
    fn note(&mut self, row: &RawRow) {
        if let Some((title, years)) = title(row) {
            self.last = Some(title).filter(|_| !years.contains(&self.year));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::years;

    #[test]
    fn years_of_titles_and_names_are_found_and_those_of_days_are_not() {
        for (text, expected) in [
            ("2017年度主题党日", Some(2017..=2017)),
            ("主题党日2017", Some(2017..=2017)),
            ("２０１７年", Some(2017..=2017)),
            ("2017—2018学年", Some(2017..=2018)),
            ("2018年9月至2019年8月", Some(2018..=2019)),
            ("主题党日2017.12", Some(2017..=2017)),
            ("2019年1月5日", None),
            ("报送2019-01-05", None),
            ("20181025主题党日", None),
            ("教组〔2017〕5号", None),
            ("(2017)第5号", None),
            ("第2017号", None),
            ("2017级学生党支部", None),
            ("2017届毕业生2018年台账", Some(2018..=2018)),
            ("1921年", None),
            ("主题党日", None),
        ] {
            assert_eq!(years(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_brings_the_years_down(text in "(\\PC|[0-9年月.-]){0,20}") {
            let _ = years(&text);
        }
    }
}
