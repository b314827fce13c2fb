//! Checks the names in templates at start, before any data is read: a branch of an `if` that today's ledgers do not
//! reach must not hide a misspelled name until the evening when they do.
//!
//! Also finds the metrics that conditions read (a missing one becomes a gap) and numbers that a template computes itself
//! (they have no provenance, which is a finding).

use std::path::{Path, PathBuf};

use super::scan::{TemplateTag, name_paths, template_tags};
use super::schema::Schema;
use crate::notice::{NoticeError, nearest};

/// What a template's names show.
#[derive(Debug, Default)]
pub(super) struct LintResult {
    /// Ids of metrics that conditions read as `n.id`.
    pub metrics_in_conditions: Vec<String>,
    /// Numbers that the template computes and prints.
    pub computed: Vec<ComputedNumber>,
    /// Unknown names.
    pub errors: Vec<NoticeError>,
}

/// A number that a template computes and prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComputedNumber {
    /// The template.
    pub file: PathBuf,
    /// Its line, from 1.
    pub line: usize,
    /// The expression that computes it.
    pub expression: String,
}

/// Checks every name of a template against `schema`. `file` is where the template is, for messages.
pub(super) fn lint(source: &str, schema: &Schema, file: &Path) -> LintResult {
    let scopes = vec![Scope { keyword: "", names: Vec::new() }];
    let mut linter = Linter { scopes, schema, file, line: 1, result: LintResult::default() };
    for tag in template_tags(source) {
        linter.line = source[..tag.start].matches('\n').count() + 1;
        linter.tag(&tag);
    }
    linter.result
}

/// Filters whose result is a number.
const NUMERIC_FILTERS: [&str; 6] = ["length", "sum", "round", "int", "float", "abs"];

/// Whether an expression computes: contains arithmetic or a numeric filter outside strings.
fn is_computation(text: &str) -> bool {
    let mut quote = None;
    let mut without_strings = String::with_capacity(text.len());
    for c in text.chars() {
        let was_inside = quote.is_some();
        if matches!(c, '"' | '\'' | '`') {
            match quote {
                Some(open) if open == c => quote = None,
                None => quote = Some(c),
                Some(_) => {}
            }
        }
        without_strings.push(if was_inside || quote.is_some() { ' ' } else { c });
    }
    let is_numeric = |filter: &str| {
        let name = filter.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        NUMERIC_FILTERS.contains(&name)
    };
    without_strings.contains(['+', '-', '*', '/', '%']) || without_strings.split('|').skip(1).any(is_numeric)
}

/// The parts of an inline `value if condition else other`.
struct InlineIf<'e> {
    /// What it may print: the value and the alternative.
    printed: String,
    /// The condition; empty without an `if`.
    condition: &'e str,
}

impl<'e> InlineIf<'e> {
    fn split(text: &'e str) -> Self {
        let Some((value, rest)) = text.split_once(" if ") else {
            return Self { printed: text.to_owned(), condition: "" };
        };
        match rest.split_once(" else ") {
            Some((condition, other)) => Self { printed: format!("{value} {other}"), condition },
            None => Self { printed: value.to_owned(), condition: rest.trim_start_matches(" if ") },
        }
    }
}

/// A block of a template and the names defined in it.
struct Scope {
    /// The keyword that opens the block; empty for the whole template.
    keyword: &'static str,
    names: Vec<LocalName>,
}

/// A name that a template defines.
struct LocalName {
    /// `*` stands for any name.
    name: String,
    schema: Schema,
}

struct Linter<'a> {
    /// The open blocks, outermost first.
    scopes: Vec<Scope>,
    schema: &'a Schema,
    file: &'a Path,
    /// The line of the current tag, from 1.
    line: usize,
    result: LintResult,
}

impl Linter<'_> {
    fn tag(&mut self, tag: &TemplateTag<'_>) {
        if !tag.is_statement {
            return self.printed(tag.content, true);
        }
        let (keyword, rest) = match tag.content.split_once(char::is_whitespace) {
            Some((keyword, rest)) => (keyword, rest.trim()),
            None => (tag.content, ""),
        };
        match keyword {
            "for" => self.open_for(rest),
            "endfor" => self.close("for"),
            "set" | "set_global" => self.set(keyword, rest),
            "component" | "macro" => {
                let any = LocalName { name: "*".to_owned(), schema: Schema::Any };
                self.scopes.push(Scope { keyword: "component", names: vec![any] });
            }
            "endcomponent" | "endmacro" => self.close("component"),
            "include" | "extends" | "import" | "block" | "endblock" | "endif" | "else" | "raw" | "endset"
            | "endfilter" => {}
            "if" | "elif" => self.condition(rest),
            _ => self.printed(rest, false),
        }
    }

    /// Checks an expression that is printed, or that an unknown statement evaluates.
    fn printed(&mut self, expression: &str, is_printed: bool) {
        let InlineIf { printed, condition } = InlineIf::split(expression);
        self.expression(condition);
        let is_bare = matches!(self.expression(&printed), Schema::Bare);
        if is_printed && (is_bare || is_computation(&printed)) {
            let number =
                ComputedNumber { file: self.file.to_owned(), line: self.line, expression: expression.to_owned() };
            self.result.computed.push(number);
        }
    }

    fn condition(&mut self, expression: &str) {
        let bare = name_paths(expression).into_iter().filter(|path| path.parts.len() == 2 && path.parts[0] == "n");
        self.result.metrics_in_conditions.extend(bare.map(|path| path.parts[1].to_owned()));
        self.expression(expression);
    }

    /// `for row in rows` or `for name, value in map`.
    fn open_for(&mut self, rest: &str) {
        let (names, list) = rest.split_once(" in ").unwrap_or((rest, ""));
        let names: Vec<&str> = names.split(',').map(str::trim).collect();
        let schemas = match (names.len(), self.expression(list)) {
            (1, Schema::List(element)) => [*element, Schema::Any],
            (2, Schema::Map(fields)) if fields.values().all(|field| *field == Schema::Bare) => {
                [Schema::Any, Schema::Bare]
            }
            _ => [Schema::Any, Schema::Any],
        };
        let names = names.into_iter().zip(schemas).map(|(name, schema)| LocalName { name: name.to_owned(), schema });
        self.scopes.push(Scope { keyword: "for", names: names.collect() });
    }

    /// `set name = value`, in the innermost or the outermost scope.
    fn set(&mut self, keyword: &str, rest: &str) {
        let (name, value) = rest.split_once('=').unwrap_or((rest, ""));
        let value_schema = self.expression(value);
        let schema = if is_computation(value) { Schema::Bare } else { value_schema };
        let scope = if keyword == "set" { self.scopes.last_mut() } else { self.scopes.first_mut() };
        if let Some(scope) = scope {
            scope.names.push(LocalName { name: name.trim().to_owned(), schema });
        }
    }

    fn close(&mut self, keyword: &str) {
        if self.scopes.last().is_some_and(|scope| scope.keyword == keyword) {
            self.scopes.pop();
        }
    }

    /// Checks every name in an expression. Returns the schema of the whole: `Bare` when any name in it is bare, that of
    /// the name when it is a single name with filters that keep it, otherwise `Any`.
    fn expression(&mut self, text: &str) -> Schema {
        let mut whole = Schema::Any;
        for path in &name_paths(text) {
            let mut schema = self.resolve(&path.parts);
            let filters = text[path.end..].trim_start();
            if let Schema::List(element) = &schema
                && self.row_filters(filters, element)
            {
                schema = Schema::Bare;
            }
            let first_filter = filters.trim_start_matches('|').trim_start();
            let keeps_schema =
                filters.is_empty() || ["where", "sort", "reverse"].iter().any(|name| first_filter.starts_with(name));
            let is_first = text[..path.start].trim().is_empty();
            if schema == Schema::Bare || whole != Schema::Bare && is_first && keeps_schema {
                whole = schema;
            }
        }
        whole
    }

    /// Checks the fields that `where(field=…)` and `pluck(name="field")` read of rows. Returns whether `pluck` gives
    /// bare values.
    fn row_filters(&mut self, filters: &str, element: &Schema) -> bool {
        let mut gives_bare = false;
        for filter in filters.split('|').map(str::trim).filter(|filter| !filter.is_empty()) {
            let Some((name, arguments)) = filter.split_once('(') else { continue };
            let arguments = arguments.trim_end_matches(')');
            let field = match name.trim() {
                "where" => arguments.split_once('=').map(|(field, _)| format!("n.{}", field.trim())),
                "pluck" => arguments.split(['"', '\'']).nth(1).map(str::to_owned),
                _ => None,
            };
            let mut schema = element.clone();
            for part in field.iter().flat_map(|field| field.split('.')) {
                match field_schema(&schema, part) {
                    Ok(inner) => schema = inner,
                    Err(unknown) => {
                        self.report(part, unknown);
                        return false;
                    }
                }
            }
            gives_bare |= name.trim() == "pluck" && schema == Schema::Bare;
        }
        gives_bare
    }

    /// The schema of a dotted name; `Any`, with an error, for an unknown one.
    fn resolve(&mut self, parts: &[&str]) -> Schema {
        let Some((root, fields)) = parts.split_first() else { return Schema::Any };
        let innermost_first = self.scopes.iter().rev().flat_map(|scope| scope.names.iter().rev());
        let local = innermost_first.into_iter().find(|local| local.name == *root || local.name == "*");
        let mut schema = match local {
            Some(local) => local.schema.clone(),
            None => match field_schema(self.schema, root) {
                Ok(schema) => schema,
                Err(unknown) => return self.report(root, unknown),
            },
        };
        for field in fields {
            schema = match field_schema(&schema, field) {
                Ok(schema) => schema,
                Err(unknown) => return self.report(&parts.join("."), unknown),
            };
        }
        schema
    }

    /// Records an unknown name.
    fn report(&mut self, name: &str, unknown: UnknownField) -> Schema {
        let known = unknown.known;
        let last = name.rsplit('.').next().unwrap_or(name);
        let hint = nearest(last, known.iter().map(String::as_str))
            .map_or_else(|| "；".to_owned(), |n| format!("，是不是“{n}”？"));
        let known = if known.is_empty() {
            "它没有下级字段".to_owned()
        } else {
            format!("这里可用的有：{}", known.join("、"))
        };
        let message = format!("模板里的“{name}”不存在{hint}{known}");
        self.result.errors.push(NoticeError::At { file: self.file.to_owned(), line: self.line, message });
        Schema::Any
    }
}

/// A field that does not exist.
struct UnknownField {
    /// The fields that do.
    known: Vec<String>,
}

/// The schema of a field of a value with that schema.
fn field_schema(schema: &Schema, name: &str) -> Result<Schema, UnknownField> {
    match schema {
        Schema::Any => Ok(Schema::Any),
        Schema::Map(fields) => {
            fields.get(name).cloned().ok_or_else(|| UnknownField { known: fields.keys().cloned().collect() })
        }
        Schema::List(element) if name.bytes().all(|b| b.is_ascii_digit()) => Ok((**element).clone()),
        Schema::List(_) | Schema::Text | Schema::Bare => Err(UnknownField { known: Vec::new() }),
    }
}

#[cfg(test)]
mod tests {
    use super::{NoticeError, Schema, lint};
    use std::path::Path;

    fn complaints(source: &str) -> Vec<(usize, String)> {
        let leaf = |names: &[&str]| Schema::Map(names.iter().map(|n| ((*n).to_owned(), Schema::Text)).collect());
        let row = Schema::Map([("done".to_owned(), Schema::Text), ("n".to_owned(), leaf(&["done"]))].into());
        let top = [
            ("total".to_owned(), Schema::Text),
            ("n".to_owned(), leaf(&["total"])),
            ("study".to_owned(), Schema::List(Box::new(row))),
        ];
        let errors = lint(source, &Schema::Map(top.into()), Path::new("t.md")).errors;
        let line_and_text = |error| match error {
            NoticeError::At { line, message, .. } => (line, message),
            other => (0, other.to_string()),
        };
        errors.into_iter().map(line_and_text).collect()
    }

    #[test]
    fn what_exists_is_accepted() {
        let source = "{{ total }}{# {{ gone }} #}\n{% if n.total > 0 and not study %}{{ gap(what=\"x.y\") }}{% elif study is not defined %}{% endif %}\n\
            {% for r in study | where(done=5) %}{{ r.done | default(value=1) }}{{ r.n.done }}{{ loop.index }}{% endfor %}\
            {% set weak = study | where(done=1) %}{{ weak | length }}{{ study.0.done }}{% raw %}{{ gone }}{% endraw %}";
        assert_eq!(complaints(source), []);
    }

    #[test]
    fn numbers_that_a_template_computes_are_found() {
        let bare = |names: &[&str]| Schema::Map(names.iter().map(|n| ((*n).to_owned(), Schema::Bare)).collect());
        let row = Schema::Map([("done".to_owned(), Schema::Text), ("n".to_owned(), bare(&["done"]))].into());
        let top = [
            ("total".to_owned(), Schema::Text),
            ("n".to_owned(), bare(&["total"])),
            ("study".to_owned(), Schema::List(Box::new(row))),
        ];
        let schema = Schema::Map(top.into());
        let computed = |source: &str| lint(source, &schema, Path::new("t.md")).computed.len();
        for source in [
            "{{ n.total }}",
            "{{ study | length }}",
            "{{ n.total + 1 }}",
            "{% set c = 0 %}{% for r in study %}{% set_global c = c + 1 %}{% endfor %}{{ c }}",
            "{{ study | pluck(name=\"n.done\") | join }}",
            "{{ study[0].n.done }}",
            "{% for k, v in n %}{{ v }}{% endfor %}",
        ] {
            assert_eq!(computed(source), 1, "{source}");
        }
        for source in [
            "{{ total }}{{ study[0].done }}{{ study | pluck(name=\"done\") | join(sep=\"-\") }}",
            "{% for r in study %}{{ loop.index }}{{ r.done }}{% endfor %}{{ total if n.total > 1 else \"无\" }}",
        ] {
            assert_eq!(computed(source), 0, "{source}");
        }
    }

    #[test]
    fn what_does_not_exist_is_named_with_its_line() {
        let found = complaints(
            "{{ total }}\n{% if n.totl > 0 %}\n{% for r in study %}{{ r.don }}{% endfor %}{{ r.done }}\n{% endif %}{{ total.x }}",
        );
        let lines: Vec<usize> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 3, 3, 4]);
        let filters = complaints(
            "{{ study | where(don=5) | pluck(name=\"done\") }}{{ study | pluck(name=\"x\") }}{{ n[\"totl\"] }}",
        );
        assert_eq!(filters.len(), 3, "{filters:?}");
        assert!(found[0].1.contains("是不是“total”"), "{found:?}");
        assert!(found[1].1.contains("done"), "{found:?}");
    }
}
