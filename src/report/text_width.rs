//! Widths of text, in tenths of an em, without font metrics: East Asian characters are one em wide, others half an em.

use super::text::{Inline, gap_text};

/// Space that Word and LibreOffice insert between East Asian and other characters, in tenths of an em.
const SCRIPT_CHANGE: usize = 2;

/// The width of a character in tenths of an em: 10 for East Asian characters and `·`, 0 for combining and zero-width
/// ones, otherwise 5.
pub(crate) fn em_tenths(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        c if (c as u32) < 0x2000 && c != '·' => 5,
        _ => 10,
    }
}

/// The width of text on one line, in tenths of an em.
pub(super) fn text_width(text: &[Inline]) -> usize {
    text.iter()
        .map(|inline| match inline {
            Inline::Text(text) | Inline::Sourced(text, _) => str_width(text),
            Inline::Gap(label, _) => str_width(&gap_text(label)),
            Inline::Break => 0,
            // 五号 is 37 tenths of a millimetre.
            Inline::Picture(printed) => printed.picture.print_width as usize * 10 / 37,
        })
        .sum()
}

fn str_width(text: &str) -> usize {
    let mut width = 0;
    let mut previous = None;
    for current in text.chars().map(em_tenths).filter(|width| *width > 0) {
        width += current;
        if previous.is_some_and(|previous| previous != current) {
            width += SCRIPT_CHANGE;
        }
        previous = Some(current);
    }
    width
}
