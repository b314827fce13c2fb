//! Which metrics of parts add up to that of the whole, and that they do.

use std::sync::LazyLock;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{NOTICE, compiled, notice, number, student};
use crate::expr::scope::Type;
use crate::expr::{Expressions, MetricResult};
use crate::model::{Row, Value};

/// Metrics over `study` that are additive.
const ADDITIVE: [&str; 12] = [
    "study.len()",
    "study.filter(|r| r.done < r.required).len()",
    "study.filter(|r| r.name != \"a)(\").filter(|r| has(r.done)).len()",
    "study.len() /* 不含 rectify */",
    "sum(study.map(|r| floor(max(r.required - r.done, 0) / 5) * 0.05))",
    "study.map(|r| r.done * 2).filter(|x| x > 10).map(|x| x - 1).sum()",
    "study.filter(|r| [1, 2].some(|x| x < r.done) && calendar.theme.all(|d| d <= cutoff)).len()",
    "study.len() - study.filter(|r| r.done > 30).len()",
    "-(sum(study.map(|r| r.done)) + study.len()) * 3 / 4",
    "study.filter(|study| study.done > 5).len()",
    "len(filter(study, |r| r.done > 5))",
    "sum(study.map(|r| r.done / r.required))",
];

#[test]
fn folds_over_single_rows_are_additive() {
    for text in ADDITIVE.into_iter().chain(["total", "total - total", "study.len() - total"]) {
        assert!(compiled(text, Type::Number).unwrap().additive, "{text}");
    }
    for text in [
        "1",
        "gone",
        "total - 1",
        "total * total",
        "2 * total",
        "total - gone",
        "max(total - total, 0)",
        "mean(study.map(|r| r.done))",
        "max(study.len(), 3)",
        "study.len() * study.len()",
        "study.len() / study.len()",
        "study.len() + 1",
        "ratio(study.len(), 3)",
        "floor(study.len())",
        "sum(study.map(|r| r.done / study.len()))",
        "study.filter(|r| r.done > total).len()",
        "study.filter(|r| study.some(|s| s.done > r.done)).len()",
        "calendar.theme.filter(|d| theme.some(|r| r.date == d)).len()",
        "sum(study.map(|r, i| i))",
        "study.filter(|r, i| i < 3).len()",
        "[1].filter(|x| study.some(|r| r.done > 3)).len()",
        "[study.len()].sum()",
    ] {
        assert!(!compiled(text, Type::Number).unwrap().additive, "{text}");
    }
}

/// The shipped notice's expressions behind those of [`ADDITIVE`].
static SUMS: LazyLock<Expressions> = LazyLock::new(|| {
    let metric = |(at, expr): (usize, &&str)| format!("f{at} = {{ label = '', expr = '''{expr}''' }}\n");
    Expressions::compile(&notice(&ADDITIVE.iter().enumerate().map(metric).collect::<String>())).unwrap()
});

/// The additive metrics over `rows` of the ledger `study`.
fn sums(rows: &[Row]) -> Vec<Decimal> {
    let outcomes = SUMS.additive(NOTICE.ledger_index("study").unwrap(), rows);
    let number =
        |(at, outcome)| if let MetricResult::Number(number) = outcome { number } else { panic!("{at}: {outcome:?}") };
    outcomes.into_iter().map(number).collect()
}

proptest! {
    #[test]
    fn additive_metrics_of_parts_sum_to_that_of_the_whole(
        students in proptest::collection::vec((1_i64..100, 0_i64..1_000), 0..30),
        part in 0_usize..30,
    ) {
        let hours = |(required, done): &(i64, i64)| student(number(*required), Value::Number(Decimal::new(*done, 1)));
        let rows: Vec<Row> = students.iter().map(hours).collect();
        let (one, other) = rows.split_at(part.min(rows.len()));
        let whole = sums(&rows);
        prop_assert!(whole.len() >= ADDITIVE.len());
        for ((one, other), whole) in sums(one).into_iter().zip(sums(other)).zip(whole) {
            prop_assert_eq!((one + other).round_dp(12), whole.round_dp(12));
        }
    }
}
