//! One cell: from attributes and text to a [`RawCell`].
//!
//! Input: the `<table:table-cell>` start tag and the cell's text. Output: what the cell holds. The attributes hold the
//! value, the text is what the cell shows.

use std::borrow::Cow;

use jiff::SignedDuration;
use jiff::civil::Date;
use quick_xml::events::BytesStart;

use super::super::cell_reader::is_error;
use super::super::number_cell::number_as_shown;
use super::super::number_format::{FormatKind, general};
use super::super::raw_cell::{Formatted, Formula, RawCell, is_blank};
use super::super::xml::attribute;
use super::formula::to_a1;
use super::styles::CellStyle;
use super::text::CellText;

/// A cell while its element is read; one value serves all cells of a sheet, so that its buffers are reused.
#[derive(Debug, Default)]
pub(super) struct OdsCell {
    pub style: CellStyle,
    pub text: CellText,
    /// The formula in the form of .xlsx.
    pub formula: Option<String>,
    /// How many columns the cell stands for.
    pub repeated: u32,
    /// How many columns and rows the merged range has that begins here.
    pub columns_spanned: u32,
    pub rows_spanned: u32,
    kind: ValueType,
    value: Option<String>,
}

/// The type of a cell's value (OpenDocument 1.3 part 3, 19.389).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ValueType {
    /// None: a blank cell, or a formula without a result.
    #[default]
    Void,
    /// A number or an amount of money.
    Number,
    Percentage,
    Date,
    Time,
    Boolean,
    Text,
    /// An error value, by the attribute of LibreOffice.
    Error,
}

impl OdsCell {
    /// Starts a cell; returns the name of its style, if it has one.
    pub(super) fn start<'t>(&mut self, tag: &'t BytesStart<'_>) -> Option<Cow<'t, str>> {
        (self.kind, self.value, self.formula) = (ValueType::Void, None, None);
        (self.repeated, self.columns_spanned, self.rows_spanned) = (1, 1, 1);
        let (mut style_name, mut is_error) = (None, false);
        for attribute in tag.attributes().with_checks(false).flatten() {
            let key = attribute.key.as_ref();
            let value = attribute.value.as_ref();
            let count = || value.parse().unwrap_or(1);
            match key {
                "table:style-name" => style_name = Some(attribute.value.clone()),
                "table:number-columns-repeated" => self.repeated = count(),
                "table:number-columns-spanned" => self.columns_spanned = count(),
                "table:number-rows-spanned" => self.rows_spanned = count(),
                "table:formula" => self.formula = text_of(tag, key).map(|formula| to_a1(&formula)),
                "office:value-type" => self.kind = ValueType::from_attribute(value),
                "calcext:value-type" => is_error = value == "error",
                "office:value"
                | "office:date-value"
                | "office:time-value"
                | "office:boolean-value"
                | "office:string-value" => self.value = text_of(tag, key),
                _ => {}
            }
        }
        if is_error {
            self.kind = ValueType::Error;
        }
        style_name
    }

    /// What the cell holds; `None` when it is empty.
    pub(super) fn content(&self) -> Option<RawCell> {
        let content = self.value().filter(|content| !content.is_blank())?;
        if self.style.is_struck_out && !self.text.has_paragraph {
            return Some(RawCell::struck_out("", content.to_text()));
        }
        Some(content)
    }

    fn value(&self) -> Option<RawCell> {
        let CellText { rest, struck, is_raised, .. } = &self.text;
        if !is_blank(struck) {
            return Some(RawCell::struck_out(rest.as_str(), struck.as_str()));
        }
        let value = self.value.as_deref();
        let typed = match self.kind {
            _ if *is_raised => None,
            ValueType::Error if is_blank(rest) => Some(RawCell::Error("错误值".into())),
            ValueType::Error => Some(RawCell::Error(rest.trim().into())),
            ValueType::Number | ValueType::Percentage => value.and_then(|value| self.number(value)),
            ValueType::Date => value.map(|value| self.date(value)),
            ValueType::Time => value.map(|value| self.time(value)),
            ValueType::Boolean => value.and_then(flag).map(RawCell::Flag),
            ValueType::Text | ValueType::Void => None,
        };
        let text = || match (self.text.has_paragraph, value) {
            (true, _) => Some(RawCell::text(rest)),
            (false, Some(value)) => Some(RawCell::text(value)),
            (false, None) => None,
        };
        let uncomputed = || self.formula.is_some().then(|| self.uncomputed(None));
        typed.or_else(text).or_else(uncomputed)
    }

    /// The cell of a number; `None` when it is none that programs compute with.
    fn number(&self, value: &str) -> Option<RawCell> {
        let number = value.trim().parse::<f64>().ok().filter(|number| number.is_finite())?;
        if self.text.has_paragraph && is_error(self.text.rest.trim()) {
            return Some(RawCell::Error(self.text.rest.trim().into()));
        }
        let cell = if self.kind == ValueType::Percentage {
            RawCell::Rate(self.formatted(number, &format!("{}%", general(number * 100.0))))
        } else {
            number_as_shown(self.formatted(number, &general(number)))
        };
        let is_stored_zero = number == 0.0 && self.formula.is_some();
        Some(if is_stored_zero { self.uncomputed(Some(cell)) } else { cell })
    }

    fn date(&self, value: &str) -> RawCell {
        let day = value.split('T').next().unwrap_or_default();
        match day.parse::<Date>() {
            _ if self.style.format == FormatKind::PartialDate => RawCell::PartialDate(self.shown_or(value).into()),
            Ok(date) => RawCell::Date(self.formatted(date, day)),
            Err(_) => RawCell::text(self.shown_or(value)),
        }
    }

    fn time(&self, value: &str) -> RawCell {
        match value.parse::<SignedDuration>() {
            Ok(time) if self.style.format == FormatKind::Duration => {
                let days = time.as_secs_f64() / 86_400.0;
                RawCell::Duration(self.formatted(days, &general(days)))
            }
            _ => RawCell::PartialDate(self.shown_or(value).into()),
        }
    }

    /// The value with what the cell shows, where that is not `general`.
    fn formatted<T>(&self, value: T, general: &str) -> Formatted<T> {
        let shown = self.text.has_paragraph.then(|| self.text.rest.trim()).filter(|shown| *shown != general);
        Formatted { value, shown: shown.map(Into::into) }
    }

    /// What the cell shows, or its value when the writer of the file left that to programs.
    fn shown_or<'s>(&'s self, value: &'s str) -> &'s str {
        if self.text.has_paragraph { self.text.rest.trim() } else { value }
    }

    fn uncomputed(&self, stored: Option<RawCell>) -> RawCell {
        let text = self.formula.as_deref().unwrap_or_default().into();
        let kind = if self.kind == ValueType::Percentage { FormatKind::Percent } else { self.style.format };
        let format = match kind {
            FormatKind::Number => "",
            FormatKind::Percent => "0.##%",
            FormatKind::Date => "yyyy-mm-dd",
            FormatKind::PartialDate => "yyyy\"年\"m\"月\"",
            FormatKind::Duration => "[h]:mm",
        }
        .into();
        RawCell::Formula(Box::new(Formula { text, format, stored: stored.map(Box::new) }))
    }
}

impl ValueType {
    fn from_attribute(value: &str) -> Self {
        match value {
            "float" | "currency" => Self::Number,
            "percentage" => Self::Percentage,
            "date" => Self::Date,
            "time" => Self::Time,
            "boolean" => Self::Boolean,
            "string" => Self::Text,
            _ => Self::Void,
        }
    }
}

/// The attribute's text.
fn text_of(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    attribute(tag, name).map(Cow::into_owned)
}

fn flag(value: &str) -> Option<bool> {
    match value {
        "true" | "TRUE" => Some(true),
        "false" | "FALSE" => Some(false),
        _ => None,
    }
}
