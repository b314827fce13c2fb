//! Choices that do not exist, rows that are not there, single rows.

use super::super::MetricResult;
use super::super::eval::{self, Env};
use super::super::scope::{Definition, Scope, Type};
use super::super::value::{self, ValueList};
use super::{NOTICE, compiled, compiled_in, edited, number, refusal, run, steps, student};
use crate::model::{PreviousValues, Row};

#[test]
fn a_choice_that_the_column_does_not_have_is_refused_with_those_that_it_has() {
    for text in [
        "task.filter(|r| r.state == \"完成\").len()",
        "task.filter(|r| true && \"完成\" != r.state).len()",
        "task.map(|r| r.state).filter(|state| state == \"完成\").len()",
        "task.filter(|r| [\"推进中\", \"完成\"].some(|state| r.state == state)).len()",
        "[\"完成\"].filter(|state| task.some(|r| r.state == state)).len()",
        "task.filter(|r, i| i > 0 && (r.state < \"完成\")).len()",
    ] {
        let said = refusal(text);
        let expected = "“完成”不是“状态”的可选项，是不是“已完成”？可选的有：已完成、推进中、未启动";
        assert!(said.contains("写错了选项") && said.contains(expected), "{text}: {said}");
    }
    for text in ["task.filter(|r| r.state == \"已完成\").len()", "task.filter(|r| r.name == \"完成\").len()"] {
        assert!(compiled(text, Type::Number).is_ok(), "{text}");
    }
    let branches = Scope::new(&NOTICE).with_subject("b", Type::Branch);
    let said = compiled_in(&branches, "b.kind == \"党总只\"", Type::Flag).expect_err("no such kind");
    assert!(said.contains("“党总只”不是“类别”的可选项，是不是“党总支”？可选的有：党总支、机关党支部"), "{said}");
}

#[test]
fn a_percentage_is_compared_as_a_fraction() {
    let said = refusal("task.filter(|r| r.rate < 60).len()");
    assert!(said.contains("百分比在表达式里是小数，60% 写 0.6"), "{said}");
    assert!(refusal("task.map(|r| r.rate).filter(|rate| 85 <= rate).len()").contains("85% 写 0.85"));
    for text in ["task.filter(|r| r.rate < 0.6).len()", "task.filter(|r| r.rate >= 1.5).len()", "total + 60"] {
        assert!(compiled(text, Type::Number).is_ok(), "{text}");
    }
    let branches = Scope::new(&NOTICE).with_subject("b", Type::Branch);
    let said = compiled_in(&branches, "b.attendance < 90", Type::Flag).expect_err("no fraction");
    assert!(said.contains("90% 写 0.9"), "{said}");
}

#[test]
fn no_row_of_an_earlier_period_is_not_0() {
    let hours = |filter: &str| run(&format!("sum(study{filter}.map(|r| r.done))"));
    for filter in [
        ".filter(|r| r.done == 2017)",
        ".filter(|r| r.post == \"2017年\")",
        ".filter(|r| \"上半年\" == r.post && r.done > 1)",
        ".filter(|r| r.done > 1).filter(|r| r.post == \"一季度\")",
    ] {
        let MetricResult::Failed(reason) = hours(filter) else { panic!("{filter}: {:?}", hours(filter)) };
        assert!(reason.contains("不当作 0；确实是 0 的，请补一行填 0"), "{reason}");
    }
    // A condition that selects no period counts what there is.
    for filter in [".filter(|r| r.post == \"处长\")", ".filter(|r| r.done > 2017)", ".filter(|r| r.done == 3)"] {
        assert_eq!(hours(filter), MetricResult::Number(0.into()), "{filter}");
    }
    assert_eq!(run("study.filter(|r| r.post == \"2017年\").len()"), MetricResult::Number(0.into()));

    // A ledger of an earlier period, by its title.
    let notice = edited("title  = \"干部在线学习\"", "title  = \"上年在线学习\"");
    let study = notice.ledger_index("study").expect("a ledger");
    let mut scope = Scope::new(&notice);
    scope.define("study", Definition::List(study, Type::Row(study)));
    let compiled = compiled_in(&scope, "sum(study.map(|r| r.done))", Type::Number).expect("an expression");
    let result = |rows: &[Row]| {
        let lists = |_| Some(ValueList::Rows(rows));
        eval::metric(
            &compiled.node,
            Env { lists: &lists, metrics: &|_| value::Value::MISSING, previous: PreviousValues::NONE, steps: &steps() },
            0,
        )
    };
    assert_eq!(result(&[student(number(50), number(0))]), MetricResult::Number(0.into()));
    let MetricResult::Failed(reason) = result(&[]) else { panic!("{:?}", result(&[])) };
    assert!(reason.contains("没有“上年在线学习”的行，不当作 0"), "{reason}");
}

#[test]
fn the_only_row_is_looked_up() {
    assert_eq!(run("study.filter(|r| r.required == 30).map(|r| r.done).only()"), MetricResult::Number(45.into()));
    assert_eq!(run("7 - study.filter(|r| r.required == 31).map(|r| r.done).only()"), MetricResult::Missing(None));
    assert_eq!(run("task.map(|r| r.rate).only()"), MetricResult::Missing(None));
    let several = MetricResult::Failed("应只有一行，却有 3 行".to_owned());
    assert_eq!(run("only(study.map(|r| r.done))"), several);
    assert!(refusal("study.only()").contains("map(|r| r.列名).only()"));
}
