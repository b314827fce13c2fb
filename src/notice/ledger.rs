//! `[ledger.…]`: how ledgers are recognised, and their columns.

use std::sync::OnceLock;

use indexmap::IndexMap;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::IntoDeserializer;

use super::computed::{ComputedColumn, WrittenColumn};
use super::error::nearest_hint;
use super::header::{header_levels, settings_header};
use super::metric::Show;

/// A ledger that branches or the department keep.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// The ledger's name in messages and gaps. Required.
    pub title: String,
    /// Names of sheets or files that contain it; none by default: it is recognised by its header alone.
    #[serde(default)]
    pub sheets: Vec<String>,
    /// The columns, by id. Required.
    pub columns: IndexMap<String, Column>,
    /// Columns that are computed for each row, by id; none by default. One may use those before it.
    #[serde(default)]
    pub computed: IndexMap<String, Computed>,
    /// Whether every branch must report in it; `false` says that a branch without rows has nothing to report. Not said
    /// by default: it is not known then what a branch without rows has.
    pub every_branch: Option<bool>,
    /// Whether its rows are the pictures in the folders of the branches, below the folder of its picture column; false
    /// by default.
    #[serde(default)]
    pub picture_folders: bool,
    /// The words with which a branch reports that it has nothing to report (零报告), besides the usual ones; an empty list
    /// allows no nil reports. The usual words alone by default.
    pub nil_report: Option<Vec<String>>,
}

/// The words that report nothing in every ledger that allows nil reports.
pub const USUAL_NIL_WORDS: [&str; 4] = ["无", "没有", "零", "零报告"];

/// A column of a ledger: how its header is spelled and what its cells must hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The headers by which the column is recognised, the preferred one first; `组/列` is a column under a group, `//`
    /// a stroke of the text. Required, at least one.
    pub header: Vec<String>,
    /// `type`: what the cells contain. Required.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Whether a blank cell is a finding; false by default.
    #[serde(default)]
    pub required: bool,
    /// The unit of its numbers, such as 学时; none by default.
    pub unit: Option<String>,
    /// How many of `unit` one of another unit is, besides those that the program converts (元 and 万元, 人 and 名);
    /// none by default.
    #[serde(default)]
    pub units: IndexMap<String, Decimal>,
    /// The decimal places of its numbers in reports; as many as the cell has by default.
    pub decimals: Option<u32>,
    /// The smallest number allowed; unlimited by default.
    pub min: Option<Decimal>,
    /// The greatest number allowed; unlimited by default.
    pub max: Option<Decimal>,
    /// The first day allowed; unlimited by default.
    #[serde(default, deserialize_with = "super::calendar::optional_day")]
    pub from: Option<Date>,
    /// The last day allowed; unlimited by default.
    #[serde(default, deserialize_with = "super::calendar::optional_day")]
    pub to: Option<Date>,
    /// The values of a `choice` column, required there.
    #[serde(default)]
    pub values: Vec<String>,
    /// Other texts for a choice or for 是 and 否: text → value; none by default.
    #[serde(default)]
    pub synonyms: IndexMap<String, String>,
    /// The value of a blank cell; by default a blank cell is missing and never counts.
    pub blank: Option<String>,
    /// Whether a blank cell, or one with 同上, repeats the cell above; false by default.
    #[serde(default)]
    pub fill_down: bool,
    /// Whether its texts must be the branch's own, so that a copied paragraph is a finding; false by default.
    #[serde(default)]
    pub original: bool,
    /// The greatest width of its pictures on paper, in millimetres; 75 by default: two stand side by side.
    #[serde(default = "default_picture_width")]
    pub width: u32,
    /// The folder, below the input folder, of the picture files that its cells name; none by default: its cells hold
    /// pictures.
    pub folder: Option<String>,
    /// The label of a header with strokes; made when the first message asks.
    #[serde(skip)]
    pub(crate) label: OnceLock<String>,
}

/// Millimetres.
const PICTURE_WIDTH: u32 = 75;

fn default_picture_width() -> u32 {
    PICTURE_WIDTH
}

/// What a column holds; decides how its cells are read, and what rules and expressions make of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// The name of the branch that the row belongs to.
    Branch,
    /// 序号: the number of a row in its sheet, which is no data.
    Serial,
    /// Text, taken as it is.
    Text,
    /// A whole number; a cell with a fraction is a finding.
    Integer,
    /// An exact decimal.
    Decimal,
    /// A rate, stored as a fraction: `85%` and `0.85` are equal.
    Percent,
    /// A day; a cell with a month alone is a finding.
    Date,
    /// One of the column's `values`.
    Choice,
    /// 是 or 否, also as √ or ×, yes or no, and in the spellings of `synonyms`.
    Flag,
    /// One or more pictures, anchored in the cell or in a folder of the branch.
    Picture,
}

impl ColumnType {
    /// The word for it in settings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Branch => "branch",
            Self::Serial => "serial",
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Percent => "percent",
            Self::Date => "date",
            Self::Choice => "choice",
            Self::Flag => "flag",
            Self::Picture => "picture",
        }
    }

    /// The type with a word; `None` when no type has it.
    pub fn named(word: &str) -> Option<Self> {
        Self::deserialize(IntoDeserializer::<serde::de::value::Error>::into_deserializer(word)).ok()
    }

    /// What a cell of the type must contain, in Chinese.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Branch => "单位的全称或简称",
            Self::Serial => "序号",
            Self::Text => "文字",
            Self::Integer => "整数",
            Self::Decimal => "数字",
            Self::Percent => "百分比，如 85% 或 0.85",
            Self::Date => "日期，如 2018-10-05",
            Self::Choice => "可选项之一",
            Self::Flag => "是或否",
            Self::Picture => "图片",
        }
    }

    /// Whether cells of the type are numbers.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Percent)
    }

    /// How numbers of the type are shown.
    pub fn show(self) -> Show {
        if self == Self::Percent { Show::Percent } else { Show::Number }
    }
}

impl Column {
    /// A column that is recognised by `header`, with nothing else set.
    pub fn new(header: &str, kind: ColumnType) -> Self {
        Self {
            header: vec![header.to_owned()],
            kind,
            required: false,
            unit: None,
            units: IndexMap::new(),
            decimals: None,
            min: None,
            max: None,
            from: None,
            to: None,
            values: Vec::new(),
            synonyms: IndexMap::new(),
            blank: None,
            fill_down: false,
            original: false,
            width: PICTURE_WIDTH,
            folder: None,
            label: OnceLock::new(),
        }
    }

    /// The preferred header without its group: the column's name in messages and gaps.
    pub fn label(&self) -> &str {
        let header = self.header.first().map_or("", String::as_str);
        if header.contains("//") {
            return self.label.get_or_init(|| header_levels(header).pop().unwrap_or_default().into_owned());
        }
        header.rsplit('/').next().unwrap_or(header)
    }

    /// What a cell of the column must contain, in Chinese; the choices when there are any.
    pub fn expected(&self) -> String {
        if self.values.is_empty() { self.kind.expected().to_owned() } else { self.values.join("、") }
    }
}

impl Column {
    /// Why no cell of the column can be `text`: it is a choice without that value. In Chinese, with the values.
    pub fn impossible_choice(&self, text: &str) -> Option<String> {
        if self.kind != ColumnType::Choice || self.values.iter().any(|value| value == text) {
            return None;
        }
        let hint = match self.synonyms.get(text) {
            Some(value) => format!("：台账里填的“{text}”读作“{value}”，这里应写“{value}”；"),
            None => nearest_hint(text, self.values.iter().map(String::as_str)),
        };
        Some(format!("“{text}”不是“{}”的可选项{hint}可选的有：{}", self.label(), self.values.join("、")))
    }
}

/// A column that is computed for each row.
#[derive(Debug, Deserialize)]
#[serde(from = "WrittenColumn")]
pub struct Computed {
    /// What the settings say under `computed` of the ledger, by a text or a table.
    pub settings: ComputedColumn,
    /// The same as a column, for what prints cells; made when the first asks.
    column: OnceLock<Column>,
}

impl From<WrittenColumn> for Computed {
    fn from(WrittenColumn(settings): WrittenColumn) -> Self {
        Self { settings, column: OnceLock::new() }
    }
}

impl Computed {
    /// The column that prints its numbers; `id` is its id.
    pub fn column(&self, id: &str) -> &Column {
        self.column.get_or_init(|| {
            let ComputedColumn { label, unit, decimals, show, .. } = &self.settings;
            let kind = if *show == Show::Percent { ColumnType::Percent } else { ColumnType::Decimal };
            let header = settings_header(label.as_deref().unwrap_or(id));
            Column { unit: unit.clone(), decimals: *decimals, ..Column::new(&header, kind) }
        })
    }
}

impl Ledger {
    /// Whether a branch without rows and without a nil report did not hand it in.
    pub fn is_due_from_every_branch(&self) -> bool {
        self.every_branch == Some(true)
    }

    /// Whether a branch without rows has nothing to report: its author said that not every branch has rows.
    pub fn may_be_empty(&self) -> bool {
        self.every_branch == Some(false)
    }

    /// The words that report nothing in it; none when it allows no nil reports.
    pub fn nil_words(&self) -> impl Iterator<Item = &str> {
        let usual = if self.allows_nil_reports() { &USUAL_NIL_WORDS[..] } else { &[] };
        self.nil_report.iter().flatten().map(String::as_str).chain(usual.iter().copied())
    }

    /// Whether a row may say that there is nothing to report.
    pub fn allows_nil_reports(&self) -> bool {
        self.nil_report.as_ref().is_none_or(|words| !words.is_empty())
    }

    /// Whether its author expects nil reports and says how they are written.
    pub fn expects_nil_reports(&self) -> bool {
        self.nil_report.as_ref().is_some_and(|words| !words.is_empty())
    }

    /// The column of that id with its index: computed columns follow those of the sheet.
    pub fn field(&self, id: &str) -> Option<(usize, &Column)> {
        let own = self.columns.get_full(id).map(|(index, _, column)| (index, column));
        own.or_else(|| {
            let (index, id, computed) = self.computed.get_full(id)?;
            Some((self.columns.len() + index, computed.column(id)))
        })
    }

    /// The column at an index as [`Self::field`] counts.
    pub fn column_at(&self, index: usize) -> Option<&Column> {
        let own = self.columns.get_index(index).map(|(_, column)| column);
        own.or_else(|| {
            let (id, computed) = self.computed.get_index(index.checked_sub(self.columns.len())?)?;
            Some(computed.column(id))
        })
    }

    /// The ids of all columns, computed ones last.
    pub fn field_ids(&self) -> impl Iterator<Item = &String> {
        self.columns.keys().chain(self.computed.keys())
    }

    /// The index of the column with the branch's name, when the ledger has one.
    pub fn branch_column(&self) -> Option<usize> {
        self.columns.values().position(|c| c.kind == ColumnType::Branch)
    }
}
