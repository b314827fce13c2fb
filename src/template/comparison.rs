//! Which values of a template can be compared: a comparison that never holds, whatever the ledgers say, is refused.

use jiff::civil::Date;

use super::schema::{Schema, ValueType};

/// One side of a comparison: the text that the template writes, and what it is.
pub(super) struct Operand<'e, 's, 'n> {
    pub text: &'e str,
    pub schema: &'s Schema<'n>,
}

/// Why two values cannot be compared, in Chinese.
pub(super) fn objection(left: &Operand<'_, '_, '_>, right: &Operand<'_, '_, '_>) -> Option<String> {
    of_one(left).or_else(|| of_one(right)).or_else(|| of_pair(left, right)).or_else(|| of_pair(right, left))
}

/// Why a value cannot be compared with anything.
pub(super) fn of_one(operand: &Operand<'_, '_, '_>) -> Option<String> {
    let text = operand.text;
    match operand.schema {
        Schema::Printed => {
            Some(format!("“{text}”是排好的文字，带着出处，不能用来判断；判断用带 n 的值{}", bare_name(text)))
        }
        Schema::List(_) | Schema::Groups(_) => Some(format!("“{text}”是列表，不能这样比；比有几项写 {text} | length")),
        Schema::Map(_) => Some(format!("“{text}”是一组名称和值，不能这样比；比其中一个写 {text}.n.名称")),
        _ => None,
    }
}

/// The name under `n` of a dotted name, as a hint; nothing for other expressions.
pub(super) fn bare_name(text: &str) -> String {
    if !text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.')) {
        return String::new();
    }
    match text.rsplit_once('.') {
        Some((row, name)) => format!("：{row}.n.{name}"),
        None => format!("：n.{text}"),
    }
}

/// Why a bare value cannot be compared with another value.
fn of_pair(bare: &Operand<'_, '_, '_>, other: &Operand<'_, '_, '_>) -> Option<String> {
    let Schema::Bare(ty) = *bare.schema else { return None };
    let wrong = |hint: &str| Some(format!("“{}”是{}，不能与“{}”比{hint}", bare.text, ty.label(), other.text));
    match (ty, other.schema) {
        (ValueType::Choice(column), Schema::Literal(text)) => column.impossible_choice(text),
        (ValueType::Date, Schema::Literal(text)) if text.parse::<Date>().is_err() || text.len() != 10 => {
            wrong("；日期写成 \"2018-10-25\" 这样")
        }
        (ValueType::Number | ValueType::Percent, Schema::Literal(_)) => wrong("；数不写引号"),
        (ValueType::Percent, Schema::Constant(ValueType::Number)) if is_no_fraction(other.text) => {
            wrong("；百分比在判断里是小数，60% 写 0.6")
        }
        (ValueType::Flag, Schema::Literal(_)) => wrong("；是非写 true 或 false"),
        (_, Schema::Bare(other) | Schema::Constant(other)) if !is_comparable(ty, *other) => wrong(""),
        _ => None,
    }
}

/// Whether a number is too great for a fraction: 5 is 500 %.
fn is_no_fraction(number: &str) -> bool {
    number.parse::<f64>().is_ok_and(|number| number > 5.0)
}

fn is_comparable(one: ValueType<'_>, other: ValueType<'_>) -> bool {
    matches!(one, ValueType::Unknown) || matches!(other, ValueType::Unknown) || one.label() == other.label()
}
