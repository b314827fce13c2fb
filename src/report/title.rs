//! Lines of the title: broken between words, in the shape of a trapezoid or lozenge (GB/T 9704-2012, 7.3.1).

use super::table_layout::{em_tenths, text_width};
use super::text::{Inline, Inlines};

/// Width of the 版心 (156 mm) in tenths of an em of 二号 (22 pt), the size of the title.
const LINE_WIDTH: usize = 200;

/// Arranges the words of a title in as few lines as possible, and among those in the best shape. Words are the title's
/// entries in the settings; a word wider than a line is split.
pub(super) fn break_lines(words: Vec<Inlines>) -> Vec<Inlines> {
    let words: Vec<Inlines> = words.into_iter().filter(|w| !w.is_empty()).flat_map(split_wide_word).collect();
    let widths: Vec<usize> = words.iter().map(|word| text_width(word)).collect();
    let fewest_lines = widths.iter().sum::<usize>().div_ceil(LINE_WIDTH).max(1);
    let best = (fewest_lines..=words.len().max(1)).find_map(|lines| {
        arrangements(&widths, lines).into_iter().min_by_key(|counts| penalty(&line_widths(&widths, counts)))
    });
    let Some(words_per_line) = best else { return words };
    let mut words = words.into_iter();
    words_per_line.into_iter().map(|count| words.by_ref().take(count).flatten().collect()).collect()
}

/// Characters behind which a title may be broken.
const BREAK_AFTER: [char; 7] = ['的', '、', '，', '）', '》', '”', '：'];
/// Characters before which a title may be broken.
const BREAK_BEFORE: [char; 3] = ['（', '《', '“'];
/// Characters that begin no line.
const NO_BREAK_BEFORE: [char; 8] = ['、', '，', '）', '》', '”', '：', '；', '。'];
/// The most words of which every arrangement is tried; their number doubles with each word.
const MAX_WORDS: usize = 12;

/// The words of a title that is written as one text: pieces between which it may be broken. One word when there would
/// be too many.
pub(super) fn words(text: Inlines) -> Vec<Inlines> {
    let mut words: Vec<Inlines> = vec![Vec::new()];
    let mut may_break = false;
    for inline in &text {
        let (text, provenance) = match inline {
            Inline::Text(text) => (text, None),
            Inline::Sourced(text, provenance) => (text, Some(*provenance)),
            Inline::Gap(..) | Inline::Break | Inline::Picture(_) => {
                words.push(vec![inline.clone()]);
                may_break = true;
                continue;
            }
        };
        for c in text.chars() {
            if BREAK_BEFORE.contains(&c) || may_break && !NO_BREAK_BEFORE.contains(&c) {
                words.push(Vec::new());
            }
            if let Some(word) = words.last_mut() {
                push_char(word, c, provenance);
            }
            may_break = BREAK_AFTER.contains(&c);
        }
    }
    words.retain(|word| !word.is_empty());
    if words.len() > MAX_WORDS { vec![text] } else { words }
}

/// Splits a word wider than a line into pieces as wide as a line.
fn split_wide_word(word: Inlines) -> Vec<Inlines> {
    if text_width(&word) <= LINE_WIDTH {
        return vec![word];
    }
    let mut pieces: Vec<Inlines> = vec![Vec::new()];
    let mut width = 0;
    for inline in word {
        let (text, provenance) = match inline {
            Inline::Text(text) => (text, None),
            Inline::Sourced(text, provenance) => (text, Some(provenance)),
            Inline::Gap(..) | Inline::Break | Inline::Picture(_) => {
                pieces.push(vec![inline]);
                width = LINE_WIDTH;
                continue;
            }
        };
        for c in text.chars() {
            if width + em_tenths(c) > LINE_WIDTH {
                pieces.push(Vec::new());
                width = 0;
            }
            width += em_tenths(c);
            if let Some(piece) = pieces.last_mut() {
                push_char(piece, c, provenance);
            }
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Appends a character to the last inline when both have the same provenance, otherwise as a new inline.
fn push_char(text: &mut Inlines, c: char, provenance: Option<u32>) {
    match (text.last_mut(), provenance) {
        (Some(Inline::Text(last)), None) => last.push(c),
        (Some(Inline::Sourced(last, key)), Some(provenance)) if *key == provenance => last.push(c),
        (_, Some(provenance)) => text.push(Inline::Sourced(c.to_string(), provenance)),
        (_, None) => text.push(Inline::Text(c.to_string())),
    }
}

/// Every way to arrange words of these widths in exactly `lines` lines that fit, each as the number of words per line.
fn arrangements(widths: &[usize], lines: usize) -> Vec<Vec<usize>> {
    if lines == 1 {
        let fits = widths.iter().sum::<usize>() <= LINE_WIDTH;
        return if fits { vec![vec![widths.len()]] } else { Vec::new() };
    }
    let mut found = Vec::new();
    for first in 1..=widths.len().saturating_sub(lines - 1) {
        if widths[..first].iter().sum::<usize>() > LINE_WIDTH {
            break;
        }
        found.extend(arrangements(&widths[first..], lines - 1).into_iter().map(|rest| [vec![first], rest].concat()));
    }
    found
}

fn line_widths(widths: &[usize], words_per_line: &[usize]) -> Vec<usize> {
    let mut rest = widths;
    let mut lines = Vec::with_capacity(words_per_line.len());
    for count in words_per_line {
        let (line, after) = rest.split_at(*count);
        lines.push(line.iter().sum());
        rest = after;
    }
    lines
}

/// Distance from an even trapezoid or lozenge. A line narrower than both neighbours (a waist) is worst, then lines of
/// equal width, then uneven ones; the weights only rank these three.
fn penalty(lines: &[usize]) -> usize {
    let mean = lines.iter().sum::<usize>() / lines.len().max(1);
    let unevenness: usize = lines.iter().map(|line| line.abs_diff(mean).pow(2)).sum();
    let waists = lines.windows(3).filter(|w| w[1] < w[0] && w[1] < w[2]).count();
    let equal_neighbours = lines.windows(2).filter(|w| w[0] == w[1]).count();
    unevenness + waists * 1_000_000 + equal_neighbours * 500
}

#[cfg(test)]
mod tests {
    use super::{break_lines, words};
    use crate::report::{Inline, plain};

    fn lines(words: &[&str]) -> Vec<String> {
        let words = words.iter().map(|word| vec![Inline::Text((*word).to_owned())]);
        break_lines(words.collect()).iter().map(|line| plain(line)).collect()
    }

    #[test]
    fn titles_break_between_words() {
        let tail = ["关于", "基层党建工作", "自查情况的", "报告"];
        assert_eq!(
            lines(&["教务处党支部", tail[0], tail[1], tail[2], tail[3]]),
            ["教务处党支部关于", "基层党建工作自查情况的报告"]
        );
        assert_eq!(lines(&["甲党支部", "报告"]), ["甲党支部报告"]);
    }

    #[test]
    fn a_title_of_one_text_breaks_behind_particles_and_before_brackets() {
        let title = "教务处党支部未达到规定学时的干部名单和所缺学时以及拟采取的补学措施一览表（截至2018年10月25日）";
        let shaped = break_lines(words(vec![Inline::Text(title.to_owned())]));
        let shaped: Vec<String> = shaped.iter().map(|line| plain(line)).collect();
        assert_eq!(
            shaped,
            ["教务处党支部未达到规定学时的", "干部名单和所缺学时以及拟采取的", "补学措施一览表（截至2018年10月25日）"]
        );
        let pieces = words(vec![Inline::Text("（一）、（二）关于“甲”、“乙”的表".to_owned())]);
        let pieces: Vec<String> = pieces.iter().map(|piece| plain(piece)).collect();
        assert_eq!(pieces, ["（一）、", "（二）", "关于", "“甲”、", "“乙”", "的", "表"]);
        let long = "（一）、".repeat(40);
        assert_eq!(words(vec![Inline::Text(long.clone())]), [vec![Inline::Text(long)]]);
    }

    #[test]
    fn a_word_longer_than_a_line_is_split() {
        let long = "长".repeat(45);
        let shaped = lines(&[&long, "报告"]);
        assert_eq!(shaped.concat(), format!("{long}报告"));
        assert!(shaped.iter().all(|line| line.chars().count() <= 20), "{shaped:?}");
    }
}
