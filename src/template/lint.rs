//! Names in templates, checked before anything is merged: a branch of an `if` that no ledger of today takes
//! must not hold a misspelled field until the evening it is taken.

use std::collections::BTreeMap;
use std::path::Path;

use super::scan::{Tag, paths, tags};
use crate::notice::{NoticeError, nearest};

/// What stands behind a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A value to print.
    Leaf,
    /// A value to compare or compute with; printed, it has no source.
    Bare,
    /// Names of its own.
    Map(BTreeMap<String, Shape>),
    /// Things of one shape.
    List(Box<Shape>),
    /// Not known before it is merged.
    Any,
}

/// What a template's names tell of it.
#[derive(Debug, Default)]
pub struct Linted {
    /// The top names that its conditions ask for under `n`.
    pub asked: Vec<String>,
    /// Where it prints what it computed itself: line and expression.
    pub computed: Vec<(usize, String)>,
}

/// Checks every name in a template against `shape`.
pub fn lint(source: &str, shape: &Shape, file: &Path, errors: &mut Vec<NoticeError>) -> Linted {
    let mut linter = Linter { scopes: vec![("", vec![])], shape, errors, file, linted: Linted::default() };
    for tag in tags(source) {
        let line = source[..tag.start].matches('\n').count() + 1;
        linter.tag(&tag, line);
    }
    linter.linted
}

/// Filters that make a number of what they are given.
const COUNTING: [&str; 6] = ["length", "sum", "round", "int", "float", "abs"];

/// Whether an expression computes: arithmetic or counting outside of strings and conditions.
fn computes(text: &str) -> bool {
    let mut quote = None;
    let plain: String = text
        .chars()
        .map(|c| {
            let inside = quote.is_some();
            match c {
                '"' | '\'' | '`' if quote == Some(c) => quote = None,
                '"' | '\'' | '`' if quote.is_none() => quote = Some(c),
                _ => {}
            }
            if inside || quote.is_some() { ' ' } else { c }
        })
        .collect();
    let counts = |filter: &str| {
        let name = filter.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        COUNTING.contains(&name)
    };
    plain.contains(['+', '-', '*', '/', '%']) || plain.split('|').skip(1).any(counts)
}

/// What an inline `a if condition else b` may print: all but its condition.
fn printed(text: &str) -> (String, &str) {
    match text.split_once(" if ").map(|(value, rest)| (value, rest.split_once(" else "))) {
        Some((value, Some((condition, other)))) => (format!("{value} {other}"), condition),
        Some((value, None)) => (value.to_owned(), text[value.len()..].trim_start_matches(" if ")),
        None => (text.to_owned(), ""),
    }
}

struct Linter<'a> {
    /// Open blocks: the word that opened each, and the names it brought.
    scopes: Vec<(&'static str, Vec<(String, Shape)>)>,
    shape: &'a Shape,
    errors: &'a mut Vec<NoticeError>,
    file: &'a Path,
    linted: Linted,
}

impl Linter<'_> {
    fn tag(&mut self, tag: &Tag<'_>, line: usize) {
        let (word, rest) = match tag.inside.split_once(char::is_whitespace) {
            Some((word, rest)) if tag.statement => (word, rest.trim()),
            _ if tag.statement => (tag.inside, ""),
            _ => ("", tag.inside),
        };
        match word {
            "for" => {
                let (names, list) = rest.split_once(" in ").unwrap_or((rest, ""));
                let names: Vec<&str> = names.split(',').map(str::trim).collect();
                let (key, value) = match (names.len(), self.expression(list, line)) {
                    (1, Shape::List(element)) => (*element, Shape::Any),
                    (2, Shape::Map(fields)) if fields.values().all(|field| *field == Shape::Bare) => {
                        (Shape::Any, Shape::Bare)
                    }
                    _ => (Shape::Any, Shape::Any),
                };
                let shapes = names.into_iter().map(str::to_owned).zip([key, value]);
                self.scopes.push(("for", shapes.collect()));
            }
            "endfor" => self.close("for"),
            "set" | "set_global" => {
                let (name, value) = rest.split_once('=').unwrap_or((rest, ""));
                let shape = Some(self.expression(value, line)).filter(|_| !computes(value)).unwrap_or(Shape::Bare);
                let scope = if word == "set" { self.scopes.last_mut() } else { self.scopes.first_mut() };
                if let Some((_, names)) = scope {
                    names.push((name.trim().to_owned(), shape));
                }
            }
            "component" | "macro" => self.scopes.push(("component", vec![("*".to_owned(), Shape::Any)])),
            "endcomponent" | "endmacro" => self.close("component"),
            "include" | "extends" | "import" | "block" | "endblock" | "endif" | "else" | "raw" | "endset"
            | "endfilter" => {}
            "if" | "elif" => {
                let bare = paths(rest).into_iter().filter(|path| path.parts.len() == 2 && path.parts[0] == "n");
                self.linted.asked.extend(bare.map(|path| path.parts[1].to_owned()));
                self.expression(rest, line);
            }
            _ => {
                let (values, condition) = printed(rest);
                self.expression(condition, line);
                let bare = matches!(self.expression(&values, line), Shape::Bare);
                if !tag.statement && (bare || computes(&values)) {
                    self.linted.computed.push((line, rest.to_owned()));
                }
            }
        }
    }

    fn close(&mut self, word: &str) {
        if self.scopes.last().is_some_and(|(open, _)| *open == word) {
            self.scopes.pop();
        }
    }

    /// Checks every name in an expression; the shape of the whole when it is a single name.
    fn expression(&mut self, text: &str, line: usize) -> Shape {
        let paths = paths(text);
        let mut whole = Shape::Any;
        for path in &paths {
            let shape = self.resolve(&path.parts, line);
            let filters = text[path.end..].trim_start();
            let mut shape = shape;
            if let Shape::List(element) = &shape
                && self.row_filters(filters, element, line)
            {
                shape = Shape::Bare;
            }
            let first = filters.trim_start_matches('|').trim_start();
            let keeps = filters.is_empty() || ["where", "sort", "reverse"].iter().any(|f| first.starts_with(f));
            if shape == Shape::Bare || whole != Shape::Bare && text[..path.start].trim().is_empty() && keeps {
                whole = shape;
            }
        }
        whole
    }

    /// Checks the fields that `where(field=…)` and `pluck(name="field")` ask rows for; whether bare values come out.
    fn row_filters(&mut self, filters: &str, element: &Shape, line: usize) -> bool {
        let mut bare = false;
        for filter in filters.split('|').map(str::trim).filter(|filter| !filter.is_empty()) {
            let Some((name, arguments)) = filter.split_once('(') else { continue };
            let arguments = arguments.trim_end_matches(')');
            let field = match name.trim() {
                "where" => arguments.split_once('=').map(|(field, _)| format!("n.{}", field.trim())),
                "pluck" => arguments.split(['"', '\'']).nth(1).map(str::to_owned),
                _ => None,
            };
            let mut shape = element.clone();
            for part in field.iter().flat_map(|field| field.split('.')) {
                match self.field(&shape, part) {
                    Ok(inner) => shape = inner,
                    Err(known) => {
                        self.refuse(part, known, line);
                        return false;
                    }
                }
            }
            bare |= name.trim() == "pluck" && shape == Shape::Bare;
        }
        bare
    }

    fn resolve(&mut self, parts: &[&str], line: usize) -> Shape {
        let Some((root, fields)) = parts.split_first() else { return Shape::Any };
        let local =
            self.scopes.iter().rev().flat_map(|(_, names)| names.iter().rev()).find(|(n, _)| n == root || n == "*");
        let mut shape = match local {
            Some((_, shape)) => shape.clone(),
            None => match self.field(self.shape, root) {
                Ok(shape) => shape,
                Err(known) => return self.refuse(root, known, line),
            },
        };
        for field in fields {
            shape = match self.field(&shape, field) {
                Ok(shape) => shape,
                Err(known) => return self.refuse(&parts.join("."), known, line),
            };
        }
        shape
    }

    /// The shape behind `name`, or the names that exist.
    fn field(&self, shape: &Shape, name: &str) -> Result<Shape, Vec<String>> {
        match shape {
            Shape::Any => Ok(Shape::Any),
            Shape::Map(names) => names.get(name).cloned().ok_or_else(|| names.keys().cloned().collect()),
            Shape::List(element) if name.bytes().all(|b| b.is_ascii_digit()) => Ok((**element).clone()),
            Shape::List(_) | Shape::Leaf | Shape::Bare => Err(Vec::new()),
        }
    }

    fn refuse(&mut self, name: &str, known: Vec<String>, line: usize) -> Shape {
        let last = name.rsplit('.').next().unwrap_or(name);
        let hint = nearest(last, known.iter().map(String::as_str))
            .map(|n| format!("，是不是“{n}”？"))
            .unwrap_or_else(|| "；".to_owned());
        let known = if known.is_empty() {
            "它没有下级字段".to_owned()
        } else {
            format!("这里可用的有：{}", known.join("、"))
        };
        let message = format!("模板里的“{name}”不存在{hint}{known}");
        self.errors.push(NoticeError::At { file: self.file.to_owned(), line, message });
        Shape::Any
    }
}

#[cfg(test)]
mod tests {
    use super::{NoticeError, Shape, lint};
    use std::path::Path;

    fn complaints(source: &str) -> Vec<(usize, String)> {
        let leaf = |names: &[&str]| Shape::Map(names.iter().map(|n| ((*n).to_owned(), Shape::Leaf)).collect());
        let row = Shape::Map([("done".to_owned(), Shape::Leaf), ("n".to_owned(), leaf(&["done"]))].into());
        let top = [
            ("total".to_owned(), Shape::Leaf),
            ("n".to_owned(), leaf(&["total"])),
            ("study".to_owned(), Shape::List(Box::new(row))),
        ];
        let mut errors = Vec::new();
        lint(source, &Shape::Map(top.into()), Path::new("t.md"), &mut errors);
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
    fn numbers_that_a_template_computes_are_told() {
        let bare = |names: &[&str]| Shape::Map(names.iter().map(|n| ((*n).to_owned(), Shape::Bare)).collect());
        let row = Shape::Map([("done".to_owned(), Shape::Leaf), ("n".to_owned(), bare(&["done"]))].into());
        let top = [
            ("total".to_owned(), Shape::Leaf),
            ("n".to_owned(), bare(&["total"])),
            ("study".to_owned(), Shape::List(Box::new(row))),
        ];
        let shape = Shape::Map(top.into());
        let told = |source: &str| {
            let linted = lint(source, &shape, Path::new("t.md"), &mut Vec::new());
            linted.computed.len()
        };
        for source in [
            "{{ n.total }}",
            "{{ study | length }}",
            "{{ n.total + 1 }}",
            "{% set c = 0 %}{% for r in study %}{% set_global c = c + 1 %}{% endfor %}{{ c }}",
            "{{ study | pluck(name=\"n.done\") | join }}",
            "{{ study[0].n.done }}",
            "{% for k, v in n %}{{ v }}{% endfor %}",
        ] {
            assert_eq!(told(source), 1, "{source}");
        }
        for source in [
            "{{ total }}{{ study[0].done }}{{ study | pluck(name=\"done\") | join(sep=\"-\") }}",
            "{% for r in study %}{{ loop.index }}{{ r.done }}{% endfor %}{{ total if n.total > 1 else \"无\" }}",
        ] {
            assert_eq!(told(source), 0, "{source}");
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
