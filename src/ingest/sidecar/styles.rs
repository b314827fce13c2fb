//! Cell styles of binary workbooks: number formats, and what fonts raise, lower or strike out.
//!
//! Input: the fonts, formats and styles of a workbook in their order. Output: the cells that look otherwise than
//! calamine says.

use std::sync::Arc;

use super::super::number_cell::{FormatTable, NumberFormats};
use super::super::number_format::NumberFormat;
use super::super::raised::{self, VerticalPosition};
use super::super::raw_cell::{Formula, RawCell, is_blank};

/// What matters of a font.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Font {
    pub position: VerticalPosition,
    pub is_struck_out: bool,
}

/// Fonts, formats and styles while they are read.
#[derive(Debug, Default)]
pub(super) struct StylesBuilder {
    pub fonts: Vec<Font>,
    pub table: FormatTable,
    formats: Vec<Arc<NumberFormat>>,
    struck_out: Vec<bool>,
}

/// The cell styles of a workbook.
#[derive(Debug, Default)]
pub(super) struct BinaryStyles {
    fonts: Vec<Font>,
    formats: NumberFormats,
    struck_out: Vec<bool>,
    epoch_1904: bool,
}

/// A text with its formatting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TextWithRuns {
    /// UTF-16.
    pub units: Vec<u16>,
    /// Ascending.
    pub runs: Vec<TextRun>,
}

/// Where a font begins in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TextRun {
    /// In code units.
    pub start: usize,
    /// Index of the font.
    pub font: usize,
}

impl StylesBuilder {
    /// Adds the next style.
    pub(super) fn add_style(&mut self, format: u32, font: usize) {
        self.formats.push(self.table.format(format));
        self.struck_out.push(self.fonts.get(font).is_some_and(|font| font.is_struck_out));
    }

    pub(super) fn build(self, epoch_1904: bool) -> BinaryStyles {
        let Self { fonts, formats, struck_out, .. } = self;
        BinaryStyles { fonts, formats: NumberFormats::new(formats), struck_out, epoch_1904 }
    }
}

impl BinaryStyles {
    /// Whether a font raises, lowers or strikes out; without one all texts are as calamine gives them.
    pub(super) fn mark_texts(&self) -> bool {
        self.fonts.iter().any(|font| *font != Font::default())
    }

    /// The cell of a number, unless it is the number in the general format.
    pub(super) fn number(&mut self, style: usize, number: f64) -> Option<RawCell> {
        let cell = self.formats.cell(style, number, self.epoch_1904);
        if self.is_struck_out(style) {
            return Some(RawCell::struck_out("", cell.to_text()));
        }
        Some(cell).filter(|cell| *cell != RawCell::Number(number.into()))
    }

    /// The cell of a text, unless it is the text alone.
    pub(super) fn text(&self, style: usize, text: &TextWithRuns) -> Option<RawCell> {
        let (mut rest, mut struck, mut is_marked) = (String::new(), String::new(), false);
        let mut font = Font { is_struck_out: self.is_struck_out(style), ..Font::default() };
        let mut start = 0;
        let end = TextRun { start: text.units.len(), font: 0 };
        for run in text.runs.iter().chain([&end]) {
            let stop = run.start.clamp(start, text.units.len());
            let part = String::from_utf16_lossy(&text.units[start..stop]);
            is_marked |= font != Font::default() && !is_blank(&part);
            raised::append(&part, font.position, if font.is_struck_out { &mut struck } else { &mut rest });
            start = stop;
            font = self.fonts.get(run.font).copied().unwrap_or_default();
        }
        if !is_marked {
            return None;
        }
        if is_blank(&struck) {
            return Some(RawCell::text(&rest));
        }
        Some(RawCell::struck_out(rest, struck))
    }

    /// The cell of a text without formatting of its own, unless it is the text alone.
    pub(super) fn plain_text(&self, style: usize, text: &str) -> Option<RawCell> {
        self.is_struck_out(style).then(|| RawCell::struck_out("", text)).filter(|_| !is_blank(text))
    }

    /// A formula without a usable result; its text is added by the caller, which asks calamine for it.
    pub(super) fn formula(&mut self, style: usize, stored: Option<f64>) -> RawCell {
        let cell = |zero| Box::new(self.formats.cell(style, zero, self.epoch_1904));
        let stored = stored.map(cell);
        RawCell::Formula(Box::new(Formula { text: "".into(), format: self.formats.code(style), stored }))
    }

    fn is_struck_out(&self, style: usize) -> bool {
        self.struck_out.get(style) == Some(&true)
    }
}

#[cfg(test)]
mod tests {
    use super::{Font, RawCell, StylesBuilder, TextRun, TextWithRuns, VerticalPosition};

    #[test]
    fn runs_of_a_text_look_like_their_fonts() {
        let mut builder = StylesBuilder::default();
        let raised = Font { position: VerticalPosition::Raised, is_struck_out: false };
        let struck = Font { is_struck_out: true, ..Font::default() };
        builder.fonts = vec![Font::default(), raised, struck];
        for font in [0, 1, 2] {
            builder.add_style(0, font);
        }
        let styles = builder.build(false);
        let text = |runs: &[(usize, usize)]| TextWithRuns {
            units: "12𠮷1".encode_utf16().collect(),
            runs: runs.iter().map(|(start, font)| TextRun { start: *start, font: *font }).collect(),
        };
        let struck_out = |rest: &str, struck: &str| Some(RawCell::struck_out(rest, struck));
        assert_eq!(styles.text(0, &text(&[])), None);
        assert_eq!(styles.text(1, &text(&[(0, 0)])), None);
        assert_eq!(styles.text(0, &text(&[(4, 1)])), Some(RawCell::text("12𠮷¹")));
        assert_eq!(styles.text(0, &text(&[(1, 2), (4, 0)])), struck_out("11", "2𠮷"));
        assert_eq!(styles.text(2, &text(&[])), struck_out("", "12𠮷1"));
        assert_eq!((styles.plain_text(0, "1"), styles.plain_text(2, "1")), (None, struck_out("", "1")));
        assert_eq!(styles.text(0, &text(&[(9, 2), (3, 1), (99, 7)])), None);
    }
}
