//! Templates and a branch's values become Markdown.
//!
//! The only room that names tera. Every value reaches a template through `view`: under its name as text
//! ready to print, under `n` bare for conditions. Printed text is escaped, so a cell can never act as markup.

mod context;
mod escape;
mod filters;
mod lint;
mod scan;
mod summary;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use tera::{ErrorKind, Tera};
use toml::Spanned;

use crate::diagnostics::{Diagnostic, Location, code};
use crate::expr::{BranchMetrics, Overview};
use crate::marker;
use crate::metric::Metrics;
use crate::model::Branch;
use crate::notice::{Layout, Letter, Notice, NoticeError, Part, Section, Summary, WithoutData};
use crate::provenance::{Keys, SummaryKeys};
use context::Vocabulary;

/// The templates of one kind of report, parsed and checked.
#[derive(Debug)]
pub struct Templates {
    tera: Tera,
    /// For each template, the metrics that its conditions ask for.
    conditions: HashMap<String, Vec<String>>,
    vocabulary: Vocabulary,
    /// The templates' texts by their names, in the order in which the settings name them.
    sources: Vec<(String, String)>,
    /// Numbers that templates compute themselves: file, line and expression.
    pub computed: Vec<(PathBuf, usize, String)>,
}

/// What a report is made of, as the settings say.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'n> {
    /// The fixed parts.
    pub letter: &'n Letter,
    /// The heads.
    pub sections: &'n [Section],
}

impl<'n> Plan<'n> {
    /// The plan of the branches' reports.
    pub fn of_branches(notice: &'n Notice) -> Self {
        Self { letter: &notice.letter, sections: &notice.section }
    }

    /// The plan of the department's report.
    pub fn of_summary(summary: &'n Summary) -> Self {
        Self { letter: &summary.letter, sections: &summary.section }
    }

    /// Every plan of a notice.
    pub fn all(notice: &'n Notice) -> impl Iterator<Item = Self> {
        std::iter::once(Self::of_branches(notice)).chain(notice.summary.as_ref().map(Self::of_summary))
    }

    /// The template files that it names, by their paths below the settings' folder; one may come more than once.
    pub fn templates(self) -> impl Iterator<Item = &'n Spanned<String>> {
        let parts = self.sections.iter().flat_map(|section| &section.part).map(|part| &part.template);
        [&self.letter.opening, &self.letter.closing].into_iter().chain(parts)
    }
}

/// Whoever a report is about, as templates see it.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The branch's or the department's name.
    pub name: &'a str,
    /// Its kind, when it is a branch.
    pub kind: Option<&'a str>,
    /// For each ledger whether it has rows in it; `None` for one that nobody handed in.
    pub rows: Vec<Option<bool>>,
    /// Metrics without a value: id and gap.
    pub missing: Vec<(&'a str, String)>,
    context: tera::Context,
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
    /// Reads and checks the templates of the branches' reports.
    ///
    /// # Errors
    /// With file and line of each template that is missing, does not parse or names an unknown field.
    pub fn of_branches(notice: &Notice) -> Result<Self, NoticeError> {
        Self::load(notice, Plan::of_branches(notice), &context::shape(notice))
    }

    /// Reads and checks the templates of the department's report, when the notice asks for one.
    ///
    /// # Errors
    /// As for the branches' reports.
    pub fn of_summary(notice: &Notice) -> Result<Option<Self>, NoticeError> {
        let load = |summary: &Summary| Self::load(notice, Plan::of_summary(summary), &summary::shape(notice, summary));
        notice.summary.as_ref().map(load).transpose()
    }

    fn load(notice: &Notice, plan: Plan<'_>, shape: &lint::Shape) -> Result<Self, NoticeError> {
        let mut tera = Tera::default();
        tera.autoescape_on([".md"]);
        tera.set_escape_fn(escape::markdown);
        filters::register(&mut tera);
        let mut errors = Vec::new();
        let mut sources: Vec<(String, String)> = Vec::new();
        let mut conditions = HashMap::new();
        let mut computed = Vec::new();
        for name in plan.templates() {
            let file = notice.folder().join(name.get_ref());
            if sources.iter().any(|(known, _)| known == name.get_ref()) {
                continue;
            }
            match std::fs::read_to_string(&file) {
                Ok(source) => {
                    let linted = lint::lint(&source, shape, &file, &mut errors);
                    conditions.insert(name.get_ref().clone(), linted.asked);
                    computed.extend(linted.computed.into_iter().map(|(line, text)| (file.clone(), line, text)));
                    sources.push((name.get_ref().clone(), source));
                }
                Err(error) => errors.push(notice.error_at(name, format!("读不到模板“{}”：{error}", name.get_ref()))),
            }
        }
        for (id, text) in letter_texts(plan.letter) {
            let mut found = Vec::new();
            let line = notice.line_of(text);
            let linted = lint::lint(text.get_ref(), shape, notice.file(), &mut found);
            errors.extend(found.into_iter().map(|error| moved_to(error, line)));
            computed.extend(linted.computed.into_iter().map(|(_, text)| (notice.file().to_owned(), line, text)));
            sources.push((id, text.get_ref().clone()));
        }
        let vocabulary = Vocabulary::of(notice, sources.iter().map(|(_, text)| text.as_str()));
        let texts = sources.clone();
        if errors.is_empty()
            && let Err(error) = tera.add_raw_templates(sources)
        {
            errors.push(of_tera(notice, plan, &error));
        }
        NoticeError::all(errors)?;
        Ok(Self { tera, conditions, vocabulary, sources: texts, computed })
    }

    /// The texts of the templates that the report of a branch of that kind is made of.
    pub fn sources(&self, plan: Plan<'_>, kind: &str) -> impl Iterator<Item = &str> {
        // A template that takes another in may take in any.
        let joined = self.sources.iter().any(|(_, text)| text.contains("include") || text.contains("import"));
        let parts = || plan.sections.iter().flat_map(|section| &section.part);
        let name = |part: &Part| part.template.get_ref().clone();
        let used: HashSet<String> = parts().filter(|part| joined || part.is_for(kind)).map(name).collect();
        let unused: HashSet<String> = parts().map(name).filter(|name| !used.contains(name)).collect();
        let sources = self.sources.iter().filter(move |(name, _)| !unused.contains(name));
        sources.map(|(_, text)| text.as_str())
    }

    /// The text of the template that the settings call by that name.
    pub fn source(&self, name: &str) -> Option<&str> {
        self.sources.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// The texts of all templates.
    pub fn all_sources(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|(_, text)| text.as_str())
    }

    /// A branch as its templates see it.
    pub fn subject<'a>(&self, branch: &'a Branch, metrics: &Metrics, notice: &'a Notice, keys: &Keys) -> Subject<'a> {
        self.vocabulary.branch(branch, metrics, notice, keys)
    }

    /// All branches as the department's templates see them.
    pub fn summary<'a>(
        &self,
        branch_metrics: &[BranchMetrics<'a>],
        overview: &Overview,
        metrics: &Metrics,
        notice: &'a Notice,
        keys: SummaryKeys,
    ) -> Subject<'a> {
        self.vocabulary.summary(branch_metrics, overview, metrics, notice, keys)
    }

    /// Fills the templates of a plan in for a subject.
    ///
    /// # Errors
    /// With a finding that names template and line when a template cannot be filled in.
    pub fn merge(&self, subject: &Subject<'_>, plan: Plan<'_>, notice: &Notice) -> Result<Merged, Box<Diagnostic>> {
        let render = |name: &str| {
            self.tera.render(name, &subject.context).map_err(|error| {
                let (place, message) = place_of(notice, plan, &error);
                Box::new(Diagnostic::new(&code::REPORT, place, message).of_branch(subject.name))
            })
        };
        let mut merged = Merged::default();
        for (id, _) in letter_texts(plan.letter) {
            let text = render(&id)?.trim().to_owned();
            match id.as_str() {
                "letter.addressee" => merged.addressee = text,
                "letter.signer" => merged.signer = text,
                "letter.organisation" => merged.organisation = text,
                "letter.note" => merged.note = Some(text).filter(|t| !t.is_empty()),
                _ => merged.title.push(text),
            }
        }
        let part = |name: &str| -> Result<String, Box<Diagnostic>> { Ok(self.with_gaps(name, render(name)?, subject)) };
        let mut body = Body { text: String::with_capacity(BODY) };
        body.add(&part(plan.letter.opening.get_ref())?);
        for section in plan.sections {
            let mut parts = Vec::new();
            for planned in &section.part {
                match presence(planned, subject, notice) {
                    Presence::Absent => {}
                    Presence::Gap => parts.push(escape::escaped(&marker::gap(&planned.label))),
                    Presence::Present => parts.push(part(planned.template.get_ref())?),
                }
            }
            body.section(section, &parts);
        }
        body.add(&part(plan.letter.closing.get_ref())?);
        merged.body = body.text;
        Ok(merged)
    }

    /// Adds a gap for each metric that the template's conditions asked for in vain and that it does not print: what
    /// would have been said of an overdue item must not vanish because nobody knows whether there is one.
    fn with_gaps(&self, name: &str, mut text: String, subject: &Subject<'_>) -> String {
        let asked = self.conditions.get(name).into_iter().flatten();
        for (_, gap) in asked.flat_map(|id| subject.missing.iter().filter(move |(missing, _)| missing == id)) {
            let gap = escape::escaped(gap);
            if !text.contains(&gap) {
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

/// Whether a part stands in a report.
enum Presence {
    Absent,
    Gap,
    Present,
}

fn presence(part: &Part, subject: &Subject<'_>, notice: &Notice) -> Presence {
    if !subject.kind.map_or(part.kinds.is_none(), |kind| part.is_for(kind)) {
        return Presence::Absent;
    }
    let rows = |id: &Spanned<String>| notice.ledger_index(id.get_ref()).and_then(|index| subject.rows[index]);
    if part.ledgers.is_empty() || part.ledgers.iter().any(|id| rows(id) == Some(true)) {
        return Presence::Present;
    }
    // A ledger that nobody handed in says nothing: only one that was handed in can say that a branch has no rows.
    let handed_in = part.ledgers.iter().all(|id| rows(id).is_some());
    match part.without_data {
        WithoutData::Omit if handed_in => Presence::Absent,
        _ => Presence::Gap,
    }
}

/// Bytes of Markdown that most reports need room for.
const BODY: usize = 16 * 1024;

/// The Markdown put together so far.
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

/// The letter's short texts, each with the name it is registered under.
fn letter_texts(letter: &Letter) -> Vec<(String, &Spanned<String>)> {
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

fn of_tera(notice: &Notice, plan: Plan<'_>, error: &tera::Error) -> NoticeError {
    match place_of(notice, plan, error) {
        (Location::Line { file, line }, message) => NoticeError::At { file: PathBuf::from(file), line, message },
        (_, message) => NoticeError::At { file: notice.file().to_owned(), line: 1, message },
    }
}

/// Where tera stumbled, and its words.
fn place_of(notice: &Notice, plan: Plan<'_>, error: &tera::Error) -> (Location, String) {
    let told = error.kind().to_string();
    let (name, line, message) = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            (report.filename(), report.span().start_line, report.message())
        }
        _ => match pointed_at(&told) {
            Some(place) => place,
            None => return (Location::File(notice.file().display().to_string()), format!("模板无法使用：{told}")),
        },
    };
    let own = letter_texts(plan.letter).into_iter().find(|(id, _)| id == name);
    let (file, line) = match own {
        Some((_, text)) => (notice.file().to_owned(), notice.line_of(text)),
        None => (notice.folder().join(name), line),
    };
    (Location::Line { file: file.display().to_string(), line }, format!("模板写法不对：{message}"))
}

/// Template, line and words of a message that tera only gives as text: `error: …`, then `--> study.md:1:30`.
fn pointed_at(told: &str) -> Option<(&str, usize, &str)> {
    let message = told.lines().next()?.trim_start_matches("error: ");
    let place = told.lines().find_map(|line| line.trim_start().strip_prefix("--> "))?;
    let mut parts = place.rsplitn(3, ':').skip(1);
    let line = parts.next()?.parse().ok()?;
    Some((parts.next()?, line, message))
}
