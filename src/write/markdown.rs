//! CommonMark with tables: the letter's parts visible, one line a paragraph so that a diff shows what changed.

use std::fmt::Write;

use super::{Format, WriteError, Writer};
use crate::notice::written_day;
use crate::report::{Align, Block, Chart, Inline, Report, Table, Text, gap_text};
use crate::stamp::Stamp;

/// The Markdown writer.
#[derive(Clone, Copy, Debug)]
pub struct Markdown;

impl Writer for Markdown {
    fn format(&self) -> Format {
        Format::Md
    }

    fn write(&self, report: &Report<'_>) -> Result<Vec<u8>, WriteError> {
        Ok(document(report, report.stamp.as_ref()).into_bytes())
    }
}

/// What a report says, without its code: text that changes when anything in it does.
pub fn content(report: &Report<'_>) -> String {
    document(report, None)
}

fn document(report: &Report<'_>, stamp: Option<&Stamp>) -> String {
    let letter = &report.letter;
    let title: Text = letter.title.concat();
    let mut out = format!("# {}\n\n{}：\n", line(&title), paragraph(&letter.addressee));
    for block in &report.body {
        out.push('\n');
        match block {
            Block::Heading { level, number, text } => {
                let marks = "#".repeat(usize::from(*level) + 1);
                out.push_str(&format!("{marks} {}{}\n", escaped(number), line(text)));
            }
            Block::Paragraph { point, text } if point.is_empty() => out.push_str(&format!("{}\n", paragraph(text))),
            Block::Paragraph { point, text } => out.push_str(&format!("{point}{}\n", line(text))),
            Block::Table(table) => write_table(&mut out, table),
            Block::Chart(chart) => write_chart(&mut out, chart),
        }
    }
    let seal = if letter.seal { "（盖章）" } else { "" };
    let _ = write!(out, "\n{}（签字）：＿＿＿＿＿＿＿＿{seal}\n", paragraph(&letter.signer));
    let _ = write!(out, "\n{}\n\n{}\n", paragraph(&letter.organisation), written_day(letter.date));
    let note = letter.note.as_ref().map(|note| format!("（{}）", line(note)));
    let code = stamp.map(|stamp| format!("核对码 {}", stamp.code));
    let noted: Vec<String> = note.into_iter().chain(code).collect();
    if !noted.is_empty() {
        let _ = write!(out, "\n{}\n", noted.join("　"));
    }
    out
}

fn write_table(out: &mut String, table: &Table) {
    if let Some((number, caption)) = &table.caption {
        out.push_str(&format!("{number}　{}\n\n", line(caption)));
    }
    let row = |cells: &[Text]| {
        let cells: Vec<String> = cells.iter().map(|cell| line(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    out.push_str(&row(&table.head));
    let rules: Vec<&str> = table
        .columns
        .iter()
        .map(|column| match column.align {
            Align::Left => ":---",
            Align::Center => ":---:",
            Align::Right => "---:",
        })
        .collect();
    out.push_str(&format!("| {} |\n", rules.join(" | ")));
    for cells in &table.rows {
        out.push_str(&row(cells));
    }
}

/// A chart as the table it shows.
fn write_chart(out: &mut String, chart: &Chart) {
    let (number, caption) = &chart.caption;
    let [names, numbers] = &chart.head;
    let _ = write!(out, "{number}　{}\n\n| {} | {} |\n| :--- | ---: |\n", line(caption), line(names), line(numbers));
    for bar in &chart.bars {
        let _ = writeln!(out, "| {} | {} |", line(&bar.name), line(&bar.number));
    }
}

/// Text in the middle of a line.
fn line(text: &[Inline]) -> String {
    let pieces = text.iter().map(|inline| match inline {
        Inline::Text(text) | Inline::Sourced(text, _) => escaped(text),
        Inline::Gap(what, _) => escaped(&gap_text(what)),
        Inline::Break => "<br>".to_owned(),
    });
    pieces.collect()
}

/// Text that begins a line, where a few more signs would act.
fn paragraph(text: &[Inline]) -> String {
    let line = line(text);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line.as_bytes().get(digits) {
        Some(b'.' | b')') if digits > 0 => format!("{}\\{}", &line[..digits], &line[digits..]),
        Some(b'-' | b'+' | b'=') if digits == 0 => format!("\\{line}"),
        _ => line,
    }
}

/// Text whose signs act nowhere.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '~' | '$' | '!' => {
                out.push('\\');
                out.push(c);
            }
            '\t' => out.push_str("&#9;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{escaped, paragraph};
    use crate::report::Inline;

    #[test]
    fn signs_come_out_as_typed() {
        assert_eq!(escaped("*甲*|<b>#`_~\\"), "\\*甲\\*\\|\\<b\\>\\#\\`\\_\\~\\\\");
        for (text, begun) in
            [("1. 甲", "1\\. 甲"), ("- 甲", "\\- 甲"), ("2018-10-05", "2018-10-05"), ("=", "\\="), ("12)", "12\\)")]
        {
            assert_eq!(paragraph(&[Inline::Text(text.to_owned())]), begun);
        }
    }
}
