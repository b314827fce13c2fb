//! Fills the templates of one report.

use toml::Spanned;

use super::context::TemplateContext;
use super::outline::{LetterElement, Outline};
use super::templates::Templates;
use super::{conditions, error, escape};
use crate::diagnostics::{Diagnostic, code};
use crate::marker;
use crate::notice::{Layout, Notice, Part, Section, WithoutData};

/// The filled templates of one report. All texts contain markers (`marker.rs`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilledTemplates {
    /// The words between which the title may be broken.
    pub title: Vec<String>,
    /// 主送机关.
    pub addressee: String,
    /// The signer's office.
    pub signer: String,
    /// 署名.
    pub organisation: String,
    /// 附注; `None` when empty.
    pub note: Option<String>,
    /// Opening, sections and closing as Markdown.
    pub body: String,
}

impl Templates {
    /// Fills the templates of an outline.
    ///
    /// # Errors
    /// With a finding that names file and line of the template that cannot be filled.
    pub fn fill(
        &self,
        context: &TemplateContext<'_>,
        outline: Outline<'_>,
        notice: &Notice,
    ) -> Result<FilledTemplates, Box<Diagnostic>> {
        let render = |name: &str| match self.tera.render(name, &context.values) {
            Ok(text) => Ok(with_gaps_of_conditions(text, context)),
            Err(error) => {
                let (location, message) = error::locate(notice, outline, &error);
                Err(Box::new(Diagnostic::new(&code::REPORT, location, message).of_branch(context.name)))
            }
        };

        let mut filled = FilledTemplates::default();
        for letter_text in outline.letter_texts() {
            let text = render(&letter_text.name)?.trim().to_owned();
            match letter_text.element {
                LetterElement::Title => filled.title.push(text),
                LetterElement::Addressee => filled.addressee = text,
                LetterElement::Signer => filled.signer = text,
                LetterElement::Organisation => filled.organisation = text,
                LetterElement::Note => filled.note = Some(text).filter(|text| !text.is_empty()),
            }
        }
        let mut body = BodyText::new();
        body.push_block(&render(outline.letter.opening.get_ref())?);
        for section in outline.sections {
            let mut parts = Vec::new();
            for part in &section.part {
                match Presence::of(part, context, notice) {
                    Presence::Absent => {}
                    Presence::Gap => parts.push(escape::escaped(&marker::gap(&part.label))),
                    Presence::Present => parts.push(render(part.template.get_ref())?),
                }
            }
            body.push_section(section, &parts);
        }
        body.push_block(&render(outline.letter.closing.get_ref())?);
        filled.body = body.0;
        Ok(filled)
    }
}

/// Appends a gap for each metric without a value that an evaluated condition read and that the text does not print: a
/// sentence behind such a condition must not disappear because the ledgers do not say whether it applies.
fn with_gaps_of_conditions(filled: String, context: &TemplateContext<'_>) -> String {
    let conditions::FilledText { mut text, metrics } = conditions::take_marks(filled);
    for missing in metrics.iter().filter_map(|id| context.missing_metrics.iter().find(|missing| missing.id == id)) {
        let gap = escape::escaped(&missing.gap);
        if text.contains(&gap) {
            continue;
        }
        text.truncate(text.trim_end().len());
        let is_below_table = text.lines().last().is_some_and(|line| line.trim_start().starts_with('|'));
        text.push_str(if is_below_table { "\n\n" } else { "" });
        text.push_str(&gap);
    }
    text
}

/// Whether a part is in a report.
enum Presence {
    /// It does not concern this branch.
    Absent,
    /// It is in the report, but the ledgers have no data for it.
    Gap,
    Present,
}

impl Presence {
    fn of(part: &Part, context: &TemplateContext<'_>, notice: &Notice) -> Self {
        if !context.kind.map_or(part.kinds.is_none(), |kind| part.is_for(kind)) {
            return Self::Absent;
        }
        let has_rows = |id: &Spanned<String>| {
            notice.ledger_index(id.get_ref()).and_then(|index| context.has_rows_by_ledger[index])
        };
        if part.ledgers.is_empty() || part.ledgers.iter().any(|id| has_rows(id) == Some(true)) {
            return Self::Present;
        }
        // Only a ledger that was handed in can show that a branch has no rows.
        let are_handed_in = part.ledgers.iter().all(|id| has_rows(id).is_some());
        match part.without_data {
            WithoutData::Omit if are_handed_in => Self::Absent,
            _ => Self::Gap,
        }
    }
}

/// The Markdown of the body so far.
struct BodyText(String);

impl BodyText {
    fn new() -> Self {
        /// Bytes of most reports' Markdown, rounded up.
        const TYPICAL_LEN: usize = 16 * 1024;
        Self(String::with_capacity(TYPICAL_LEN))
    }

    fn push_block(&mut self, block: &str) {
        let block = block.trim();
        if !block.is_empty() {
            self.0.push_str(block);
            self.0.push_str("\n\n");
        }
    }

    /// Appends a section with its heading, unless all of its parts are empty.
    fn push_section(&mut self, section: &Section, parts: &[String]) {
        if parts.iter().all(|part| part.trim().is_empty()) {
            return;
        }
        self.push_block(&format!("# {}", section.title));
        for part in parts.iter().filter(|part| !part.trim().is_empty()) {
            match section.layout {
                Layout::Plain => self.push_block(part),
                Layout::Points => self.push_block(&list_item(part)),
            }
        }
    }
}

/// A part as an item of an ordered list: its first line behind `1. `, the others indented by as much.
fn list_item(part: &str) -> String {
    let indented = |line: &str| if line.is_empty() { String::new() } else { format!("   {line}") };
    let lines: Vec<String> = part.trim().lines().map(indented).collect();
    format!("1. {}", lines.join("\n").trim_start())
}
