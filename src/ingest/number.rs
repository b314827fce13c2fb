//! Parses numbers as people write them, and converts those of spreadsheets to exact decimals.

use rust_decimal::Decimal;

use super::normalize::halve;

/// A number as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ParsedNumber {
    /// The value before any percent sign is applied.
    pub value: Decimal,
    /// Whether a percent sign follows.
    pub percent: bool,
    /// Whether a unit follows that is not the column's.
    pub other_unit: bool,
}

/// Units that are accepted behind a number and not converted.
const UNITS: [&str; 13] = ["学时", "小时", "个", "人", "次", "项", "名", "分", "条", "支", "元", "天", "场"];

/// Parses a number: digits of either width, with or without thousands separators, followed by nothing, a percent sign,
/// `unit` or another unit.
pub(super) fn parse(text: &str, unit: Option<&str>) -> Option<ParsedNumber> {
    let text: String = text.chars().map(halve).filter(|c| !c.is_whitespace()).collect();
    let own = unit.and_then(|unit| text.strip_suffix(unit));
    let other = UNITS.iter().find_map(|unit| text.strip_suffix(unit));
    let text = own.or(other).unwrap_or(&text);
    let (text, percent) = match text.strip_suffix('%') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    Some(ParsedNumber { value: plain(text)?, percent, other_unit: own.is_none() && other.is_some() })
}

/// The decimal of a spreadsheet's number, rounded to 15 significant digits as spreadsheet programs do.
pub(super) fn of_f64(number: f64) -> Option<Decimal> {
    if !number.is_finite() {
        return None;
    }
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return Some(Decimal::from(number as i64));
    }
    // Up to four decimal places, without formatting the number: of the decimals of 15 digits only one is this float. Takes
    // 10 ns instead of 0.8 to 1.1 µs, 5 % of a whole build.
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
pub(super) fn of_duration(days: f64, unit: Option<&str>) -> Option<ParsedNumber> {
    let seconds_in_unit = match unit? {
        "小时" | "学时" => 3_600,
        "分钟" => 60,
        "天" => 86_400,
        _ => return None,
    };
    let seconds = of_f64((days * 86_400.0).round())?;
    let value = seconds.checked_div(Decimal::from(seconds_in_unit))?.normalize();
    Some(ParsedNumber { value, ..ParsedNumber::default() })
}

/// The decimal of the 15 significant digits of a number.
fn of_digits(number: f64) -> Option<Decimal> {
    Decimal::from_scientific(&format!("{number:.14e}")).ok().map(|number| number.normalize())
}

/// Parses an optional sign, digits with commas between thousands only, and at most one decimal point.
fn plain(text: &str) -> Option<Decimal> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(fraction) {
        return None;
    }
    let groups: Vec<&str> = whole.split(',').collect();
    let grouped = match groups.split_first() {
        Some((first, [])) => digits(first),
        Some((first, rest)) => digits(first) && first.len() <= 3 && rest.iter().all(|g| g.len() == 3 && digits(g)),
        None => false,
    };
    if !grouped {
        return None;
    }
    let value: Decimal = text.replace(',', "").trim_start_matches('+').parse().ok()?;
    Some(value.normalize())
}

#[cfg(test)]
mod tests {
    use super::{ParsedNumber, of_digits, of_f64, parse};
    use rust_decimal::Decimal;

    fn number(value: &str, percent: bool) -> Option<ParsedNumber> {
        value.parse().ok().map(|value: Decimal| ParsedNumber { value, percent, other_unit: false })
    }

    #[test]
    fn every_spelling_is_read() {
        for (text, value, percent) in [
            ("50", "50", false),
            ("５２．５", "52.5", false),
            ("1,234.5", "1234.5", false),
            ("50学时", "50", false),
            ("85%", "85", true),
            ("85 ％", "85", true),
            ("-3", "-3", false),
            ("1，200", "1200", false),
        ] {
            assert_eq!(parse(text, Some("学时")), number(value, percent), "{text}");
        }
    }

    #[test]
    fn a_unit_that_is_not_the_columns_is_noticed() {
        assert_eq!(
            parse("12人", Some("学时")).map(|w| (w.value.to_string(), w.other_unit)),
            Some(("12".to_owned(), true))
        );
        assert_eq!(parse("12学时", Some("学时")).map(|w| w.other_unit), Some(false));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "约50", "5-6", "1,2", "12,34", "1.2.3", "五十", "--5", ".", "5e3", "0x10", "NaN"] {
            assert_eq!(parse(text, None), None, "{text}");
        }
    }

    #[test]
    fn a_length_of_time_is_counted_in_the_unit_of_its_column() {
        let hours = |days, unit| super::of_duration(days, unit).map(|number| number.value.to_string());
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
                proptest::prop_assert_eq!(parse(&text, Some("学时")).map(|w| w.value), Some(value), "{}", text);
            }
            proptest::prop_assert_eq!(parse(&format!("{text}%"), None).map(|w| (w.value, w.percent)), Some((value, true)));
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
            let _ = (parse(&text, Some("学时")), of_f64(float));
        }
    }
}
