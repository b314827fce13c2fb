//! The content of a page: shapes, then text and pictures in reading order, each piece marked with the element that it
//! belongs to.
//!
//! Lengths of pages are twips from the upper edge down; those of content streams thousandths of a point from the lower
//! edge up.

use super::content::{Content, Milli, milli};
use super::embedded_fonts::{DocumentFonts, EmbeddedGlyph};
use super::images::DocumentImages;
use super::structure::Tags;
use crate::render::pdf::page::{
    Color, Direction, Item, Mark, POINT, Page, PictureContent, PositionedPicture, Run, Shape,
};
use crate::render::renderer::RenderError;
use crate::report_code::Matrix;

/// Shapes up to 1 pt are drawn as lines: viewers draw a line at least as wide as a dot, but a thinner field pale.
const THICKEST_LINE: f32 = 20.0;
/// How far a glyph may be from its place before it is moved, in points.
const TOLERANCE: f32 = 0.02;

/// Kinds of content that are no part of the text.
const WATERMARK: &str = "/Artifact<</Type/Pagination/Subtype/Watermark>>BDC";
const LAYOUT: &str = "/Artifact<</Type/Layout>>BDC";
const PAGINATION: &str = "/Artifact<</Type/Pagination>>BDC";

/// Draws a page.
pub(super) struct Drawing<'d, 'f> {
    pub fonts: &'d mut DocumentFonts<'f>,
    pub images: &'d mut DocumentImages,
    pub tags: &'d mut Tags,
    pub qr: Option<&'d Matrix>,
    content: Content,
    height: f32,
    state: TextState,
}

/// What the operators of a page have set, so that it is not set again.
#[derive(Default)]
struct TextState {
    fill: Option<Color>,
    font: Option<(usize, Milli)>,
    spacing: Milli,
    /// Whether a text object is open.
    is_open: bool,
    /// The beginning of the last line in it, unless that was turned.
    line: Option<[Milli; 2]>,
}

impl<'d, 'f> Drawing<'d, 'f> {
    pub(super) fn new(
        fonts: &'d mut DocumentFonts<'f>,
        images: &'d mut DocumentImages,
        tags: &'d mut Tags,
        qr: Option<&'d Matrix>,
    ) -> Self {
        Self { fonts, images, tags, qr, content: Content::default(), height: 0.0, state: TextState::default() }
    }

    /// The content stream of a page.
    ///
    /// # Errors
    /// When a font is damaged.
    pub(super) fn page(mut self, page: &Page) -> Result<Vec<u8>, RenderError> {
        self.height = page.height;
        self.tags.begin_page();
        self.artifacts(&page.behind, WATERMARK)?;
        if !page.shapes.is_empty() {
            self.content.operator(LAYOUT);
            self.shapes(&page.shapes);
            self.content.operator("EMC");
        }
        for items in page.items.chunk_by(|one, other| one.element == other.element) {
            match items.first().and_then(|item| item.element) {
                None => self.artifacts(items, PAGINATION)?,
                Some(element) => {
                    let number = self.tags.add(element);
                    self.content.begin_marked(number);
                    self.items(items)?;
                }
            }
        }
        Ok(self.content.bytes)
    }

    /// What is no part of the text.
    fn artifacts(&mut self, items: &[Item], kind: &str) -> Result<(), RenderError> {
        if items.is_empty() {
            return Ok(());
        }
        self.content.operator(kind);
        self.items(items)
    }

    /// Draws items, and ends the marked piece that they are.
    fn items(&mut self, items: &[Item]) -> Result<(), RenderError> {
        for item in items {
            match &item.mark {
                Mark::Run(run) => self.run(run)?,
                Mark::Picture(picture) => self.picture(picture),
            }
        }
        self.end_text();
        self.content.operator("EMC");
        Ok(())
    }

    /// Rectangles and lines, those of one colour and thickness that follow each other as one path.
    fn shapes(&mut self, shapes: &[Shape]) {
        let is_alike = |one: &Shape, other: &Shape| (one.color, line_width(one)) == (other.color, line_width(other));
        for shapes in shapes.chunk_by(is_alike) {
            let Some(first) = shapes.first() else { continue };
            match line_width(first) {
                None => {
                    self.fill(first.color);
                    shapes.iter().for_each(|shape| self.rectangle(shape));
                    self.content.operator("f");
                }
                Some(width) => {
                    self.color(first.color, ["G", "RG"]);
                    self.content.number(milli(width * POINT)).operator("w");
                    shapes.iter().for_each(|shape| self.line(shape));
                    self.content.operator("S");
                }
            }
        }
    }

    fn rectangle(&mut self, shape: &Shape) {
        let [x, y] = self.place(shape.x, shape.y + shape.height);
        let [width, height] = [shape.width, shape.height].map(|length| milli(length * POINT));
        self.content.numbers(&[x, y, width, height]).operator("re");
    }

    fn line(&mut self, shape: &Shape) {
        let Shape { x, y, width, height, .. } = *shape;
        let (from, to) = if width < height {
            ([x + width / 2.0, y], [x + width / 2.0, y + height])
        } else {
            ([x, y + height / 2.0], [x + width, y + height / 2.0])
        };
        let [from, to] = [from, to].map(|[x, y]| self.place(x, y));
        self.content.numbers(&from).operator("m");
        self.content.numbers(&to).operator("l");
    }

    fn run(&mut self, run: &Run) -> Result<(), RenderError> {
        let font = self.fonts.font(run.face)?;
        let size = milli(run.size * POINT);
        self.fill(run.color);
        if !self.state.is_open {
            self.content.operator("BT");
            (self.state.is_open, self.state.line) = (true, Some([0, 0]));
        }
        if self.state.font != Some((font, size)) {
            self.content.name('F', font).number(size).operator("Tf");
            self.state.font = Some((font, size));
        }
        self.go_to(run);
        let mut chars = run.text.chars();
        let mut glyphs = Vec::with_capacity(run.glyphs.len());
        for glyph in &run.glyphs {
            let shown = self.fonts.glyph(font, glyph.id, chars.next().unwrap_or('\u{fffd}'))?;
            glyphs.push(SetGlyph { shown, spacing: glyph.advance * 1_000.0 - shown.width as f32 });
        }
        self.show(&glyphs, run.size * POINT);
        Ok(())
    }

    /// Moves to the beginning of a run.
    fn go_to(&mut self, run: &Run) {
        let [x, y] = self.place(run.x, run.y);
        if run.direction != Direction::Across {
            let (dx, dy) = run.direction.unit();
            let [a, b, c, d] = [dx, -dy, dy, dx].map(milli);
            self.content.numbers(&[a, b, c, d, x, y]).operator("Tm");
            self.state.line = None;
            return;
        }
        match self.state.line.replace([x, y]) {
            Some([line_x, line_y]) => self.content.numbers(&[x - line_x, y - line_y]).operator("Td"),
            None => self.content.numbers(&[1_000, 0, 0, 1_000, x, y]).operator("Tm"),
        };
    }

    /// Shows glyphs of that size in points. Most glyphs of a line are the same distance apart, which is set once; the
    /// others are moved to their places.
    fn show(&mut self, glyphs: &[SetGlyph], size: f32) {
        let spacing = milli(common_spacing(glyphs) * size / 1_000.0);
        if spacing != self.state.spacing {
            self.content.number(spacing).operator("Tc");
            self.state.spacing = spacing;
        }
        // In thousandths of the size.
        let (set, tolerance) = (spacing as f32 / size, TOLERANCE * 1_000.0 / size);
        let mut missing = 0.0_f32;
        self.content.bytes.extend_from_slice(b"[(");
        for (at, glyph) in glyphs.iter().enumerate() {
            self.content.code(glyph.shown.code);
            missing += glyph.spacing - set;
            if missing.abs() > tolerance && at + 1 < glyphs.len() {
                let moved = (missing * 10.0).round() as Milli;
                self.content.bytes.push(b')');
                self.content.number(-moved * 100);
                self.content.bytes.push(b'(');
                missing -= moved as f32 / 10.0;
            }
        }
        self.content.bytes.extend_from_slice(b")]");
        self.content.operator("TJ");
    }

    fn end_text(&mut self) {
        if std::mem::take(&mut self.state.is_open) {
            self.content.operator("ET");
        }
    }

    fn picture(&mut self, picture: &PositionedPicture) {
        self.end_text();
        match &picture.source {
            PictureContent::Code => {
                if let Some(qr) = self.qr {
                    self.fill(Color::Black);
                    self.code(qr, picture);
                }
            }
            PictureContent::Ledger(bytes) => {
                let image = self.images.image(bytes);
                let [x, y] = self.place(picture.x, picture.y + picture.height);
                let [width, height] = [picture.width, picture.height].map(|length| milli(length * POINT));
                self.content.operator("q").numbers(&[width, 0, 0, height, x, y]).operator("cm");
                self.content.name('I', image).operator("Do").operator("Q");
            }
        }
    }

    /// A QR code as rectangles, each as long as dark squares follow each other.
    fn code(&mut self, qr: &Matrix, picture: &PositionedPicture) {
        let count = qr.full_width();
        let side = picture.width / count as f32;
        for row in 0..count {
            let mut col = 0;
            while col < count {
                let length = (col..count).take_while(|col| qr.is_dark(row, *col)).count();
                if length > 0 {
                    let (x, y) = (picture.x + col as f32 * side, picture.y + row as f32 * side);
                    self.rectangle(&Shape { x, y, width: length as f32 * side, height: side, color: Color::Black });
                }
                col += length.max(1);
            }
        }
        self.content.operator("f");
    }

    /// Sets the colour of text and fields.
    fn fill(&mut self, color: Color) {
        if self.state.fill.replace(color) != Some(color) {
            self.color(color, ["g", "rg"]);
        }
    }

    /// Sets a colour by the operator for greys or the one for colours.
    fn color(&mut self, color: Color, [grey, rgb]: [&str; 2]) {
        match color {
            Color::Black => self.content.number(0).operator(grey),
            Color::Grey => self.content.number(851).operator(grey),
            Color::Red => self.content.numbers(&[1_000, 0, 0]).operator(rgb),
            Color::Gap(_) => self.content.numbers(&[1_000, 1_000, 0]).operator(rgb),
            Color::Bar => self.content.numbers(&[184, 365, 541]).operator(rgb),
        };
    }

    /// A place on the page.
    fn place(&self, x: f32, y: f32) -> [Milli; 2] {
        [milli(x * POINT), milli((self.height - y) * POINT)]
    }
}

/// A glyph and the space behind it, in thousandths of its size.
struct SetGlyph {
    shown: EmbeddedGlyph,
    spacing: f32,
}

/// The space behind most of the glyphs, in thousandths of their size; behind one of them when there is none behind
/// most. The space behind the last one moves nothing.
fn common_spacing(glyphs: &[SetGlyph]) -> f32 {
    let inner = glyphs.split_last().map_or(glyphs, |(_, inner)| inner);
    let (mut common, mut votes) = (0.0_f32, 0);
    for glyph in inner {
        match votes {
            0 => (common, votes) = (glyph.spacing, 1),
            _ if (glyph.spacing - common).abs() < 0.1 => votes += 1,
            _ => votes -= 1,
        }
    }
    common
}

/// The thickness in twips of a shape that is drawn as a line; none for one that is filled.
fn line_width(shape: &Shape) -> Option<f32> {
    let thickness = shape.width.min(shape.height);
    (thickness <= THICKEST_LINE).then_some(thickness)
}
