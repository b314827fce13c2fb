//! Which words templates mention: values are only made for names among them.

use std::collections::HashSet;

use super::top_names::ALL_BRANCHES;
use crate::notice::is_name_continue;

/// The words that occur in templates, whether as names or not.
#[derive(Default)]
pub(super) struct MentionedWords<'t> {
    pub all: HashSet<&'t str>,
    /// Words behind `n.`, words before `=`, as the filter `where` compares them, and the fields by which `sort_by`
    /// sorts.
    bare: HashSet<&'t str>,
    /// Whether `n` occurs alone, so that any bare value may be read through it.
    all_bare: bool,
    /// Words behind `all.`.
    of_all: HashSet<&'t str>,
    /// Whether `all` occurs alone, so that the rows of any ledger may be read through it.
    all_of_all: bool,
}

impl<'t> MentionedWords<'t> {
    /// Adds the words of a text.
    pub(super) fn scan(&mut self, text: &'t str) {
        let mut rest = text;
        while let Some(start) = rest.find(is_name_continue) {
            let is_escaped = rest[..start].ends_with('\\');
            let word = first_word(&rest[start..]);
            rest = &rest[start + word.len()..];
            self.all.insert(word);
            let field = || rest.strip_prefix('.').map(first_word).filter(|word| !word.is_empty());
            if word == "n" && !is_escaped {
                self.all_bare |= field().is_none();
                self.bare.extend(field());
            } else if word == ALL_BRANCHES {
                self.all_of_all |= field().is_none();
                self.of_all.extend(field());
            } else if let Some(value) = rest.trim_start().strip_prefix('=') {
                self.bare.insert(word);
                if word == "field" {
                    self.bare.extend(last_name(value));
                }
            }
        }
    }

    pub(super) fn is_bare(&self, name: &str) -> bool {
        self.all_bare || self.bare.contains(name)
    }

    /// Whether the rows that all branches have in a ledger may be read.
    pub(super) fn has_rows_of_all(&self, ledger: &str) -> bool {
        self.all_of_all || self.of_all.contains(ledger)
    }
}

/// The last name of a dotted path in quotes, with which a text begins.
fn last_name(text: &str) -> Option<&str> {
    let path = text.trim_start().strip_prefix(['"', '\'', '`'])?.split(['"', '\'', '`']).next()?;
    path.rsplit('.').next()
}

/// The longest name that a text begins with.
fn first_word(text: &str) -> &str {
    text.find(|c| !is_name_continue(c)).map_or(text, |end| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::MentionedWords;

    #[test]
    fn only_names_used_as_bare_values_are_bare() {
        let asked = |text: &'static str| {
            let mut words = MentionedWords::default();
            words.scan(text);
            ["rate", "kind", "n"].map(|name| words.is_bare(name))
        };
        assert_eq!(asked("共{{ rate }}项，{% if r.n.kind == \"甲\" %}{{ r.kind }}{% endif %}"), [false, true, false]);
        assert_eq!(
            asked("{{ rows | where(rate=1) | length }} {{ rows | pluck(name=\"n.kind\") }}"),
            [true, true, false]
        );
        assert_eq!(asked("{{ rows | join(sep=\"\\n\") }}"), [false; 3]);
        for whole in ["{% set m = r.n %}{{ m.rate }}", "{{ r.n[\"rate\"] }}", "{% for k, v in n %}", "{{ n .rate }}"] {
            assert_eq!(asked(whole), [true; 3], "{whole}");
        }
    }
}
