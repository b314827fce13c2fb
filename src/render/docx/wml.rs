//! Writes WordprocessingML elements: paragraphs, runs, tables, pictures.
//!
//! Elements are appended to one string, without a tree in between: a body is up to hundreds of kilobytes and consists
//! of few kinds of elements. Styles come from the package template; properties given here are XML in schema order.

use std::sync::Arc;

use indexmap::IndexMap;
use memchr::memchr_iter;

use super::comments::{CommentAnchor, Comments};
use super::picture::{self, InlinePicture, Room};
use crate::picture::Picture;
use crate::provenance::Provenance;
use crate::render::geometry::{CELL_MARGIN, MAX_PICTURE_MM, TEXT_WIDTH};
use crate::render::xml::escape_into;
use crate::report::{Inline, Inlines, PrintedPicture, gap_text};
use crate::store::Digest;

/// Keeps a paragraph on the page of the one below it.
pub(super) const KEEP_NEXT: &str = "<w:keepNext/>";
/// Keeps a paragraph unbroken and on the page of the one below it.
pub(super) const KEEP_TOGETHER: &str = "<w:keepNext/><w:keepLines/>";
/// Aligns a paragraph to the left.
pub(super) const ALIGN_LEFT: &str = "<w:jc w:val=\"left\"/>";
/// Aligns a paragraph to the right.
pub(super) const ALIGN_RIGHT: &str = "<w:jc w:val=\"right\"/>";
/// Lines of the body, but as high as the pictures in them.
const BODY_LINE: &str = "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"579\" w:lineRule=\"atLeast\"/>";
/// Likewise in tables and figures.
const CELL_LINE: &str = "<w:spacing w:line=\"300\" w:lineRule=\"atLeast\"/>";
/// English metric units (EMU), in which DrawingML measures.
pub(super) const EMU_PER_TWIP: u64 = 635;
pub(super) const EMU_PER_MM: u64 = 36_000;
/// The style of a gap's run.
const GAP_STYLE: &str = "<w:rStyle w:val=\"Gap\"/>";
/// The yellow of 待填写.
const GAP_HIGHLIGHT: &str = "<w:highlight w:val=\"yellow\"/>";

/// The type of a table's text, as XML in the places where it differs from the styles.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TableType {
    /// In `w:tblPr`: cell margins.
    margins: &'static str,
    /// In `w:pPr`: line height.
    pub line: &'static str,
    /// In `w:rPr`: size.
    size: &'static str,
}

impl TableType {
    /// 小六 (13 half-points) on lines of 9 pt, with margins of 1 pt.
    pub(super) const SMALL: Self = Self {
        margins: "<w:tblCellMar><w:left w:w=\"20\" w:type=\"dxa\"/><w:right w:w=\"20\" w:type=\"dxa\"/></w:tblCellMar>",
        line: "<w:spacing w:line=\"180\" w:lineRule=\"exact\"/>",
        size: "<w:sz w:val=\"13\"/><w:szCs w:val=\"13\"/>",
    };
}

/// A document as it is written.
pub(super) struct WmlWriter<'a> {
    /// The XML so far.
    pub xml: String,
    /// The comments so far; `None` when provenance is not explained.
    pub comments: Option<Comments>,
    /// The type of the table that is being written.
    pub table_type: TableType,
    /// The report's provenance, to which inlines refer.
    provenance: &'a [Provenance<'a>],
    /// The pictures of ledgers so far, by their hashes.
    pub pictures: IndexMap<Digest, Arc<Picture>>,
    /// The number of drawings so far; their ids are unique within the document.
    drawings: usize,
    /// Twips across which a picture may stand.
    width: u32,
    /// The text of the unfinished run.
    run_text: String,
}

impl<'a> WmlWriter<'a> {
    pub(super) fn new(provenance: &'a [Provenance<'a>], comments: Option<Comments>) -> Self {
        /// Bytes of most documents, rounded up.
        const TYPICAL_LEN: usize = 64 * 1024;
        Self {
            xml: String::with_capacity(TYPICAL_LEN),
            comments,
            table_type: TableType::default(),
            provenance,
            pictures: IndexMap::new(),
            drawings: 0,
            width: TEXT_WIDTH,
            run_text: String::new(),
        }
    }

    /// A paragraph: `lead`, then `text`.
    pub(super) fn paragraph(&mut self, style: &str, properties: &[&str], lead: &str, text: &Inlines) {
        if text.iter().any(|inline| matches!(inline, Inline::Picture(_))) {
            // The alignment comes last in the schema.
            let (alignment, before): (Vec<&str>, Vec<&str>) =
                properties.iter().partition(|property| property.starts_with("<w:jc"));
            let line = if style == "BodyText" { BODY_LINE } else { CELL_LINE };
            self.open_paragraph(style, &[before, vec![line], alignment].concat());
        } else {
            self.open_paragraph(style, properties);
        }
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
                        self.styled_run(properties, text);
                        self.xml.push_str(&anchor.end);
                    }
                },
                Inline::Gap(label, _) => {
                    self.finish_run(properties);
                    self.text_run(GAP_STYLE, GAP_HIGHLIGHT, &gap_text(label));
                }
                Inline::Break => {
                    self.finish_run(properties);
                    self.xml.push_str("<w:r><w:br/></w:r>");
                }
                Inline::Picture(printed) => {
                    self.finish_run(properties);
                    self.printed_picture(printed);
                }
            }
        }
        self.finish_run(properties);
    }

    fn finish_run(&mut self, properties: &str) {
        let mut text = std::mem::take(&mut self.run_text);
        self.styled_run(properties, &text);
        text.clear();
        self.run_text = text;
    }

    /// A run of a text with properties of its own, else as the text around.
    fn styled_run(&mut self, properties: &str, text: &str) {
        if properties.is_empty() { self.text_run("", "", text) } else { self.run(properties, text) }
    }

    /// A run of a text, in the size of the table around; the properties stand before and behind the size.
    fn text_run(&mut self, before: &str, behind: &str, text: &str) {
        let size = self.table_type.size;
        if before.is_empty() && size.is_empty() && behind.is_empty() {
            return self.run("", text);
        }
        self.run(&["<w:rPr>", before, size, behind, "</w:rPr>"].concat(), text);
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
             <w:tblLayout w:type=\"fixed\"/>{}<w:tblLook w:val=\"0020\" w:firstRow=\"1\" w:lastRow=\"0\" w:firstColumn=\"0\" \
             w:lastColumn=\"0\" w:noHBand=\"1\" w:noVBand=\"1\"/></w:tblPr><w:tblGrid>",
            self.table_type.margins
        ));
        for width in widths {
            for piece in ["<w:gridCol w:w=\"", itoa::Buffer::new().format(*width), "\"/>"] {
                self.xml.push_str(piece);
            }
        }
        self.xml.push_str("</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
    }

    /// Opens a table without borders, with columns of these widths and cells with these margins on both sides (twips).
    /// `alignment` is `w:jc` or `w:tblInd`.
    pub(super) fn open_plain_table(&mut self, widths: &[u32], alignment: &str, cell_margin: u32) {
        let total: u32 = widths.iter().sum();
        self.xml.push_str(&format!(
            "<w:tbl><w:tblPr><w:tblW w:w=\"{total}\" w:type=\"dxa\"/>{alignment}<w:tblLayout w:type=\"fixed\"/>\
             <w:tblCellMar><w:left w:w=\"{cell_margin}\" w:type=\"dxa\"/><w:right w:w=\"{cell_margin}\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>"
        ));
        widths.iter().for_each(|width| self.xml.push_str(&format!("<w:gridCol w:w=\"{width}\"/>")));
        self.xml.push_str("</w:tblGrid>");
    }

    pub(super) fn close_table(&mut self) {
        self.xml.push_str("</w:tbl>");
    }

    /// Opens a row that is not broken across pages.
    pub(super) fn open_row(&mut self) {
        self.open_row_of("");
    }

    /// The same, with a height (`w:trHeight`).
    pub(super) fn open_row_of(&mut self, height: &str) {
        for piece in ["<w:tr><w:trPr><w:cantSplit/>", height, "</w:trPr>"] {
            self.xml.push_str(piece);
        }
    }

    /// Opens a row that is broken where a page ends.
    pub(super) fn open_tall_row(&mut self) {
        self.xml.push_str("<w:tr>");
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
        self.open_spanning_cell(width, 1);
    }

    /// Opens a cell across so many columns; `width` in twips.
    pub(super) fn open_spanning_cell(&mut self, width: u32, columns: u32) {
        self.width = width.saturating_sub(2 * CELL_MARGIN);
        self.xml.push_str("<w:tc><w:tcPr><w:tcW w:w=\"");
        self.xml.push_str(itoa::Buffer::new().format(width));
        self.xml.push_str("\" w:type=\"dxa\"/>");
        if columns > 1 {
            self.xml.push_str(&format!("<w:gridSpan w:val=\"{columns}\"/>"));
        }
        self.xml.push_str("<w:vAlign w:val=\"center\"/></w:tcPr>");
    }

    /// Opens a cell whose text begins at its upper edge.
    pub(super) fn open_top_cell(&mut self, width: u32) {
        self.xml.push_str(&format!("<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>"));
    }

    pub(super) fn close_cell(&mut self) {
        self.width = TEXT_WIDTH;
        self.xml.push_str("</w:tc>");
    }

    /// A picture of a ledger in the open paragraph, as large as the paragraph is wide at most.
    fn printed_picture(&mut self, printed: &PrintedPicture) {
        let (number, _) = self.pictures.insert_full(printed.digest, Arc::clone(&printed.picture));
        let file = picture::media_name(number, printed.picture.format);
        let relationship = picture::relationship_id(number);
        let room = Room { width: u64::from(self.width) * EMU_PER_TWIP, height: u64::from(MAX_PICTURE_MM) * EMU_PER_MM };
        let (width, height) = picture::size_in(&printed.picture, room);
        let (file, relationship) = (file.as_str(), relationship.as_str());
        self.picture(&InlinePicture { file, relationship, width, height, label: "图片", description: &printed.alt });
    }

    /// A picture in the open paragraph.
    pub(super) fn picture(&mut self, picture: &InlinePicture<'_>) {
        self.drawings += 1;
        picture.write(&mut self.xml, self.drawings);
    }
}
