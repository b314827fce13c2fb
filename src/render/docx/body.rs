//! `word/document.xml`: a report's text, written against the styles of the package template.

use std::sync::Arc;

use indexmap::IndexMap;

use super::comments::Comments;
use super::package_template::PackageTemplate;
use super::picture::InlinePicture;
use super::sections::{SectionOptions, Sections};
use super::wml::{ALIGN_LEFT, ALIGN_RIGHT, EMU_PER_TWIP, KEEP_NEXT, KEEP_TOGETHER, TableType, WmlWriter};
use super::{annex, figures, head, signature, tail};
use crate::notice::HeadForm;
use crate::picture::Picture;
use crate::render::geometry::{BAR_HEIGHT, CHART_WIDTHS, ChartWidths, LANDSCAPE_TEXT_WIDTH, LONGEST_BAR, TEXT_WIDTH};
use crate::report::{Align, Annex, Bar, Block, Caption, Chart, Inlines, Report, Table, plain};
use crate::store::Digest;

/// The parts that contain a report's text.
pub(super) struct BodyParts {
    /// `word/document.xml`.
    pub document: String,
    /// `word/comments.xml`; `None` without `trace`.
    pub comments: Option<String>,
    /// The pictures, by their hashes, in the order of their numbers in [`media_name`](super::picture::media_name).
    pub pictures: IndexMap<Digest, Arc<Picture>>,
}

/// Writes a report's text. With `trace`, metrics have comments that explain their provenance.
pub(super) fn write(report: &Report<'_>, template: &PackageTemplate, trace: bool) -> BodyParts {
    let options = SectionOptions { draft: report.is_draft(), letter_form: is_letter_form(report) };
    let writer = WmlWriter::new(&report.provenance, trace.then(Comments::default));
    let sections = Sections::new(&template.portrait, options);
    let mut body = Body { writer, sections, mark_fonts: &template.mark_fonts, width: TEXT_WIDTH };
    body.writer.xml.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><w:body>",
    );
    body.head(report);
    let last = report.body.len().saturating_sub(1);
    for (at, block) in report.body.iter().enumerate() {
        body.block(block, at == last);
    }
    annex::write_list(&mut body.writer, report);
    signature::write(&mut body.writer, report);
    let section = body.annexes(&report.annexes);
    let Body { mut writer, mut sections, .. } = body;
    tail::write(&mut writer, &report.letter, section, &mut sections);
    writer.xml.push_str("</w:body></w:document>");
    let WmlWriter { xml, comments, pictures, .. } = writer;
    BodyParts { document: xml, comments: comments.map(|comments| comments.part()), pictures }
}

/// Whether the first page is in 信函格式.
pub(super) fn is_letter_form(report: &Report<'_>) -> bool {
    report.letter.head.as_ref().is_some_and(|head| head.form == HeadForm::Letter)
}

struct Body<'a> {
    writer: WmlWriter<'a>,
    sections: Sections<'a>,
    /// `w:rPr` of the mark of an annex.
    mark_fonts: &'a str,
    /// Width between the margins of the pages that are being written, in twips.
    width: u32,
}

impl Body<'_> {
    /// What stands above the title, the title, an empty line, 主送机关 (GB/T 9704-2012, 7.2, 7.3.1 and 7.3.2).
    fn head(&mut self, report: &Report<'_>) {
        report.letter.head.iter().for_each(|letter_head| head::write(&mut self.writer, letter_head));
        for line in &report.letter.title {
            self.writer.paragraph("Title", &[], "", line);
        }
        self.writer.empty_paragraph("", &[]);
        self.writer.open_paragraph("Addressee", &[]);
        self.writer.inlines(&report.letter.addressee);
        self.writer.run("", "：");
        self.writer.close_paragraph();
    }

    /// A block; the closing one stays on the page of the signature.
    fn block(&mut self, block: &Block, is_closing: bool) {
        match block {
            Block::Heading { level, number, text } => {
                self.writer.paragraph(&format!("Heading{level}"), &[], number, text);
            }
            Block::Paragraph { point, text } => {
                let keep = if is_closing { KEEP_TOGETHER } else { "" };
                self.writer.paragraph("BodyText", &[keep], point, text);
            }
            Block::Table(table) if table.landscape => {
                self.writer.section_break(&self.sections.portrait());
                self.table(table, LANDSCAPE_TEXT_WIDTH, is_closing);
                self.writer.section_break(&self.sections.landscape());
            }
            Block::Table(table) => {
                self.table(table, self.width, is_closing);
                self.space_after_table(is_closing);
            }
            Block::Chart(chart) => {
                self.chart(chart, is_closing);
                self.space_after_table(is_closing);
            }
            Block::Pictures(group) => {
                figures::write(&mut self.writer, group, is_closing);
                self.space_after_table(is_closing);
            }
        }
    }

    /// Annexes, each on pages of its own; the properties of the section that the last one ends are returned.
    fn annexes(&mut self, annexes: &[Annex]) -> String {
        let mut landscape = false;
        for annex in annexes {
            let turns = annex.landscape != landscape;
            if turns {
                annex::write_section_break(&mut self.writer, &self.sections.turned(landscape));
            }
            landscape = annex.landscape;
            self.width = if landscape { LANDSCAPE_TEXT_WIDTH } else { TEXT_WIDTH };
            annex::write_head(&mut self.writer, annex, self.mark_fonts, turns);
            let Some((last, others)) = annex.body.split_last() else { continue };
            others.iter().for_each(|block| self.block(block, false));
            match last {
                Block::Table(table) => {
                    self.table(table, self.width, false);
                    annex::write_end_of_table(&mut self.writer);
                }
                Block::Chart(chart) => {
                    self.chart(chart, false);
                    annex::write_end_of_table(&mut self.writer);
                }
                Block::Heading { .. } | Block::Paragraph { .. } | Block::Pictures(_) => self.block(last, false),
            }
        }
        self.sections.turned(landscape)
    }

    fn space_after_table(&mut self, is_closing: bool) {
        self.writer.empty_paragraph("TableAfter", &[if is_closing { KEEP_NEXT } else { "" }]);
    }

    fn caption(&mut self, caption: &Caption) {
        self.writer.paragraph("TableCaption", &[], &format!("{}　", caption.number), &caption.text);
    }

    /// A table of that width in twips.
    fn table(&mut self, table: &Table, width: u32, is_closing: bool) {
        if let Some(caption) = &table.caption {
            self.caption(caption);
        }
        let widths = column_widths(table, width);
        self.writer.table_type = if table.small { TableType::SMALL } else { TableType::default() };
        let line = self.writer.table_type.line;
        self.writer.open_table(&widths, width);
        for (cell, width) in table.head.iter().zip(&widths) {
            self.writer.cell("TableHead", *width, &[KEEP_NEXT, line], cell);
        }
        self.writer.close_row();
        let last = table.rows.len().saturating_sub(1);
        for (at, row) in table.rows.iter().enumerate() {
            if table.may_break(row) {
                self.writer.open_tall_row()
            } else {
                self.writer.open_row()
            }
            let keep = if is_closing && at == last { KEEP_NEXT } else { "" };
            for ((cell, column), width) in row.iter().zip(&table.columns).zip(&widths) {
                let align = match column.align {
                    Align::Left => ALIGN_LEFT,
                    // The style's.
                    Align::Center => "",
                    Align::Right => ALIGN_RIGHT,
                };
                self.writer.cell("TableText", *width, &[keep, line, align], cell);
            }
            self.writer.close_row();
        }
        self.writer.close_table();
        self.writer.table_type = TableType::default();
    }

    /// A chart as a table with a picture of a bar between each name and its value: it breaks across pages like a table,
    /// and its text stays text.
    fn chart(&mut self, chart: &Chart, is_closing: bool) {
        self.caption(&chart.caption);
        let ChartWidths { name, bar, value } = CHART_WIDTHS;
        self.writer.open_table(&[name, bar, value], TEXT_WIDTH);
        self.writer.cell("TableHead", name, &[KEEP_NEXT], &chart.name_header);
        self.writer.cell("TableHead", bar, &[KEEP_NEXT], &Inlines::new());
        self.writer.cell("TableHead", value, &[KEEP_NEXT], &chart.value_header);
        self.writer.close_row();
        let last = chart.bars.len().saturating_sub(1);
        for (at, row) in chart.bars.iter().enumerate() {
            let keep = if is_closing && at == last { KEEP_NEXT } else { "" };
            self.writer.open_row();
            self.writer.cell("TableText", name, &[keep, ALIGN_LEFT], &row.name);
            self.writer.open_cell(bar);
            self.writer.open_paragraph("TableText", &[keep, ALIGN_LEFT]);
            self.bar(row);
            self.writer.close_paragraph();
            self.writer.close_cell();
            self.writer.cell("TableText", value, &[keep, ALIGN_RIGHT], &row.value);
            self.writer.close_row();
        }
        self.writer.close_table();
    }

    /// The picture of a bar; none for a bar of no length.
    fn bar(&mut self, bar: &Bar) {
        if bar.share == 0 {
            return;
        }
        self.writer.picture(&InlinePicture {
            file: "bar.png",
            relationship: "rIdBar",
            width: u64::from(LONGEST_BAR) * EMU_PER_TWIP * u64::from(bar.share) / 1000,
            height: u64::from(BAR_HEIGHT) * EMU_PER_TWIP,
            label: "图条",
            description: &format!("{}：{}", plain(&bar.name), plain(&bar.value)),
        });
    }
}

/// Column widths in twips that sum to exactly `width`; the last column gets the rounding remainder.
fn column_widths(table: &Table, width: u32) -> Vec<u32> {
    let mut widths: Vec<u32> = table.columns.iter().map(|column| width * u32::from(column.share) / 1000).collect();
    let remainder = width.saturating_sub(widths.iter().sum());
    if let Some(last) = widths.last_mut() {
        *last += remainder;
    }
    widths
}
