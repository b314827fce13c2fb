//! `word/document.xml`, streamed against the frame's styles.

use memchr::memchr_iter;

use super::super::xml::escape_into;
use super::comments::Comments;
use super::geometry::{CHARACTER, LANDSCAPE_TEXT_WIDTH, TEXT_WIDTH};
use super::package_template::PackageTemplate;
use super::picture::Picture;
use crate::notice::written_day;
use crate::provenance::Provenance;
use crate::report::{Align, Bar, Block, Chart, Inline, Letter, Report, Table, Text, em_tenths, gap_text, plain};

/// What a report's text becomes.
pub struct BodyOutput {
    /// `word/document.xml`.
    pub document: String,
    /// `word/comments.xml`, when sources are told.
    pub comments: Option<String>,
}

/// The parts of a report's text; with `trace`, its metrics carry comments that tell their sources.
pub fn document(report: &Report<'_>, frame: &PackageTemplate, trace: bool) -> BodyOutput {
    let comments = trace.then(Comments::default);
    let noted = report.letter.note.is_some() || report.stamp.is_some();
    let (out, origins) = (String::with_capacity(64 * 1024), &report.origins[..]);
    let mut body = Body { out, plain: String::new(), frame, origins, comments, pictures: 0, noted };
    body.out.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><w:body>",
    );
    for line in &report.letter.title {
        body.paragraph("Title", &[], "", line);
    }
    body.paragraph("", &[], "", &Text::new());
    body.text_paragraph("Addressee", &report.letter.addressee, "：");
    let last = report.body.len().saturating_sub(1);
    for (at, block) in report.body.iter().enumerate() {
        body.block(block, at == last);
    }
    body.signature(&report.letter);
    body.note(report);
    body.out.push_str(&frame.portrait);
    body.out.push_str("</w:body></w:document>");
    BodyOutput { document: body.out, comments: body.comments.map(|comments| comments.part()) }
}

struct Body<'a> {
    out: String,
    /// The text of the run under way.
    plain: String,
    frame: &'a PackageTemplate,
    origins: &'a [Provenance<'a>],
    comments: Option<Comments>,
    /// Pictures so far; they are numbered within their document.
    pictures: usize,
    /// Whether anything stands below the date.
    noted: bool,
}

/// Keeps a paragraph whole and on the page of the one below it.
const KEEP: &str = "<w:keepNext/><w:keepLines/>";
/// Characters of the line to sign on.
const SIGNING_RULE: &str = "　　　　　　　　";
/// A chart's columns in twips: name, bar, number.
const CHART_WIDTHS: [u32; 3] = [3_007, 4_423, 1_415];
/// The longest bar, in EMU (635 a twip): its column less the cell's margins.
const LONGEST_BAR: u64 = (4_423 - 160) * 635;
/// A bar's height in EMU: 11 pt.
const BAR_HEIGHT: u64 = 11 * 12_700;
/// A QR code's side in EMU: 18 mm.
const QR_SIZE: u64 = 18 * 36_000;

impl Body<'_> {
    fn block(&mut self, block: &Block, closing: bool) {
        let keep = if closing { KEEP } else { "" };
        match block {
            Block::Heading { level, number, text } => self.paragraph(&format!("Heading{level}"), &[], number, text),
            Block::Paragraph { point, text } => self.paragraph("BodyText", &[keep], point, text),
            Block::Table(table) if table.landscape => {
                self.section_ends(&self.frame.portrait);
                self.table(table, LANDSCAPE_TEXT_WIDTH, closing);
                self.section_ends(&self.frame.landscape);
            }
            Block::Table(table) => {
                self.table(table, TEXT_WIDTH, closing);
                self.after_table(closing);
            }
            Block::Chart(chart) => {
                self.chart(chart, closing);
                self.after_table(closing);
            }
        }
    }

    fn after_table(&mut self, closing: bool) {
        self.paragraph("TableAfter", &[if closing { "<w:keepNext/>" } else { "" }], "", &Text::new());
    }

    /// A paragraph; `properties` stand between its style and its text.
    fn paragraph(&mut self, style: &str, properties: &[&str], lead: &str, text: &Text) {
        self.open_paragraph(style, properties);
        self.run("", lead);
        self.inlines(text);
        self.out.push_str("</w:p>");
    }

    fn text_paragraph(&mut self, style: &str, text: &Text, tail: &str) {
        self.open_paragraph(style, &[]);
        self.inlines(text);
        self.run("", tail);
        self.out.push_str("</w:p>");
    }

    fn open_paragraph(&mut self, style: &str, properties: &[&str]) {
        self.out.push_str("<w:p>");
        if style.is_empty() && properties.iter().all(|property| property.is_empty()) {
            return;
        }
        self.out.push_str("<w:pPr>");
        if !style.is_empty() {
            self.out.push_str("<w:pStyle w:val=\"");
            self.out.push_str(style);
            self.out.push_str("\"/>");
        }
        properties.iter().for_each(|property| self.out.push_str(property));
        self.out.push_str("</w:pPr>");
    }

    fn inlines(&mut self, text: &[Inline]) {
        // Text is one run, whatever its origins, unless a comment parts it.
        for inline in text {
            match (inline, self.comment_on(inline)) {
                (Inline::Text(text), _) | (Inline::Sourced(text, _), None) => self.plain.push_str(text),
                (Inline::Sourced(text, _), Some((before, after))) => {
                    self.end_run();
                    self.out.push_str(&before);
                    self.run("", text);
                    self.out.push_str(&after);
                }
                (Inline::Gap(what, _), _) => {
                    self.end_run();
                    let marked = "<w:rPr><w:rStyle w:val=\"Gap\"/><w:highlight w:val=\"yellow\"/></w:rPr>";
                    self.run(marked, &gap_text(what));
                }
                (Inline::Break, _) => {
                    self.end_run();
                    self.out.push_str("<w:r><w:br/></w:r>");
                }
            }
        }
        self.end_run();
    }

    fn end_run(&mut self) {
        let mut plain = std::mem::take(&mut self.plain);
        self.run("", &plain);
        plain.clear();
        self.plain = plain;
    }

    /// Adds a comment when sources are told and the text is a metric: what stands before and after the text.
    fn comment_on(&mut self, inline: &Inline) -> Option<(String, String)> {
        let Inline::Sourced(_, at) = inline else { return None };
        let origin = self.origins.get(*at as usize).filter(|origin| origin.computed.is_some())?;
        Some(self.comments.as_mut()?.add(origin))
    }

    /// A run of text; tabs become tab elements.
    fn run(&mut self, properties: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        self.out.push_str("<w:r>");
        self.out.push_str(properties);
        let tabs = memchr_iter(b'\t', text.as_bytes()).chain([text.len()]);
        let mut start = 0;
        for end in tabs {
            if start > 0 {
                self.out.push_str("<w:tab/>");
            }
            let piece = &text[start..end];
            start = end + 1;
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
            self.paragraph("TableCaption", &[], &format!("{number}　"), caption);
        }
        let widths = widths(table, width);
        self.open_table(&widths, width);
        for (cell, width) in table.head.iter().zip(&widths) {
            self.cell("TableHead", *width, &["<w:keepNext/>"], cell);
        }
        self.out.push_str("</w:tr>");
        let last = table.rows.len().saturating_sub(1);
        for (at, row) in table.rows.iter().enumerate() {
            self.out.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
            let keep = if closing && at == last { "<w:keepNext/>" } else { "" };
            for ((cell, column), width) in row.iter().zip(&table.columns).zip(&widths) {
                let align = match column.align {
                    Align::Left => "<w:jc w:val=\"left\"/>",
                    Align::Center => "",
                    Align::Right => "<w:jc w:val=\"right\"/>",
                };
                self.cell("TableText", *width, &[keep, align], cell);
            }
            self.out.push_str("</w:tr>");
        }
        self.out.push_str("</w:tbl>");
    }

    /// A table's properties, its grid, and the start of its header row.
    fn open_table(&mut self, widths: &[u32], width: u32) {
        self.out.push_str(&format!(
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"ReportTable\"/><w:tblW w:w=\"{width}\" w:type=\"dxa\"/><w:jc w:val=\"center\"/>\
             <w:tblLayout w:type=\"fixed\"/><w:tblLook w:val=\"0020\" w:firstRow=\"1\" w:lastRow=\"0\" w:firstColumn=\"0\" \
             w:lastColumn=\"0\" w:noHBand=\"1\" w:noVBand=\"1\"/></w:tblPr><w:tblGrid>"
        ));
        for width in widths {
            for piece in ["<w:gridCol w:w=\"", itoa::Buffer::new().format(*width), "\"/>"] {
                self.out.push_str(piece);
            }
        }
        self.out.push_str("</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
    }

    fn cell(&mut self, style: &str, width: u32, properties: &[&str], text: &Text) {
        self.open_cell(width);
        self.paragraph(style, properties, "", text);
        self.out.push_str("</w:tc>");
    }

    fn open_cell(&mut self, width: u32) {
        self.out.push_str("<w:tc><w:tcPr><w:tcW w:w=\"");
        self.out.push_str(itoa::Buffer::new().format(width));
        self.out.push_str("\" w:type=\"dxa\"/><w:vAlign w:val=\"center\"/></w:tcPr>");
    }

    /// A chart: a table with a picture of a bar between each name and its number, so that it parts over pages as a
    /// table does and its text is text.
    fn chart(&mut self, chart: &Chart, closing: bool) {
        let (number, caption) = &chart.caption;
        self.paragraph("TableCaption", &[], &format!("{number}　"), caption);
        let [name, bar, value] = CHART_WIDTHS;
        self.open_table(&CHART_WIDTHS, TEXT_WIDTH);
        let [names, numbers] = &chart.head;
        for (width, head) in [(name, names), (bar, &Text::new()), (value, numbers)] {
            self.cell("TableHead", width, &["<w:keepNext/>"], head);
        }
        self.out.push_str("</w:tr>");
        let last = chart.bars.len().saturating_sub(1);
        for (at, row) in chart.bars.iter().enumerate() {
            let keep = if closing && at == last { "<w:keepNext/>" } else { "" };
            self.out.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
            self.cell("TableText", name, &[keep, "<w:jc w:val=\"left\"/>"], &row.name);
            self.open_cell(bar);
            self.open_paragraph("TableText", &[keep, "<w:jc w:val=\"left\"/>"]);
            self.bar(row);
            self.out.push_str("</w:p></w:tc>");
            self.cell("TableText", value, &[keep, "<w:jc w:val=\"right\"/>"], &row.number);
            self.out.push_str("</w:tr>");
        }
        self.out.push_str("</w:tbl>");
    }

    /// The picture of a bar; none for a bar without length.
    fn bar(&mut self, bar: &Bar) {
        if bar.share == 0 {
            return;
        }
        self.pictures += 1;
        let length = LONGEST_BAR * u64::from(bar.share) / 1000;
        let picture =
            Picture { id: self.pictures, name: "bar.png", embed: "rIdBar", width: length, height: BAR_HEIGHT };
        picture.write(&mut self.out, "图条", &format!("{}：{}", plain(&bar.name), plain(&bar.number)));
    }

    /// The signature block; from the closing sentence on, everything stays on one page.
    fn signature(&mut self, letter: &Letter) {
        self.paragraph("", &[KEEP], "", &Text::new());
        self.open_paragraph("SigningLine", &[]);
        self.inlines(&letter.signer);
        self.run("", "（签字）：");
        self.run("<w:rPr><w:u w:val=\"single\"/></w:rPr>", SIGNING_RULE);
        if letter.seal {
            self.run("", "（盖章）");
        }
        self.out.push_str("</w:p>");
        self.paragraph("", &[KEEP], "", &Text::new());
        let date = vec![Inline::Text(written_day(letter.date))];
        let (organisation, written) = signature_indents(&letter.organisation, &date, letter.seal);
        self.paragraph("Organisation", &[&right_indent(organisation)], "", &letter.organisation);
        let keep = if self.noted { KEEP } else { "" };
        self.paragraph("DateOfWriting", &[keep, &right_indent(written)], "", &date);
    }

    /// 附注, and the code that a final report bears.
    fn note(&mut self, report: &Report<'_>) {
        if !self.noted {
            return;
        }
        let picture = report.stamp.as_ref().filter(|stamp| stamp.qr.is_some());
        // A line of exact height would cut the picture off.
        let higher = "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"240\" w:lineRule=\"auto\"/>";
        self.open_paragraph("Note", &["<w:keepLines/>", if picture.is_some() { higher } else { "" }]);
        if let Some(note) = &report.letter.note {
            self.run("", "（");
            self.inlines(note);
            self.run("", "）");
        }
        if let Some(stamp) = &report.stamp {
            let lead = if report.letter.note.is_some() { "　" } else { "" };
            self.run("<w:rPr><w:sz w:val=\"18\"/></w:rPr>", &format!("{lead}核对码 {} ", stamp.code));
        }
        if let Some(stamp) = picture {
            let told = format!("核对码 {}", stamp.code);
            self.pictures += 1;
            let picture =
                Picture { id: self.pictures, name: "qr.png", embed: "rIdQr", width: QR_SIZE, height: QR_SIZE };
            picture.write(&mut self.out, "核对码", &told);
        }
        self.out.push_str("</w:p>");
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
