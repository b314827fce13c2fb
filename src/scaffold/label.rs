//! The words of a header: what a column is called, and the remark in brackets behind it.

use crate::ingest::{fold, normalize};

/// A header text taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Label {
    /// What the column is called, without white space, marks and remark.
    pub name: String,
    /// The remark in brackets, folded; empty when there is none.
    pub remark: String,
    /// Whether the header is marked as one that must be filled in: by a star, or 必填 in the remark.
    pub is_required: bool,
}

impl Label {
    /// Takes a header text apart.
    pub(super) fn new(text: &str) -> Self {
        let text: String = normalize(text).0.chars().filter(|c| !c.is_whitespace()).collect();
        let bare = text.trim_start_matches(['*', '＊']).trim_end_matches(['*', '＊', ':', '：']);
        let has_star = bare.len() < text.trim_end_matches([':', '：']).len();
        let at = bare.find(['(', '（', '[', '【']).filter(|at| *at > 0 && bare.ends_with([')', '）', ']', '】']));
        let (name, remark) = at.map_or((bare, ""), |at| bare.split_at(at));
        let remark = fold(remark);
        let remark = remark.trim_start_matches(['(', '[', '【']).trim_end_matches([')', ']', '】']);
        Self {
            name: name.trim_end_matches(['*', '＊', ':', '：']).to_owned(),
            remark: remark.to_owned(),
            is_required: has_star || remark.contains("必填"),
        }
    }

    /// Whether the name ends with one of the words.
    pub(super) fn ends_with(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.name.ends_with(word))
    }

    /// Whether the name contains one of the words.
    pub(super) fn contains(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.name.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::Label;

    #[test]
    fn marks_and_remarks_are_no_part_of_a_name() {
        let label = |text: &str| {
            let Label { name, remark, is_required } = Label::new(text);
            (name, remark, is_required)
        };
        let expected = |name: &str, remark: &str, is_required| (name.to_owned(), remark.to_owned(), is_required);
        assert_eq!(label("* 整改\n期限："), expected("整改期限", "", true));
        assert_eq!(label("经费（万元，必填）"), expected("经费", "万元,必填", true));
        assert_eq!(label("级别(重大/一般)"), expected("级别", "重大/一般", false));
        assert_eq!(label("（一）整改"), expected("（一）整改", "", false));
    }
}
