//! DOCX in the format of GB/T 9704-2012.
//!
//! docx-rs builds the constant parts of a package once a run (page, styles, footers); `styles` and `schema`
//! correct them, `package` compresses them. For each report, `body`, `signature` and `annex` write `word/document.xml` against those styles,
//! and the package is completed with it. docx-rs for every report would cost 2.4 ms each.
//!
//! `geometry` has the measures of the page, `parts` the parts that docx-rs does not write as the schema requires.

mod annex;
mod body;
mod comments;
mod draft;
mod geometry;
mod head;
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
mod wml;
mod xml_tree;

use std::sync::OnceLock;

use super::renderer::{Format, RenderError, Renderer};
use crate::notice::{HeadForm, Typography};
use crate::report::{Block, Report};
use package::{Part, SharedParts};
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
        Ok(Self { template: PackageTemplate::build(typography)?, trace, shared_parts: Default::default() })
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
        let mut own = vec![
            Part { name: "docProps/core.xml", content: properties.as_bytes() },
            Part { name: "word/document.xml", content: body.document.as_bytes() },
        ];
        if let Some(comments) = &body.comments {
            own.push(Part { name: "word/comments.xml", content: comments.as_bytes() });
        }
        if let Some(png) = &qr_png {
            own.push(Part { name: "word/media/qr.png", content: png });
        }
        let letter = &report.letter;
        let first_page = letter.head.as_ref().filter(|head| head.form == HeadForm::Letter);
        let first_page = first_page.map(|head| head::FirstPage::new(head, report));
        if let Some(page) = &first_page {
            own.push(Part { name: "word/footer3.xml", content: page.footer.as_bytes() });
            own.push(Part { name: "word/header2.xml", content: page.header.as_bytes() });
        }
        let optional = OptionalParts {
            bar: report.blocks().any(|block| matches!(block, Block::Chart(_))),
            qr: qr.is_some(),
            comments: self.trace,
            draft: false,
            letter_styles: letter.head.is_some() || letter.tail.is_some(),
            letter_form: first_page.is_some(),
        };
        self.shared_parts(optional)?.with_own_parts(&own)
    }
}
