//! A notice with everything that belongs to it, loaded and checked before any ledger is opened.

use std::path::{Path, PathBuf};

use super::BuildError;
use crate::check;
use crate::diagnostics::{Diagnostic, Location, code};
use crate::expr::{Expressions, StopSignal};
use crate::notice::{Notice, NoticeError};
use crate::store::{Digest, sha256};
use crate::template::{ReportStructure, Templates};

/// A notice with its expressions and templates, all checked.
#[derive(Debug)]
pub struct Settings {
    /// What `notice.toml` says.
    pub notice: Notice,
    /// The notice's expressions, compiled and type-checked.
    pub expressions: Expressions,
    /// The templates of the branches' reports.
    pub templates: Templates,
    /// The templates of the department's report, when the notice has one.
    pub summary_templates: Option<Templates>,
    /// What an earlier run reported: its output folder or a file; none when the run compares with no other.
    pub previous: Option<PathBuf>,
}

impl Settings {
    /// Reads and checks everything that belongs to a notice.
    ///
    /// # Errors
    /// With file and line of everything that cannot be used.
    pub fn load(file: &Path) -> Result<Self, NoticeError> {
        Self::of(Notice::load(file)?)
    }

    /// Checks what belongs to a notice that is read already.
    ///
    /// # Errors
    /// With file and line of everything that cannot be used.
    pub fn of(notice: Notice) -> Result<Self, NoticeError> {
        check_severity_codes(&notice)?;
        let expressions = Expressions::compile(&notice)?;
        let templates = Templates::for_branches(&notice)?;
        let summary_templates = Templates::for_summary(&notice)?;
        let previous = notice.previous_path();
        Ok(Self { notice, expressions, templates, summary_templates, previous })
    }

    /// The same with another earlier run, when one is given.
    #[must_use]
    pub fn with_previous(self, previous: Option<PathBuf>) -> Self {
        Self { previous: previous.or(self.previous), ..self }
    }

    /// The same, whose expressions and templates may take so many steps in a run, besides those for its branches.
    #[must_use]
    pub fn with_steps(self, max: u64) -> Self {
        Self { expressions: self.expressions.with_steps(max), ..self }
    }

    /// The same, whose runs are stopped by this signal.
    #[must_use]
    pub fn stopped_by(self, stop: StopSignal) -> Self {
        Self { expressions: self.expressions.stopped_by(stop), ..self }
    }

    /// Refuses the results of a run in which the steps of expressions and templates were exhausted: values are missing,
    /// and which of them depends on the threads.
    ///
    /// # Errors
    /// When they were.
    pub(super) fn within_steps(&self) -> Result<(), BuildError> {
        let steps = self.expressions.steps();
        if steps.is_exhausted() { Err(BuildError::Steps(steps.reason())) } else { Ok(()) }
    }

    /// The hash of the settings and of the templates that the reports of branches of a kind are made of; with no
    /// kind, of all templates, the department's as well.
    pub fn digest(&self, kind: Option<&str>) -> Digest {
        let outline = ReportStructure::for_branches(&self.notice);
        let all = std::iter::once(&self.templates).chain(&self.summary_templates);
        let templates: Vec<&str> = match kind {
            Some(kind) => self.templates.sources_for_kind(outline, kind).collect(),
            None => all.flat_map(Templates::all_sources).collect(),
        };
        let texts: Vec<&str> = std::iter::once(self.notice.all_text()).chain(templates).collect();
        // No text holds the sign between them.
        sha256(texts.join("\0").as_bytes())
    }

    /// Findings for values that templates compute themselves: they have no source.
    pub(super) fn computed_in_templates(&self) -> Vec<Diagnostic> {
        let of_branches = self.templates.computed.iter().map(|number| (number, "[metric]"));
        let of_summary = self.summary_templates.iter().flat_map(|templates| &templates.computed);
        let findings =
            of_branches.chain(of_summary.map(|number| (number, "[summary.metric]"))).map(|(number, table)| {
                let place = Location::Line { file: number.file.display().to_string(), line: number.line };
                let message = format!("“{}”是模板自己算的，没有来源", number.expression);
                let cure = format!("在 notice.toml 的 {table} 里定义指标，模板里直接写指标名");
                Diagnostic::new(&code::COMPUTED, place, message).cure(cure)
            });
        findings.collect()
    }
}

/// Refuses a severity for a code that does not exist, or whose severity is fixed.
fn check_severity_codes(notice: &Notice) -> Result<(), NoticeError> {
    let catalogue = check::catalogue();
    let mut errors = Vec::new();
    for written in notice.severity.keys() {
        let id = written.get_ref();
        let message = match catalogue.iter().find(|code| code.id == id) {
            Some(code) => code::fixed_severity(code).map(|why| format!("“{id}”不能在 [severity] 里改：{why}")),
            None => {
                let known: Vec<&str> = catalogue.iter().map(|code| code.id).collect();
                Some(format!("没有“{id}”这个代码；现有：{}", known.join("、")))
            }
        };
        errors.extend(message.map(|message| notice.error_at(written, message)));
    }
    NoticeError::all(errors)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Settings;
    use crate::check;
    use crate::diagnostics::{Code, Diagnostic, Findings, Location, Severity, code};
    use crate::notice::{Notice, NoticeError};
    use crate::pipeline::chain;

    fn settings_with(severities: &str) -> Result<Settings, NoticeError> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots/notice.toml");
        let text = std::fs::read_to_string(&file).expect("the shipped notice");
        Settings::of(Notice::parse(&file, format!("{text}\n[severity]\n{severities}"))?)
    }

    /// A severity that is not the code's own.
    fn other(code: Code) -> Severity {
        if code.severity == Severity::Note { Severity::Error } else { Severity::Note }
    }

    #[test]
    fn every_code_has_the_severity_that_the_settings_give_it_or_they_refuse_it() {
        for code in check::catalogue() {
            let written = format!("{} = \"{}\"\n", code.id, other(code).label());
            let Some(why) = code::fixed_severity(code) else {
                let settings = settings_with(&written).expect("a code that can be changed");
                let mut findings = Findings::new(settings.notice.severity_overrides());
                findings.push(Diagnostic::new(code, Location::Branch, ""));
                assert_eq!(findings.as_slice()[0].severity, other(code), "{}", code.id);
                continue;
            };
            let refused = settings_with(&written).expect_err("a code that cannot be changed");
            assert!(chain(&refused).contains(&format!("“{}”不能在 [severity] 里改：{why}", code.id)), "{refused}");
        }
    }

    #[test]
    fn a_code_that_does_not_exist_is_refused_with_those_that_do() {
        let refused = chain(&settings_with("Z999 = \"提示\"\n").expect_err("no such code"));
        assert!(refused.contains("没有“Z999”这个代码；现有：Z001"), "{refused}");
    }
}
