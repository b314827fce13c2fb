//! What calamine passes over in .xls and .xlsb: hidden rows and columns, number formats, what is raised or struck out,
//! formulas without a result, pictures (.xls), and cells whose formula resulted in an error (.xlsb).
//!
//! Input: the file's bytes. Output: [`SheetMetadata`] by the index of the sheet, merged into calamine's cells by the
//! caller; its cells replace those of calamine. Damage ends the reading early and is not reported: calamine reads the
//! same bytes and reports it.

mod binary;
mod styles;
mod xls;
mod xlsb;

use std::collections::HashMap;

pub use super::raw_sheet::SheetMetadata;

pub use xls::{BiffStream, Repaired, UsedPlaces};
pub use xlsb::read as read_xlsb;

/// The metadata of each sheet, by its index in the workbook.
pub type MetadataBySheet = HashMap<usize, SheetMetadata>;
