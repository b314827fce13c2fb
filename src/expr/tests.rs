//! Expressions from their text to their results.

use std::sync::{Arc, LazyLock};

use jiff::civil::date;
use toml::Spanned;

use super::eval::{self, Env};
use super::functions::{FUNCTIONS, Function, Shape};
use super::scope::{Definition, Scope, Type};
use super::steps::{MAX_RUN_STEPS, StepBudget};
use super::typecheck::{self, Compiled};
use super::value::ValueList;
use super::{Expressions, MetricResult, value};
use crate::diagnostics::SheetRef;
use crate::ingest::CellNotes;
use crate::model::{Cell, PreviousValues, Row, Value};
use crate::notice::Notice;

mod additive;
mod look_ups;
mod refusals;

const SHIPPED: &str = include_str!("../../templates/2018-grassroots/notice.toml");

/// The shipped notice.
static NOTICE: LazyLock<Notice> = LazyLock::new(|| notice(""));

/// The shipped notice with more metrics before its own.
fn notice(metrics: &str) -> Notice {
    toml::from_str(&SHIPPED.replacen("[metric]\n", &format!("[metric]\n{metrics}\n"), 1)).expect("a notice")
}

/// A row of a ledger with these values in its columns.
fn row(values: &[Value<'_>]) -> Row {
    let source = Arc::new(SheetRef { file: "台账.csv".to_owned(), sheet: String::new() });
    let cells = (0..).zip(values);
    Row::new(
        source,
        1,
        cells.map(|(col, value)| Some(Cell { row: 1, col, value: *value, notes: CellNotes::default() })),
    )
}

/// A row of the ledger `study`.
fn student(required: Value<'_>, done: Value<'_>) -> Row {
    row(&[Value::Text("甲党支部"), Value::Text("赵"), Value::Text("科员"), required, done])
}

fn number(number: i64) -> Value<'static> {
    Value::Number(number.into())
}

/// Compiles `text` where `theme`, `study` and `task` are ledgers, and `gone` and `total` metrics.
fn compiled(text: &str, wanted: Type) -> Result<Compiled, String> {
    let mut scope = Scope::new(&NOTICE);
    for (at, id) in NOTICE.ledger.keys().enumerate().filter(|(_, id)| ["theme", "study", "task"].contains(&id.as_str()))
    {
        scope.define(id, Definition::List(at, Type::Row(at)));
    }
    scope.define("gone", Definition::Metric(0, false));
    scope.define("total", Definition::Metric(1, true));
    compiled_in(&scope, text, wanted)
}

/// Compiles `text` with the names of a scope.
fn compiled_in(scope: &Scope<'_>, text: &str, wanted: Type) -> Result<Compiled, String> {
    typecheck::compile(scope, &Spanned::new(0..0, text.to_owned()), wanted).map_err(|error| error.to_string())
}

/// The shipped notice with one edit.
fn edited(from: &str, to: &str) -> Notice {
    assert!(SHIPPED.contains(from), "{from}");
    toml::from_str(&SHIPPED.replacen(from, to, 1)).expect("a notice")
}

/// The result of `text`, of type number: `theme` has one row of blank cells, `study` three rows, `task` was not handed
/// in, the metric `gone` is missing and `total` is 7.
fn run(text: &str) -> MetricResult {
    let compiled = compiled(text, Type::Number).unwrap_or_else(|error| panic!("{text}: {error}"));
    let ledger = |id| NOTICE.ledger_index(id).expect("a ledger");
    let themes = [row(&[Value::Missing; 8])];
    let students = [(50, 40), (50, 50), (30, 45)].map(|(required, done)| student(number(required), number(done)));
    let (theme, study) = (ledger("theme"), ledger("study"));
    let lists = |at| match at {
        at if at == theme => Some(ValueList::Rows(&themes)),
        at if at == study => Some(ValueList::Rows(&students)),
        _ => None,
    };
    let metrics = |at| if at == 1 { value::Value::Number(7.into()) } else { value::Value::MISSING };
    eval::metric(
        &compiled.node,
        Env { lists: &lists, metrics: &metrics, previous: PreviousValues::NONE, steps: &steps() },
        0,
    )
}

/// The steps of a run.
fn steps() -> StepBudget {
    StepBudget::new(MAX_RUN_STEPS)
}

/// The result of a condition: 1 for yes, 0 for no.
fn yes(condition: &str) -> MetricResult {
    run(&format!("[1].filter(|x| {condition}).len()"))
}

fn refusal(text: &str) -> String {
    compiled(text, Type::Number).expect_err(text)
}

#[test]
fn arithmetic_is_exact() {
    for (text, result) in [
        ("0.1 + 0.2", "0.3"),
        ("1 / 4", "0.25"),
        ("7 % 4 - -2 * 3", "9"),
        ("2 - 3 - 4", "-5"),
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("sum([0.05, 0.05, 0.05])", "0.15"),
        ("mean([1, 2])", "1.50"),
        ("[1, 2].mean()", "1.50"),
        ("floor(max(50 - 38, 0) / 5) * 0.05", "0.10"),
        ("[1, 2, 3].filter(|x| x > 1.5).len()", "2"),
        ("min(total, 3.5)", "3.5"),
        ("days_between(cutoff, deadline)", "8"),
        ("calendar.theme.len()", "3"),
        ("sum(study.map(|r| floor(max(r.required - r.done, 0) / 5) * 0.05))", "0.10"),
        ("study.filter(|r| r.done < r.required).len()", "1"),
        ("sum(study.map(|r, place| place * 10))", "30"),
        ("study.filter(|r, place| place > 0).len()", "2"),
        ("study.filter(|a| study.some(|b| b.required < a.required)).len()", "2"),
        ("ratio(study.len(), total - 1) /* 一半 */", "0.5"),
        ("count(study, |r| r.done < r.required)", "1"),
        ("study.count(|r| not r.done < r.required)", "2"),
        ("if(study.is_empty(), 1 / 0, 7)", "7"),
        ("if(total > 1 and total < 9, total, 0) - total", "0"),
        ("or(gone, 3) + or(2, gone)", "5"),
        ("or(ratio(1, 0), 0)", "0"),
        ("gone.or(ratio(1, 0)).or(4)", "4"),
    ] {
        assert_eq!(run(text), MetricResult::Number(result.parse().unwrap()), "{text}");
    }
    assert_eq!(yes("true || 1 / 0 > 1"), MetricResult::Number(1.into()));
    assert_eq!(yes("false && gone > 1 || !(1 > 2) && 'b' > \"a\" && true > false"), MetricResult::Number(1.into()));
    assert_eq!(yes("study.all(|r| r.done >= 40) && !study.some(|r| r.done == 41)"), MetricResult::Number(1.into()));
    assert_eq!(yes("calendar.theme.some(|d| d == cutoff) || study.is_empty()"), MetricResult::Number(0.into()));
}

#[test]
fn a_missing_value_makes_the_result_missing() {
    for text in [
        "gone",
        "gone + 1",
        "1 - gone",
        "-gone",
        "sum([1, gone])",
        "mean([gone])",
        "[gone].filter(|x| x < 5).len()",
        "max(gone, 0)",
        "floor(gone)",
        "[1].map(|x| gone).sum()",
        "ratio(1, 0)",
        "mean([1].filter(|x| x > 1))",
        "if(gone > 1, 1, 2)",
        "if(true, gone, 2)",
        "or(gone, gone)",
        "task.len()",
        "task.filter(|r| true).len()",
        "sum(task.map(|r| 1))",
    ] {
        assert_eq!(run(text), MetricResult::Missing(None), "{text}");
    }
    for condition in ["gone < 5", "5 >= gone", "gone == gone", "gone == 1 || true", "task.some(|r| true)"] {
        assert_eq!(yes(condition), MetricResult::Missing(None), "{condition}");
    }
    // Also after the item that decides, when the list is computed.
    for condition in ["[1, gone].filter(|x| x > 0).some(|x| x == 1)", "[1, gone].map(|x| -x).all(|x| x > 0)"] {
        assert_eq!(yes(condition), MetricResult::Missing(None), "{condition}");
    }
    assert_eq!(yes("[1, gone].some(|x| x == 1)"), MetricResult::Number(1.into()));
    assert_eq!(run("[gone, 1].filter(|x| has(x)).len()"), MetricResult::Number(1.into()));
    assert_eq!(yes("has(gone) || has(task) || theme.some(|r| has(r.due))"), MetricResult::Number(0.into()));
    assert_eq!(yes("has(study) && has(study.map(|r| 1)) && has(total)"), MetricResult::Number(1.into()));
}

#[test]
fn the_blank_cell_that_makes_a_result_missing_is_named() {
    for (fold, cell) in [
        ("filter(|r| r.cell == \"一\").len()", "B2"),
        ("filter(|r| \"一\" != r.cell).len()", "B2"),
        ("filter(|r| r.date <= cutoff).len()", "C2"),
        ("filter(|r| r.uploaded).len()", "G2"),
        ("filter(|r| !r.uploaded).len()", "G2"),
        ("filter(|r| true && r.uploaded).len()", "G2"),
        ("map(|r| r.due).sum()", "E2"),
        ("map(|r| days_between(cutoff, r.date)).sum()", "C2"),
        ("filter(|r| theme.some(|s| s.uploaded)).len()", "G2"),
    ] {
        let MetricResult::Missing(Some(named)) = run(&format!("theme.{fold}")) else { panic!("{fold}") };
        assert_eq!(named.a1(), cell, "{fold}");
    }
    // A column that the sheet does not have is no cell.
    let compiled = compiled("sum(study.map(|r| r.done))", Type::Number).unwrap();
    let rows = [row(&[Value::Text("甲党支部")])];
    let env = Env {
        lists: &|_| Some(ValueList::Rows(&rows)),
        metrics: &|_| value::Value::MISSING,
        previous: PreviousValues::NONE,
        steps: &steps(),
    };
    assert_eq!(eval::metric(&compiled.node, env, 0), MetricResult::Missing(None));
}

#[test]
fn failed_arithmetic_gives_its_reason() {
    for (text, expected) in [
        ("1 / 0", "除数是 0"),
        ("total % 0", "除数是 0"),
        ("79228162514264337593543950335 * 10", "得数太大"),
        ("79228162514264337593543950335 + 1", "得数太大"),
        ("sum([79228162514264337593543950335, 1])", "得数太大"),
    ] {
        let MetricResult::Failed(reason) = run(text) else { panic!("{text}") };
        assert!(reason.contains(expected), "{text}: {reason}");
    }
}

/// Each is within its own limit.
#[test]
fn hundreds_of_long_metrics_are_stopped_together() {
    let compiled = || compiled("study.filter(|a| study.all(|b| true)).len()", Type::Number).unwrap().node;
    let nodes: Vec<_> = (0..400).map(|_| compiled()).collect();
    let rows = vec![student(number(1), number(1)); 100];
    let lists = |_| Some(ValueList::Rows(&rows));
    let results = |steps: &StepBudget| eval::metrics(&nodes, &lists, PreviousValues::NONE, steps, rows.len());
    let numbers =
        |results: &[MetricResult]| results.iter().filter(|result| **result == MetricResult::Number(100.into())).count();
    let enough = steps();
    assert_eq!(numbers(&results(&enough)), 400);
    let of_one = (MAX_RUN_STEPS - enough.left()) / 400;
    assert_eq!(of_one, 1 + 100 * 101);
    let few = StepBudget::new(3 * of_one + 1);
    assert_eq!(numbers(&results(&few)), 3);
    // None of the others took more than were left.
    assert!(few.is_exhausted());
    few.begin_run();
    assert_eq!(numbers(&results(&few)), 3);
    // A run of more branches may take more.
    few.begin_run();
    few.allow_for(1_000);
    assert_eq!(numbers(&results(&few)), 400);
}

#[test]
fn evaluation_stops_after_too_many_steps() {
    let compiled = compiled("study.filter(|a| study.all(|b| study.all(|c| true))).len()", Type::Number).unwrap();
    let rows = vec![student(number(1), number(1)); 400];
    let env = Env {
        lists: &|_| Some(ValueList::Rows(&rows)),
        metrics: &|_| value::Value::MISSING,
        previous: PreviousValues::NONE,
        steps: &steps(),
    };
    assert_eq!(
        eval::metric(&compiled.node, env, rows.len()),
        MetricResult::Failed("超过 5000000 步还没有算完".to_owned())
    );
}

#[test]
fn the_deepest_expressions_can_be_evaluated() {
    assert_eq!(run(&format!("0{}", " + 1".repeat(99))), MetricResult::Number(99.into()));
    assert_eq!(yes(&format!("{}true", "!".repeat(94))), MetricResult::Number(1.into()));
    assert_eq!(yes(&format!("{}true{}", "[1].some(|x| ".repeat(47), ")".repeat(47))), MetricResult::Number(1.into()));
}

#[test]
fn the_table_of_functions_holds_what_the_type_checker_takes() {
    let metric = NOTICE.metric.keys().next().expect("a metric");
    let mut scope = Scope::new(&NOTICE).with_previous(&NOTICE.metric);
    scope.define(metric, Definition::Metric(0, false));
    for Function { name, parameters, result } in &FUNCTIONS {
        let argument = |shape: &Shape| match shape {
            Shape::Metric => metric.as_str(),
            Shape::Number | Shape::Value | Shape::Any => "1",
            Shape::Date => "cutoff",
            Shape::Flag => "true",
            Shape::List | Shape::Numbers => "[1, 2]",
            Shape::Condition => "|x| x > 1",
            Shape::Mapping => "|x| x + 1",
        };
        let arguments: Vec<&str> = parameters.iter().map(argument).collect();
        let call = format!("{name}({})", arguments.join(", "));
        let number = match result {
            Shape::Number | Shape::Value | Shape::Any => call.clone(),
            Shape::Flag => format!("[1].filter(|item| {call}).len()"),
            _ => format!("{call}.len()"),
        };
        assert!(compiled_in(&scope, &number, Type::Number).is_ok(), "{call}");
        let more = format!("{name}({}, 1)", arguments.join(", "));
        assert!(refusal(&more).contains("项，这里有"), "{more}");
    }
}

/// Ledgers with columns, by their ids.
fn named<'n>(notice: &'n Notice, reads: &[(usize, Vec<usize>)]) -> Vec<(&'n str, Vec<&'n str>)> {
    let ledger = |(at, columns): &(usize, Vec<usize>)| {
        let (id, ledger) = notice.ledger.get_index(*at).expect("a ledger");
        let column = |at: &usize| ledger.columns.get_index(*at).expect("a column").0.as_str();
        (id.as_str(), columns.iter().map(column).collect())
    };
    reads.iter().map(ledger).collect()
}

#[test]
fn dependencies_list_columns_by_ledger() {
    let notice = notice(
        r#"short = { label = "", expr = 'study.filter(|r| r.done < r.required /* r.name */).len() // theme' }
           both = { label = "", expr = 'theme.filter(|t| study.some(|r| r.name == t.topic)).len() + task.len()' }
           through = { label = "", expr = 'short + both' }
           settings = { label = "", expr = 'calendar.theme.filter(|d| d < cutoff).len()' }"#,
    );
    let expressions = Expressions::compile(&notice).unwrap();
    let [short, both, through, settings, ..] = expressions.dependencies() else { panic!("four metrics") };
    assert_eq!(named(&notice, &short.ledgers), [("study", vec!["required", "done"])]);
    assert_eq!(named(&notice, &both.ledgers), [("theme", vec!["topic"]), ("study", vec!["name"]), ("task", vec![])]);
    assert_eq!((&through.ledgers[..], &through.metrics[..]), (&[][..], &[0, 1][..]));
    assert_eq!(
        named(&notice, &through.all),
        [("study", vec!["name", "required", "done"]), ("theme", vec!["topic"]), ("task", vec![])]
    );
    assert_eq!((&settings.ledgers[..], settings.additive), (&[][..], false));
}

#[test]
fn a_check_holds_for_a_row_that_has_what_it_needs() {
    let expressions = Expressions::compile(&NOTICE).unwrap();
    let check = NOTICE.check.iter().position(|check| check.when.get_ref() == "row.done > row.required * 3").unwrap();
    assert!(expressions.holds(check, &student(number(50), number(151))));
    assert!(!expressions.holds(check, &student(number(50), number(150))));
    assert!(!expressions.holds(check, &student(Value::Missing, number(150))));
    assert!(!expressions.holds(99, &student(number(50), number(151))));
}

#[test]
fn a_day_is_compared_as_a_day() {
    let ledger = NOTICE.ledger_index("theme").unwrap();
    let compiled = compiled("theme.filter(|r| r.date <= cutoff && r.uploaded == true).len()", Type::Number).unwrap();
    let day = |day, flag| {
        let date = Value::Date(date(2018, 10, day));
        let said = [Value::Missing, Value::Missing, date, Value::Missing, number(9), number(9), Value::Flag(flag)];
        row(&said)
    };
    let rows = [day(25, true), day(24, false), day(26, true), day(1, true)];
    let env = Env {
        lists: &|at| (at == ledger).then_some(ValueList::Rows(&rows)),
        metrics: &|_| value::Value::MISSING,
        previous: PreviousValues::NONE,
        steps: &steps(),
    };
    assert_eq!(eval::metric(&compiled.node, env, 4), MetricResult::Number(2.into()));
}
