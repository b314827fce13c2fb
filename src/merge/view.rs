//! How a branch looks to templates. The one door: every value a template can print passes [`Names::add`], which gives
//! it the key of its origin.

use std::collections::{BTreeMap, HashSet};
use std::fmt::{self, Write};

use tera::value::Key;
use tera::{Context, Map, Value as Tera};

use super::Subject;
use super::lint::Shape;
use crate::figure::{self, Figures};
use crate::marks;
use crate::model::{Branch, Row, Value};
use crate::notice::{Column, Ledger, Notice, written_day};
use crate::origin::Keys;
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The name that templates have for the branch's own line in the roster.
const BRANCH: &str = "branch";

/// What a template may print, before it becomes text.
pub(super) enum Printed<'a> {
    Cell(Value<'a>, &'a Column),
    Figure(Option<Decimal>, &'a crate::notice::Figure),
    Day(Date),
    Plain(&'a str),
}

/// The text a name prints: formatted, or a gap when there is nothing to print.
impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(text) => f.write_str(text),
            Self::Day(date) => f.write_str(&written_day(*date)),
            Self::Figure(Some(number), figure) => f.write_str(&figure::shown(*number, figure.show, None)),
            Self::Figure(None, figure) => f.write_str(&marks::gap(&figure.label)),
            Self::Cell(value, column) => match value {
                Value::Text(text) => f.write_str(text),
                Value::Number(number) => f.write_str(&figure::shown(*number, column.kind.show(), column.decimals)),
                Value::Date(date) => f.write_str(&written_day(*date)),
                Value::Flag(flag) => f.write_str(if *flag { "是" } else { "否" }),
                Value::Missing | Value::Invalid(_) | Value::Error(_) | Value::Formula(_) => {
                    f.write_str(&marks::gap(column.label()))
                }
            },
        }
    }
}

/// The bare value for conditions and arithmetic; days as ISO text, which compares as days do.
fn bare(printed: &Printed<'_>) -> Tera {
    match printed {
        Printed::Plain(text) => Tera::from(*text),
        Printed::Day(date) => Tera::from(date.to_string()),
        Printed::Figure(number, _) => number.map_or_else(Tera::none, number_of),
        Printed::Cell(value, _) => match value {
            Value::Text(text) => Tera::from(*text),
            Value::Number(number) => number_of(*number),
            Value::Date(date) => Tera::from(date.to_string()),
            Value::Flag(flag) => Tera::from(*flag),
            Value::Missing | Value::Invalid(_) | Value::Error(_) | Value::Formula(_) => Tera::none(),
        },
    }
}

/// The names that a notice's templates mention, ready to be given values: what no template mentions is never made.
#[derive(Debug)]
pub struct Vocabulary {
    pub(super) n: Key<'static>,
    pub(super) figures: Vec<(usize, Key<'static>)>,
    /// For each ledger that is mentioned, its columns in their order.
    columns: Vec<Option<Vec<(usize, Key<'static>)>>>,
    /// The notice's facts.
    facts: Tera,
}

impl Vocabulary {
    /// The notice's names that stand in any of the templates' texts.
    pub fn of<'t>(notice: &Notice, templates: impl Iterator<Item = &'t str>) -> Self {
        let words: HashSet<&str> = templates.flat_map(|text| text.split(|c: char| !is_of_a_name(c))).collect();
        let of = |ids: &mut dyn Iterator<Item = &String>| {
            let mentioned = ids.enumerate().filter(|(_, id)| words.contains(id.as_str()));
            mentioned.map(|(at, id)| (at, Key::from(id.clone()))).collect::<Vec<_>>()
        };
        let columns = notice.ledger.iter().map(|(id, ledger)| {
            let name = if *id == notice.roster.ledger { BRANCH } else { id };
            words.contains(name).then(|| of(&mut ledger.columns.keys()))
        });
        let columns = columns.collect();
        Self { n: "n".into(), figures: of(&mut notice.figure.keys()), columns, facts: facts_of(notice) }
    }

    /// Names together with those that every template may use.
    pub(super) fn context(&self, top: Map) -> Context {
        let mut context = Context::new();
        context.insert_value("notice".to_owned(), self.facts.clone());
        for (name, value) in top {
            context.insert_value(name.as_str().unwrap_or_default().to_owned(), value);
        }
        context
    }

    /// A branch as its templates see it.
    pub fn branch<'a>(&self, branch: &'a Branch, figures: &Figures, notice: &'a Notice, keys: &Keys) -> Subject<'a> {
        let mut names = Names::with_capacity(self.figures.len());
        for (at, name) in &self.figures {
            if let Some((_, figure)) = notice.figure.get_index(*at) {
                names.add(name, &Printed::Figure(figures.value(*at), figure), Some(keys.figure(*at)));
            }
        }
        let mut top = names.finish(&self.n);
        for (index, ((id, ledger), columns)) in notice.ledger.iter().zip(&self.columns).enumerate() {
            let Some(columns) = columns else { continue };
            let key = |row: usize| move |column: usize| keys.cell(index, row, column);
            if *id == notice.roster.ledger {
                let mut names = named(branch.roster_row(), (columns, ledger), key(0));
                let column = |id: &str| ledger.columns.get_index_of(id).map(key(0));
                names.add(&"name".into(), &Printed::Plain(branch.name()), column(&notice.roster.name));
                names.add(&"kind".into(), &Printed::Plain(branch.kind()), column(&notice.roster.kind));
                top.insert(BRANCH.into(), Tera::from(names.finish(&self.n)));
            } else {
                let rows = branch.rows(index).unwrap_or_default().iter().enumerate();
                let rows = rows.map(|(at, row)| Tera::from(named(row, (columns, ledger), key(at)).finish(&self.n)));
                top.insert(id.clone().into(), Tera::from(rows.collect::<Vec<Tera>>()));
            }
        }
        let rows = (0..notice.ledger.len()).map(|index| branch.rows(index).map(|rows| !rows.is_empty()));
        Subject {
            name: branch.name(),
            kind: Some(branch.kind()),
            rows: rows.collect(),
            missing: missing(figures, notice.figure.iter()),
            context: self.context(top),
        }
    }
}

/// The columns that are mentioned of a row, with what they say.
fn named(row: &Row, (columns, ledger): (&[(usize, Key<'static>)], &Ledger), key: impl Fn(usize) -> u32) -> Names {
    let mut names = Names::with_capacity(columns.len());
    let mut columns = columns.iter().peekable();
    for (at, (column, cell)) in ledger.columns.values().zip(row.cells()).enumerate() {
        if let Some((_, name)) = columns.next_if(|(mentioned, _)| *mentioned == at) {
            let value = cell.map_or(Value::Missing, |cell| cell.value);
            names.add(name, &Printed::Cell(value, column), Some(key(at)));
        }
    }
    names
}

/// Whether the names in templates may hold the character.
fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Names with their printed texts, and the same names bare under `n`.
pub(super) struct Names {
    shown: Map,
    bare: Map,
    /// The text under way.
    text: String,
}

impl Names {
    pub(super) fn with_capacity(names: usize) -> Self {
        let (shown, bare) = (Map::with_capacity(names + 1), Map::with_capacity(names));
        Self { shown, bare, text: String::new() }
    }

    /// Adds a name; what has an origin carries its key.
    pub(super) fn add(&mut self, name: &Key<'static>, printed: &Printed<'_>, key: Option<u32>) {
        self.text.clear();
        // Writing into a string does not fail.
        let _ = match key {
            Some(key) => marks::add_sourced(&mut self.text, key, printed),
            None => write!(self.text, "{printed}"),
        };
        self.shown.insert(name.clone(), Tera::from(self.text.as_str()));
        self.bare.insert(name.clone(), bare(printed));
    }

    pub(super) fn finish(mut self, n: &Key<'static>) -> Map {
        self.shown.insert(n.clone(), Tera::from(self.bare));
        self.shown
    }
}

/// The figures that have no value, each with its id and its gap.
pub(super) fn missing<'n>(
    figures: &Figures,
    definitions: impl Iterator<Item = (&'n String, &'n crate::notice::Figure)>,
) -> Vec<(&'n str, String)> {
    let valued = definitions.zip(figures.values());
    let without = valued.filter(|(_, value)| value.is_none());
    without.map(|((id, figure), _)| (id.as_str(), marks::gap(&figure.label))).collect()
}

/// The facts of a notice, that every template may use.
fn facts_of(notice: &Notice) -> Tera {
    let mut facts = Names::with_capacity(4);
    facts.add(&"title".into(), &Printed::Plain(&notice.notice.title), None);
    facts.add(&"issuer".into(), &Printed::Plain(&notice.notice.issuer), None);
    facts.add(&"deadline".into(), &Printed::Day(notice.notice.deadline), None);
    facts.add(&"cutoff".into(), &Printed::Day(notice.notice.cutoff), None);
    Tera::from(facts.finish(&"n".into()))
}

/// Names to print, and the same bare under `n`.
pub(super) fn names(ids: Vec<&str>) -> BTreeMap<String, Shape> {
    let leaves = ids.iter().map(|id| ((*id).to_owned(), Shape::Leaf));
    let bare = ids.iter().map(|id| ((*id).to_owned(), Shape::Bare)).collect();
    leaves.chain([("n".to_owned(), Shape::Map(bare))]).collect()
}

/// The names that every template may use.
pub(super) fn facts() -> Shape {
    Shape::Map(names(vec!["title", "issuer", "deadline", "cutoff"]))
}

/// The names a template of a branch's report may use, for checking templates before anything is merged.
pub fn shape(notice: &Notice) -> Shape {
    let columns = |ledger: &Ledger| ledger.columns.keys().cloned().collect::<Vec<_>>();
    let strs = |list: &[String]| Shape::Map(names(list.iter().map(String::as_str).collect()));
    let mut top = names(notice.figure.keys().map(String::as_str).collect());
    for (id, ledger) in &notice.ledger {
        if *id == notice.roster.ledger {
            let with_fixed = [columns(ledger), vec!["name".to_owned(), "kind".to_owned()]].concat();
            top.insert(BRANCH.to_owned(), strs(&with_fixed));
        } else {
            top.insert(id.clone(), Shape::List(Box::new(strs(&columns(ledger)))));
        }
    }
    top.insert("notice".to_owned(), facts());
    Shape::Map(top)
}

fn number_of(number: Decimal) -> Tera {
    let whole = number.is_integer().then(|| number.to_i64()).flatten();
    whole.map_or_else(|| number.to_f64().map_or_else(Tera::none, Tera::from), Tera::from)
}

#[cfg(test)]
mod tests {
    use super::Printed;
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
        let text =
            |value: Option<&str>| Printed::Figure(value.and_then(|v| v.parse::<Decimal>().ok()), &rate).to_string();
        assert_eq!(text(Some("0.8528")), "85.28%");
        assert_eq!(text(Some("1.0000")), "100%");
        assert_eq!(text(Some("0.0500")), "5%");
        assert_eq!(text(None), "\u{fdd0}整改率\u{fdd1}");
    }
}
