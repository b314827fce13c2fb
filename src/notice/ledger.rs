//! What a ledger looks like: its sheet, its columns, their spellings and types.

use indexmap::IndexMap;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::Show;

/// A ledger that branches or departments keep.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// What it is called in messages and gaps.
    pub title: String,
    /// Names of sheets or files that bring it.
    #[serde(default)]
    pub sheets: Vec<String>,
    /// Its columns, by id.
    pub columns: IndexMap<String, Column>,
    /// Whether every branch must have a row in it.
    #[serde(default)]
    pub every_branch: bool,
}

/// One column of a ledger.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Spellings of its header, the proper one first; `组/列` names a column under a group.
    pub header: Vec<String>,
    /// What its cells hold.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Whether a blank cell is a fault.
    #[serde(default)]
    pub required: bool,
    /// The unit its numbers are in, such as 学时.
    pub unit: Option<String>,
    /// Decimal places that reports show of its numbers; as many as there are when not given.
    pub decimals: Option<u32>,
    /// The least number allowed.
    pub min: Option<Decimal>,
    /// The greatest number allowed.
    pub max: Option<Decimal>,
    /// The first day allowed.
    #[serde(default, deserialize_with = "super::calendar::optional_day")]
    pub from: Option<Date>,
    /// The last day allowed.
    #[serde(default, deserialize_with = "super::calendar::optional_day")]
    pub to: Option<Date>,
    /// The choices of a `choice` column.
    #[serde(default)]
    pub values: Vec<String>,
    /// Other spellings of a choice or of yes and no: spelling → value.
    #[serde(default)]
    pub synonyms: IndexMap<String, String>,
    /// The value that a blank cell stands for, when blank says something.
    pub blank: Option<String>,
    /// Whether a blank cell repeats the one above in files that do not tell merged cells (.ods, .xlsb).
    #[serde(default)]
    pub fill_down: bool,
}

/// What a column's cells hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// The branch a row belongs to.
    Branch,
    /// 序号: it numbers the rows of one sheet and says nothing of them.
    Serial,
    /// Text as it stands.
    Text,
    /// A whole number.
    Integer,
    /// An exact decimal.
    Decimal,
    /// A rate, kept as a fraction: `85%`, `0.85`.
    Percent,
    /// A day.
    Date,
    /// One of the column's `values`.
    Choice,
    /// 是 or 否.
    Flag,
}

impl ColumnType {
    /// What a cell of the type must hold, as said to a clerk.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Branch => "党组织的全称或简称",
            Self::Serial => "序号",
            Self::Text => "文字",
            Self::Integer => "整数",
            Self::Decimal => "数字",
            Self::Percent => "百分比，如 85% 或 0.85",
            Self::Date => "日期，如 2018-10-05",
            Self::Choice => "可选项之一",
            Self::Flag => "是或否",
        }
    }

    /// Whether its cells hold numbers.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Percent)
    }

    /// How its numbers read.
    pub fn show(self) -> Show {
        if self == Self::Percent { Show::Percent } else { Show::Number }
    }
}

impl Column {
    /// The proper header, without its group: what the column is called in messages and gaps.
    pub fn label(&self) -> &str {
        let last = |header: &str| header.bytes().rposition(|byte| byte == b'/').map_or(0, |stroke| stroke + 1);
        self.header.first().map_or("", |header| &header[last(header)..])
    }

    /// What a cell must hold, with the choices when there are some.
    pub fn expected(&self) -> String {
        if self.values.is_empty() { self.kind.expected().to_owned() } else { self.values.join("、") }
    }
}

impl Ledger {
    /// The column that names the branch, when the ledger has one.
    pub fn branch_column(&self) -> Option<usize> {
        self.columns.values().position(|c| c.kind == ColumnType::Branch)
    }
}
