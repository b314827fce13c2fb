//! Search words of the pages: each must be in a text, or, in Latin letters, in its pinyin: whole syllables, initials,
//! or both mixed (`jwc`, `jiaowu`, `jwchu` all find 教务处).

use pinyin::{ToPinyin, ToPinyinMulti};

/// Bytes of a word that is looked up in pinyin; a longer one matches by its characters alone.
const MAX_PINYIN_BYTES: usize = 63;

/// Whether a text contains all words, which white space separates.
pub(super) fn matches(words: &str, text: &str) -> bool {
    words.split_whitespace().all(|word| text.contains(word) || matches_pinyin(&word.to_lowercase(), text))
}

/// Whether the pinyin of characters beside one another in a text begins with a word.
fn matches_pinyin(word: &str, text: &str) -> bool {
    if !word.is_ascii() || word.len() > MAX_PINYIN_BYTES {
        return false;
    }
    (0..text.len()).filter(|start| text.is_char_boundary(*start)).any(|start| begins_with(word, &text[start..]))
}

/// Bit `n` of `reached` says that the first `n` bytes of the word are matched by the characters so far.
fn begins_with(word: &str, text: &str) -> bool {
    let mut reached: u64 = 1;
    for c in text.chars() {
        let mut next: u64 = 0;
        for at in (0..word.len()).filter(|at| reached >> at & 1 == 1) {
            let rest = &word[at..];
            for syllable in readings(c) {
                // The word ends within the syllable.
                if syllable.starts_with(rest) {
                    return true;
                }
                if rest.starts_with(&syllable) {
                    next |= 1 << (at + syllable.len());
                }
                if syllable.as_bytes().first() == rest.as_bytes().first() {
                    next |= 1 << (at + 1);
                }
            }
        }
        if next >> word.len() & 1 == 1 {
            return true;
        }
        if next == 0 {
            return false;
        }
        reached = next;
    }
    false
}

/// How a character can be typed in Latin letters.
fn readings(c: char) -> Vec<String> {
    match c.to_pinyin_multi() {
        Some(readings) => {
            let mut plain: Vec<String> =
                readings.into_iter().map(|reading| reading.plain().replace('ü', "v")).collect();
            plain.dedup();
            plain
        }
        None => vec![c.to_lowercase().collect()],
    }
}

/// A key that sorts names as a dictionary does: by the pinyin of their characters.
pub(super) fn sort_key(name: &str) -> String {
    name.chars()
        .map(|c| c.to_pinyin().map_or_else(|| c.to_string(), |reading| format!("{} ", reading.plain())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{matches, sort_key};

    #[test]
    fn words_are_found_by_characters_syllables_and_initials() {
        let name = "教务处党支部 机关党支部";
        for word in ["教务", "jwc", "jiaowu", "jwchu", "JWC", "wuchudang", "jiaow", "教务 jg", "dzb"] {
            assert!(matches(word, name), "{word}");
        }
        for word in ["jwd", "jiaowuchudangzhibux", "图书", "教务 tsg"] {
            assert!(!matches(word, name), "{word}");
        }
        // A character with two readings, and letters in a name.
        assert!(matches("cqxy", "重庆学院") && matches("zhongqing", "重庆学院") && matches("itzx", "IT中心"));
        assert!(!matches(&"a".repeat(64), &"啊".repeat(100)));
    }

    #[test]
    fn names_are_sorted_as_in_a_dictionary() {
        let mut names = ["图书馆", "教务处", "财务处", "组织部"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["财务处", "教务处", "图书馆", "组织部"]);
    }
}
