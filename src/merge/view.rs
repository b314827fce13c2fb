//! How a branch looks to templates. The one door: every value a template can print passes [`shown`].

use tera::{Context, Map, Value as Tera};

use super::lint::Shape;
use crate::figure::{self, Figures};
use crate::marks;
use crate::model::{Branch, Row, Value};
use crate::notice::{Column, Ledger, Notice, written_day};
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// What a template may print, before it becomes text.
enum Printed<'a> {
    Cell(&'a Value, &'a Column),
    Figure(Option<Decimal>, &'a crate::notice::Figure),
    Day(Date),
    Plain(&'a str),
}

/// The text a name prints: formatted, or a gap when there is nothing to print.
fn shown(printed: &Printed<'_>) -> String {
    match printed {
        Printed::Plain(text) => (*text).to_owned(),
        Printed::Day(date) => written_day(*date),
        Printed::Figure(Some(number), figure) => figure::shown(*number, figure.show),
        Printed::Figure(None, figure) => marks::gap(&figure.label),
        Printed::Cell(value, column) => match value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => figure::shown(*number, column.kind.show()),
            Value::Date(date) => written_day(*date),
            Value::Flag(flag) => (if *flag { "是" } else { "否" }).to_owned(),
            Value::Missing | Value::Invalid(_) | Value::Error(_) | Value::Formula(_) => marks::gap(column.label()),
        },
    }
}

/// The bare value for conditions and arithmetic; days as ISO text, which compares as days do.
fn bare(printed: &Printed<'_>) -> Tera {
    match printed {
        Printed::Plain(text) => Tera::from(*text),
        Printed::Day(date) => Tera::from(date.to_string()),
        Printed::Figure(number, _) => number.map_or_else(Tera::none, number_of),
        Printed::Cell(value, _) => match value {
            Value::Text(text) => Tera::from(text.as_str()),
            Value::Number(number) => number_of(*number),
            Value::Date(date) => Tera::from(date.to_string()),
            Value::Flag(flag) => Tera::from(*flag),
            Value::Missing | Value::Invalid(_) | Value::Error(_) | Value::Formula(_) => Tera::none(),
        },
    }
}

/// Names with their printed texts, and the same names bare under `n`.
#[derive(Default)]
struct Names {
    shown: Map,
    bare: Map,
}

impl Names {
    fn add(&mut self, name: &str, printed: &Printed<'_>) {
        self.shown.insert(name.to_owned().into(), Tera::from(shown(printed)));
        self.bare.insert(name.to_owned().into(), bare(printed));
    }

    fn finish(mut self) -> Map {
        self.shown.insert("n".into(), Tera::from(self.bare));
        self.shown
    }
}

/// The context of a branch's templates.
pub fn context(branch: &Branch, figures: &Figures, notice: &Notice) -> Context {
    let mut names = Names::default();
    for ((id, value), figure) in figures.iter().zip(notice.figure.values()) {
        names.add(id, &Printed::Figure(value, figure));
    }
    let mut top = names.finish();
    for (index, (id, ledger)) in notice.ledger.iter().enumerate().filter(|(_, (id, _))| **id != notice.roster.ledger) {
        let rows: Vec<Tera> =
            branch.rows(index).unwrap_or_default().iter().map(|r| Tera::from(row(r, ledger).finish())).collect();
        top.insert(id.clone().into(), Tera::from(rows));
    }
    if let Some(ledger) = notice.ledger.get(&notice.roster.ledger) {
        let mut names = row(branch.roster_row(), ledger);
        names.add("name", &Printed::Plain(branch.name()));
        names.add("kind", &Printed::Plain(branch.kind()));
        top.insert("branch".into(), Tera::from(names.finish()));
    }
    let mut facts = Names::default();
    facts.add("title", &Printed::Plain(&notice.notice.title));
    facts.add("issuer", &Printed::Plain(&notice.notice.issuer));
    facts.add("deadline", &Printed::Day(notice.notice.deadline));
    facts.add("cutoff", &Printed::Day(notice.notice.cutoff));
    top.insert("notice".into(), Tera::from(facts.finish()));
    let mut context = Context::new();
    for (name, value) in top {
        context.insert_value(name.as_str().unwrap_or_default().to_owned(), value);
    }
    context
}

fn row(row: &Row, ledger: &Ledger) -> Names {
    let mut names = Names::default();
    for (index, (id, column)) in ledger.columns.iter().enumerate() {
        names.add(id, &Printed::Cell(row.value(index), column));
    }
    names
}

/// The names a template may use, for checking templates before anything is merged.
pub fn shape(notice: &Notice) -> Shape {
    let names = |ids: Vec<&str>| {
        let leaves: Vec<(String, Shape)> = ids.iter().map(|id| ((*id).to_owned(), Shape::Leaf)).collect();
        let bare = ("n".to_owned(), Shape::Map(leaves.iter().cloned().collect()));
        Shape::Map(leaves.into_iter().chain([bare]).collect())
    };
    let columns = |ledger: &Ledger| ledger.columns.keys().cloned().collect::<Vec<_>>();
    let strs = |list: &[String]| names(list.iter().map(String::as_str).collect());
    let Shape::Map(mut top) = names(notice.figure.keys().map(String::as_str).collect()) else { return Shape::Any };
    for (id, ledger) in &notice.ledger {
        if *id == notice.roster.ledger {
            let with_fixed = [columns(ledger), vec!["name".to_owned(), "kind".to_owned()]].concat();
            top.insert("branch".to_owned(), strs(&with_fixed));
        } else {
            top.insert(id.clone(), Shape::List(Box::new(strs(&columns(ledger)))));
        }
    }
    top.insert("notice".to_owned(), names(vec!["title", "issuer", "deadline", "cutoff"]));
    Shape::Map(top)
}

fn number_of(number: Decimal) -> Tera {
    let whole = number.is_integer().then(|| number.to_i64()).flatten();
    whole.map_or_else(|| number.to_f64().map_or_else(Tera::none, Tera::from), Tera::from)
}

#[cfg(test)]
mod tests {
    use super::{Printed, shown};
    use crate::notice::Show;
    use rust_decimal::Decimal;

    fn figure(show: Show) -> crate::notice::Figure {
        crate::notice::Figure {
            label: "整改率".to_owned(),
            expr: toml::Spanned::new(0..0, String::new()),
            show,
            decimals: None,
            unit: None,
        }
    }

    #[test]
    fn rates_read_as_percentages_and_nothing_as_a_gap() {
        let rate = figure(Show::Percent);
        let text = |value: Option<&str>| shown(&Printed::Figure(value.and_then(|v| v.parse::<Decimal>().ok()), &rate));
        assert_eq!(text(Some("0.8528")), "85.28%");
        assert_eq!(text(Some("1.0000")), "100%");
        assert_eq!(text(Some("0.0500")), "5%");
        assert_eq!(text(None), "\u{fdd0}整改率\u{fdd1}");
    }
}
