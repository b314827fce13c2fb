//! Marks that travel with printed text through tera and Markdown.
//!
//! They are noncharacters of Unicode: no ledger may hold them (ingest drops them), tera and Markdown let them
//! pass, and `report` turns every one of them into a node of the tree, or drops it.

use std::fmt::{self, Write};

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

/// Adds text with the key of its origin.
///
/// # Errors
/// When `out` takes no more; a string does.
pub fn add_sourced(out: &mut impl Write, origin: u32, text: impl fmt::Display) -> fmt::Result {
    out.write_char(ORIGIN_OPEN)?;
    write!(out, "{origin}")?;
    out.write_char(ORIGIN_TEXT)?;
    write!(out, "{text}")?;
    out.write_char(ORIGIN_CLOSE)
}
