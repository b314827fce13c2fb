//! DOCX in the format of GB/T 9704-2012.
//!
//! docx-rs builds the frame once a run (page, styles, footers); it is put right and compressed once. Each
//! report's body is streamed by our own small writer against the frame's styles and closes the package.

mod body;
mod element;
mod frame;
mod geometry;
mod parts;
mod styles;

use std::io::{Cursor, Write};

use zip::ZipWriter;

use super::{Format, WriteError, Writer};
use crate::notice::Typography;
use crate::report::Report;
use frame::Frame;

/// The DOCX writer with its ready-made frame.
#[derive(Debug)]
pub struct Docx {
    frame: Frame,
}

impl Docx {
    /// Builds the frame.
    ///
    /// # Errors
    /// When what docx-rs made cannot be put right.
    pub fn new(typography: &Typography) -> Result<Self, WriteError> {
        Ok(Self { frame: frame::build(typography)? })
    }
}

impl Writer for Docx {
    fn format(&self) -> Format {
        Format::Docx
    }

    fn write(&self, report: &Report) -> Result<Vec<u8>, WriteError> {
        let mut package = ZipWriter::new_append(Cursor::new(self.frame.package.clone()))?;
        for (name, content) in [
            ("docProps/core.xml", parts::core_properties(report)),
            ("word/document.xml", body::document(report, &self.frame)),
        ] {
            package.start_file(name, frame::entry_options())?;
            package.write_all(content.as_bytes())?;
        }
        Ok(package.finish()?.into_inner())
    }
}
