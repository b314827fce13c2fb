//! How a branch looks to templates. The one door: every value a template can print passes [`Names::add`], which gives
//! it the key of its origin.

use std::collections::{BTreeMap, HashSet};

use tera::value::Key;
use tera::{Context, Map, Value as Tera};

use super::Subject;
use super::lint::Shape;
use crate::marker;
use crate::metric::{self, Metrics};
use crate::model::{Branch, Row, Value};
use crate::notice::{Column, Ledger, Notice, written_day};
use crate::provenance::Keys;
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The name that templates have for the branch's own line in the roster.
const BRANCH: &str = "branch";

/// What a template may print, before it becomes text.
pub(super) enum Printed<'a> {
    Cell(Value<'a>, &'a Column),
    Metric(Option<Decimal>, &'a crate::notice::Metric),
    Day(Date),
    Plain(&'a str),
}

impl Printed<'_> {
    /// Adds the text a name prints: formatted, or a gap when there is nothing to print.
    fn add_to(&self, out: &mut String) {
        match self {
            Self::Plain(text) => out.push_str(text),
            Self::Day(date) => out.push_str(&written_day(*date)),
            Self::Metric(Some(number), metric) => out.push_str(&metric::shown(*number, metric.show, None)),
            Self::Metric(None, metric) => out.push_str(&marker::gap(&metric.label)),
            Self::Cell(value, column) => match value {
                Value::Text(text) => out.push_str(text),
                Value::Number(number) => out.push_str(&metric::shown(*number, column.kind.show(), column.decimals)),
                Value::Date(date) => out.push_str(&written_day(*date)),
                Value::Flag(flag) => out.push_str(if *flag { "是" } else { "否" }),
                Value::Missing | Value::Invalid(_) | Value::Error(_) | Value::Formula(_) => {
                    out.push_str(&marker::gap(column.label()));
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
        Printed::Metric(number, _) => number.map_or_else(Tera::none, number_of),
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
    pub(super) metrics: Vec<(usize, Name)>,
    /// For each ledger that is mentioned, its columns in their order.
    columns: Vec<Option<Vec<(usize, Name)>>>,
    /// The notice's facts.
    facts: Tera,
}

impl Vocabulary {
    /// The notice's names that stand in any of the templates' texts.
    pub fn of<'t>(notice: &Notice, templates: impl Iterator<Item = &'t str>) -> Self {
        let mut mentions = Mentions::default();
        templates.for_each(|text| mentions.read(text));
        let of = |ids: &mut dyn Iterator<Item = &String>| {
            let mentioned = ids.enumerate().filter(|(_, id)| mentions.words.contains(id.as_str()));
            mentioned.map(|(at, id)| (at, Name { key: id.clone().into(), bare: mentions.bare(id) })).collect::<Vec<_>>()
        };
        let columns = notice.ledger.iter().map(|(id, ledger)| {
            let name = if *id == notice.roster.ledger { BRANCH } else { id };
            mentions.words.contains(name).then(|| of(&mut ledger.columns.keys()))
        });
        let columns = columns.collect();
        Self { n: "n".into(), metrics: of(&mut notice.metric.keys()), columns, facts: facts_of(notice) }
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
    pub fn branch<'a>(&self, branch: &'a Branch, metrics: &Metrics, notice: &'a Notice, keys: &Keys) -> Subject<'a> {
        let mut names = Names::with_capacity(self.metrics.len());
        for (at, name) in &self.metrics {
            if let Some((_, metric)) = notice.metric.get_index(*at) {
                names.add(name, &Printed::Metric(metrics.value(*at), metric), Some(keys.metric(*at)));
            }
        }
        let mut top = names.finish(&self.n);
        for (index, ((id, ledger), columns)) in notice.ledger.iter().zip(&self.columns).enumerate() {
            let Some(columns) = columns else { continue };
            let key = |row: usize| move |column: usize| keys.cell(index, row, column);
            if *id == notice.roster.ledger {
                let mut names = named(branch.roster_row(), (columns, ledger), key(0));
                let column = |id: &str| ledger.columns.get_index_of(id).map(key(0));
                names.add(&Name::of("name"), &Printed::Plain(branch.name()), column(&notice.roster.name));
                names.add(&Name::of("kind"), &Printed::Plain(branch.kind()), column(&notice.roster.kind));
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
            missing: missing(metrics, notice.metric.iter()),
            context: self.context(top),
        }
    }
}

/// The columns that are mentioned of a row, with what they say.
fn named(row: &Row, (columns, ledger): (&[(usize, Name)], &Ledger), key: impl Fn(usize) -> u32) -> Names {
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

/// A name that templates may print.
#[derive(Debug)]
pub(super) struct Name {
    key: Key<'static>,
    /// Whether they may ask for its bare value, too.
    bare: bool,
}

impl Name {
    /// A name whose bare value is made whether anybody asks for it or not.
    pub(super) fn of(key: impl Into<Key<'static>>) -> Self {
        Self { key: key.into(), bare: true }
    }
}

/// What stands in templates.
#[derive(Default)]
struct Mentions<'t> {
    words: HashSet<&'t str>,
    /// The words behind `n.` and those before `=`, as `where` compares them.
    bare: HashSet<&'t str>,
    /// Whether `n` stands somewhere for all that is under it.
    all_bare: bool,
}

impl<'t> Mentions<'t> {
    fn read(&mut self, text: &'t str) {
        let mut rest = text;
        while let Some(start) = rest.find(is_of_a_name) {
            let (escaped, word) = (rest[..start].ends_with('\\'), first_word(&rest[start..]));
            rest = &rest[start + word.len()..];
            self.words.insert(word);
            if word == "n" && !escaped {
                let under = rest.strip_prefix('.').map(first_word).filter(|word| !word.is_empty());
                self.all_bare |= under.is_none();
                self.bare.extend(under);
            } else if rest.trim_start().starts_with('=') {
                self.bare.insert(word);
            }
        }
    }

    fn bare(&self, name: &str) -> bool {
        self.all_bare || self.bare.contains(name)
    }
}

/// The characters of a name that a text begins with.
fn first_word(text: &str) -> &str {
    text.find(|c| !is_of_a_name(c)).map_or(text, |end| &text[..end])
}

/// Whether the names in templates may hold the character.
fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Bytes of a printed text that most values need no more than.
const TEXT: usize = 128;

/// Names with their printed texts, and those that are asked for bare under `n`.
pub(super) struct Names {
    shown: Map,
    bare: Map,
    /// The text under way.
    text: String,
}

impl Names {
    pub(super) fn with_capacity(names: usize) -> Self {
        Self { shown: Map::with_capacity(names + 1), bare: Map::default(), text: String::with_capacity(TEXT) }
    }

    /// Adds a name; what has an origin carries its key.
    pub(super) fn add(&mut self, name: &Name, printed: &Printed<'_>, key: Option<u32>) {
        self.text.clear();
        match key {
            Some(key) => marker::add_sourced(&mut self.text, key, |out| printed.add_to(out)),
            None => printed.add_to(&mut self.text),
        }
        self.shown.insert(name.key.clone(), Tera::from(self.text.as_str()));
        if name.bare {
            self.bare.insert(name.key.clone(), bare(printed));
        }
    }

    pub(super) fn finish(mut self, n: &Key<'static>) -> Map {
        self.shown.insert(n.clone(), Tera::from(self.bare));
        self.shown
    }
}

/// The metrics that have no value, each with its id and its gap.
pub(super) fn missing<'n>(
    metrics: &Metrics,
    definitions: impl Iterator<Item = (&'n String, &'n crate::notice::Metric)>,
) -> Vec<(&'n str, String)> {
    let valued = definitions.zip(metrics.values());
    let without = valued.filter(|(_, value)| value.is_none());
    without.map(|((id, metric), _)| (id.as_str(), marker::gap(&metric.label))).collect()
}

/// The facts of a notice, that every template may use.
fn facts_of(notice: &Notice) -> Tera {
    let mut facts = Names::with_capacity(4);
    facts.add(&Name::of("title"), &Printed::Plain(&notice.notice.title), None);
    facts.add(&Name::of("issuer"), &Printed::Plain(&notice.notice.issuer), None);
    facts.add(&Name::of("deadline"), &Printed::Day(notice.notice.deadline), None);
    facts.add(&Name::of("cutoff"), &Printed::Day(notice.notice.cutoff), None);
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
    let mut top = names(notice.metric.keys().map(String::as_str).collect());
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
    use super::{Mentions, Printed};
    use crate::notice::Show;
    use rust_decimal::Decimal;

    fn metric(show: Show) -> crate::notice::Metric {
        crate::notice::Metric {
            label: "整改率".to_owned(),
            expr: toml::Spanned::new(0..0, String::new()),
            show,
            decimals: None,
            unit: None,
        }
    }

    #[test]
    fn bare_values_are_made_of_names_that_are_asked_for_bare() {
        let asked = |text: &'static str| {
            let mut mentions = Mentions::default();
            mentions.read(text);
            ["rate", "kind", "n"].map(|name| mentions.bare(name))
        };
        assert_eq!(asked("共{{ rate }}项，{% if r.n.kind == \"甲\" %}{{ r.kind }}{% endif %}"), [false, true, false]);
        assert_eq!(
            asked("{{ rows | where(rate=1) | length }} {{ rows | pluck(name=\"n.kind\") }}"),
            [true, true, false]
        );
        assert_eq!(asked("{{ rows | join(sep=\"\\n\") }}"), [false; 3]);
        for whole in ["{% set m = r.n %}{{ m.rate }}", "{{ r.n[\"rate\"] }}", "{% for k, v in n %}", "{{ n .rate }}"] {
            assert_eq!(asked(whole), [true; 3], "{whole}");
        }
    }

    #[test]
    fn rates_read_as_percentages_and_nothing_as_a_gap() {
        let rate = metric(Show::Percent);
        let text = |value: Option<&str>| {
            let mut text = String::new();
            Printed::Metric(value.and_then(|v| v.parse::<Decimal>().ok()), &rate).add_to(&mut text);
            text
        };
        assert_eq!(text(Some("0.8528")), "85.28%");
        assert_eq!(text(Some("1.0000")), "100%");
        assert_eq!(text(Some("0.0500")), "5%");
        assert_eq!(text(None), "\u{fdd0}整改率\u{fdd1}");
    }
}
