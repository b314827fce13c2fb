//! Units of numbers, and the factors between them.
//!
//! A unit is a power of ten (千, 万, 亿) and a base (元). Two units convert into each other when their bases measure
//! the same; what depends on the notice, such as hours in 学时, is in the settings (`units` of a column).

use rust_decimal::Decimal;

use super::normalize::fold;
use super::number::{self, ParsedNumber};
use crate::notice::Column;

/// Bases that measure the same, with how many of the first base each is.
const QUANTITIES: [&[(&str, i64)]; 10] = [
    &[("元", 1), ("块", 1), ("块钱", 1)],
    &[("人", 1), ("名", 1), ("位", 1)],
    &[("人次", 1)],
    &[("学时", 1), ("课时", 1)],
    &[("分钟", 1), ("小时", 60), ("个小时", 60)],
    &[("天", 1), ("日", 1)],
    &[("个", 1), ("项", 1), ("条", 1), ("件", 1), ("支", 1), ("篇", 1), ("份", 1)],
    &[("次", 1), ("场", 1), ("回", 1), ("期", 1)],
    &[("分", 1)],
    &[("个月", 1)],
];

/// Powers of ten before a base, the longest first.
const POWERS: [(&str, i64); 7] = [
    ("十万", 100_000),
    ("百万", 1_000_000),
    ("千万", 10_000_000),
    ("百", 100),
    ("千", 1_000),
    ("万", 10_000),
    ("亿", 100_000_000),
];

/// How numbers in one unit become numbers in the unit of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conversion {
    /// One of the unit is that many of the column's.
    Factor(Decimal),
    /// The unit measures something else, or the column's settings name no unit to convert to.
    Impossible,
    /// The text is no unit that is known, such as a remark.
    NoUnit,
}

/// A unit taken apart.
struct Unit<'t> {
    power: i64,
    /// Empty in 1.5万.
    base: &'t str,
}

impl<'t> Unit<'t> {
    fn new(text: &'t str) -> Self {
        let power = POWERS.iter().find_map(|(word, power)| Some((text.strip_prefix(word)?, *power)));
        let (base, power) = power.unwrap_or((text, 1));
        Self { power, base }
    }
}

/// How many of `base`'s quantity's first base one is, and the quantity's position.
fn quantity(base: &str) -> Option<(usize, i64)> {
    QUANTITIES.iter().enumerate().find_map(|(at, bases)| {
        let (_, size) = bases.iter().find(|(name, _)| *name == base)?;
        Some((at, *size))
    })
}

/// How numbers with the unit `text`, folded, become numbers of `column`.
pub(super) fn conversion(text: &str, column: &Column) -> Conversion {
    let own = column.unit.as_deref();
    if text.is_empty() || own.is_some_and(|own| fold(own) == text) {
        return Conversion::Factor(Decimal::ONE);
    }
    if let Some((_, factor)) = column.units.iter().find(|(unit, _)| fold(unit) == text) {
        return Conversion::Factor(*factor);
    }
    let unit = Unit::new(text);
    let measured = quantity(unit.base);
    if measured.is_none() && !unit.base.is_empty() {
        return Conversion::NoUnit;
    }
    let Some(own) = own else {
        // Without a unit in the settings, 12人 is 12 and 1.5万 is 15000, but 1.5万元 may be either.
        return match (measured, unit.power) {
            (None, power) => Conversion::Factor(power.into()),
            (Some(_), 1) => Conversion::Factor(Decimal::ONE),
            (Some(_), _) => Conversion::Impossible,
        };
    };
    let own = Unit::new(own);
    let (of, to) = match (measured, quantity(own.base)) {
        _ if unit.base.is_empty() || unit.base == own.base => (1, 1),
        (Some((quantity, size)), Some((own_quantity, own_size))) if quantity == own_quantity => (size, own_size),
        _ => return Conversion::Impossible,
    };
    let (of, to) = (Decimal::from(unit.power * of), Decimal::from(own.power * to));
    of.checked_div(to).map_or(Conversion::Impossible, Conversion::Factor)
}

/// A number with its unit, in the unit of `column`; `None` when the unit is another or no unit at all.
pub(super) fn in_column(number: &ParsedNumber, column: &Column) -> Option<Decimal> {
    match conversion(&number.unit, column) {
        Conversion::Factor(factor) => times(number.value, factor),
        Conversion::Impossible | Conversion::NoUnit => None,
    }
}

/// A length of time, given in days, in the unit of `column`: as its settings count an hour, or as many hours, minutes
/// or days; an hour is one 学时 unless the settings say otherwise. `None` when the unit is another.
pub(super) fn of_duration(days: f64, column: &Column) -> Option<Decimal> {
    match column.units.iter().find(|(unit, _)| fold(unit) == "小时") {
        Some((_, factor)) => times(number::of_duration(days, Some("小时"))?, *factor),
        None => number::of_duration(days, column.unit.as_deref()),
    }
}

/// The product, without zeros behind the last digit.
pub(super) fn times(number: Decimal, factor: Decimal) -> Option<Decimal> {
    if factor == Decimal::ONE { Some(number) } else { number.checked_mul(factor).map(|product| product.normalize()) }
}

/// Whether a unit is one of money: 元, 万元.
pub(super) fn is_money(unit: &str) -> bool {
    quantity(Unit::new(unit).base) == quantity("元")
}

/// Whether a text mentions money in a way that is no unit (元/人, 美元), beside a column of money.
pub(super) fn may_be_money(text: &str, column: &Column) -> bool {
    text.contains('元') && column.unit.as_deref().is_some_and(|unit| Unit::new(unit).base == "元")
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::{Conversion, conversion};
    use crate::notice::{Column, Ledger};

    fn column(settings: &str) -> Column {
        let text = format!("title = \"表\"\n[columns]\nc = {{ header = [\"数\"], type = \"decimal\"{settings} }}\n");
        let mut ledger: Ledger = toml::from_str(&text).unwrap();
        ledger.columns.shift_remove("c").unwrap()
    }

    #[test]
    fn units_of_the_same_quantity_convert() {
        for (unit, own, factor) in [
            ("元", "万元", "0.0001"),
            ("万元", "元", "10000"),
            ("千元", "万元", "0.1"),
            ("亿元", "万元", "10000"),
            ("万", "元", "10000"),
            ("万", "万元", "1"),
            ("万人", "人", "10000"),
            ("名", "人", "1"),
            ("课时", "学时", "1"),
            ("分钟", "小时", "0.0166666666666666666666666667"),
            ("项", "个", "1"),
            ("平方米", "平方米", "1"),
        ] {
            let factor: Decimal = factor.parse().unwrap();
            let column = column(&format!(", unit = \"{own}\""));
            assert_eq!(conversion(unit, &column), Conversion::Factor(factor), "{unit} in {own}");
        }
    }

    #[test]
    fn other_quantities_do_not_convert() {
        for (unit, own) in [("人", "学时"), ("小时", "学时"), ("人次", "人"), ("元", "人"), ("次", "个"), ("分", "元")]
        {
            assert_eq!(conversion(unit, &column(&format!(", unit = \"{own}\""))), Conversion::Impossible, "{unit}");
        }
        assert_eq!(conversion("以上", &column(", unit = \"人\"")), Conversion::NoUnit);
        assert_eq!(conversion("万元", &column("")), Conversion::Impossible);
        assert_eq!(conversion("人", &column("")), Conversion::Factor(Decimal::ONE));
    }

    #[test]
    fn the_settings_add_conversions() {
        let column = column(", unit = \"学时\", units = { \"小时\" = 1.5, \"半天\" = 4 }");
        assert_eq!(conversion("小时", &column), Conversion::Factor(Decimal::new(15, 1)));
        assert_eq!(conversion("半天", &column), Conversion::Factor(Decimal::from(4)));
        assert_eq!(conversion("天", &column), Conversion::Impossible);
        assert_eq!(super::of_duration(2.0, &column), Some(Decimal::from(72)), "48 hours, as the settings count them");
    }
}
