//! Signing line, 署名, 成文日期 and 附注 (GB/T 9704-2012, 7.3.5 and 7.3.6), with the report code.

use super::joint_signature::{self, JointDate};
use super::picture::InlinePicture;
use super::wml::{EMU_PER_MM, KEEP_TOGETHER, WmlWriter};
use crate::notice::written_day;
use crate::render::geometry::{CHARACTER, QR_MM, SIGNING_LINE};
use crate::render::signature_indents::{SignatureIndents, hundredths};
use crate::report::{Inline, Inlines, LetterParts, Report};

/// A QR code's side in EMU.
const QR_SIZE: u64 = QR_MM as u64 * EMU_PER_MM;

/// Appends everything below the body. From the closing sentence on, all of it stays on one page.
pub(super) fn write(writer: &mut WmlWriter<'_>, report: &Report<'_>) {
    let letter = &report.letter;
    let has_note = letter.note.is_some() || report.code.is_some();
    write_signing_line(writer, letter);
    writer.empty_paragraph("", &[KEEP_TOGETHER]);
    let date = vec![Inline::Text(written_day(letter.date))];
    let keep = if has_note { KEEP_TOGETHER } else { "" };
    match &letter.organisations[..] {
        names if letter.seal && names.len() > 1 => {
            joint_signature::write(writer, names, &JointDate { text: &date, width: hundredths(&date), keep });
        }
        names => {
            let indent = write_names(writer, names, &date, letter.seal);
            writer.paragraph("DateOfWriting", &[keep, &right_indent(indent)], "", &date);
        }
    }
    if has_note {
        write_note(writer, report);
    }
}

/// Names one above the other, centred on the longest; the date's right indent.
fn write_names(writer: &mut WmlWriter<'_>, names: &[Inlines], date: &Inlines, seal: bool) -> i32 {
    let widest = names.iter().map(hundredths).max().unwrap_or(0);
    let indents = SignatureIndents::new(widest, hundredths(date), seal);
    for name in names {
        let indent = indents.organisation + (widest - hundredths(name)) / 2;
        writer.paragraph("Organisation", &[&right_indent(indent)], "", name);
    }
    indents.date
}

fn write_signing_line(writer: &mut WmlWriter<'_>, letter: &LetterParts) {
    writer.empty_paragraph("", &[KEEP_TOGETHER]);
    writer.open_paragraph("SigningLine", &[]);
    writer.inlines(&letter.signer);
    writer.run("", "（签字）：");
    writer.run("<w:rPr><w:u w:val=\"single\"/></w:rPr>", SIGNING_LINE);
    if letter.seal {
        writer.run("", "（盖章）");
    }
    writer.close_paragraph();
}

/// 附注, then the report code (小五: 18 half-points) and its QR code.
fn write_note(writer: &mut WmlWriter<'_>, report: &Report<'_>) {
    let has_qr = report.code.as_ref().is_some_and(|printed| printed.qr.is_some());
    // A line of exact height would cut the picture off.
    let line_height =
        if has_qr { "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"240\" w:lineRule=\"auto\"/>" } else { "" };
    writer.open_paragraph("Note", &["<w:keepLines/>", line_height]);
    if let Some(note) = &report.letter.note {
        writer.run("", "（");
        writer.inlines(note);
        writer.run("", "）");
    }
    if let Some(printed) = &report.code {
        let separator = if report.letter.note.is_some() { "　" } else { "" };
        let text = format!("{separator}核对码 {} ", printed.code);
        writer.run("<w:rPr><w:sz w:val=\"18\"/></w:rPr>", &text);
        if has_qr {
            writer.picture(&InlinePicture {
                file: "qr.png",
                relationship: "rIdQr",
                width: QR_SIZE,
                height: QR_SIZE,
                label: "核对码",
                description: &format!("核对码 {}", printed.code),
            });
        }
    }
    writer.close_paragraph();
}

fn right_indent(hundredths: i32) -> String {
    format!("<w:ind w:rightChars=\"{hundredths}\" w:right=\"{}\"/>", hundredths * CHARACTER / 100)
}
