//! Finding a ledger's header in a sheet: at any height, over one to three rows, under merged groups.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::header_index::{Fit, HeaderIndex, LedgerHeaderIndex, Named, fold_header};
use super::raw_sheet::{RawRow, RawSheet};

/// Non-blank rows looked through for a header.
const SEARCHED: usize = 200;
/// Rows a header may take.
pub const DEEPEST: u32 = 3;

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
    /// Headers that name a column another names better: ledger column and sheet column. A second table may stand
    /// beside.
    pub repeated: Vec<(usize, u32)>,
    /// For each column of the ledger, whether its header says that its numbers are percentages.
    pub percents: Vec<bool>,
}

impl Header {
    /// How many of the ledger's columns were found.
    pub fn matched(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    /// What it says, to be looked for below.
    pub fn texts(&self, sheet: &RawSheet) -> HeaderTexts {
        let rows = (self.first_row..=self.last_row).filter_map(|row| sheet.row(row));
        let mut columns: BTreeMap<u32, Vec<Cow<'_, str>>> = BTreeMap::new();
        for (col, raw) in rows.flat_map(|row| &row.cells) {
            columns.entry(*col).or_default().push(raw.to_text());
        }
        let words = columns.iter().map(|(col, texts)| (*col, HeaderIndex::of(texts.iter().map(AsRef::as_ref))));
        HeaderTexts(words.collect())
    }
}

/// What a header says in each column of its sheet.
pub struct HeaderTexts(BTreeMap<u32, HeaderIndex>);

impl HeaderTexts {
    /// Whether a row below says it once more: every cell says what the header says in its column. Of a header of
    /// several rows one alone may come again.
    pub fn are_in(&self, row: &RawRow) -> bool {
        row.cells.iter().all(|(col, raw)| self.0.get(col).is_some_and(|words| words.has(&raw.to_text())))
    }
}

/// Rows of a sheet that may be headers: each of the first, alone and with the one or two below it.
pub struct Candidates(Vec<Candidate>);

struct Candidate {
    first_row: u32,
    last_row: u32,
    columns: Vec<Titles>,
}

/// What stands over a column.
struct Titles {
    col: u32,
    /// The lowest text.
    leaf: String,
    /// The texts from each group down joined, the longest path first: as written and folded.
    paths: Vec<(String, String)>,
    /// Whether any ledger has a header like one of them: most texts are data.
    known: bool,
}

impl Candidates {
    /// The candidates of `sheet`; the same for all ledgers, whose headers are `words`.
    pub fn of(sheet: &RawSheet, words: &HeaderIndex) -> Self {
        let merged = |row| sheet.merges.iter().any(|merges| merges.over(row).next().is_some());
        let says = |row, may: fn(&HeaderIndex, &str) -> bool| {
            let mut cells = sheet.row(row).into_iter().flat_map(|row| &row.cells);
            merged(row) || cells.any(|(_, raw)| may(words, &raw.to_text()))
        };
        let rows = sheet.rows.iter().take(SEARCHED).map(|row| row.row);
        // A row that begins no header adds nothing to the rows below it; one that ends none, nothing to those above.
        let firsts = rows.filter(|first| says(*first, HeaderIndex::may_begin_with));
        let ranges = firsts.flat_map(|first| (first..first + DEEPEST).map(move |last| (first, last)));
        Self::among(ranges.filter(|(_, last)| says(*last, HeaderIndex::may_end_with)), sheet, words)
    }

    /// Those of the rows that are given, each by its first and last.
    fn among(ranges: impl Iterator<Item = (u32, u32)>, sheet: &RawSheet, words: &HeaderIndex) -> Self {
        let candidates = ranges.map(|(first_row, last_row)| {
            let columns = paths(sheet, first_row, last_row).into_iter();
            let columns = columns.filter_map(|(col, texts)| Titles::of(col, &texts, words)).collect();
            Candidate { first_row, last_row, columns }
        });
        Self(candidates.filter(|candidate| candidate.columns.iter().any(|titles| titles.known)).collect())
    }
}

impl Titles {
    fn of(col: u32, texts: &[String], words: &HeaderIndex) -> Option<Self> {
        let joined = (0..texts.len()).map(|from| texts[from..].join("/"));
        let paths: Vec<_> = joined.map(|text| (text.trim().to_owned(), fold_header(&text).into_owned())).collect();
        let known = paths.iter().any(|(_, folded)| words.has_folded(folded));
        Some(Self { col, leaf: texts.last()?.clone(), paths, known })
    }
}

/// The ledger's header that matches most columns; among equals the shallowest, then the highest.
pub fn find(candidates: &Candidates, words: &LedgerHeaderIndex<'_>) -> Option<Header> {
    let width = words.ledger.columns.len();
    let mut best: Option<(Rank, &Candidate, Vec<Option<Named>>)> = None;
    for candidate in &candidates.0 {
        // A row below a header that names every column would have to name more.
        let beaten = |((matched, _), above, _): &(Rank, &Candidate, _)| {
            *matched == width && above.last_row < candidate.first_row
        };
        if best.as_ref().is_some_and(beaten) {
            break;
        }
        let name = |titles: &Titles| if titles.known { words.lookup(&titles.paths) } else { None };
        let named: Vec<Option<Named>> = candidate.columns.iter().map(name).collect();
        let mut columns: Vec<usize> = named.iter().flatten().map(|(column, _)| *column).collect();
        columns.sort_unstable();
        columns.dedup();
        let rank = (columns.len(), Reverse(candidate.last_row - candidate.first_row));
        if best.as_ref().is_none_or(|(before, ..)| rank > *before) {
            best = Some((rank, candidate, named));
        }
    }
    let (_, candidate, named) = best.filter(|((matched, _), ..)| *matched > 0)?;
    Some(header_of(candidate, named, width))
}

/// How good a candidate is: by the columns it names, then by how few rows it takes.
type Rank = (usize, Reverse<u32>);

/// The header that a candidate is, by what its columns name, of a ledger with so many columns.
fn header_of(candidate: &Candidate, named: Vec<Option<Named>>, width: usize) -> Header {
    let mut header = Header {
        first_row: candidate.first_row,
        last_row: candidate.last_row,
        columns: vec![None; width],
        near: Vec::new(),
        foreign: Vec::new(),
        repeated: Vec::new(),
        percents: vec![false; width],
    };
    let mut fits: Vec<Option<Fit>> = vec![None; width];
    for (Titles { col, leaf, .. }, named) in candidate.columns.iter().zip(named) {
        let Some((index, fit)) = named else {
            header.foreign.push((*col, leaf.clone()));
            continue;
        };
        match (fits[index], header.columns[index]) {
            (Some(before), _) if before >= fit => header.repeated.push((index, *col)),
            (_, before) => {
                header.repeated.extend(before.map(|before| (index, before)));
                header.near.retain(|(near, ..)| *near != index);
                fits[index] = Some(fit);
                header.columns[index] = Some(*col);
                header.percents[index] = leaf.contains(['%', '％']);
                if !fit.0 {
                    header.near.push((index, *col, leaf.clone()));
                }
            }
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
            let text = super::normalize::normalize(&raw.to_text()).0.trim().to_owned();
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
    use proptest::prelude::Strategy;

    use super::{Candidates, DEEPEST, HeaderIndex, LedgerHeaderIndex, find};
    use crate::ingest::{Merge, Merges, RawCell, RawSheet};
    use crate::notice::Ledger;

    const NAMES: [&str; 4] = ["党组织", "姓名", "规定学时", "已完成学时"];

    fn ledger() -> Ledger {
        let columns = "branch = { header = [\"党组织\"], type = \"branch\" }\nname = { header = [\"姓名\"], type = \"text\" }\n\
            required = { header = [\"规定学时\"], type = \"decimal\" }\ndone = { header = [\"已完成学时\"], type = \"decimal\" }\n";
        toml::from_str(&format!("title = \"学习\"\n[columns]\n{columns}")).unwrap()
    }

    /// Texts that are headers, parts of headers, or nearly.
    const TEXTS: [&str; 16] = [
        "党组织",
        "组织",
        "*名称（全称）",
        "人员",
        "*姓名：",
        "规定学时（每人",
        "全年）",
        "规定学时",
        "（小时）",
        "（一）整改",
        "时长（天）",
        "组织/名称",
        "甲党支部",
        "50",
        "",
        "",
    ];

    proptest::proptest! {
        /// Rows that are not looked at would not have named more.
        #[test]
        fn no_row_is_passed_over_that_would_name_more(
            rows in proptest::collection::vec(proptest::collection::vec(0..TEXTS.len(), 5), 1..6),
            merges in proptest::collection::vec((0_u32..5, 0_u32..5, 0_u32..3, 0_u32..3), 0..3),
        ) {
            let merge = |(row, col, down, right): &(u32, u32, u32, u32)| {
                Merge { first: (*row, *col), last: (row + down, col + right) }
            };
            let merges = Some(Merges::new(merges.iter().map(merge).collect()));
            let mut sheet = RawSheet { merges, ..RawSheet::default() };
            for (row, texts) in (0..).zip(&rows) {
                for (col, text) in (0..).zip(texts) {
                    sheet.push(row, col, RawCell::Text(TEXTS[*text].into()));
                }
            }
            let headers = ["党组织", "组织/*名称（全称）", "人员/*姓名", "规定学时/（小时）", "规定学时", "（一）整改/时长（天）"];
            let column = |(at, header)| format!("c{at} = {{ header = [\"{header}\"], type = \"text\" }}\n");
            let columns: String = headers.iter().enumerate().map(column).collect();
            let ledger: Ledger = toml::from_str(&format!("title = \"学习\"\n[columns]\n{columns}")).unwrap();
            let words = HeaderIndex::of(headers.into_iter());
            let all = sheet.rows.iter().flat_map(|row| (row.row..row.row + DEEPEST).map(|last| (row.row, last)));
            let of_all = find(&Candidates::among(all, &sheet, &words), &LedgerHeaderIndex::of(&ledger));
            let of_some = find(&Candidates::of(&sheet, &words), &LedgerHeaderIndex::of(&ledger));
            proptest::prop_assert_eq!(of_some, of_all);
        }

        /// Whatever the order, the height, the blank columns between and the notes above.
        #[test]
        fn a_header_is_found_wherever_it_stands(
            order in proptest::sample::subsequence(vec![0_usize, 1, 2, 3], 4).prop_shuffle(),
            gaps in proptest::collection::vec(1_u32..4, 4),
            notes in proptest::collection::vec("[一-十]{1,6}", 0..30),
            height in 0_u32..500,
        ) {
            let mut sheet = RawSheet { merges: Some(Merges::default()), ..RawSheet::default() };
            for (row, note) in (0..).zip(&notes) {
                sheet.push(row, 1, RawCell::Text(note.as_str().into()));
            }
            let row = notes.len() as u32 + height;
            let mut cols = [0; 4];
            let mut col = 0;
            for (index, gap) in order.iter().zip(&gaps) {
                col += gap;
                cols[*index] = col;
                sheet.push(row, col, RawCell::Text(NAMES[*index].into()));
            }
            let header = find(&Candidates::of(&sheet, &HeaderIndex::of(NAMES.into_iter())), &LedgerHeaderIndex::of(&ledger()));
            let found = header.map(|header| (header.last_row, header.columns));
            proptest::prop_assert_eq!(found, Some((row, cols.map(Some).to_vec())));
        }
    }
}
