//! The department's figures, report and table, from all branches' figures.

use rayon::prelude::*;
use rust_decimal::Decimal;

use super::Built;
use super::press::{Failure, Press, write};
use crate::diag::{Diagnostic, Place, code};
use crate::expr::{Expressions, Outcome, Overview, Standing};
use crate::figure::Figures;
use crate::merge::{Plan, Templates};
use crate::model::Branch;
use crate::notice::{Notice, Summary};
use crate::origin::Overall;
use crate::record::{self, Issued, SOURCES};
use crate::{report, xlsx};

/// What all branches come to together.
#[derive(Debug)]
pub struct Department<'a> {
    branches: &'a [Branch],
    values: Vec<Vec<Option<Decimal>>>,
    overview: Overview,
    /// The figures over all branches.
    pub figures: Figures,
}

impl<'a> Department<'a> {
    /// The department's lists and figures; one that comes to nothing is a finding.
    pub fn of(
        branches: &'a [Branch],
        figures: &[Figures],
        (notice, summary): (&Notice, &Summary),
        expressions: &Expressions,
        findings: &mut Vec<Diagnostic>,
    ) -> Self {
        let values: Vec<Vec<Option<Decimal>>> = figures.iter().map(|figures| figures.values().collect()).collect();
        let overview = expressions.overview(notice, &standings(branches, &values));
        for (figure, outcome) in summary.figure.values().zip(&overview.figures) {
            let reason = match outcome {
                Outcome::Number(_) => continue,
                Outcome::Missing(_) => "有的党组织缺少需要的指标",
                Outcome::Failed(reason) => reason,
            };
            let message = format!("“{}”无法计算：{reason}", figure.label);
            findings.push(Diagnostic::new(&code::NO_FIGURE, Place::Branch, message).of_branch(&summary.name));
        }
        let figures = Figures::new(&overview.figures, summary.figure.values());
        Self { branches, values, overview, figures }
    }
}

fn standings<'s>(branches: &'s [Branch], values: &'s [Vec<Option<Decimal>>]) -> Vec<Standing<'s>> {
    let pairs = branches.iter().zip(values);
    pairs.map(|(branch, figures)| Standing { name: branch.name(), kind: branch.kind(), figures }).collect()
}

impl Press<'_> {
    /// Makes the department's report and table and writes their files; `incomplete` when a branch has no report.
    pub fn overall(
        &self,
        department: &Department<'_>,
        (summary, templates): (&Summary, &Templates),
        folder: &str,
        incomplete: bool,
        findings: &mut Vec<Diagnostic>,
    ) -> Built {
        let (name, own_folder) = (summary.name.clone(), folder.to_owned());
        let mut built = Built { branch: name, folder: own_folder, stopped: true, ..Built::default() };
        let standings = standings(department.branches, &department.values);
        let tracer = Overall::new(department.branches, self.notice, self.expressions);
        let plan = Plan::of_summary(summary);
        let subject =
            templates.overall(&standings, &department.overview, &department.figures, self.notice, tracer.keys());
        let merged = templates.merge(&subject, plan, self.notice);
        // What the templates were given is large and of no more use.
        drop(subject);
        let find = |key| tracer.origin(key);
        let made =
            merged.and_then(|merged| report::assemble(&merged, plan.letter, self.notice, self.options.date, &find));
        let mut report = match made {
            Ok(report) => report,
            Err(finding) => {
                findings.push(finding.of_branch(&summary.name));
                return built;
            }
        };
        built.gaps = report.gaps();
        let why = incomplete.then_some("有的党组织还没有正式报告，未生成正式的汇总");
        if self.options.is_final && self.refuses(&summary.name, folder, &built.gaps, why, findings) {
            return built;
        }
        self.stamp(&mut report, 0);
        built.issued = Issued::of(&report);
        let folder = self.outputs.folder(folder);
        // The one report that has no other beside it to keep all cores at work. Each file is written as soon as it is
        // made: of a large department they are large.
        let write_one = |made| folder.write::<Failure>(vec![made]);
        let sources = || {
            let sources = record::sources_of_department(&department.figures, &report, &tracer, self.notice);
            write_one((SOURCES.to_owned(), Ok(sources)))
        };
        let reports = || {
            let reports = self.writers.par_iter();
            reports.map(|writer| write_one(write(&**writer, &report, plan, &folder))).flatten_iter().collect()
        };
        let ((sources, reports), table): ((_, Vec<_>), _) =
            rayon::join(|| rayon::join(sources, reports), || xlsx::overall(&standings, self.notice));
        let table = write_one((format!("{}表.xlsx", folder.name()), table.map_err(Failure::from)));
        self.issue([sources, table, reports].into_iter().flatten(), &folder, &mut built, findings);
        built
    }
}
