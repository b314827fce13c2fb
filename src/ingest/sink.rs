//! Where readers of files send sheets, cells and metadata: a [`Sink`]; [`Collector`] is the sink that builds sheets.

use std::sync::Arc;

use super::formula;
use super::raw_cell::RawCell;
use super::raw_sheet::{Merges, PlacedCell, RawSheet, SheetMetadata};

/// Receives the contents of a file in the order in which its reader meets them.
pub(super) trait Sink {
    /// Starts a sheet; `sheet` has no rows yet.
    fn begin_sheet(&mut self, sheet: RawSheet);
    /// A cell of the last sheet.
    fn cell(&mut self, row: u32, col: u32, raw: RawCell);
    /// A cell of the last sheet whose text other cells share. Shared texts are numbered from 0 in the order of their
    /// first cells, over all sheets.
    fn shared_text(&mut self, row: u32, col: u32, number: u32, text: &str);
    /// What is known only at the end of a sheet; `sheet` is its index.
    fn metadata(&mut self, sheet: usize, metadata: SheetMetadata);
}

/// A sink that builds sheets.
#[derive(Debug, Default)]
pub(super) struct Collector {
    sheets: Vec<RawSheet>,
    /// The shared texts, by their numbers.
    texts: Vec<Arc<str>>,
}

impl Collector {
    /// The sheets, without the cells that merged ranges cover, their formulas resolved.
    pub(super) fn into_sheets(mut self) -> Vec<RawSheet> {
        // Formulas count what a merged range covers.
        formula::evaluate(&mut self.sheets);
        self.sheets.iter_mut().for_each(RawSheet::drop_covered_cells);
        self.sheets
    }

    /// Whether a sheet has begun.
    pub(super) fn has_sheet(&self) -> bool {
        !self.sheets.is_empty()
    }
}

impl Sink for Collector {
    fn begin_sheet(&mut self, sheet: RawSheet) {
        self.sheets.push(sheet);
    }

    fn cell(&mut self, row: u32, col: u32, raw: RawCell) {
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.insert(row, col, raw);
        }
    }

    fn shared_text(&mut self, row: u32, col: u32, number: u32, text: &str) {
        let shared = usize::try_from(number).ok().and_then(|number| self.texts.get(number)).cloned();
        let text = shared.unwrap_or_else(|| {
            let text: Arc<str> = text.into();
            self.texts.push(Arc::clone(&text));
            text
        });
        self.cell(row, col, RawCell::Text(text));
    }

    fn metadata(&mut self, sheet: usize, metadata: SheetMetadata) {
        let Some(sheet) = self.sheets.get_mut(sheet) else { return };
        sheet.hidden_rows = metadata.hidden_rows;
        sheet.hide_columns(metadata.hidden_columns);
        sheet.total_rows = metadata.total_rows;
        sheet.merges = metadata.merges.map(Merges::new).or(sheet.merges.take());
        for PlacedCell { row, col, content } in metadata.missed_cells {
            sheet.insert(row, col, content);
        }
        for (row, col) in metadata.pictures {
            sheet.add_picture(row, col);
        }
    }
}
