//! Typefaces of fixed-layout reports: found by the names that the settings and DOCX reports use.
//!
//! Input: the settings' typefaces and folders of font files. Output: [`Fonts`], which gives for each character of a
//! typeface a face that has it, with the glyph and its width. No font is shipped. `scan` looks into folders, reading
//! only two small tables of each file; `substitutes` lists the typefaces that replace one that is not installed; a face
//! is read as a whole when it is chosen, unless `composites` finds outlines that never end or `variations` more axes than
//! fonts have. What is chosen depends on
//! the folders' content alone, not on their order on disk.
//!
//! `program` gives what PDF files embed of a face: the glyphs that they use, each drawn once a run into a Type 2
//! charstring (`charstring`), whatever the format of the font (`cff_outline` draws those of CFF); `cff` puts these together into a font.

mod book;
mod cff;
mod cff_outline;
mod charstring;
mod composites;
mod face;
mod glyph_variations;
mod program;
mod record;
mod scan;
mod sfnt;
mod substitutes;
mod typeface;
mod variations;

pub use book::{Fonts, Glyph};
pub(crate) use cff::assemble;
pub(crate) use charstring::{DEFAULT_WIDTH, GlyphProgram};
pub(crate) use face::Face;
pub(crate) use record::{FontRecord, RECORD, copy_recorded, to_json};
pub use typeface::Typeface;
