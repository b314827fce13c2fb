//! How much memory the content of files takes in a run: rows and what stages make of them. Pictures are in a temporary
//! file (`picture::Spool`), but for those of 32 MiB.
//!
//! The sizes are not those of allocations, which differ between systems, but an account by fixed rates: the same file
//! has the same size everywhere. Measured on 100,000 rows of four cells: 1,080 bytes a row where all cells are usable,
//! 2,650 where there is a finding for every second cell; counted are 2,330.

use super::read::{InputContent, UnreadSheet};
use super::table::{LedgerSheet, Table};

/// Bytes of a row, of a sheet, of a picture without its file, and of anything else that a sheet notes.
const RECORD: usize = 256;
/// Bytes of a cell of a column that the sheet has, whether or not the row has it: those of a finding about it.
const CELL: usize = 512;

impl InputContent {
    /// Bytes that the content takes in a run.
    pub fn run_size(&self) -> u64 {
        let tables = self.tables.iter().map(table_size);
        let unread = self.unread.iter().map(|UnreadSheet { header, .. }| RECORD + text_size(header));
        let pictures = self.pictures.len() * RECORD;
        tables.chain(unread).chain([pictures]).map(|bytes| bytes as u64).sum()
    }
}

fn table_size(table: &Table) -> usize {
    let columns = table.sheet.header.columns.iter().flatten().count();
    let rows = table.rows.iter().chain(&table.nil_reports);
    let rows: usize = rows.map(|row| RECORD + columns * CELL + row.packed().len()).sum();
    rows + sheet_size(&table.sheet)
}

fn sheet_size(sheet: &LedgerSheet) -> usize {
    let header = &sheet.header;
    let notes = sheet.hidden_rows.len()
        + sheet.totals.len()
        + sheet.differences.len()
        + sheet.uncomputed_totals.len()
        + sheet.doubtful_totals.len()
        + sheet.example_rows.len()
        + sheet.foreign_titles.len()
        + header.repeated.len();
    let foreign = header.foreign.iter().map(|foreign| &foreign.text);
    let beyond = sheet.faulty_fields.iter().map(|field| &field.text);
    let branch_only = sheet.branch_only_rows.iter().map(|row| &row.text);
    RECORD + notes * CELL + text_size(branch_only) + text_size(foreign) + text_size(beyond) + text_size(&sheet.owners)
}

fn text_size<'t>(texts: impl IntoIterator<Item = &'t String>) -> usize {
    texts.into_iter().map(|text| CELL + text.len()).sum()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::ingest::{InputContent, LedgerMatcher, RawCell, RawSheet, read_sheet};
    use crate::notice::Notice;

    /// What a sheet of so many rows holds.
    fn content(header: &[&str], rows: u32, text: &str) -> InputContent {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots/notice.toml");
        let notice = Notice::load(&file).expect("the shipped notice");
        let mut sheet = RawSheet::default();
        for (col, title) in (0..).zip(header) {
            sheet.push(0, col, RawCell::text(title));
            (1..=rows).for_each(|row| sheet.push(row, col, RawCell::text(text)));
        }
        read_sheet(sheet, "干部在线学习.csv", &LedgerMatcher::new(&notice))
    }

    #[test]
    fn rows_columns_and_texts_count() {
        let study = ["党组织", "姓名", "规定学时", "已完成学时"];
        let size = |rows, text| content(&study, rows, text).run_size();
        // 256 bytes a row and 512 a cell; a text in a row of a ledger counts as it is packed.
        assert!((2_304..2_360).contains(&((size(1_000, "甲") - size(500, "甲")) / 500)));
        let longer = size(1_000, &"甲".repeat(1_000)) - size(1_000, "甲");
        assert!((4 * 2_997_000..4 * 3_010_000).contains(&longer), "{longer}");
        let unread = content(&["甲", "乙"], 9, "丙");
        assert_eq!(
            (unread.tables.len(), unread.run_size()),
            (0, 256 + 2 * (512 + 3)),
            "the widest row of an unknown sheet"
        );
    }
}
