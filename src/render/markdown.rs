//! CommonMark with tables: the letter's parts visible, one line a paragraph so that a diff shows what changed.

use std::fmt::Write;

use super::{Format, RenderError, Renderer};
use crate::escape;
use crate::notice::written_day;
use crate::report::{Align, Block, Chart, Inline, Report, Table, Text, gap_text};
use crate::report_code::PrintedCode;

/// The Markdown writer.
#[derive(Clone, Copy, Debug)]
pub struct Markdown;

impl Renderer for Markdown {
    fn format(&self) -> Format {
        Format::Md
    }

    fn write(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        Ok(document(report, report.stamp.as_ref()).into_bytes())
    }
}

/// What a report says, without its code: text that changes when anything in it does.
pub fn content(report: &Report<'_>) -> String {
    document(report, None)
}

fn document(report: &Report<'_>, stamp: Option<&PrintedCode>) -> String {
    let letter = &report.letter;
    let mut out = String::with_capacity(8 * 1024);
    out.push_str("# ");
    letter.title.iter().for_each(|text| line(&mut out, text));
    out.push_str("\n\n");
    paragraph(&mut out, &letter.addressee);
    out.push_str("：\n");
    for block in &report.body {
        out.push('\n');
        match block {
            Block::Heading { level, number, text } => {
                (0..=*level).for_each(|_| out.push('#'));
                out.push(' ');
                escape_into(&mut out, number);
                line(&mut out, text);
                out.push('\n');
            }
            Block::Paragraph { point, text } => {
                out.push_str(point);
                let write = if point.is_empty() { paragraph } else { line };
                write(&mut out, text);
                out.push('\n');
            }
            Block::Table(table) => write_table(&mut out, table),
            Block::Chart(chart) => write_chart(&mut out, chart),
        }
    }
    out.push('\n');
    paragraph(&mut out, &letter.signer);
    let seal = if letter.seal { "（盖章）" } else { "" };
    let _ = write!(out, "（签字）：＿＿＿＿＿＿＿＿{seal}\n\n");
    paragraph(&mut out, &letter.organisation);
    let _ = write!(out, "\n\n{}\n", written_day(letter.date));
    if letter.note.is_some() || stamp.is_some() {
        out.push('\n');
        if let Some(note) = &letter.note {
            out.push('（');
            line(&mut out, note);
            out.push('）');
        }
        if let Some(stamp) = stamp {
            let between = if letter.note.is_some() { "　" } else { "" };
            let _ = write!(out, "{between}核对码 {}", stamp.code);
        }
        out.push('\n');
    }
    out
}

fn write_table(out: &mut String, table: &Table) {
    if let Some(caption) = &table.caption {
        write_caption(out, caption);
    }
    write_row(out, &table.head);
    for column in &table.columns {
        out.push_str(match column.align {
            Align::Left => "| :--- ",
            Align::Center => "| :---: ",
            Align::Right => "| ---: ",
        });
    }
    out.push_str("|\n");
    table.rows.iter().for_each(|cells| write_row(out, cells));
}

/// A chart as the table it shows.
fn write_chart(out: &mut String, chart: &Chart) {
    write_caption(out, &chart.caption);
    write_row(out, &chart.head);
    out.push_str("| :--- | ---: |\n");
    chart.bars.iter().for_each(|bar| write_row(out, [&bar.name, &bar.number]));
}

fn write_caption(out: &mut String, (number, caption): &(String, Text)) {
    out.push_str(number);
    out.push('　');
    line(out, caption);
    out.push_str("\n\n");
}

fn write_row<'t>(out: &mut String, cells: impl IntoIterator<Item = &'t Text>) {
    for cell in cells {
        out.push_str("| ");
        line(out, cell);
        out.push(' ');
    }
    out.push_str("|\n");
}

/// Text in the middle of a line.
fn line(out: &mut String, text: &Text) {
    for inline in text {
        match inline {
            Inline::Text(text) | Inline::Sourced(text, _) => escape_into(out, text),
            Inline::Gap(what, _) => escape_into(out, &gap_text(what)),
            Inline::Break => out.push_str("<br>"),
        }
    }
}

/// Text that begins a line, where a few more signs would act.
fn paragraph(out: &mut String, text: &Text) {
    let start = out.len();
    line(out, text);
    let begun = &out.as_bytes()[start..];
    let digits = begun.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match begun.get(digits) {
        Some(b'.' | b')') if digits > 0 => out.insert(start + digits, '\\'),
        Some(b'-' | b'+' | b'=') if digits == 0 => out.insert(start, '\\'),
        _ => {}
    }
}

/// Adds text whose signs act nowhere.
fn escape_into(out: &mut String, text: &str) {
    escape::replace_into(out, text, |byte| match byte {
        b'\\' => Some("\\\\"),
        b'`' => Some("\\`"),
        b'*' => Some("\\*"),
        b'_' => Some("\\_"),
        b'[' => Some("\\["),
        b']' => Some("\\]"),
        b'<' => Some("\\<"),
        b'>' => Some("\\>"),
        b'|' => Some("\\|"),
        b'#' => Some("\\#"),
        b'&' => Some("\\&"),
        b'~' => Some("\\~"),
        b'$' => Some("\\$"),
        b'!' => Some("\\!"),
        b'\t' => Some("&#9;"),
        _ => None,
    });
}

#[cfg(test)]
mod tests {
    use super::{escape_into, paragraph};
    use crate::report::Inline;

    fn made(write: impl Fn(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn signs_come_out_as_typed() {
        assert_eq!(made(|out| escape_into(out, "*甲*|<b>#`_~\\")), "\\*甲\\*\\|\\<b\\>\\#\\`\\_\\~\\\\");
        for (text, begun) in
            [("1. 甲", "1\\. 甲"), ("- 甲", "\\- 甲"), ("2018-10-05", "2018-10-05"), ("=", "\\="), ("12)", "12\\)")]
        {
            assert_eq!(made(|out| paragraph(out, &vec![Inline::Text(text.to_owned())])), begun);
        }
    }
}
