//! What stands above the title (GB/T 9704-2012, 7.2; 信函格式: 10.1), with the distances of the DOCX. Lengths are
//! twips.

use super::composer::Composer;
use super::flow::{Block, Keep};
use super::line_break::{scripts, space_scripts};
use super::lines::Line;
use super::page::{Color, ElementKind, Item, Page, Shape};
use super::page_kind::PageKind;
use super::style::{self, Alignment, PITCH, ParagraphStyle, TextStyle};
use super::table::{CellLines, Frame, Row, TableBlock};
use crate::fonts::Typeface;
use crate::notice::HeadForm;
use crate::render::geometry::{
    ABOVE_MARK, BELOW_HEAD_TEXT, BELOW_LETTER_RULE, CHARACTER, FOUR_MM, LEFT, LETTER_HEADER, LETTER_RULE_LEFT,
    LETTER_RULE_WIDTH, LOWER_RULE_TOP,
};
use crate::render::head_size::mark_half_points;
use crate::report::{Head, Inlines, em_tenths, plain};

/// The red rule: 0.53 mm.
const RED_RULE: f32 = 30.0;
/// The height of the paragraph that draws it.
const RULE_LINE: f32 = 20.0;
/// The rules of 信函格式: 170 mm wide, centred on the page.
const LETTER_RULE: LetterRule =
    LetterRule { left: LETTER_RULE_LEFT as f32, width: LETTER_RULE_WIDTH as f32, thick: 60.0, gap: 15.0, thin: 15.0 };
struct LetterRule {
    left: f32,
    width: f32,
    thick: f32,
    gap: f32,
    thin: f32,
}

impl LetterRule {
    fn height(&self) -> f32 {
        self.thick + self.gap + self.thin
    }

    /// The two rules from `top` on.
    fn shapes(&self, top: f32, is_thick_above: bool) -> [Shape; 2] {
        let rule = |y, height| Shape { x: self.left, y, width: self.width, height, color: Color::Red };
        if is_thick_above {
            [rule(top, self.thick), rule(top + self.thick + self.gap, self.thin)]
        } else {
            [rule(top, self.thin), rule(top + self.thin + self.gap, self.thick)]
        }
    }
}

/// The part of a head that is in the text: all of it in the standard's form, everything below the rule in 信函格式.
pub(super) fn compose(composer: &mut Composer<'_>, head: &Head) {
    match head.form {
        HeadForm::Standard => standard(composer, head),
        HeadForm::Letter => below_letter_rule(composer, head),
    }
}

fn standard(composer: &mut Composer<'_>, head: &Head) {
    let mut above = ABOVE_MARK as f32;
    for (text, typeface) in notes(head) {
        let line = pieces(composer, &[Piece { x: 0.0, typeface, text: PieceText::Inlines(text) }], PITCH);
        composer.push(vec![line], style::head_line(), Keep::Free);
        above -= PITCH;
    }
    if head.has_mark() {
        mark(composer, head, above);
    }
    let is_upward = !head.signers.is_empty();
    let before = if head.has_mark() { 2.0 * PITCH } else { 0.0 };
    if is_upward {
        upward_lines(composer, head, before);
    } else if let Some(number) = &head.number {
        let style = ParagraphStyle { before, align: Alignment::Center, ..style::head_line() };
        let element = composer.structure.add(ElementKind::Paragraph, None);
        let lines = composer.lines(Some(element), style, |atoms, text| atoms.inlines(number, text));
        composer.push(lines, style, Keep::Free);
    }
    let above_rule = if is_upward || head.number.is_some() { FOUR_MM - BELOW_HEAD_TEXT } else { FOUR_MM };
    let before = if head.has_mark() { above_rule as f32 } else { 0.0 };
    let style = ParagraphStyle { before, after: 2.0 * PITCH, ..style::space(RULE_LINE) };
    let mut line = Line { height: RULE_LINE, ..Line::default() };
    if head.has_mark() && !head.preprinted {
        let (width, height) = (composer.width, RED_RULE);
        line.height += RED_RULE;
        line.shapes.push(Shape { x: 0.0, y: 0.0, width, height, color: Color::Red });
    }
    composer.push(vec![line], style, Keep::Free);
}

/// 份号 in the body's typeface, 密级 and 紧急程度 in 黑体.
fn notes(head: &Head) -> impl Iterator<Item = (&Inlines, Typeface)> {
    let black = [&head.secrecy, &head.urgency].into_iter().flatten().map(|text| (text, Typeface::Heading1));
    head.copy_number.iter().map(|text| (text, Typeface::Body)).chain(black)
}

/// The size of the mark in twips.
fn mark_size(head: &Head) -> f32 {
    mark_half_points(head) as f32 * 10.0
}

/// The mark: one issuer with 文件 behind it, or several one above the other with 文件 beside them; only its space on
/// preprinted paper.
fn mark(composer: &mut Composer<'_>, head: &Head, above: f32) {
    let size = mark_size(head);
    let style = ParagraphStyle { before: above, ..style::head_mark(size) };
    if head.preprinted {
        let height = size * head.mark.len().max(1) as f32;
        return composer.push(vec![Line { height, ..Line::default() }], style, Keep::Free);
    }
    if head.mark.len() > 1 {
        return joint_mark(composer, head, above);
    }
    let lines = single_mark(composer, head);
    composer.push(lines, style, Keep::Free);
}

fn single_mark(composer: &mut Composer<'_>, head: &Head) -> Vec<Line> {
    let style = style::head_mark(mark_size(head));
    let element = composer.structure.add(ElementKind::Paragraph, None);
    composer.lines(Some(element), style, |atoms, text| {
        head.mark.iter().for_each(|issuer| atoms.inlines(issuer, text));
        atoms.text(if head.document { "文件" } else { "" }, text);
    })
}

/// The issuers of a joint mark with the space between them, and 文件 in the middle beside them.
fn joint_mark(composer: &mut Composer<'_>, head: &Head, above: f32) {
    composer.space(above, Keep::Free);
    let (row, widths) = joint_row(composer, head);
    let left = (composer.width - widths.iter().sum::<f32>()) / 2.0;
    let (frame, rows) = (Frame::Plain, vec![row]);
    composer.blocks.push(Block::Table(TableBlock {
        left,
        widths,
        frame,
        head: None,
        rows,
        keeps_next: false,
        is_whole: true,
    }));
}

fn joint_row(composer: &mut Composer<'_>, head: &Head) -> (Row, Vec<f32>) {
    let size = mark_size(head);
    let style = style::head_mark(size);
    let tenths = head.mark.iter().map(|name| plain(name).chars().map(em_tenths).sum::<usize>()).max().unwrap_or(10);
    let issuers = (tenths as f32 / 10.0 * size).min(composer.width) + size / 10.0;
    let element = composer.structure.add(ElementKind::Paragraph, None);
    let distributed = ParagraphStyle { align: Alignment::Distributed, ..style };
    let mut lines = Vec::new();
    for (at, issuer) in head.mark.iter().enumerate() {
        let mut own =
            composer.lines_within(issuers, Some(element), distributed, |atoms, text| atoms.inlines(issuer, text));
        if let (true, Some(first)) = (at > 0, own.first_mut()) {
            // A tenth of the characters between the names.
            first.lower(size / 10.0);
        }
        lines.append(&mut own);
    }
    let mut cells = vec![CellLines { lines: lines.into(), span: 1, at_top: false }];
    let mut widths = vec![issuers];
    if head.document {
        let width = 3.0 * size;
        let lines = composer.lines_within(width, Some(element), style, |atoms, text| atoms.text("文件", text));
        cells.push(CellLines { lines: lines.into(), span: 1, at_top: false });
        widths.push(width);
    }
    (Row::new(cells, Frame::Plain), widths)
}

/// A text at a place of a line.
struct Piece<'t> {
    x: f32,
    typeface: Typeface,
    text: PieceText<'t>,
}

enum PieceText<'t> {
    Text(&'t str),
    Inlines(&'t Inlines),
}

/// A line of texts at places of their own, all one paragraph.
fn pieces(composer: &mut Composer<'_>, pieces: &[Piece<'_>], height: f32) -> Line {
    let element = composer.structure.add(ElementKind::Paragraph, None);
    let mut line = Line { height, ..Line::default() };
    for Piece { x, typeface, text } in pieces {
        let style = ParagraphStyle { text: style::body_text(*typeface), ..style::head_line() };
        let write = |atoms: &mut super::atoms::AtomList<'_>, style: TextStyle| match text {
            PieceText::Text(text) => atoms.text(text, style),
            PieceText::Inlines(text) => atoms.inlines(text, style),
        };
        // One line, however long.
        for mut own in composer.lines_within(f32::MAX, Some(element), style, write) {
            own.shift(*x);
            line.items.append(&mut own.items);
            line.shapes.append(&mut own.shapes);
        }
    }
    line
}

/// 签发人 two a line on the right, 发文字号 on the left of the last line, both in by one character (7.2.5 and 7.2.6).
fn upward_lines(composer: &mut Composer<'_>, head: &Head, before: f32) {
    let character = CHARACTER as f32;
    let width = |text: &Inlines| plain(text).chars().map(em_tenths).sum::<usize>() as f32 * character / 10.0;
    let lines: Vec<&[Inlines]> = head.signers.chunks(2).collect();
    let widest = head.signers.iter().map(width).fold(0.0, f32::max);
    let columns = if head.signers.len() > 1 { 2.0 * widest + character } else { widest };
    let names = composer.width - character - columns;
    for (at, line) in lines.iter().enumerate() {
        let mut texts = Vec::new();
        if let Some(number) = head.number.as_ref().filter(|_| at + 1 == lines.len()) {
            texts.push(Piece { x: character, typeface: Typeface::Body, text: PieceText::Inlines(number) });
        }
        if at == 0 {
            let x = names - 4.0 * character;
            texts.push(Piece { x, typeface: Typeface::Body, text: PieceText::Text("签发人：") });
        }
        for (place, name) in line.iter().enumerate() {
            let x = names + place as f32 * (widest + character);
            texts.push(Piece { x, typeface: Typeface::Heading2, text: PieceText::Inlines(name) });
        }
        let placed = pieces(composer, &texts, PITCH);
        let before = if at == 0 { before } else { 0.0 };
        composer.push(vec![placed], ParagraphStyle { before, ..style::head_line() }, Keep::Free);
    }
}

/// The texts below the rule of 信函格式: notes on the left, 发文字号 on the right of the first line; then two blank
/// lines.
fn below_letter_rule(composer: &mut Composer<'_>, head: &Head) {
    let mut notes: Vec<_> = notes(head).collect();
    let first = if notes.is_empty() { None } else { Some(notes.remove(0)) };
    if first.is_some() || head.number.is_some() {
        let mut texts = Vec::new();
        texts.extend(first.map(|(text, typeface)| Piece { x: 0.0, typeface, text: PieceText::Inlines(text) }));
        if let Some(number) = &head.number {
            let x = composer.width - text_width(composer, number);
            texts.push(Piece { x, typeface: Typeface::Body, text: PieceText::Inlines(number) });
        }
        let line = pieces(composer, &texts, PITCH);
        composer.push(vec![line], style::head_line(), Keep::Free);
    }
    for (text, typeface) in notes {
        let line = pieces(composer, &[Piece { x: 0.0, typeface, text: PieceText::Inlines(text) }], PITCH);
        composer.push(vec![line], style::head_line(), Keep::Free);
    }
    let style = ParagraphStyle { after: 2.0 * PITCH, ..style::space(RULE_LINE) };
    composer.empty(style, Keep::Free);
}

/// The width of a text of the body on one line, with the space between Chinese and other characters.
fn text_width(composer: &Composer<'_>, text: &Inlines) -> f32 {
    let mut list = super::atoms::AtomList::new(composer.fonts, f32::MAX);
    list.inlines(text, style::body_text(Typeface::Body));
    let scripts = scripts(&list.atoms);
    space_scripts(&mut list.atoms, &scripts);
    super::atoms::line_width(&list.atoms)
}

/// The upper part of a first page in 信函格式: the mark, 30 mm below the page's edge, and the double rule below it.
pub(super) struct LetterTop {
    items: Vec<Item>,
    shapes: Vec<Shape>,
    /// Where the text begins.
    text_top: f32,
}

impl LetterTop {
    pub(super) fn new(composer: &mut Composer<'_>, head: &Head) -> Self {
        let (left, size) = (LEFT as f32, mark_size(head));
        let mut y = LETTER_HEADER as f32;
        let mut top = Self { items: Vec::new(), shapes: Vec::new(), text_top: 0.0 };
        if head.preprinted {
            y += size * head.mark.len().max(1) as f32;
        } else if head.mark.len() > 1 {
            let (row, widths) = joint_row(composer, head);
            let indent = (composer.width - widths.iter().sum::<f32>()) / 2.0;
            let (frame, height) = (Frame::Plain, row.height());
            let table = TableBlock {
                left: left + indent,
                widths,
                frame,
                head: None,
                rows: Vec::new(),
                keeps_next: false,
                is_whole: true,
            };
            let placed = row.placed(&table);
            top.items.extend(placed.items.into_iter().map(|item| Item { mark: item.mark.moved(0.0, y), ..item }));
            y += height;
        } else {
            for line in single_mark(composer, head) {
                let items = line.items.into_iter();
                top.items.extend(items.map(|item| Item { mark: item.mark.moved(left, y), ..item }));
                y += line.height;
            }
        }
        // What the mark's own line leaves free is 8 % of its characters.
        y += (FOUR_MM as f32 - size * 0.08).max(0.0);
        if !head.preprinted {
            top.shapes.extend(LETTER_RULE.shapes(y, true));
        }
        top.text_top = y + LETTER_RULE.height() + BELOW_LETTER_RULE as f32;
        top
    }

    /// The kind of the first page: its text begins below this head.
    pub(super) fn page_kind(&self) -> PageKind {
        PageKind::LetterForm { top: self.text_top }
    }

    /// Puts it onto the first page, before its text, with the lower rule unless the paper has it.
    pub(super) fn put_on(self, page: &mut Page, head: &Head) {
        page.items.splice(0..0, self.items);
        page.shapes.extend(self.shapes);
        if !head.preprinted {
            page.shapes.extend(LETTER_RULE.shapes(LOWER_RULE_TOP as f32, false));
        }
    }
}
