//! 署名 of several issuers with seals, as a table without borders.

use super::wml::{KEEP_TOGETHER, WmlWriter};
use crate::render::geometry::{CHARACTER, JOINT_DATE_INDENT, TEXT_WIDTH, twips};
use crate::render::joint_seals::{JointSeals, ROW_MM};
use crate::report::Inlines;

const CENTRED: &str = "<w:jc w:val=\"center\"/>";

/// 成文日期 below the names.
pub(super) struct JointDate<'d> {
    pub text: &'d Inlines,
    /// In hundredths of a character.
    pub width: i32,
    /// What keeps it on the page of 附注.
    pub keep: &'d str,
}

/// Appends the names, and the date in the cell of the last one: below its middle, however wide programs set it.
pub(super) fn write(writer: &mut WmlWriter<'_>, names: &[Inlines], date: &JointDate<'_>) {
    let seals = JointSeals::arrange(names);
    let column = twips(seals.column_mm);
    let columns = seals.rows.first().map_or(1, Vec::len);
    // From the right edge of the 版心 to the date's middle.
    let middle = (JOINT_DATE_INDENT + date.width / 2) * CHARACTER / 100;
    let left = TEXT_WIDTH as i32 - middle + column as i32 / 2 - columns as i32 * column as i32;
    writer.open_plain_table(&vec![column; columns], &format!("<w:tblInd w:w=\"{left}\" w:type=\"dxa\"/>"), 0);
    for (at, row) in seals.rows.iter().enumerate() {
        let height = if at + 1 < seals.rows.len() {
            format!("<w:trHeight w:val=\"{}\" w:hRule=\"atLeast\"/>", twips(ROW_MM))
        } else {
            String::new()
        };
        writer.open_row_of(&height);
        for (place, name) in row.iter().enumerate() {
            writer.open_top_cell(column);
            writer.open_paragraph("", &[KEEP_TOGETHER, CENTRED]);
            name.iter().for_each(|name| writer.inlines(name));
            writer.close_paragraph();
            if (at + 1, place + 1) == (seals.rows.len(), columns) {
                writer.paragraph("DateOfWriting", &[date.keep, CENTRED], "", date.text);
            }
            writer.close_cell();
        }
        writer.close_row();
    }
    writer.close_table();
}
