//! 版记 at the foot of the last page, an even one (GB/T 9704-2012, 7.4), as DOCX reports have it: alone on its page; in
//! 信函格式 on the letter's last page (10.1). Lengths are twips.

use super::composer::Composer;
use super::flow::Flow;
use super::lines::Line;
use super::page::{Color, ElementKind, Item, Shape};
use super::page_kind::PageKind;
use super::style::{self, ParagraphStyle};
use crate::notice::{HeadForm, written_day};
use crate::render::geometry::{LEFT, TAIL_CHARACTER, TEXT_WIDTH, TOP};
use crate::report::{Inlines, LetterParts, Tail};

/// [`TAIL_CHARACTER`] as lengths of pages are.
const CHARACTER: f32 = TAIL_CHARACTER as f32;
/// The first and the last rule: 0.35 mm. The rules between lines: 0.25 mm.
const OUTER_RULE: f32 = 20.0;
const INNER_RULE: f32 = 14.0;

/// 版记 as lines and the rules between them.
pub(super) struct ComposedTail {
    lines: Vec<Line>,
    is_letter_form: bool,
}

/// 版记; `None` without one.
pub(super) fn compose(composer: &mut Composer<'_>, letter: &LetterParts) -> Option<ComposedTail> {
    let tail = letter.tail.as_ref()?;
    let is_letter_form = letter.head.as_ref().is_some_and(|head| head.form == HeadForm::Letter);
    composer.width = TEXT_WIDTH as f32;
    let mut lines = Vec::new();
    let rule = |lines: &mut Vec<Line>, thickness: f32| {
        if !is_letter_form {
            let shape = Shape { x: 0.0, y: 0.0, width: TEXT_WIDTH as f32, height: thickness, color: Color::Black };
            lines.push(Line { height: thickness, shapes: vec![shape], ..Line::default() });
        }
    };
    rule(&mut lines, OUTER_RULE);
    if let Some(copy_to) = &tail.copy_to {
        lines.extend(copy_to_lines(composer, copy_to));
    }
    if tail.printer.is_some() {
        if tail.copy_to.is_some() {
            rule(&mut lines, INNER_RULE);
        }
        lines.extend(printer_line(composer, tail));
    }
    rule(&mut lines, OUTER_RULE);
    Some(ComposedTail { lines, is_letter_form })
}

/// In by one character on both sides; further lines begin below the first name.
fn copy_to_lines(composer: &mut Composer<'_>, copy_to: &Inlines) -> Vec<Line> {
    let (left, first, right) = (4.0 * CHARACTER, -3.0 * CHARACTER, CHARACTER);
    let style = ParagraphStyle { left, first, right, ..style::tail_line() };
    let element = composer.structure.add(ElementKind::Paragraph, None);
    composer.lines(Some(element), style, |atoms, text| {
        atoms.text("抄送：", text);
        atoms.inlines(copy_to, text);
        atoms.text("。", text);
    })
}

/// 印发机关 on the left, 印发日期 on the right, each in by one character.
fn printer_line(composer: &mut Composer<'_>, tail: &Tail) -> Vec<Line> {
    let (Some(printer), Some(printed)) = (&tail.printer, tail.printed) else { return Vec::new() };
    let element = composer.structure.add(ElementKind::Paragraph, None);
    let left = ParagraphStyle { left: CHARACTER, ..style::tail_line() };
    let right = ParagraphStyle { right: CHARACTER, align: style::Alignment::Right, ..style::tail_line() };
    let mut lines = composer.lines(Some(element), left, |atoms, text| atoms.inlines(printer, text));
    let date =
        composer.lines(Some(element), right, |atoms, text| atoms.text(&format!("{}印发", written_day(printed)), text));
    if let (Some(last), Some(date)) = (lines.last_mut(), date.into_iter().next()) {
        last.items.extend(date.items);
    }
    lines
}

impl ComposedTail {
    fn height(&self) -> f32 {
        self.lines.iter().map(|line| line.height).sum()
    }

    /// Puts it at the foot of the last page, on an even one unless it is in 信函格式.
    pub(super) fn put_on(self, flow: &mut Flow) {
        let kind = PageKind::Portrait;
        if self.is_letter_form {
            if flow.used() + self.height() > flow.text_height() {
                flow.begin_page(kind);
            }
        } else {
            flow.begin_page(kind);
            if flow.last_number() % 2 == 1 {
                if let Some(blank) = flow.last_page() {
                    blank.unnumbered = true;
                }
                flow.begin_page(kind);
            }
        }
        let mut y = TOP as f32 + kind.text_height() - self.height();
        let Some(page) = flow.last_page() else { return };
        for line in self.lines {
            let items = line.items.into_iter();
            page.items.extend(items.map(|item| Item { mark: item.mark.moved(LEFT as f32, y), ..item }));
            page.shapes.extend(line.shapes.iter().map(|shape| shape.moved(LEFT as f32, y)));
            y += line.height;
        }
    }
}
