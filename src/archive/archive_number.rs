//! 档号, the archive number: 全宗号-档案门类代码·年度-保管期限-机构（问题）代码-件号 (DA/T 22-2015, 5.4.3), for example
//! `Z109-WS·2018-D30-组织人事处-0012`.

use std::fmt;

use crate::notice::{Retention, is_archive_number_part};

/// An archive number (档号). All numbers that differ only in 件号 form a series.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArchiveNumber {
    /// 全宗号: the archive's fonds.
    pub fonds: String,
    /// 档案门类代码: the category of documents.
    pub category: String,
    /// 年度: the year, four digits.
    pub year: i16,
    /// 保管期限: the code of the retention period.
    pub retention: &'static str,
    /// 机构（问题）代码: the department that the reports belong to, such as 组织人事处.
    pub department: String,
    /// 件号: the sequence number, from 1.
    pub sequence: u64,
    /// The digits to which 件号 is filled with zeros; at least 3.
    pub digits: usize,
}

impl ArchiveNumber {
    /// The most digits of a sequence number, with zeros before it.
    const MAX_DIGITS: usize = 9;
    /// The greatest sequence number.
    pub const MAX_SEQUENCE: u64 = 999_999_999;

    /// Parses an archive number; `None` unless the text is exactly as it would be displayed.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let [fonds, class, retention, department, sequence] = parts[..] else { return None };
        let (category, year) = class.split_once('·')?;
        let retention = Retention::ALL.into_iter().map(Retention::code).find(|code| *code == retention)?;
        let digits = Some(sequence.len()).filter(|digits| (3..=Self::MAX_DIGITS).contains(digits))?;
        let archive_number = Self {
            fonds: fonds.to_owned(),
            category: category.to_owned(),
            year: year.parse().ok().filter(|_| year.len() == 4)?,
            retention,
            department: department.to_owned(),
            sequence: sequence.parse().ok().filter(|sequence| *sequence > 0)?,
            digits,
        };
        let is_valid = [fonds, category, department].iter().all(|part| is_archive_number_part(part));
        (is_valid && archive_number.to_string() == text).then_some(archive_number)
    }

    /// What all numbers of the series begin with, without the last hyphen.
    pub fn series(&self) -> String {
        let Self { fonds, category, year, retention, department, .. } = self;
        format!("{fonds}-{category}·{year}-{retention}-{department}")
    }

    /// The archive number of the same series with another 件号.
    pub fn with_sequence(&self, sequence: u64) -> Self {
        Self { sequence, ..self.clone() }
    }
}

impl fmt::Display for ArchiveNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:0width$}", self.series(), self.sequence, width = self.digits)
    }
}

#[cfg(test)]
mod tests {
    use super::ArchiveNumber;

    #[test]
    fn only_displayed_numbers_are_parsed() {
        let text = "Z109-WS·2018-D30-组织人事处-0012";
        let number = ArchiveNumber::parse(text).unwrap();
        assert_eq!((number.sequence, number.to_string().as_str()), (12, text));
        assert_eq!(number.with_sequence(12345).to_string(), "Z109-WS·2018-D30-组织人事处-12345");
        let greatest = number.with_sequence(ArchiveNumber::MAX_SEQUENCE);
        assert_eq!(ArchiveNumber::parse(&greatest.to_string()).map(|number| number.sequence), Some(999_999_999));
        for wrong in [
            "Z109-WS·2018-D20-A-0001",
            "Z109-WS·18-Y-A-0001",
            "Z109-WS·2018-Y-A-0000",
            "Z109-WS·2018-Y-A-1",
            "Z109-WS·2018-Y-../A-0001",
            "Z109-WS·2018-Y-A-0001.zip",
            "-WS·2018-Y-A-0001",
            "Z109-WS·2018-Y-A-+001",
            "Z109-WS·2018-Y-A-1000000000",
            "Z109-WS·2018-Y-A-18446744073709551615",
            &format!("Z109-WS·2018-Y-A-{}5", "0".repeat(70_000)),
        ] {
            assert_eq!(ArchiveNumber::parse(wrong), None, "{wrong}");
        }
    }
}
