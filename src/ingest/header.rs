//! Finding a ledger's header in a sheet: at any height, over one to three rows, under merged groups.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::clean::{fold, fold_char, is_left_out};
use super::raw::{Raw, RawRow, RawSheet};
use crate::notice::Ledger;

/// Non-blank rows looked through for a header.
const SEARCHED: usize = 200;
/// Rows a header may take.
pub const DEEPEST: u32 = 3;

/// Headers' words, to be looked for in every cell of long tables.
pub struct Words {
    folded: HashSet<String>,
    /// What they begin with up to a group's end, by its first character: most cells need no longer look.
    beginnings: BTreeMap<char, Vec<String>>,
}

impl Words {
    /// Of spellings as they stand in the settings.
    pub fn of<'s>(spellings: impl Iterator<Item = &'s str>) -> Self {
        let folded: HashSet<String> = spellings.map(|spelling| fold_header(spelling).into_owned()).collect();
        let mut beginnings: BTreeMap<char, Vec<String>> = BTreeMap::new();
        for beginning in folded.iter().filter_map(|word| word.split('/').next()) {
            if let Some(initial) = beginning.chars().next() {
                beginnings.entry(initial).or_default().push(beginning.to_owned());
            }
        }
        Self { folded, beginnings }
    }

    /// Of ledgers' columns, each spelling whole.
    pub fn of_ledgers<'l>(ledgers: impl Iterator<Item = &'l Ledger>) -> Self {
        let columns = ledgers.flat_map(|ledger| ledger.columns.values());
        Self::of(columns.flat_map(|column| &column.header).map(String::as_str))
    }

    /// Whether a text says one of them.
    pub fn has(&self, text: &str) -> bool {
        self.may_begin_with(text) && self.folded.contains(&*fold_header(text))
    }

    /// Whether one of them may begin with a text.
    fn may_begin_with(&self, text: &str) -> bool {
        let initial = text.chars().filter(|c| !is_left_out(*c)).map(fold_char).find(|c| *c != '*');
        let known = initial.and_then(|initial| self.beginnings.get(&initial));
        known.is_some_and(|known| {
            let folded = fold(text);
            let folded = folded.trim_start_matches('*');
            known.iter().any(|beginning| folded.starts_with(beginning.as_str()))
        })
    }
}

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
        let mut columns: HashMap<u32, Vec<String>> = HashMap::new();
        for (col, raw) in rows.flat_map(|row| &row.cells) {
            columns.entry(*col).or_default().push(fold_header(&raw.to_text()).into_owned());
        }
        HeaderTexts(columns)
    }
}

/// What a header says in each column of its sheet.
pub struct HeaderTexts(HashMap<u32, Vec<String>>);

impl HeaderTexts {
    /// Whether a row below says it once more: every cell says what the header says in its column. Of a header of
    /// several rows one alone may come again.
    pub fn are_in(&self, row: &RawRow) -> bool {
        row.cells.iter().all(|(col, raw)| {
            let Some(texts) = self.0.get(col) else { return false };
            let text = raw.to_text();
            let said = fold_header(&text);
            texts.iter().any(|text| *text == said)
        })
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
    pub fn of(sheet: &RawSheet, words: &Words) -> Self {
        let begins = |(_, raw): &(u32, Raw)| words.may_begin_with(&raw.to_text());
        let merged = |row: u32| sheet.merges.iter().any(|merges| merges.over(row).next().is_some());
        let searched = sheet.rows.iter().take(SEARCHED + DEEPEST as usize);
        let may_say = searched.filter(|row| row.cells.iter().any(begins) || merged(row.row)).map(|row| row.row);
        let may_say: HashSet<u32> = may_say.collect();
        let rows = sheet.rows.iter().take(SEARCHED).map(|row| row.row);
        let candidates = rows.flat_map(|first_row| (first_row..first_row + DEEPEST).map(move |last| (first_row, last)));
        let candidates = candidates.filter(|(first, last)| (*first..=*last).any(|row| may_say.contains(&row)));
        let candidates = candidates.map(|(first_row, last_row)| {
            let columns = paths(sheet, first_row, last_row).into_iter();
            let columns = columns.filter_map(|(col, texts)| Titles::of(col, &texts, words)).collect();
            Candidate { first_row, last_row, columns }
        });
        Self(candidates.filter(|candidate| candidate.columns.iter().any(|titles| titles.known)).collect())
    }
}

impl Titles {
    fn of(col: u32, texts: &[String], words: &Words) -> Option<Self> {
        let joined = (0..texts.len()).map(|from| texts[from..].join("/"));
        let paths: Vec<_> = joined.map(|text| (text.trim().to_owned(), fold_header(&text).into_owned())).collect();
        let known = paths.iter().any(|(_, folded)| words.folded.contains(folded));
        Some(Self { col, leaf: texts.last()?.clone(), paths, known })
    }
}

/// The ledger's header that matches most columns; among equals the shallowest, then the highest.
pub fn find(candidates: &Candidates, ledger: &Ledger) -> Option<Header> {
    let spellings = Spellings::of(ledger);
    let mut best: Option<(Rank, &Candidate, Vec<Option<Named>>)> = None;
    for candidate in &candidates.0 {
        // A row below a header that names every column would have to name more.
        let beaten = |((matched, _), above, _): &(Rank, &Candidate, _)| {
            *matched == ledger.columns.len() && above.last_row < candidate.first_row
        };
        if best.as_ref().is_some_and(beaten) {
            break;
        }
        let name = |titles: &Titles| if titles.known { spellings.lookup(titles) } else { None };
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
    Some(header_of(candidate, named, ledger))
}

/// How good a candidate is: by the columns it names, then by how few rows it takes.
type Rank = (usize, Reverse<u32>);

/// Every spelling of a ledger's headers: as written in the settings, and folded; each with its column and its place
/// among the column's spellings.
struct Spellings {
    exact: HashMap<String, (usize, usize)>,
    folded: HashMap<String, (usize, usize)>,
}

/// How well a header names a column: exactly or nearly, by how long a path, by which of the column's spellings.
type Fit = (bool, usize, Reverse<usize>);
/// The ledger's column that a header names, and how well.
type Named = (usize, Fit);

impl Spellings {
    fn of(ledger: &Ledger) -> Self {
        let (mut exact, mut folded) = (HashMap::new(), HashMap::new());
        for (index, column) in ledger.columns.values().enumerate() {
            for (place, spelling) in column.header.iter().enumerate() {
                exact.entry(spelling.clone()).or_insert((index, place));
                folded.entry(fold_header(spelling).into_owned()).or_insert((index, place));
            }
        }
        Self { exact, folded }
    }

    /// The column that is named. The longest path that names one decides.
    fn lookup(&self, titles: &Titles) -> Option<Named> {
        let lengths = (1..=titles.paths.len()).rev();
        titles.paths.iter().zip(lengths).find_map(|((written, folded), length)| {
            let exact = self.exact.get(written).map(|(index, place)| (*index, (true, length, Reverse(*place))));
            let near = || self.folded.get(folded).map(|(index, place)| (*index, (false, length, Reverse(*place))));
            exact.or_else(near)
        })
    }
}

/// A header folded, without a unit or remark in brackets at its end.
pub fn fold_header(text: &str) -> Cow<'_, str> {
    match fold(text) {
        Cow::Borrowed(folded) => Cow::Borrowed(without_remark(folded)),
        Cow::Owned(folded) => Cow::Owned(without_remark(&folded).to_owned()),
    }
}

fn without_remark(folded: &str) -> &str {
    match folded.find(['(', '[', '【']) {
        Some(at) if at > 0 && folded.ends_with([')', ']', '】']) => &folded[..at],
        _ => folded.trim_end_matches([':', '*']).trim_start_matches('*'),
    }
}

/// The header that a candidate is, by what its columns name.
fn header_of(candidate: &Candidate, named: Vec<Option<Named>>, ledger: &Ledger) -> Header {
    let mut header = Header {
        first_row: candidate.first_row,
        last_row: candidate.last_row,
        columns: vec![None; ledger.columns.len()],
        near: Vec::new(),
        foreign: Vec::new(),
        repeated: Vec::new(),
        percents: vec![false; ledger.columns.len()],
    };
    let mut fits: Vec<Option<Fit>> = vec![None; ledger.columns.len()];
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
    use proptest::prelude::Strategy;

    use super::{Candidates, find, fold_header};
    use crate::ingest::{Merges, Raw, RawSheet};
    use crate::notice::Ledger;

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

    #[test]
    fn words_begin_as_they_fold() {
        let words = super::Words::of(["État", "组织/名称（全称）", "姓名"].into_iter());
        for (text, begins) in
            [("ÉTAT", true), (" ＊组 织", true), ("*姓名：", true), ("姓", false), ("名称", false), ("", false)]
        {
            assert_eq!(words.may_begin_with(text), begins, "{text:?}");
        }
        assert!(words.has("éTAT*") && words.has("＊姓　名") && !words.has("组织"));
    }

    const NAMES: [&str; 4] = ["党组织", "姓名", "规定学时", "已完成学时"];

    fn ledger() -> Ledger {
        let columns = "branch = { header = [\"党组织\"], type = \"branch\" }\nname = { header = [\"姓名\"], type = \"text\" }\n\
            required = { header = [\"规定学时\"], type = \"decimal\" }\ndone = { header = [\"已完成学时\"], type = \"decimal\" }\n";
        toml::from_str(&format!("title = \"学习\"\n[columns]\n{columns}")).unwrap()
    }

    proptest::proptest! {
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
                sheet.push(row, 1, Raw::Text(note.as_str().into()));
            }
            let row = notes.len() as u32 + height;
            let mut cols = [0; 4];
            let mut col = 0;
            for (index, gap) in order.iter().zip(&gaps) {
                col += gap;
                cols[*index] = col;
                sheet.push(row, col, Raw::Text(NAMES[*index].into()));
            }
            let words = super::Words::of(NAMES.into_iter());
            let header = find(&Candidates::of(&sheet, &words), &ledger());
            let found = header.map(|header| (header.last_row, header.columns));
            proptest::prop_assert_eq!(found, Some((row, cols.map(Some).to_vec())));
        }
    }
}
