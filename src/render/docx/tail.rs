//! 版记 at the foot of the last page, an even one (GB/T 9704-2012, 7.4). Measures are twips.
//!
//! A section that begins on an even page holds a text box at the foot of the 版心, and nothing else. Word and
//! LibreOffice both count a page that they have to leave blank before it, and print nothing on that page. A document
//! cannot say “on this page if it is even and has room, otherwise on the next even one”: fields that compute it are
//! evaluated by Word alone, and only when a person asks for it. 信函格式 has its 版记 on the letter's last page,
//! whichever that is (10.1).
//!
//! The box is VML, which both programs place alike. LibreOffice 7.4 does not float tables here, puts a frame's rules
//! elsewhere, and takes the footer for a part of the 版心: the box reaches down to the page's lower edge, which both
//! programs agree on, and its text ends where the 版心 does.

use super::sections::Sections;
use super::wml::WmlWriter;
use crate::notice::{HeadForm, written_day};
use crate::render::geometry::{TAIL_CHARACTER, TEXT_WIDTH};
use crate::report::{Inlines, LetterParts, Tail};

/// The first and the last rule: 0.35 mm, in eighths of a point.
const OUTER_RULE: u32 = 8;
/// The rules between lines: 0.25 mm.
const INNER_RULE: u32 = 6;
/// Opens the box: as wide as the 版心 (442.25 pt), its text 35 mm (99.2 pt) above the page's lower edge. It grows with
/// its text.
const BOX: &str = "<v:rect xmlns:v=\"urn:schemas-microsoft-com:vml\" id=\"LetterTail\" \
    style=\"position:absolute;margin-left:0;margin-top:0;width:442.25pt;height:110pt;z-index:1;\
    mso-wrap-distance-left:0;mso-wrap-distance-top:0;mso-wrap-distance-right:0;mso-wrap-distance-bottom:0;\
    mso-position-horizontal:left;mso-position-horizontal-relative:margin;\
    mso-position-vertical:bottom;mso-position-vertical-relative:page\" filled=\"f\" stroked=\"f\">\
    <v:textbox style=\"mso-fit-shape-to-text:t\" inset=\"0,0,0,99.2pt\"><w:txbxContent>";
/// Keeps the letter's text above the box.
const TEXT_ABOVE: &str = "<w10:wrap xmlns:w10=\"urn:schemas-microsoft-com:office:word\" type=\"topAndBottom\"/>";

/// A rule: a line of no height to speak of with one border, since borders of a paragraph are as narrow as its indents.
fn write_rule(writer: &mut WmlWriter<'_>, side: &str, eighths: u32) {
    let border =
        format!("<w:pBdr><w:{side} w:val=\"single\" w:sz=\"{eighths}\" w:space=\"0\" w:color=\"000000\"/></w:pBdr>");
    writer.empty_paragraph("HeadRule", &[&border]);
}

/// Appends 版记, if there is one, and the properties of the last section: the last thing of the document, behind
/// annexes. `section` are the properties of the section that is open.
pub(super) fn write(writer: &mut WmlWriter<'_>, letter: &LetterParts, section: String, sections: &mut Sections<'_>) {
    let Some(tail) = &letter.tail else {
        return writer.xml.push_str(&section);
    };
    let is_letter_form = letter.head.as_ref().is_some_and(|head| head.form == HeadForm::Letter);
    let last = if is_letter_form {
        section
    } else {
        writer.empty_paragraph("HeadRule", &[&section]);
        sections.portrait_from_even_page()
    };
    writer.open_paragraph("HeadRule", &[]);
    writer.xml.push_str("<w:r><w:pict>");
    writer.xml.push_str(BOX);
    write_lines(writer, tail, !is_letter_form);
    writer.xml.push_str("</w:txbxContent></v:textbox>");
    writer.xml.push_str(if is_letter_form { TEXT_ABOVE } else { "" });
    writer.xml.push_str("</v:rect></w:pict></w:r>");
    writer.close_paragraph();
    writer.xml.push_str(&last);
}

fn write_lines(writer: &mut WmlWriter<'_>, tail: &Tail, has_rules: bool) {
    let rule = |writer: &mut WmlWriter<'_>, side, eighths| {
        if has_rules {
            write_rule(writer, side, eighths);
        }
    };
    rule(writer, "top", OUTER_RULE);
    if let Some(copy_to) = &tail.copy_to {
        write_copy_to(writer, copy_to);
    }
    if let (Some(printer), Some(printed)) = (&tail.printer, tail.printed) {
        if tail.copy_to.is_some() {
            rule(writer, "top", INNER_RULE);
        }
        write_printer(writer, printer, &format!("{}印发", written_day(printed)));
    }
    rule(writer, "bottom", OUTER_RULE);
}

/// In by one character on both sides; further lines begin below the first name.
fn write_copy_to(writer: &mut WmlWriter<'_>, copy_to: &Inlines) {
    let (left, hanging) = (4 * TAIL_CHARACTER, 3 * TAIL_CHARACTER);
    let indent = format!("<w:ind w:left=\"{left}\" w:right=\"{TAIL_CHARACTER}\" w:hanging=\"{hanging}\"/>");
    writer.open_paragraph("TailText", &[&indent]);
    writer.run("", "抄送：");
    writer.inlines(copy_to);
    writer.run("", "。");
    writer.close_paragraph();
}

/// 印发机关 on the left, 印发日期 on the right, each in by one character.
fn write_printer(writer: &mut WmlWriter<'_>, printer: &Inlines, printed: &str) {
    let end = TEXT_WIDTH - TAIL_CHARACTER;
    let tab = format!("<w:tabs><w:tab w:val=\"right\" w:pos=\"{end}\"/></w:tabs>");
    writer.open_paragraph("TailText", &[&tab, &format!("<w:ind w:left=\"{TAIL_CHARACTER}\"/>")]);
    writer.inlines(printer);
    writer.run("", "\t");
    writer.run("", printed);
    writer.close_paragraph();
}
