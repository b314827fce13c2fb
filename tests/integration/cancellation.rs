//! Runs that end before all reports are made: cancelled after 0 to 15, or out of steps.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use zicha::pipeline::{self, BuildOutcome, BuildStage, NoProgress, Options, Progress, RunScope, Settings};
use zicha::render::Format;

use crate::support::{NOTICE, Project, SHIPPED_BRANCHES, files, machine};

crate::harness::tests! {
    alone: [
        a_cancelled_run_leaves_only_whole_reports_and_the_next_run_completes_it,
        what_was_written_before_the_steps_ran_out_is_recorded,
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

fn options(project: &Project) -> Options {
    Options {
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
    }
}

fn build(project: &Project, watch: &dyn Progress) -> BuildOutcome {
    let options = options(project);
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

fn what_was_written_before_the_steps_ran_out_is_recorded() {
    const BRANCHES: [&str; 3] = ["甲党支部", "乙党支部", "丙党支部"];
    let endless = "{% for row in study %}{% if row.n.name == \"钱\" %}{% for n in range(end=20000) %}{% endfor %}{% endif %}{% endfor %}一段。";
    let project = Project::ready(&BRANCHES)
        .edit("input/干部在线学习.csv", "丙党支部,赵", "丙党支部,钱")
        .file(&format!("{NOTICE}/study.md"), endless.as_bytes());
    let options = options(&project);
    let settings = Settings::load(&options.notice).expect("settings").with_steps(0);
    // One thread, so that the branches follow each other.
    let core = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let error = core.install(|| pipeline::build_with(settings, &options, &NoProgress)).expect_err("no end");
    assert!(error.to_string().starts_with("全部算式和模板合起来算了 300000 步还没有算完"), "{error}");
    let record = || serde_json::from_str::<serde_json::Value>(&project.read("output/run.json")).expect("a record");
    let states = |record: serde_json::Value| {
        let branches = record["branches"].as_array().expect("branches").clone();
        branches.iter().map(|branch| branch["state"].as_str().expect("a state").to_owned()).collect::<Vec<_>>()
    };
    let there = || BRANCHES.map(|branch| project.report(branch, "md").is_file());
    assert_eq!(
        (states(record()), there()),
        (["draft", "draft", "stopped"].map(str::to_owned).to_vec(), [true, true, false])
    );
    assert!(!record()["branches"][0]["files"].as_object().expect("files").is_empty());
    // With enough steps the next run completes it.
    let outcome = build(&project, &NoProgress);
    assert_eq!((states(record()), there()), (vec!["draft".to_owned(); 3], [true; 3]), "{:?}", outcome.findings);
}
