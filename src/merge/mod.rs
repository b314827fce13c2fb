//! Templates and a branch's values become Markdown.
//!
//! The only room that names tera. Every value reaches a template through `view`: under its name as text
//! ready to print, under `n` bare for conditions. Printed text is escaped, so a cell can never act as markup.

mod escape;
mod filters;
mod lint;
mod view;

use std::collections::HashMap;
use std::path::PathBuf;

use tera::{ErrorKind, Tera};
use toml::Spanned;

use crate::diag::{Diagnostic, Place, code};
use crate::figure::Figures;
use crate::marks;
use crate::model::Branch;
use crate::notice::{Layout, Notice, NoticeError, Part, Section, WithoutData};

/// The templates of a notice, parsed and checked.
#[derive(Debug)]
pub struct Templates {
    tera: Tera,
    /// For each template, the figures that its conditions ask for.
    conditions: HashMap<String, Vec<String>>,
}

/// A branch's report before it is parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The title in words; plain text with marks, as are the other parts of the letter.
    pub title: Vec<String>,
    /// 主送机关.
    pub addressee: String,
    /// Who signs.
    pub signer: String,
    /// 署名.
    pub organisation: String,
    /// 附注.
    pub note: Option<String>,
    /// Opening, sections and closing, as Markdown with marks.
    pub body: String,
}

impl Templates {
    /// Reads and checks the templates that the notice names.
    ///
    /// # Errors
    /// With file and line of each template that is missing, does not parse or names an unknown field.
    pub fn load(notice: &Notice) -> Result<Self, NoticeError> {
        let mut tera = Tera::default();
        tera.autoescape_on([".md"]);
        tera.set_escape_fn(escape::markdown);
        filters::register(&mut tera);
        let shape = view::shape(notice);
        let mut errors = Vec::new();
        let mut sources: Vec<(String, String)> = Vec::new();
        let mut conditions = HashMap::new();
        for name in template_names(notice) {
            let file = notice.folder().join(name.get_ref());
            if sources.iter().any(|(known, _)| known == name.get_ref()) {
                continue;
            }
            match std::fs::read_to_string(&file) {
                Ok(source) => {
                    conditions.insert(name.get_ref().clone(), lint::lint(&source, &shape, &file, &mut errors));
                    sources.push((name.get_ref().clone(), source));
                }
                Err(error) => errors.push(notice.error_at(name, format!("读不到模板“{}”：{error}", name.get_ref()))),
            }
        }
        for (id, text) in letter_texts(notice) {
            let mut found = Vec::new();
            lint::lint(text.get_ref(), &shape, notice.file(), &mut found);
            errors.extend(found.into_iter().map(|error| moved_to(error, notice.line_of(text))));
            sources.push((id, text.get_ref().clone()));
        }
        if errors.is_empty()
            && let Err(error) = tera.add_raw_templates(sources)
        {
            errors.push(of_tera(notice, &error));
        }
        NoticeError::all(errors)?;
        Ok(Self { tera, conditions })
    }

    /// Merges a branch's values into the templates.
    ///
    /// # Errors
    /// With a finding that names template and line when a template cannot be filled in.
    pub fn merge(&self, branch: &Branch, figures: &Figures, notice: &Notice) -> Result<Merged, Box<Diagnostic>> {
        let context = view::context(branch, figures, notice);
        let render = |name: &str| {
            self.tera.render(name, &context).map_err(|error| {
                let (place, message) = place_of(notice, &error);
                Box::new(Diagnostic::new(&code::REPORT, place, message).of_branch(branch.name()))
            })
        };
        let letter = &notice.letter;
        let mut merged = Merged::default();
        for (id, _) in letter_texts(notice) {
            let text = render(&id)?.trim().to_owned();
            match id.as_str() {
                "letter.addressee" => merged.addressee = text,
                "letter.signer" => merged.signer = text,
                "letter.organisation" => merged.organisation = text,
                "letter.note" => merged.note = Some(text).filter(|t| !t.is_empty()),
                _ => merged.title.push(text),
            }
        }
        let part = |name: &str| -> Result<String, Box<Diagnostic>> {
            Ok(self.with_gaps(name, render(name)?, figures, notice))
        };
        let mut body = Body::default();
        body.add(&part(letter.opening.get_ref())?);
        for section in &notice.section {
            let mut parts = Vec::new();
            for planned in &section.part {
                match presence(planned, branch, notice) {
                    Presence::Absent => {}
                    Presence::Gap => parts.push(marks::gap(&planned.label)),
                    Presence::Present => parts.push(part(planned.template.get_ref())?),
                }
            }
            body.section(section, &parts);
        }
        body.add(&part(letter.closing.get_ref())?);
        merged.body = body.text;
        Ok(merged)
    }
}

impl Templates {
    /// Adds a gap for each figure that the template's conditions asked for in vain and that it does not print: what
    /// would have been said of an overdue item must not vanish because nobody knows whether there is one.
    fn with_gaps(&self, name: &str, mut text: String, figures: &Figures, notice: &Notice) -> String {
        let asked = self.conditions.get(name).into_iter().flatten();
        for (id, figure) in asked.filter_map(|id| notice.figure.get_key_value(id)) {
            let missing = figures.iter().any(|(other, value)| other == id && value.is_none());
            let gap = marks::gap(&figure.label);
            if missing && !text.contains(&gap) {
                let kept = text.trim_end().len();
                text.truncate(kept);
                let below_table = text.lines().last().is_some_and(|line| line.trim_start().starts_with('|'));
                text.push_str(if below_table { "\n\n" } else { "" });
                text.push_str(&gap);
            }
        }
        text
    }
}

/// Whether a part stands in a branch's report.
enum Presence {
    Absent,
    Gap,
    Present,
}

fn presence(part: &Part, branch: &Branch, notice: &Notice) -> Presence {
    if part.kinds.as_ref().is_some_and(|kinds| !kinds.iter().any(|kind| kind.get_ref() == branch.kind())) {
        return Presence::Absent;
    }
    let rows = |id: &Spanned<String>| notice.ledger_index(id.get_ref()).and_then(|index| branch.rows(index));
    if part.ledgers.is_empty() || part.ledgers.iter().filter_map(rows).any(|rows| !rows.is_empty()) {
        return Presence::Present;
    }
    // A ledger that nobody handed in says nothing: only one that was handed in can say that a branch has no rows.
    let handed_in = part.ledgers.iter().all(|id| rows(id).is_some());
    match part.without_data {
        WithoutData::Omit if handed_in => Presence::Absent,
        _ => Presence::Gap,
    }
}

/// The Markdown put together so far.
#[derive(Default)]
struct Body {
    text: String,
}

impl Body {
    fn add(&mut self, block: &str) {
        let block = block.trim();
        if !block.is_empty() {
            self.text.push_str(block);
            self.text.push_str("\n\n");
        }
    }

    /// Adds a section with its heading, unless none of its parts is there.
    fn section(&mut self, section: &Section, parts: &[String]) {
        if parts.iter().all(|part| part.trim().is_empty()) {
            return;
        }
        self.add(&format!("# {}", section.title));
        for part in parts.iter().filter(|part| !part.trim().is_empty()) {
            match section.layout {
                Layout::Plain => self.add(part),
                Layout::Points => {
                    let lines: Vec<String> = part
                        .trim()
                        .lines()
                        .map(|l| if l.is_empty() { String::new() } else { format!("   {l}") })
                        .collect();
                    self.add(&format!("1. {}", lines.join("\n").trim_start()));
                }
            }
        }
    }
}

/// The template files that the notice names.
fn template_names(notice: &Notice) -> impl Iterator<Item = &Spanned<String>> {
    let parts = notice.section.iter().flat_map(|section| &section.part).map(|part| &part.template);
    [&notice.letter.opening, &notice.letter.closing].into_iter().chain(parts)
}

/// The letter's short texts, each with the name it is registered under.
fn letter_texts(notice: &Notice) -> Vec<(String, &Spanned<String>)> {
    let letter = &notice.letter;
    let mut texts: Vec<(String, &Spanned<String>)> =
        letter.title.iter().enumerate().map(|(n, text)| (format!("letter.title.{n}"), text)).collect();
    texts.push(("letter.addressee".to_owned(), &letter.addressee));
    texts.push(("letter.signer".to_owned(), &letter.signer));
    texts.push(("letter.organisation".to_owned(), &letter.organisation));
    texts.extend(letter.note.as_ref().map(|note| ("letter.note".to_owned(), note)));
    texts
}

/// The error of a letter text, moved from its own first line to where the text stands in the settings.
fn moved_to(error: NoticeError, line: usize) -> NoticeError {
    match error {
        NoticeError::At { file, line: own, message } => NoticeError::At { file, line: line + own - 1, message },
        other => other,
    }
}

fn of_tera(notice: &Notice, error: &tera::Error) -> NoticeError {
    match place_of(notice, error) {
        (Place::Line { file, line }, message) => NoticeError::At { file: PathBuf::from(file), line, message },
        (_, message) => NoticeError::At { file: notice.file().to_owned(), line: 1, message },
    }
}

/// Where tera stumbled, and its words.
fn place_of(notice: &Notice, error: &tera::Error) -> (Place, String) {
    let told = error.kind().to_string();
    let (name, line, message) = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            (report.filename(), report.span().start_line, report.message())
        }
        _ => match pointed_at(&told) {
            Some(place) => place,
            None => return (Place::File(notice.file().display().to_string()), format!("模板无法使用：{told}")),
        },
    };
    let own = letter_texts(notice).into_iter().find(|(id, _)| id == name);
    let (file, line) = match own {
        Some((_, text)) => (notice.file().to_owned(), notice.line_of(text)),
        None => (notice.folder().join(name), line),
    };
    (Place::Line { file: file.display().to_string(), line }, format!("模板写法不对：{message}"))
}

/// Template, line and words of a message that tera only gives as text: `error: …`, then `--> study.md:1:30`.
fn pointed_at(told: &str) -> Option<(&str, usize, &str)> {
    let message = told.lines().next()?.trim_start_matches("error: ");
    let place = told.lines().find_map(|line| line.trim_start().strip_prefix("--> "))?;
    let mut parts = place.rsplitn(3, ':').skip(1);
    let line = parts.next()?.parse().ok()?;
    Some((parts.next()?, line, message))
}
