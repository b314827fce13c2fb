//! Annexes: their list in the letter (附件说明; GB/T 9704-2012, 7.3.4), and what each begins with (7.3.7).

use super::wml::{KEEP_TOGETHER, WmlWriter};
use crate::render::geometry::{CHARACTER, KEPT_ANNEX_ENTRIES};
use crate::report::{ANNEX_LIST_LEAD, Annex, AnnexEntry, Report, em_tenths};

/// Begins a paragraph on a new page.
const PAGE_BREAK: &str = "<w:pageBreakBefore/>";
/// Makes a paragraph an entry of the navigation pane.
const OUTLINE_LEVEL: &str = "<w:outlineLvl w:val=\"0\"/>";
/// A line of 0.1 pt, which fits wherever a table ends: a taller one may begin a page on which nothing else is.
const THIN_LINE: &str = "<w:spacing w:line=\"2\" w:lineRule=\"exact\"/>";

/// Writes 附件说明, one empty line below the body; nothing for a report without annexes.
pub(super) fn write_list(writer: &mut WmlWriter<'_>, report: &Report<'_>) {
    let entries = report.annex_list();
    if entries.is_empty() {
        return;
    }
    writer.empty_paragraph("", &[KEEP_TOGETHER]);
    for (index, AnnexEntry { number, title }) in entries.iter().enumerate() {
        let lead = if index == 0 { ANNEX_LIST_LEAD } else { "" };
        let keep = if index + KEPT_ANNEX_ENTRIES >= entries.len() { KEEP_TOGETHER } else { "<w:keepLines/>" };
        writer.paragraph("", &[keep, &entry_indent(lead, number)], &format!("{lead}{number}"), title);
    }
}

/// The list is two characters in; a title wraps under its first character.
fn entry_indent(lead: &str, number: &str) -> String {
    let width = |text: &str| text.chars().map(|c| em_tenths(c) as i32 * 10).sum::<i32>();
    let left = 200 + width(ANNEX_LIST_LEAD) + width(number);
    let hanging = width(lead) + width(number);
    let twips = |hundredths: i32| hundredths * CHARACTER / 100;
    format!(
        "<w:ind w:leftChars=\"{left}\" w:left=\"{}\" w:hangingChars=\"{hanging}\" w:hanging=\"{}\"/>",
        twips(left),
        twips(hanging)
    )
}

/// Writes the mark on an annex's first line, the title on its third, and an empty line. `mark_fonts` are the run
/// properties of the mark. The annex begins a page, unless a section break before it does that.
pub(super) fn write_head(writer: &mut WmlWriter<'_>, annex: &Annex, mark_fonts: &str, after_section_break: bool) {
    let page_break = if after_section_break { "" } else { PAGE_BREAK };
    writer.open_paragraph("Addressee", &[page_break, OUTLINE_LEVEL]);
    writer.run(mark_fonts, &annex.mark);
    writer.close_paragraph();
    writer.empty_paragraph("", &[]);
    for line in &annex.title {
        writer.paragraph("Title", &[], "", line);
    }
    writer.empty_paragraph("", &[]);
}

/// Ends an annex whose last block is a table, behind which a document needs a paragraph.
pub(super) fn write_end_of_table(writer: &mut WmlWriter<'_>) {
    writer.empty_paragraph("TableAfter", &[THIN_LINE]);
}

/// Ends a section with its properties.
pub(super) fn write_section_break(writer: &mut WmlWriter<'_>, section_properties: &str) {
    writer.empty_paragraph("TableAfter", &[THIN_LINE, section_properties]);
}
