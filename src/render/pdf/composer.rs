//! Writes the blocks of a report: paragraphs of placed lines, each with its element of the structure.

use super::atoms::AtomList;
use super::flow::{Block, Keep, Paragraph};
use super::lines::{Line, LineSetter};
use super::page::{ElementId, ElementKind, Structure};
use super::page_kind::PageKind;
use super::style::{self, ParagraphStyle, TextStyle};
use crate::fonts::Fonts;
use crate::report::{Caption, Inlines};

/// Writes the blocks of one report in reading order, and adds each to the structure.
pub(super) struct Composer<'f> {
    pub fonts: &'f Fonts,
    pub structure: Structure,
    pub blocks: Vec<Block>,
    /// The labels of the 待填写 that were written, by their numbers.
    pub gaps: Vec<String>,
    /// Width between the margins of the pages that are being written.
    pub width: f32,
}

/// What one paragraph is set from. `lead` is printed before `text`: a number, 一是.
pub(super) struct ParagraphText<'t> {
    pub kind: ElementKind,
    pub style: ParagraphStyle,
    pub lead: &'t str,
    pub text: &'t Inlines,
    pub keep: Keep,
}

impl<'f> Composer<'f> {
    pub(super) fn new(fonts: &'f Fonts) -> Self {
        let width = PageKind::Portrait.text_width();
        Self { fonts, structure: Structure::default(), blocks: Vec::new(), gaps: Vec::new(), width }
    }

    /// The next block begins a page of that kind.
    pub(super) fn turn(&mut self, kind: PageKind) {
        self.width = kind.text_width();
        self.blocks.push(Block::Turn(kind));
    }

    /// A paragraph with an element of its own.
    pub(super) fn paragraph(&mut self, paragraph: &ParagraphText<'_>) {
        let ParagraphText { kind, style, lead, text, keep } = paragraph;
        let element = self.structure.add(kind.clone(), None);
        let lines = self.lines(Some(element), *style, |atoms, style| {
            atoms.text(lead, style);
            atoms.inlines(text, style);
        });
        self.push(lines, *style, *keep);
    }

    /// Adds a paragraph of lines, with the spaces of `style` around it.
    pub(super) fn push(&mut self, lines: Vec<Line>, style: ParagraphStyle, keep: Keep) {
        let (before, after) = (style.before, style.after);
        self.blocks.push(Block::Paragraph(Paragraph { lines, before, after, keep, ..Paragraph::default() }));
    }

    /// An empty line.
    pub(super) fn empty(&mut self, style: ParagraphStyle, keep: Keep) {
        let height = style.line.height();
        self.push(vec![Line { height, ..Line::default() }], style, keep);
    }

    pub(super) fn space(&mut self, height: f32, keep: Keep) {
        self.empty(style::space(height), keep);
    }

    /// The lines of a paragraph as wide as the page.
    pub(super) fn lines(
        &mut self,
        element: Option<ElementId>,
        style: ParagraphStyle,
        write: impl FnOnce(&mut AtomList<'_>, TextStyle),
    ) -> Vec<Line> {
        let width = self.width;
        self.lines_within(width, element, style, write)
    }

    /// The lines of a paragraph in a column of that width.
    pub(super) fn lines_within(
        &mut self,
        width: f32,
        element: Option<ElementId>,
        style: ParagraphStyle,
        write: impl FnOnce(&mut AtomList<'_>, TextStyle),
    ) -> Vec<Line> {
        let mut list = AtomList::new(self.fonts, width);
        list.gaps = std::mem::take(&mut self.gaps);
        write(&mut list, style.text);
        self.gaps = list.gaps;
        LineSetter { structure: &mut self.structure, element, style, width }.lines(list.atoms)
    }

    pub(super) fn caption(&mut self, caption: &Caption, keep: Keep) {
        let (kind, style, lead) = (ElementKind::Caption, style::caption(), format!("{}　", caption.number));
        self.paragraph(&ParagraphText { kind, style, lead: &lead, text: &caption.text, keep });
    }
}
