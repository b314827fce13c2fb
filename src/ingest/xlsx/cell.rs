//! One cell of a sheet's part: from attributes and texts to a [`RawCell`].
//!
//! Input: the `<c>` start tag, then the texts of `<v>`, `<f>` and `<is>` as the sheet's parser meets them. Output: what
//! the cell holds; the number format of its style decides what a number is and how it is shown. Shared texts are looked
//! up by the caller, which owns them.

use quick_xml::events::BytesStart;

use super::super::address;
use super::super::raw_cell::{Formula, RawCell};
use super::super::xml::{attribute, unescape_code_units};
use super::cell_pictures::CellPictures;
use super::rich_text::RichText;
use super::styles::CellStyles;

/// A cell while its element is read; one value serves all cells of a sheet, so that its buffers are reused.
#[derive(Default)]
pub(super) struct XmlCell {
    /// Row and column, from 0.
    pub row: u32,
    pub col: u32,
    pub kind: CellKind,
    /// Index of the cell style.
    style: usize,
    /// The text of `<v>`.
    pub value: String,
    /// The text of `<is>`.
    pub inline: RichText,
    pub formula: String,
    /// The number of the formula that cells share (attribute `si` of `<f>`).
    pub shared_formula: Option<u32>,
    pub has_value: bool,
    pub has_formula: bool,
    /// The number, from 1, of the rich value that the cell refers to (attribute `vm`): a picture in the cell.
    rich_value: Option<usize>,
}

/// The type of a cell's value (attribute `t`, ECMA-376 part 1, 18.18.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum CellKind {
    #[default]
    Number,
    /// An index into the shared texts.
    SharedString,
    /// A text in the cell itself.
    InlineText,
    /// A day and a time of day in ISO 8601.
    Date,
    /// The text that a formula resulted in.
    FormulaText,
    Boolean,
    Error,
}

impl XmlCell {
    /// Starts a cell, at `row` and `col` unless its tag has an address.
    pub(super) fn start(&mut self, tag: &BytesStart<'_>, row: u32, col: u32) {
        (self.row, self.col, self.kind, self.style) = (row, col, CellKind::Number, 0);
        (self.has_value, self.has_formula) = (false, false);
        (self.shared_formula, self.rich_value) = (None, None);
        self.value.clear();
        self.inline.clear();
        self.formula.clear();
        for attribute in tag.attributes().with_checks(false).flatten() {
            let value = attribute.value.as_ref();
            match attribute.key.as_ref() {
                "r" => (self.row, self.col) = address::parse(value).unwrap_or((row, col)),
                "s" => self.style = value.parse().unwrap_or_default(),
                "t" => self.kind = CellKind::from_attribute(value),
                "vm" => self.rich_value = Some(value.parse().unwrap_or_default()),
                _ => {}
            }
        }
    }

    /// The cell has a formula: starts its text.
    pub(super) fn start_formula(&mut self, tag: &BytesStart<'_>) {
        self.has_formula = true;
        if attribute(tag, "t").as_deref() == Some("shared") {
            self.shared_formula = attribute(tag, "si").and_then(|number| number.parse().ok());
        }
    }

    /// What a cell that is not [`CellKind::SharedString`] holds; `None` when it is empty. The stored number of a
    /// formula is kept apart where it may not be its result: a 0, and in a workbook that `recalculates` any number that
    /// is no day.
    pub(super) fn content(
        &self,
        styles: &mut CellStyles,
        pictures: &CellPictures,
        epoch_1904: bool,
        recalculates: bool,
    ) -> Option<RawCell> {
        if let Some(part) = self.picture_part(pictures) {
            return Some(RawCell::Picture(part.into()));
        }
        let trimmed = self.value.trim();
        let is_uncomputed = self.has_formula && !self.has_value;
        let content = match self.kind {
            CellKind::InlineText if self.inline.len() > 0 => self.inline_text(styles),
            CellKind::FormulaText if self.value.is_empty() => return is_uncomputed.then(|| self.formula(None, styles)),
            CellKind::InlineText | CellKind::FormulaText => {
                let text = unescape_code_units(&self.value);
                self.shown_text(&text, styles).unwrap_or_else(|| RawCell::text(&text))
            }
            CellKind::Date if trimmed.is_empty() && self.inline.len() > 0 => self.inline_text(styles),
            _ if trimmed.is_empty() => return self.has_formula.then(|| self.formula(None, styles)),
            CellKind::Boolean => flag(trimmed).map_or_else(|| RawCell::text(trimmed), RawCell::Flag),
            CellKind::Date => {
                let day = styles.formats.day(self.style, trimmed, epoch_1904);
                day.unwrap_or_else(|| RawCell::text(trimmed))
            }
            CellKind::Error => RawCell::Error(trimmed.into()),
            CellKind::Number | CellKind::SharedString => match trimmed.parse::<f64>().ok().filter(|n| n.is_finite()) {
                Some(number) => {
                    let cell = styles.formats.cell(self.style, number, epoch_1904);
                    // Days and times are not computed.
                    let is_comparable = matches!(cell, RawCell::Number(_) | RawCell::Rate(_) | RawCell::Duration(_));
                    if self.has_formula && (number == 0.0 || recalculates && is_comparable) {
                        self.formula(Some(cell), styles)
                    } else {
                        cell
                    }
                }
                None => RawCell::text(&self.value),
            },
        };
        Some(if self.is_struck_out(styles) { RawCell::struck_out("", content.to_text()) } else { content })
    }

    /// Whether the cell's style strikes its content out.
    pub(super) fn is_struck_out(&self, styles: &CellStyles) -> bool {
        styles.struck_out.get(self.style) == Some(&true)
    }

    /// The cell of a text to which the cell's number format adds something.
    pub(super) fn shown_text(&self, text: &str, styles: &CellStyles) -> Option<RawCell> {
        styles.formats.shown_text(self.style, text).map(|shown| RawCell::text(&shown))
    }

    fn inline_text(&self, styles: &CellStyles) -> RawCell {
        if self.inline.struck.is_empty() {
            let text = &self.inline.rest;
            return self.shown_text(text, styles).unwrap_or_else(|| RawCell::text(text));
        }
        let RichText { rest, struck, .. } = &self.inline;
        RawCell::struck_out(rest.as_str(), struck.as_str())
    }

    fn formula(&self, stored: Option<RawCell>, styles: &CellStyles) -> RawCell {
        let format = styles.formats.code(self.style);
        RawCell::Formula(Box::new(Formula { text: self.formula.as_str().into(), format, stored: stored.map(Box::new) }))
    }

    /// The name of the part of the picture that the cell holds, empty when the workbook does not say it: one of Excel,
    /// whose value is an error with a rich value, or one of WPS, whose formula is `DISPIMG("ID",1)`. `None` when the
    /// cell holds no picture.
    fn picture_part<'p>(&self, pictures: &'p CellPictures) -> Option<&'p str> {
        let dispimg = |text: &str| {
            let call = text.trim_start_matches('=').trim_start_matches("_xlfn.").strip_prefix("DISPIMG(")?;
            Some(call.split('"').nth(1).unwrap_or_default().to_owned())
        };
        if let Some(id) = dispimg(&self.formula).or_else(|| dispimg(&self.value)) {
            return Some(pictures.by_id(&id));
        }
        let number = self.rich_value.filter(|_| self.kind == CellKind::Error && self.value.trim() == "#VALUE!")?;
        Some(pictures.by_rich_value(number))
    }
}

/// A truth value as programs write it.
fn flag(value: &str) -> Option<bool> {
    match value {
        "1" | "true" | "TRUE" | "True" => Some(true),
        "0" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

impl CellKind {
    fn from_attribute(value: &str) -> Self {
        match value {
            "s" => Self::SharedString,
            "str" => Self::FormulaText,
            "inlineStr" => Self::InlineText,
            "d" => Self::Date,
            "b" => Self::Boolean,
            "e" => Self::Error,
            _ => Self::Number,
        }
    }
}
