//! Formulas of sheets, replaced by their results.
//!
//! Input: sheets. Output: the same sheets, in which a formula is a cell only where its result is not known.

use std::sync::Arc;

use ahash::AHashMap;
use rust_decimal::Decimal;

use super::super::number;
use super::super::number_cell;
use super::super::number_format::NumberFormat;
use super::super::raw_cell::{ComputedCell, RawCell};
use super::super::raw_sheet::{RawRow, RawSheet};
use super::evaluate::{Evaluation, Results};
use super::expression::Position;
use super::value::{Value, significant};

/// Cells that all formulas of a file may visit; 8 bytes of a formula count as one. Running totals down
/// 2,000 rows take all of them.
const STEPS: usize = 4_000_000;

/// Resolves the formulas of a file's sheets. A stored number that is the result stays, and so does one whose formula
/// cannot be computed, unless it is a 0 in a workbook that says that its results are to be computed.
pub(in super::super) fn evaluate(sheets: &mut [RawSheet]) {
    let mut steps = STEPS;
    for sheet in sheets {
        let is_formula = |cell: &RawCell| matches!(cell, RawCell::Formula(_));
        let of_row = |row: &RawRow| {
            let formulas = row.cells.iter().filter(|(_, cell)| is_formula(cell));
            formulas.map(|(col, _)| (row.row, *col)).collect::<Vec<_>>()
        };
        let formulas: Vec<Position> = sheet.rows.iter().flat_map(of_row).collect();
        if formulas.is_empty() {
            continue;
        }
        let mut evaluation = Evaluation::new(sheet, steps);
        for position in formulas {
            evaluation.resolve(position);
        }
        let results;
        (results, steps) = evaluation.finish();
        store_results(results, sheet);
    }
}

/// Replaces formulas by their results. A row that shows nothing is left out, as every reader does.
fn store_results(mut results: Results, sheet: &mut RawSheet) {
    let mut formats = AHashMap::new();
    let (epoch_1904, recalculates) = (sheet.epoch_1904, sheet.recalculates);
    for row in &mut sheet.rows {
        for (col, cell) in &mut row.cells {
            let RawCell::Formula(formula) = cell else { continue };
            let value = results.remove(&(row.row, *col));
            let stored = formula.stored.take();
            let stored_number = stored.as_deref().and_then(number_of);
            *cell = match (value, stored) {
                (Some(Value::Number(number)), Some(stored))
                    if stored_number.is_some_and(|own| is_same(own, number)) =>
                {
                    *stored
                }
                (Some(value), _) => {
                    let format = formats
                        .entry(Arc::clone(&formula.format))
                        .or_insert_with_key(|code: &Arc<str>| NumberFormat::parse(code));
                    let result = result_cell(value, format, epoch_1904);
                    RawCell::Computed(Box::new(ComputedCell { formula: Arc::clone(&formula.text), result }))
                }
                (None, Some(stored)) if !recalculates || stored_number.is_some_and(|number| !number.is_zero()) => {
                    *stored
                }
                (None, _) => continue,
            };
        }
    }
    sheet.rows.retain(|row| row.cells.iter().any(|(_, cell)| !cell.is_blank()));
}

/// Whether a result is the number that is stored for it, which has 15 digits.
fn is_same(stored: Decimal, result: Decimal) -> bool {
    significant(result).is_ok_and(|result| result == stored)
}

/// The number that a cell stores.
fn number_of(cell: &RawCell) -> Option<Decimal> {
    match cell {
        RawCell::Number(number) | RawCell::Rate(number) | RawCell::Duration(number) => number::of_f64(number.value),
        _ => None,
    }
}

/// The cell of a result under the number format of its formula.
fn result_cell(value: Value, format: &NumberFormat, epoch_1904: bool) -> RawCell {
    match value {
        Value::Number(number) => {
            // A decimal's digits always parse.
            let number = number.to_string().parse().unwrap_or_default();
            number_cell::cell(format, number, epoch_1904)
        }
        Value::Text(text) => RawCell::Text(text),
        Value::Flag(flag) => RawCell::Flag(flag),
        Value::Blank => RawCell::Number(0.0.into()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::evaluate;
    use crate::ingest::raw_cell::{ComputedCell, Formula};
    use crate::ingest::{Formatted, RawCell, RawSheet};

    fn formula(text: &str, stored: Option<RawCell>) -> RawCell {
        RawCell::Formula(Box::new(Formula { text: text.into(), format: "".into(), stored: stored.map(Box::new) }))
    }

    fn number(number: f64) -> RawCell {
        RawCell::Number(number.into())
    }

    /// A sheet with the cells in one row after another.
    fn sheet(rows: Vec<Vec<RawCell>>) -> RawSheet {
        let mut sheet = RawSheet::default();
        for (row, cells) in (0..).zip(rows) {
            (0..).zip(cells).for_each(|(col, cell)| sheet.push(row, col, cell));
        }
        sheet
    }

    fn evaluated(sheet: RawSheet) -> RawSheet {
        let mut sheets = [sheet];
        evaluate(&mut sheets);
        let [sheet] = sheets;
        sheet
    }

    /// The result of a formula in E1 beside A1 = 20, B1 = 1.5, C1 = 是, D1 blank and #REF! in A2.
    fn result(text: &str) -> Option<RawCell> {
        let row = vec![number(20.0), number(1.5), RawCell::text("是"), RawCell::text(""), formula(text, None)];
        let sheet = evaluated(sheet(vec![row, vec![RawCell::Error("#REF!".into())]]));
        match sheet.get(0, 4) {
            Some(RawCell::Computed(computed)) => Some(computed.result.clone()),
            Some(RawCell::Formula(_)) => None,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn formulas_have_the_results_of_a_spreadsheet_program() {
        for (text, expected) in [
            ("20+18", 38.0),
            ("A1-B1*2", 17.0),
            ("(A1-B1)*2", 37.0),
            ("A1/3*3", 20.0),
            ("0.1+0.2", 0.3),
            ("-A1+$B$1", -18.5),
            ("--A1", 20.0),
            ("A1*5%", 1.0),
            ("-5%", -0.05),
            ("1E3+.5", 1000.5),
            ("SUM(A1:B1)", 21.5),
            ("sum(A1,B1,D1,3)", 24.5),
            ("SUM(D1:D9)", 0.0),
            ("AVERAGE(A1:B1,D1)", 10.75),
            ("MIN(A1:B1)+MAX(A1:B1)", 21.5),
            ("ROUND(2.5,0)", 3.0),
            ("ROUND(-1.005,2)", -1.01),
            ("IF(A1>=20,1,2)", 1.0),
            ("IF(A1<>20,A2,2)", 2.0),
            ("IF(D1,1,2)", 2.0),
            ("IF(C1=\"是\",A1,0)", 20.0),
            ("IF(D1=\"\",1,2)", 1.0),
            ("IF(0.1+0.2=0.3,1,2)", 1.0),
            ("IF(1/3*3=1,1,2)", 1.0),
            ("D1", 0.0),
            ("A1+D1", 20.0),
        ] {
            assert_eq!(result(text), Some(number(expected)), "{text}");
        }
        assert_eq!(result("IF(A1>B1,\"优\"\"秀\",\"良\")"), Some(RawCell::text("优\"秀")));
        assert_eq!(result("A1<=B1"), Some(RawCell::Flag(false)));
    }

    #[test]
    fn what_a_formula_needs_and_does_not_have_is_never_zero() {
        for text in [
            "A2",
            "A2+1",
            "SUM(A1:A2)",
            "C1+1",
            "SUM(A1:C1)",
            "IF(C1>0,1,2)",
            "IF(C1,1,2)",
            "1/0",
            "A1/D1",
            "AVERAGE(D1)",
            "E1",
            "SUM(A1:E1)",
            "IF(A1>30,1)",
            "A1:B1",
            "A1^2",
            "A1&B1",
            "VLOOKUP(A1,A1:B1,1)",
            "Sheet1!A1",
            "TODAY()",
            "",
            "(",
            "SUM()",
            "A1 B1",
            "1+",
            "\"",
            "XFE1",
            "A1048577",
            "SUM(A:A)",
            "1E-29*1E-29",
            "9E28*9",
            "{1,2}",
            "IF(1)",
            "ROUND(1,16)",
            "ROUND(1,-1)",
            "TRUE",
            "数量",
            "IF(\"a\"=\"A\",1,2)",
        ] {
            assert_eq!(result(text), None, "{text}");
        }
        assert_eq!(result(&format!("{}1{}", "(".repeat(9_000), ")".repeat(9_000))), None, "nested too deeply");
        assert_eq!(result(&"-".repeat(9_000)), None);
        assert_eq!(result(&format!("1{}", "+1".repeat(9_000))), None, "too long");
        assert_eq!(result(&format!("1{}", "+1".repeat(4_000))), Some(number(4_001.0)));
    }

    #[test]
    fn cells_that_are_no_plain_numbers_have_no_result() {
        let struck = RawCell::struck_out("3", "1");
        let date = RawCell::Date(jiff::civil::date(2018, 10, 5).into());
        for cell in [struck, date, RawCell::PartialDate("9:30".into()), RawCell::Picture("".into())] {
            let sheet = evaluated(sheet(vec![vec![cell.clone(), formula("A1+1", None), formula("SUM(A1:A1)", None)]]));
            assert!(sheet.rows[0].cells[1..].iter().all(|(_, cell)| matches!(cell, RawCell::Formula(_))), "{cell:?}");
        }
    }

    #[test]
    fn formulas_that_need_each_other_are_computed_in_order_and_cycles_are_not() {
        let rows = (0..3_000).map(|row| vec![number(1.0), formula(&format!("A{}+B{}", row + 1, row + 2), None)]);
        let chain = evaluated(sheet(rows.chain([vec![number(1.0), number(0.5)]]).collect()));
        let result = |row| match chain.get(row, 1) {
            Some(RawCell::Computed(computed)) => computed.result.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!((result(0), result(2_999)), (number(3_000.5), number(1.5)));
        let cycle = ["B1", "C1+1", "A1", "IF(1,7,A1)", "A1+D1"].map(|text| formula(text, None)).to_vec();
        let cells = evaluated(sheet(vec![cycle])).rows.remove(0).cells;
        let is_formula: Vec<_> = cells.iter().map(|(_, cell)| matches!(cell, RawCell::Formula(_))).collect();
        assert_eq!(is_formula, [true, true, true, false, true]);
    }

    #[test]
    fn the_work_is_bounded_and_what_it_does_not_reach_has_no_result() {
        let rows = (0..3_000).map(|_| vec![number(1.0), formula("SUM(A1:A1048576,A1:XFD1048576)", None)]);
        let sheet = evaluated(sheet(rows.collect()));
        let computed = sheet.rows.iter().filter(|row| matches!(row.get(1), Some(RawCell::Computed(_)))).count();
        assert_eq!(computed, 0, "a range that holds its own formula");
        let rows = (0..3_000).map(|_| vec![number(1.0), number(1.0), formula("SUM(A1:B1048576)", None)]);
        let sheet = evaluated(super::tests::sheet(rows.collect()));
        let computed = sheet.rows.iter().filter(|row| matches!(row.get(2), Some(RawCell::Computed(_)))).count();
        assert_eq!(computed, super::STEPS / (1 + 17 / 8 + 3_000 * 3));
    }

    #[test]
    fn a_stored_zero_stays_only_where_it_can_be_the_result() {
        let zero = || Some(RawCell::Rate(Formatted { value: 0.0, shown: Some("0%".into()) }));
        let cells = |recalculates| {
            let formulas = ["20+18", "20-20", "TODAY()", "C1+1", "D1+1"];
            let sheet = sheet(vec![formulas.map(|text| formula(text, zero())).to_vec()]);
            evaluated(RawSheet { recalculates, ..sheet }).rows.remove(0).cells.into_iter().map(|(_, cell)| cell)
        };
        let computed = |text: &str, value| {
            RawCell::Computed(Box::new(ComputedCell { formula: text.into(), result: number(value) }))
        };
        let kept = zero().unwrap();
        let expected =
            [computed("20+18", 38.0), kept.clone(), kept.clone(), computed("C1+1", 1.0), computed("D1+1", 2.0)];
        assert_eq!(cells(false).collect::<Vec<_>>(), expected);
        let unknown = |text| formula(text, None);
        let expected = [computed("20+18", 38.0), kept, unknown("TODAY()"), unknown("C1+1"), unknown("D1+1")];
        assert_eq!(cells(true).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_stored_number_that_is_not_the_result_is_replaced() {
        let cells = ["20+18", "20+10", "TODAY()", "C1+1"].map(|text| formula(text, Some(number(30.0))));
        let sheet = RawSheet { recalculates: true, ..sheet(vec![cells.to_vec()]) };
        let cells: Vec<_> = evaluated(sheet).rows.remove(0).cells.into_iter().map(|(_, cell)| cell).collect();
        assert_eq!(cells[0].to_text(), "38");
        assert!(matches!(cells[0], RawCell::Computed(_)));
        assert_eq!(cells[1..], [number(30.0), number(30.0), number(30.0)], "the result, and what cannot be computed");
    }

    #[test]
    fn a_stored_number_of_15_digits_is_the_result_of_28() {
        let stored = [("1/3", 1.0 / 3.0), ("2/3", 2.0 / 3.0), ("100/7", 100.0 / 7.0), ("20+18", 38.0)];
        let cells = stored.map(|(text, result)| formula(text, Some(number(result)))).to_vec();
        let sheet = evaluated(RawSheet { recalculates: true, ..sheet(vec![cells]) });
        for (at, (text, result)) in (0..).zip(stored) {
            assert_eq!(sheet.get(0, at), Some(&number(result)), "{text}");
        }
    }

    #[test]
    fn results_are_shown_by_the_number_format_of_their_cell() {
        for (code, shown) in [("0\"万元\"", "38万元"), ("0.0%", "3800.0%"), ("yyyy-mm-dd", "1900-02-07"), ("", "38")]
        {
            let formula = Formula { text: "20+18".into(), format: code.into(), stored: None };
            let sheet = evaluated(sheet(vec![vec![RawCell::Formula(Box::new(formula))]]));
            assert_eq!(sheet.get(0, 0).map(RawCell::to_text).as_deref(), Some(shown), "{code}");
        }
    }

    #[test]
    fn a_row_whose_formulas_all_result_in_an_empty_text_is_blank() {
        let row = |first: &str| vec![RawCell::text(first), formula("IF(A1=\"\",\"\",1)", None), formula("\"\"", None)];
        let sheet = evaluated(sheet(vec![row(""), row("甲")]));
        assert_eq!(sheet.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [1]);
        let total = vec![formula("IF(1,\"\",1)", None), number(2.0), formula("SUM(A1:B1)", None)];
        let total = evaluated(super::tests::sheet(vec![total])).get(0, 2).map(|cell| cell.to_text().into_owned());
        assert_eq!(total.as_deref(), Some("2"));
    }

    /// An expression with its value, computed in whole numbers.
    fn expressions() -> impl Strategy<Value = (String, i64)> {
        let leaf = (-99_i64..100).prop_map(|n| if n < 0 { (format!("({n})"), n) } else { (n.to_string(), n) });
        leaf.prop_recursive(4, 32, 3, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|((a, x), (b, y))| (format!("({a}+{b})"), x + y)),
                (inner.clone(), inner.clone()).prop_map(|((a, x), (b, y))| (format!("{a} - ({b})"), x - y)),
                (inner.clone(), inner.clone()).prop_map(|((a, x), (b, y))| (format!("({a})*({b})"), x * y)),
                (inner.clone(), inner.clone()).prop_map(|((a, x), (b, y))| (format!("SUM({a},{b})"), x + y)),
                (inner.clone(), inner.clone(), inner).prop_map(|((a, x), (b, y), (c, z))| {
                    (format!("IF({a}>{b},{c},({a}))"), if x > y { z } else { x })
                }),
            ]
            .prop_filter("15 digits", |(_, value)| value.abs() < 1_000_000_000)
            .prop_map(|(text, value)| (format!("({text})"), value))
        })
    }

    proptest! {
        #[test]
        fn whole_numbers_are_computed_exactly((text, value) in expressions()) {
            prop_assert_eq!(result(&text), Some(number(value as f64)), "{}", text);
        }

        #[test]
        fn no_formula_brings_the_evaluator_down(
            texts in proptest::collection::vec("([A-C][1-3]|[A-C]:[A-C]|SUM\\(|IF\\(|[-+*/%<>=(),:\".$ ]|[0-9]{1,3}|E|\\PC){0,20}", 9),
        ) {
            let cells: Vec<_> = texts.iter().map(|text| formula(text, None)).collect();
            let _ = evaluated(sheet(cells.chunks(3).map(<[_]>::to_vec).collect()));
        }
    }
}
