//! Units that a note or a header names: 单位：元 in a title, （元）, 以元为单位, 人民币元.

use super::normalize::fold;

/// Characters between which a note is read by itself.
const SEPARATORS: [char; 12] = ['(', ')', '（', '）', '[', ']', '【', '】', '，', ',', '；', ';'];

/// The folded units that a text above a header names; what is no unit may be among them.
pub(super) fn named_units(text: &str) -> Vec<String> {
    let mut units = Vec::new();
    let mut is_bracketed = false;
    let mut follows_label = false;
    for (piece, separator) in pieces(text) {
        let piece = fold(piece);
        if !piece.is_empty() {
            if let Some(unit) = labelled(&piece) {
                follows_label = unit.is_empty();
                units.extend(split(unit));
            } else if is_bracketed || follows_label {
                follows_label = false;
                units.extend(split(&piece));
            }
        }
        is_bracketed = separator.is_some_and(|c| matches!(c, '(' | '（' | '[' | '【'));
    }
    units
}

/// The folded units that a text names behind a label: 单位：元.
pub(super) fn labelled_units(text: &str) -> Vec<String> {
    let mut units = Vec::new();
    let mut follows_label = false;
    for (piece, _) in pieces(text) {
        let piece = fold(piece);
        if piece.is_empty() {
            continue;
        }
        let unit = labelled(&piece).or(follows_label.then_some(&*piece));
        follows_label = unit.is_some_and(str::is_empty);
        units.extend(unit.into_iter().flat_map(split));
    }
    units
}

/// What a bare number counts under a header: hundredths with a percent sign, thousandths with ‰.
pub(super) fn parts(header: &str) -> Option<u16> {
    match header {
        _ if header.contains('‰') => Some(1_000),
        _ if header.contains(['%', '％']) => Some(100),
        _ => None,
    }
}

/// The folded units that the remark in a header names.
pub(super) fn remark_units(remark: &str) -> Vec<String> {
    let folded = fold(remark);
    let pieces = folded.split([',', ';', '、', '(', ')']).filter(|piece| !piece.is_empty());
    let units = pieces.map(|piece| labelled(piece).unwrap_or(piece)).filter(|unit| !unit.is_empty());
    units.map(|unit| bare(unit).to_owned()).collect()
}

/// The parts of a text with the separator behind each.
fn pieces(text: &str) -> impl Iterator<Item = (&str, Option<char>)> {
    let is_separator = |c: char| c.is_whitespace() || SEPARATORS.contains(&c);
    text.split_inclusive(is_separator).map(move |piece| {
        let last = piece.chars().next_back().filter(|c| is_separator(*c));
        (piece.strip_suffix(is_separator).unwrap_or(piece), last)
    })
}

/// The unit behind a label: 元 of 金额单位:元 and of 以元为单位, nothing of 单位:.
fn labelled(piece: &str) -> Option<&str> {
    if let Some((_, unit)) = piece.strip_suffix("为单位").and_then(|rest| rest.rsplit_once('以')) {
        return Some(unit);
    }
    let (label, unit) = piece.rsplit_once("单位")?;
    let is_label = label.is_empty() || label.ends_with(['额', '量', ':', '元']) || label.contains("币种");
    is_label.then(|| unit.trim_start_matches([':', '为', '是']))
}

fn split(units: &str) -> impl Iterator<Item = String> {
    units.split(['、', '/', '和']).filter(|unit| !unit.is_empty()).map(|unit| bare(unit).to_owned())
}

/// A unit without the name of the currency.
fn bare(unit: &str) -> &str {
    let unit = unit.strip_prefix("人民币").unwrap_or(unit);
    let unit = unit.strip_suffix("人民币").unwrap_or(unit);
    if unit.is_empty() || matches!(unit, "¥" | "￥" | "rmb") { "元" } else { unit }
}

#[cfg(test)]
mod tests {
    use super::{labelled_units, named_units, remark_units};

    #[test]
    fn units_are_found_in_notes_and_titles() {
        for (text, expected) in [
            ("单位：元", &["元"][..]),
            ("经费台账（单位：元）", &["元"]),
            ("经费台账（元）", &["元"]),
            ("计量单位:人民币元", &["元"]),
            ("单位 元", &["元"]),
            ("单位：元 日期：2018年", &["元"]),
            ("币种：人民币 单位：万元", &["万元"]),
            ("以下金额均以元为单位", &["元"]),
            ("金额单位：千元", &["千元"]),
            ("单位：人、万元", &["人", "万元"]),
            ("填报单位：教务处", &[]),
            ("2018年经费", &[]),
        ] {
            assert_eq!(named_units(text), expected, "{text}");
        }
        assert_eq!(remark_units("元，含税"), ["元", "含税"]);
        assert_eq!(remark_units("单位:人民币元"), ["元"]);
        assert_eq!(remark_units("￥"), ["元"]);
        assert!(remark_units("单位").is_empty());
        assert_eq!(labelled_units("金额 单位：元"), ["元"]);
        assert_eq!(labelled_units("单位 元"), ["元"]);
        assert!(labelled_units("慰问金（元）").is_empty());
    }
}
