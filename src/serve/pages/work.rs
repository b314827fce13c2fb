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
use crate::diag::Severity;
use crate::pipeline::{self, Batch, BuildError, Options, chain};
use crate::record::{BranchRecord, Run, State as Made};
use crate::serve::desk::Desk;
use crate::serve::form;
use crate::serve::frame::{Frame, Tab, ticket};
use crate::serve::html::{Html, put};
use crate::serve::job::{Back, Finished, Headway, Outcome, Progress};
use crate::serve::reply::{Answer, Denied, aside, see};

/// How often a page that looks on is told how far the work is.
const TOLD_EVERY: Duration = Duration::from_millis(250);
/// For how long a build waits until what was there before it is kept.
const KEEPING: Duration = Duration::from_secs(60);

/// The page.
pub async fn show(State(desk): State<Arc<Desk>>, Asked(query): Asked<Query>) -> Answer {
    aside(desk, move |desk| {
        let mut body = Html::default();
        let headway = desk.jobs.headway();
        match &headway {
            Some(headway) => going_on(&mut body, desk, headway),
            None => {
                choices(&mut body, desk);
                if let Some(last) = desk.jobs.last() {
                    finished(&mut body, &last);
                }
            }
        }
        let frame = Frame { title: "生成", tab: Tab::Work, refresh: headway.is_some().then_some(3) };
        Ok(frame.page(desk, query.note(desk).as_deref(), &body).into_response())
    })
    .await
}

fn going_on(body: &mut Html, desk: &Desk, headway: &Headway) {
    put!(body; "<section class=\"panel\" data-live=\"/work/events\"><h2>正在" (&headway.what)
        "</h2><p role=\"status\" data-live-text>" (line(headway)) "</p><progress aria-label=\"进度\" data-live-bar");
    if headway.total > 0 {
        put!(body; " value=\"" (headway.done) "\" max=\"" (headway.total) "\"");
    }
    put!(body; "></progress><p>关掉这一页也会继续做完。</p>");
    if headway.cancellable {
        put!(body; "<form method=\"post\" action=\"/work/cancel\">" {&ticket(desk)} "<button>取消</button></form>");
    }
    put!(body; "</section>");
}

fn line(headway: &Headway) -> String {
    let count = if headway.total > 0 { format!(" {} / {}", headway.done, headway.total) } else { String::new() };
    let cancelled = if headway.cancelled { "，正在取消" } else { "" };
    format!("{}{count}，已用 {} 秒{cancelled}", headway.stage, headway.seconds)
}

/// The names of the branches whose reports are final already.
fn finals(desk: &Desk) -> Vec<String> {
    let run = desk.run().ok();
    let run = run.as_deref().and_then(|run| run.as_ref().ok());
    let own = run.into_iter().flat_map(|run: &Run| &run.branches).filter(|record| record.state == Made::Final);
    own.map(|record| record.name.clone()).collect()
}

fn choices(body: &mut Html, desk: &Desk) {
    let finals = finals(desk).len();
    put!(body; "<form class=\"panel\" method=\"post\" action=\"/work/build\">" {&ticket(desk)}
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
pub async fn build(State(desk): State<Arc<Desk>>, request: Request) -> Answer {
    let fields = form::fields(&desk, request).await?;
    aside(
        desk,
        move |desk| if fields.get("what") == "final" { all_final(desk) } else { drafts(desk, fields.has("again")) },
    )
    .await
}

/// Where a build leads back to.
fn back() -> Back {
    ("看进度", "/".to_owned())
}

/// Drafts of all branches, or of those whose reports are not final.
fn drafts(desk: &Arc<Desk>, again: bool) -> Answer {
    let finals = if again { Vec::new() } else { finals(desk) };
    if finals.is_empty() {
        return start(desk, "生成报告", back(), desk.options(Vec::new(), false), Vec::new());
    }
    let examined = branch::examined(desk)?;
    let examined = examined.as_ref().as_ref().map_err(Clone::clone)?;
    let names = examined.bound.branches.iter().map(|branch| branch.name().to_owned());
    let others: Vec<String> = names.filter(|name| !finals.contains(name)).collect();
    if others.is_empty() {
        return Err(Denied::conflict("所有党组织都已定稿，没有要生成的草稿；要重新生成，请选“也重新生成草稿”"));
    }
    start(desk, "生成报告", back(), desk.options(others, false), Vec::new())
}

/// Final reports of all branches against which nothing stands; the drafts of others stay. The department's is made
/// with those of all.
fn all_final(desk: &Arc<Desk>) -> Answer {
    let examined = branch::examined(desk)?;
    let run = desk.run()?;
    let run = run.as_ref().as_ref().map_err(|_| Denied::conflict("还没有草稿，请先生成草稿，看过再定稿"))?;
    let examined = examined.as_ref().as_ref().map_err(Clone::clone)?;
    let (ready, open) = pipeline::ready(run, &examined.findings);
    let names = |records: &[&BranchRecord]| records.iter().map(|record| record.name.clone()).collect::<Vec<_>>();
    if ready.is_empty() {
        return Err(Denied::conflict("没有可以定稿的报告：都还有待填写或错误，请先看进度"));
    }
    if open.is_empty() {
        return start(desk, "全部定稿", back(), desk.options(Vec::new(), true), Vec::new());
    }
    let left = format!("还有待填写或错误，没有定稿 {} 份：{}", open.len(), names(&open).join("、"));
    start(desk, "全部定稿", back(), desk.options(names(&ready), true), vec![left])
}

/// Begins a build with these options, and shows how far it is; `left` is what it was not asked for, a sentence each.
///
/// # Errors
/// When other work goes on.
pub fn start(desk: &Arc<Desk>, what: &str, back: Back, options: Options, left: Vec<String>) -> Answer {
    let own = Arc::clone(desk);
    desk.jobs.start(what, true, back, move |progress| {
        let mut outcome = made(&own, &options, progress);
        outcome.done &= left.is_empty();
        outcome.lines.extend(left);
        outcome
    })?;
    Ok(see("/work"))
}

/// Builds; what it came to. What there was before is kept first, so that the branches' pages can tell what changed.
fn made(desk: &Desk, options: &Options, progress: &Progress) -> Outcome {
    drop(desk.changes(KEEPING));
    let built = pipeline::build(options, progress);
    drop(desk.changes(KEEPING));
    match built {
        Ok(batch) => told(batch, options),
        Err(error) => {
            let lines = vec![chain(&error)];
            let findings = if let BuildError::NoRoster(_, findings) = error { findings } else { Vec::new() };
            Outcome { done: false, lines, findings }
        }
    }
}

/// What a build came to, in sentences.
fn told(batch: Batch, options: &Options) -> Outcome {
    let kind = if options.is_final { "正式报告" } else { "草稿" };
    let mut lines = vec![format!("{kind} {} 份，其中 {} 份没有变化", batch.written(), batch.unchanged())];
    if batch.stopped() > 0 {
        lines.push(format!("没有生成 {} 份，原因见下面", batch.stopped()));
    }
    if batch.cancelled {
        lines.push("已取消：已经生成的保留，其余的还是原来的样子".to_owned());
    }
    if batch.gaps() > 0 {
        lines.push(format!("待填写 {} 处", batch.gaps()));
    }
    let count = |severity| batch.count(severity);
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    lines.push(format!("错误 {errors} 项，警告 {warnings} 项，提示 {} 项", count(Severity::Note)));
    Outcome { done: !batch.failed() && !batch.cancelled, lines, findings: batch.findings }
}

/// Has the work end where it can.
pub async fn cancel(State(desk): State<Arc<Desk>>, request: Request) -> Answer {
    form::fields(&desk, request).await?;
    desk.jobs.cancel();
    Ok(see("/work"))
}

/// How far the work is, as server-sent events, until it ends or the server does.
pub async fn events(State((desk, stopped)): State<(Arc<Desk>, watch::Receiver<bool>)>) -> Response {
    let stream = unfold((desk, stopped, false), |(desk, mut stopped, ended)| async move {
        if ended {
            return None;
        }
        let is_stopped = tokio::select! {
            () = tokio::time::sleep(TOLD_EVERY) => false,
            _ = stopped.changed() => true,
        };
        let headway = desk.jobs.headway();
        let (event, ended) = match headway.filter(|_| !is_stopped) {
            Some(headway) => {
                let told = serde_json::json!({ "text": line(&headway), "done": headway.done, "total": headway.total });
                (format!("data: {told}\n\n"), false)
            }
            None => ("event: end\ndata: {}\n\n".to_owned(), true),
        };
        Some((Ok::<_, std::convert::Infallible>(event), (desk, stopped, ended)))
    });
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    ([kind], Body::from_stream(stream)).into_response()
}
