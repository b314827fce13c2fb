//! Fills the templates of one report.

use std::path::PathBuf;

use super::annex::{self, FilledAnnex};
use super::filled_body::{FilledBody, FilledPart};
use super::filler::{Filler, Needs, PartPresence, too_many_rows};
use super::outline::{LetterElement, ReportStructure};
use super::templates::Templates;
use super::{escape, guard};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::expr::{BranchMetrics, Expressions, SummaryValues};
use crate::marker;
use crate::metric::Metrics;
use crate::model::{Branch, PreviousValues};
use crate::notice::{HeadElement, Notice, Summary, TailElement};
use crate::provenance::{Keys, SummaryKeys};

/// The filled templates of one report. All texts contain markers (`marker.rs`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilledTemplates {
    /// The words between which the title may be broken.
    pub title: Vec<String>,
    /// 主送机关, without its colon.
    pub addressee: String,
    /// The signer's office.
    pub signer: String,
    /// 署名, one for each issuer.
    pub organisations: Vec<String>,
    /// 附注; `None` when empty.
    pub note: Option<String>,
    /// The elements above the title, in reading order, without empty ones.
    pub head: Vec<FilledElement<HeadElement>>,
    /// The elements of 版记, in reading order, without empty ones.
    pub tail: Vec<FilledElement<TailElement>>,
    /// Opening, sections and closing.
    pub body: FilledBody,
    /// The annexes that the report has, in order.
    pub annexes: Vec<FilledAnnex>,
}

/// A branch with everything that its report prints.
#[derive(Clone, Copy)]
pub struct BranchValues<'a> {
    /// The branch with its rows.
    pub branch: &'a Branch,
    /// The branch's metrics, in the order of the notice.
    pub metrics: &'a Metrics,
    /// The conditions of annexes.
    pub expressions: &'a Expressions,
    /// The keys of its values' provenance.
    pub keys: &'a Keys,
    /// For each annex of the settings, the names of the files that it puts in.
    pub attached: &'a [Vec<String>],
}

/// The branches that reported, with everything that the department's report prints.
#[derive(Clone, Copy)]
pub struct DepartmentValues<'a> {
    /// The branches with their rows.
    pub branches: &'a [&'a Branch],
    /// The branches that are left out.
    pub left_out: &'a [&'a Branch],
    /// Their metrics, in the same order.
    pub branch_metrics: &'a [BranchMetrics<'a>],
    /// The summary's lists.
    pub overview: &'a SummaryValues,
    /// The summary's metrics.
    pub metrics: &'a Metrics,
    /// The same in the previous period.
    pub previous: &'a PreviousValues,
    /// How many branches these are over, when that is known.
    pub previous_reporting: Option<usize>,
    /// The conditions of annexes.
    pub expressions: &'a Expressions,
    /// The keys of the values' provenance.
    pub keys: &'a SummaryKeys,
}

/// A text of the letter's head or tail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilledElement<E> {
    /// The element of the standard that the text is ([`HeadElement`] or [`TailElement`]).
    pub element: E,
    /// The text, with markers.
    pub text: String,
    /// The settings file that has its template.
    pub file: PathBuf,
    /// The line there.
    pub line: usize,
}

impl Templates {
    /// Fills the templates of a branch's report. A branch with more rows than a report may have text is refused before
    /// its values are made, which take some 25 times the memory of the rows.
    ///
    /// # Errors
    /// As for [`Self::fill_department`].
    pub fn fill_branch(&self, values: BranchValues<'_>, notice: &Notice) -> Result<FilledTemplates, Box<Diagnostic>> {
        let BranchValues { branch, metrics, expressions, keys, attached } = values;
        if self.context_builder.bytes_of_rows(branch) > notice.report_bytes() {
            return Err(too_many_rows(notice, "该单位", branch.name()));
        }
        let context = self.context_builder.branch_context(branch, metrics, expressions, notice, keys);
        let filler = Filler::new(self, &context, ReportStructure::for_branches(notice), notice);
        let branches = &[branch];
        fill(&filler, annex::AnnexRows { branches, expressions, keys: annex::RowKeys::Branch(keys), attached })
    }

    /// Fills the templates of the department's report, whose rows may take no more text than a report may have.
    ///
    /// # Errors
    /// With a finding that names file and line of the template that cannot be filled.
    pub fn fill_department(
        &self,
        values: DepartmentValues<'_>,
        notice: &Notice,
        summary: &Summary,
    ) -> Result<FilledTemplates, Box<Diagnostic>> {
        let DepartmentValues { branches, expressions, keys, .. } = values;
        if self.context_builder.bytes_of_all_rows(branches) > notice.report_bytes() {
            return Err(too_many_rows(notice, "各单位", &summary.name));
        }
        let context = self.context_builder.summary_context(values, notice, summary);
        let filler = Filler::new(self, &context, ReportStructure::for_summary(summary), notice);
        let keys = annex::RowKeys::Department(keys);
        fill(&filler, annex::AnnexRows { branches, expressions, keys, attached: &[] })
    }
}

/// The whole report. What it takes is counted to the steps of the run; when these are exhausted there is none, since
/// values are missing.
fn fill(filler: &Filler<'_>, rows: annex::AnnexRows<'_>) -> Result<FilledTemplates, Box<Diagnostic>> {
    let steps = rows.expressions.steps();
    let exhausted = || {
        let finding = Diagnostic::new(&code::REPORT, Location::Branch, steps.reason());
        Box::new(finding.of_branch(filler.context.name))
    };
    if steps.is_exhausted() {
        return Err(exhausted());
    }
    guard::stopped_by(steps.stop());
    let filled =
        fill_letter(filler).and_then(|letter| Ok(FilledTemplates { annexes: annex::fill(filler, rows)?, ..letter }));
    steps.count(guard::steps_of_report());
    if steps.is_exhausted() { Err(exhausted()) } else { filled }
}

/// The letter, without annexes.
fn fill_letter(filler: &Filler<'_>) -> Result<FilledTemplates, Box<Diagnostic>> {
    let Filler { context, outline, notice, .. } = *filler;
    let mut filled = FilledTemplates::default();
    for letter_text in outline.letter_texts() {
        let text = filler.render(&letter_text.name)?.trim().to_owned();
        let (file, line) = (notice.file_of(letter_text.text).to_owned(), notice.line_of(letter_text.text));
        match letter_text.element {
            LetterElement::Title => filled.title.push(text),
            LetterElement::Addressee => filled.addressee = text,
            LetterElement::Signer => filled.signer = text,
            LetterElement::Organisation => filled.organisations.push(text),
            LetterElement::Note => filled.note = Some(text).filter(|text| !text.is_empty()),
            LetterElement::Head(_) | LetterElement::Tail(_) if text.is_empty() => {}
            LetterElement::Head(element) => filled.head.push(FilledElement { element, text, file, line }),
            LetterElement::Tail(element) => filled.tail.push(FilledElement { element, text, file, line }),
        }
    }
    let own = |text: String| FilledPart { text, templates: Vec::new() };
    let mut body = FilledBody::new();
    body.push_part(filler.render_part(outline.letter.opening.get_ref())?);
    for section in outline.sections {
        let mut parts = Vec::new();
        for part in &section.part {
            match PartPresence::of(&Needs::from(part), context, notice) {
                PartPresence::Absent => {}
                PartPresence::Gap => parts.push(own(escape::escaped(&marker::gap(&part.label)))),
                PartPresence::Nil(text) => parts.push(own(text.into_owned())),
                PartPresence::Present => parts.push(filler.render_part(part.template.get_ref())?),
            }
        }
        body.push_section(section, parts);
    }
    body.push_part(filler.render_part(outline.letter.closing.get_ref())?);
    filled.body = body;
    Ok(filled)
}
