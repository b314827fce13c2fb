//! 署名 of several issuers.

use maud::{Markup, html};

use super::letterhead::ToMarkup;
use crate::notice::written_day;
use crate::render::joint_seals::{JointSeals, ROW_MM};
use crate::report::{LetterParts, em_tenths};

/// The style sheet of pages with several issuers. Without seals the names are centred on the longest one.
pub(super) const STYLE: &str = include_str!("joint_signature.css");

/// Names in rows and the date below the last one, four characters from the right edge.
pub(super) fn sealed(letter: &LetterParts, inlines: &ToMarkup<'_>) -> Markup {
    let seals = JointSeals::arrange(&letter.organisations);
    let date = written_day(letter.date);
    let columns = seals.rows.first().map_or(1, Vec::len);
    // The date's half in hundredths of a character.
    let half = date.chars().map(em_tenths).sum::<usize>() * 5;
    let column = seals.column_mm;
    let style = format!(
        "grid-template-columns:repeat({columns},{column}mm);grid-template-rows:repeat({}, {ROW_MM}mm) auto;\
         margin-right:calc({}.{:02}em - {}mm)",
        seals.rows.len().saturating_sub(1),
        4 + half / 100,
        half % 100,
        column / 2
    );
    html! {
        div class="seals" style=(style) { "\n"
            @for (at, row) in seals.rows.iter().enumerate() {
                @for (column, name) in row.iter().enumerate() {
                    @let is_last = at + 1 == seals.rows.len() && column + 1 == columns;
                    div {
                        @if let Some(name) = name { p { (inlines(name)) } }
                        @if is_last { p { time datetime=(letter.date) { (date) } } }
                    } "\n"
                }
            }
        } "\n"
    }
}
