//! What all renderers have in common.

use crate::report::Report;

/// A format reports can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// CommonMark with tables as GitHub has them; pictures are files beside it.
    Md,
    /// One self-contained page, with its styles and pictures, without scripts.
    Html,
    /// Office Open XML (.docx), the format that offices edit and print.
    Docx,
    /// PDF/A, a fixed-layout copy.
    Pdf,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Md, Self::Html, Self::Docx, Self::Pdf];
    /// The formats of drafts. PDF is made of drafts only when it is asked for.
    pub const DRAFT: [Self; 3] = [Self::Md, Self::Html, Self::Docx];

    /// The extension of its files, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Md => "md",
            Self::Html => "html",
            Self::Docx => "docx",
            Self::Pdf => "pdf",
        }
    }
}

/// Renders reports in one format. One value serves all reports of a run, from several threads.
pub trait Renderer: Send + Sync {
    /// The format that it writes; each has one renderer.
    fn format(&self) -> Format;

    /// Renders a report as a file's bytes.
    ///
    /// # Errors
    /// Only on a fault of the program or of a crate: every report can be rendered.
    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError>;

    /// The characters of a report that cannot be printed, each once; none unless the format embeds fonts.
    fn unprintable(&self, _report: &Report<'_>) -> Vec<char> {
        Vec::new()
    }

    /// The files that belong beside the rendered one: those that it refers to, and those that are needed to make it
    /// again.
    fn companions(&self, _report: &Report<'_>) -> Vec<Companion> {
        Vec::new()
    }
}

/// The beginning of the names of pictures beside a report.
pub(crate) const PICTURE_PREFIX: &str = "图片-";

/// A file beside a report.
#[derive(Clone, Debug)]
pub struct Companion {
    /// The file name, beside the report.
    pub name: String,
    /// The content of the file.
    pub bytes: Vec<u8>,
}

/// A fault of the program while rendering.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The ZIP package could not be written.
    #[error("DOCX 打包失败")]
    Package(#[from] zip::result::ZipError),
    /// A part could not be compressed.
    #[error("DOCX 写入失败")]
    Io(#[from] std::io::Error),
    /// The package template is not as expected: docx-rs changed, or a part is too large.
    #[error("DOCX 框架有误：{0}")]
    Template(String),
    /// A font or a picture cannot be embedded.
    #[error("PDF 写入失败：{0}")]
    Pdf(String),
}
