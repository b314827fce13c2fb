//! One report, from rows and metrics to its files: rendered in memory, then written; its outcome is a
//! [`ReportOutcome`].

use super::attachments::Attachments;
use super::previous_run::kept_edit;
use super::render_budget::{self, RenderBudget};
use super::shown::shown;
use super::{Options, chain};
use crate::diagnostics::{Diagnostic, Location, WithDiagnostics, code};
use crate::expr::Expressions;
use crate::manifest::{
    self, Issued, METRICS, PREVIOUS, PreviousBranch, PreviousRecord, ReportOutcome, ReportState, SOURCES, Sources,
    recorded_values,
};
use crate::metric::Metrics;
use crate::model::{Branch, PreviousPeriod};
use crate::notice::Notice;
use crate::picture::Pictures;
use crate::provenance::{Provenance, Tracer};
use crate::render::{Companion, Format, Renderer, content};
use crate::report::{self, Gap, Report};
use crate::report_code::{Matrix, PrintedCode, ReportCode};
use crate::store::{Digest, OutputDir, RenderedFile, ReportDir, StoredFile, WriteOutcome};
use crate::template::{BranchValues, FilledTemplates, ReportStructure, Templates};

/// The name of the report itself in that format, in its folder.
pub(super) fn document_name(record: &ReportOutcome, notice: &Notice, format: Format) -> String {
    let letter = match &notice.summary {
        Some(summary) if summary.name == record.name => &summary.letter,
        _ => &notice.letter,
    };
    file_name(&record.folder, &letter.file_name, format)
}

fn file_name(folder: &str, stem: &str, format: Format) -> String {
    format!("{folder}-{stem}.{}", format.extension())
}

/// What all reports of a run have in common.
pub(super) struct ReportBuilder<'a> {
    pub options: &'a Options,
    pub notice: &'a Notice,
    pub expressions: &'a Expressions,
    pub templates: &'a Templates,
    pub renderers: &'a [Box<dyn Renderer>],
    pub outputs: &'a OutputDir,
    /// The pictures that reports may print.
    pub pictures: &'a Pictures,
    /// The memory of the reports under way.
    pub budget: RenderBudget,
    /// The earlier run that reports compare with.
    pub previous: Option<&'a PreviousPeriod>,
    /// How many errors belong to no branch: any report may be wrong because of them.
    pub common_errors: usize,
}

/// Why a file could not be made or written.
pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The order for one branch's report.
pub(super) struct BranchOrder<'a> {
    pub branch: &'a Branch,
    /// Its place in the roster, from 1: part of a final report's code.
    pub place: usize,
    pub metrics: &'a Metrics,
    /// The files of its annexes.
    pub attachments: &'a Attachments,
    /// The name of its folder.
    pub folder: &'a str,
    /// Whether there is an error of the branch.
    pub has_error: bool,
}

/// A report that is assembled and not yet rendered.
pub(super) struct Assembled<'n> {
    pub report: Report<'n>,
    pub gaps: Vec<Gap>,
    /// The hash of what it shows, by which a report is stale or not (`shown.rs`).
    pub shown: Digest,
}

/// Why there is no report, with the gaps that were seen.
pub(super) struct StoppedReport {
    gaps: Vec<Gap>,
    findings: Vec<Diagnostic>,
}

impl StoppedReport {
    /// The record of the report that was not made, with its gaps, and the findings.
    pub(super) fn into_outcome(self, destination: &Destination<'_>) -> WithDiagnostics<ReportOutcome> {
        let stopped = ReportOutcome::stopped(destination.name, destination.folder);
        WithDiagnostics::new(ReportOutcome { gaps: self.gaps, ..stopped }, self.findings)
    }
}

/// Where a report's files are to go, and what stands against a final one beside its gaps.
pub(super) struct Destination<'a> {
    /// The branch's name, or the department's.
    pub name: &'a str,
    /// The place in the roster, from 1; 0 for the department's.
    pub place: usize,
    /// The name of the folder.
    pub folder: &'a str,
    /// Identifies the documents beside the report that belong to it.
    pub beside: &'a [u8],
    /// Why it cannot be final, when it cannot.
    pub objection: Option<Objection<'a>>,
}

/// Why a report cannot be final, and what to do about it.
#[derive(Clone, Copy)]
pub(super) struct Objection<'a> {
    pub message: &'a str,
    pub cure: &'a str,
}

/// What to do about errors.
const CORRECT: &str = "先改正列出的错误，再重新生成";

impl ReportBuilder<'_> {
    /// Makes one branch's report and writes its files.
    pub(super) fn build_branch(&self, order: &BranchOrder<'_>) -> WithDiagnostics<ReportOutcome> {
        let BranchOrder { branch, metrics, attachments, folder, .. } = *order;
        let outline = ReportStructure::for_branches(self.notice);
        let tracer = Tracer::new(branch, self.notice, self.expressions);
        let (keys, attached) = (tracer.keys(), attachments.names.as_slice());
        let values = BranchValues { branch, metrics, expressions: self.expressions, keys, attached };
        let filled = self.templates.fill_branch(values, self.notice);
        let size = |filled| render_budget::size_of(filled, self.pictures, &self.options.formats);
        let _share = filled.as_ref().ok().map(|filled| self.budget.take(size(filled)));
        let left_out = branch.left_out().map(|reason| format!("设置里写明它未报送（{reason}），未生成正式报告"));
        let left_out = left_out.as_deref().map(|message| Objection {
            message,
            cure: "报送齐了的，从设置“部门汇总”的“未报送、不计入汇总的单位”（summary.left_out）里删去，再重新生成",
        });
        let error = Objection { message: "台账中还有该单位的错误，未生成正式报告", cure: CORRECT };
        let objection = left_out.or(order.has_error.then_some(error));
        let beside = attachments.key();
        let destination = Destination { name: branch.name(), place: order.place, folder, beside: &beside, objection };
        let assembled = match self.assemble(filled, outline, &|key| tracer.origin(key), &destination) {
            Ok(assembled) => assembled,
            Err(refusal) => return refusal.into_outcome(&destination),
        };
        let sources = Sources::of_branch(branch, metrics, &assembled.report, &tracer, self.notice).to_json();
        let data = [(METRICS, manifest::metrics_of(metrics, self.notice)), (SOURCES, sources)];
        let previous = self.previous.map(|period| (PREVIOUS, previous_of(branch, period, self.notice).to_json()));
        let data = data
            .into_iter()
            .chain(previous)
            .map(|(name, bytes)| RenderedFile { name: name.to_owned(), bytes: Ok(bytes) });
        let dir = ReportDir::new(self.outputs, folder);
        let documents =
            self.renderers.iter().flat_map(|renderer| render(&**renderer, &assembled.report, outline, &dir));
        let stored = dir.write(data.chain(documents).chain(attachments.copies()).collect());
        self.record(assembled, stored, &dir, &destination)
    }

    /// Turns filled templates into a report, with its code when it is final.
    ///
    /// # Errors
    /// When the templates cannot be used or the report cannot be final.
    pub(super) fn assemble<'n>(
        &'n self,
        filled: Result<FilledTemplates, Box<Diagnostic>>,
        outline: ReportStructure<'n>,
        find: &dyn Fn(u32) -> Option<Provenance<'n>>,
        destination: &Destination<'_>,
    ) -> Result<Assembled<'n>, StoppedReport> {
        let report = filled.and_then(|filled| {
            let make = |date| report::assemble(&filled, outline.letter, self.notice, date, self.pictures, find);
            let report = make(self.options.date)?;
            let text = content(&report);
            // A date that was given with this run is no change of ledgers or settings: later runs compare without it.
            let compared = if self.options.date.is_some() { Some(content(&make(None)?)) } else { None };
            let shown = shown(compared.as_ref().unwrap_or(&text), self.notice, destination.beside);
            Ok((report, text, shown))
        });
        let (mut report, text, shown) = match report {
            Ok(made) => made,
            Err(finding) => {
                return Err(StoppedReport { gaps: Vec::new(), findings: vec![finding.of_branch(destination.name)] });
            }
        };
        let gaps = report.gaps();
        if self.options.is_final {
            let findings = self.objections(destination, &gaps);
            if !findings.is_empty() {
                return Err(StoppedReport { gaps, findings });
            }
            let code = ReportCode::for_content(&self.notice.code(), destination.place, text.as_bytes());
            let qr = if self.notice.has_qr() { Matrix::encode(code.as_str()) } else { None };
            report.code = Some(PrintedCode { code, qr });
        }
        Ok(Assembled { report, gaps, shown })
    }

    /// The characters that a format cannot print for lack of a font.
    fn missing_characters(&self, report: &Report<'_>, destination: &Destination<'_>) -> Vec<Diagnostic> {
        let missing: Vec<String> = self
            .renderers
            .iter()
            .flat_map(|renderer| renderer.unprintable(report))
            .map(|c| format!("“{c}”（U+{:04X}）", u32::from(c)))
            .collect();
        if missing.is_empty() {
            return Vec::new();
        }
        let message = format!("所有字体里都没有{}", missing.join("、"));
        vec![Diagnostic::new(&code::MISSING_CHARACTER, Location::Branch, message).of_branch(destination.name)]
    }

    /// Why a report cannot be final; nothing when it can.
    fn objections(&self, destination: &Destination<'_>, gaps: &[Gap]) -> Vec<Diagnostic> {
        let finding =
            |kind, message: &str| Diagnostic::new(kind, Location::Branch, message).of_branch(destination.name);
        let mut findings = Vec::new();
        for Gap { what, part } in gaps {
            findings.push(finding(&code::GAP, &format!("“{part}”中待填写：{what}，未生成正式报告")));
        }
        let message = "有的错误不知道属于哪个单位，改正之前不生成正式报告";
        let common = (self.common_errors > 0).then_some(Objection { message, cure: CORRECT });
        if let Some(Objection { message, cure }) = destination.objection.or(common) {
            findings.push(finding(&code::REPORT, message).cure(cure));
        }
        if !findings.is_empty() && self.options.output.join(destination.folder).is_dir() {
            let message = "文件夹里还是以前的报告，没有更新，不要当作正式报告使用";
            findings.push(finding(&code::STALE, message));
        }
        findings
    }

    /// The outcome of a report whose files were written, or not.
    pub(super) fn record(
        &self,
        assembled: Assembled<'_>,
        stored: impl IntoIterator<Item = StoredFile<Failure>>,
        dir: &ReportDir<'_>,
        destination: &Destination<'_>,
    ) -> WithDiagnostics<ReportOutcome> {
        let is_final = self.options.is_final;
        let mut outcome = ReportOutcome {
            state: if is_final { ReportState::Final } else { ReportState::Draft },
            gaps: assembled.gaps,
            shown: assembled.shown,
            issued: Issued::of(&assembled.report),
            ..ReportOutcome::stopped(destination.name, destination.folder)
        };
        let mut findings = self.missing_characters(&assembled.report, destination);
        for StoredFile { name, outcome: written } in stored {
            let path = dir.path_of(&name);
            let finding = |kind, message: String| {
                Diagnostic::new(kind, Location::File(path.display().to_string()), message).of_branch(destination.name)
            };
            match written {
                Ok(WriteOutcome::Current(digest)) => {
                    outcome.files.insert(name, digest);
                }
                Ok(WriteOutcome::Kept(digest)) => {
                    outcome.kept_edits = true;
                    if is_final {
                        outcome.state = ReportState::Stopped;
                    }
                    outcome.files.insert(name, digest);
                    findings.push(kept_edit(destination.name, &path, is_final));
                }
                Ok(WriteOutcome::Replaced { digest, backup }) => {
                    outcome.files.insert(name, digest);
                    let message = format!("不是最近一次生成的样子，已换成新的，原来的另存为 {}", backup.display());
                    findings.push(finding(&code::EDITED, message));
                }
                Err(failure) => {
                    outcome.state = ReportState::Stopped;
                    findings.push(finding(&code::WRITE, chain(&*failure)));
                    outcome.retry.push(name);
                }
            }
        }
        if outcome.is_stopped() {
            outcome.issued = None;
        }
        WithDiagnostics::new(outcome, findings)
    }
}

/// What a branch's report uses of an earlier run.
fn previous_of(branch: &Branch, period: &PreviousPeriod, notice: &Notice) -> PreviousRecord {
    let metrics = recorded_values(branch.previous(), &notice.metric);
    let own = PreviousBranch { name: branch.name().to_owned(), metrics };
    let branches = if own.metrics.is_empty() { Vec::new() } else { vec![own] };
    PreviousRecord { file: period.file.clone(), digest: period.digest, branches, ..PreviousRecord::default() }
}

/// Renders a report in one format, as a file of its folder, with the files that this refers to.
pub(super) fn render(
    renderer: &dyn Renderer,
    report: &Report<'_>,
    outline: ReportStructure<'_>,
    dir: &ReportDir<'_>,
) -> Vec<RenderedFile<Failure>> {
    let name = file_name(dir.name(), &outline.letter.file_name, renderer.format());
    let document = RenderedFile { name, bytes: renderer.render(report).map_err(Failure::from) };
    let companions = renderer.companions(report).into_iter();
    let companions = companions.map(|Companion { name, bytes }| RenderedFile { name, bytes: Ok(bytes) });
    std::iter::once(document).chain(companions).collect()
}
