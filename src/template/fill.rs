//! Fills the templates of one report.

use std::cell::Cell;
use std::sync::Arc;

use toml::Spanned;

use super::context::{Submission, TemplateContext};
use super::filled_body::{FilledBody, FilledPart, TemplateText};
use super::guard::{self, BoundedText};
use super::outline::{LetterElement, Outline};
use super::templates::Templates;
use super::{conditions, error, escape};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::marker;
use crate::metric::Metrics;
use crate::model::Branch;
use crate::notice::{Notice, Part, WithoutData};
use crate::provenance::Keys;

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
    /// Opening, sections and closing.
    pub body: FilledBody,
}

impl Templates {
    /// Fills the templates of a branch's report. A branch with more rows than a report may have text is refused before its
    /// values are made, which take some 25 times the memory of the rows.
    ///
    /// # Errors
    /// As for [`Self::fill`].
    pub fn fill_branch(
        &self,
        branch: &Branch,
        metrics: &Metrics,
        notice: &Notice,
        keys: &Keys,
    ) -> Result<FilledTemplates, Box<Diagnostic>> {
        let outline = Outline::for_branches(notice);
        if self.context_builder.bytes_of_rows(branch) > notice.report_bytes() {
            let message = format!("该单位的台账超过一份报告能排的 {} MiB，没有生成", notice.limits.report_mib);
            let finding = Diagnostic::new(&code::REPORT, Location::Branch, message);
            return Err(Box::new(finding.of_branch(branch.name()).cure(TOO_LONG_CURE)));
        }
        let context = self.context_builder.branch_context(branch, metrics, notice, keys);
        self.fill(&context, outline, notice)
    }

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
        guard::begin_report();
        // Bytes that the report's texts may still have together.
        let rest = Cell::new(notice.report_bytes());
        let render = |name: &str| {
            let mut text = BoundedText::new(rest.get());
            if let Err(error) = self.tera.render_to(name, &context.values, &mut text) {
                return Err(Box::new(if text.is_full {
                    too_long(notice, outline, name).of_branch(context.name)
                } else {
                    let (location, message) = error::locate(notice, outline, &error);
                    Diagnostic::new(&code::REPORT, location, message).of_branch(context.name)
                }));
            }
            let text = text.into_text();
            rest.set(rest.get() - text.len());
            Ok(with_gaps_of_conditions(text, context))
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
        let render_part = |name: &str| {
            let template = self.source(name).map(|text| TemplateText { name: name.to_owned(), text: Arc::clone(text) });
            render(name).map(|text| FilledPart { text, template })
        };
        let own = |text: String| FilledPart { text, template: None };
        let mut body = FilledBody::new();
        body.push_part(render_part(outline.letter.opening.get_ref())?);
        for section in outline.sections {
            let mut parts = Vec::new();
            for part in &section.part {
                match Presence::of(part, context, notice) {
                    Presence::Absent => {}
                    Presence::Gap => parts.push(own(escape::escaped(&marker::gap(&part.label)))),
                    Presence::Nil(text) => parts.push(own(text.to_owned())),
                    Presence::Present => parts.push(render_part(part.template.get_ref())?),
                }
            }
            body.push_section(section, parts);
        }
        body.push_part(render_part(outline.letter.closing.get_ref())?);
        filled.body = body;
        Ok(filled)
    }
}

/// What to do about a report that is too long.
pub(super) const TOO_LONG_CURE: &str = "核对台账有没有重复或多余的内容；台账不错的，在模板里只写汇总，不逐行列出；循环写错的，\
                                        改模板。确需放宽的，改 notice.toml 的 [limits]";

/// A template that prints more than a report may have.
fn too_long(notice: &Notice, outline: Outline<'_>, name: &str) -> Diagnostic {
    let message = format!("报告排出来的文字超过 {} MiB，没有生成", notice.limits.report_mib);
    Diagnostic::new(&code::REPORT, error::location_of(notice, outline, name, 1), message).cure(TOO_LONG_CURE)
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
enum Presence<'p> {
    /// It does not concern this branch.
    Absent,
    /// It is in the report, but the ledgers have no data for it.
    Gap,
    /// The branch has nothing to report, in these words of the settings.
    Nil(&'p str),
    Present,
}

impl<'p> Presence<'p> {
    fn of(part: &'p Part, context: &TemplateContext<'_>, notice: &Notice) -> Self {
        if !context.kind.map_or(part.kinds.is_none(), |kind| part.is_for(kind)) {
            return Self::Absent;
        }
        let submission = |id: &Spanned<String>| {
            notice.ledger_index(id.get_ref()).and_then(|index| context.submissions.get(index).copied())
        };
        let submissions: Vec<Submission> = part.ledgers.iter().filter_map(submission).collect();
        if submissions.is_empty() || submissions.contains(&Submission::Rows) {
            return Self::Present;
        }
        // Only a ledger that was handed in can show that a branch has no rows.
        if submissions.contains(&Submission::None) {
            return Self::Gap;
        }
        match (submissions.contains(&Submission::Nil), &part.nil, part.without_data) {
            (true, Some(text), _) => Self::Nil(text),
            (_, _, WithoutData::Omit) => Self::Absent,
            (true, None, WithoutData::Gap) => Self::Present,
            (false, _, WithoutData::Gap) => Self::Gap,
        }
    }
}
