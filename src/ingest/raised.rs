//! Raised and lowered digits as characters of their own, so that a footnote mark is never read as a digit: 12 with a
//! raised 1 is `12¹`.

/// Whether a part of a text is above or below its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum VerticalPosition {
    /// On the line.
    #[default]
    Baseline,
    /// Above it.
    Raised,
    /// Below it.
    Lowered,
}

/// Appends the characters of a part of a text. Characters without a raised or lowered form stay as they are.
pub(super) fn append(text: &str, position: VerticalPosition, out: &mut String) {
    match position {
        VerticalPosition::Baseline => out.push_str(text),
        VerticalPosition::Raised => out.extend(text.chars().map(raised)),
        VerticalPosition::Lowered => out.extend(text.chars().map(lowered)),
    }
}

fn raised(c: char) -> char {
    match c {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' | '4'..='9' => offset(c, '\u{2070}'),
        '+' => '⁺',
        '-' => '⁻',
        '(' => '⁽',
        ')' => '⁾',
        c => c,
    }
}

fn lowered(c: char) -> char {
    match c {
        '0'..='9' => offset(c, '\u{2080}'),
        '+' => '₊',
        '-' => '₋',
        '(' => '₍',
        ')' => '₎',
        c => c,
    }
}

/// The digit or sign on the line that a raised or lowered one is made of; any other character unchanged.
pub(super) fn on_the_line(c: char) -> char {
    match c {
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '\u{2070}'..='\u{2079}' => digit(c, '\u{2070}'),
        '\u{2080}'..='\u{2089}' => digit(c, '\u{2080}'),
        '⁺' | '₊' => '+',
        '⁻' | '₋' => '-',
        '⁽' | '₍' => '(',
        '⁾' | '₎' => ')',
        c => c,
    }
}

fn digit(c: char, zero: char) -> char {
    char::from_u32('0' as u32 + c as u32 - zero as u32).unwrap_or(c)
}

/// The character as far after `zero` as the digit is after 0.
fn offset(digit: char, zero: char) -> char {
    char::from_u32(zero as u32 + digit as u32 - '0' as u32).unwrap_or(digit)
}

#[cfg(test)]
mod tests {
    use super::{VerticalPosition, append, on_the_line};

    #[test]
    fn raised_and_lowered_digits_are_no_ascii_digits() {
        for (position, expected) in [
            (VerticalPosition::Baseline, "0123456789(+-)注"),
            (VerticalPosition::Raised, "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁺⁻⁾注"),
            (VerticalPosition::Lowered, "₀₁₂₃₄₅₆₇₈₉₍₊₋₎注"),
        ] {
            let mut out = String::new();
            append("0123456789(+-)注", position, &mut out);
            assert_eq!(out, expected);
            assert_eq!(out.chars().map(on_the_line).collect::<String>(), "0123456789(+-)注");
        }
    }
}
