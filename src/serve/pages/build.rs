//! Long work: building, how far it is, what it came to.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Query as Asked, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use tokio::sync::watch;

use super::{Query, branch, findings};
use crate::diagnostics::Severity;
use crate::manifest::{BranchRecord, ReportState as Made, RunManifest};
use crate::pipeline::{self, BuildError, BuildOutcome, Options, chain};
use crate::serve::form;
use crate::serve::html::{Html, put};
use crate::serve::job::{Back, Finished, JobProgress, JobStatus, Outcome};
use crate::serve::layout::{PageLayout, Tab, ticket};
use crate::serve::response::{Answer, Denied, aside, see};
use crate::serve::state::AppState;

/// How often a page that looks on is told how far the work is.
const TOLD_EVERY: Duration = Duration::from_millis(250);
/// For how long a build waits until what was there before it is kept.
const KEEPING: Duration = Duration::from_secs(60);

/// The page.
pub async fn show(State(state): State<Arc<AppState>>, Asked(query): Asked<Query>) -> Answer {
    aside(state, move |state| {
        let mut body = Html::default();
        let status = state.jobs.status();
        match &status {
            Some(status) => going_on(&mut body, state, status),
            None => {
                choices(&mut body, state);
                if let Some(last) = state.jobs.last() {
                    finished(&mut body, &last);
                }
            }
        }
        let frame = PageLayout { title: "生成", tab: Tab::Work, refresh: status.is_some().then_some(3) };
        Ok(frame.page(state, query.note(state).as_deref(), &body).into_response())
    })
    .await
}

fn going_on(body: &mut Html, state: &AppState, status: &JobStatus) {
    put!(body; "<section class=\"panel\" data-live=\"/work/events\"><h2>正在" (&status.what)
        "</h2><p role=\"status\" data-live-text>" (line(status)) "</p><progress aria-label=\"进度\" data-live-bar");
    if status.total > 0 {
        put!(body; " value=\"" (status.done) "\" max=\"" (status.total) "\"");
    }
    put!(body; "></progress><p>关掉这一页也会继续做完。</p>");
    if status.cancellable {
        put!(body; "<form method=\"post\" action=\"/work/cancel\">" {&ticket(state)} "<button>取消</button></form>");
    }
    put!(body; "</section>");
}

fn line(status: &JobStatus) -> String {
    let count = if status.total > 0 { format!(" {} / {}", status.done, status.total) } else { String::new() };
    let cancelled = if status.cancelled { "，正在取消" } else { "" };
    format!("{}{count}，已用 {} 秒{cancelled}", status.stage, status.seconds)
}

/// The names of the branches whose reports are final already.
fn finals(state: &AppState) -> Vec<String> {
    let run = state.run().ok();
    let run = run.as_deref().and_then(|run| run.as_ref().ok());
    let own = run.into_iter().flat_map(|run: &RunManifest| &run.branches).filter(|record| record.state == Made::Final);
    own.map(|record| record.name.clone()).collect()
}

fn choices(body: &mut Html, state: &AppState) {
    let finals = finals(state).len();
    put!(body; "<form class=\"panel\" method=\"post\" action=\"/work/build\">" {&ticket(state)}
        "<p>读取台账，为每个党组织生成报告。只有受影响的重新生成，其余的不动。</p><fieldset><legend>生成什么</legend>"
        "<p><label><input type=\"radio\" name=\"what\" value=\"draft\" checked> 草稿</label></p>"
        "<p><label><input type=\"radio\" name=\"what\" value=\"final\"> 全部定稿（还有待填写或错误的，草稿不动）</label></p></fieldset>");
    if finals > 0 {
        put!(body; "<p><label><input type=\"checkbox\" name=\"again\" value=\"yes\"> 已定稿的 " (finals)
            " 份也重新生成草稿</label></p><p class=\"hint\">不选的话，已定稿的不动，汇总等全部定稿时再更新。</p>");
    }
    put!(body; "<p><button class=\"main\">开始生成</button></p></form>");
}

fn finished(body: &mut Html, last: &Finished) {
    let (class, role) = if last.outcome.done { ("note done", "status") } else { ("note refused", "alert") };
    put!(body; "<section id=\"outcome\"><h2>" (&last.what) "：" (if last.outcome.done { "已完成" } else { "没有全部完成" })
        "</h2><div class=\"" (class) "\" role=\"" (role) "\">");
    for line in &last.outcome.lines {
        put!(body; "<p>" (line) "</p>");
    }
    put!(body; "<p>用时 " (format!("{:.1}", last.seconds)) " 秒。<a href=\"" (&last.back.1) "\">" (last.back.0)
        "</a></p></div>" {&findings::list(last.outcome.findings.iter(), &branch::spot)} "</section>");
}

/// Begins a build.
pub async fn build(State(state): State<Arc<AppState>>, request: Request) -> Answer {
    let fields = form::fields(&state, request).await?;
    aside(
        state,
        move |state| if fields.get("what") == "final" { all_final(state) } else { drafts(state, fields.has("again")) },
    )
    .await
}

/// Where a build leads back to.
fn back() -> Back {
    ("看进度", "/".to_owned())
}

/// Drafts of all branches, or of those whose reports are not final.
fn drafts(state: &Arc<AppState>, again: bool) -> Answer {
    let finals = if again { Vec::new() } else { finals(state) };
    if finals.is_empty() {
        return start(state, "生成报告", back(), state.options(Vec::new(), false), Vec::new());
    }
    let analysis = branch::analysis(state)?;
    let analysis = analysis.as_ref().as_ref().map_err(Clone::clone)?;
    let names = analysis.bound.branches.iter().map(|branch| branch.name().to_owned());
    let others: Vec<String> = names.filter(|name| !finals.contains(name)).collect();
    if others.is_empty() {
        return Err(Denied::conflict("所有党组织都已定稿，没有要生成的草稿；要重新生成，请选“也重新生成草稿”"));
    }
    start(state, "生成报告", back(), state.options(others, false), Vec::new())
}

/// Final reports of all branches against which nothing stands; the drafts of others stay. The department's is made
/// with those of all.
fn all_final(state: &Arc<AppState>) -> Answer {
    let analysis = branch::analysis(state)?;
    let run = state.run()?;
    let run = run.as_ref().as_ref().map_err(|_| Denied::conflict("还没有草稿，请先生成草稿，看过再定稿"))?;
    let analysis = analysis.as_ref().as_ref().map_err(Clone::clone)?;
    let (ready, open) = pipeline::ready(run, &analysis.findings);
    let names = |records: &[&BranchRecord]| records.iter().map(|record| record.name.clone()).collect::<Vec<_>>();
    if ready.is_empty() {
        return Err(Denied::conflict("没有可以定稿的报告：都还有待填写或错误，请先看进度"));
    }
    if open.is_empty() {
        return start(state, "全部定稿", back(), state.options(Vec::new(), true), Vec::new());
    }
    let left = format!("还有待填写或错误，没有定稿 {} 份：{}", open.len(), names(&open).join("、"));
    start(state, "全部定稿", back(), state.options(names(&ready), true), vec![left])
}

/// Begins a build with these options, and shows how far it is; `left` is what it was not asked for, a sentence each.
///
/// # Errors
/// When other work goes on.
pub fn start(state: &Arc<AppState>, what: &str, back: Back, options: Options, left: Vec<String>) -> Answer {
    let own = Arc::clone(state);
    state.jobs.start(what, true, back, move |progress| {
        let mut outcome = made(&own, &options, progress);
        outcome.done &= left.is_empty();
        outcome.lines.extend(left);
        outcome
    })?;
    Ok(see("/work"))
}

/// Builds; what it came to. What there was before is kept first, so that the branches' pages can tell what changed.
fn made(state: &AppState, options: &Options, progress: &JobProgress) -> Outcome {
    drop(state.changes(KEEPING));
    let built = pipeline::build(options, progress);
    drop(state.changes(KEEPING));
    match built {
        Ok(outcome) => told(outcome, options),
        Err(error) => {
            let lines = vec![chain(&error)];
            let findings = if let BuildError::NoRoster(_, findings) = error { findings } else { Vec::new() };
            Outcome { done: false, lines, findings }
        }
    }
}

/// What a build came to, in sentences.
fn told(outcome: BuildOutcome, options: &Options) -> Outcome {
    let kind = if options.is_final { "正式报告" } else { "草稿" };
    let mut lines = vec![format!("{kind} {} 份，其中 {} 份没有变化", outcome.written(), outcome.unchanged())];
    if outcome.stopped() > 0 {
        lines.push(format!("没有生成 {} 份，原因见下面", outcome.stopped()));
    }
    if outcome.cancelled {
        lines.push("已取消：已经生成的保留，其余的还是原来的样子".to_owned());
    }
    if outcome.gaps() > 0 {
        lines.push(format!("待填写 {} 处", outcome.gaps()));
    }
    let count = |severity| outcome.count(severity);
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    lines.push(format!("错误 {errors} 项，警告 {warnings} 项，提示 {} 项", count(Severity::Note)));
    Outcome { done: !outcome.failed() && !outcome.cancelled, lines, findings: outcome.findings }
}

/// Has the work end where it can.
pub async fn cancel(State(state): State<Arc<AppState>>, request: Request) -> Answer {
    form::fields(&state, request).await?;
    state.jobs.cancel();
    Ok(see("/work"))
}

/// How far the work is, as server-sent events, until it ends or the server does.
pub async fn events(State((state, stopped)): State<(Arc<AppState>, watch::Receiver<bool>)>) -> Response {
    let stream = unfold((state, stopped, false), |(state, mut stopped, ended)| async move {
        if ended {
            return None;
        }
        let is_stopped = tokio::select! {
            () = tokio::time::sleep(TOLD_EVERY) => false,
            _ = stopped.changed() => true,
        };
        let status = state.jobs.status();
        let (event, ended) = match status.filter(|_| !is_stopped) {
            Some(status) => {
                let told = serde_json::json!({ "text": line(&status), "done": status.done, "total": status.total });
                (format!("data: {told}\n\n"), false)
            }
            None => ("event: end\ndata: {}\n\n".to_owned(), true),
        };
        Some((Ok::<_, std::convert::Infallible>(event), (state, stopped, ended)))
    });
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    ([kind], Body::from_stream(stream)).into_response()
}
