//! Checks templates at start, before any data is read: a branch of an `if` that today's ledgers do not reach must not
//! hide a misspelled name until the evening when they do.
//!
//! Also finds the metrics that conditions read (a missing one becomes a gap, `conditions`) and values that a template
//! prints without provenance (a finding).

use std::path::{Path, PathBuf};

use super::braces;
use super::checker::{Checker, LocalName, Scope};
use super::lex::{Token, tokens};
use super::pieces::{Pieces, included};
use super::scan::{ScannedTemplate, TemplateTag, scan};
use super::schema::Schema;
use crate::marker::is_marker;
use crate::notice::NoticeError;

/// `~` that a tag may have.
const MAX_CONCATENATIONS: usize = 40;

/// Includes that are followed from one template: a piece is checked again wherever it is included.
const MAX_INCLUDES: usize = 1_000;

/// What a template's tags show.
#[derive(Debug, Default)]
pub(super) struct LintResult {
    /// For each tag, the ids of the metrics that its conditions read as `n.id`.
    pub metrics_in_conditions: Vec<Vec<String>>,
    /// Numbers that the template computes and prints.
    pub computed: Vec<ComputedNumber>,
    /// What makes the template unusable.
    pub errors: Vec<NoticeError>,
}

/// A number that a template computes and prints.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ComputedNumber {
    /// The template.
    pub file: PathBuf,
    /// Its line, from 1.
    pub line: usize,
    /// The expression that computes it.
    pub expression: String,
}

/// The text of a template, to be checked.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub text: &'a str,
    pub scanned: &'a ScannedTemplate<'a>,
    /// Where the template is, for messages.
    pub file: &'a Path,
}

/// Checks a template against `schema`, and each of `pieces` that it includes with the names that exist where it does.
pub(super) fn lint(source: Source<'_>, schema: &Schema<'_>, pieces: &Pieces) -> LintResult {
    let mut linter = Linter::new(source, schema, pieces);
    linter.text(source);
    linter.tags(source);
    LintResult { errors: linter.checker.errors, ..linter.result }
}

/// Checks what does not depend on where a piece is included.
pub(super) fn lint_piece(source: Source<'_>, schema: &Schema<'_>) -> LintResult {
    let no_pieces = Pieces::default();
    let mut linter = Linter::new(source, schema, &no_pieces);
    linter.text(source);
    let errors = std::mem::take(&mut linter.checker.errors);
    linter.tags(source);
    LintResult { errors, computed: Vec::new(), ..linter.result }
}

/// The line (from 1) of a byte of a text.
fn line_at(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

struct Linter<'a, 'n> {
    checker: Checker<'a, 'n>,
    pieces: &'a Pieces,
    /// Includes that may still be followed.
    includes_left: usize,
    result: LintResult,
}

impl<'a, 'n> Linter<'a, 'n> {
    fn new(source: Source<'a>, schema: &'a Schema<'n>, pieces: &'a Pieces) -> Self {
        let scopes = vec![Scope { keyword: "", names: Vec::new() }];
        let file = source.file;
        let checker = Checker { scopes, schema, file, line: 1, errors: Vec::new(), conditional_metrics: Vec::new() };
        Self { checker, pieces, includes_left: MAX_INCLUDES, result: LintResult::default() }
    }

    /// Checks the text outside tags.
    fn text(&mut self, source: Source<'_>) {
        self.characters(source.text);
        let schema = self.checker.schema;
        for mistake in braces::mistakes(source.text, source.scanned, |name| schema.field(name).is_ok()) {
            self.checker.line = line_at(source.text, mistake.offset);
            self.checker.report(mistake.message);
        }
    }

    fn tags(&mut self, source: Source<'_>) {
        for tag in &source.scanned.tags {
            self.checker.line = line_at(source.text, tag.start);
            self.tag(tag);
            self.result.metrics_in_conditions.push(std::mem::take(&mut self.checker.conditional_metrics));
        }
    }

    /// Checks a piece where it is included. Names that it sets end with it.
    fn include(&mut self, tag: &TemplateTag<'_>) {
        let Some(piece) = included(tag).and_then(|name| self.pieces.get(&name)) else { return };
        let Some(left) = self.includes_left.checked_sub(1) else {
            return self.checker.report(format!("插入模板的地方太多，一个模板最多 {MAX_INCLUDES} 处"));
        };
        self.includes_left = left;
        let (file, line, scopes) = (self.checker.file, self.checker.line, self.checker.scopes.len());
        self.checker.file = &piece.path;
        self.checker.scopes.push(Scope { keyword: "include", names: Vec::new() });
        for tag in &scan(&piece.text).tags {
            self.checker.line = line_at(&piece.text, tag.start);
            self.tag(tag);
        }
        self.checker.scopes.truncate(scopes);
        (self.checker.file, self.checker.line) = (file, line);
        // The piece marks its conditions itself.
        self.checker.conditional_metrics.clear();
    }

    /// Refuses characters that no document can have, or that carry markers.
    fn characters(&mut self, source: &str) {
        for (index, line) in source.lines().enumerate() {
            let unusable = |c: &char| {
                c.is_control() && *c != '\t' || is_marker(*c) || matches!(c, '\u{feff}' | '\u{fffd}'..='\u{ffff}')
            };
            if let Some(c) = line.chars().find(unusable) {
                self.checker.line = index + 1;
                let code = u32::from(c);
                self.checker.report(format!("这一行有看不见的控制字符（U+{code:04X}），会进入报告，请删去"));
            }
        }
    }

    fn tag(&mut self, tag: &TemplateTag<'_>) {
        self.concatenations(tag.content);
        if !tag.is_statement {
            return self.printed(tag.content);
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
                self.checker.scopes.push(Scope { keyword: "component", names: vec![any] });
            }
            "endcomponent" | "endmacro" => self.close("component"),
            "if" | "elif" => self.checker.condition_text(rest),
            "include" => self.include(tag),
            _ => {}
        }
    }

    /// Refuses a tag that joins more texts than the engine may hold at a time: each may be as long as a report.
    fn concatenations(&mut self, content: &str) {
        let signs = tokens(content).into_iter().flatten().filter(|placed| placed.token == Token::Sign("~")).count();
        if signs > MAX_CONCATENATIONS {
            self.checker.report(format!(
                "一个标签里“~”最多 {MAX_CONCATENATIONS} 个，这里有 {signs} 个：分成几个标签写，或放进列表用 join 连接"
            ));
        }
    }

    /// Checks an expression that is printed.
    fn printed(&mut self, expression: &str) {
        match self.checker.text(expression) {
            Schema::Bare(_) => {
                let (file, line) = (self.checker.file.to_owned(), self.checker.line);
                self.result.computed.push(ComputedNumber { file, line, expression: expression.to_owned() });
            }
            Schema::List(element) if matches!(*element, Schema::Map(_)) => self.checker.report(format!(
                "“{expression}”是一行一行的台账，不能整个印出来；逐行写用 for，只要一列用 pluck(name=\"…\") 和 join"
            )),
            Schema::List(_) => {
                self.checker
                    .report(format!("“{expression}”是列表，不能整个印出来；后面写 | join(sep=\"、\") 连成一句"));
            }
            Schema::Map(_) | Schema::Groups(_) => {
                self.checker
                    .report(format!("“{expression}”是一组名称和值，不能整个印出来；印其中一个，写 {expression}.名称"));
            }
            Schema::Printed | Schema::Constant(_) | Schema::Literal(_) | Schema::Any => {}
        }
    }

    /// `for row in rows` or `for name, value in map`.
    fn open_for(&mut self, rest: &str) {
        let (names, list) = rest.split_once(" in ").unwrap_or((rest, ""));
        let names: Vec<&str> = names.split(',').map(str::trim).collect();
        let list = self.checker.text(list);
        self.checker.open_loop(&names, &list);
    }

    /// `set name = value`, in the innermost or the outermost scope; without a value it takes a text up to `endset`.
    fn set(&mut self, keyword: &str, rest: &str) {
        let (name, schema) = match rest.split_once('=') {
            Some((name, value)) => (name, self.checker.text(value)),
            None => (rest.split('|').next().unwrap_or_default(), Schema::Printed),
        };
        let scopes = &mut self.checker.scopes;
        let scope = if keyword == "set" { scopes.last_mut() } else { scopes.first_mut() };
        if let Some(scope) = scope {
            scope.names.push(LocalName { name: name.trim().to_owned(), schema });
        }
    }

    fn close(&mut self, keyword: &str) {
        if self.checker.scopes.last().is_some_and(|scope| scope.keyword == keyword) {
            self.checker.scopes.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::super::schema::ValueType;
    use super::{LintResult, NoticeError, Pieces, Schema, Source};
    use crate::notice::{Column, ColumnType};
    use std::path::Path;

    fn lint(source: &str, schema: &Schema<'_>) -> LintResult {
        let source = Source { text: source, scanned: &scan(source), file: Path::new("t.md") };
        super::lint(source, schema, &Pieces::default())
    }

    /// A column of that type with the values of a choice.
    fn column(kind: ColumnType, values: &[&str]) -> Column {
        let settings = format!("header = [\"级别\"]\ntype = \"text\"\nvalues = {values:?}");
        Column { kind, ..toml::from_str(&settings).expect("a column") }
    }

    /// A ledger `study` with a column of each type, and a metric `total`.
    fn schema(level: &Column) -> Schema<'_> {
        let types = [
            ("done", ValueType::Number),
            ("name", ValueType::Text),
            ("met", ValueType::Flag),
            ("due", ValueType::Date),
            ("level", ValueType::Choice(level)),
            ("rate", ValueType::Percent),
        ];
        let bare = types.iter().map(|(id, ty)| ((*id).to_owned(), Schema::Bare(*ty))).collect();
        let texts = types.iter().map(|(id, _)| ((*id).to_owned(), Schema::Printed));
        let row = Schema::Map(texts.chain([("n".to_owned(), Schema::Map(bare))]).collect());
        let n = Schema::Map([("total".to_owned(), Schema::Bare(ValueType::Number))].into());
        let top = [
            ("total".to_owned(), Schema::Printed),
            ("n".to_owned(), n),
            ("study".to_owned(), Schema::List(Box::new(row.clone()))),
            ("branch".to_owned(), row),
        ];
        Schema::Map(top.into())
    }

    fn complaints(source: &str) -> Vec<(usize, String)> {
        let level = column(ColumnType::Choice, &["特级", "一级", "二级"]);
        let line_and_text = |error| match error {
            NoticeError::At { line, message, .. } => (line, message),
            other => (0, other.to_string()),
        };
        lint(source, &schema(&level)).errors.into_iter().map(line_and_text).collect()
    }

    #[test]
    fn what_exists_is_accepted() {
        let source = "{{ total }}{# {{ gone }} #}\n{% if n.total > 0 and not study %}{{ gap(what=\"x.y\") }}{% elif study is not defined %}{% endif %}\n\
            {% for r in study | where(done=5) %}{{ r.done | default(value=1) }}{{ r.n.done }}{{ loop.index }}{% endfor %}\
            {% set weak = study | where(done=1) %}{{ weak | length }}{{ study[0].done }}{% raw %}{{ gone }}{% endraw %}\
            {% for r in study | sort(attribute=\"n.done\") %}{% if r.n.level == \"特级\" and r.n.due < \"2018-10-25\" %}{% endif %}{% endfor %}\
            {% for level, rows in study | group_by(attribute=\"n.level\") %}{{ level }}{{ rows | length }}{% for r in rows %}{{ r.name }}{% endfor %}{% endfor %}\
            {{ study | pluck(name=\"name\") | join(sep=\"、\") }}{% if \"一级\" in study | pluck(name=\"n.level\") %}{% endif %}";
        assert_eq!(complaints(source), []);
    }

    #[test]
    fn a_choice_that_the_column_does_not_have_is_refused_with_those_that_it_has() {
        for source in [
            "{% for r in study %}{% if r.n.level == \"特大\" %}{% endif %}{% endfor %}",
            "{% for r in study %}{% if \"特大\" != r.n.level and r.n.met %}{% endif %}{% endfor %}",
            "{% for r in study %}{{ \"甲\" if r.n.level == \"特大\" else \"乙\" }}{% endfor %}",
            "{% for r in study %}{% if r.n.level in [\"一级\", \"特大\"] %}{% endif %}{% endfor %}",
            "{% for r in study %}{% set big = \"特大\" %}{% if r.n.level == big %}{% endif %}{% endfor %}",
            "{% set rows = study | where(level=\"特大\") %}{{ rows | pluck(name=\"name\") | join }}",
            "{% for r in study | where(met=true, level=\"特大\") | reverse %}{% endfor %}",
            "{% if \"特大\" in study | pluck(name=\"n.level\") %}{% endif %}",
            "{% if [r.name for r in study if r.n.level == \"特大\"] %}{% endif %}",
            "{% if branch.n.level == \"特大\" %}{% endif %}",
        ] {
            let said = complaints(source);
            assert_eq!(said.len(), 1, "{source}: {said:?}");
            assert!(
                said[0].1.contains("“特大”不是“级别”的可选项，是不是“特级”？可选的有：特级、一级、二级"),
                "{said:?}"
            );
        }
    }

    #[test]
    fn a_comparison_that_never_holds_is_refused() {
        for (source, says) in [
            ("{% for r in study %}{% if r.level == \"特级\" %}{% endif %}{% endfor %}", "r.n.level"),
            ("{% if total == 1 %}{% endif %}", "n.total"),
            ("{% if total %}{% endif %}", "总是成立"),
            ("{% if not total or n.total > 3 %}{% endif %}", "总是成立"),
            ("{% for r in study %}{% if r.n.met == \"是\" %}{% endif %}{% endfor %}", "true 或 false"),
            ("{{ study | where(met=\"是\") | length }}", "true 或 false"),
            ("{{ study | where(done=\"5\") | length }}", "数不写引号"),
            ("{% for r in study %}{% if r.n.due < \"2018.10.25\" %}{% endif %}{% endfor %}", "2018-10-25"),
            ("{% for r in study %}{% if r.n.done == r.n.name %}{% endif %}{% endfor %}", "不能与"),
            ("{% if study == 0 %}{% endif %}", "study | length"),
            ("{% for r in study %}{% if r.n.rate < 60 %}{% endif %}{% endfor %}", "60% 写 0.6"),
            ("{% if total is none %}{% endif %}", "n.total"),
            ("{% for r in study %}{% if r.name is starting_with(pat=\"张\") %}{% endif %}{% endfor %}", "r.n.name"),
        ] {
            let said = complaints(source);
            assert!(said.len() == 1 && said[0].1.contains(says), "{source}: {said:?}");
        }
    }

    #[test]
    fn printed_texts_are_neither_counted_nor_cut_nor_sorted() {
        for source in [
            "{{ total | length }}",
            "{{ branch.name | truncate(length=2) }}",
            "{{ branch.name[0:2] }}",
            "{{ branch.name | replace(from=\"甲\", to=\"乙\") }}",
            "{% for r in study | sort(attribute=\"done\") %}{% endfor %}",
            "{% for r in study | sort(attribute=\"zz\") %}{% endfor %}",
            "{% for level, rows in study | group_by(attribute=\"level\") %}{% endfor %}",
            "{{ study | pluck(name=\"level\") | unique | join }}",
        ] {
            assert_eq!(complaints(source).len(), 1, "{source}: {:?}", complaints(source));
        }
    }

    #[test]
    fn program_data_is_not_printed() {
        for source in [
            "{{ study }}",
            "{{ branch }}",
            "{{ n }}",
            "{{ study[0] }}",
            "{{ study | pluck(name=\"name\") }}",
            "{{ study | join(sep=\"、\") }}",
            "{{ study if n.total > 1 else \"无\" }}",
            "{{ study | group_by(attribute=\"n.level\") }}",
        ] {
            assert_eq!(complaints(source).len(), 1, "{source}: {:?}", complaints(source));
        }
    }

    #[test]
    fn a_tag_that_joins_too_many_texts_is_refused() {
        let joined = |signs: usize| format!("\n{{{{ branch.n.name{} }}}}", " ~ \"~\"".repeat(signs));
        assert!(complaints(&joined(40)).iter().all(|(_, said)| !said.contains('~')));
        let said = complaints(&joined(41));
        assert!(said.iter().any(|(line, said)| *line == 2 && said.contains("“~”最多 40 个，这里有 41 个")), "{said:?}");
    }

    #[test]
    fn control_characters_and_markers_are_refused_with_their_line() {
        for c in ['\u{1}', '\u{b}', '\u{7f}', '\u{fdd0}', '\u{feff}', '\u{fffd}'] {
            let said = complaints(&format!("甲\r\n\t乙{c}\n"));
            assert!(said.len() == 1 && said[0].0 == 2, "{c:?}: {said:?}");
        }
    }

    #[test]
    fn numbers_that_a_template_computes_are_found() {
        let level = column(ColumnType::Choice, &["特级"]);
        let schema = schema(&level);
        let computed = |source: &str| {
            let result = lint(source, &schema);
            assert!(result.errors.is_empty(), "{source}: {:?}", result.errors);
            result.computed.len()
        };
        for source in [
            "{{ n.total }}",
            "{{ study | length }}",
            "{{ n.total + 1 }}",
            "{% set c = 0 %}{% for r in study %}{% set_global c = c + 1 %}{% endfor %}{{ c }}",
            "{{ study | pluck(name=\"n.done\") | join }}",
            "{{ study[0].n.done }}",
            "{% for k, v in n %}{{ v }}{% endfor %}",
            "{{ total if n.total > 1 else n.total }}",
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
    fn metrics_of_conditions_are_those_that_it_does_not_ask_to_be_none() {
        let level = column(ColumnType::Choice, &["特级"]);
        let schema = schema(&level);
        let read = |source: &str| lint(source, &schema).metrics_in_conditions.concat();
        assert_eq!(read("{% if n.total > 1 %}{% endif %}"), ["total"]);
        assert_eq!(read("{{ \"多\" if n[\"total\"] > 1 else \"少\" }}"), ["total"]);
        assert_eq!(read("{% if n.total is none or n.total > 1 %}{% endif %}"), [""; 0]);
        assert_eq!(read("{% if n.total is not none %}{{ n.total }}{% endif %}"), [""; 0]);
    }

    #[test]
    fn what_does_not_exist_is_named_with_its_line() {
        let found = complaints(
            "{{ total }}\n{% if n.totl > 0 %}\n{% for r in study %}{{ r.don }}{% endfor %}{{ r.done }}\n{% endif %}{{ total.x }}",
        );
        let lines: Vec<usize> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 3, 3, 4]);
        let filters = complaints(
            "{{ study | where(don=5) | pluck(name=\"done\") | join }}{{ study | pluck(name=\"x\") }}{{ n[\"totl\"] }}",
        );
        assert_eq!(filters.len(), 3, "{filters:?}");
        assert!(found[0].1.contains("是不是“total”"), "{found:?}");
        assert!(found[1].1.contains("done"), "{found:?}");
    }
}
