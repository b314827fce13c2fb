//! The styles of text and paragraphs: those of DOCX reports, from the same measures. Lengths are twips.

use super::page::Color;
use crate::fonts::Typeface;
use crate::render::geometry::{
    BODY_SIZE, CAPTION_LINE, CAPTION_SIZE, CHARACTER, CHARACTER_SPACING, LINE_PITCH, PAGE_NUMBER_SIZE, TABLE_LINE,
    TABLE_SIZE, TAIL_LINE, TITLE_LINE, TITLE_SIZE,
};

/// How text is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TextStyle {
    pub typeface: Typeface,
    pub size: f32,
    /// Added to the width of every character.
    pub spacing: f32,
    pub color: Color,
    pub underlined: bool,
}

/// How a paragraph is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ParagraphStyle {
    pub text: TextStyle,
    pub line: LineHeight,
    pub align: Alignment,
    /// The indent of the first line, beside `left`.
    pub first: f32,
    pub left: f32,
    pub right: f32,
    pub before: f32,
    pub after: f32,
}

/// How high the lines of a paragraph are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum LineHeight {
    /// A line of the grid of the 版心; higher where a picture is.
    Grid,
    /// So many twips; a picture makes it higher.
    Exact(f32),
}

/// How lines fill the width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alignment {
    Left,
    Center,
    Right,
    /// All but the last line as wide as the paragraph.
    Justified,
    /// The last line too.
    Distributed,
}

/// The height of a line of the grid.
pub(super) const PITCH: f32 = LINE_PITCH as f32;
/// The share of its size that a character rises above its base line.
const ASCENT: f32 = 0.86;
/// The share of a line of exact height above its base line, in Word and in LibreOffice.
const EXACT_ASCENT: f32 = 0.8;

impl LineHeight {
    pub(super) fn height(self) -> f32 {
        match self {
            Self::Grid => PITCH,
            Self::Exact(height) => height,
        }
    }

    /// From the line's upper edge to its base line, for text of that size.
    pub(super) fn ascent(self, size: f32) -> f32 {
        match self {
            // In the middle of its line.
            Self::Grid => PITCH / 2.0 + (ASCENT - 0.5) * size,
            Self::Exact(height) => height * EXACT_ASCENT,
        }
    }
}

/// Points are 20 twips, sizes of [`geometry`](crate::render::geometry) half-points.
fn half_points(size: usize) -> f32 {
    size as f32 * 10.0
}

const fn text(typeface: Typeface, size: f32, spacing: f32) -> TextStyle {
    TextStyle { typeface, size, spacing, color: Color::Black, underlined: false }
}

const fn paragraph(text: TextStyle, line: LineHeight, align: Alignment) -> ParagraphStyle {
    ParagraphStyle { text, line, align, first: 0.0, left: 0.0, right: 0.0, before: 0.0, after: 0.0 }
}

/// The body's type in a typeface.
pub(super) fn body_text(typeface: Typeface) -> TextStyle {
    text(typeface, half_points(BODY_SIZE), CHARACTER_SPACING as f32)
}

/// The body's lines without an indent: 主送机关, empty lines.
pub(super) fn plain() -> ParagraphStyle {
    paragraph(body_text(Typeface::Body), LineHeight::Grid, Alignment::Justified)
}

/// The style of body paragraphs.
pub(super) fn body() -> ParagraphStyle {
    ParagraphStyle { first: 2.0 * CHARACTER as f32, ..plain() }
}

/// The style of headings, by their level from 1.
pub(super) fn heading(level: u8) -> ParagraphStyle {
    let typeface = match level {
        1 => Typeface::Heading1,
        2 => Typeface::Heading2,
        _ => Typeface::Body,
    };
    ParagraphStyle { text: body_text(typeface), ..body() }
}

/// The style of the title (GB/T 9704-2012, 7.3.1).
pub(super) fn title() -> ParagraphStyle {
    let text = text(Typeface::Title, half_points(TITLE_SIZE), 0.0);
    paragraph(text, LineHeight::Exact(TITLE_LINE as f32), Alignment::Center)
}

/// The style of captions of tables, charts and pictures.
pub(super) fn caption() -> ParagraphStyle {
    let text = text(Typeface::Heading1, half_points(CAPTION_SIZE), 0.0);
    let style = paragraph(text, LineHeight::Exact(CAPTION_LINE as f32), Alignment::Center);
    ParagraphStyle { before: 120.0, after: 60.0, ..style }
}

/// Cells below the head of a table.
pub(super) fn cell() -> ParagraphStyle {
    let text = text(Typeface::Body, half_points(TABLE_SIZE), 0.0);
    paragraph(text, LineHeight::Exact(TABLE_LINE as f32), Alignment::Center)
}

/// The head of a table.
pub(super) fn head_cell() -> ParagraphStyle {
    let mut style = cell();
    style.text.typeface = Typeface::Heading1;
    style
}

/// An empty line of that height.
pub(super) fn space(height: f32) -> ParagraphStyle {
    paragraph(body_text(Typeface::Body), LineHeight::Exact(height), Alignment::Left)
}

/// Lines of the red head.
pub(super) fn head_line() -> ParagraphStyle {
    paragraph(body_text(Typeface::Body), LineHeight::Exact(PITCH), Alignment::Left)
}

/// The 发文机关标志 in characters of that size.
pub(super) fn head_mark(size: f32) -> ParagraphStyle {
    let mut text = text(Typeface::Title, size, 0.0);
    text.color = Color::Red;
    paragraph(text, LineHeight::Exact(size), Alignment::Center)
}

/// Lines of 版记.
pub(super) fn tail_line() -> ParagraphStyle {
    let text = text(Typeface::Body, half_points(PAGE_NUMBER_SIZE), 0.0);
    paragraph(text, LineHeight::Exact(TAIL_LINE as f32), Alignment::Left)
}

/// The style of page numbers (GB/T 9704-2012, 7.5).
pub(super) fn page_number() -> TextStyle {
    text(Typeface::PageNumber, half_points(PAGE_NUMBER_SIZE), 0.0)
}
