//! Starts and cancels builds.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};

use crate::diagnostics::SeverityCounts;
use crate::pipeline::build_worker::{BuildSummary, ChildBuildError, build_in_child};
use crate::pipeline::{Options, chain};
use crate::serve::form;
use crate::serve::job::{JobOutcome, ReturnLink, RunningJob};
use crate::serve::response::{HandlerResult, redirect};
use crate::serve::state::AppState;

/// How long a build waits until the run before it, or it itself, is kept for comparison.
const SNAPSHOT_TIMEOUT: Duration = Duration::from_secs(60);

/// Starts a build job and redirects to the job page. `skipped` is a sentence about requested reports that `options`
/// leave out; with it the job counts as not fully done.
///
/// # Errors
/// When another job is running, or the settings cannot be used.
pub(crate) fn start_build(
    state: &Arc<AppState>,
    name: &str,
    return_link: ReturnLink,
    options: Options,
    skipped: Option<String>,
) -> HandlerResult {
    start_job(state, name, return_link, options, skipped)?;
    Ok(redirect("/work"))
}

/// Starts a job that makes the drafts of all branches.
///
/// # Errors
/// When another job is running, or the settings cannot be used.
pub(crate) fn start_draft_job(state: &Arc<AppState>, name: &str, return_link: ReturnLink) -> Result<(), String> {
    start_job(state, name, return_link, state.build_options(Vec::new(), false), None)
}

fn start_job(
    state: &Arc<AppState>,
    name: &str,
    return_link: ReturnLink,
    options: Options,
    skipped: Option<String>,
) -> Result<(), String> {
    // What is wrong with the settings is said on the page itself, with the way to mend it.
    state.settings()?;
    let job_state = Arc::clone(state);
    state.jobs.start(name, true, return_link, move |job| {
        let mut outcome = run_build(&job_state, &options, job);
        outcome.succeeded &= skipped.is_none();
        outcome.messages.extend(skipped);
        outcome
    })
}

/// Builds in a process of its own: however that ends, the server goes on. The runs before and after are kept for
/// comparison: pages of branches show what changed.
fn run_build(state: &AppState, options: &Options, job: &RunningJob) -> JobOutcome {
    drop(state.changes(SNAPSHOT_TIMEOUT));
    let result = build_in_child(options, job);
    drop(state.changes(SNAPSHOT_TIMEOUT));
    match result {
        Ok(summary) => describe(summary, options),
        Err(error) => {
            let messages = vec![chain(&error)];
            let findings = if let ChildBuildError::Refused(_, findings) = error { findings } else { Vec::new() };
            JobOutcome { succeeded: false, messages, findings }
        }
    }
}

fn describe(summary: BuildSummary, options: &Options) -> JobOutcome {
    let BuildSummary { counts, mut findings } = summary;
    // What was found in the rows of other reports is said on their pages.
    let is_asked = |branch: &String| options.branches.is_empty() || options.branches.contains(branch);
    findings.retain(|finding| finding.branch.as_ref().is_none_or(is_asked));
    let kind = if options.is_final { "正式报告" } else { "草稿" };
    let unchanged = match counts.unchanged {
        0 => String::new(),
        count => format!("，其中 {count} 份没有变化"),
    };
    // The department's report alone: there is nothing to say of others.
    let is_of_branches = counts.written + counts.kept_finals + counts.stopped > 0 || counts.summary.is_none();
    let branches = is_of_branches.then(|| format!("{kind} {} 份{unchanged}", counts.written));
    let mut messages = vec![branches.into_iter().chain(counts.summary).collect::<Vec<_>>().join("；")];
    if counts.kept_finals > 0 {
        messages.push(format!("正式报告 {} 份没有动", counts.kept_finals));
    }
    if counts.stopped > 0 {
        messages.push(format!("没有生成 {} 份，原因见下面", counts.stopped));
    }
    if counts.cancelled {
        messages.push("已取消：已经生成的保留，其余的还是原来的样子".to_owned());
    }
    if counts.gaps > 0 {
        messages.push(format!("待填写 {} 处", counts.gaps));
    }
    let SeverityCounts { errors, warnings, notes } = findings.iter().collect();
    messages.push(format!("错误 {errors} 项，警告 {warnings} 项，提示 {notes} 项"));
    let succeeded = !counts.failed && !counts.cancelled;
    JobOutcome { succeeded, messages, findings }
}

/// Cancels the running job.
pub(crate) async fn cancel(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    form::read_form(&state, request).await?;
    state.jobs.cancel();
    Ok(redirect("/work"))
}
