//! What the settings say of headers, made ready once for all sheets.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::normalize::{fold, fold_char, is_left_out};
use crate::notice::{Column, Ledger};

/// Headers' words, to be looked for in every cell of long tables.
pub struct HeaderIndex {
    folded: HashSet<String>,
    /// What they begin with up to a group's end, by its first character: most cells need no longer look.
    beginnings: BTreeMap<char, Vec<String>>,
    /// What they end with behind a group.
    endings: HashSet<String>,
}

impl HeaderIndex {
    /// Of spellings as they stand in the settings.
    pub fn of<'s>(spellings: impl Iterator<Item = &'s str>) -> Self {
        let folded: HashSet<String> = spellings.map(|spelling| fold_header(spelling).into_owned()).collect();
        let mut beginnings: BTreeMap<char, Vec<String>> = BTreeMap::new();
        let group_end = |word: &str| word.match_indices('/').map(|(at, _)| at).find(|at| *at > 0);
        for beginning in folded.iter().map(|word| unstarred(&word[..group_end(word).unwrap_or(word.len())])) {
            if let Some(initial) = beginning.chars().next() {
                beginnings.entry(initial).or_default().push(beginning.to_owned());
            }
        }
        let endings = folded.iter().map(|word| below_groups(word).to_owned()).collect();
        Self { folded, beginnings, endings }
    }

    /// Whether a text says one of them.
    pub fn has(&self, text: &str) -> bool {
        self.may_begin_with(text) && self.has_folded(&fold_header(text))
    }

    /// Whether a header, folded, is one of them.
    pub fn has_folded(&self, header: &str) -> bool {
        self.folded.contains(header)
    }

    /// Whether one of them may begin with a text.
    pub fn may_begin_with(&self, text: &str) -> bool {
        let initial = text.chars().filter(|c| !is_left_out(*c)).map(fold_char).find(|c| *c != '*');
        // With nothing all of them begin.
        let Some(initial) = initial else { return true };
        self.beginnings.get(&initial).is_some_and(|known| {
            let folded = fold(text);
            known.iter().any(|beginning| unstarred(&folded).starts_with(beginning.as_str()))
        })
    }

    /// Whether one of them may end with a text. A remark that ends here may have begun in a group above.
    pub fn may_end_with(&self, text: &str) -> bool {
        fold(text).ends_with(REMARK_ENDS) || self.endings.contains(below_groups(&fold_header(text)))
    }
}

/// What a header says below the groups that it names.
fn below_groups(header: &str) -> &str {
    unstarred(header.rsplit('/').next().unwrap_or(header))
}

/// Without the stars before it, which mark what must be filled in.
fn unstarred(text: &str) -> &str {
    text.trim_start_matches('*')
}

/// A ledger with what its headers may say.
pub struct LedgerHeaderIndex<'n> {
    /// The ledger.
    pub ledger: &'n Ledger,
    /// For each of its columns, in its order, the header's spellings.
    pub columns: Vec<HeaderIndex>,
    /// What its sheets and files are called, folded.
    pub names: Vec<Cow<'n, str>>,
    /// Every spelling of its headers: as written in the settings, and folded; each with its column and its place among
    /// the column's spellings.
    exact: HashMap<&'n str, (usize, usize)>,
    folded: HashMap<Cow<'n, str>, (usize, usize)>,
}

/// How well a header names a column: exactly or nearly, by how long a path, by which of the column's spellings.
pub type Fit = (bool, usize, Reverse<usize>);
/// The ledger's column that a header names, and how well.
pub type Named = (usize, Fit);

impl<'n> LedgerHeaderIndex<'n> {
    /// Of a ledger as it is set up.
    pub fn of(ledger: &'n Ledger) -> Self {
        let (mut exact, mut folded) = (HashMap::new(), HashMap::new());
        for (index, column) in ledger.columns.values().enumerate() {
            for (place, spelling) in column.header.iter().enumerate() {
                exact.entry(spelling.as_str()).or_insert((index, place));
                folded.entry(fold_header(spelling)).or_insert((index, place));
            }
        }
        let columns = ledger.columns.values().map(|column| HeaderIndex::of(spellings(column))).collect();
        let names = ledger.sheets.iter().chain([&ledger.title]).map(|name| fold(name)).collect();
        Self { ledger, columns, names, exact, folded }
    }

    /// The column that is named by texts that stand above each other, each as written and folded, the longest path
    /// first. The longest that names one decides.
    pub fn lookup(&self, paths: &[(String, String)]) -> Option<Named> {
        let lengths = (1..=paths.len()).rev();
        paths.iter().zip(lengths).find_map(|((written, folded), length)| {
            let exact =
                self.exact.get(written.as_str()).map(|(index, place)| (*index, (true, length, Reverse(*place))));
            let near = || {
                let near = self.folded.get(folded.as_str());
                near.map(|(index, place)| (*index, (false, length, Reverse(*place))))
            };
            exact.or_else(near)
        })
    }
}

/// The spellings of a column's header.
pub fn spellings(column: &Column) -> impl Iterator<Item = &str> {
    column.header.iter().map(String::as_str)
}

/// A header folded, without a unit or remark in brackets at its end.
pub fn fold_header(text: &str) -> Cow<'_, str> {
    match fold(text) {
        Cow::Borrowed(folded) => Cow::Borrowed(without_remark(folded)),
        Cow::Owned(folded) => Cow::Owned(without_remark(&folded).to_owned()),
    }
}

/// What ends a remark in brackets.
const REMARK_ENDS: [char; 3] = [')', ']', '】'];

fn without_remark(folded: &str) -> &str {
    match folded.find(['(', '[', '【']) {
        Some(at) if at > 0 && folded.ends_with(REMARK_ENDS) => &folded[..at],
        _ => unstarred(folded.trim_end_matches([':', '*'])),
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderIndex, fold_header};

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
    fn words_begin_and_end_as_they_fold() {
        let words = HeaderIndex::of(["État", "组织/名称（全称）", "姓名"].into_iter());
        for (text, begins) in
            [("ÉTAT", true), (" ＊组 织", true), ("*姓名：", true), ("姓", false), ("名称", false), ("*", true)]
        {
            assert_eq!(words.may_begin_with(text), begins, "{text:?}");
        }
        assert!(["/", "/元"].iter().all(|unit| HeaderIndex::of(std::iter::once(*unit)).has(unit)));
        assert!(words.has("éTAT*") && words.has("＊姓　名") && !words.has("组织"));
        for (text, ends) in
            [(" 名 称（全称）", true), ("组织/*名称：", true), ("*ÉTAT", true), ("全年)", true), ("组织", false)]
        {
            assert_eq!(words.may_end_with(text), ends, "{text:?}");
        }
    }
}
