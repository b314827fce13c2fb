//! Lines of the title: broken between words, in the shape of a trapezoid or lozenge (GB/T 9704-2012, 7.3.1).

use std::collections::HashMap;

use super::text::{Inline, Inlines};
use super::text_width::{em_tenths, text_width};

/// Width of the 版心 (156 mm) in tenths of an em of 二号 (22 pt), the size of the title.
const LINE_WIDTH: usize = 200;

/// Arranges the words of a title in as few lines as possible, and among those in the best shape. Words are the title's
/// entries in the settings; one wider than half a line may be broken behind the period that it begins with, and one
/// wider than a line is split.
pub(super) fn break_lines(words: Vec<Inlines>) -> Vec<Inlines> {
    let words: Vec<Inlines> =
        words.into_iter().filter(|w| !w.is_empty()).flat_map(split_behind_period).flat_map(split_wide_word).collect();
    let widths: Vec<usize> = words.iter().map(|word| text_width(word)).collect();
    let Some(words_per_line) = arrange(&widths) else { return words };
    let mut words = words.into_iter();
    words_per_line.into_iter().map(|count| words.by_ref().take(count).flatten().collect()).collect()
}

/// Characters behind which a title may be broken.
const BREAK_AFTER: [char; 7] = ['的', '、', '，', '）', '》', '”', '：'];
/// Characters before which a title may be broken.
const BREAK_BEFORE: [char; 3] = ['（', '《', '“'];
/// Characters that begin no line.
const NO_BREAK_BEFORE: [char; 8] = ['、', '，', '）', '》', '”', '：', '；', '。'];
/// The most words that are arranged in the best shape: the time for that grows with the fourth power of their number.
const MAX_WORDS: usize = 60;

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

/// Ends of the names of periods: 2026年第三季度, 2026年上半年, 2026年度, 2026年7月.
const PERIOD_ENDS: [&str; 4] = ["季度", "半年", "年度", "月"];
/// Characters within which a name of a period ends.
const MAX_PERIOD: usize = 9;

/// Splits a wide word behind the period that it begins with: what a notice is about is one value, and often long.
fn split_behind_period(word: Inlines) -> Vec<Inlines> {
    let chars: Vec<(char, Option<u32>)> = word.iter().flat_map(chars_of).collect();
    let text: String = chars.iter().map(|(c, _)| *c).collect();
    let is_plain = word.iter().all(|inline| matches!(inline, Inline::Text(_) | Inline::Sourced(..)));
    let end = PERIOD_ENDS.iter().filter_map(|end| text.find(end).map(|at| at + end.len())).min();
    let end = end.map(|end| text[..end].chars().count());
    let begins_with_year = text.chars().take(4).all(|c| c.is_ascii_digit()) && text.chars().nth(4) == Some('年');
    let length = match end.filter(|end| is_plain && begins_with_year && *end <= MAX_PERIOD) {
        Some(length) if text_width(&word) > LINE_WIDTH / 2 && length < text.chars().count() => length,
        _ => return vec![word],
    };
    let (mut period, mut rest) = (Vec::new(), Vec::new());
    for (at, (c, provenance)) in chars.into_iter().enumerate() {
        push_char(if at < length { &mut period } else { &mut rest }, c, provenance);
    }
    vec![period, rest]
}

/// The characters of a text, each with its provenance; none of what is no text.
fn chars_of(inline: &Inline) -> Vec<(char, Option<u32>)> {
    match inline {
        Inline::Text(text) => text.chars().map(|c| (c, None)).collect(),
        Inline::Sourced(text, provenance) => text.chars().map(|c| (c, Some(*provenance))).collect(),
        Inline::Gap(..) | Inline::Break | Inline::Picture(_) => Vec::new(),
    }
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

/// The number of words on each line: as few lines as hold them, and among the arrangements with that many lines the one
/// with the least penalty, among equals the one with the shorter first line. `None` when a word is wider than a line.
fn arrange(widths: &[usize]) -> Option<Vec<usize>> {
    let first_fit = first_fit(widths)?;
    if widths.is_empty() || widths.len() > MAX_WORDS {
        return Some(first_fit);
    }
    let lines = first_fit.len();
    let mean = widths.iter().sum::<usize>() / lines;
    let mut search = Search { widths, mean, best: HashMap::new() };
    let mut rest = Rest { start: 0, lines, before: None };
    let mut words_per_line = Vec::with_capacity(lines);
    while rest.lines > 0 {
        let count = search.best(rest)?.first_line;
        words_per_line.push(count);
        rest = search.after_line(rest, count);
    }
    Some(words_per_line)
}

/// Fills each line with as many words as it holds, which gives the fewest lines.
fn first_fit(widths: &[usize]) -> Option<Vec<usize>> {
    let (mut words_per_line, mut line) = (vec![0], 0);
    for width in widths {
        if *width > LINE_WIDTH {
            return None;
        }
        if line + width > LINE_WIDTH {
            words_per_line.push(0);
            line = 0;
        }
        line += width;
        *words_per_line.last_mut()? += 1;
    }
    Some(words_per_line)
}

/// The words from `start` on, to be arranged in `lines` lines behind those that are arranged.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Rest {
    start: usize,
    lines: usize,
    before: Option<LineBefore>,
}

/// The last line that is arranged: all that the penalty of the next ones depends on.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct LineBefore {
    width: usize,
    /// Whether it is narrower than the line above it.
    narrows: bool,
}

/// The best arrangement of a [`Rest`]: its penalty and the number of words on its first line.
#[derive(Clone, Copy)]
struct Arranged {
    penalty: usize,
    first_line: usize,
}

/// Looks for the best arrangement; each [`Rest`] is searched once.
struct Search<'w> {
    widths: &'w [usize],
    /// The mean width of a line.
    mean: usize,
    best: HashMap<Rest, Option<Arranged>>,
}

impl Search<'_> {
    /// The best arrangement; `None` when the words do not fit into the lines. Recurses as deep as there are lines.
    fn best(&mut self, rest: Rest) -> Option<Arranged> {
        if rest.lines == 0 {
            let is_complete = rest.start == self.widths.len();
            return is_complete.then_some(Arranged { penalty: 0, first_line: 0 });
        }
        if let Some(known) = self.best.get(&rest) {
            return *known;
        }
        let (mut best, mut width) = (None::<Arranged>, 0);
        for (words, next) in self.widths[rest.start..].iter().enumerate() {
            width += next;
            if width > LINE_WIDTH {
                break;
            }
            let first_line = words + 1;
            let Some(after) = self.best(self.after_line(rest, first_line)) else { continue };
            let penalty = self.penalty(rest.before, width) + after.penalty;
            if best.is_none_or(|best| penalty < best.penalty) {
                best = Some(Arranged { penalty, first_line });
            }
        }
        self.best.insert(rest, best);
        best
    }

    /// What is left when the first line has `words` words.
    fn after_line(&self, rest: Rest, words: usize) -> Rest {
        let end = rest.start + words;
        let width = self.widths[rest.start..end].iter().sum();
        let narrows = rest.before.is_some_and(|before| width < before.width);
        Rest { start: end, lines: rest.lines - 1, before: Some(LineBefore { width, narrows }) }
    }

    /// What a line adds to the distance from an even trapezoid or lozenge. A line narrower than both neighbours (a
    /// waist) is worst, then lines of equal width, then uneven ones; the weights only rank these three.
    fn penalty(&self, before: Option<LineBefore>, width: usize) -> usize {
        let is_waist = before.is_some_and(|before| before.narrows && before.width < width);
        let is_equal = before.is_some_and(|before| before.width == width);
        width.abs_diff(self.mean).pow(2) + usize::from(is_waist) * 1_000_000 + usize::from(is_equal) * 500
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LINE_WIDTH, MAX_WORDS, arrange, break_lines, words};
    use crate::report::{Inline, plain};

    /// Every way to arrange words of these widths in exactly `lines` lines that fit.
    fn arrangements(widths: &[usize], lines: usize) -> Vec<Vec<usize>> {
        if lines == 1 {
            let fits = widths.iter().sum::<usize>() <= LINE_WIDTH;
            return if fits { vec![vec![widths.len()]] } else { Vec::new() };
        }
        let mut found = Vec::new();
        for first in 1..=widths.len().saturating_sub(lines - 1) {
            if widths[..first].iter().sum::<usize>() <= LINE_WIDTH {
                let rest = arrangements(&widths[first..], lines - 1);
                found.extend(rest.into_iter().map(|rest| [vec![first], rest].concat()));
            }
        }
        found
    }

    /// The penalty of a whole arrangement, by its definition.
    fn penalty(widths: &[usize], words_per_line: &[usize]) -> usize {
        let mut rest = widths.iter();
        let lines: Vec<usize> = words_per_line.iter().map(|count| rest.by_ref().take(*count).sum()).collect();
        let mean = lines.iter().sum::<usize>() / lines.len().max(1);
        let unevenness: usize = lines.iter().map(|line| line.abs_diff(mean).pow(2)).sum();
        let waists = lines.windows(3).filter(|w| w[1] < w[0] && w[1] < w[2]).count();
        let equal_neighbours = lines.windows(2).filter(|w| w[0] == w[1]).count();
        unevenness + waists * 1_000_000 + equal_neighbours * 500
    }

    /// The best of all arrangements, each tried.
    fn best_of_all(widths: &[usize]) -> Option<Vec<usize>> {
        let best = |lines| arrangements(widths, lines).into_iter().min_by_key(|counts| penalty(widths, counts));
        (1..=widths.len().max(1)).find_map(best)
    }

    proptest! {
        #[test]
        fn the_shape_is_the_best_of_all(widths in proptest::collection::vec((1_usize..=42).prop_map(|n| n * 5), 0..=11)) {
            prop_assert_eq!(arrange(&widths), best_of_all(&widths));
        }
    }

    #[test]
    fn titles_of_very_many_words_are_arranged() {
        let lines = arrange(&[50; MAX_WORDS]).unwrap();
        assert_eq!((lines.len(), lines.iter().sum::<usize>()), (MAX_WORDS / 4, MAX_WORDS));
        assert_eq!(arrange(&[50; 100_000]).unwrap(), [4; 25_000]);
        let title = "教务处党支部未达到规定学时的、尚未整改到位的、已经整改到位的".repeat(4);
        let shaped: Vec<String> =
            break_lines(words(vec![Inline::Text(title.clone())])).iter().map(|line| plain(line)).collect();
        assert_eq!(shaped.concat(), title);
        assert!(shaped.iter().all(|line| line.ends_with(['的', '、']) || line == shaped.last().unwrap()), "{shaped:?}");
    }

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
        let long = "（一）、".repeat(MAX_WORDS + 1);
        assert_eq!(words(vec![Inline::Text(long.clone())]), [vec![Inline::Text(long)]]);
    }

    #[test]
    fn a_word_longer_than_a_line_is_split() {
        let long = "长".repeat(45);
        let shaped = lines(&[&long, "报告"]);
        assert_eq!(shaped.concat(), format!("{long}报告"));
        assert!(shaped.iter().all(|line| line.chars().count() <= 20), "{shaped:?}");
    }

    #[test]
    fn a_long_subject_is_broken_behind_its_period() {
        let lines = |words: &[&str]| -> Vec<String> {
            let words = words.iter().map(|word| vec![Inline::Text((*word).to_owned())]).collect();
            break_lines(words).iter().map(|line| plain(line)).collect()
        };
        let summary = lines(&["关于", "2024年第三季度公共图书馆服务情况自查的", "汇总报告"]);
        assert_eq!(summary, ["关于2024年第三季度", "公共图书馆服务情况自查的汇总报告"]);
        // A short one stays whole, and so does one without a period.
        assert_eq!(lines(&["关于", "2024年安全自查的", "报告"]), ["关于2024年安全自查的报告"]);
        let long = "公共图书馆服务情况自查的第三季度的汇总情况";
        assert!(lines(&["关于", long, "报告"]).concat().contains(long));
    }
}
