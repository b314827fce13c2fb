//! Parses numbers as people write them, and converts those of spreadsheets to exact decimals.

use rust_decimal::{Decimal, RoundingStrategy};

use super::normalize::{fold, halve};
use super::raw_cell::Formatted;

/// A number as written in a text cell, with what follows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ParsedNumber {
    /// The value before any percent sign or unit is applied.
    pub value: Decimal,
    /// What follows it, folded: `%`, 万元, or anything else; mostly empty.
    pub unit: String,
}

impl From<Decimal> for ParsedNumber {
    fn from(value: Decimal) -> Self {
        Self { value, unit: String::new() }
    }
}

/// Parses a number and what follows it. White space between digits is refused, as it separates two numbers, unless it
/// is a no-break space between thousands.
pub(super) fn parse(text: &str) -> Option<ParsedNumber> {
    let text = text.trim();
    let (amount, currency) = match text.strip_prefix(['¥', '￥']) {
        Some(amount) => (amount.trim_start(), "元"),
        None => (text, ""),
    };
    let is_of_number = |c: char| matches!(halve(c), '0'..='9' | '+' | '-' | ',' | '.') || is_thousands_space(c);
    let end = amount.find(|c| !is_of_number(c)).unwrap_or(amount.len());
    let (number, unit) = amount.split_at(end);
    let number: String = number.trim_end().chars().map(halve).collect();
    let mut unit = fold(unit).into_owned();
    if !unit.ends_with(currency) {
        unit.push_str(currency);
    }
    Some(ParsedNumber { value: plain(&number)?, unit })
}

/// White space that number formats write between thousands; people type other blanks.
fn is_thousands_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{2009}' | '\u{202f}')
}

/// The number that a cell shows: with the unit that its number format writes behind it, and divided where the format
/// divides (15000 as 1.5万).
pub(super) fn of_formatted(number: &Formatted<f64>) -> Option<ParsedNumber> {
    let value = of_f64(number.value)?;
    let Some(shown) = number.shown.as_deref().and_then(parse) else { return Some(value.into()) };
    let places = shown.value.scale();
    let divided = POWERS_OF_TEN.iter().filter_map(|power| value.checked_div(Decimal::from(*power)));
    let is_shown = |value: &Decimal| {
        value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero).normalize() == shown.value
    };
    let value = divided.map(|value| value.normalize()).find(is_shown).unwrap_or(value);
    Some(ParsedNumber { value, unit: shown.unit })
}

/// By what number formats divide.
const POWERS_OF_TEN: [i64; 5] = [1, 1_000, 10_000, 1_000_000, 100_000_000];

/// The decimal of a spreadsheet's number, rounded to 15 significant digits as spreadsheet programs do.
pub(super) fn of_f64(number: f64) -> Option<Decimal> {
    if !number.is_finite() {
        return None;
    }
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return Some(Decimal::from(number as i64));
    }
    // Up to four decimal places, without formatting the number: of the decimals of 15 digits only one is this float.
    // Takes 10 ns instead of 0.8 to 1.1 µs, 5 % of a whole build.
    for places in 1..=4 {
        let unit = 10_f64.powi(places);
        let units = (number * unit).round();
        if units.abs() < 1e15 && units / unit == number {
            return Some(Decimal::new(units as i64, places.unsigned_abs()));
        }
    }
    of_digits(number)
}

/// A length of time, given in days, in the unit of its column: hours, minutes or days, exact to the second. `None` when
/// the unit is another.
pub(super) fn of_duration(days: f64, unit: Option<&str>) -> Option<Decimal> {
    let seconds_in_unit = match unit? {
        "小时" | "学时" => 3_600,
        "分钟" => 60,
        "天" => 86_400,
        _ => return None,
    };
    let seconds = of_f64((days * 86_400.0).round())?;
    seconds.checked_div(Decimal::from(seconds_in_unit)).map(|value| value.normalize())
}

/// The decimal of the 15 significant digits of a number.
fn of_digits(number: f64) -> Option<Decimal> {
    Decimal::from_scientific(&format!("{number:.14e}")).ok().map(|number| number.normalize())
}

/// Parses an optional sign, digits with commas or no-break spaces between thousands only, and at most one decimal
/// point.
fn plain(text: &str) -> Option<Decimal> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(fraction) {
        return None;
    }
    let separator = whole.chars().find(|c| *c == ',' || is_thousands_space(*c)).unwrap_or(',');
    let groups: Vec<&str> = whole.split(separator).collect();
    let grouped = match groups.split_first() {
        Some((first, [])) => digits(first),
        // 0,015 is a misplaced point.
        Some((first, rest)) => {
            digits(first)
                && first.len() <= 3
                && !first.starts_with('0')
                && rest.iter().all(|g| g.len() == 3 && digits(g))
        }
        None => false,
    };
    if !grouped {
        return None;
    }
    let value: Decimal = text.replace(separator, "").trim_start_matches('+').parse().ok()?;
    Some(value.normalize())
}

#[cfg(test)]
mod tests {
    use super::{ParsedNumber, of_digits, of_f64, parse};
    use rust_decimal::Decimal;

    fn number(value: &str, unit: &str) -> Option<ParsedNumber> {
        value.parse().ok().map(|value: Decimal| ParsedNumber { value, unit: unit.to_owned() })
    }

    #[test]
    fn every_spelling_is_read() {
        for (text, value, unit) in [
            ("50", "50", ""),
            ("５２．５", "52.5", ""),
            ("1,234.5", "1234.5", ""),
            ("1\u{a0}234\u{a0}567", "1234567", ""),
            ("50学时", "50", "学时"),
            ("50 学 时", "50", "学时"),
            ("50\n学时", "50", "学时"),
            ("85%", "85", "%"),
            ("85 ％", "85", "%"),
            ("-3", "-3", ""),
            ("1，200", "1200", ""),
            ("￥1,200.50", "1200.5", "元"),
            ("¥ 1.5万", "1.5", "万元"),
            ("1.5万元", "1.5", "万元"),
        ] {
            assert_eq!(parse(text), number(value, unit), "{text}");
        }
    }

    #[test]
    fn two_numbers_in_a_cell_are_not_one() {
        for text in
            ["12\n15", "12 15", "20\r\n18", "1 234", "12　15", "1\u{a0}23", "1\u{a0}234,567", "12\t3", "- 3", "1, 234"]
        {
            let is_number = parse(text).is_some_and(|number| number.unit.is_empty());
            assert!(!is_number, "{text:?}");
        }
    }

    #[test]
    fn a_number_is_as_its_format_shows_it() {
        let shown = |value: f64, shown: &str| {
            super::of_formatted(&crate::ingest::Formatted { value, shown: Some(shown.into()) })
        };
        assert_eq!(shown(15_000.0, "15000元"), number("15000", "元"));
        assert_eq!(shown(15_234.0, "1.5万"), number("1.5234", "万"));
        assert_eq!(shown(50.0, "50万元"), number("50", "万元"));
        assert_eq!(shown(1.0, "1%"), number("1", "%"));
        assert_eq!(shown(0.5, "1"), number("0.5", ""));
        assert_eq!(shown(-5.0, "(5)"), number("-5", ""));
        assert_eq!(shown(1_234.5, "￥1,234.50"), number("1234.5", "元"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", "约50", "5-6", "1,2", "12,34", "0,015", "00,123", "-0,500", "1.2.3", "五十", "--5", ".", "5e3", "0x10",
            "NaN",
        ] {
            assert_eq!(parse(text).filter(|number| number.unit.is_empty()), None, "{text}");
        }
    }

    #[test]
    fn a_length_of_time_is_counted_in_the_unit_of_its_column() {
        let hours = |days, unit| super::of_duration(days, unit).map(|number| number.to_string());
        assert_eq!(hours(2.1875, Some("学时")).as_deref(), Some("52.5"));
        assert_eq!(hours(2.1875, Some("分钟")).as_deref(), Some("3150"));
        assert_eq!(hours(2.1875, Some("人")), None);
        assert_eq!(hours(2.1875, None), None);
    }

    #[test]
    fn floats_become_the_decimal_that_was_typed() {
        for (float, text) in
            [(0.6, "0.6"), (52.5, "52.5"), (0.1 + 0.2, "0.3"), (3.0 / 7.0, "0.428571428571429"), (100.0, "100")]
        {
            assert_eq!(of_f64(float), text.parse().ok(), "{float}");
        }
        assert_eq!(of_f64(f64::INFINITY), None);
        assert_eq!(of_f64(1e300), None);
    }

    proptest::proptest! {
        #[test]
        fn any_number_is_read_in_every_spelling(units in -1_000_000_000_000_i64..1_000_000_000_000, scale in 0_u32..4) {
            let value = Decimal::new(units, scale).normalize();
            let text = value.to_string();
            let wide: String = text.chars().map(|c| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xfee0).unwrap_or(c) } else { c }).collect();
            for text in [text.clone(), wide, format!(" {text}学时 ")] {
                proptest::prop_assert_eq!(parse(&text).map(|w| w.value), Some(value), "{}", text);
            }
            proptest::prop_assert_eq!(parse(&format!("{text} %")), Some(ParsedNumber { value, unit: "%".to_owned() }));
        }

        #[test]
        fn white_space_between_digits_never_joins_them(left in "[0-9]{1,6}", blank in "[ \u{3000}\t\r\n\u{2028}]{1,3}", right in "[0-9]{1,6}") {
            let read = parse(&format!("{left}{blank}{right}"));
            proptest::prop_assert_eq!(read.map(|number| number.unit), Some(right));
        }

        #[test]
        fn white_space_around_a_number_and_before_its_unit_changes_nothing(
            number in "[0-9]{1,9}", before in "\\s{0,3}", between in "\\s{0,3}", after in "\\s{0,3}"
        ) {
            let read = parse(&format!("{before}{number}{between}人{after}"));
            proptest::prop_assert_eq!(read, parse(&format!("{number}人")));
        }

        #[test]
        fn a_float_of_few_places_is_its_digits(
            units in -1_000_000_000_000_000_i64..1_000_000_000_000_000,
            fewer in 0_u32..14,
            places in 0..8,
            off in -3_i64..4,
        ) {
            let exact = (units / 10_i64.pow(fewer)) as f64 / 10_f64.powi(places);
            let float = f64::from_bits(exact.to_bits().wrapping_add_signed(off));
            proptest::prop_assume!(float.is_finite());
            proptest::prop_assert_eq!(of_f64(float), of_digits(float));
        }

        #[test]
        fn no_text_or_float_brings_the_number_reader_down(text in "\\PC*", float in proptest::num::f64::ANY) {
            let _ = (parse(&text), of_f64(float));
        }
    }
}
