//! Fills one report's templates one by one, within what a report may cost, and decides which parts a report has.

use std::borrow::Cow;
use std::cell::Cell;

use toml::Spanned;

use super::context::{Submission, TemplateContext};
use super::filled_body::FilledPart;
use super::guard::{self, BoundedText};
use super::outline::ReportStructure;
use super::templates::Templates;
use super::{conditions, error, escape};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::notice::{Annex, Ledger, Notice, Part, WithoutData};

/// The templates of one report with its values.
pub(super) struct Filler<'f> {
    pub templates: &'f Templates,
    pub context: &'f TemplateContext<'f>,
    pub outline: ReportStructure<'f>,
    pub notice: &'f Notice,
    /// Bytes that the report's texts may still have together.
    rest: Cell<usize>,
}

impl<'f> Filler<'f> {
    /// Begins a report.
    pub(super) fn new(
        templates: &'f Templates,
        context: &'f TemplateContext<'f>,
        outline: ReportStructure<'f>,
        notice: &'f Notice,
    ) -> Self {
        guard::begin_report(notice.report_bytes());
        Self { templates, context, outline, notice, rest: Cell::new(notice.report_bytes()) }
    }

    /// Fills the template of that name.
    ///
    /// # Errors
    /// With a finding that names file and line of the template that cannot be filled.
    pub(super) fn render(&self, name: &str) -> Result<String, Box<Diagnostic>> {
        let mut text = BoundedText::new(self.rest.get());
        if let Err(error) = self.templates.tera.render_to(name, &self.context.values, &mut text) {
            if text.is_full {
                return Err(self.too_long(name));
            }
            let (location, message) = error::locate(self.notice, self.outline, &error);
            return Err(Box::new(Diagnostic::new(&code::REPORT, location, message).of_branch(self.context.name)));
        }
        let text = text.into_text();
        self.rest.set(self.rest.get() - text.len());
        Ok(with_gaps_of_conditions(text, self.context))
    }

    /// Fills a template file as a part of a body.
    ///
    /// # Errors
    /// As for [`Self::render`].
    pub(super) fn render_part(&self, name: &str) -> Result<FilledPart, Box<Diagnostic>> {
        let mut text = self.render(name)?;
        for ledger in &self.context.incomplete {
            if self.templates.has_rows_of_all(name, ledger.id) {
                push_gap(&mut text, &escape::escaped(&ledger.gap));
            }
        }
        Ok(FilledPart { text, templates: self.templates.texts_of(name) })
    }

    /// Bytes that the report's texts may still have together.
    pub(super) fn rest(&self) -> usize {
        self.rest.get()
    }

    /// Counts a text that no template printed; it fits what is left.
    pub(super) fn spend(&self, bytes: usize) {
        self.rest.set(self.rest.get().saturating_sub(bytes));
    }

    /// The finding for a template, or a text of the settings, that prints more than a report may have.
    pub(super) fn too_long(&self, name: &str) -> Box<Diagnostic> {
        let Self { notice, outline, context, .. } = *self;
        let message = format!("报告排出来的文字超过 {} MiB，没有生成", notice.limits.report_mib);
        let finding = Diagnostic::new(&code::REPORT, error::location_of(notice, outline, name, 1), message);
        Box::new(finding.cure(TOO_LONG_CURE).of_branch(context.name))
    }
}

/// The finding for a report about more rows than it may have text; `whose` are the rows, `branch` is the report's name.
pub(super) fn too_many_rows(notice: &Notice, whose: &str, branch: &str) -> Box<Diagnostic> {
    let message = format!("{whose}的台账超过一份报告能排的 {} MiB，没有生成", notice.limits.report_mib);
    Box::new(Diagnostic::new(&code::REPORT, Location::Branch, message).of_branch(branch).cure(TOO_LONG_CURE))
}

/// What to do about a report that is too long.
const TOO_LONG_CURE: &str = "核对台账有没有重复或多余的内容；台账不错的，在模板里只写汇总，不逐行列出；循环写错的，\
                             改模板。确需放宽的，改 notice.toml 的 [limits]";

/// Appends a gap for each metric without a value that an evaluated condition read and that the text does not print: a
/// sentence behind such a condition must not disappear because the ledgers do not say whether it applies.
fn with_gaps_of_conditions(filled: String, context: &TemplateContext<'_>) -> String {
    let conditions::FilledText { mut text, metrics } = conditions::take_marks(filled);
    for missing in metrics.iter().filter_map(|id| context.missing_metrics.iter().find(|missing| missing.id == id)) {
        let gap = escape::escaped(&missing.gap);
        if text.contains(&gap) {
            continue;
        }
        push_gap(&mut text, &gap);
    }
    text
}

/// Appends an escaped gap to a text: to its last paragraph, or below its last table.
fn push_gap(text: &mut String, gap: &str) {
    text.truncate(text.trim_end().len());
    let is_below_table = text.lines().last().is_some_and(|line| line.trim_start().starts_with('|'));
    text.push_str(if is_below_table { "\n\n" } else { "" });
    text.push_str(gap);
}

/// What a part or an annex needs to be in a report.
pub(super) struct Needs<'p> {
    /// The kinds of branch that have it; all by default.
    pub kinds: Option<&'p [Spanned<String>]>,
    /// Ledgers of which one must have a row.
    pub ledgers: Vec<&'p Spanned<String>>,
    pub without_data: WithoutData,
    /// What replaces it when there is nothing to report.
    pub nil: Option<&'p str>,
}

impl<'p> From<&'p Part> for Needs<'p> {
    fn from(part: &'p Part) -> Self {
        let Part { kinds, ledgers, without_data, nil, .. } = part;
        Self {
            kinds: kinds.as_deref(),
            ledgers: ledgers.iter().collect(),
            without_data: *without_data,
            nil: nil.as_deref(),
        }
    }
}

impl<'p> From<&'p Annex> for Needs<'p> {
    fn from(annex: &'p Annex) -> Self {
        let ledgers = annex.all_ledgers().collect();
        // An annex that lists nothing is no annex.
        Self { kinds: annex.kinds.as_deref(), ledgers, without_data: annex.without_data, nil: Some("") }
    }
}

/// Whether a part is in a report.
pub(super) enum PartPresence<'p> {
    /// It does not concern this branch.
    Absent,
    /// It is in the report, but the ledgers have no data for it.
    Gap,
    /// The branch has nothing to report, in these words of the settings, or in the program's where the settings have
    /// none and no template was written for it.
    Nil(Cow<'p, str>),
    Present,
}

impl<'p> PartPresence<'p> {
    pub(super) fn of(needs: &Needs<'p>, context: &TemplateContext<'_>, notice: &Notice) -> Self {
        let is_among = |kinds: &[Spanned<String>], kind: &str| kinds.iter().any(|known| known.get_ref() == kind);
        let concerns = match (needs.kinds, context.kind) {
            (None, _) => true,
            (Some(kinds), Some(kind)) => is_among(kinds, kind),
            // The department's annexes have the rows of branches of these kinds.
            (Some(_), None) => true,
        };
        if !concerns {
            return Self::Absent;
        }
        let submission = |id: &&Spanned<String>| {
            let (index, _, ledger) = notice.ledger.get_full(id.get_ref())?;
            Some((ledger, context.submissions.get(index).copied()?))
        };
        let submissions: Vec<(&Ledger, Submission)> = needs.ledgers.iter().filter_map(submission).collect();
        let has = |kind| submissions.iter().any(|(_, submission)| *submission == kind);
        if submissions.is_empty() || has(Submission::Rows) {
            return Self::Present;
        }
        // Only a ledger that was handed in can show that a branch has no rows.
        if has(Submission::None) {
            return Self::Gap;
        }
        let has_nothing = has(Submission::Nil) || !has(Submission::NoRows);
        match (has_nothing, needs.nil, needs.without_data) {
            (true, Some(text), _) => Self::Nil(Cow::Borrowed(text)),
            (_, _, WithoutData::Omit) => Self::Absent,
            // A template for a ledger whose author expects nil reports is written for them.
            (true, None, WithoutData::Gap) if submissions.iter().any(|(ledger, _)| ledger.expects_nil_reports()) => {
                Self::Present
            }
            (true, None, WithoutData::Gap) => {
                Self::Nil(Cow::Owned(nothing_in(submissions.iter().map(|(ledger, _)| *ledger), notice)))
            }
            (false, _, WithoutData::Gap) => Self::Gap,
        }
    }
}

/// That a branch has nothing to report in ledgers, escaped.
fn nothing_in<'n>(ledgers: impl Iterator<Item = &'n Ledger>, notice: &Notice) -> String {
    let titles: Vec<String> = ledgers.map(|ledger| format!("《{}》", ledger.title)).collect();
    escape::escaped(&format!("本{}没有{}中的事项。", notice.words.branch, titles.join("")))
}
