//! The fixed parts of a report.

use jiff::civil::Date;

use super::letter_head::{Head, Tail};
use super::text::{Inlines, plain};

/// The fixed parts of a report (GB/T 9704-2012, 7.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterParts {
    /// What stands above the title; `None` when nothing does.
    pub head: Option<Head>,
    /// The title's lines, broken between words.
    pub title: Vec<Inlines>,
    /// 主送机关, without its colon.
    pub addressee: Inlines,
    /// The signer's office, such as 党支部书记.
    pub signer: Inlines,
    /// 署名, one for each issuer; at least one.
    pub organisations: Vec<Inlines>,
    /// 成文日期, from the settings or `--date`, never from the clock.
    pub date: Date,
    /// Whether a seal covers 署名 and 成文日期.
    pub seal: bool,
    /// 附注, without its brackets.
    pub note: Option<Inlines>,
    /// 版记; `None` without one.
    pub tail: Option<Tail>,
}

impl LetterParts {
    /// 署名 of all issuers, on one line.
    pub fn organisation(&self) -> String {
        self.organisations.iter().map(|name| plain(name)).collect::<Vec<_>>().join("、")
    }
}
