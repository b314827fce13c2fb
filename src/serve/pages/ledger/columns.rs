//! Which column of a sheet was read as which column of a ledger.

use maud::{Markup, html};

use crate::diagnostics::column_letters;
use crate::ingest::{Header, RawSheet};
use crate::notice::Ledger;

/// A line of the table.
struct ColumnLine {
    /// The sheet's column, from 0; `None` when the sheet has none for this column of the ledger.
    col: Option<u32>,
    /// What the header says, as written.
    written: String,
    /// The label of the ledger's column, with a remark.
    read_as: String,
    /// Whether the ledger cannot do without it.
    is_fault: bool,
    /// Whether the ledger has no such column.
    is_foreign: bool,
}

/// The table, in the order of the sheet; columns that are not there come last. `add` is where the ledger gets a column
/// more.
pub(super) fn table(ledger: &Ledger, header: &Header, sheet: &RawSheet, add: Option<&str>) -> Markup {
    let mut lines: Vec<ColumnLine> = lines(ledger, header, sheet);
    lines.sort_by_key(|line| (line.col.is_none(), line.col));
    html! {
        p { "认作《" (ledger.title) "》。" }
        details {
            summary { "各列怎样读取" }
            table class="small" {
                thead {
                    tr { th scope="col" { "列" } th scope="col" { "表头写的" } th scope="col" { "读作" } }
                }
                tbody {
                    @for ColumnLine { col, written, read_as, is_fault, is_foreign } in &lines {
                        tr {
                            td { @if let Some(col) = col { (column_letters(*col)) } }
                            td class=[is_fault.then_some("bad")] { (written) }
                            td { (read_as) @if let Some(add) = add.filter(|_| *is_foreign) { "，" a href=(add) { "要用就添一列" } } }
                        }
                    }
                }
            }
        }
    }
}

fn lines(ledger: &Ledger, header: &Header, sheet: &RawSheet) -> Vec<ColumnLine> {
    let own = ledger.columns.values().zip(&header.columns).enumerate().map(|(index, (column, col))| {
        let label = column.label();
        let near = header.near.iter().any(|near| near.column == index);
        let (written, remark) = match col {
            Some(col) => (written(header, sheet, *col), if near { "（写法有出入）" } else { "" }),
            None => ("没有这一列".to_owned(), if column.required { "" } else { "（可以没有）" }),
        };
        let is_fault = col.is_none() && column.required;
        ColumnLine { col: *col, written, read_as: format!("{label}{remark}"), is_fault, is_foreign: false }
    });
    let foreign = header.foreign.iter().map(|foreign| ColumnLine {
        col: Some(foreign.col),
        written: foreign.text.clone(),
        read_as: "没有用到".to_owned(),
        is_fault: false,
        is_foreign: true,
    });
    own.chain(foreign).collect()
}

/// The texts of the rows of the header above a column, from the top.
fn written(header: &Header, sheet: &RawSheet, col: u32) -> String {
    let rows = header.first_row..=header.last_row;
    let texts = rows.filter_map(|row| Some(sheet.get(row, col)?.to_text().trim().to_owned()));
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("/")
}
