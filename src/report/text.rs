//! Text of a report: pieces with and without provenance, gaps, line breaks, pictures.

use std::sync::Arc;

use crate::picture::Picture;
use crate::store::Digest;

/// A text: pieces in reading order.
pub(crate) type Inlines = Vec<Inline>;

/// A piece of text; a renderer sets the pieces one behind the other without space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Text without provenance.
    Text(String),
    /// Text taken or computed from ledgers, with the index of its provenance in
    /// [`Report::provenance`](super::Report::provenance).
    Sourced(String, u32),
    /// A value that the ledgers do not give: its label, and the index of its provenance when a cell or metric should
    /// have given it.
    Gap(String, Option<u32>),
    /// A line break inside a table cell; paragraphs are split at line breaks instead.
    Break,
    /// A picture of a ledger that is set in the text.
    Picture(Box<PrintedPicture>),
}

/// A picture in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedPicture {
    /// The picture as prepared for printing, shared by all reports that print it.
    pub picture: Arc<Picture>,
    /// The picture's hash, which names its file beside a Markdown report.
    pub digest: Digest,
    /// What it shows, for readers who do not see it: its caption, else the name of its column.
    pub alt: String,
    /// The index of its provenance in [`Report::provenance`](super::Report::provenance).
    pub provenance: Option<u32>,
}

/// The text of a gap as printed in every format.
pub(crate) fn gap_text(label: &str) -> String {
    format!("【待填写：{label}】")
}

/// Text as printed, on one line.
pub(crate) fn plain(text: &[Inline]) -> String {
    let mut out = String::new();
    for inline in text {
        match inline {
            Inline::Text(text) | Inline::Sourced(text, _) => out.push_str(text),
            Inline::Gap(label, _) => out.push_str(&gap_text(label)),
            Inline::Break => out.push(' '),
            Inline::Picture(_) => out.push_str("图片"),
        }
    }
    out
}
