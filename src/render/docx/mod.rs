//! DOCX in the format of GB/T 9704-2012.
//!
//! docx-rs builds the constant parts of a package once a run (page, styles, footers); `styles` and `schema`
//! correct them, `package` compresses them. For each report, `body`, `head`, `signature`, `annex` and `tail` write
//! `word/document.xml` against those styles, and the package is completed with it. docx-rs for every report would cost
//! 2.4 ms each.
//!
//! `render::geometry` has the measures of the page, `parts` the parts that docx-rs does not write as the schema
//! requires.

mod annex;
mod body;
mod comments;
mod draft;
mod figures;
mod head;
mod joint_signature;
mod letter_styles;
mod package;
mod package_template;
mod parts;
mod picture;
mod qr;
mod schema;
mod sections;
mod signature;
mod styles;
mod tail;
mod turned_footer;
mod wml;
mod xml_tree;

use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;

use super::renderer::{Format, RenderError, Renderer};
use crate::notice::{HeadForm, Typography};
use crate::picture::Picture;
use crate::report::{Block, Report};
use crate::store::Digest;
use package::{PackagePart, SharedParts};
use package_template::PackageTemplate;
use parts::OptionalParts;

/// The DOCX renderer.
#[derive(Debug)]
pub(super) struct Docx {
    template: PackageTemplate,
    /// Whether metrics have comments that explain their provenance.
    trace: bool,
    /// The shared parts, by the optional ones among them; compressed for the first report that needs them.
    shared_parts: [OnceLock<SharedParts>; OptionalParts::VARIANTS],
}

impl Docx {
    /// Builds the package template. With `trace`, reports explain the provenance of their metrics in comments.
    ///
    /// # Errors
    /// When docx-rs does not write what is expected.
    pub(super) fn new(typography: &Typography, trace: bool) -> Result<Self, RenderError> {
        Ok(Self {
            template: PackageTemplate::build(typography)?,
            trace,
            shared_parts: [const { OnceLock::new() }; OptionalParts::VARIANTS],
        })
    }

    fn shared_parts(&self, optional: OptionalParts) -> Result<&SharedParts, RenderError> {
        let slot = &self.shared_parts[optional.variant()];
        if let Some(parts) = slot.get() {
            return Ok(parts);
        }
        let parts = self.template.shared_parts(optional)?;
        Ok(slot.get_or_init(|| parts))
    }
}

impl Renderer for Docx {
    fn format(&self) -> Format {
        Format::Docx
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let qr = report.code.as_ref().and_then(|printed| printed.qr.as_ref());
        let properties = parts::core_properties(report);
        let body = body::write(report, &self.template, self.trace);
        let qr_png = qr.map(qr::png).transpose()?;
        let letter = &report.letter;
        let first_page = letter.head.as_ref().filter(|head| head.form == HeadForm::Letter);
        let first_page = first_page.map(|head| head::FirstPage::new(head, report));
        let optional = OptionalParts {
            bar: report.blocks().any(|block| matches!(block, Block::Chart(_))),
            qr: qr.is_some(),
            comments: self.trace,
            draft: report.is_draft(),
            letter_styles: letter.head.is_some() || letter.tail.is_some(),
            letter_form: first_page.is_some(),
            pictures: !body.pictures.is_empty(),
            landscape: report.has_landscape_pages(),
        };
        let relationships = optional.pictures.then(|| own_relationships(&body.pictures, optional));
        let media: Vec<String> = (0..)
            .zip(body.pictures.values())
            .map(|(number, picture)| format!("word/media/{}", picture::media_name(number, picture.format)))
            .collect();
        let mut own = vec![
            PackagePart { name: "docProps/core.xml", content: properties.as_bytes() },
            PackagePart { name: "word/document.xml", content: body.document.as_bytes() },
        ];
        if let Some(comments) = &body.comments {
            own.push(PackagePart { name: "word/comments.xml", content: comments.as_bytes() });
        }
        if let Some(png) = &qr_png {
            own.push(PackagePart { name: "word/media/qr.png", content: png });
        }
        if let Some(page) = &first_page {
            own.push(PackagePart { name: "word/footer3.xml", content: page.footer.as_bytes() });
            own.push(PackagePart { name: "word/header2.xml", content: page.header.as_bytes() });
        }
        if let Some(relationships) = &relationships {
            own.push(PackagePart { name: parts::RELATIONSHIPS_NAME, content: relationships.as_bytes() });
        }
        let pictures = media.iter().zip(body.pictures.values());
        own.extend(pictures.map(|(name, picture)| PackagePart { name, content: &picture.bytes }));
        self.shared_parts(optional)?.with_own_parts(&own)
    }
}

/// The document's relationships in a report with pictures.
fn own_relationships(pictures: &IndexMap<Digest, Arc<Picture>>, optional: OptionalParts) -> String {
    let numbered = (0..).zip(pictures.values());
    let relationships: String =
        numbered.map(|(number, picture)| parts::picture_relationship(number, picture.format)).collect();
    parts::document_relationships(optional, &relationships)
}
