//! The rhai engine: exact decimals, days, folds, and cells that say nothing.

use std::cmp::Ordering;

use jiff::civil::Date;
use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, NativeCallContext, Position};
use rust_decimal::Decimal;

use super::days_between;
use crate::diag::CellRef;

/// A cell that says nothing; its address when it is a cell of a row.
#[derive(Clone, Debug)]
pub struct Missing(pub Option<CellRef>);

type Fallible<T> = Result<T, Box<EvalAltResult>>;

/// Steps after which an expression is stopped: a fold over 10,000 rows takes about 200,000.
pub const MAX_OPERATIONS: u64 = 5_000_000;

/// The functions and methods that expressions may call.
pub const FUNCTIONS: [&str; 14] = [
    "all",
    "days_between",
    "filter",
    "floor",
    "has",
    "len",
    "map",
    "max",
    "mean",
    "min",
    "ratio",
    "some",
    "sum",
    "is_empty",
];

/// An engine with everything expressions may use.
pub fn new() -> Engine {
    let mut engine = Engine::new();
    engine.set_max_operations(MAX_OPERATIONS);
    engine.set_max_expr_depths(64, 64);
    engine.set_strict_variables(true);
    engine.set_fail_on_invalid_map_property(true);
    engine.set_fast_operators(false);
    numbers(&mut engine);
    lists(&mut engine);
    comparisons(&mut engine);
    missing(&mut engine);
    engine
}

/// Folds that take nothing but yes and no from their closure: rhai's own take anything else for no.
fn lists(engine: &mut Engine) {
    engine.register_fn("filter", |context: NativeCallContext<'_>, rows: Array, test: FnPtr| -> Fallible<Array> {
        let mut kept = Array::new();
        for row in rows {
            if yes(&context, &test, row.clone())? {
                kept.push(row);
            }
        }
        Ok(kept)
    });
    engine.register_fn("some", |context: NativeCallContext<'_>, rows: Array, test: FnPtr| -> Fallible<bool> {
        rows.into_iter().try_fold(false, |found, row| Ok(found || yes(&context, &test, row)?))
    });
    engine.register_fn("all", |context: NativeCallContext<'_>, rows: Array, test: FnPtr| -> Fallible<bool> {
        rows.into_iter().try_fold(true, |all, row| Ok(all && yes(&context, &test, row)?))
    });
}

/// Whether `test` says yes to `row`.
fn yes(context: &NativeCallContext<'_>, test: &FnPtr, row: Dynamic) -> Fallible<bool> {
    let answer: Dynamic = test.call_within_context(context, (row,))?;
    if let Ok(answer) = answer.as_bool() {
        return Ok(answer);
    }
    let name = answer.type_name();
    match answer.try_cast::<Missing>() {
        Some(missing) => Err(raise(missing)),
        None => Err(format!("条件应得出是或否，却是 {name}").into()),
    }
}

fn numbers(engine: &mut Engine) {
    engine.register_fn("/", |a: i64, b: i64| -> Fallible<Decimal> {
        Decimal::from(a).checked_div(Decimal::from(b)).ok_or_else(|| "除数是 0".into())
    });
    engine.register_fn("sum", |values: Array| -> Fallible<Decimal> {
        decimals(values)?
            .into_iter()
            .try_fold(Decimal::ZERO, |sum, n| sum.checked_add(n))
            .ok_or_else(|| "和太大".into())
    });
    engine.register_fn("mean", |values: Array| -> Fallible<Decimal> {
        let values = decimals(values)?;
        let count = Decimal::from(values.len());
        let sum = values.into_iter().try_fold(Decimal::ZERO, |sum, n| sum.checked_add(n));
        sum.and_then(|sum| sum.checked_div(count)).ok_or_else(|| raise(Missing(None)))
    });
    engine.register_fn("ratio", |part: Dynamic, whole: Dynamic| -> Fallible<Decimal> {
        decimal(part)?.checked_div(decimal(whole)?).ok_or_else(|| raise(Missing(None)))
    });
    engine.register_fn("max", |a: Dynamic, b: Dynamic| -> Fallible<Decimal> { Ok(decimal(a)?.max(decimal(b)?)) });
    engine.register_fn("min", |a: Dynamic, b: Dynamic| -> Fallible<Decimal> { Ok(decimal(a)?.min(decimal(b)?)) });
    engine.register_fn("floor", |a: Dynamic| -> Fallible<Decimal> { Ok(decimal(a)?.floor()) });
}

/// Comparisons of like with like. Rhai's own say no to anything else, and a figure that counts by a comparison
/// nobody meant would come out as 0.
fn comparisons(engine: &mut Engine) {
    engine.register_type_with_name::<Date>("日期");
    engine.register_fn("==", |a: Dynamic, b: Dynamic| compare(a, b).map(Ordering::is_eq));
    engine.register_fn("!=", |a: Dynamic, b: Dynamic| compare(a, b).map(Ordering::is_ne));
    engine.register_fn("<", |a: Dynamic, b: Dynamic| compare(a, b).map(Ordering::is_lt));
    engine.register_fn("<=", |a: Dynamic, b: Dynamic| compare(a, b).map(Ordering::is_le));
    engine.register_fn(">", |a: Dynamic, b: Dynamic| compare(a, b).map(Ordering::is_gt));
    engine.register_fn(">=", |a: Dynamic, b: Dynamic| compare(a, b).map(Ordering::is_ge));
    engine.register_fn("days_between", days_between);
}

fn compare(a: Dynamic, b: Dynamic) -> Fallible<Ordering> {
    for side in [&a, &b] {
        if let Some(missing) = side.read_lock::<Missing>() {
            return Err(raise(missing.clone()));
        }
    }
    if let (Ok(a), Ok(b)) = (decimal(a.clone()), decimal(b.clone())) {
        return Ok(a.cmp(&b));
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Date>(), b.read_lock::<Date>()) {
        return Ok(a.cmp(&b));
    }
    if let (Ok(a), Ok(b)) = (a.as_bool(), b.as_bool()) {
        return Ok(a.cmp(&b));
    }
    if let (Ok(a), Ok(b)) = (a.clone().into_immutable_string(), b.clone().into_immutable_string()) {
        return Ok(a.cmp(&b));
    }
    Err(format!("{} 不能与 {} 比较", a.type_name(), b.type_name()).into())
}

/// Whatever touches a missing cell, other than asking `has`, comes to nothing.
fn missing(engine: &mut Engine) {
    engine.register_type_with_name::<Missing>("空单元格");
    for operator in ["+", "-", "*", "/", "%"] {
        engine.register_fn(operator, |a: Missing, _: Missing| -> Fallible<Dynamic> { Err(raise(a)) });
        engine.register_fn(operator, |a: Missing, _: Dynamic| -> Fallible<Dynamic> { Err(raise(a)) });
        engine.register_fn(operator, |_: Dynamic, b: Missing| -> Fallible<Dynamic> { Err(raise(b)) });
    }
    for fold in ["len", "sum", "mean"] {
        engine.register_fn(fold, |a: Missing| -> Fallible<Dynamic> { Err(raise(a)) });
    }
    for closure in ["map", "filter", "some", "all"] {
        engine.register_fn(closure, |a: Missing, _: FnPtr| -> Fallible<Dynamic> { Err(raise(a)) });
    }
    engine.register_fn("!", |a: Missing| -> Fallible<bool> { Err(raise(a)) });
    engine.register_fn("has", |value: Dynamic| value.type_id() != std::any::TypeId::of::<Missing>());
}

fn raise(missing: Missing) -> Box<EvalAltResult> {
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(missing), Position::NONE))
}

fn decimals(values: Array) -> Fallible<Vec<Decimal>> {
    values.into_iter().map(decimal).collect()
}

fn decimal(value: Dynamic) -> Fallible<Decimal> {
    if let Ok(number) = value.as_decimal() {
        return Ok(number);
    }
    if let Ok(number) = value.as_int() {
        return Ok(Decimal::from(number));
    }
    let name = value.type_name();
    match value.try_cast::<Missing>() {
        Some(missing) => Err(raise(missing)),
        None => Err(format!("应是数字，却是 {name}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Dynamic, Missing, new};
    use rhai::Scope;

    fn eval(text: &str) -> Result<String, String> {
        let mut scope = Scope::new();
        scope.push_dynamic("gone", Dynamic::from(Missing(None)));
        let value = new().eval_expression_with_scope::<Dynamic>(&mut scope, text);
        value.map(|v| v.to_string()).map_err(|e| e.to_string())
    }

    #[test]
    fn arithmetic_is_exact() {
        for (text, result) in [
            ("0.1 + 0.2", "0.3"),
            ("1 / 4", "0.25"),
            ("sum([0.05, 0.05, 0.05])", "0.15"),
            ("mean([1, 2])", "1.50"),
            ("floor(max(50 - 38, 0) / 5) * 0.05", "0.10"),
            ("[1, 2, 3].filter(|x| x > 1.5).len()", "2"),
        ] {
            assert_eq!(eval(text).as_deref(), Ok(result), "{text}");
        }
    }

    #[test]
    fn a_missing_cell_never_counts() {
        for text in [
            "gone + 1",
            "1 - gone",
            "gone == \"是\"",
            "\"是\" != gone",
            "gone < 5",
            "5 >= gone",
            "sum([1, gone])",
            "[gone].filter(|x| x < 5).len()",
            "max(gone, 0)",
            "!gone",
            "gone == gone",
            "[gone].filter(|x| x).len()",
            "[gone].some(|x| x)",
            "ratio(1, 0)",
            "mean([])",
        ] {
            assert!(eval(text).is_err(), "{text}");
        }
        for text in ["\"是\" == true", "1 < \"2\"", "[1].filter(|x| x == \"1\").len()", "true > 0"] {
            assert!(eval(text).is_err(), "{text}");
        }
        assert_eq!(eval("[1, 2.0, 3].filter(|x| x >= 2).len()").as_deref(), Ok("2"));
        assert_eq!(eval("has(gone)").as_deref(), Ok("false"));
        assert_eq!(eval("[gone, 1].filter(|x| has(x)).len()").as_deref(), Ok("1"));
    }

    #[test]
    fn nothing_runs_away() {
        assert!(eval("while true {}").is_err());
        assert!(eval("1 / 0").is_err());
    }
}
