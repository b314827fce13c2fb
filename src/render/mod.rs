//! Renderers: a [`Report`](crate::report::Report) in, the bytes of one file out.
//!
//! A new format is a new submodule with a [`Renderer`] and a name in [`Format`]. A renderer decides how a report looks
//! in its format (fonts, geometry, escaping); what the report contains is decided in [`crate::report`]. The same report
//! gives the same bytes on every run and system.

mod docx;
mod geometry;
mod head_size;
mod html;
mod joint_seals;
mod markdown;
mod pdf;
mod renderer;
mod signature_indents;
mod url;
mod xml;

pub use markdown::{DRAFT_LINE, content};
pub(crate) use pdf::{ListedReport, PicturePages, PrintList, linked_pages, page_count};
pub(crate) use renderer::PICTURE_PREFIX;
pub use renderer::{Companion, Format, RenderError, Renderer};
pub use url::{percent_decode, percent_encode};
pub use xml::{escape_into, escaped};

use std::sync::Arc;

use crate::fonts::Fonts;
use crate::notice::Typography;

/// A renderer for each of `formats`, with everything that reports of a run share; none for PDF without `fonts`. With
/// `trace`, DOCX reports explain the provenance of their metrics in comments.
///
/// # Errors
/// When the DOCX package template cannot be built.
pub fn renderers(
    formats: &[Format],
    typography: &Typography,
    fonts: Option<&Arc<Fonts>>,
    trace: bool,
) -> Result<Vec<Box<dyn Renderer>>, RenderError> {
    formats
        .iter()
        .filter_map(|format| {
            Some(Ok(match format {
                Format::Md => Box::new(markdown::Markdown) as Box<dyn Renderer>,
                Format::Html => Box::new(html::Html::new(typography)),
                Format::Docx => match docx::Docx::new(typography, trace) {
                    Ok(docx) => Box::new(docx),
                    Err(error) => return Some(Err(error)),
                },
                Format::Pdf => Box::new(pdf::Pdf::new(Arc::clone(fonts?))),
            }))
        })
        .collect()
}
