//! Reads an annex that came from outside: writes the pages of a PDF anew, or decodes a scan's pictures. Such a file can
//! make its reader abort, hang or fill the memory: each is read in a process of its own, with limits on memory and
//! time.

use std::io::{self, Write};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use hayro_syntax::object::{Array, Dict};
use hayro_syntax::page::Page;
use hayro_syntax::{LoadPdfError, Pdf};
use serde::{Deserialize, Serialize};

use super::annex_faults::{AnnexError, LeftOut};
use super::binder::{BoundPart, bind};
use super::pictures;
use crate::picture::Picture;
use crate::sandbox::worker::{Bounds, enter};
use crate::sandbox::{self, Access, NO_FOLDER};

/// The hidden subcommand that makes the binary read one annex.
pub(crate) const SUBCOMMAND: &str = "annex-worker";
/// The most memory of the process, in bytes.
const MAX_MEMORY: u64 = 1 << 30;
/// Seconds after which the process is killed.
const TIMEOUT_SECONDS: u64 = 60;

/// An annex that can be printed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Annex {
    /// A PDF, written anew.
    Pages(AnnexPages),
    /// Pictures, one a page; at least one.
    Pictures(Vec<Picture>),
}

/// A PDF from outside, its pages copied into a new file by the worker process.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AnnexPages {
    /// A PDF with its pages.
    pub bytes: Vec<u8>,
    /// The number of its pages.
    pub pages: usize,
    /// What of it was left out, as users read it; empty for most.
    pub left_out: Vec<LeftOut>,
}

/// Reads annexes in processes of `program`.
#[derive(Clone, Debug)]
pub(crate) struct AnnexReader {
    /// The program that reads when it is started with [`SUBCOMMAND`]: this one.
    pub program: PathBuf,
}

impl AnnexReader {
    /// Reads the bytes of an annex in a new process.
    ///
    /// # Errors
    /// When it cannot be read, or the process fails or takes too long.
    pub(crate) fn read(&self, bytes: Vec<u8>) -> Result<Annex, AnnexError> {
        let child = sandbox::start(&self.program, [SUBCOMMAND], Path::new(NO_FOLDER));
        let answer = sandbox::ask(child, bytes, TIMEOUT_SECONDS);
        let answer = answer.map_err(|error| AnnexError::Process(error.to_string()))?;
        // An answer that ends early is that of a process that died.
        postcard::from_bytes(&answer).unwrap_or(Err(AnnexError::Damaged))
    }
}

/// The process's side: reads one annex from standard input, and writes the result to standard output.
///
/// # Errors
/// When the annex makes the reader panic, or the pipes are closed.
pub(crate) fn serve() -> io::Result<()> {
    let requests = enter(&Bounds { memory: MAX_MEMORY, seconds: TIMEOUT_SECONDS, access: Access::Nothing })?;
    let bytes = requests.next()?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let read = std::panic::catch_unwind(AssertUnwindSafe(|| read(bytes)));
    let read = read.map_err(|_| io::Error::other("解码时出错退出"))?;
    io::stdout().lock().write_all(&postcard::to_stdvec(&read).map_err(io::Error::other)?)
}

/// Reads an annex, in this process.
fn read(bytes: Vec<u8>) -> Result<Annex, AnnexError> {
    // Readers find a head within the first bytes of a file (ISO 32000-1, annex H, implementation note 13).
    let head = &bytes[..bytes.len().min(1024)];
    if memchr::memmem::find(head, b"%PDF-").is_some() {
        write_anew(bytes).map(Annex::Pages)
    } else {
        pictures::read(bytes).map(Annex::Pictures)
    }
}

/// Writes the pages of a PDF anew, in this process.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn write_anew(bytes: Vec<u8>) -> Result<AnnexPages, AnnexError> {
    let pdf = Pdf::new(bytes.clone()).map_err(|error| match error {
        LoadPdfError::Decryption(_) => AnnexError::Encrypted,
        LoadPdfError::Invalid => AnnexError::Damaged,
    })?;
    let is_unreadable = |page: &Page<'_>| page.raw().contains_key(b"Contents") && page.page_stream().is_none();
    if let Some(at) = pdf.pages().iter().position(is_unreadable) {
        return Err(AnnexError::Page(at + 1));
    }
    let mut left_out = Vec::new();
    if pdf.pages().iter().any(has_annotations) {
        left_out.push(LeftOut::Annotations);
    }
    if pdf.xref().has_optional_content_groups() {
        left_out.push(LeftOut::Layers);
    }
    let part = BoundPart { title: String::new(), files: vec![bytes] };
    let bound = bind("", &[part]).map_err(|_| AnnexError::Damaged)?;
    Ok(AnnexPages { bytes: bound.bytes, pages: bound.pages, left_out })
}

/// Whether something is drawn above a page. Links and other annotations without an appearance show nothing on paper.
fn has_annotations(page: &Page<'_>) -> bool {
    let annotations = page.raw().get::<Array<'_>>(b"Annots");
    annotations.is_some_and(|all| all.iter::<Dict<'_>>().any(|annotation| annotation.contains_key(b"AP")))
}

#[cfg(test)]
mod tests {
    use super::super::annex_faults::{AnnexError, LeftOut};
    use super::write_anew;

    /// A PDF of one page with that content stream and those further entries of the page.
    fn pdf(content: &str, more: &str) -> Vec<u8> {
        format!(
            "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n\
             3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R{more}>>endobj\n\
             4 0 obj<</Length {}>>stream\n{content}\nendstream endobj\ntrailer<</Root 1 0 R/Size 5>>\n%%EOF\n",
            content.len()
        )
        .into_bytes()
    }

    #[test]
    fn pages_are_written_anew_with_the_same_bytes_each_time() {
        let file = pdf("0 0 200 100 re f", "");
        let first = write_anew(file.clone()).unwrap();
        assert!(first.left_out.is_empty());
        assert_eq!(first.bytes, write_anew(file).unwrap().bytes);
        let again = write_anew(first.bytes).unwrap();
        let read = hayro_syntax::Pdf::new(again.bytes).unwrap();
        assert_eq!(read.pages()[0].page_stream(), Some(&b"0 0 200 100 re f"[..]));
    }

    #[test]
    fn what_is_drawn_above_a_page_is_named() {
        let with =
            |annotation| write_anew(pdf("n", &format!("/Annots[<</Type/Annot{annotation}>>]"))).unwrap().left_out;
        assert_eq!(with("/Subtype/Stamp/AP<<>>"), [LeftOut::Annotations]);
        assert_eq!(with("/Subtype/Link"), []);
    }

    #[test]
    fn what_is_no_pdf_is_damaged() {
        assert_eq!(write_anew(b"%PDF-1.4\n%%EOF\n".to_vec()).unwrap_err(), AnnexError::Damaged);
    }
}
