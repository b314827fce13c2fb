//! Pages with one picture each: a scan that is bound behind a report.

use std::sync::Arc;

use jiff::civil::Date;

use super::composer::{Composer, ParagraphText};
use super::flow::{Block, Flow, Keep};
use super::page::ElementKind;
use super::page_kind::PageKind;
use super::style;
use super::writer::{self, Description};
use crate::fonts::Fonts;
use crate::picture::Picture;
use crate::render::renderer::RenderError;
use crate::report::{Inline, PrintedPicture};

/// Pictures, each on a page of its own.
pub(crate) struct PicturePages {
    /// The document's title.
    pub title: String,
    /// The department.
    pub author: String,
    /// The date of the report that they belong to: the pages depend on no clock.
    pub date: Date,
    /// The pictures.
    pub pictures: Vec<Picture>,
}

impl PicturePages {
    /// Its bytes: a PDF.
    ///
    /// # Errors
    /// When a picture cannot be embedded.
    pub(crate) fn render(self, fonts: &Fonts) -> Result<Vec<u8>, RenderError> {
        let mut composer = Composer::new(fonts);
        let count = self.pictures.len();
        for (picture, number) in self.pictures.into_iter().zip(1..) {
            if number > 1 {
                composer.blocks.push(Block::Turn(PageKind::Portrait));
            }
            let (digest, picture) = (picture.digest(), Arc::new(picture));
            let alt = if count > 1 { format!("{}，第{number}页", self.title) } else { self.title.clone() };
            let printed = PrintedPicture { picture, digest, alt, provenance: None };
            let text = vec![Inline::Picture(Box::new(printed))];
            let (kind, style) = (ElementKind::Paragraph, style::cell());
            composer.paragraph(&ParagraphText { kind, style, lead: "", text: &text, keep: Keep::Free });
        }
        let flow = Flow::lay_out(std::mem::take(&mut composer.blocks), PageKind::Portrait);
        let document = flow.into_document(std::mem::take(&mut composer.structure));
        let description = Description { title: self.title, author: self.author, date: self.date, qr: None };
        writer::write(&document, &description, fonts)
    }
}
