//! Links of a page: fields of 待填写 that lead somewhere.

use pdf_writer::types::{ActionType, AnnotationFlags, AnnotationType};
use pdf_writer::{Finish, Rect, Ref, Str, TextStr};

use super::content::milli;
use super::file::PdfFile;
use crate::render::pdf::page::{Color, POINT, Page, PrintedGap, Shape};
use crate::render::renderer::RenderError;
use crate::report::gap_text;

/// Writes the links of a page, one for each line of a 待填写.
///
/// # Errors
/// When the data are larger than memory.
pub(super) fn write(page: &Page, gaps: &[PrintedGap], file: &mut PdfFile) -> Result<Vec<Ref>, RenderError> {
    let mut links = Vec::new();
    for fields in page.shapes.chunk_by(|one, other| (one.color, one.y) == (other.color, other.y)) {
        let [Shape { color: Color::Gap(number), .. }, ..] = fields else { continue };
        let gap = usize::try_from(*number).ok().and_then(|number| gaps.get(number));
        let Some((gap, address)) = gap.and_then(|gap| Some((gap, gap.address.as_ref()?))) else { continue };
        let id = file.reserve();
        let mut link = file.object(id)?.annotation(id);
        link.subtype(AnnotationType::Link).rect(around(fields, page.height)).border(0.0, 0.0, 0.0, None);
        link.flags(AnnotationFlags::PRINT).contents(TextStr(&gap_text(&gap.label)));
        link.action().action_type(ActionType::Uri).uri(Str(address.as_bytes()));
        link.finish();
        links.push(id);
    }
    Ok(links)
}

/// The rectangle around fields of one line, in points from the page's lower edge.
fn around(fields: &[Shape], height: f32) -> Rect {
    let point = |length: f32| milli(length * POINT) as f32 / 1_000.0;
    let (mut left, mut top, mut right, mut bottom) = (f32::MAX, f32::MAX, f32::MIN, f32::MIN);
    for Shape { x, y, width, height, .. } in fields {
        (left, top) = (left.min(*x), top.min(*y));
        (right, bottom) = (right.max(x + width), bottom.max(y + height));
    }
    Rect::new(point(left), point(height - bottom), point(right), point(height - top))
}
