//! The title's shape: lines broken between words, as a trapezoid or a lozenge (GB/T 9704-2012, 7.3.1).

use super::table_layout::{em_tenths, text_tenths};
use super::{Inline, Text};

/// Characters of 二号 (22 pt) that fit in 156 mm, in tenths of an em.
const LINE_TENTHS: usize = 200;

/// Puts the words of a title into lines.
pub fn shape(words: Vec<Text>) -> Vec<Text> {
    let words: Vec<Text> = words.into_iter().filter(|w| !w.is_empty()).flat_map(fitting).collect();
    let widths: Vec<usize> = words.iter().map(|word| text_tenths(word)).collect();
    let total: usize = widths.iter().sum();
    let least = total.div_ceil(LINE_TENTHS).max(1);
    let best = (least..=words.len().max(1)).find_map(|lines| {
        let splits = splits(&widths, lines);
        splits.into_iter().min_by_key(|split| ugliness(&line_widths(&widths, split)))
    });
    let Some(best) = best else { return words };
    let mut lines = Vec::new();
    let mut words = words.into_iter();
    for count in best {
        lines.push(words.by_ref().take(count).flatten().collect());
    }
    lines
}

/// A word too long for any line is cut where the line ends.
fn fitting(word: Text) -> Vec<Text> {
    if text_tenths(&word) <= LINE_TENTHS {
        return vec![word];
    }
    let mut pieces: Vec<Text> = vec![Vec::new()];
    let mut width = 0;
    for node in word {
        let (text, origin) = match node {
            Inline::Text(text) => (text, None),
            Inline::Sourced(text, origin) => (text, Some(origin)),
            Inline::Gap(..) | Inline::Break => {
                pieces.push(vec![node]);
                width = LINE_TENTHS;
                continue;
            }
        };
        let node = |text: String| match origin {
            Some(origin) => Inline::Sourced(text, origin),
            None => Inline::Text(text),
        };
        for c in text.chars() {
            if width + em_tenths(c) > LINE_TENTHS {
                pieces.push(Vec::new());
                width = 0;
            }
            width += em_tenths(c);
            if let Some(piece) = pieces.last_mut() {
                match piece.last_mut() {
                    Some(Inline::Text(text)) if origin.is_none() => text.push(c),
                    Some(Inline::Sourced(text, at)) if Some(*at) == origin => text.push(c),
                    _ => piece.push(node(c.to_string())),
                }
            }
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Every way to put the words into `lines` lines that fit; each as the number of words a line.
fn splits(widths: &[usize], lines: usize) -> Vec<Vec<usize>> {
    if lines == 1 {
        let fits = widths.iter().sum::<usize>() <= LINE_TENTHS;
        return if fits { vec![vec![widths.len()]] } else { Vec::new() };
    }
    let mut found = Vec::new();
    for first in 1..=widths.len().saturating_sub(lines - 1) {
        if widths[..first].iter().sum::<usize>() > LINE_TENTHS {
            break;
        }
        found.extend(splits(&widths[first..], lines - 1).into_iter().map(|rest| [vec![first], rest].concat()));
    }
    found
}

fn line_widths(widths: &[usize], split: &[usize]) -> Vec<usize> {
    let mut at = 0;
    split
        .iter()
        .map(|count| {
            at += count;
            widths[at - count..at].iter().sum()
        })
        .collect()
}

/// How far lines are from an even trapezoid or lozenge; a waist and equal lines are worst.
fn ugliness(lines: &[usize]) -> usize {
    let mean = lines.iter().sum::<usize>() / lines.len().max(1);
    let uneven: usize = lines.iter().map(|line| line.abs_diff(mean).pow(2)).sum();
    let waist = lines.windows(3).filter(|w| w[1] < w[0] && w[1] < w[2]).count();
    let level = lines.windows(2).filter(|w| w[0] == w[1]).count();
    uneven + waist * 1_000_000 + level * 500
}

#[cfg(test)]
mod tests {
    use super::shape;
    use crate::report::{Inline, plain};

    fn lines(words: &[&str]) -> Vec<String> {
        shape(words.iter().map(|w| vec![Inline::Text((*w).to_owned())]).collect()).iter().map(|l| plain(l)).collect()
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
    fn a_word_longer_than_a_line_is_cut() {
        let long = "长".repeat(45);
        let shaped = lines(&[&long, "报告"]);
        assert_eq!(shaped.concat(), format!("{long}报告"));
        assert!(shaped.iter().all(|line| line.chars().count() <= 20), "{shaped:?}");
    }
}
