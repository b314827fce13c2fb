//! 档号: 全宗号-档案门类代码·年度-保管期限-机构（问题）代码-件号 (DA/T 22-2015, 5.4.3).

use std::fmt;

use crate::notice::{Retention, is_part};

/// A 档号.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArchiveNumber {
    /// 全宗号.
    pub fonds: String,
    /// 档案门类代码.
    pub category: String,
    /// 年度.
    pub year: i16,
    /// 保管期限, by its code.
    pub retention: &'static str,
    /// 机构（问题）代码.
    pub department: String,
    /// 件号, from 1.
    pub number: u64,
    /// Digits of 件号, at least.
    pub digits: usize,
}

impl ArchiveNumber {
    /// Reads a 档号.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let [fonds, class, retention, department, number] = parts[..] else { return None };
        let (category, year) = class.split_once('·')?;
        let retention = Retention::ALL.into_iter().map(Retention::code).find(|code| *code == retention)?;
        let digits = number.len();
        let reference = Self {
            fonds: fonds.to_owned(),
            category: category.to_owned(),
            year: year.parse().ok().filter(|_| year.len() == 4)?,
            retention,
            department: department.to_owned(),
            number: number.parse().ok().filter(|number| *number > 0)?,
            digits,
        };
        let fits = [fonds, category, department].iter().all(|part| is_part(part)) && digits >= 3;
        (fits && reference.to_string() == text).then_some(reference)
    }

    /// What all 档号 of one series of numbers begin with, without the last hyphen.
    pub fn series(&self) -> String {
        let Self { fonds, category, year, retention, department, .. } = self;
        format!("{fonds}-{category}·{year}-{retention}-{department}")
    }

    /// The same with another number.
    pub fn numbered(&self, number: u64) -> Self {
        Self { number, ..self.clone() }
    }
}

impl fmt::Display for ArchiveNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:0width$}", self.series(), self.number, width = self.digits)
    }
}

#[cfg(test)]
mod tests {
    use super::ArchiveNumber;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let text = "Z109-WS·2018-D30-组织人事处-0012";
        let reference = ArchiveNumber::parse(text).unwrap();
        assert_eq!((reference.number, reference.to_string().as_str()), (12, text));
        assert_eq!(reference.numbered(12345).to_string(), "Z109-WS·2018-D30-组织人事处-12345");
        for wrong in [
            "Z109-WS·2018-D20-A-0001",
            "Z109-WS·18-Y-A-0001",
            "Z109-WS·2018-Y-A-0000",
            "Z109-WS·2018-Y-A-1",
            "Z109-WS·2018-Y-../A-0001",
            "Z109-WS·2018-Y-A-0001.zip",
            "-WS·2018-Y-A-0001",
            "Z109-WS·2018-Y-A-+001",
        ] {
            assert_eq!(ArchiveNumber::parse(wrong), None, "{wrong}");
        }
    }
}
