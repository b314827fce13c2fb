//! PDF/A-2u in the format of GB/T 9704-2012, laid out here: the pages of the DOCX report, the same in every program.
//!
//! From the report tree to bytes: `letter` (with `head`, `blocks`, `cells`, `figures`, `annex`, `signature`, `tail`)
//! makes blocks of placed lines in the styles of `style`; `atoms`, `line_break` and `lines` make a line of text; `flow`
//! and `table` put blocks onto pages; `page_marks` adds page numbers and the mark of drafts; `gap_links` says where
//! 待填写 lead; `print_list` is the list in front of a set of reports, `picture_pages` a scan behind one; `writer` writes
//! the pages.
//!
//! Text is not shaped: each character is its glyph, which holds for Chinese, Latin, Greek and Cyrillic. Lengths are
//! twips, like those of DOCX.

mod annex;
mod atoms;
mod blocks;
mod cells;
mod composer;
mod figures;
mod flow;
mod gap_links;
mod head;
mod letter;
mod line_break;
mod lines;
mod page;
mod page_kind;
mod page_marks;
mod picture_pages;
mod print_list;
mod signature;
mod style;
mod table;
mod tail;
mod writer;

use std::sync::Arc;

use indexmap::IndexSet;

use super::renderer::{Companion, Format, RenderError, Renderer};
use crate::fonts::{self, Fonts};
use crate::notice::HeadForm;
use crate::report::{Report, plain};
use composer::Composer;
use flow::Flow;
use head::LetterTop;
use page::{Document, PrintedGap};
use page_kind::PageKind;
pub(crate) use picture_pages::PicturePages;
pub(crate) use print_list::{ListedReport, PrintList};
use writer::Description;

/// The PDF renderer.
pub(super) struct Pdf {
    fonts: Arc<Fonts>,
}

impl Pdf {
    /// Renders in these faces.
    pub(super) fn new(fonts: Arc<Fonts>) -> Self {
        Self { fonts }
    }

    /// The pages of a report.
    fn lay_out(&self, report: &Report<'_>) -> Document {
        let letter = &report.letter;
        let letter_form = letter.head.as_ref().filter(|head| head.form == HeadForm::Letter);
        let mut composer = Composer::new(&self.fonts);
        let top = letter_form.map(|head| LetterTop::new(&mut composer, head));
        letter::compose(&mut composer, report);
        let tail = tail::compose(&mut composer, letter);
        let (blocks, structure) = (std::mem::take(&mut composer.blocks), std::mem::take(&mut composer.structure));
        let mut flow = Flow::lay_out(blocks, top.as_ref().map_or(PageKind::Portrait, LetterTop::page_kind));
        if let Some(tail) = tail {
            tail.put_on(&mut flow);
        }
        let mut document = flow.into_document(structure);
        if let (Some(top), Some(head), Some(page)) = (top, letter_form, document.pages.first_mut()) {
            top.put_on(page, head);
        }
        page_marks::add(&mut document, &self.fonts, report.is_draft());
        document.gaps = composer.gaps.into_iter().map(|label| PrintedGap { label, address: None }).collect();
        document
    }
}

/// The pages of a report as a page of the program shows them: each 待填写 leads to its explanation, at `gap_address`
/// with the gap's number, from 1, behind it.
///
/// # Errors
/// When a font or a picture cannot be embedded.
pub(crate) fn linked_pages(report: &Report<'_>, fonts: Arc<Fonts>, gap_address: &str) -> Result<Vec<u8>, RenderError> {
    let pdf = Pdf::new(fonts);
    let mut document = pdf.lay_out(report);
    gap_links::lead(&mut document.gaps, &report.gaps(), gap_address);
    writer::write(&document, &Description::of(report), &pdf.fonts)
}

/// The number of pages of a PDF that this renderer made: its metadata, which are not compressed, say it.
pub(crate) fn page_count(pdf: &[u8]) -> Option<usize> {
    const TAG: &[u8] = b"<xmpTPg:NPages>";
    let at = memchr::memmem::find(pdf, TAG)? + TAG.len();
    let digits: String =
        pdf[at..].iter().take_while(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect();
    digits.parse().ok()
}

impl Renderer for Pdf {
    fn format(&self) -> Format {
        Format::Pdf
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        writer::write(&self.lay_out(report), &Description::of(report), &self.fonts)
    }

    fn companions(&self, report: &Report<'_>) -> Vec<Companion> {
        let mut text = String::new();
        report.for_each_text(|inlines, _| text.push_str(&plain(inlines)));
        vec![Companion { name: fonts::RECORD.to_owned(), bytes: fonts::to_json(&self.fonts.records(&text)) }]
    }

    fn unprintable(&self, report: &Report<'_>) -> Vec<char> {
        let mut found = IndexSet::new();
        report.for_each_text(|text, _| atoms::missing(&self.fonts, &plain(text), &mut found));
        found.into_iter().collect()
    }
}
