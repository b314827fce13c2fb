//! Finds a ledger's header on a sheet: at any height, over one to three rows, under merged groups.
//!
//! Input: a sheet, and the headers of all ledgers ([`Candidates::new`]), then of one ledger ([`find`]). Output: the
//! [`Header`] that names most of the ledger's columns. Which ledger a sheet holds is decided in `ledger_match`.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::header_index::{ColumnMatch, HeaderIndex, HeaderPath, LedgerHeaderIndex, MatchQuality};
use super::normalize::{fold, normalize};
use super::raw_sheet::{RawRow, RawSheet};
use super::unit_note;

/// Non-blank rows that are searched for a header.
const SEARCHED_ROWS: usize = 200;
/// Rows that a header may span.
pub(super) const MAX_DEPTH: u32 = 3;

/// Where a ledger's columns are on a sheet. Rows and sheet columns are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The sheet's first row of the header, from 0.
    pub first_row: u32,
    /// The header's last row; data may begin below it.
    pub last_row: u32,
    /// For each column of the ledger, in its order, the sheet's column.
    pub columns: Vec<Option<u32>>,
    /// Headers that name a column in a spelling that the settings do not have.
    pub near: Vec<NearHeader>,
    /// Headers that name no column of the ledger.
    pub foreign: Vec<ForeignHeader>,
    /// Headers that name a column which another header names better, as when a second table is beside the first.
    pub repeated: Vec<RepeatedHeader>,
    /// For each column of the ledger, what parts of one its header says that it counts: 100 with a percent sign, 1000
    /// with ‰.
    pub parts: Vec<Option<u16>>,
    /// For each column of the ledger, the remark in brackets at the end of its header or of a group above, where a unit
    /// may be.
    pub remarks: Vec<Option<HeaderRemark>>,
    /// The columns of the ledger that were found in hidden columns only, by their positions in the sheet.
    pub hidden: Vec<u32>,
}

/// The remark in brackets at the end of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderRemark {
    /// Its text, folded.
    pub text: String,
    /// Whether the settings have the header with this remark, or it is that of a group, and may be about other columns.
    pub is_in_settings: bool,
}

/// A header accepted although it is spelled in another way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearHeader {
    /// The ledger's column that it names.
    pub column: usize,
    /// The sheet's column, from 0.
    pub col: u32,
    /// Its text as on the sheet, of the lowest header row alone.
    pub text: String,
}

/// A header that names no column of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignHeader {
    /// The sheet's column, from 0.
    pub col: u32,
    /// Its text as on the sheet, of the lowest header row alone.
    pub text: String,
}

/// A header that names a column which another header names better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepeatedHeader {
    /// The ledger's column that it names.
    pub column: usize,
    /// The sheet's column, from 0.
    pub col: u32,
    /// Whether that column is hidden.
    pub is_hidden: bool,
}

impl Header {
    /// How many of the ledger's columns were found.
    pub fn matched(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    /// Its texts, to recognise repetitions of it further down.
    pub fn texts(&self, sheet: &RawSheet) -> HeaderTexts {
        let rows = (self.first_row..=self.last_row).filter_map(|row| sheet.row(row));
        let mut columns: BTreeMap<u32, Vec<Cow<'_, str>>> = BTreeMap::new();
        for (col, raw) in rows.flat_map(|row| &row.cells) {
            columns.entry(*col).or_default().push(raw.to_text());
        }
        let index = |texts: &[Cow<'_, str>]| HeaderIndex::new(texts.iter().map(AsRef::as_ref));
        HeaderTexts(columns.iter().map(|(col, texts)| (*col, index(texts))).collect())
    }
}

/// The texts of a header in each column of its sheet.
pub struct HeaderTexts(BTreeMap<u32, HeaderIndex>);

impl HeaderTexts {
    /// Whether a row repeats the header: every cell has a text of the header in its column. A single row of a header of
    /// several rows counts.
    pub fn are_repeated_in(&self, row: &RawRow) -> bool {
        row.cells.iter().all(|(col, raw)| self.0.get(col).is_some_and(|texts| texts.contains(&raw.to_text())))
    }
}

/// The row ranges of a sheet that may be headers; computed once for all ledgers.
pub(super) struct Candidates(Vec<Candidate>);

struct Candidate {
    first_row: u32,
    last_row: u32,
    columns: Vec<ColumnTitles>,
}

/// The header texts above a column.
struct ColumnTitles {
    col: u32,
    /// Whether the workbook hides the column.
    is_hidden: bool,
    /// The lowest text.
    leaf: String,
    /// The texts above it, from the highest.
    groups: Vec<String>,
    /// The texts joined from each group down, the longest path first.
    paths: Vec<HeaderPath>,
    /// Whether some ledger has a header like one of the paths. Most texts are data and match none.
    is_known: bool,
}

impl Candidates {
    /// The candidates of `sheet`; `headers` are those of all ledgers.
    pub(super) fn new(sheet: &RawSheet, headers: &HeaderIndex) -> Self {
        let has_merges = |row| sheet.merges.iter().any(|merges| merges.over(row).next().is_some());
        let any_text = |row, matches: fn(&HeaderIndex, &str) -> bool| {
            let mut cells = sheet.row(row).into_iter().flat_map(|row| &row.cells);
            has_merges(row) || cells.any(|(_, raw)| matches(headers, &raw.to_text()))
        };
        let rows = sheet.rows.iter().take(SEARCHED_ROWS).map(|row| row.row);
        // A row that begins no header adds nothing to the rows below it; one that ends none, nothing to those above.
        let first_rows = rows.filter(|first| any_text(*first, HeaderIndex::may_begin_with));
        let ranges = first_rows.flat_map(|first| (first..first + MAX_DEPTH).map(move |last| (first, last)));
        Self::among(ranges.filter(|(_, last)| any_text(*last, HeaderIndex::may_end_with)), sheet, headers)
    }

    /// The candidates among ranges of rows, each given by its first and last row.
    fn among(ranges: impl Iterator<Item = (u32, u32)>, sheet: &RawSheet, headers: &HeaderIndex) -> Self {
        let candidates = ranges.map(|(first_row, last_row)| {
            let columns = column_texts(sheet, first_row, last_row).into_iter();
            let titles = |(col, texts): (u32, Vec<String>)| {
                Some(ColumnTitles {
                    is_hidden: sheet.is_column_hidden(col),
                    ..ColumnTitles::new(col, &texts, headers)?
                })
            };
            let columns = columns.filter_map(titles).collect();
            Candidate { first_row, last_row, columns }
        });
        Self(candidates.filter(|candidate| candidate.columns.iter().any(|titles| titles.is_known)).collect())
    }
}

impl ColumnTitles {
    fn new(col: u32, texts: &[String], headers: &HeaderIndex) -> Option<Self> {
        let paths: Vec<_> = (0..texts.len()).map(|from| HeaderPath::new(&texts[from..])).collect();
        let is_known = paths.iter().any(|path| headers.contains_folded(&path.folded));
        let (leaf, groups) = texts.split_last()?;
        Some(Self { col, is_hidden: false, leaf: leaf.clone(), groups: groups.to_vec(), paths, is_known })
    }
}

/// How good a candidate is: by the number of columns it names, then by how few rows it spans.
type Rank = (usize, Reverse<u32>);

/// A candidate with the columns that its titles name.
struct Ranked<'c> {
    rank: Rank,
    candidate: &'c Candidate,
    matches: Vec<Option<ColumnMatch>>,
}

/// The ledger's header that names most columns; among equals the one of fewest rows, then the highest.
pub(super) fn find(candidates: &Candidates, headers: &LedgerHeaderIndex<'_>) -> Option<Header> {
    let width = headers.ledger.columns.len();
    let mut best: Option<Ranked<'_>> = None;
    for candidate in &candidates.0 {
        // A row below a header that names every column cannot name more.
        let is_beaten = |best: &Ranked<'_>| best.rank.0 == width && best.candidate.last_row < candidate.first_row;
        if best.as_ref().is_some_and(is_beaten) {
            break;
        }
        let lookup = |titles: &ColumnTitles| if titles.is_known { headers.lookup(&titles.paths) } else { None };
        let matches: Vec<Option<ColumnMatch>> = candidate.columns.iter().map(lookup).collect();
        let columns: BTreeSet<usize> = matches.iter().flatten().map(|found| found.column).collect();
        let rank = (columns.len(), Reverse(candidate.last_row - candidate.first_row));
        if best.as_ref().is_none_or(|best| rank > best.rank) {
            best = Some(Ranked { rank, candidate, matches });
        }
    }
    best.filter(|best| best.rank.0 > 0).map(|best| best.into_header(width))
}

impl Ranked<'_> {
    /// The header of a ledger that has `width` columns. Of several titles that name a column, a visible one takes it,
    /// then the best.
    fn into_header(self, width: usize) -> Header {
        let mut header = Header {
            first_row: self.candidate.first_row,
            last_row: self.candidate.last_row,
            columns: vec![None; width],
            near: Vec::new(),
            foreign: Vec::new(),
            repeated: Vec::new(),
            parts: vec![None; width],
            remarks: vec![None; width],
            hidden: Vec::new(),
        };
        let mut taken: Vec<Option<(bool, MatchQuality)>> = vec![None; width];
        let is_hidden = |col: u32| self.candidate.columns.iter().any(|titles| titles.col == col && titles.is_hidden);
        for (titles, found) in self.candidate.columns.iter().zip(&self.matches) {
            let ColumnTitles { col, leaf, groups, .. } = titles;
            let Some(ColumnMatch { column, quality }) = *found else {
                header.foreign.push(ForeignHeader { col: *col, text: leaf.clone() });
                continue;
            };
            let quality_here = (!titles.is_hidden, quality);
            if taken[column].is_some_and(|earlier| earlier >= quality_here) {
                header.repeated.push(RepeatedHeader { column, col: *col, is_hidden: titles.is_hidden });
                continue;
            }
            if let Some(earlier) = header.columns[column] {
                header.repeated.push(RepeatedHeader { column, col: earlier, is_hidden: is_hidden(earlier) });
                header.near.retain(|near| near.column != column);
            }
            taken[column] = Some(quality_here);
            header.columns[column] = Some(*col);
            // The lowest text decides.
            header.parts[column] =
                std::iter::once(leaf).chain(groups.iter().rev()).find_map(|text| unit_note::parts(text));
            let of_group = || groups.iter().rev().find_map(|group| remark(group, true));
            header.remarks[column] = remark(leaf, quality.is_exact).or_else(of_group);
            if !quality.is_exact {
                header.near.push(NearHeader { column, col: *col, text: leaf.clone() });
            }
        }
        header.hidden = header.columns.iter().flatten().copied().filter(|col| is_hidden(*col)).collect();
        header
    }
}

/// The remark in brackets at the end of a header text.
fn remark(leaf: &str, is_in_settings: bool) -> Option<HeaderRemark> {
    let folded = fold(leaf);
    let inside = folded.strip_suffix([')', ']', '】'])?;
    let at = inside.rfind(['(', '[', '【'])?;
    let text = inside[at..].trim_start_matches(['(', '[', '【']).to_owned();
    Some(HeaderRemark { text, is_in_settings })
}

/// For each column, its header texts from the top group down.
pub fn column_texts(sheet: &RawSheet, first_row: u32, last_row: u32) -> BTreeMap<u32, Vec<String>> {
    let mut paths: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let columns: BTreeSet<u32> = (first_row..=last_row)
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
            let text = normalize(&raw.to_text()).0.trim().to_owned();
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

/// Without merged ranges, extends the text of a group over the blank cells to its right.
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

    use super::{Candidates, HeaderIndex, LedgerHeaderIndex, MAX_DEPTH, find};
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
        /// Skipped rows would not have named more columns.
        #[test]
        fn no_row_is_skipped_that_would_name_more(
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
            let words = HeaderIndex::new(headers.into_iter());
            let all = sheet.rows.iter().flat_map(|row| (row.row..row.row + MAX_DEPTH).map(|last| (row.row, last)));
            let of_all = find(&Candidates::among(all, &sheet, &words), &LedgerHeaderIndex::new(&ledger));
            let of_some = find(&Candidates::new(&sheet, &words), &LedgerHeaderIndex::new(&ledger));
            proptest::prop_assert_eq!(of_some, of_all);
        }

        /// Whatever the order, the height, the blank columns between and the notes above.
        #[test]
        fn a_header_is_found_anywhere(
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
            let header = find(&Candidates::new(&sheet, &HeaderIndex::new(NAMES.into_iter())), &LedgerHeaderIndex::new(&ledger()));
            let found = header.map(|header| (header.last_row, header.columns));
            proptest::prop_assert_eq!(found, Some((row, cols.map(Some).to_vec())));
        }
    }
}
