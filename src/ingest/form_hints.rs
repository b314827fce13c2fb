//! What a blank form says about its columns apart from their headers: data validations and the formats of blank cells.
//!
//! Only .xlsx workbooks are read for them; the part that reads them is `xlsx/form_hints`, in a worker process.
//! `zicha new` takes a column for a choice or a date by these.

use serde::{Deserialize, Serialize};

/// Hints of one sheet; a form has a few for each column.
pub(super) const MAX_HINTS: usize = 2_000;

/// What a sheet says about its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormHints {
    /// The sheet's name.
    pub sheet: String,
    /// The hints, in the order of the file.
    pub hints: Vec<FormHint>,
}

/// What the cells of a range are meant for. Rows and columns are counted from 0, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormHint {
    /// The first and the last column.
    pub columns: (u32, u32),
    /// The first and the last row.
    pub rows: (u32, u32),
    /// What the cells are meant to hold.
    pub kind: HintKind,
}

/// What a range of cells is meant to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HintKind {
    /// One of these texts, by a drop-down list.
    Choices(Vec<String>),
    /// One of the texts in a range of the workbook, as the validation names it: `选项!$A$1:$A$4`.
    ChoicesIn(String),
    /// A day, by a validation.
    Date,
    /// A whole number, by a validation.
    Whole,
    /// A number, by a validation.
    Decimal,
    /// A day, by the number format of its blank cells.
    DateFormat,
    /// A percentage, by the number format of its blank cells.
    PercentFormat,
}
