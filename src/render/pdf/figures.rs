//! Groups of pictures: one alone in a paragraph, more of them two a row, captions below.

use super::composer::{Composer, ParagraphText};
use super::flow::{Block, Keep};
use super::page::ElementKind;
use super::style;
use super::table::{CellLines, Frame, Row, TableBlock};
use crate::report::{Caption, FigureCell, PictureGroup};

/// The margin of a picture's column on both sides.
const MARGIN: f32 = 70.0;

/// A group of pictures; a closing one stays on the page of the signature.
pub(super) fn compose(composer: &mut Composer<'_>, group: &PictureGroup, is_closing: bool) {
    let keep_last = if is_closing { Keep::Next } else { Keep::Free };
    let keep_cells = if group.caption.is_some() { Keep::Next } else { keep_last };
    match &group.cells[..] {
        [FigureCell { picture, caption }] => {
            let keep = if caption.is_some() { Keep::Next } else { keep_cells };
            let (kind, style) = (ElementKind::Paragraph, style::cell());
            composer.paragraph(&ParagraphText { kind, style, lead: "", text: picture, keep });
            caption.iter().for_each(|caption| composer.caption(caption, keep_cells));
        }
        cells => rows(composer, cells, keep_cells),
    }
    group.caption.iter().for_each(|caption| composer.caption(caption, keep_last));
}

/// Pictures two a row; the last of an odd number has the whole width. A row stays with its captions.
fn rows(composer: &mut Composer<'_>, cells: &[FigureCell], keep_last: Keep) {
    let last = cells.len().div_ceil(2) - 1;
    for (at, pair) in cells.chunks(2).enumerate() {
        let width = composer.width / pair.len() as f32;
        let mut rows = vec![Row::new(Vec::new(), Frame::Plain)];
        for cell in pair {
            let element = composer.structure.add(ElementKind::Paragraph, None);
            let picture = composer.lines_within(width - 2.0 * MARGIN, Some(element), style::cell(), |atoms, text| {
                atoms.inlines(&cell.picture, text);
            });
            rows[0].cells.push(shifted(picture));
        }
        if pair.iter().any(|cell| cell.caption.is_some()) {
            let captions = pair.iter().map(|cell| caption_of(composer, cell.caption.as_ref(), width));
            let captions = captions.collect();
            rows.push(Row::new(captions, Frame::Plain));
        }
        let (left, frame, is_whole) = (0.0, Frame::Plain, true);
        let keeps_next = at == last && keep_last == Keep::Next;
        let widths = vec![width; pair.len()];
        composer.blocks.push(Block::Table(TableBlock { left, widths, frame, head: None, rows, keeps_next, is_whole }));
    }
}

fn shifted(mut lines: Vec<super::lines::Line>) -> CellLines {
    lines.iter_mut().for_each(|line| line.shift(MARGIN));
    CellLines { lines: lines.into(), span: 1, at_top: false }
}

fn caption_of(composer: &mut Composer<'_>, caption: Option<&Caption>, width: f32) -> CellLines {
    let style = style::caption();
    let element = caption.map(|_| composer.structure.add(ElementKind::Caption, None));
    let mut lines = composer.lines_within(width - 2.0 * MARGIN, element, style, |atoms, text| {
        if let Some(caption) = caption {
            atoms.text(&caption.number, text);
            atoms.text("　", text);
            atoms.inlines(&caption.text, text);
        }
    });
    // Space above and below a caption is part of its cell.
    if let Some(first) = lines.first_mut() {
        first.lower(style.before);
    }
    if let Some(last) = lines.last_mut() {
        last.height += style.after;
    }
    shifted(lines)
}
