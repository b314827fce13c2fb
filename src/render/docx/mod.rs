//! DOCX in the format of GB/T 9704-2012.
//!
//! docx-rs builds the frame once a run (page, styles, footers); it is put right and compressed once. Each
//! report's body is streamed by our own small writer against the frame's styles and closes the package.

mod body;
mod comments;
mod geometry;
mod package;
mod package_template;
mod parts;
mod picture;
mod qr;
mod styles;
mod xml_tree;

use std::sync::OnceLock;

use super::{Format, RenderError, Renderer};
use crate::notice::Typography;
use crate::report::{Block, Report};
use package::{Compressors, DocxPackage};
use package_template::PackageTemplate;
use parts::Extra;

/// The DOCX writer with its ready-made frame.
#[derive(Debug)]
pub struct Docx {
    frame: PackageTemplate,
    /// What every report of the run has beside the frame.
    extras: Vec<Extra>,
    /// The frame, packed for reports without pictures, with charts, with a QR code, with both: each for the first.
    packages: [OnceLock<DocxPackage>; 4],
    compressors: Compressors,
}

impl Docx {
    /// Builds the frame; with `trace`, reports tell the sources of their metrics in comments.
    ///
    /// # Errors
    /// When what docx-rs made cannot be put right.
    pub fn new(typography: &Typography, trace: bool) -> Result<Self, RenderError> {
        let frame = package_template::build(typography)?;
        let extras: Vec<Extra> = trace.then_some(Extra::Comments).into_iter().collect();
        Ok(Self { frame, extras, packages: Default::default(), compressors: Compressors::default() })
    }

    /// The frame, packed for reports with such pictures.
    fn package(&self, charts: bool, qr: bool) -> Result<&DocxPackage, RenderError> {
        let place = &self.packages[usize::from(charts) + 2 * usize::from(qr)];
        if let Some(package) = place.get() {
            return Ok(package);
        }
        let pictures = [charts.then_some(Extra::Bar), qr.then_some(Extra::Qr)].into_iter().flatten();
        let package = self.frame.package(&self.extras.iter().copied().chain(pictures).collect::<Vec<_>>())?;
        Ok(place.get_or_init(|| package))
    }
}

impl Renderer for Docx {
    fn format(&self) -> Format {
        Format::Docx
    }

    fn write(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let charts = report.body.iter().any(|block| matches!(block, Block::Chart(_)));
        let qr = report.stamp.as_ref().and_then(|stamp| stamp.qr.as_ref());
        let trace = self.extras.contains(&Extra::Comments);
        let written = body::document(report, &self.frame, trace);
        let (properties, picture) = (parts::core_properties(report), qr.map(qr::png).transpose()?);
        let mut own =
            vec![("docProps/core.xml", properties.as_bytes()), ("word/document.xml", written.document.as_bytes())];
        own.extend(written.comments.as_ref().map(|part| ("word/comments.xml", part.as_bytes())));
        own.extend(picture.as_ref().map(|picture| ("word/media/qr.png", picture.as_slice())));
        self.package(charts, qr.is_some())?.with(&own, &self.compressors)
    }
}
