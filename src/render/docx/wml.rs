//! Writes WordprocessingML elements: paragraphs, runs, tables, pictures.
//!
//! Elements are appended to one string, without a tree in between: a body is up to hundreds of kilobytes and consists of
//! few kinds of elements. Styles come from the package template; properties given here are XML in schema order.

use memchr::memchr_iter;

use super::comments::{CommentAnchor, Comments};
use super::picture::Picture;
use crate::provenance::Provenance;
use crate::render::xml::escape_into;
use crate::report::{Inline, Inlines, gap_text};

/// Keeps a paragraph on the page of the one below it.
pub(super) const KEEP_NEXT: &str = "<w:keepNext/>";
/// Keeps a paragraph unbroken and on the page of the one below it.
pub(super) const KEEP_TOGETHER: &str = "<w:keepNext/><w:keepLines/>";
/// Aligns a paragraph to the left.
pub(super) const ALIGN_LEFT: &str = "<w:jc w:val=\"left\"/>";
/// Aligns a paragraph to the right.
pub(super) const ALIGN_RIGHT: &str = "<w:jc w:val=\"right\"/>";
/// Run properties of a gap: the yellow of 待填写.
const GAP_PROPERTIES: &str = "<w:rPr><w:rStyle w:val=\"Gap\"/><w:highlight w:val=\"yellow\"/></w:rPr>";

/// Properties of a table without a style; empty ones are left out.
#[derive(Clone, Copy, Default)]
pub(super) struct PlainTable<'p> {
    /// `w:tblpPr` of a floating table.
    pub position: &'p str,
    /// `w:jc`.
    pub alignment: &'p str,
    /// `w:tblBorders`.
    pub borders: &'p str,
}

/// A document as it is written.
pub(super) struct WmlWriter<'a> {
    /// The XML so far.
    pub xml: String,
    /// The comments so far; `None` when provenance is not explained.
    pub comments: Option<Comments>,
    /// The report's provenance, to which inlines refer.
    provenance: &'a [Provenance<'a>],
    /// Pictures so far; their ids are unique within the document.
    pictures: usize,
    /// The text of the unfinished run.
    run_text: String,
}

impl<'a> WmlWriter<'a> {
    pub(super) fn new(provenance: &'a [Provenance<'a>], comments: Option<Comments>) -> Self {
        /// Bytes of most documents, rounded up.
        const TYPICAL_LEN: usize = 64 * 1024;
        Self { xml: String::with_capacity(TYPICAL_LEN), comments, provenance, pictures: 0, run_text: String::new() }
    }

    /// A paragraph: `lead`, then `text`.
    pub(super) fn paragraph(&mut self, style: &str, properties: &[&str], lead: &str, text: &Inlines) {
        self.open_paragraph(style, properties);
        self.run("", lead);
        self.inlines(text);
        self.close_paragraph();
    }

    /// A paragraph without text.
    pub(super) fn empty_paragraph(&mut self, style: &str, properties: &[&str]) {
        self.open_paragraph(style, properties);
        self.close_paragraph();
    }

    /// Opens a paragraph. An empty `style` is that of the document's defaults; empty `properties` are left out.
    pub(super) fn open_paragraph(&mut self, style: &str, properties: &[&str]) {
        self.xml.push_str("<w:p>");
        if style.is_empty() && properties.iter().all(|property| property.is_empty()) {
            return;
        }
        self.xml.push_str("<w:pPr>");
        if !style.is_empty() {
            for piece in ["<w:pStyle w:val=\"", style, "\"/>"] {
                self.xml.push_str(piece);
            }
        }
        properties.iter().for_each(|property| self.xml.push_str(property));
        self.xml.push_str("</w:pPr>");
    }

    pub(super) fn close_paragraph(&mut self) {
        self.xml.push_str("</w:p>");
    }

    /// An empty paragraph with the properties of the section that it ends.
    pub(super) fn section_break(&mut self, section_properties: &str) {
        self.empty_paragraph("TableAfter", &[section_properties]);
    }

    /// Text: one run as far as possible, whatever its provenance. A gap, a line break and a text with a comment end a
    /// run.
    pub(super) fn inlines(&mut self, text: &[Inline]) {
        self.styled_inlines("", text);
    }

    /// Text whose runs have these properties, but for gaps.
    pub(super) fn styled_inlines(&mut self, properties: &str, text: &[Inline]) {
        for inline in text {
            match inline {
                Inline::Text(text) => self.run_text.push_str(text),
                Inline::Sourced(text, index) => match self.add_comment(*index) {
                    None => self.run_text.push_str(text),
                    Some(anchor) => {
                        self.finish_run(properties);
                        self.xml.push_str(&anchor.start);
                        self.run(properties, text);
                        self.xml.push_str(&anchor.end);
                    }
                },
                Inline::Gap(label, _) => {
                    self.finish_run(properties);
                    self.run(GAP_PROPERTIES, &gap_text(label));
                }
                Inline::Break => {
                    self.finish_run(properties);
                    self.xml.push_str("<w:r><w:br/></w:r>");
                }
            }
        }
        self.finish_run(properties);
    }

    fn finish_run(&mut self, properties: &str) {
        let mut text = std::mem::take(&mut self.run_text);
        self.run(properties, &text);
        text.clear();
        self.run_text = text;
    }

    /// Adds a comment on a text with that provenance, if comments are wanted and it is a metric.
    fn add_comment(&mut self, index: u32) -> Option<CommentAnchor> {
        let metric = self.provenance.get(index as usize).filter(|provenance| provenance.computed.is_some())?;
        Some(self.comments.as_mut()?.add(metric))
    }

    /// A run of text; tabs become tab elements. Nothing for an empty text.
    pub(super) fn run(&mut self, properties: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        self.xml.push_str("<w:r>");
        self.xml.push_str(properties);
        let mut start = 0;
        for end in memchr_iter(b'\t', text.as_bytes()).chain([text.len()]) {
            if start > 0 {
                self.xml.push_str("<w:tab/>");
            }
            let piece = &text[start..end];
            start = end + 1;
            if !piece.is_empty() {
                self.xml.push_str("<w:t xml:space=\"preserve\">");
                escape_into(&mut self.xml, piece);
                self.xml.push_str("</w:t>");
            }
        }
        self.xml.push_str("</w:r>");
    }

    /// Opens a table of columns with these widths (twips) and its header row.
    pub(super) fn open_table(&mut self, widths: &[u32], total_width: u32) {
        self.xml.push_str(&format!(
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"ReportTable\"/><w:tblW w:w=\"{total_width}\" w:type=\"dxa\"/><w:jc w:val=\"center\"/>\
             <w:tblLayout w:type=\"fixed\"/><w:tblLook w:val=\"0020\" w:firstRow=\"1\" w:lastRow=\"0\" w:firstColumn=\"0\" \
             w:lastColumn=\"0\" w:noHBand=\"1\" w:noVBand=\"1\"/></w:tblPr><w:tblGrid>"
        ));
        for width in widths {
            for piece in ["<w:gridCol w:w=\"", itoa::Buffer::new().format(*width), "\"/>"] {
                self.xml.push_str(piece);
            }
        }
        self.xml.push_str("</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
    }

    /// Opens a table without borders and cell margins, with columns of these widths (twips). `properties` are those of
    /// the schema before and behind the width.
    pub(super) fn open_plain_table(&mut self, widths: &[u32], properties: PlainTable<'_>) {
        let total: u32 = widths.iter().sum();
        let PlainTable { position, alignment, borders } = properties;
        self.xml.push_str(&format!(
            "<w:tbl><w:tblPr>{position}<w:tblW w:w=\"{total}\" w:type=\"dxa\"/>{alignment}{borders}<w:tblLayout w:type=\"fixed\"/>\
             <w:tblCellMar><w:left w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"0\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>"
        ));
        widths.iter().for_each(|width| self.xml.push_str(&format!("<w:gridCol w:w=\"{width}\"/>")));
        self.xml.push_str("</w:tblGrid>");
    }

    pub(super) fn close_table(&mut self) {
        self.xml.push_str("</w:tbl>");
    }

    /// Opens a row that is not broken across pages.
    pub(super) fn open_row(&mut self) {
        self.xml.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
    }

    pub(super) fn close_row(&mut self) {
        self.xml.push_str("</w:tr>");
    }

    /// A cell of one paragraph; `width` in twips.
    pub(super) fn cell(&mut self, style: &str, width: u32, properties: &[&str], text: &Inlines) {
        self.open_cell(width);
        self.paragraph(style, properties, "", text);
        self.close_cell();
    }

    pub(super) fn open_cell(&mut self, width: u32) {
        self.xml.push_str("<w:tc><w:tcPr><w:tcW w:w=\"");
        self.xml.push_str(itoa::Buffer::new().format(width));
        self.xml.push_str("\" w:type=\"dxa\"/><w:vAlign w:val=\"center\"/></w:tcPr>");
    }

    pub(super) fn close_cell(&mut self) {
        self.xml.push_str("</w:tc>");
    }

    /// A picture in the open paragraph.
    pub(super) fn picture(&mut self, picture: &Picture<'_>) {
        self.pictures += 1;
        picture.write(&mut self.xml, self.pictures);
    }
}
