//! DOCX in the format of GB/T 9704-2012.
//!
//! docx-rs builds the frame once a run (page, styles, footers); it is put right and compressed once. Each
//! report's body is streamed by our own small writer against the frame's styles and closes the package.

mod body;
mod comments;
mod element;
mod frame;
mod geometry;
mod parts;
mod picture;
mod qr;
mod styles;

use std::io::{Cursor, Write};

use zip::{CompressionMethod, ZipWriter};

use super::{Format, WriteError, Writer};
use crate::notice::Typography;
use crate::report::{Block, Report};
use frame::Frame;
use parts::Extra;

/// How hard a report's own parts are compressed, of 9: made in half the time, a file is a sixteenth larger than at the
/// usual 6.
const LEVEL: i64 = 2;
/// Bytes below which a report's own part is stored as it is: making a compressor ready costs more than it saves.
const SMALL: usize = 1024;

/// The DOCX writer with its ready-made frame.
#[derive(Debug)]
pub struct Docx {
    frame: Frame,
    /// What every report of the run has beside the frame.
    extras: Vec<Extra>,
    /// The frame, packed for reports without pictures, with charts, with a QR code, with both.
    packages: [Vec<u8>; 4],
}

impl Docx {
    /// Builds the frame; with `trace`, reports tell the sources of their figures in comments.
    ///
    /// # Errors
    /// When what docx-rs made cannot be put right.
    pub fn new(typography: &Typography, trace: bool) -> Result<Self, WriteError> {
        let frame = frame::build(typography)?;
        let extras: Vec<Extra> = trace.then_some(Extra::Comments).into_iter().collect();
        let with = |pictures: &[Extra]| frame.package(&[&extras[..], pictures].concat());
        let packages = [with(&[])?, with(&[Extra::Bar])?, with(&[Extra::Qr])?, with(&[Extra::Bar, Extra::Qr])?];
        Ok(Self { frame, extras, packages })
    }
}

impl Writer for Docx {
    fn format(&self) -> Format {
        Format::Docx
    }

    fn write(&self, report: &Report<'_>) -> Result<Vec<u8>, WriteError> {
        let charts = report.body.iter().any(|block| matches!(block, Block::Chart(_)));
        let qr = report.stamp.as_ref().and_then(|stamp| stamp.qr.as_ref());
        let packed = &self.packages[usize::from(charts) + 2 * usize::from(qr.is_some())];
        let mut package = ZipWriter::new_append(Cursor::new(packed.clone()))?;
        let trace = self.extras.contains(&Extra::Comments);
        let written = body::document(report, &self.frame, trace);
        let own = [("docProps/core.xml", parts::core_properties(report)), ("word/document.xml", written.document)];
        for (name, content) in own.into_iter().chain(written.comments.map(|part| ("word/comments.xml", part))) {
            let options = match content.len() {
                ..SMALL => frame::entry_options().compression_method(CompressionMethod::Stored),
                SMALL.. => frame::entry_options().compression_level(Some(LEVEL)),
            };
            package.start_file(name, options)?;
            package.write_all(content.as_bytes())?;
        }
        if let Some(qr) = qr {
            package.start_file("word/media/qr.png", frame::entry_options())?;
            package.write_all(&qr::png(qr)?)?;
        }
        Ok(package.finish()?.into_inner())
    }
}
