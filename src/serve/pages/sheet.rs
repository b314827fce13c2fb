//! A sheet as a small table, its cells marked where something was found.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{Diagnostic, Location, Severity, column_letters};
use crate::ingest::RawSheet;
use crate::serve::html::{Html, put};

/// Rows that are shown from the beginning.
const FIRST: usize = 30;
/// Rows that are shown in all.
const ROWS: usize = 300;
/// Rows that are shown before and behind one in which something was found.
const AROUND: u32 = 1;
/// Columns that are shown.
const COLUMNS: usize = 40;
/// Characters of a cell that are shown.
const LONGEST: usize = 80;

/// What was found in cells, by row and column.
type Marks<'f> = BTreeMap<(u32, u32), Vec<&'f Diagnostic>>;

/// What a cell goes by in addresses on its page.
pub fn anchor(sheet: usize, row: u32, col: u32) -> String {
    format!("s{sheet}-{}{}", column_letters(col), row + 1)
}

/// The first cell of a finding.
pub fn cell_of(finding: &Diagnostic) -> Option<(u32, u32)> {
    match &finding.place {
        Location::Cell(cell) | Location::Range { first: cell, .. } => Some((cell.row, cell.col)),
        Location::Sheet(_) | Location::File(_) | Location::Line { .. } | Location::Branch => None,
    }
}

/// Sheet number `number` of its file with what was found in it.
pub fn view(number: usize, raw: &RawSheet, findings: &[&Diagnostic]) -> Html {
    let mut marks: Marks<'_> = BTreeMap::new();
    for finding in findings {
        if let Some(at) = cell_of(finding) {
            marks.entry(at).or_default().push(finding);
        }
    }
    let wanted: BTreeSet<u32> = marks.keys().flat_map(|(row, _)| row.saturating_sub(AROUND)..=row + AROUND).collect();
    let shown = raw.rows.iter().enumerate().filter(|(at, row)| *at < FIRST || wanted.contains(&row.row));
    let shown: Vec<u32> = shown
        .map(|(_, row)| row.row)
        .chain(marks.keys().map(|(row, _)| *row))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .take(ROWS)
        .collect();
    let columns = raw
        .rows
        .iter()
        .filter(|row| shown.binary_search(&row.row).is_ok())
        .flat_map(|row| &row.cells)
        .map(|(col, _)| *col);
    let columns: Vec<u32> =
        columns.chain(marks.keys().map(|(_, col)| *col)).collect::<BTreeSet<_>>().into_iter().take(COLUMNS).collect();
    let mut out = Html::default();
    put!(out;
        "<div><div class=\"sheet\" role=\"region\" tabindex=\"0\" aria-label=\"工作表内容\"><table><thead><tr><td></td>");
    for col in &columns {
        put!(out; "<th scope=\"col\">" (column_letters(*col)) "</th>");
    }
    put!(out; "</tr></thead><tbody>");
    let mut before: Option<u32> = None;
    for row in &shown {
        if before.is_some_and(|before| row - before > 1) {
            put!(out; "<tr class=\"cut\"><td colspan=\"" (columns.len() + 1) "\">……</td></tr>");
        }
        before = Some(*row);
        put!(out; "<tr><th scope=\"row\">" (row + 1) "</th>");
        for col in &columns {
            cell(&mut out, number, raw, (*row, *col), marks.get(&(*row, *col)));
        }
        put!(out; "</tr>");
    }
    put!(out; "</tbody></table></div>");
    if raw.rows.len() > shown.len() {
        put!(out; "<p class=\"hint\">共 " (raw.rows.len()) " 行，这里列出开头和有问题的行。</p>");
    }
    put!(out; "</div>");
    out
}

fn cell(out: &mut Html, number: usize, raw: &RawSheet, (row, col): (u32, u32), found: Option<&Vec<&Diagnostic>>) {
    let text = raw.get(row, col).map(|raw| raw.to_text()).unwrap_or_default();
    let short: String = text.chars().take(LONGEST).collect();
    let more = if short.len() < text.len() { "……" } else { "" };
    let Some(found) = found else {
        put!(out; "<td>" (short) (more) "</td>");
        return;
    };
    let worst = found.iter().map(|finding| finding.severity).min().unwrap_or(Severity::Note);
    let class = match worst {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "remark",
    };
    let told: Vec<&str> = found.iter().map(|finding| finding.message.as_str()).collect();
    put!(out; "<td id=\"" (anchor(number, row, col)) "\" class=\"marked " (class) "\" tabindex=\"-1\" title=\""
        (told.join("；")) "\"><strong class=\"level\">" (worst.label()) "</strong> " (short) (more) "</td>");
}
