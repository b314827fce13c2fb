//! Marks that travel with printed text through tera and Markdown.
//!
//! They are noncharacters of Unicode: no ledger may hold them (ingest drops them), tera and Markdown let them
//! pass, and `report` turns every one of them into a node of the tree, or drops it.

/// Opens a gap; what is missing follows.
pub const GAP_OPEN: char = '\u{fdd0}';
/// Closes a gap.
pub const GAP_CLOSE: char = '\u{fdd1}';
/// A line break inside a value.
pub const LINE: char = '\u{fdd2}';
/// Opens a value that holds line breaks.
pub const LINES_OPEN: char = '\u{fdd3}';
/// Closes a value that holds line breaks.
pub const LINES_CLOSE: char = '\u{fdd4}';
/// Opens a value that knows its origin; the origin's key follows in digits.
pub const ORIGIN_OPEN: char = '\u{fdd5}';
/// Ends the key; the value's text follows.
pub const ORIGIN_TEXT: char = '\u{fdd6}';
/// Closes a value that knows its origin.
pub const ORIGIN_CLOSE: char = '\u{fdd7}';

/// Whether a character is a mark, or of their kind.
pub fn is_mark(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}')
}

/// A gap that names what is missing.
pub fn gap(what: &str) -> String {
    format!("{GAP_OPEN}{what}{GAP_CLOSE}")
}

/// Adds a text, which `add` adds, with the key of its origin.
pub fn add_sourced(out: &mut String, origin: u32, add: impl FnOnce(&mut String)) {
    out.push(ORIGIN_OPEN);
    out.push_str(itoa::Buffer::new().format(origin));
    out.push(ORIGIN_TEXT);
    add(out);
    out.push(ORIGIN_CLOSE);
}
