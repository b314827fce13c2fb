//! What a final report states about itself: kept with its outcome in `run.json`, and all that archiving needs of it.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::elements::Elements;
use crate::report::{Report, plain};
use crate::report_code::ReportCode;
use crate::store::Digest;

/// What a final report states about itself, and what it was made from: its archiving needs both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// The code printed on it.
    pub code: ReportCode,
    /// Its title on one line.
    pub title: String,
    /// 主送机关, without its colon.
    pub addressee: String,
    /// 署名; of a joint document all issuers.
    pub organisation: String,
    /// 成文日期, as 2018-11-02.
    pub date: String,
    /// 附注, without its brackets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The elements of its head and tail.
    #[serde(default, skip_serializing_if = "Elements::is_empty")]
    pub elements: Elements,
    /// The titles of its annexes, with the numbers that 附件说明 gives them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annexes: Vec<String>,
    /// The version of the program that made the report: the same version makes the same bytes again.
    pub version: String,
    /// The ledger files that it was made from, by their paths below the input folder, with their hashes.
    #[serde(default)]
    pub ledgers: IndexMap<String, Digest>,
    /// The hash of the settings and templates that it was made with.
    #[serde(default)]
    pub settings: Digest,
}

impl Issued {
    /// What a report states about itself, without the ledgers and settings it was made from; `None` for a draft.
    pub fn of(report: &Report<'_>) -> Option<Self> {
        let letter = &report.letter;
        let code = report.code.as_ref()?.code.clone();
        Some(Self {
            code,
            title: report.title(),
            addressee: plain(&letter.addressee),
            organisation: letter.organisation(),
            date: letter.date.to_string(),
            note: letter.note.as_deref().map(plain),
            elements: Elements::of(letter),
            annexes: report.annex_list().iter().map(|entry| entry.number.clone() + &plain(&entry.title)).collect(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ledgers: IndexMap::new(),
            settings: Digest::NONE,
        })
    }
}
