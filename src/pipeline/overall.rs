//! The department's report and table, from all branches' figures.

use rust_decimal::Decimal;

use super::press::Press;
use super::{Batch, BuildError, Built};
use crate::diag::{Diagnostic, Place, code};
use crate::expr::{Outcome, Standing};
use crate::figure::{self, Figures};
use crate::merge::{Plan, Templates};
use crate::model::Branch;
use crate::origin::Overall;
use crate::record::Sources;
use crate::{report, xlsx};

impl Press<'_> {
    /// Makes the department's report and table and adds them to the batch.
    pub fn overall(
        &self,
        branches: &[Branch],
        figures: &[Figures],
        (templates, tracer): (&Templates, Overall<'_>),
        folder: &str,
        batch: &mut Batch,
    ) -> Result<(), BuildError> {
        let Some(summary) = &self.notice.summary else { return Ok(()) };
        let values: Vec<Vec<Option<Decimal>>> = figures.iter().map(|figures| figures.values().collect()).collect();
        let standings = branches.iter().zip(&values);
        let standings: Vec<Standing<'_>> =
            standings.map(|(branch, figures)| Standing { name: branch.name(), kind: branch.kind(), figures }).collect();
        let overview = self.expressions.overview(self.notice, &standings);
        let mut findings = Vec::new();
        for (figure, outcome) in summary.figure.values().zip(&overview.figures) {
            let reason = match outcome {
                Outcome::Number(_) => continue,
                Outcome::Missing(_) => "有的党组织缺少需要的指标",
                Outcome::Failed(reason) => reason,
            };
            let message = format!("“{}”无法计算：{reason}", figure.label);
            findings.push(Diagnostic::new(&code::NO_FIGURE, Place::Branch, message).of_branch(&summary.name));
        }
        let own = Figures::new(&overview.figures, summary.figure.values());
        batch.overall_figures = figure::texts(&own, &summary.figure);
        let mut built = Built { branch: summary.name.clone(), stopped: true, ..Built::default() };
        let plan = Plan::of_summary(summary);
        let subject = templates.overall(&standings, &overview, &own, self.notice, tracer.keys());
        let merged = templates.merge(&subject, plan, self.notice);
        let find = |key| tracer.origin(key);
        let made =
            merged.and_then(|merged| report::assemble(&merged, plan.letter, self.notice, self.options.date, &find));
        match made {
            Ok(report) => {
                built.gaps = report.gaps();
                let incomplete = batch.stopped() > 0;
                let why = incomplete.then_some("有的党组织还没有正式报告，未生成正式的汇总");
                let refused =
                    self.options.is_final && self.refuses(&summary.name, folder, &built.gaps, why, &mut findings);
                if !refused {
                    let sources = Sources::overall(&own, &report, &tracer, self.notice).to_json();
                    let extras = vec![
                        ("sources.json".to_owned(), sources),
                        (format!("{folder}表.xlsx"), xlsx::overall(&standings, self.notice)?),
                    ];
                    self.issue(&report, plan, folder, extras, &mut built, &mut findings);
                }
            }
            Err(finding) => findings.push(finding.of_branch(&summary.name)),
        }
        self.notice.weigh(&mut findings);
        batch.findings.extend(findings);
        batch.overall = Some(built);
        Ok(())
    }
}
