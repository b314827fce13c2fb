//! One self-contained page a report: on a screen it looks like the paper, printed it is the paper.

use super::xml::escaped;
use super::{Format, WriteError, Writer};
use crate::notice::Typography;
use crate::notice::written_day;
use crate::report::{Align, Block, Column, Inline, Report, Table, Text, gap_text, plain};

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

impl Writer for Html {
    fn format(&self) -> Format {
        Format::Html
    }

    fn write(&self, report: &Report) -> Result<Vec<u8>, WriteError> {
        let letter = &report.letter;
        let title = escaped(&report.title());
        let mut out = format!(
            "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"author\" content=\"{}\">\n<meta name=\"date\" content=\"{}\">\n\
             <title>{title}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main class=\"sheet\">\n<article>\n",
            escaped(&plain(&letter.organisation)),
            letter.date,
            self.style,
        );
        let lines: Vec<String> =
            letter.title.iter().map(|line| format!("<span class=\"line\">{}</span>", inline(line))).collect();
        out.push_str(&format!("<h1>{}</h1>\n", lines.concat()));
        out.push_str(&format!("<p class=\"addressee\">{}：</p>\n", inline(&letter.addressee)));
        let closing = report.body.len().saturating_sub(1);
        for (at, block) in report.body.iter().enumerate() {
            write_block(&mut out, block, at == closing);
        }
        write_signature(&mut out, report);
        out.push_str("</article>\n</main>\n</body>\n</html>\n");
        Ok(out.into_bytes())
    }
}

fn write_block(out: &mut String, block: &Block, closing: bool) {
    match block {
        Block::Heading { level, number, text } => {
            let tag = level + 1;
            out.push_str(&format!("<h{tag}>{}{}</h{tag}>\n", escaped(number), inline(text)));
        }
        Block::Paragraph { point, text } => {
            let class = if closing { " class=\"closing\"" } else { "" };
            let point = if point.is_empty() { String::new() } else { format!("<span class=\"point\">{point}</span>") };
            out.push_str(&format!("<p{class}>{point}{}</p>\n", inline(text)));
        }
        Block::Table(table) => write_table(out, table),
    }
}

fn write_table(out: &mut String, table: &Table) {
    let class = if table.landscape { "table landscape" } else { "table" };
    let label = table
        .caption
        .as_ref()
        .map(|(number, text)| format!("{number}　{}", plain(text)))
        .unwrap_or_else(|| "表格".to_owned());
    out.push_str(&format!(
        "<div class=\"{class}\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n<table>\n",
        escaped(&label)
    ));
    if let Some((number, caption)) = &table.caption {
        out.push_str(&format!("<caption>{number}　{}</caption>\n", inline(caption)));
    }
    out.push_str("<colgroup>");
    for column in &table.columns {
        out.push_str(&format!("<col style=\"width:{}.{}%\">", column.share / 10, column.share % 10));
    }
    out.push_str("</colgroup>\n<thead>\n<tr>");
    for cell in &table.head {
        out.push_str(&format!("<th scope=\"col\">{}</th>", inline(cell)));
    }
    out.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for (cell, column) in row.iter().zip(&table.columns) {
            out.push_str(&format!("<td{}>{}</td>", class_of(*column), inline(cell)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

fn class_of(column: Column) -> &'static str {
    match column.align {
        Align::Left => " class=\"left\"",
        Align::Center => "",
        Align::Right => " class=\"right\"",
    }
}

fn write_signature(out: &mut String, report: &Report) {
    let letter = &report.letter;
    let seal = if letter.seal { "（盖章）" } else { "" };
    let class = if letter.seal { "signature sealed" } else { "signature" };
    out.push_str(&format!(
        "<footer class=\"{class}\">\n<p class=\"signing\">{}（签字）：<span class=\"rule\" aria-label=\"签字处\"></span>{seal}</p>\n\
         <div class=\"party\">\n<p>{}</p>\n<p><time datetime=\"{}\">{}</time></p>\n</div>\n",
        inline(&letter.signer),
        inline(&letter.organisation),
        letter.date,
        written_day(letter.date),
    ));
    if let Some(note) = &letter.note {
        out.push_str(&format!("<p class=\"note\">（{}）</p>\n", inline(note)));
    }
    out.push_str("</footer>\n");
}

fn inline(text: &Text) -> String {
    let pieces = text.iter().map(|inline| match inline {
        Inline::Text(text) => escaped(text),
        Inline::Gap(what) => format!("<mark class=\"gap\">{}</mark>", escaped(&gap_text(what))),
        Inline::Break => "<br>".to_owned(),
    });
    pieces.collect()
}
