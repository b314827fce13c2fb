//! The report as a tree that all renderers share.
//!
//! Input: the filled templates of one report (Markdown and short texts with markers (`marker.rs`)). Output: a
//! [`Report`]. [`assemble()`] parses the Markdown (`parse`), turns markers into nodes (`inline`), numbers headings,
//! points and captions (`passes`), lays out tables (`table_layout`, `column_widths`, `text_width`), breaks the title
//! into lines (`title`), numbers the annexes (`annex`) and checks what is above the title and at the foot of the last
//! page (`letter_head`).
//!
//! Only this module uses pulldown-cmark. Invariants of a report: no marker is left in any text; every provenance index
//! is valid; a table's shares sum to 1000. Fonts, page geometry and file formats belong to [`mod@crate::render`].

mod annex;
mod assemble;
mod chart;
mod column_widths;
mod figure;
mod gap;
mod inline;
mod letter;
mod letter_head;
mod parse;
mod passes;
mod quotes;
mod table_layout;
mod text;
mod text_width;
mod title;
mod tree;

pub(crate) use annex::{ANNEX_LIST_LEAD, AnnexEntry};
pub(crate) use assemble::assemble;
pub(crate) use gap::Gap;
pub(crate) use letter::LetterParts;
pub(crate) use letter_head::{Head, Tail};
pub(crate) use text::{Inline, Inlines, PrintedPicture, gap_text, plain};
pub(crate) use text_width::em_tenths;
pub(crate) use tree::{Align, Annex, Bar, Block, Caption, Chart, FigureCell, PictureGroup, Report, Table, TableColumn};
