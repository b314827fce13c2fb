//! Signing line, 署名, 成文日期 and 附注 (GB/T 9704-2012, 7.3.5 and 7.3.6), with the report code. From the closing
//! sentence on, all of it is on one page.

use super::composer::{Composer, ParagraphText};
use super::flow::{Block, Keep};
use super::page::ElementKind;
use super::style::{self, Alignment, ParagraphStyle};
use super::table::{CellLines, Frame, Row, TableBlock};
use crate::notice::written_day;
use crate::render::geometry::{CHARACTER, JOINT_DATE_INDENT, QR_MM, SIGNING_LINE, twips};
use crate::render::joint_seals::{JointSeals, ROW_MM};
use crate::render::signature_indents::{SignatureIndents, hundredths};
use crate::report::{Inline, Inlines, LetterParts, Report};

/// 小五, the size of the report code.
const CODE_SIZE: f32 = 180.0;

/// Everything below the body.
pub(super) fn compose(composer: &mut Composer<'_>, report: &Report<'_>) {
    let letter = &report.letter;
    let has_note = letter.note.is_some() || report.code.is_some();
    signing_line(composer, letter);
    composer.empty(style::plain(), Keep::Next);
    let date = vec![Inline::Text(written_day(letter.date))];
    let keep = if has_note { Keep::Next } else { Keep::Lines };
    match &letter.organisations[..] {
        names if letter.seal && names.len() > 1 => joint(composer, names, &date, has_note),
        names => {
            let widest = names.iter().map(hundredths).max().unwrap_or(0);
            let indents = SignatureIndents::new(widest, hundredths(&date), letter.seal);
            for name in names {
                right(composer, name, indents.organisation + (widest - hundredths(name)) / 2, Keep::Next);
            }
            right(composer, &date, indents.date, keep);
        }
    }
    if has_note {
        note(composer, report);
    }
}

/// A line that ends so many hundredths of a character before the right edge.
fn right(composer: &mut Composer<'_>, text: &Inlines, indent: i32, keep: Keep) {
    let right = indent as f32 * CHARACTER as f32 / 100.0;
    let style = ParagraphStyle { align: Alignment::Right, right, ..style::plain() };
    composer.paragraph(&ParagraphText { kind: ElementKind::Paragraph, style, lead: "", text, keep });
}

fn signing_line(composer: &mut Composer<'_>, letter: &LetterParts) {
    composer.empty(style::plain(), Keep::Next);
    let element = composer.structure.add(ElementKind::Paragraph, None);
    let lines = composer.lines(Some(element), style::body(), |atoms, text| {
        atoms.inlines(&letter.signer, text);
        atoms.text("（签字）：", text);
        atoms.text(SIGNING_LINE, style::TextStyle { underlined: true, ..text });
        if letter.seal {
            atoms.text("（盖章）", text);
        }
    });
    composer.push(lines, style::body(), Keep::Next);
}

/// 附注, then the report code and its QR code.
fn note(composer: &mut Composer<'_>, report: &Report<'_>) {
    let style = ParagraphStyle { align: Alignment::Left, ..style::body() };
    let element = composer.structure.add(ElementKind::Paragraph, None);
    let lines = composer.lines(Some(element), style, |atoms, text| {
        if let Some(note) = &report.letter.note {
            atoms.text("（", text);
            atoms.inlines(note, text);
            atoms.text("）", text);
        }
        if let Some(printed) = &report.code {
            let separator = if report.letter.note.is_some() { "　" } else { "" };
            let small = style::TextStyle { size: CODE_SIZE, ..text };
            atoms.text(&format!("{separator}核对码 {} ", printed.code), small);
            if printed.qr.is_some() {
                atoms.code(twips(QR_MM) as f32, format!("核对码 {}", printed.code), text);
            }
        }
    });
    composer.push(lines, style, Keep::Lines);
}

/// 署名 of several issuers with seals, in columns; the date below the last one.
fn joint(composer: &mut Composer<'_>, names: &[Inlines], date: &Inlines, has_note: bool) {
    let seals = JointSeals::arrange(names);
    let column = twips(seals.column_mm) as f32;
    let columns = seals.rows.first().map_or(1, Vec::len);
    // From the right edge of the 版心 to the date's middle.
    let middle = ((JOINT_DATE_INDENT + hundredths(date) / 2) * CHARACTER / 100) as f32;
    let left = composer.width - middle + column / 2.0 - columns as f32 * column;
    let style = ParagraphStyle { align: Alignment::Center, ..style::plain() };
    let mut rows = Vec::with_capacity(seals.rows.len());
    for (at, names) in seals.rows.iter().enumerate() {
        let is_last = at + 1 == seals.rows.len();
        let mut cells = Vec::with_capacity(columns);
        for (place, name) in names.iter().enumerate() {
            let date = (is_last && place + 1 == columns).then_some(date);
            let mut lines = Vec::new();
            for text in name.iter().copied().chain(date) {
                let element = composer.structure.add(ElementKind::Paragraph, None);
                lines.extend(
                    composer.lines_within(column, Some(element), style, |atoms, style| atoms.inlines(text, style)),
                );
            }
            cells.push(CellLines { lines: lines.into(), span: 1, at_top: true });
        }
        let at_least = if is_last { 0.0 } else { twips(ROW_MM) as f32 };
        rows.push(Row { at_least, ..Row::new(cells, Frame::Plain) });
    }
    let (widths, frame) = (vec![column; columns], Frame::Plain);
    let table = TableBlock { left, widths, frame, head: None, rows, keeps_next: has_note, is_whole: true };
    composer.blocks.push(Block::Table(table));
}
