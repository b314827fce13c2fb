//! Finding a ledger's header in a sheet: at any height, over one to three rows, under merged groups.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::clean::fold;
use super::raw::RawSheet;
use crate::notice::Ledger;

/// Non-blank rows looked through for a header.
const SEARCHED: usize = 200;
/// Rows a header may take.
const DEEPEST: u32 = 3;

/// Where a ledger's columns stand in a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The header's first row.
    pub first_row: u32,
    /// The header's last row; data may begin below it.
    pub last_row: u32,
    /// For each column of the ledger, in its order, the sheet's column.
    pub columns: Vec<Option<u32>>,
    /// Headers accepted although spelled in another way: ledger column, sheet column, text found.
    pub near: Vec<(usize, u32, String)>,
    /// Headers that are no column of the ledger: sheet column and text.
    pub foreign: Vec<(u32, String)>,
    /// Sheet columns whose headers name a column that was found before: a second table may stand beside.
    pub repeated: Vec<u32>,
}

impl Header {
    /// How many of the ledger's columns were found.
    pub fn matched(&self) -> usize {
        self.columns.iter().flatten().count()
    }
}

/// The ledger's header in `sheet` that matches most columns; among equals the shallowest, then the highest.
pub fn find(sheet: &RawSheet, ledger: &Ledger) -> Option<Header> {
    let spellings = Spellings::of(ledger);
    let mut best: Option<(usize, Reverse<u32>, Header)> = None;
    for row in sheet.rows.iter().take(SEARCHED) {
        for depth in 0..DEEPEST {
            let header = match_rows(sheet, row.row, row.row + depth, ledger, &spellings);
            let rank = (header.matched(), Reverse(depth));
            if best.as_ref().is_none_or(|(matched, depth, _)| rank > (*matched, *depth)) {
                best = Some((rank.0, rank.1, header));
            }
        }
        if best.as_ref().is_some_and(|(matched, _, b)| *matched == ledger.columns.len() && b.last_row <= row.row) {
            break;
        }
    }
    best.map(|(_, _, header)| header).filter(|header| header.matched() > 0)
}

/// Every spelling of a ledger's headers: as written in the settings, and folded.
struct Spellings {
    exact: BTreeMap<String, usize>,
    folded: BTreeMap<String, usize>,
}

impl Spellings {
    fn of(ledger: &Ledger) -> Self {
        let (mut exact, mut folded) = (BTreeMap::new(), BTreeMap::new());
        for (index, column) in ledger.columns.values().enumerate() {
            for spelling in &column.header {
                exact.entry(spelling.clone()).or_insert(index);
                folded.entry(fold_header(spelling)).or_insert(index);
            }
        }
        Self { exact, folded }
    }

    /// The column a header path names, and whether it is spelled as in the settings. Longer paths go first.
    fn lookup(&self, path: &[String]) -> Option<(usize, bool)> {
        (0..path.len()).find_map(|from| {
            let text = path[from..].join("/");
            let exact = self.exact.get(text.trim()).map(|index| (*index, true));
            exact.or_else(|| self.folded.get(&fold_header(&text)).map(|index| (*index, false)))
        })
    }
}

/// A header folded, without a unit or remark in brackets at its end.
pub fn fold_header(text: &str) -> String {
    let folded = fold(text);
    match folded.find(['(', '[', '【']) {
        Some(at) if at > 0 && folded.ends_with([')', ']', '】']) => folded[..at].to_owned(),
        _ => folded.trim_end_matches([':', '*']).trim_start_matches('*').to_owned(),
    }
}

fn match_rows(sheet: &RawSheet, first_row: u32, last_row: u32, ledger: &Ledger, spellings: &Spellings) -> Header {
    let mut header = Header {
        first_row,
        last_row,
        columns: vec![None; ledger.columns.len()],
        near: Vec::new(),
        foreign: Vec::new(),
        repeated: Vec::new(),
    };
    for (col, path) in paths(sheet, first_row, last_row) {
        let Some(leaf) = path.last().cloned() else { continue };
        match spellings.lookup(&path) {
            Some((index, exact)) if header.columns[index].is_none() => {
                header.columns[index] = Some(col);
                if !exact {
                    header.near.push((index, col, leaf));
                }
            }
            Some(_) => header.repeated.push(col),
            None => header.foreign.push((col, leaf)),
        }
    }
    header
}

/// For each column, its header texts from the top group down.
fn paths(sheet: &RawSheet, first_row: u32, last_row: u32) -> BTreeMap<u32, Vec<String>> {
    let mut paths: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let columns: std::collections::BTreeSet<u32> = (first_row..=last_row)
        .filter_map(|row| sheet.row(row))
        .flat_map(|row| row.cells.iter().map(|(col, _)| *col))
        .collect();
    for row in first_row..=last_row {
        for col in &columns {
            let (from_row, from_col) = sheet.anchor(row, *col).unwrap_or((row, *col));
            if from_row != row && from_row >= first_row {
                continue;
            }
            let Some(raw) = sheet.get(from_row, from_col) else { continue };
            let text = super::clean::clean(&raw.to_text()).0.trim().to_owned();
            let path = paths.entry(*col).or_default();
            if path.last() != Some(&text) {
                path.push(text);
            }
        }
    }
    if sheet.merges.is_none() {
        spread_groups(sheet, first_row, last_row, &mut paths);
    }
    paths
}

/// Where merges are not told, a group's text reaches right over the blank cells beside it.
fn spread_groups(sheet: &RawSheet, first_row: u32, last_row: u32, paths: &mut BTreeMap<u32, Vec<String>>) {
    for row in (first_row..last_row).rev() {
        let mut group: Option<String> = None;
        for (col, path) in paths.iter_mut() {
            match sheet.get(row, *col) {
                Some(raw) => group = Some(raw.to_text().trim().to_owned()),
                None => {
                    if let Some(group) = group.clone().filter(|g| path.first() != Some(g)) {
                        path.insert(0, group);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fold_header;

    #[test]
    fn headers_fold_alike() {
        for spelling in [
            "规定学时",
            "规定\n学时",
            " 规定　学时 ",
            "规定学时（小时）",
            "规定学时(学时)",
            "*规定学时：",
            "规定学时：",
        ] {
            assert_eq!(fold_header(spelling), "规定学时", "{spelling:?}");
        }
    }
}
