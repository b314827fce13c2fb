//! Reader of .ods.
//!
//! Input: the bytes of the package. Output: sheets, cells and [`SheetMetadata`](super::raw_sheet::SheetMetadata), sent
//! to a [`Budget`](super::budget::Budget)'s sink, in one pass over `content.xml`. The text of a cell (`<text:p>`) is
//! what the cell shows; its attributes hold the value. Elements and attributes are recognised by the prefixes that
//! OpenDocument 1.3 uses itself, as all programs write them.
//!
//! | file | does |
//! |---|---|
//! | `document` | the package, and what is not part of a sheet |
//! | `table` | one sheet: columns, rows, merges, repetitions |
//! | `cell` | one cell: from attributes and text to a `RawCell` |
//! | `text` | the text of a cell; what is raised or struck out |
//! | `formula` | formulas in the form of .xlsx |
//! | `styles` | what styles say of number formats and fonts |

mod cell;
mod document;
mod formula;
mod styles;
mod table;
#[cfg(test)]
mod tests;
mod text;

pub(super) use document::read;
