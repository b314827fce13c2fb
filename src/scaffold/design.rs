//! A notice as it will be written: what was guessed about every ledger and column, with the answers put in.

use jiff::civil::Date;

use super::guess::Guess;
use crate::notice::ColumnType;

/// A new notice.
#[derive(Debug)]
pub(super) struct Design {
    /// Its title.
    pub title: Guess<String>,
    /// The department that issues it.
    pub issuer: Guess<String>,
    /// The day by which reports are due.
    pub deadline: Guess<Date>,
    /// The last day whose events count.
    pub cutoff: Guess<Date>,
    /// What a branch is called.
    pub branch_word: Guess<String>,
    /// The ledgers, the roster first.
    pub ledgers: Vec<LedgerDesign>,
    /// The roster.
    pub roster: RosterDesign,
}

/// Where the branches are listed.
#[derive(Debug)]
pub(super) struct RosterDesign {
    /// Why this ledger, or why none of those given.
    pub reason: String,
    /// The id of the column with the name.
    pub name: String,
    /// The id of the column with the kind.
    pub kind: String,
    /// The id of the column with the short name.
    pub short: Option<String>,
    /// The branches' names, for a roster that is proposed; `None` when a ledger is the roster.
    pub proposed: Option<ProposedRoster>,
}

/// A roster made of the names in ledgers.
#[derive(Debug)]
pub(super) struct ProposedRoster {
    /// The names, each once.
    pub names: Vec<String>,
    /// The kind that all have.
    pub kind: String,
}

/// A ledger.
#[derive(Debug)]
pub(super) struct LedgerDesign {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What its rows are.
    pub noun: String,
    /// The unit that counts its rows.
    pub measure: Guess<String>,
    /// How rows say that there is nothing to report.
    pub nil: Vec<String>,
    /// Names of its sheet and file.
    pub sheets: Vec<String>,
    /// Its columns.
    pub columns: Vec<ColumnDesign>,
}

/// A column.
#[derive(Debug)]
pub(super) struct ColumnDesign {
    /// Its id.
    pub id: String,
    /// Its header as the settings spell it: without remarks, then as on the sheet where that differs.
    pub header: Vec<String>,
    /// What it is called.
    pub label: String,
    /// Its type.
    pub kind: ColumnType,
    /// The choices of a choice column.
    pub values: Vec<String>,
    /// The unit of its numbers.
    pub unit: Option<String>,
    /// Whether its numbers may not be negative.
    pub is_from_zero: bool,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether blank cells repeat the one above.
    pub fill_down: bool,
    /// Whether some rows of data leave it blank.
    pub has_blanks: bool,
    /// Why it is taken for this, in Chinese.
    pub reason: String,
    /// Whether the reason is certain.
    pub is_certain: bool,
    /// The choices that count as done.
    pub done: Vec<String>,
}

impl ColumnDesign {
    /// Whether its cells are numbers that may be added up.
    pub(super) fn is_additive(&self) -> bool {
        const NOT_ADDITIVE: [&str; 13] =
            ["单价", "年龄", "年份", "年度", "排名", "平均", "人均", "温度", "浓度", "指标值", "标准", "上限", "下限"];
        let is_sum = !NOT_ADDITIVE.iter().any(|word| self.label.contains(word));
        matches!(self.kind, ColumnType::Integer | ColumnType::Decimal) && is_sum && !self.is_score()
    }

    /// Whether its cells are scores, whose mean means something and whose sum does not.
    pub(super) fn is_score(&self) -> bool {
        const SCORES: [&str; 5] = ["得分", "评分", "分数", "成绩", "满意度"];
        let is_number = matches!(self.kind, ColumnType::Integer | ColumnType::Decimal);
        is_number && SCORES.iter().any(|word| self.label.ends_with(word))
    }
}
