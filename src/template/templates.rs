//! The templates of one kind of report: loaded and checked once a run.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use tera::Tera;

use super::context::{ContextBuilder, MentionedWords};
use super::facts::{annex_references, notice_facts};
use super::lint::{self, ComputedNumber};
use super::names;
use super::outline::Outline;
use super::scan::scan;
use super::schema::{self, Schema};
use super::{conditions, error, escape, filters, guard, instrument};
use crate::diagnostics::localize;
use crate::notice::{Notice, NoticeError, Summary, TextFileError, read_text};

/// The templates of one kind of report, parsed and checked.
#[derive(Debug)]
pub struct Templates {
    pub(super) tera: Tera,
    pub(super) context_builder: ContextBuilder,
    /// The templates in the order in which the settings name them.
    sources: Vec<TemplateSource>,
    /// Numbers that templates compute themselves; they have no provenance.
    pub computed: Vec<ComputedNumber>,
}

/// The text of a template.
#[derive(Debug)]
struct TemplateSource {
    /// The file's path relative to the settings' folder, or the name of a text of the settings.
    name: String,
    text: Arc<str>,
    /// The text as tera fills it: with a mark for each metric that a condition reads, with what counts its cost, and with
    /// tera's names.
    marked: String,
}

impl Templates {
    /// Loads and checks the templates of the branches' reports.
    ///
    /// # Errors
    /// With file and line of each template that is missing, does not parse or uses an unknown name.
    pub fn for_branches(notice: &Notice) -> Result<Self, NoticeError> {
        Self::load(notice, Outline::for_branches(notice), &schema::for_branches(notice))
    }

    /// Loads and checks the templates of the department's report, if the notice asks for one.
    ///
    /// # Errors
    /// As for the branches' reports.
    pub fn for_summary(notice: &Notice) -> Result<Option<Self>, NoticeError> {
        let load = |summary: &Summary| {
            Self::load(notice, Outline::for_summary(summary), &schema::for_summary(notice, summary))
        };
        notice.summary.as_ref().map(load).transpose()
    }

    fn load(notice: &Notice, outline: Outline<'_>, schema: &Schema<'_>) -> Result<Self, NoticeError> {
        let mut loader = Loader::new(notice, schema);
        for name in outline.template_files() {
            let is_loaded = loader.sources.iter().any(|source| source.name == *name.get_ref());
            if !is_loaded {
                loader.load_file(name);
            }
        }
        for settings_text in outline.settings_texts() {
            loader.load_settings_text(settings_text.name, settings_text.text);
        }
        let Loader { mut sources, computed, mut errors, .. } = loader;
        let captures = sources.iter().any(|source| instrument::captures(&source.text));
        for source in &mut sources {
            let instrumented = instrument::instrumented(&source.marked, captures);
            source.marked = names::translated(&instrumented).into_owned();
        }
        let texts = sources.iter().map(|source| &*source.text);
        let mut facts = notice_facts(notice);
        facts.insert("annex".into(), annex_references(outline.annexes));
        let context_builder = ContextBuilder::new(notice, outline.annexes, facts, texts);
        let mut tera = new_tera();
        if errors.is_empty()
            && let Err(error) = tera.add_raw_templates(sources.iter().map(|source| (&source.name, &source.marked)))
        {
            errors.push(error::to_notice_error(notice, outline, &error));
        }
        NoticeError::all(errors)?;
        Ok(Self { tera, context_builder, sources, computed })
    }

    /// The texts of the templates that the report of a branch of that kind depends on.
    pub fn sources_for_kind(&self, outline: Outline<'_>, kind: &str) -> impl Iterator<Item = &str> {
        // A template that includes others may include any of them.
        let has_includes = self.all_sources().any(|text| text.contains("include") || text.contains("import"));
        let parts = outline.sections.iter().flat_map(|section| &section.part);
        let parts = parts.map(|part| (part.template.get_ref(), part.is_for(kind)));
        let annexes =
            outline.annexes.iter().filter_map(|annex| Some((annex.template.as_ref()?.get_ref(), annex.is_for(kind))));
        let files: Vec<(&String, bool)> = parts.chain(annexes).collect();
        let used: HashSet<&String> =
            files.iter().filter(|(_, is_for_kind)| has_includes || *is_for_kind).map(|(name, _)| *name).collect();
        let unused: HashSet<String> =
            files.iter().filter(|(name, _)| !used.contains(name)).map(|(name, _)| (*name).clone()).collect();
        let sources = self.sources.iter().filter(move |source| !unused.contains(&source.name));
        sources.map(|source| &*source.text)
    }

    /// The text of a template by its path in the settings.
    pub fn source(&self, name: &str) -> Option<&Arc<str>> {
        self.sources.iter().find(|source| source.name == name).map(|source| &source.text)
    }

    /// Whether a template, or one that it includes, may read the rows that all branches have in a ledger.
    pub(super) fn has_rows_of_all(&self, name: &str, ledger: &str) -> bool {
        let Some(source) = self.source(name) else { return false };
        let mut words = MentionedWords::default();
        words.scan(source);
        if source.contains("include") || source.contains("import") || source.contains("extends") {
            self.all_sources().for_each(|text| words.scan(text));
        }
        words.has_rows_of_all(ledger)
    }

    /// The texts of all templates.
    pub fn all_sources(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|source| &*source.text)
    }
}

fn new_tera() -> Tera {
    let mut tera = Tera::default();
    tera.autoescape_on([".md"]);
    tera.set_escape_fn(escape::write_escaped);
    filters::register(&mut tera);
    guard::register(&mut tera);
    tera
}

/// Reads and checks templates one after the other.
struct Loader<'a, 'n> {
    notice: &'n Notice,
    schema: &'a Schema<'n>,
    sources: Vec<TemplateSource>,
    computed: Vec<ComputedNumber>,
    errors: Vec<NoticeError>,
}

impl<'a, 'n> Loader<'a, 'n> {
    fn new(notice: &'n Notice, schema: &'a Schema<'n>) -> Self {
        Self { notice, schema, sources: Vec::new(), computed: Vec::new(), errors: Vec::new() }
    }

    fn load_file(&mut self, name: &toml::Spanned<String>) {
        let path = self.notice.folder().join(name.get_ref());
        match read_text(&path) {
            Ok(text) => self.add(name.get_ref().clone(), text, &path, 1),
            Err(TextFileError::Io(error)) => {
                let message = format!("读不到模板“{}”：{}", name.get_ref(), localize::io_error(&error));
                self.errors.push(self.notice.error_at(name, message));
            }
            Err(error @ TextFileError::Encoding { line }) => {
                self.errors.push(NoticeError::At { file: path, line, message: error.to_string() });
            }
        }
    }

    /// A text of the settings file: lines are counted from its position there.
    fn load_settings_text(&mut self, name: String, text: &toml::Spanned<String>) {
        let first_line = self.notice.first_line_of(text);
        self.add(name, text.get_ref().clone(), self.notice.file(), first_line);
    }

    /// Checks a template whose first line is number `first_line` of `file`.
    fn add(&mut self, name: String, text: String, file: &Path, first_line: usize) {
        let text = names::folded(&text).into_owned();
        let scanned = scan(&text);
        let result = lint::lint(&text, &scanned, self.schema, file);
        self.errors.extend(result.errors.into_iter().map(|error| match error {
            NoticeError::At { file, line, message } => NoticeError::At { file, line: first_line + line - 1, message },
            other => other,
        }));
        let computed = result.computed.into_iter();
        self.computed.extend(computed.map(|number| ComputedNumber { line: first_line + number.line - 1, ..number }));
        let marked = conditions::with_marks(&text, &scanned, &result.metrics_in_conditions);
        self.sources.push(TemplateSource { name, text: text.into(), marked });
    }
}
