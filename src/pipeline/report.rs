//! One branch's report, from its rows to its files.

use super::{Built, Options, chain, previous_run};
use crate::diagnostics::{Diagnostic, Location, code};
use crate::expr::Expressions;
use crate::manifest::{self, Issued, METRICS, MetricFacts, SOURCES};
use crate::metric::Metrics;
use crate::model::Branch;
use crate::notice::Notice;
use crate::provenance::Tracer;
use crate::render::{Renderer, content};
use crate::report::{self, Report};
use crate::report_code::{Matrix, PrintedCode, ReportCode};
use crate::store::{OutputDir, RenderedFile, ReportDir, StoredFile, WriteOutcome};
use crate::template::{Outline, Templates};

/// Everything that stays the same for all branches of a run.
pub struct ReportBuilder<'a> {
    pub options: &'a Options,
    pub notice: &'a Notice,
    pub expressions: &'a Expressions,
    pub templates: &'a Templates,
    pub renderers: &'a [Box<dyn Renderer>],
    /// An error that no branch owns: any report may be wrong because of it.
    pub common_error: bool,
    pub outputs: &'a OutputDir,
    /// What the record of sources says of every branch's metrics.
    pub facts: Vec<MetricFacts>,
}

/// Why there is no file.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

impl ReportBuilder<'_> {
    /// Makes one branch's report and writes its files; `place` is its place in the roster, from 1.
    pub fn print(
        &self,
        (place, branch): (usize, &Branch),
        metrics: &Metrics,
        folder: &str,
        wrong: bool,
        findings: &mut Vec<Diagnostic>,
    ) -> Built {
        let (name, folder_name) = (branch.name().to_owned(), folder.to_owned());
        let mut built = Built { branch: name, folder: folder_name, stopped: true, ..Built::default() };
        let outline = Outline::for_branches(self.notice);
        let tracer = Tracer::new(branch, self.notice, self.expressions);
        let context = self.templates.branch_context(branch, metrics, self.notice, tracer.keys());
        let filled = self.templates.fill(&context, outline, self.notice);
        let find = |key| tracer.origin(key);
        let report =
            filled.and_then(|filled| report::assemble(&filled, outline.letter, self.notice, self.options.date, &find));
        let mut report = match report {
            Ok(report) => report,
            Err(finding) => {
                findings.push(finding.of_branch(branch.name()));
                return built;
            }
        };
        built.gaps = report.gaps();
        let why = wrong.then_some("台账中还有该党组织的错误，未生成正式报告");
        if self.options.is_final && self.refuses(branch.name(), folder, &built.gaps, why, findings) {
            return built;
        }
        self.stamp(&mut report, place);
        let sources = manifest::sources_of(branch, (metrics, &self.facts), &report, &tracer, self.notice);
        let extras = [(METRICS, manifest::metrics_of(metrics, self.notice)), (SOURCES, sources)];
        let folder = ReportDir::new(self.outputs, folder);
        let extras = extras.into_iter().map(|(name, bytes)| RenderedFile { name: name.to_owned(), bytes: Ok(bytes) });
        let reports = self.renderers.iter().map(|renderer| write(&**renderer, &report, outline, &folder));
        built.issued = Issued::of(&report);
        self.issue(folder.write(extras.chain(reports).collect()), &folder, &mut built, findings);
        built
    }

    /// Gives a final report its code; `place` is the branch's in the roster, from 1, and 0 the department's.
    pub fn stamp(&self, report: &mut Report<'_>, place: usize) {
        if self.options.is_final {
            let code = ReportCode::for_content(&self.notice.code(), place, content(report).as_bytes());
            let qr = if self.notice.has_qr() { Matrix::encode(code.as_str()) } else { None };
            report.code = Some(PrintedCode { code, qr });
        }
    }

    /// Puts on record what became of a report's files.
    pub fn issue(
        &self,
        stored: impl IntoIterator<Item = StoredFile<Failure>>,
        folder: &ReportDir<'_>,
        built: &mut Built,
        findings: &mut Vec<Diagnostic>,
    ) {
        built.stopped = false;
        for StoredFile { name, outcome } in stored {
            let path = folder.path_of(&name);
            match outcome {
                Ok(WriteOutcome::Current(digest)) => {
                    built.files.insert(name, digest);
                }
                Ok(WriteOutcome::Kept(digest)) => {
                    built.kept = true;
                    built.stopped |= self.options.is_final;
                    built.files.insert(name, digest);
                    findings.push(previous_run::kept(&built.branch, &path, self.options.is_final));
                }
                Ok(WriteOutcome::Replaced { digest, backup }) => {
                    built.files.insert(name, digest);
                    let message = format!("不是最近一次生成的样子，已换成新的，原来的另存为 {}", backup.display());
                    let place = Location::File(path.display().to_string());
                    findings.push(Diagnostic::new(&code::EDITED, place, message).of_branch(&built.branch));
                }
                Err(failure) => {
                    built.stopped = true;
                    built.unwritten.push(name);
                    let place = Location::File(path.display().to_string());
                    findings.push(Diagnostic::new(&code::WRITE, place, chain(&*failure)).of_branch(&built.branch));
                }
            }
        }
    }

    /// Whether a report cannot be final; says which gap or error stops it. `why` is a reason of its own.
    pub fn refuses(
        &self,
        branch: &str,
        folder: &str,
        gaps: &[(String, String)],
        why: Option<&str>,
        findings: &mut Vec<Diagnostic>,
    ) -> bool {
        for (what, place) in gaps {
            let message = format!("“{place}”中待填写：{what}，未生成正式报告");
            findings.push(Diagnostic::new(&code::GAP, Location::Branch, message).of_branch(branch));
        }
        let common = self.common_error.then_some("有的错误不知道属于哪个党组织，改正之前不生成正式报告");
        let why = why.or(common);
        let refused = why.is_some() || !gaps.is_empty();
        if let Some(message) = why {
            let finding = Diagnostic::new(&code::REPORT, Location::Branch, message).of_branch(branch);
            findings.push(finding.cure("先改正列出的错误，再重新生成"));
        }
        if refused && self.options.output.join(folder).is_dir() {
            let message = "文件夹里还是以前的报告，没有更新，不要当作正式报告使用";
            findings.push(Diagnostic::new(&code::STALE, Location::Branch, message).of_branch(branch));
        }
        refused
    }
}

/// Makes a report in one format, for its folder.
pub fn write(
    renderer: &dyn Renderer,
    report: &Report<'_>,
    outline: Outline<'_>,
    folder: &ReportDir<'_>,
) -> RenderedFile<Failure> {
    let name = format!("{}-{}.{}", folder.name(), outline.letter.file_name, renderer.format().extension());
    RenderedFile { name, bytes: renderer.render(report).map_err(Failure::from) }
}
