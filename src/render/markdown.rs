//! CommonMark with tables: the letter's fixed parts as paragraphs, one line a paragraph, so that a diff of two runs
//! shows what changed.

use std::fmt::Write;
use std::sync::Arc;

use super::renderer::{Companion, Format, PICTURE_PREFIX, RenderError, Renderer};
use crate::escape;
use crate::notice::written_day;
use crate::picture::Picture;
use crate::report::{
    ANNEX_LIST_LEAD, Align, Annex, AnnexEntry, Block, Caption, Chart, FigureCell, Head, Inline, Inlines, PictureGroup,
    Report, Table, Tail, gap_text,
};
use crate::report_code::PrintedCode;
use crate::store::Digest;

/// The Markdown renderer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Markdown;

impl Renderer for Markdown {
    fn format(&self) -> Format {
        Format::Md
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let draft = if report.is_draft() { DRAFT_LINE } else { "" };
        Ok((draft.to_owned() + &document(report, report.code.as_ref())).into_bytes())
    }

    /// The pictures that the document links.
    fn companions(&self, report: &Report<'_>) -> Vec<Companion> {
        let pictures = report.pictures().into_iter();
        let companion = |(digest, picture): (Digest, Arc<Picture>)| Companion {
            name: picture_file(&digest, &picture),
            bytes: picture.bytes.clone(),
        };
        pictures.map(companion).collect()
    }
}

/// The name of a picture's file beside the report. Its hash is in the text that a report code is computed from: the
/// code stands for the pictures too.
fn picture_file(digest: &Digest, picture: &Picture) -> String {
    /// Hexadecimal digits.
    const LENGTH: usize = 16;
    let hash = digest.to_string();
    format!("{PICTURE_PREFIX}{}.{}", hash.get(..LENGTH).unwrap_or(&hash), picture.format.extension())
}

/// What the Markdown of a draft begins with.
pub const DRAFT_LINE: &str = "草稿\n\n";

/// The text that a report code is computed from: the whole Markdown of the final report without the code itself.
pub fn content(report: &Report<'_>) -> String {
    document(report, None)
}

fn document(report: &Report<'_>, code: Option<&PrintedCode>) -> String {
    let letter = &report.letter;
    let mut out = String::with_capacity(8 * 1024);
    letter.head.iter().for_each(|head| push_head(&mut out, head));
    out.push_str("# ");
    letter.title.iter().for_each(|line| push_inlines(&mut out, line));
    out.push_str("\n\n");
    push_line_start(&mut out, &letter.addressee);
    out.push_str("：\n");
    for block in &report.body {
        out.push('\n');
        push_block(&mut out, block);
    }
    push_annex_list(&mut out, report);
    out.push('\n');
    push_line_start(&mut out, &letter.signer);
    let seal = if letter.seal { "（盖章）" } else { "" };
    let _ = write!(out, "（签字）：＿＿＿＿＿＿＿＿{seal}\n\n");
    for name in &letter.organisations {
        push_line_start(&mut out, name);
        out.push_str("\n\n");
    }
    let _ = writeln!(out, "{}", written_day(letter.date));
    push_note(&mut out, letter.note.as_ref(), code);
    report.annexes.iter().for_each(|annex| push_annex(&mut out, annex));
    letter.tail.iter().for_each(|tail| push_tail(&mut out, tail));
    out
}

/// 附件说明, a paragraph for each annex.
fn push_annex_list(out: &mut String, report: &Report<'_>) {
    for (index, AnnexEntry { number, mut title }) in report.annex_list().into_iter().enumerate() {
        let lead = if index == 0 { ANNEX_LIST_LEAD } else { "" };
        title.insert(0, Inline::Text(format!("{lead}{number}")));
        out.push('\n');
        push_line_start(out, &title);
        out.push('\n');
    }
}

/// An annex with its mark and title as one heading.
fn push_annex(out: &mut String, annex: &Annex) {
    let _ = write!(out, "\n# {}　", annex.mark);
    annex.title.iter().for_each(|line| push_inlines(out, line));
    out.push('\n');
    for block in &annex.body {
        out.push('\n');
        push_block(out, block);
    }
}

/// What stands above the title, an element a paragraph.
fn push_head(out: &mut String, head: &Head) {
    for note in head.notes() {
        push_line_start(out, note);
        out.push_str("\n\n");
    }
    if let Some((first, others)) = head.mark.split_first().filter(|_| !head.preprinted) {
        push_line_start(out, first);
        for issuer in others {
            out.push('　');
            push_inlines(out, issuer);
        }
        out.push_str(match (head.document, others) {
            (false, _) => "",
            (true, []) => "文件",
            (true, _) => "　文件",
        });
        out.push_str("\n\n");
    }
    if let Some(number) = &head.number {
        push_line_start(out, number);
    }
    if !head.signers.is_empty() {
        out.push_str(if head.number.is_some() { "　签发人：" } else { "签发人：" });
        for (at, signer) in head.signers.iter().enumerate() {
            out.push_str(if at == 0 { "" } else { "　" });
            push_inlines(out, signer);
        }
    }
    if head.number.is_some() || !head.signers.is_empty() {
        out.push_str("\n\n");
    }
}

/// 版记, an element a paragraph.
fn push_tail(out: &mut String, tail: &Tail) {
    if let Some(copy_to) = &tail.copy_to {
        out.push_str("\n抄送：");
        push_inlines(out, copy_to);
        out.push_str("。\n");
    }
    if let (Some(printer), Some(printed)) = (&tail.printer, tail.printed) {
        out.push('\n');
        push_line_start(out, printer);
        let _ = writeln!(out, "　{}印发", written_day(printed));
    }
}

/// 附注 and the report code, on one line.
fn push_note(out: &mut String, note: Option<&Inlines>, code: Option<&PrintedCode>) {
    if note.is_none() && code.is_none() {
        return;
    }
    out.push('\n');
    if let Some(note) = note {
        out.push('（');
        push_inlines(out, note);
        out.push('）');
    }
    if let Some(printed) = code {
        let separator = if note.is_some() { "　" } else { "" };
        let _ = write!(out, "{separator}核对码 {}", printed.code);
    }
    out.push('\n');
}

fn push_block(out: &mut String, block: &Block) {
    match block {
        Block::Heading { level, number, text } => {
            (0..=*level).for_each(|_| out.push('#'));
            out.push(' ');
            push_escaped(out, number);
            push_inlines(out, text);
            out.push('\n');
        }
        Block::Paragraph { point, text } => {
            out.push_str(point);
            if point.is_empty() {
                push_line_start(out, text)
            } else {
                push_inlines(out, text)
            }
            out.push('\n');
        }
        Block::Table(table) => push_table(out, table),
        Block::Chart(chart) => push_chart(out, chart),
        Block::Pictures(group) => push_pictures(out, group),
    }
}

/// Pictures, a paragraph each where they have captions of their own, with the captions below them.
fn push_pictures(out: &mut String, group: &PictureGroup) {
    let mut separator = "";
    for FigureCell { picture, caption } in &group.cells {
        out.push_str(separator);
        push_inlines(out, picture);
        separator = " ";
        if let Some(caption) = caption {
            out.push_str("\n\n");
            push_caption_line(out, caption);
            separator = "\n\n";
        }
    }
    if let Some(caption) = &group.caption {
        out.push_str("\n\n");
        push_caption_line(out, caption);
    }
    out.push('\n');
}

fn push_table(out: &mut String, table: &Table) {
    if let Some(caption) = &table.caption {
        push_caption(out, caption);
    }
    push_row(out, &table.head);
    for column in &table.columns {
        out.push_str(match column.align {
            Align::Left => "| :--- ",
            Align::Center => "| :---: ",
            Align::Right => "| ---: ",
        });
    }
    out.push_str("|\n");
    table.rows.iter().for_each(|cells| push_row(out, cells));
}

/// A chart as the table it shows.
fn push_chart(out: &mut String, chart: &Chart) {
    push_caption(out, &chart.caption);
    push_row(out, [&chart.name_header, &chart.value_header]);
    out.push_str("| :--- | ---: |\n");
    chart.bars.iter().for_each(|bar| push_row(out, [&bar.name, &bar.value]));
}

fn push_caption(out: &mut String, caption: &Caption) {
    push_caption_line(out, caption);
    out.push_str("\n\n");
}

fn push_caption_line(out: &mut String, caption: &Caption) {
    out.push_str(&caption.number);
    out.push('　');
    push_inlines(out, &caption.text);
}

fn push_row<'t>(out: &mut String, cells: impl IntoIterator<Item = &'t Inlines>) {
    for cell in cells {
        out.push_str("| ");
        push_inlines(out, cell);
        out.push(' ');
    }
    out.push_str("|\n");
}

/// Text that does not begin a line.
fn push_inlines(out: &mut String, text: &Inlines) {
    for inline in text {
        match inline {
            Inline::Text(text) | Inline::Sourced(text, _) => push_escaped(out, text),
            Inline::Gap(label, _) => push_escaped(out, &gap_text(label)),
            Inline::Break => out.push_str("<br>"),
            Inline::Picture(printed) => {
                out.push_str("![");
                push_escaped(out, &printed.alt);
                let _ = write!(out, "]({})", picture_file(&printed.digest, &printed.picture));
            }
        }
    }
}

/// Text that begins a line, where list markers and setext underlines are syntax as well.
fn push_line_start(out: &mut String, text: &Inlines) {
    let start = out.len();
    push_inlines(out, text);
    let line = &out.as_bytes()[start..];
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match line.get(digits) {
        Some(b'.' | b')') if digits > 0 => out.insert(start + digits, '\\'),
        Some(b'-' | b'+' | b'=') if digits == 0 => out.insert(start, '\\'),
        _ => {}
    }
}

/// Appends text with the characters escaped that are syntax anywhere in a line.
fn push_escaped(out: &mut String, text: &str) {
    escape::push_escaped(out, text, |byte| match byte {
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
    use super::{push_escaped, push_line_start};
    use crate::report::Inline;

    fn written(write: impl Fn(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn syntax_comes_out_as_typed() {
        assert_eq!(written(|out| push_escaped(out, "*甲*|<b>#`_~\\")), "\\*甲\\*\\|\\<b\\>\\#\\`\\_\\~\\\\");
        for (text, escaped) in
            [("1. 甲", "1\\. 甲"), ("- 甲", "\\- 甲"), ("2018-10-05", "2018-10-05"), ("=", "\\="), ("12)", "12\\)")]
        {
            assert_eq!(written(|out| push_line_start(out, &vec![Inline::Text(text.to_owned())])), escaped);
        }
    }
}
