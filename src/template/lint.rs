//! Checks templates at start, before any data is read: a branch of an `if` that today's ledgers do not reach must not
//! hide a misspelled name until ledgers reach it.
//!
//! Also finds the metrics that conditions read (a missing one becomes a gap, `conditions`) and values that a template
//! prints without provenance (a finding).

use std::path::{Path, PathBuf};

use super::braces;
use super::checker::{Checker, LocalName, Scope};
use super::lex::{Token, tokens};
use super::pieces::{Pieces, included};
use super::schema::Schema;
use crate::marker::is_marker;
use crate::notice::NoticeError;
use crate::notice::tags::{ScannedTemplate, TemplateTag, scan};

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
    /// The file of the template.
    pub file: PathBuf,
    /// The line of the tag in that file, from 1.
    pub line: usize,
    /// The expression that computes it.
    pub expression: String,
}

/// The text of a template, to be checked.
#[derive(Clone, Copy)]
pub(super) struct LintInput<'a> {
    pub text: &'a str,
    pub scanned: &'a ScannedTemplate<'a>,
    /// Where the template is, for messages.
    pub file: &'a Path,
}

/// Checks a template against `schema`, and each of `pieces` that it includes with the names that exist where it does.
pub(super) fn lint(source: LintInput<'_>, schema: &Schema<'_>, pieces: &Pieces) -> LintResult {
    let mut linter = Linter::new(source, schema, pieces);
    linter.text(source);
    linter.tags(source);
    LintResult { errors: linter.checker.errors, ..linter.result }
}

/// Checks what does not depend on where a piece is included.
pub(super) fn lint_piece(source: LintInput<'_>, schema: &Schema<'_>) -> LintResult {
    let no_pieces = Pieces::default();
    let mut linter = Linter::new(source, schema, &no_pieces);
    linter.text(source);
    let errors = std::mem::take(&mut linter.checker.errors);
    linter.tags(source);
    LintResult { errors, computed: Vec::new(), ..linter.result }
}

/// Where the lines of a text begin, counted once.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at + 1).collect())
    }

    /// The line (from 1) of a byte.
    fn line_at(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset) + 1
    }
}

struct Linter<'a, 'n> {
    checker: Checker<'a, 'n>,
    pieces: &'a Pieces,
    /// Includes that may still be followed.
    includes_left: usize,
    result: LintResult,
}

impl<'a, 'n> Linter<'a, 'n> {
    fn new(source: LintInput<'a>, schema: &'a Schema<'n>, pieces: &'a Pieces) -> Self {
        let scopes = vec![Scope { keyword: "", names: Vec::new() }];
        let file = source.file;
        let checker = Checker { scopes, schema, file, line: 1, errors: Vec::new(), conditional_metrics: Vec::new() };
        Self { checker, pieces, includes_left: MAX_INCLUDES, result: LintResult::default() }
    }

    /// Checks the text outside tags.
    fn text(&mut self, source: LintInput<'_>) {
        self.characters(source.text);
        let (schema, lines) = (self.checker.schema, Lines::of(source.text));
        for mistake in braces::mistakes(source.text, source.scanned, |name| schema.field(name).is_ok()) {
            self.checker.line = lines.line_at(mistake.offset);
            self.checker.report(mistake.message);
        }
    }

    fn tags(&mut self, source: LintInput<'_>) {
        let lines = Lines::of(source.text);
        for tag in &source.scanned.tags {
            self.checker.line = lines.line_at(tag.start);
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
        let lines = Lines::of(&piece.text);
        for tag in &scan(&piece.text).tags {
            self.checker.line = lines.line_at(tag.start);
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
mod tests;
