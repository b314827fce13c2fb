//! Marks that travel with printed text through tera and Markdown.
//!
//! They are noncharacters of Unicode: no ledger may hold them (ingest drops them), tera and Markdown let them
//! pass, and `report` turns every one of them into a node of the tree.

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

/// A gap that names what is missing.
pub fn gap(what: &str) -> String {
    format!("{GAP_OPEN}{what}{GAP_CLOSE}")
}
