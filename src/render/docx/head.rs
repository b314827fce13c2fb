//! What stands above the title (GB/T 9704-2012, 7.2; 信函格式: 10.1). Measures are twips unless stated otherwise.
//!
//! A line of exact height has its base line at 80 % of it, in Word and in LibreOffice. The ink of Chinese characters is
//! from 80 % of their size above the base line to some 10 % below it. Distances in the standard are between characters
//! and rules, so that each space here is the standard's less what the line itself leaves free.

use super::draft::{HEADER_OPENING, draft_mark};
use super::wml::WmlWriter;
use crate::notice::HeadForm;
use crate::render::geometry::{
    ABOVE_MARK, BELOW_HEAD_TEXT, BELOW_LETTER_RULE, CHARACTER, FOUR_MM, LETTER_RULE_LEFT, LETTER_RULE_WIDTH,
    LINE_PITCH, LOWER_RULE_TOP, TEXT_WIDTH,
};
use crate::render::head_size::mark_half_points;
use crate::report::{Head, Inlines, Report, em_tenths, plain};

/// A line of the head: as high as one of the body.
const LINE: u32 = LINE_PITCH as u32;
/// Two blank lines.
const TWO_LINES: u32 = 2 * LINE;
/// From the left edge of the 版心 to that of a rule of 信函格式: 8 mm.
const LETTER_RULE_INDENT: i32 = -454;
/// The same on the right: 6 mm.
const LETTER_RULE_RIGHT: i32 = -340;
/// Run properties of 黑体 and 楷体.
const BLACK: &str = "<w:rPr><w:rStyle w:val=\"HeadBlack\"/></w:rPr>";
const KAI: &str = "<w:rPr><w:rStyle w:val=\"HeadKai\"/></w:rPr>";

/// The part of a head that is in the body: all of it in the standard's form, everything below the rule in 信函格式.
pub(super) fn write(writer: &mut WmlWriter<'_>, head: &Head) {
    match head.form {
        HeadForm::Standard => write_standard(writer, head),
        HeadForm::Letter => write_below_letter_rule(writer, head),
    }
}

fn write_standard(writer: &mut WmlWriter<'_>, head: &Head) {
    let mut above = ABOVE_MARK;
    for (text, run) in notes(head) {
        writer.open_paragraph("HeadLine", &[]);
        writer.styled_inlines(run, text);
        writer.close_paragraph();
        above -= LINE;
    }
    if head.has_mark() {
        write_mark(writer, head, above);
    }
    let is_upward = !head.signers.is_empty();
    let before_number = if head.has_mark() { TWO_LINES } else { 0 };
    if is_upward {
        write_upward_lines(writer, head, before_number);
    } else if let Some(number) = &head.number {
        writer.open_paragraph("HeadLine", &[&spacing(before_number, 0), "<w:jc w:val=\"center\"/>"]);
        writer.inlines(number);
        writer.close_paragraph();
    }
    let border = if head.has_mark() && !head.preprinted { RED_RULE } else { "" };
    let above_rule = if is_upward || head.number.is_some() { FOUR_MM - BELOW_HEAD_TEXT } else { FOUR_MM };
    writer.empty_paragraph("HeadRule", &[border, &spacing(if head.has_mark() { above_rule } else { 0 }, TWO_LINES)]);
}

/// The red rule, as wide as the 版心: 0.53 mm.
const RED_RULE: &str = "<w:pBdr><w:top w:val=\"single\" w:sz=\"12\" w:space=\"0\" w:color=\"FF0000\"/></w:pBdr>";

/// 份号 in the body's typeface, 密级 and 紧急程度 in 黑体.
fn notes(head: &Head) -> impl Iterator<Item = (&Inlines, &'static str)> {
    let black = [&head.secrecy, &head.urgency].into_iter().flatten().map(|text| (text, BLACK));
    head.copy_number.iter().map(|text| (text, "")).chain(black)
}

fn spacing(before: u32, after: u32) -> String {
    format!("<w:spacing w:before=\"{before}\" w:after=\"{after}\"/>")
}

/// Spacing around a line whose upper edge is that of its characters of so many half-points: it is as high as they are.
fn mark_spacing(half_points: u32, before: u32) -> String {
    format!("<w:spacing w:before=\"{before}\" w:after=\"0\" w:line=\"{}\" w:lineRule=\"exact\"/>", half_points * 10)
}

/// The mark: one issuer with 文件 behind it, or several one above the other with 文件 beside them; its room alone on
/// preprinted paper.
fn write_mark(writer: &mut WmlWriter<'_>, head: &Head, above: u32) {
    let half_points = mark_half_points(head);
    let size = format!("<w:rPr><w:sz w:val=\"{half_points}\"/></w:rPr>");
    if head.mark.len() > 1 && !head.preprinted {
        return write_joint_mark(writer, head, above, half_points);
    }
    let rows = head.mark.len().max(1) as u32;
    writer.open_paragraph("HeadMark", &[&mark_spacing(half_points * rows, above)]);
    if !head.preprinted {
        head.mark.iter().for_each(|issuer| writer.styled_inlines(&size, issuer));
        writer.run(&size, if head.document { "文件" } else { "" });
    }
    writer.close_paragraph();
}

fn write_joint_mark(writer: &mut WmlWriter<'_>, head: &Head, above: u32, half_points: u32) {
    let size = format!("<w:rPr><w:sz w:val=\"{half_points}\"/></w:rPr>");
    // A tenth of the characters between the names.
    let line = |at: usize| mark_spacing(half_points, if at == 0 { 0 } else { half_points });
    let em_tenths = head.mark.iter().map(|name| plain(name).chars().map(em_tenths).sum::<usize>()).max().unwrap_or(10);
    // A half-point is 10 twips; one character of room, so that nothing is broken.
    let issuers = (em_tenths as u32 * half_points).min(TEXT_WIDTH) + half_points;
    let document = if head.document { half_points * 30 } else { 0 };
    writer.empty_paragraph(
        "HeadRule",
        &[&format!("<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"{above}\" w:lineRule=\"exact\"/>")],
    );
    let widths = [issuers, document];
    let widths = if head.document { &widths[..] } else { &widths[..1] };
    writer.open_plain_table(widths, "<w:jc w:val=\"center\"/>", 0);
    writer.open_row();
    writer.open_cell(issuers);
    for (at, issuer) in head.mark.iter().enumerate() {
        writer.open_paragraph("HeadMark", &[&line(at), "<w:jc w:val=\"distribute\"/>"]);
        writer.styled_inlines(&size, issuer);
        writer.close_paragraph();
    }
    writer.close_cell();
    if head.document {
        writer.open_cell(document);
        writer.open_paragraph("HeadMark", &[&line(0)]);
        writer.run(&size, "文件");
        writer.close_paragraph();
        writer.close_cell();
    }
    writer.close_row();
    writer.close_table();
}

/// 签发人 two a line on the right, 发文字号 on the left of the last line, both in by one character (7.2.5 and 7.2.6).
fn write_upward_lines(writer: &mut WmlWriter<'_>, head: &Head, before: u32) {
    let width = |text: &Inlines| plain(text).chars().map(em_tenths).sum::<usize>() as i32 * CHARACTER / 10;
    let lines: Vec<&[Inlines]> = head.signers.chunks(2).collect();
    let widest = head.signers.iter().map(width).max().unwrap_or(0);
    let columns = if head.signers.len() > 1 { 2 * widest + CHARACTER } else { widest };
    let names = TEXT_WIDTH as i32 - CHARACTER - columns;
    let label = names - 4 * CHARACTER;
    let tabs: String = [CHARACTER, label, names, names + widest + CHARACTER]
        .map(|at| format!("<w:tab w:val=\"left\" w:pos=\"{at}\"/>"))
        .concat();
    for (at, line) in lines.iter().enumerate() {
        let above = spacing(if at == 0 { before } else { 0 }, 0);
        writer.open_paragraph("HeadLine", &[&format!("<w:tabs>{tabs}</w:tabs>"), &above]);
        writer.run("", "\t");
        match &head.number {
            Some(number) if at + 1 == lines.len() => writer.inlines(number),
            _ => {}
        }
        // The label ends where the names begin.
        writer.run("", if at == 0 { "\t签发人：" } else { "\t\t" });
        for (at, name) in line.iter().enumerate() {
            writer.run("", if at == 0 { "" } else { "\t" });
            writer.styled_inlines(KAI, name);
        }
        writer.close_paragraph();
    }
}

/// The texts below the rule of 信函格式: 份号, 密级 and 紧急程度 on the left, 发文字号 on the right of the first line;
/// then two blank lines.
fn write_below_letter_rule(writer: &mut WmlWriter<'_>, head: &Head) {
    let mut notes = notes(head);
    let tab = format!("<w:tabs><w:tab w:val=\"right\" w:pos=\"{TEXT_WIDTH}\"/></w:tabs>");
    let first = notes.next();
    if first.is_some() || head.number.is_some() {
        writer.open_paragraph("HeadLine", &[&tab]);
        if let Some((text, run)) = first {
            writer.styled_inlines(run, text);
        }
        if let Some(number) = &head.number {
            writer.run("", "\t");
            writer.inlines(number);
        }
        writer.close_paragraph();
    }
    for (text, run) in notes {
        writer.open_paragraph("HeadLine", &[]);
        writer.styled_inlines(run, text);
        writer.close_paragraph();
    }
    writer.empty_paragraph("HeadRule", &[&spacing(0, TWO_LINES)]);
}

/// Header and footer of the first page in 信函格式, as parts.
pub(super) struct FirstPage {
    /// `word/header2.xml`.
    pub header: String,
    /// `word/footer3.xml`.
    pub footer: String,
}

impl FirstPage {
    pub(super) fn new(head: &Head, report: &Report<'_>) -> Self {
        let part = |opening: &str, write: &dyn Fn(&mut WmlWriter<'_>), closing: &str| {
            let mut writer = WmlWriter::new(&report.provenance, None);
            writer.xml.push_str(opening);
            write(&mut writer);
            writer.xml.push_str(closing);
            writer.xml
        };
        let header = |writer: &mut WmlWriter<'_>| {
            if report.is_draft() {
                writer.xml.push_str(draft_mark());
            }
            write_letter_header(writer, head);
        };
        let footer_opening = HEADER_OPENING.replace("<w:hdr ", "<w:ftr ");
        Self {
            header: part(HEADER_OPENING, &header, "</w:hdr>"),
            footer: part(&footer_opening, &|writer| write_letter_footer(writer, head), "</w:ftr>"),
        }
    }
}

/// The mark, 30 mm below the page's upper edge (the section's distance of headers), and the double rule below it.
fn write_letter_header(writer: &mut WmlWriter<'_>, head: &Head) {
    let half_points = mark_half_points(head);
    write_mark(writer, head, 0);
    let border = if head.preprinted { "" } else { LETTER_RULE_ABOVE };
    // What the mark's own line leaves free is 8 % of its characters.
    let above = FOUR_MM.saturating_sub(half_points * 8 / 10);
    let line = format!(
        "<w:spacing w:before=\"{above}\" w:after=\"0\" w:line=\"{BELOW_LETTER_RULE}\" w:lineRule=\"exact\"/>\
         <w:ind w:left=\"{LETTER_RULE_INDENT}\" w:right=\"{LETTER_RULE_RIGHT}\"/>"
    );
    writer.empty_paragraph("HeadRule", &[border, &line]);
}

/// Thick above thin: the first line that the name has is the inner one.
const LETTER_RULE_ABOVE: &str =
    "<w:pBdr><w:top w:val=\"thinThickSmallGap\" w:sz=\"24\" w:space=\"0\" w:color=\"FF0000\"/></w:pBdr>";
/// Thin above thick.
const LETTER_RULE_BELOW: &str =
    "<w:pBdr><w:top w:val=\"thickThinSmallGap\" w:sz=\"24\" w:space=\"0\" w:color=\"FF0000\"/></w:pBdr>";

/// The footer of the first page in 信函格式: the lower rule, no number.
fn write_letter_footer(writer: &mut WmlWriter<'_>, head: &Head) {
    if head.preprinted {
        return writer.empty_paragraph("HeadRule", &[]);
    }
    let frame = format!(
        "<w:framePr w:w=\"{LETTER_RULE_WIDTH}\" w:h=\"80\" w:hRule=\"exact\" w:wrap=\"around\" w:vAnchor=\"page\" w:hAnchor=\"page\" \
         w:x=\"{LETTER_RULE_LEFT}\" w:y=\"{LOWER_RULE_TOP}\"/>"
    );
    writer.empty_paragraph("HeadRule", &[&frame, LETTER_RULE_BELOW]);
    writer.empty_paragraph("HeadRule", &[]);
}
