//! An excerpt of a sheet as a table: its first rows and those with findings, cells with findings marked.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use crate::diagnostics::{CellPosition, Diagnostic, Location, Severity, column_letters};
use crate::ingest::RawSheet;
use crate::serve::pages::findings::{cell_id, severity_class};

/// Rows shown from the start of the sheet.
const FIRST_ROWS: usize = 30;
/// Rows shown in all.
const MAX_ROWS: usize = 300;
/// Rows shown before and after one with a finding.
const CONTEXT_ROWS: u32 = 1;
/// Columns shown.
const MAX_COLUMNS: usize = 40;
/// Bytes of a text without Chinese characters that is never broken over lines.
const MAX_WHOLE_BYTES: usize = 24;
/// Characters shown of a cell.
const MAX_CELL_CHARS: usize = 80;

/// The findings of each cell.
type FindingsByCell<'f> = BTreeMap<CellPosition, Vec<&'f Diagnostic>>;

/// The id of a cell on the page.
pub(super) fn anchor(cell: CellPosition) -> String {
    cell_id(cell.row, cell.col)
}

/// The first cell of a finding; `None` when it is about no cell.
pub(super) fn first_cell(finding: &Diagnostic) -> Option<CellPosition> {
    match &finding.location {
        Location::Cell(cell) | Location::Range { first: cell, .. } => {
            Some(CellPosition { row: cell.row, col: cell.col })
        }
        Location::Sheet(_) | Location::File(_) | Location::Line { .. } | Location::Branch => None,
    }
}

/// The excerpt of a sheet with its findings.
pub(super) fn table(sheet: &RawSheet, findings: &[&Diagnostic]) -> Markup {
    let mut by_cell = FindingsByCell::new();
    for finding in findings {
        if let Some(cell) = first_cell(finding) {
            by_cell.entry(cell).or_default().push(finding);
        }
    }
    let rows = shown_rows(sheet, &by_cell);
    let columns = shown_columns(sheet, &rows, &by_cell);
    html! {
        div {
            div class="sheet" role="region" tabindex="0" aria-label="工作表内容" {
                table {
                    thead {
                        tr {
                            td {}
                            @for col in &columns { th scope="col" { (column_letters(*col)) } }
                        }
                    }
                    tbody {
                        @for (position, row) in rows.iter().enumerate() {
                            @if position > 0 && row - rows[position - 1] > 1 {
                                tr class="cut" { td colspan=(columns.len() + 1) { "……" } }
                            }
                            tr {
                                th scope="row" { (row + 1) }
                                @for col in &columns {
                                    @let cell = CellPosition { row: *row, col: *col };
                                    (table_cell(sheet, cell, by_cell.get(&cell)))
                                }
                            }
                        }
                    }
                }
            }
            @if sheet.rows.len() > rows.len() {
                p class="hint" { "共 " (sheet.rows.len()) " 行，这里列出开头和有问题的行。" }
            }
        }
    }
}

/// The rows shown, ascending: the first ones, those with findings, and their neighbours.
fn shown_rows(sheet: &RawSheet, by_cell: &FindingsByCell<'_>) -> Vec<u32> {
    let with_findings = || by_cell.keys().map(|cell| cell.row);
    let context: BTreeSet<u32> =
        with_findings().flat_map(|row| row.saturating_sub(CONTEXT_ROWS)..=row + CONTEXT_ROWS).collect();
    let mut rows: BTreeSet<u32> = with_findings().collect();
    for (position, row) in sheet.rows.iter().enumerate() {
        if position < FIRST_ROWS || context.contains(&row.row) {
            rows.insert(row.row);
        }
    }
    rows.into_iter().take(MAX_ROWS).collect()
}

/// The columns shown, ascending: those that have a cell in a shown row, and those with findings.
fn shown_columns(sheet: &RawSheet, rows: &[u32], by_cell: &FindingsByCell<'_>) -> Vec<u32> {
    let mut columns: BTreeSet<u32> = by_cell.keys().map(|cell| cell.col).collect();
    for row in sheet.rows.iter().filter(|row| rows.binary_search(&row.row).is_ok()) {
        columns.extend(row.cells.iter().map(|(col, _)| *col));
    }
    columns.into_iter().take(MAX_COLUMNS).collect()
}

/// Whether a text stays on one line: a date, a number, a code.
fn is_unbreakable(text: &str) -> bool {
    text.len() <= MAX_WHOLE_BYTES && text.is_ascii()
}

fn table_cell(sheet: &RawSheet, cell: CellPosition, findings: Option<&Vec<&Diagnostic>>) -> Markup {
    let text = sheet.get(cell.row, cell.col).map(|value| value.to_text()).unwrap_or_default();
    let short: String = text.chars().take(MAX_CELL_CHARS).collect();
    let ellipsis = if short.len() < text.len() { "……" } else { "" };
    let Some(findings) = findings else {
        return html! { td class=[is_unbreakable(&short).then_some("whole")] { (short) (ellipsis) } };
    };
    let worst = findings.iter().map(|finding| finding.severity).min().unwrap_or(Severity::Note);
    let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    html! {
        @let whole = if is_unbreakable(&short) { " whole" } else { "" };
        td id=(anchor(cell)) class={ "marked " (severity_class(worst)) (whole) } tabindex="-1"
            title=(messages.join("；")) {
            strong class="level" { (worst.label()) }
            " " (short) (ellipsis)
        }
    }
}
