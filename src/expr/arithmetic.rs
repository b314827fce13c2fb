//! Exact arithmetic: a result that does not fit 28 digits is an error, never rounded silently.

use rust_decimal::Decimal;

use super::value::{EvalError, MissingCause};

/// An operation on two numbers.
pub(super) type Operation = fn(Decimal, Decimal) -> Result<Decimal, EvalError<'static>>;

type Outcome = Result<Decimal, EvalError<'static>>;

/// `a + b`
pub(super) fn add(a: Decimal, b: Decimal) -> Outcome {
    a.checked_add(b).ok_or_else(too_large)
}

/// `a - b`
pub(super) fn subtract(a: Decimal, b: Decimal) -> Outcome {
    a.checked_sub(b).ok_or_else(too_large)
}

/// `a * b`
pub(super) fn multiply(a: Decimal, b: Decimal) -> Outcome {
    a.checked_mul(b).ok_or_else(too_large)
}

/// `a / b`; fails for 0 as the divisor.
pub(super) fn divide(a: Decimal, b: Decimal) -> Outcome {
    if b.is_zero() { Err(EvalError::failed("除数是 0")) } else { a.checked_div(b).ok_or_else(too_large) }
}

/// `a % b`, with the sign of `a`; fails for 0 as the divisor.
pub(super) fn remainder(a: Decimal, b: Decimal) -> Outcome {
    if b.is_zero() { Err(EvalError::failed("除数是 0")) } else { a.checked_rem(b).ok_or_else(too_large) }
}

/// `ratio(part, whole)`; missing when `whole` is 0.
pub(super) fn ratio(part: Decimal, whole: Decimal) -> Outcome {
    if whole.is_zero() { Err(EvalError::Missing(MissingCause::Unknown)) } else { divide(part, whole) }
}

/// `max(a, b)`
pub(super) fn max(a: Decimal, b: Decimal) -> Outcome {
    Ok(a.max(b))
}

/// `min(a, b)`
pub(super) fn min(a: Decimal, b: Decimal) -> Outcome {
    Ok(a.min(b))
}

fn too_large<'r>() -> EvalError<'r> {
    EvalError::failed("得数太大")
}
