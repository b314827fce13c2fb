//! References such as `R1C1` and `RC[-1]`, which XML Spreadsheet 2003 writes, as `$A$1` and `A1`.

use super::super::address::cell_name;

/// The formula of the cell at `row` and `col`, from 0, with its references in A1 style; `None` when a reference is
/// outside the sheet, or a whole row or column.
pub(in super::super) fn to_a1(formula: &str, row: u32, col: u32) -> Option<String> {
    let mut out = String::with_capacity(formula.len());
    let mut rest = formula;
    let mut in_quotes = false;
    while let Some(first) = rest.chars().next() {
        in_quotes ^= first == '"';
        let follows_word = out.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '!'));
        if matches!(first, 'R' | 'C') && !in_quotes && !follows_word {
            let word = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
            // The name of a function, or of something else.
            let is_name = rest[..word].chars().any(|c| !c.is_ascii_digit() && !matches!(c, 'R' | 'C'));
            if !is_name && !rest[word..].starts_with('(') {
                let (name, after) = reference(rest, row, col)?;
                out.push_str(&name);
                rest = after;
                continue;
            }
        }
        out.push(first);
        rest = &rest[first.len_utf8()..];
    }
    Some(out)
}

/// The reference that a text begins with, in A1 style, and the text behind it.
fn reference(text: &str, row: u32, col: u32) -> Option<(String, &str)> {
    let (row, rest) = coordinate(text.strip_prefix('R')?, row)?;
    let (col, rest) = coordinate(rest.strip_prefix('C')?, col)?;
    Some((cell_name(row, col)?, rest))
}

/// A row or column, from 0: `3` is the third, `[-1]` the one before `own`, nothing is `own`.
fn coordinate(text: &str, own: u32) -> Option<(u32, &str)> {
    if let Some(offset) = text.strip_prefix('[') {
        let (offset, rest) = offset.split_once(']')?;
        let at = i64::from(own).checked_add(offset.parse().ok()?)?;
        return Some((u32::try_from(at).ok()?, rest));
    }
    let (digits, rest) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
    if digits.is_empty() { Some((own, rest)) } else { Some((digits.parse::<u32>().ok()?.checked_sub(1)?, rest)) }
}

#[cfg(test)]
mod tests {
    use super::to_a1;

    #[test]
    fn references_name_the_same_cells() {
        for (formula, expected) in [
            ("RC[-2]+RC[-1]", Some("A4+B4")),
            ("SUM(R[-3]C:R[-1]C)", Some("SUM(C1:C3)")),
            ("ROUND(R1C1,2)", Some("ROUND(A1,2)")),
            ("IF(RC[-1]=\"RC\",R[1]C[1],COUNT(RC))", Some("IF(B4=\"RC\",D5,COUNT(C4))")),
            ("20+18", Some("20+18")),
            ("R[-9]C", None),
            ("SUM(R1)", None),
            ("SUM(C)", None),
            ("RC[9999999999]", None),
        ] {
            assert_eq!(to_a1(formula, 3, 2).as_deref(), expected, "{formula}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_formula_brings_the_conversion_down(text in "(\\PC|[RC\\[\\]0-9\"(-]){0,20}", row in proptest::num::u32::ANY) {
            let _ = to_a1(&text, row, row);
        }
    }
}
