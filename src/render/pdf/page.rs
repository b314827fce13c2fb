//! What stands where: pages of placed text, pictures and rules, and the structure that screen readers follow.
//!
//! Lengths are twips from the page's upper left corner, y downwards.

use std::sync::Arc;

use crate::picture::Picture;

/// Points in a twip.
pub(super) const POINT: f32 = 1.0 / 20.0;
/// The language of reports.
pub(super) const LANGUAGE: &str = "zh-CN";

/// A page with everything that is drawn on it, in the order of drawing: `behind`, `shapes`, `items`.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub width: f32,
    pub height: f32,
    /// Whether it is printed without a number: the blank one before 版记, the first one of 信函格式.
    pub unnumbered: bool,
    /// What is behind everything: the mark of drafts.
    pub behind: Vec<Item>,
    /// Rules and fields of colour, behind the text.
    pub shapes: Vec<Shape>,
    /// Text and pictures in reading order.
    pub items: Vec<Item>,
}

/// A filled rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shape {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    pub color: Color,
}

/// A colour of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Color {
    Black,
    /// Of the red head.
    Red,
    /// Behind 待填写, with its number.
    Gap(u32),
    /// Of the mark of drafts.
    Grey,
    /// Of the bars of charts.
    Bar,
}

/// Something on a page.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The element of the structure that it belongs to; none for what is repeated or drawn on each page.
    pub element: Option<ElementId>,
    pub mark: Mark,
}

/// Text or a picture.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    Run(Run),
    Picture(PositionedPicture),
}

/// Glyphs of one face and size on a base line.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub x: f32,
    /// The base line.
    pub y: f32,
    pub size: f32,
    pub face: u16,
    pub color: Color,
    pub direction: Direction,
    /// What it says.
    pub text: String,
    pub glyphs: Vec<PlacedGlyph>,
}

/// The direction of a base line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Across,
    /// Downwards: turned by a quarter to the right.
    Down,
    /// Upwards to the right, at half a right angle.
    Rising,
}

impl Direction {
    /// A step along the base line.
    pub(super) fn unit(self) -> (f32, f32) {
        let slope = std::f32::consts::FRAC_1_SQRT_2;
        match self {
            Self::Across => (1.0, 0.0),
            Self::Down => (0.0, 1.0),
            Self::Rising => (slope, -slope),
        }
    }
}

/// A glyph of a run, which shows one character of its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlacedGlyph {
    pub id: u16,
    /// From its origin to that of the next one, in units of the size.
    pub advance: f32,
}

/// A picture on a page.
#[derive(Clone, Debug)]
pub(super) struct PositionedPicture {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    pub source: PictureContent,
}

/// What a picture shows.
#[derive(Clone, Debug)]
pub(super) enum PictureContent {
    /// A picture of a ledger.
    Ledger(Arc<Picture>),
    /// The QR code of a final report.
    Code,
}

/// An entry of the bookmarks.
#[derive(Clone, Debug)]
pub(super) struct Bookmark {
    /// The level, from 1.
    pub level: u8,
    pub title: String,
    /// The page's index, from 0.
    pub page: usize,
    pub y: f32,
}

/// A document, laid out.
#[derive(Debug)]
pub(super) struct Document {
    pub pages: Vec<Page>,
    pub structure: Structure,
    pub bookmarks: Vec<Bookmark>,
    /// The 待填写 by their numbers.
    pub gaps: Vec<PrintedGap>,
}

/// A 待填写 on the pages.
#[derive(Debug)]
pub(super) struct PrintedGap {
    pub label: String,
    /// Where a click on it leads; nowhere in files that are kept.
    pub address: Option<String>,
}

/// The number of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ElementId(usize);

/// The elements in reading order, each behind the one that holds it.
#[derive(Debug, Default)]
pub(super) struct Structure {
    pub elements: Vec<Element>,
}

/// An element of the structure.
#[derive(Debug)]
pub(super) struct Element {
    pub kind: ElementKind,
    pub parent: Option<ElementId>,
}

/// What an element is, which the writer translates into a tag of PDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ElementKind {
    Title,
    /// With its level.
    Heading(u8),
    Paragraph,
    Caption,
    Table,
    Row,
    HeadCell,
    Cell,
    /// With its alternative text.
    Figure(String),
}

impl Structure {
    /// Adds an element behind all others.
    pub(super) fn add(&mut self, kind: ElementKind, parent: Option<ElementId>) -> ElementId {
        self.elements.push(Element { kind, parent });
        ElementId(self.elements.len() - 1)
    }
}

impl ElementId {
    pub(super) fn index(self) -> usize {
        self.0
    }
}

impl Mark {
    /// Moves it.
    pub(super) fn shift(&mut self, dx: f32, dy: f32) {
        let (x, y) = match self {
            Self::Run(run) => (&mut run.x, &mut run.y),
            Self::Picture(picture) => (&mut picture.x, &mut picture.y),
        };
        *x += dx;
        *y += dy;
    }

    /// The same, moved.
    pub(super) fn moved(mut self, dx: f32, dy: f32) -> Self {
        self.shift(dx, dy);
        self
    }
}

impl Shape {
    /// The same, moved.
    pub(super) fn moved(self, dx: f32, dy: f32) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..self }
    }
}
