//! Runs cancelled after 0 to 15 reports.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use zicha::pipeline::{self, BuildOutcome, BuildStage, NoProgress, Options, Progress, RunScope};
use zicha::render::Format;

use crate::support::{NOTICE, Project, SHIPPED_BRANCHES, files, machine};

crate::harness::tests! {
    alone: [
        a_cancelled_run_leaves_only_whole_reports_and_the_next_run_completes_it,
    ]
}

/// Cancels a run after so many reports.
struct After {
    reports: usize,
    /// The number of finished reports plus one; 0 before the report stage.
    made: AtomicUsize,
}

impl Progress for After {
    fn stage(&self, stage: BuildStage, _: usize) {
        if stage == BuildStage::Report {
            self.made.store(1, Ordering::SeqCst);
        }
    }

    fn step(&self) {
        let begun = self.made.load(Ordering::SeqCst) > 0;
        self.made.fetch_add(usize::from(begun), Ordering::SeqCst);
    }

    fn is_cancelled(&self) -> bool {
        self.made.load(Ordering::SeqCst) > self.reports
    }
}

fn build(project: &Project, watch: &dyn Progress) -> BuildOutcome {
    let options = Options {
        notice: project.path(&format!("{NOTICE}/notice.toml")),
        input: project.path("input"),
        previous: None,
        machine: machine(),
        output: project.path("output"),
        signed: project.path("signed"),
        archive: project.path("archive"),
        redraft: false,
        replace_signed: false,
        formats: vec![Format::Md, Format::Html, Format::Docx],
        pdf: zicha::pipeline::PdfNeed::WhenPossible,
        fonts: None,
        branches: Vec::new(),
        date: None,
        is_final: false,
        trace: false,
        force: false,
        prune: false,
        scope: RunScope::Whole,
    };
    // Two threads, so that at most two reports are under way when the run is cancelled.
    let cores = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("threads");
    cores.install(|| pipeline::build(&options, watch)).expect("a run")
}

fn output(project: &Project) -> BTreeMap<String, Vec<u8>> {
    files(&project.path("output")).into_iter().collect()
}

/// The department's report is made in parallel: it may be there or not, but never differ.
fn a_cancelled_run_leaves_only_whole_reports_and_the_next_run_completes_it() {
    let project = Project::sample();
    assert!(!build(&project, &NoProgress).cancelled);
    let whole = output(&project);
    for reports in [0, 1, 2, 9, 15] {
        let project = Project::sample();
        let outcome = build(&project, &After { reports, made: AtomicUsize::new(0) });
        assert!(
            outcome.cancelled && (reports..SHIPPED_BRANCHES.len()).contains(&outcome.reports.len()),
            "{reports}: {}",
            outcome.reports.len()
        );
        for (name, bytes) in output(&project).iter().filter(|(name, _)| name.contains('/')) {
            assert!(whole.get(name) == Some(bytes), "{reports}: {name}");
        }
        assert!(!build(&project, &NoProgress).cancelled);
        let after = output(&project);
        assert_eq!(after.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>(), "{reports}");
        for (name, bytes) in &after {
            assert!(whole.get(name) == Some(bytes), "{reports}: {name}");
        }
    }
}
