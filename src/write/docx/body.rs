//! `word/document.xml`, streamed against the frame's styles.

use super::super::xml::escape_into;
use super::frame::Frame;
use super::geometry::{CHARACTER, LANDSCAPE_TEXT_WIDTH, TEXT_WIDTH};
use crate::notice::written_day;
use crate::report::{Align, Block, Inline, Letter, Report, Table, Text, em_tenths, gap_text, plain};

/// The whole part.
pub fn document(report: &Report, frame: &Frame) -> String {
    let mut body = Body { out: String::with_capacity(32 * 1024), frame };
    body.out.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><w:body>",
    );
    for line in &report.letter.title {
        body.paragraph("Title", "", "", line);
    }
    body.paragraph("", "", "", &Text::new());
    body.text_paragraph("Addressee", "", &report.letter.addressee, "：");
    let last = report.body.len().saturating_sub(1);
    for (at, block) in report.body.iter().enumerate() {
        body.block(block, at == last);
    }
    body.signature(&report.letter);
    body.out.push_str(&frame.portrait);
    body.out.push_str("</w:body></w:document>");
    body.out
}

struct Body<'a> {
    out: String,
    frame: &'a Frame,
}

/// Keeps a paragraph whole and on the page of the one below it.
const KEEP: &str = "<w:keepNext/><w:keepLines/>";
/// Characters of the line to sign on.
const SIGNING_RULE: &str = "　　　　　　　　";

impl Body<'_> {
    fn block(&mut self, block: &Block, closing: bool) {
        let keep = if closing { KEEP } else { "" };
        match block {
            Block::Heading { level, number, text } => self.paragraph(&format!("Heading{level}"), "", number, text),
            Block::Paragraph { point, text } => self.paragraph("BodyText", keep, point, text),
            Block::Table(table) if table.landscape => {
                self.section_ends(&self.frame.portrait);
                self.table(table, LANDSCAPE_TEXT_WIDTH, closing);
                self.section_ends(&self.frame.landscape);
            }
            Block::Table(table) => {
                self.table(table, TEXT_WIDTH, closing);
                self.paragraph("TableAfter", if closing { "<w:keepNext/>" } else { "" }, "", &Text::new());
            }
        }
    }

    /// A paragraph; `properties` stand between its style and its text.
    fn paragraph(&mut self, style: &str, properties: &str, lead: &str, text: &Text) {
        self.open_paragraph(style, properties);
        self.run("", lead);
        self.inlines(text);
        self.out.push_str("</w:p>");
    }

    fn text_paragraph(&mut self, style: &str, properties: &str, text: &Text, tail: &str) {
        self.open_paragraph(style, properties);
        self.inlines(text);
        self.run("", tail);
        self.out.push_str("</w:p>");
    }

    fn open_paragraph(&mut self, style: &str, properties: &str) {
        self.out.push_str("<w:p>");
        if style.is_empty() && properties.is_empty() {
            return;
        }
        self.out.push_str("<w:pPr>");
        if !style.is_empty() {
            self.out.push_str("<w:pStyle w:val=\"");
            self.out.push_str(style);
            self.out.push_str("\"/>");
        }
        self.out.push_str(properties);
        self.out.push_str("</w:pPr>");
    }

    fn inlines(&mut self, text: &[Inline]) {
        for inline in text {
            match inline {
                Inline::Text(text) => self.run("", text),
                Inline::Gap(what) => {
                    self.run("<w:rPr><w:rStyle w:val=\"Gap\"/><w:highlight w:val=\"yellow\"/></w:rPr>", &gap_text(what))
                }
                Inline::Break => self.out.push_str("<w:r><w:br/></w:r>"),
            }
        }
    }

    /// A run of text; tabs become tab elements.
    fn run(&mut self, properties: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        self.out.push_str("<w:r>");
        self.out.push_str(properties);
        for (at, piece) in text.split('\t').enumerate() {
            if at > 0 {
                self.out.push_str("<w:tab/>");
            }
            if !piece.is_empty() {
                self.out.push_str("<w:t xml:space=\"preserve\">");
                escape_into(&mut self.out, piece);
                self.out.push_str("</w:t>");
            }
        }
        self.out.push_str("</w:r>");
    }

    /// An empty paragraph that ends a section.
    fn section_ends(&mut self, properties: &str) {
        self.out.push_str("<w:p><w:pPr><w:pStyle w:val=\"TableAfter\"/>");
        self.out.push_str(properties);
        self.out.push_str("</w:pPr></w:p>");
    }

    fn table(&mut self, table: &Table, width: u32, closing: bool) {
        if let Some((number, caption)) = &table.caption {
            self.paragraph("TableCaption", "", &format!("{number}　"), caption);
        }
        let widths = widths(table, width);
        self.out.push_str(&format!(
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"ReportTable\"/><w:tblW w:w=\"{width}\" w:type=\"dxa\"/><w:jc w:val=\"center\"/>\
             <w:tblLayout w:type=\"fixed\"/><w:tblLook w:val=\"0020\" w:firstRow=\"1\" w:lastRow=\"0\" w:firstColumn=\"0\" \
             w:lastColumn=\"0\" w:noHBand=\"1\" w:noVBand=\"1\"/></w:tblPr><w:tblGrid>"
        ));
        for width in &widths {
            self.out.push_str(&format!("<w:gridCol w:w=\"{width}\"/>"));
        }
        self.out.push_str("</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
        for (cell, width) in table.head.iter().zip(&widths) {
            self.cell("TableHead", *width, "<w:keepNext/>", cell);
        }
        self.out.push_str("</w:tr>");
        let last = table.rows.len().saturating_sub(1);
        for (at, row) in table.rows.iter().enumerate() {
            self.out.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
            for ((cell, column), width) in row.iter().zip(&table.columns).zip(&widths) {
                let keep = if closing && at == last { "<w:keepNext/>" } else { "" };
                let align = match column.align {
                    Align::Left => "<w:jc w:val=\"left\"/>",
                    Align::Center => "",
                    Align::Right => "<w:jc w:val=\"right\"/>",
                };
                self.cell("TableText", *width, &format!("{keep}{align}"), cell);
            }
            self.out.push_str("</w:tr>");
        }
        self.out.push_str("</w:tbl>");
    }

    fn cell(&mut self, style: &str, width: u32, properties: &str, text: &Text) {
        self.out.push_str(&format!(
            "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/><w:vAlign w:val=\"center\"/></w:tcPr>"
        ));
        self.paragraph(style, properties, "", text);
        self.out.push_str("</w:tc>");
    }

    /// The signature block; from the closing sentence on, everything stays on one page.
    fn signature(&mut self, letter: &Letter) {
        self.paragraph("", KEEP, "", &Text::new());
        self.open_paragraph("SigningLine", "");
        self.inlines(&letter.signer);
        self.run("", "（签字）：");
        self.run("<w:rPr><w:u w:val=\"single\"/></w:rPr>", SIGNING_RULE);
        if letter.seal {
            self.run("", "（盖章）");
        }
        self.out.push_str("</w:p>");
        self.paragraph("", KEEP, "", &Text::new());
        let date = vec![Inline::Text(written_day(letter.date))];
        let (organisation, written) = signature_indents(&letter.organisation, &date, letter.seal);
        self.paragraph("Organisation", &right_indent(organisation), "", &letter.organisation);
        let keep = if letter.note.is_some() { KEEP } else { "" };
        self.paragraph("DateOfWriting", &format!("{keep}{}", right_indent(written)), "", &date);
        if let Some(note) = &letter.note {
            self.open_paragraph("Note", "<w:keepLines/>");
            self.run("", "（");
            self.inlines(note);
            self.run("", "）");
            self.out.push_str("</w:p>");
        }
    }
}

/// Right indents of 署名 and 成文日期 in hundredths of a character (GB/T 9704-2012, 7.3.5).
///
/// Sealed: the date four characters in, 署名 centred on it. Unsealed: 署名 two in, the date's first character two
/// to the right of 署名's first; a date longer than that leaves two in itself, and 署名 further.
pub fn signature_indents(organisation: &Text, date: &Text, seal: bool) -> (i32, i32) {
    let hundredths = |text: &Text| plain(text).chars().map(|c| em_tenths(c) as i32 * 10).sum::<i32>();
    let (name, date) = (hundredths(organisation), hundredths(date));
    if seal {
        let centred = 400 + (date - name) / 2;
        return if centred >= 0 { (centred, 400) } else { (0, (name - date) / 2) };
    }
    let written = name - date;
    if written >= 0 { (200, written) } else { (400 + date - name, 200) }
}

fn right_indent(hundredths: i32) -> String {
    format!("<w:ind w:rightChars=\"{hundredths}\" w:right=\"{}\"/>", hundredths * CHARACTER / 100)
}

/// Column widths in twips that sum to exactly `width`.
fn widths(table: &Table, width: u32) -> Vec<u32> {
    let mut left = width;
    let mut widths: Vec<u32> = table
        .columns
        .iter()
        .map(|column| {
            let share = width * u32::from(column.share) / 1000;
            left = left.saturating_sub(share);
            share
        })
        .collect();
    if let Some(last) = widths.last_mut() {
        *last += left;
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::{Inline, Text, signature_indents};

    fn text(text: &str) -> Text {
        vec![Inline::Text(text.to_owned())]
    }

    #[test]
    fn signatures_stand_as_the_standard_says() {
        let date = text("2018年11月2日");
        assert_eq!(signature_indents(&text("教务处党支部"), &date, true), (425, 400));
        assert_eq!(signature_indents(&text("机电工程学院党总支"), &date, true), (275, 400));
        assert_eq!(signature_indents(&text(&"长".repeat(20)), &date, true), (0, 675));
        assert_eq!(signature_indents(&text("机电工程学院党总支"), &date, false), (200, 250));
        assert_eq!(signature_indents(&text("教务处"), &date, false), (750, 200));
    }
}
