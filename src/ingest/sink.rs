//! Where readers of files send sheets, cells and metadata: a [`Sink`]; [`Collector`] is the sink that builds sheets.

use std::collections::HashSet;
use std::sync::Arc;

use super::formula;
use super::merges::Merges;
use super::raw_cell::RawCell;
use super::raw_sheet::{PlacedCell, RawSheet, SheetMetadata};

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
    /// Cells of the last sheet that came after their places; hardly a file has any.
    late: Vec<PlacedCell>,
    /// The rows and columns of these cells.
    late_places: HashSet<(u32, u32)>,
    /// The shared texts, by their numbers.
    texts: Vec<Arc<str>>,
}

impl Collector {
    /// The sheets, without the cells that merged ranges cover, their formulas resolved.
    pub(super) fn into_sheets(mut self) -> Vec<RawSheet> {
        self.place_late_cells();
        // Formulas count what a merged range covers.
        formula::evaluate(&mut self.sheets);
        self.sheets.iter_mut().for_each(RawSheet::drop_covered_cells);
        self.sheets
    }

    fn place_late_cells(&mut self) {
        self.late_places.clear();
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.extend(std::mem::take(&mut self.late));
        }
    }

    /// Whether a sheet has begun.
    pub(super) fn has_sheet(&self) -> bool {
        !self.sheets.is_empty()
    }
}

impl Sink for Collector {
    fn begin_sheet(&mut self, sheet: RawSheet) {
        self.place_late_cells();
        self.sheets.push(sheet);
    }

    fn cell(&mut self, row: u32, col: u32, raw: RawCell) {
        if let Some(sheet) = self.sheets.last_mut()
            && let Some(content) = sheet.append(row, col, raw)
        {
            if !self.late_places.insert((row, col)) || sheet.get(row, col).is_some() {
                sheet.repeated_cell.get_or_insert((row, col));
            }
            self.late.push(PlacedCell { row, col, content });
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
        self.place_late_cells();
        let Some(sheet) = self.sheets.get_mut(sheet) else { return };
        sheet.hidden_rows = metadata.hidden_rows;
        sheet.hide_columns(metadata.hidden_columns);
        sheet.total_rows = metadata.total_rows;
        sheet.merges = metadata.merges.map(Merges::new).or(sheet.merges.take());
        sheet.extend(metadata.missed_cells);
        sheet.floating_pictures = metadata.floating_pictures;
        metadata.pictures.iter().for_each(|picture| sheet.add_picture(picture));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Collector, PlacedCell, RawCell, RawSheet, SheetMetadata, Sink};

    fn content(number: usize) -> RawCell {
        RawCell::text(&number.to_string())
    }

    proptest::proptest! {
        #[test]
        fn cells_in_any_order_give_the_same_sheet(
            places in proptest::collection::vec((0_u32..6, 0_u32..6), 0..40),
            missed in proptest::collection::vec((0_u32..6, 0_u32..6), 0..4),
        ) {
            let mut collector = Collector::default();
            collector.begin_sheet(RawSheet::default());
            let mut last = BTreeMap::new();
            let mut is_repeated = false;
            for (number, (row, col)) in places.iter().enumerate() {
                collector.cell(*row, *col, content(number));
                is_repeated |= last.insert((*row, *col), content(number)).is_some();
            }
            let mut missed_cells = Vec::new();
            for (number, (row, col)) in (places.len()..).zip(missed) {
                missed_cells.push(PlacedCell { row, col, content: content(number) });
                last.insert((row, col), content(number));
            }
            collector.metadata(0, SheetMetadata { missed_cells, ..SheetMetadata::default() });
            collector.begin_sheet(RawSheet::default());
            let mut ordered = RawSheet::default();
            last.into_iter().for_each(|((row, col), content)| ordered.push(row, col, content));
            let mut sheets = collector.into_sheets();
            proptest::prop_assert_eq!(sheets[0].repeated_cell.take().is_some(), is_repeated);
            proptest::prop_assert_eq!(sheets, [ordered, RawSheet::default()]);
        }
    }

    #[test]
    fn late_cells_go_to_the_sheet_that_they_came_in() {
        let mut collector = Collector::default();
        for number in 0..2 {
            collector.begin_sheet(RawSheet::default());
            collector.cell(5, 0, content(number));
            collector.cell(number as u32, 0, content(number));
        }
        let rows = |sheet: &RawSheet| sheet.rows.iter().map(|row| row.row).collect::<Vec<_>>();
        assert_eq!(collector.into_sheets().iter().map(rows).collect::<Vec<_>>(), [[0, 5], [1, 5]]);
    }
}
