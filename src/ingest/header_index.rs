//! The header spellings of the settings, indexed once for all sheets.
//!
//! A spelling may name groups above its column, separated by `/`. Headers are compared folded (see [`fold_header`]).

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::normalize::{fold, fold_char, is_left_out};
use crate::notice::{Column, Ledger, sheet_header};

/// A set of header spellings. A query is cheap for a text that is no header: most cells of long tables are
/// looked up.
pub struct HeaderIndex {
    folded: HashSet<String>,
    /// The first segments of the spellings by their first characters, which rule most texts out.
    beginnings: BTreeMap<char, Vec<String>>,
    /// The last segments of the spellings.
    endings: HashSet<String>,
}

impl HeaderIndex {
    /// Indexes spellings as written in the settings.
    pub fn new<'s>(spellings: impl Iterator<Item = &'s str>) -> Self {
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

    /// Whether a text is one of the spellings.
    pub fn contains(&self, text: &str) -> bool {
        self.may_begin_with(text) && self.contains_folded(&fold_header(text))
    }

    /// Whether a folded header is one of the spellings.
    pub fn contains_folded(&self, header: &str) -> bool {
        self.folded.contains(header)
    }

    /// Whether a spelling may begin with a text; `false` is certain.
    pub fn may_begin_with(&self, text: &str) -> bool {
        let initial = text.chars().filter(|c| !is_left_out(*c)).map(fold_char).find(|c| *c != '*');
        // Every spelling begins with the empty text.
        let Some(initial) = initial else { return true };
        self.beginnings.get(&initial).is_some_and(|known| {
            let folded = fold(text);
            known.iter().any(|beginning| unstarred(&folded).starts_with(beginning.as_str()))
        })
    }

    /// Whether a spelling may end with a text; `false` is certain. A remark that ends here may begin in a group above.
    pub fn may_end_with(&self, text: &str) -> bool {
        fold(text).ends_with(REMARK_ENDS) || self.endings.contains(below_groups(&fold_header(text)))
    }
}

/// The last segment of a header.
fn below_groups(header: &str) -> &str {
    unstarred(header.rsplit('/').next().unwrap_or(header))
}

/// The text without leading stars, which mark required columns.
fn unstarred(text: &str) -> &str {
    text.trim_start_matches('*')
}

/// A ledger with the spellings of its headers.
pub struct LedgerHeaderIndex<'n> {
    /// The settings of the ledger.
    pub ledger: &'n Ledger,
    /// For each of its columns, in its order, the spellings.
    pub columns: Vec<HeaderIndex>,
    /// The folded names of its sheets and files.
    pub names: Vec<Cow<'n, str>>,
    /// Every spelling as written in the settings but for line ends, and folded.
    exact: HashMap<Cow<'n, str>, SpellingRef>,
    folded: HashMap<Cow<'n, str>, SpellingRef>,
}

/// A column and the index of one of its spellings.
#[derive(Clone, Copy)]
struct SpellingRef {
    column: usize,
    spelling: usize,
}

/// Header texts above each other, from a group down, joined by `/`.
pub struct HeaderPath {
    /// As written on the sheet, trimmed and without line ends: a narrow cell breaks its header anywhere.
    pub written: String,
    /// Folded as headers are compared ([`fold_header`]).
    pub folded: String,
}

impl HeaderPath {
    /// Joins texts, from the highest to the lowest.
    pub fn new(texts: &[String]) -> Self {
        let joined = texts.join("/");
        Self { written: on_one_line(joined.trim()).into_owned(), folded: fold_header(&joined).into_owned() }
    }
}

/// How well a header names a column; the greater the better, by the fields in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MatchQuality {
    /// Whether it is spelled as in the settings.
    pub is_exact: bool,
    /// How many of the texts above the column the spelling covers.
    path_length: usize,
    /// The index of the spelling: the settings' first is the best.
    spelling: Reverse<usize>,
}

/// The ledger's column that a header names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnMatch {
    /// The column's index in the ledger.
    pub column: usize,
    /// How well the header names it.
    pub quality: MatchQuality,
}

impl<'n> LedgerHeaderIndex<'n> {
    /// Indexes the headers of a ledger.
    pub fn new(ledger: &'n Ledger) -> Self {
        let (mut exact, mut folded) = (HashMap::new(), HashMap::new());
        for (index, column) in ledger.columns.values().enumerate() {
            for (place, spelling) in column.header.iter().enumerate() {
                let reference = SpellingRef { column: index, spelling: place };
                let spelling = sheet_header(spelling);
                folded.entry(folded_spelling(&spelling)).or_insert(reference);
                let is_broken = spelling.contains('\n');
                let spelling = if is_broken { Cow::Owned(on_one_line(&spelling).into_owned()) } else { spelling };
                exact.entry(spelling).or_insert(reference);
            }
        }
        let index = |column| HeaderIndex::new(spellings(column).iter().map(AsRef::as_ref));
        let columns = ledger.columns.values().map(index).collect();
        let names = ledger.sheets.iter().chain([&ledger.title]).map(|name| fold(name)).collect();
        Self { ledger, columns, names, exact, folded }
    }

    /// The column that a header names; `paths` are its texts joined from each group down, the longest first. The
    /// longest path that names a column decides.
    pub fn lookup(&self, paths: &[HeaderPath]) -> Option<ColumnMatch> {
        for (path, path_length) in paths.iter().zip((1..=paths.len()).rev()) {
            let exact = self.exact.get(path.written.as_str());
            if let Some(found) = exact.or_else(|| self.folded.get(path.folded.as_str())) {
                let spelling = Reverse(found.spelling);
                let quality = MatchQuality { is_exact: exact.is_some(), path_length, spelling };
                return Some(ColumnMatch { column: found.column, quality });
            }
        }
        None
    }
}

/// A header without line ends.
fn on_one_line(text: &str) -> Cow<'_, str> {
    if text.contains(['\n', '\r']) { Cow::Owned(text.replace(['\n', '\r'], "")) } else { Cow::Borrowed(text) }
}

/// The spellings of a column's header as sheets have them.
pub(super) fn spellings(column: &Column) -> Vec<Cow<'_, str>> {
    column.header.iter().map(|header| sheet_header(header)).collect()
}

/// A spelling folded as a header; borrowed when it is so already.
fn folded_spelling<'s>(spelling: &Cow<'s, str>) -> Cow<'s, str> {
    match spelling {
        Cow::Borrowed(spelling) => fold_header(spelling),
        Cow::Owned(spelling) => Cow::Owned(fold_header(spelling).into_owned()),
    }
}

/// Folds a header and drops a unit or remark in brackets at its end, stars and colons.
pub(super) fn fold_header(text: &str) -> Cow<'_, str> {
    match fold(text) {
        Cow::Borrowed(folded) => Cow::Borrowed(without_remark(folded)),
        Cow::Owned(folded) => Cow::Owned(without_remark(&folded).to_owned()),
    }
}

/// The ends of a remark in brackets.
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
    fn texts_begin_and_end_spellings_when_folded() {
        let words = HeaderIndex::new(["État", "组织/名称（全称）", "姓名"].into_iter());
        for (text, begins) in
            [("ÉTAT", true), (" ＊组 织", true), ("*姓名：", true), ("姓", false), ("名称", false), ("*", true)]
        {
            assert_eq!(words.may_begin_with(text), begins, "{text:?}");
        }
        assert!(["/", "/元"].iter().all(|unit| HeaderIndex::new(std::iter::once(*unit)).contains(unit)));
        assert!(words.contains("éTAT*") && words.contains("＊姓　名") && !words.contains("组织"));
        for (text, ends) in
            [(" 名 称（全称）", true), ("组织/*名称：", true), ("*ÉTAT", true), ("全年)", true), ("组织", false)]
        {
            assert_eq!(words.may_end_with(text), ends, "{text:?}");
        }
    }
}
