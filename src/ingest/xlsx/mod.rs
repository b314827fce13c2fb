//! Reader of .xlsx and .xlsm.
//!
//! Input: the bytes of the package. Output: sheets, cells and [`SheetMetadata`](super::raw_sheet::SheetMetadata), sent
//! to a [`Budget`](super::budget::Budget)'s sink. One pass over a sheet's part gives cells, number formats, hidden
//! rows, merged ranges and formulas without a result; calamine reads some of these only in passes of their own, and
//! others not at all.
//!
//! Parts are unpacked while they are parsed (`ingest/xml`, on quick-xml), so that memory does not grow with the
//! unpacked size of a sheet. Sizes that a part declares are ignored. Comments are not read.
//!
//! | file | does |
//! |---|---|
//! | `workbook` | finds the sheets and the parts they share |
//! | `strings` | shared texts |
//! | `rich_text` | joins runs; what is raised or struck out |
//! | `styles` | number format and font of each cell style |
//! | `sheet` | rows, merges, the order of cells |
//! | `shared_formula` | formulas that cells share |
//! | `sheet_parts` | drawings and tables of a sheet |
//! | `drawing` | pictures of a drawing, and the cells that they cover |
//! | `cell_pictures` | pictures that cells hold: Excel's and those of WPS |
//! | `cell` | one cell; applies its number format |
//! | `form_hints` | data validations and formats of blank cells, for `zicha new` |

mod cell;
mod cell_pictures;
mod drawing;
mod form_hints;
mod rich_text;
mod shared_formula;
mod sheet;
mod sheet_parts;
mod strings;
mod styles;
mod workbook;

pub(super) use drawing::{DrawingPictures, read as read_drawing};
pub(super) use form_hints::read as read_form_hints;
pub(super) use workbook::read;
