//! Groups of pictures: one alone in a paragraph, more of them two a row in a table without lines, captions below.

use super::wml::{KEEP_NEXT, WmlWriter};
use crate::render::geometry::TEXT_WIDTH;
use crate::report::{Caption, FigureCell, PictureGroup};

/// Releases a caption from the paragraph below it, to which the style of captions ties it.
const RELEASED: &str = "<w:keepNext w:val=\"0\"/>";

/// Writes a group of pictures; a closing one stays on the page of the signature.
pub(super) fn write(writer: &mut WmlWriter<'_>, group: &PictureGroup, is_closing: bool) {
    let keep_last = if is_closing { KEEP_NEXT } else { RELEASED };
    let keep_cells = if group.caption.is_some() { KEEP_NEXT } else { keep_last };
    match &group.cells[..] {
        [FigureCell { picture, caption }] => {
            let keep = if caption.is_some() || group.caption.is_some() { KEEP_NEXT } else { keep_last };
            writer.paragraph("TableText", &[keep], "", picture);
            if let Some(caption) = caption {
                self::caption(writer, caption, keep_cells);
            }
        }
        cells => table(writer, cells, keep_cells),
    }
    if let Some(caption) = &group.caption {
        self::caption(writer, caption, keep_last);
    }
}

fn caption(writer: &mut WmlWriter<'_>, caption: &Caption, keep: &str) {
    writer.paragraph("TableCaption", &[keep], &format!("{}　", caption.number), &caption.text);
}

/// Pictures two a row; the last of an odd number has the whole width.
fn table(writer: &mut WmlWriter<'_>, cells: &[FigureCell], keep_last: &str) {
    let half = TEXT_WIDTH / 2;
    writer.open_plain_table(&[half, TEXT_WIDTH - half], "<w:jc w:val=\"center\"/>", 70);
    let last = cells.len().div_ceil(2) - 1;
    for (at, row) in cells.chunks(2).enumerate() {
        let has_captions = row.iter().any(|cell| cell.caption.is_some());
        let keep_row = if at == last { keep_last } else { RELEASED };
        let span = if row.len() == 1 { 2 } else { 1 };
        let width = TEXT_WIDTH / row.len() as u32;
        writer.open_row();
        for cell in row {
            writer.open_spanning_cell(width, span);
            let keep = if has_captions { KEEP_NEXT } else { keep_row };
            writer.paragraph("TableText", &[keep], "", &cell.picture);
            writer.close_cell();
        }
        writer.close_row();
        if !has_captions {
            continue;
        }
        writer.open_row();
        for cell in row {
            writer.open_spanning_cell(width, span);
            match &cell.caption {
                Some(caption) => self::caption(writer, caption, keep_row),
                None => writer.empty_paragraph("TableCaption", &[keep_row]),
            }
            writer.close_cell();
        }
        writer.close_row();
    }
    writer.close_table();
}
