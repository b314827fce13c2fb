//! A notice as it will be written: what was guessed about every ledger and column, with the answers put in.

use jiff::civil::Date;

use super::branch_list::ProposedBranch;
use super::guess::Guess;
use super::guess::part_of_year::PERIOD_HEADERS;
use super::outline::Outline;
use crate::notice::ColumnType;

/// What a new notice is made of besides ledgers.
#[derive(Clone, Debug)]
pub struct Basis {
    /// The name of the folder that it is written to.
    pub folder: String,
    /// The day by which days are guessed that ledgers and outline leave open; given by the caller, not read from the
    /// clock.
    pub today: Date,
    /// The headings that it asks about.
    pub outline: Option<Outline>,
    /// The names of branches that a person gave.
    pub branches: Vec<String>,
    /// What the earlier period reported, by its path as the settings will name it; none for a notice without one.
    pub previous: Option<String>,
}

/// A new notice, every guess answered or accepted; `write` makes files of it.
#[derive(Debug)]
pub(super) struct Design {
    /// The title of the notice (`notice.title`).
    pub title: Guess<String>,
    /// The department that issues it.
    pub issuer: Guess<String>,
    /// Who signs a report.
    pub signer: Guess<String>,
    /// The day by which reports are due.
    pub deadline: Guess<Date>,
    /// The last day whose events count.
    pub cutoff: Guess<Date>,
    /// The first day of the period, where it is known.
    pub start: Option<Guess<Date>>,
    /// The last day of the period that is named somewhere; it may be behind the last day that counts.
    pub end: Option<Date>,
    /// What that period is called: 2026年第三季度.
    pub period: Option<String>,
    /// What a branch is called.
    pub branch_word: Guess<String>,
    /// The ledgers, the roster first.
    pub ledgers: Vec<LedgerDesign>,
    /// Which ledger lists the branches.
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
    /// The branches.
    pub branches: Vec<ProposedBranch>,
    /// The kind that every branch has: what branches are called, since no ledger says it.
    pub kind: String,
}

impl ProposedRoster {
    /// Whether some branch is written in several ways.
    pub(super) fn has_shorts(&self) -> bool {
        self.branches.iter().any(|branch| !branch.shorts.is_empty())
    }
}

/// A `[ledger.x]` table as it will be written.
#[derive(Debug)]
pub(super) struct LedgerDesign {
    /// The id, by which expressions and templates name the ledger; unique in the notice.
    pub id: String,
    /// The ledger's title (`title`), as messages and headings use it.
    pub title: String,
    /// What its rows are.
    pub noun: String,
    /// The unit that counts its rows.
    pub measure: Guess<String>,
    /// The column that says how many things a row is, by its id: `measure` counts these then, not rows.
    pub quantity: Option<String>,
    /// Whether it has a row for each month, quarter, branch, kind or set of figures, so that their number says nothing.
    pub is_uncounted: bool,
    /// The column that says of which quarter a row is, where there are rows of several.
    pub quarters: Option<PeriodColumn>,
    /// The column that says of which month a row is.
    pub months: Option<PeriodColumn>,
    /// The column with the kinds, where it has a row for each kind, by its id.
    pub kinds: Option<String>,
    /// Whether every branch has to report; where not, a branch without rows has nothing to report.
    pub every_branch: Guess<bool>,
    /// How rows say that there is nothing to report.
    pub nil: Vec<String>,
    /// Names of its sheet and file.
    pub sheets: Vec<String>,
    /// Whether several sheets of a file are it, which have the same headers.
    pub is_united: bool,
    /// The columns, in the order of the sheet.
    pub columns: Vec<ColumnDesign>,
}

/// A column that says of which quarter or month a row is.
#[derive(Debug)]
pub(super) struct PeriodColumn {
    /// The id.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Its header alone.
    pub header: String,
    /// What its cells hold: 二季度, 第三季度; 7月, 8月份, 8.
    pub words: Vec<String>,
    /// Whether its type is a number, so that expressions compare it with one.
    pub is_number: bool,
}

/// A column of such a table.
#[derive(Debug)]
pub(super) struct ColumnDesign {
    /// The id, unique in its ledger.
    pub id: String,
    /// Its header as the settings spell it: without remarks, then as on the sheet where that differs.
    pub header: Vec<String>,
    /// What it is called.
    pub label: String,
    /// The beginning of it that is the name of a group of columns; empty for most.
    pub group: String,
    /// The value of `type`.
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
    /// Whether every row whose faults column says that there are none leaves it blank.
    pub is_blank_without_fault: bool,
    /// Whether no row that is done leaves it blank, and others do.
    pub is_blank_until_done: bool,
    /// Why it is taken for this, in Chinese.
    pub reason: String,
    /// Whether the reason is certain.
    pub is_certain: bool,
    /// Other ways to write choices, with the choice that each stands for.
    pub synonyms: Vec<(String, String)>,
    /// The choices that count as done.
    pub done: Vec<String>,
    /// Texts in it that say that there is nothing: 无.
    pub nothing: Vec<String>,
}

impl LedgerDesign {
    /// The column of choices that says how far a row is.
    pub(super) fn state(&self) -> Option<&ColumnDesign> {
        self.columns.iter().find(|column| column.kind == ColumnType::Choice && !column.done.is_empty())
    }

    /// The column whose texts are faults that were found.
    pub(super) fn faults(&self) -> Option<&ColumnDesign> {
        self.columns.iter().find(|column| column.kind == ColumnType::Text && column.names_faults())
    }
}

impl ColumnDesign {
    /// What it is called within its group.
    pub(super) fn own_label(&self) -> &str {
        self.label.strip_prefix(&self.group).unwrap_or(&self.label)
    }

    /// Whether its cells are numbers that may be added up.
    pub(super) fn is_additive(&self) -> bool {
        const NOT_ADDITIVE: [&str; 24] = [
            "单价",
            "年龄",
            "年份",
            "年度",
            "排名",
            "平均",
            "人均",
            "温度",
            "湿度",
            "浓度",
            "指标值",
            "检测值",
            "测量值",
            "测定值",
            "实测值",
            "标准",
            "上限",
            "下限",
            "限值",
            "读数",
            "压力",
            "水位",
            "电压",
            "时速",
        ];
        let is_period = PERIOD_HEADERS.contains(&self.label.as_str());
        let is_sum = !is_period && !NOT_ADDITIVE.iter().any(|word| self.label.contains(word));
        matches!(self.kind, ColumnType::Integer | ColumnType::Decimal) && is_sum && !self.is_score()
    }

    /// Whether its texts are faults that were found, as some rows say that there are none.
    pub(super) fn names_faults(&self) -> bool {
        const FAULTS: [&str; 4] = ["问题", "不足", "缺陷", "异常"];
        !self.nothing.is_empty() && FAULTS.iter().any(|word| self.label.contains(word))
    }

    /// Whether its cells are scores, whose mean means something and whose sum does not.
    pub(super) fn is_score(&self) -> bool {
        const SCORES: [&str; 5] = ["得分", "评分", "分数", "成绩", "满意度"];
        let is_number = matches!(self.kind, ColumnType::Integer | ColumnType::Decimal);
        is_number && SCORES.iter().any(|word| self.label.ends_with(word))
    }
}
