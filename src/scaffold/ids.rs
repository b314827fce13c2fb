//! Ids of ledgers, columns, metrics and lists, made from the words that people use for them.

use std::collections::HashSet;

use crate::ingest::fold;
use crate::notice::{folded, is_name_continue, is_name_start};

/// Names that templates and expressions define themselves, and words of their languages.
const RESERVED: [&str; 38] = [
    "n", "b", "row", "rows", "branch", "branches", "notice", "letter", "annex", "calendar", "cutoff", "deadline",
    "and", "or", "not", "true", "false", "none", "if", "elif", "else", "endif", "for", "endfor", "in", "is", "set",
    "all", "prev", "vars", "day", "loop", "has", "this", "null", "change", "break", "continue",
];

/// The ids given so far in one scope.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids(HashSet<String>);

impl Ids {
    /// An id like `words` that was not given before: a number is added to one that was.
    pub(super) fn take(&mut self, words: &str) -> String {
        let base = id_of(words);
        let mut candidates = std::iter::once(base.clone()).chain((2..).map(|number| format!("{base}{number}")));
        let id = candidates.find(|id| !self.0.contains(id)).unwrap_or(base);
        self.0.insert(id.clone());
        id
    }
}

/// The letters and digits of a text, without the remark in brackets behind it: 规定学时（小时） becomes 规定学时.
fn id_of(words: &str) -> String {
    let text = fold(words);
    let bare = match text.find(['(', '[', '【']) {
        Some(at) if at > 0 => &text[..at],
        _ => &text,
    };
    let id: String = bare.chars().filter(|c| is_name_continue(*c)).collect();
    let id = folded(id.trim_matches('_'));
    match id.as_ref() {
        "" => "项".to_owned(),
        id if !id.starts_with(is_name_start) => format!("第{id}"),
        id if RESERVED.contains(&id) => format!("{id}项"),
        id => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn ids_are_letters_and_digits_and_distinct() {
        let mut ids = Ids::default();
        let words = [
            "规定 学时（小时）",
            "规定学时",
            "2026年计划",
            "整改落实/责任人",
            "“两学一做”",
            "No.",
            "！",
            "row",
            "Ａ级",
        ];
        let taken: Vec<String> = words.iter().map(|words| ids.take(words)).collect();
        assert_eq!(
            taken,
            ["规定学时", "规定学时2", "第2026年计划", "整改落实责任人", "两学一做", "no", "项", "row项", "a级"]
        );
    }
}
