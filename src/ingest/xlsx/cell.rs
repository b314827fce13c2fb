//! One cell of a sheet's part: from attributes and texts to a [`RawCell`].
//!
//! Input: the `<c>` start tag, then the texts of `<v>`, `<f>` and `<is>` as the sheet's parser meets them. Output: what
//! the cell holds; its number format decides between a number, a percentage and a date. Shared texts are looked up by
//! the caller, which owns them.

use quick_xml::events::BytesStart;

use super::super::excel_date;
use super::super::raw_sheet::RawCell;
use super::super::xml::{is_true, unescape_code_units};
use super::number_format::NumberFormat;

/// A cell while its element is read; one value serves all cells of a sheet, so that its buffers are reused.
#[derive(Default)]
pub(super) struct XmlCell {
    /// Row and column, from 0.
    pub row: u32,
    pub col: u32,
    pub kind: CellKind,
    /// Index of the cell style.
    style: usize,
    /// The text of `<v>`, or of the runs in `<is>`.
    pub value: String,
    pub formula: String,
    pub has_value: bool,
    pub has_formula: bool,
    /// Inside `<rPh>`, which holds a text's pronunciation.
    pub in_phonetic: bool,
}

/// The type of a cell's value (attribute `t`, ECMA-376 part 1, 18.18.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum CellKind {
    #[default]
    Number,
    /// An index into the shared texts.
    SharedString,
    /// A text in the cell itself, or an ISO 8601 date.
    InlineText,
    /// The text that a formula resulted in.
    FormulaText,
    Boolean,
    Error,
}

impl XmlCell {
    /// Starts a cell, at `row` and `col` unless its tag has an address.
    pub(super) fn start(&mut self, tag: &BytesStart<'_>, row: u32, col: u32) {
        (self.row, self.col, self.kind, self.style) = (row, col, CellKind::Number, 0);
        (self.in_phonetic, self.has_value, self.has_formula) = (false, false, false);
        self.value.clear();
        self.formula.clear();
        for attribute in tag.attributes().with_checks(false).flatten() {
            let value = attribute.value.as_ref();
            match attribute.key.as_ref() {
                "r" => (self.row, self.col) = parse_address(value).unwrap_or((row, col)),
                "s" => self.style = value.parse().unwrap_or_default(),
                "t" => self.kind = CellKind::from_attribute(value),
                _ => {}
            }
        }
    }

    /// What a cell that is not [`CellKind::SharedString`] holds; `None` when it is empty.
    pub(super) fn content(&self, formats: &[NumberFormat], epoch_1904: bool) -> Option<RawCell> {
        let trimmed = self.value.trim();
        match self.kind {
            CellKind::InlineText => return Some(self.text()),
            CellKind::FormulaText if self.value.is_empty() => {
                let is_uncomputed = self.has_formula && !self.has_value;
                return is_uncomputed.then(|| self.uncomputed());
            }
            CellKind::FormulaText => return Some(self.text()),
            _ if trimmed.is_empty() => return self.has_formula.then(|| self.uncomputed()),
            _ => {}
        }
        Some(match self.kind {
            CellKind::Boolean => RawCell::Flag(is_true(trimmed)),
            CellKind::Error => RawCell::Error(trimmed.into()),
            _ => match trimmed.parse::<f64>().ok().filter(|number| number.is_finite()) {
                Some(number) => formatted(number, formats.get(self.style), epoch_1904),
                None => RawCell::Text(self.value.as_str().into()),
            },
        })
    }

    fn text(&self) -> RawCell {
        RawCell::Text(unescape_code_units(&self.value).into())
    }

    fn uncomputed(&self) -> RawCell {
        RawCell::Formula(self.formula.as_str().into())
    }
}

impl CellKind {
    fn from_attribute(value: &str) -> Self {
        match value {
            "s" => Self::SharedString,
            "str" => Self::FormulaText,
            "inlineStr" | "d" => Self::InlineText,
            "b" => Self::Boolean,
            "e" => Self::Error,
            _ => Self::Number,
        }
    }
}

/// The number as its cell displays it.
fn formatted(number: f64, format: Option<&NumberFormat>, epoch_1904: bool) -> RawCell {
    match format {
        Some(NumberFormat::Date) => excel_date::from_serial(number, epoch_1904),
        Some(NumberFormat::Percent) => RawCell::Rate(number),
        Some(NumberFormat::Plain) | None => RawCell::Number(number),
    }
}

/// Row and column, from 0, of an address such as `AB12`.
pub(super) fn parse_address(address: &str) -> Option<(u32, u32)> {
    let letters = address.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, row) = address.split_at(letters);
    let value = |b: u8| u32::from(b.to_ascii_uppercase() - b'A') + 1;
    let col = letters.bytes().try_fold(0_u32, |col, b| col.checked_mul(26)?.checked_add(value(b)))?;
    Some((row.parse::<u32>().ok()?.checked_sub(1)?, col.checked_sub(1)?))
}
