//! The templates of one kind of report: loaded and checked once a run.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tera::Tera;

use super::context::ContextBuilder;
use super::facts::{annex_references, notice_facts};
use super::filled_body::TemplateText;
use super::lint::{self, ComputedNumber};
use super::mentioned::MentionedWords;
use super::names;
use super::outline::ReportStructure;
use super::pieces::{Including, Piece, Pieces};
use super::schema::{self, Schema};
use super::{change, conditions, error, escape, filters, guard, instrument, table_lines, units};
use crate::diagnostics::localize;
use crate::notice::tags::scan;
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
    /// Whether another template includes it.
    is_piece: bool,
    /// The text as tera fills it: with a mark for each metric that a condition reads, with what counts its cost, and
    /// with tera's names.
    marked: String,
}

impl Templates {
    /// Loads and checks the templates of the branches' reports.
    ///
    /// # Errors
    /// With file and line of each template that is missing, does not parse or uses an unknown name.
    pub fn for_branches(notice: &Notice) -> Result<Self, NoticeError> {
        Self::load(notice, ReportStructure::for_branches(notice), &schema::for_branches(notice))
    }

    /// Loads and checks the templates of the department's report, if the notice asks for one.
    ///
    /// # Errors
    /// As for the branches' reports.
    pub fn for_summary(notice: &Notice) -> Result<Option<Self>, NoticeError> {
        let load = |summary: &Summary| {
            Self::load(notice, ReportStructure::for_summary(summary), &schema::for_summary(notice, summary))
        };
        notice.summary.as_ref().map(load).transpose()
    }

    fn load(notice: &Notice, outline: ReportStructure<'_>, schema: &Schema<'_>) -> Result<Self, NoticeError> {
        let mut loader = Loader::new(notice, schema);
        for name in outline.template_files() {
            let is_loaded = loader.written.iter().any(|template| template.name == *name.get_ref());
            if !is_loaded {
                loader.read_file(name);
            }
        }
        for settings_text in outline.settings_texts() {
            loader.read_settings_text(settings_text.name, settings_text.text);
        }
        loader.check_all();
        let Loader { mut sources, computed, mut errors, .. } = loader;
        let captures = sources.iter().any(|source| instrument::captures(&source.text));
        for source in &mut sources {
            let instrumented = instrument::instrumented(&units::with_units(&source.marked), captures);
            source.marked = names::translated(&change::rewritten(&instrumented)).into_owned();
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
    pub fn sources_for_kind(&self, outline: ReportStructure<'_>, kind: &str) -> impl Iterator<Item = &str> {
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
        if source.contains("include") {
            self.sources.iter().filter(|source| source.is_piece).for_each(|piece| words.scan(&piece.text));
        }
        if source.contains("import") || source.contains("extends") {
            self.all_sources().for_each(|text| words.scan(text));
        }
        words.has_rows_of_all(ledger)
    }

    /// The texts that gave what the template of that name prints: its own, and those of the pieces.
    pub(super) fn texts_of(&self, name: &str) -> Vec<TemplateText> {
        let own = self.sources.iter().filter(|source| source.name == name);
        let pieces = self.sources.iter().filter(|source| source.is_piece && source.name != name);
        own.chain(pieces)
            .map(|source| TemplateText { name: source.name.clone(), text: Arc::clone(&source.text) })
            .collect()
    }

    /// The paths of the templates that others include, relative to the settings' folder.
    pub fn pieces(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().filter(|source| source.is_piece).map(|source| source.name.as_str())
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
    units::register(&mut tera);
    tera
}

/// A template as it is written.
struct WrittenTemplate {
    /// The file's path relative to the settings' folder, or the name of a text of the settings.
    name: String,
    /// Its text with its names folded.
    text: String,
    file: PathBuf,
    /// Its first line in the file.
    first_line: usize,
}

/// Reads all templates, then checks them.
struct Loader<'a, 'n> {
    notice: &'n Notice,
    schema: &'a Schema<'n>,
    written: Vec<WrittenTemplate>,
    sources: Vec<TemplateSource>,
    computed: Vec<ComputedNumber>,
    errors: Vec<NoticeError>,
}

impl<'a, 'n> Loader<'a, 'n> {
    fn new(notice: &'n Notice, schema: &'a Schema<'n>) -> Self {
        let (written, sources, computed, errors) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { notice, schema, written, sources, computed, errors }
    }

    fn read_file(&mut self, name: &toml::Spanned<String>) {
        let file = self.notice.template_path(name.get_ref());
        match read_text(&file) {
            Ok(text) => self.push(name.get_ref().clone(), &text, file, 1),
            Err(TextFileError::Io(error)) => {
                let message = format!("读不到模板“{}”：{}", name.get_ref(), localize::io_error(&error));
                self.errors.push(self.notice.error_at(name, message));
            }
            Err(error @ TextFileError::Encoding { line }) => {
                self.errors.push(NoticeError::At { file, line, message: error.to_string() });
            }
        }
    }

    /// A text of the settings file: lines are counted from its position there.
    fn read_settings_text(&mut self, name: String, text: &toml::Spanned<String>) {
        let first_line = self.notice.first_line_of(text);
        self.push(name, text.get_ref(), self.notice.file_of(text).to_owned(), first_line);
    }

    fn push(&mut self, name: String, text: &str, file: PathBuf, first_line: usize) {
        let text = table_lines::closed_up(&names::folded(text)).into_owned();
        self.written.push(WrittenTemplate { name, text, file, first_line });
    }

    /// Checks all templates, and those that they include.
    fn check_all(&mut self) {
        let written = std::mem::take(&mut self.written);
        let mut pieces = Pieces::default();
        for WrittenTemplate { name, text, file, first_line } in &written {
            let template = Including { file, first_line: *first_line, text };
            pieces.follow(&template, &|name: &str| self.notice.template_path(name), &mut vec![name.clone()]);
        }
        self.errors.append(&mut pieces.errors);
        for template in &written {
            self.check(template, &pieces);
        }
        for (name, piece) in pieces.iter() {
            match self.sources.iter_mut().find(|source| source.name == *name) {
                Some(source) => source.is_piece = true,
                None => self.check_piece(name, piece),
            }
        }
        // A piece is checked wherever it is included.
        let mut known = HashSet::new();
        self.errors.retain(|error| known.insert(error.to_string()));
        let mut known = HashSet::new();
        self.computed.retain(|number| known.insert(number.clone()));
    }

    fn check(&mut self, template: &WrittenTemplate, pieces: &Pieces) {
        let WrittenTemplate { name, text, file, first_line } = template;
        let scanned = scan(text);
        let result = lint::lint(lint::LintInput { text, scanned: &scanned, file }, self.schema, pieces);
        // Lines of pieces are those of their files.
        let line_in = |of: &Path, line: usize| if of == file { first_line + line - 1 } else { line };
        self.errors.extend(result.errors.into_iter().map(|error| match error {
            NoticeError::At { file, line, message } => NoticeError::At { line: line_in(&file, line), file, message },
            other => other,
        }));
        let computed = result.computed.into_iter();
        self.computed
            .extend(computed.map(|number| ComputedNumber { line: line_in(&number.file, number.line), ..number }));
        self.add(name, text, conditions::with_marks(text, &scanned, &result.metrics_in_conditions), false);
    }

    fn check_piece(&mut self, name: &str, piece: &Piece) {
        let scanned = scan(&piece.text);
        let source = lint::LintInput { text: &piece.text, scanned: &scanned, file: &piece.path };
        let result = lint::lint_piece(source, self.schema);
        self.errors.extend(result.errors);
        self.add(name, &piece.text, conditions::with_marks(&piece.text, &scanned, &result.metrics_in_conditions), true);
    }

    fn add(&mut self, name: &str, text: &str, marked: String, is_piece: bool) {
        self.sources.push(TemplateSource { name: name.to_owned(), text: text.into(), is_piece, marked });
    }
}
