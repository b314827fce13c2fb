//! One self-contained page a report: on a screen it looks like the paper, printed it is the paper.

use std::fmt::Write;

use ahash::AHashSet;

use super::xml::{escape_into, escaped};
use super::{Format, RenderError, Renderer};
use crate::notice::Typography;
use crate::notice::written_day;
use crate::provenance::Provenance;
use crate::report::{Align, Block, Chart, Column, Inline, Report, Table, Text, gap_text, plain};
use crate::report_code::Matrix;

/// The sheet of styles; `{font}` places stand for the settings' typefaces.
const STYLE: &str = include_str!("style.css");

/// The HTML writer.
#[derive(Clone, Debug)]
pub struct Html {
    style: String,
}

impl Html {
    /// A writer with the settings' typefaces.
    pub fn new(typography: &Typography) -> Self {
        let latin = typography.latin.iter();
        let stack = |fonts: &[String]| {
            let names = latin.clone().chain(fonts).map(|font| format!("\"{}\"", font.replace(['"', '\\', '<'], "")));
            names.chain(["serif".to_owned()]).collect::<Vec<_>>().join(", ")
        };
        let style = STYLE
            .replace("{title}", &stack(&typography.title))
            .replace("{body}", &stack(&typography.body))
            .replace("{heading1}", &stack(&typography.heading1))
            .replace("{heading2}", &stack(&typography.heading2))
            .replace("{page-number}", &stack(&typography.page_number));
        Self { style }
    }
}

impl Renderer for Html {
    fn format(&self) -> Format {
        Format::Html
    }

    fn write(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let letter = &report.letter;
        let title = escaped(&report.title());
        let mut page = Page { out: String::with_capacity(64 * 1024), report, told: Told::of(&report.origins) };
        page.out.push_str(&format!(
            "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"author\" content=\"{}\">\n<meta name=\"date\" content=\"{}\">\n\
             <title>{title}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main class=\"sheet\">\n<article>\n<h1>",
            escaped(&plain(&letter.organisation)),
            letter.date,
            self.style,
        ));
        for line in &letter.title {
            page.tagged("span class=\"line\"", line);
        }
        page.out.push_str("</h1>\n<p class=\"addressee\">");
        page.inlines(&letter.addressee);
        page.out.push_str("：</p>\n");
        let closing = report.body.len().saturating_sub(1);
        for (at, block) in report.body.iter().enumerate() {
            page.block(block, at == closing);
        }
        page.signature();
        page.out.push_str("</article>\n");
        page.sources();
        page.out.push_str("</main>\n</body>\n</html>\n");
        Ok(page.out.into_bytes())
    }
}

/// A page as it is written.
struct Page<'r> {
    out: String,
    report: &'r Report<'r>,
    told: Told,
}

/// Each origin as it is told, escaped: one text, and where each ends in it.
#[derive(Default)]
struct Told {
    text: String,
    ends: Vec<usize>,
}

impl Told {
    fn of(origins: &[Provenance<'_>]) -> Self {
        let (mut told, mut line) = (Self::default(), String::with_capacity(256));
        told.text.reserve(origins.len() * 64);
        told.ends.reserve(origins.len());
        for origin in origins {
            line.clear();
            // Writing into a string does not fail.
            let _ = origin.write_line(&mut line);
            escape_into(&mut told.text, &line);
            told.ends.push(told.text.len());
        }
        told
    }

    fn get(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends.get(before).copied().unwrap_or_default());
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.text.get(start..end).unwrap_or_default()
    }
}

impl Page<'_> {
    fn block(&mut self, block: &Block, closing: bool) {
        match block {
            Block::Heading { level, number, text } => {
                let tag = level + 1;
                self.out.push_str(&format!("<h{tag}>{}", escaped(number)));
                self.inlines(text);
                self.out.push_str(&format!("</h{tag}>\n"));
            }
            Block::Paragraph { point, text } => {
                self.out.push_str(if closing { "<p class=\"closing\">" } else { "<p>" });
                if !point.is_empty() {
                    self.out.push_str(&format!("<span class=\"point\">{point}</span>"));
                }
                self.inlines(text);
                self.out.push_str("</p>\n");
            }
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => self.chart(chart),
        }
    }

    fn open_table(&mut self, class: &str, caption: Option<&(String, Text)>) {
        let label = caption.map_or_else(|| "表格".to_owned(), |(number, text)| format!("{number}　{}", plain(text)));
        self.out.push_str(&format!(
            "<div class=\"{class}\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n<table>\n",
            escaped(&label)
        ));
        if let Some((number, caption)) = caption {
            self.out.push_str(&format!("<caption>{number}　"));
            self.inlines(caption);
            self.out.push_str("</caption>\n");
        }
    }

    fn table(&mut self, table: &Table) {
        let class = if table.landscape { "table landscape" } else { "table" };
        self.open_table(class, table.caption.as_ref());
        self.out.push_str("<colgroup>");
        for column in &table.columns {
            let (whole, tenths) = (column.share / 10, column.share % 10);
            let [mut first, mut last] = [itoa::Buffer::new(), itoa::Buffer::new()];
            for piece in ["<col style=\"width:", first.format(whole), ".", last.format(tenths), "%\">"] {
                self.out.push_str(piece);
            }
        }
        self.out.push_str("</colgroup>\n<thead>\n<tr>");
        for cell in &table.head {
            self.tagged("th scope=\"col\"", cell);
        }
        self.out.push_str("</tr>\n</thead>\n<tbody>\n");
        for row in &table.rows {
            self.out.push_str("<tr>");
            for (cell, column) in row.iter().zip(&table.columns) {
                self.tagged(cell_tag(*column), cell);
            }
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</tbody>\n</table>\n</div>\n");
    }

    /// A chart: a table with a drawn bar between each name and its number, so that it parts over pages as a table does.
    fn chart(&mut self, chart: &Chart) {
        self.open_table("table chart", Some(&chart.caption));
        self.out.push_str("<colgroup><col class=\"name\"><col><col class=\"number\"></colgroup>\n<thead>\n<tr>");
        let [names, numbers] = &chart.head;
        self.tagged("th scope=\"col\"", names);
        self.tagged("th scope=\"col\" colspan=\"2\"", numbers);
        self.out.push_str("</tr>\n</thead>\n<tbody>\n");
        for bar in &chart.bars {
            self.out.push_str("<tr>");
            self.tagged("th scope=\"row\"", &bar.name);
            self.out.push_str(&format!(
                "<td><svg viewBox=\"0 0 1000 40\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
                 <rect class=\"whole\" width=\"1000\" height=\"40\"/><rect width=\"{}\" height=\"40\"/></svg></td>",
                bar.share
            ));
            self.tagged("td class=\"right\"", &bar.number);
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</tbody>\n</table>\n</div>\n");
    }

    fn signature(&mut self) {
        let letter = &self.report.letter;
        let class = if letter.seal { "signature sealed" } else { "signature" };
        self.out.push_str(&format!("<footer class=\"{class}\">\n<p class=\"signing\">"));
        self.inlines(&letter.signer);
        let seal = if letter.seal { "（盖章）" } else { "" };
        self.out.push_str(&format!(
            "（签字）：<span class=\"rule\" aria-label=\"签字处\"></span>{seal}</p>\n<div class=\"party\">\n"
        ));
        self.tagged("p", &letter.organisation);
        self.out.push_str(&format!(
            "\n<p><time datetime=\"{}\">{}</time></p>\n</div>\n",
            letter.date,
            written_day(letter.date)
        ));
        self.note();
        self.out.push_str("</footer>\n");
    }

    /// 附注, and the code that a final report bears.
    fn note(&mut self) {
        let (note, stamp) = (&self.report.letter.note, &self.report.stamp);
        if note.is_none() && stamp.is_none() {
            return;
        }
        self.out.push_str("<p class=\"note\">");
        if let Some(note) = note {
            self.out.push('（');
            self.inlines(note);
            self.out.push('）');
        }
        if let Some(stamp) = stamp {
            // Writing into a string does not fail.
            let _ = write!(self.out, "<span class=\"stamp\">核对码 {}", stamp.code);
            stamp.qr.iter().for_each(|qr| picture(&mut self.out, qr, stamp.code.as_str()));
            self.out.push_str("</span>");
        }
        self.out.push_str("</p>\n");
    }

    /// The list of sources, folded; paper does not show it. How a metric is computed stands at the first of it: the
    /// department's report prints the same metric of every branch.
    fn sources(&mut self) {
        let origins = &self.report.origins;
        if origins.is_empty() {
            return;
        }
        let out = &mut self.out;
        // Writing into a string does not fail.
        let _ = write!(out, "<details class=\"sources\">\n<summary>数据来源（{} 处）</summary>\n<ol>\n", origins.len());
        let mut explained = AHashSet::new();
        for (at, origin) in origins.iter().enumerate() {
            for piece in ["<li id=\"s", itoa::Buffer::new().format(at), "\">", self.told.get(at)] {
                out.push_str(piece);
            }
            if let Some(computed) = origin.computed.filter(|computed| explained.insert(computed.id)) {
                out.push_str("<code>");
                escape_into(out, computed.expression);
                out.push_str("</code>");
            }
            out.push_str("</li>\n");
        }
        out.push_str("</ol>\n</details>\n");
    }

    /// Text within a tag, given with its attributes.
    fn tagged(&mut self, tag: &str, text: &Text) {
        let name = tag.split(' ').next().unwrap_or(tag);
        self.out.push('<');
        self.out.push_str(tag);
        self.out.push('>');
        self.inlines(text);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn inlines(&mut self, text: &Text) {
        for inline in text {
            match inline {
                Inline::Text(text) => escape_into(&mut self.out, text),
                Inline::Sourced(text, at) => self.sourced("span", "src", *at, text),
                Inline::Gap(what, Some(at)) => self.sourced("mark", "gap src", *at, &gap_text(what)),
                Inline::Gap(what, None) => {
                    self.out.push_str("<mark class=\"gap\">");
                    escape_into(&mut self.out, &gap_text(what));
                    self.out.push_str("</mark>");
                }
                Inline::Break => self.out.push_str("<br>"),
            }
        }
    }

    /// Text that shows its source when it is rested on, tapped or (a metric, a gap) tabbed to: a table full of cells
    /// to tab through would keep a reader from what comes after it.
    fn sourced(&mut self, tag: &str, class: &str, at: u32, text: &str) {
        let metric = self.report.origins.get(at as usize).is_some_and(|origin| origin.computed.is_some());
        let (out, told) = (&mut self.out, self.told.get(at as usize));
        let stop = if metric || tag == "mark" { "0" } else { "-1" };
        for piece in ["<", tag, " class=\"", class, "\" tabindex=\"", stop, "\" aria-describedby=\"s"] {
            out.push_str(piece);
        }
        for piece in [itoa::Buffer::new().format(at), "\" data-source=\"", told, "\">"] {
            out.push_str(piece);
        }
        escape_into(out, text);
        for piece in ["</", tag, ">"] {
            out.push_str(piece);
        }
    }
}

/// A QR code as a drawing: a path with one rectangle a run of dark squares.
fn picture(out: &mut String, qr: &Matrix, told: &str) {
    let width = qr.full_width();
    // Writing into a string does not fail.
    let _ = write!(out, "<svg viewBox=\"0 0 {width} {width}\" role=\"img\" aria-label=\"核对码 {told}\"><path d=\"");
    for row in 0..width {
        let mut col = 0;
        while col < width {
            let run = (col..width).take_while(|at| qr.is_dark(row, *at)).count();
            if run > 0 {
                let _ = write!(out, "M{col} {row}h{run}v1h-{run}z");
            }
            col += run.max(1);
        }
    }
    out.push_str("\"/></svg>");
}

/// The tag of a column's cells.
fn cell_tag(column: Column) -> &'static str {
    match column.align {
        Align::Left => "td class=\"left\"",
        Align::Center => "td",
        Align::Right => "td class=\"right\"",
    }
}
