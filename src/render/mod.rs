//! Writers: one report in, one file's bytes out. A new format is a new file here and a name in [`Format`].

mod cell_address;
mod docx;
mod html;
mod markdown;
mod xml;

pub use cell_address::in_address;
pub use markdown::content;
pub use xml::{escape_into, escaped};

use crate::notice::Typography;
use crate::report::Report;

/// A format reports can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// CommonMark with tables.
    Md,
    /// One self-contained page.
    Html,
    /// Office Open XML.
    Docx,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Md, Self::Html, Self::Docx];

    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Md => "md",
            Self::Html => "html",
            Self::Docx => "docx",
        }
    }
}

/// Writes reports in one format.
pub trait Renderer: Send + Sync {
    /// The format it writes.
    fn format(&self) -> Format;

    /// The file's bytes; the same report gives the same bytes.
    ///
    /// # Errors
    /// When the program itself fails; a report can always be written.
    fn write(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError>;
}

/// A fault of the program while writing.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The package could not be put together.
    #[error("DOCX 打包失败")]
    Package(#[from] zip::result::ZipError),
    /// A part could not be written into the package.
    #[error("DOCX 写入失败")]
    Io(#[from] std::io::Error),
    /// The frame that docx-rs made could not be put right.
    #[error("DOCX 框架有误：{0}")]
    Frame(String),
}

/// A writer for each of `formats`; what all reports share is made here, once. With `trace`, DOCX reports tell the
/// sources of their metrics in comments.
///
/// # Errors
/// When the program itself fails.
pub fn renderers(
    formats: &[Format],
    typography: &Typography,
    trace: bool,
) -> Result<Vec<Box<dyn Renderer>>, RenderError> {
    formats
        .iter()
        .map(|format| {
            Ok(match format {
                Format::Md => Box::new(markdown::Markdown) as Box<dyn Renderer>,
                Format::Html => Box::new(html::Html::new(typography)),
                Format::Docx => Box::new(docx::Docx::new(typography, trace)?),
            })
        })
        .collect()
}
