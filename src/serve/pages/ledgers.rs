//! The ledgers that are there: sending more, taking changes back.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query as Asked, Request, State};
use axum::response::IntoResponse;

use super::Query;
use crate::diagnostics::{Diagnostic, Location};
use crate::ingest::{LedgerFile, find_files};
use crate::pipeline::{Analysis, Settings, chain};
use crate::serve::flash::Flash;
use crate::serve::form;
use crate::serve::html::{Html, put};
use crate::serve::layout::{PageLayout, Tab, ticket};
use crate::serve::response::{Answer, Denied, aside, see};
use crate::serve::state::{AppState, PATIENCE, now};
use crate::serve::upload::{self, Same};
use crate::store::{ChangeKind, sha256};

/// Files that are listed at a time.
const SHOWN: usize = 500;
/// Changes that can be seen.
const CHANGES: usize = 20;

/// What a ledger file goes by in addresses: nobody's request names a path.
pub fn key(name: &str) -> String {
    sha256(name.as_bytes()).to_string().chars().take(20).collect()
}

/// The ledger file that goes by a key.
///
/// # Errors
/// When there is none, or the folder cannot be listed.
pub fn find(state: &AppState, wanted: &str) -> Result<LedgerFile, Denied> {
    let files =
        find_files(&state.places.input).map_err(|error| Denied::conflict(format!("读不到台账文件夹：{error}")))?;
    let found = files.output.into_iter().find(|file| key(file.name()) == wanted);
    found.ok_or_else(|| Denied::not_found("没有这个台账文件，可能刚被移走"))
}

/// The page.
pub async fn show(State(state): State<Arc<AppState>>, Asked(query): Asked<Query>) -> Answer {
    aside(state, move |state| {
        let settings = state.settings()?;
        let analysis = state.analysis(PATIENCE);
        let mut body = Html::default();
        sending(&mut body, state);
        if !analysis.is_fresh() {
            put!(body; "<p class=\"note\" role=\"status\">正在核对台账……</p>");
        }
        let files = find_files(&state.places.input).map_err(|error| format!("读不到台账文件夹：{error}"))?;
        let looked = analysis.any().map(Arc::as_ref);
        match looked {
            Some(Err(error)) => put!(body; "<p class=\"note refused\" role=\"alert\">" (error) "</p>"),
            Some(Ok(analysis)) => missing(&mut body, analysis),
            None => {}
        }
        table(&mut body, &files.output, looked.and_then(|looked| looked.as_ref().ok()), &settings, &query);
        for skipped in &files.findings {
            put!(body; "<p class=\"hint\">" (skipped.place.file().unwrap_or_default()) "：" (&skipped.message) "</p>");
        }
        history(&mut body, state);
        let frame = PageLayout { title: "台账", tab: Tab::Ledgers, refresh: (!analysis.is_fresh()).then_some(2) };
        Ok(frame.page(state, query.note(state).as_deref(), &body).into_response())
    })
    .await
}

fn sending(body: &mut Html, state: &AppState) {
    put!(body;
        "<form class=\"panel drop\" method=\"post\" action=\"/ledgers\" enctype=\"multipart/form-data\" data-send>"
        {&ticket(state)} "<fieldset><legend>收到同名的文件时</legend>"
        "<label><input type=\"radio\" name=\"same\" value=\"replace\" checked> 换下原来的（可以撤销）</label> "
        "<label><input type=\"radio\" name=\"same\" value=\"both\"> 两份都留</label></fieldset>"
        "<p><label for=\"files\">台账文件，可以一次选多个，也可以是装着它们的 zip</label><br>"
        "<input id=\"files\" type=\"file\" name=\"files\" multiple required "
        "accept=\".xlsx,.xls,.xlsm,.xlsb,.ods,.csv,.tsv,.zip\"></p>"
        "<p class=\"hint\" data-drop-hint hidden>也可以把文件拖到这里。</p>"
        "<p><button class=\"main\">放入台账</button></p><p role=\"status\" aria-live=\"polite\" data-progress></p>"
        "</form>");
}

/// What is found that belongs to no file: ledgers that nobody handed in, mostly.
fn missing(body: &mut Html, analysis: &Analysis) {
    let general = analysis
        .findings
        .iter()
        .filter(|finding| finding.branch.is_none() && finding.place.file().is_none_or(str::is_empty));
    let list = super::findings::list(general, &|_| Html::default());
    if list != Html::default() {
        put!(body; "<section><h2>总体</h2>" {&list} "</section>");
    }
}

/// Errors, warnings and notes of each file.
fn counts(findings: &[Diagnostic]) -> HashMap<&str, [usize; 3]> {
    let mut counts: HashMap<&str, [usize; 3]> = HashMap::new();
    for finding in findings.iter().filter(|finding| !matches!(finding.place, Location::Line { .. })) {
        counts.entry(finding.place.file().unwrap_or_default()).or_default()[finding.severity as usize] += 1;
    }
    counts
}

/// The ledgers each file brings, by their titles.
fn titles<'e>(analysis: Option<&'e Analysis>, settings: &'e Settings) -> HashMap<&'e str, Vec<&'e str>> {
    let mut titles: HashMap<&str, Vec<&str>> = HashMap::new();
    for sheet in analysis.iter().flat_map(|analysis| &analysis.bound.sheets) {
        if let Some((_, ledger)) = settings.notice.ledger.get_index(sheet.ledger) {
            let known = titles.entry(&sheet.source.file).or_default();
            if !known.contains(&ledger.title.as_str()) {
                known.push(&ledger.title);
            }
        }
    }
    titles
}

fn table(body: &mut Html, files: &[LedgerFile], analysis: Option<&Analysis>, settings: &Settings, query: &Query) {
    put!(body; "<section><h2>已有的台账（" (files.len()) " 个）</h2>");
    if files.is_empty() {
        put!(body; "<p>还没有台账。先放党组织名册，再放其他台账。</p></section>");
        return;
    }
    let (counts, titles) = (analysis.map(|e| counts(&e.findings)).unwrap_or_default(), titles(analysis, settings));
    let count = |file: &LedgerFile| counts.get(file.name()).copied().unwrap_or_default();
    let is_odd = |file: &LedgerFile| count(file)[..2] != [0, 0] || !titles.contains_key(file.name());
    filters(body, query);
    let fits = |file: &&LedgerFile| {
        query.q.split_whitespace().all(|word| file.name().contains(word)) && (query.show != "odd" || is_odd(file))
    };
    let found: Vec<&LedgerFile> = files.iter().filter(fits).collect();
    put!(body; "<p role=\"status\">" (found.len()) " / " (files.len()) " 个文件</p><table class=\"cards\"><thead><tr>"
        "<th scope=\"col\">文件</th><th scope=\"col\">认作</th><th scope=\"col\">错误</th>"
        "<th scope=\"col\">警告</th><th scope=\"col\">提示</th></tr></thead><tbody>");
    for file in found.iter().take(SHOWN) {
        put!(body; "<tr><th scope=\"row\"><a href=\"/ledger/" (key(file.name())) "\">" (file.name())
            "</a></th><td data-label=\"认作\">");
        match titles.get(file.name()) {
            Some(titles) => put!(body; "《" (titles.join("》《")) "》"),
            None if analysis.is_some() => put!(body; "<span class=\"bad\">没有认出</span>"),
            None => {}
        }
        put!(body; "</td>");
        for ((label, class), count) in [("错误", "bad"), ("警告", ""), ("提示", "")].into_iter().zip(count(file))
        {
            match count {
                0 => put!(body; "<td class=\"none\" data-label=\"" (label) "\"></td>"),
                _ => put!(body; "<td class=\"" (class) "\" data-label=\"" (label) "\">" (count) "</td>"),
            }
        }
        put!(body; "</tr>");
    }
    put!(body; "</tbody></table>");
    if found.len() > SHOWN {
        put!(body; "<p>另有 " (found.len() - SHOWN) " 个没有列出，请用上面的查找。</p>");
    }
    put!(body; "</section>");
}

fn filters(body: &mut Html, query: &Query) {
    put!(body; "<form role=\"search\" class=\"filters\" action=\"/ledgers\"><label>查找 "
        "<input type=\"search\" name=\"q\" value=\"" (&query.q) "\" placeholder=\"文件名\"></label> "
        "<label>只看 <select name=\"show\"><option value=\"\">全部</option><option value=\"odd\"");
    if query.show == "odd" {
        put!(body; " selected");
    }
    put!(body; ">有问题的</option></select></label> <button>查找</button></form>");
}

fn history(body: &mut Html, state: &AppState) {
    let changes = state.shelf.changes(CHANGES);
    if changes.is_empty() {
        return;
    }
    put!(body; "<details><summary>最近的改动（可以撤销）</summary><ul class=\"history\">");
    for (change, is_last) in changes {
        let deed = match change.deed {
            ChangeKind::Added => "放入",
            ChangeKind::Replaced => "换成新的",
            ChangeKind::Removed => "移走",
        };
        put!(body; "<li>" (change.at.replace('T', " ")) " " (deed) " " (&change.name));
        if is_last {
            put!(body; "<form method=\"post\" action=\"/history/" (change.number) "/undo\">" {&ticket(state)}
                "<button aria-label=\"撤销：" (deed) " " (&change.name) "\">撤销</button></form>");
        }
        put!(body; "</li>");
    }
    put!(body; "</ul></details>");
}

/// Takes ledgers in.
pub async fn receive(State(state): State<Arc<AppState>>, request: Request) -> Answer {
    let own = Arc::clone(&state);
    let settings =
        tokio::task::spawn_blocking(move || own.settings()).await.unwrap_or_else(|_| Err("程序内部出错".to_owned()))?;
    let (fields, received) = form::files(&state, request, upload::each(&settings)).await?;
    aside(state, move |state| {
        let same = if fields.get("same") == "both" { Same::Both } else { Same::Replace };
        let note = upload::take(state, &settings, received, same);
        Ok(see(&format!("/ledgers?note={}", state.notes.keep(note))))
    })
    .await
}

/// Undoes a change.
pub async fn undo(State(state): State<Arc<AppState>>, Path(number): Path<u64>, request: Request) -> Answer {
    form::fields(&state, request).await?;
    aside(state, move |state| {
        let note = match state.shelf.undo(number, &now()) {
            Ok(change) => Flash {
                done: vec![format!("已撤销：“{}”恢复成原来的样子", change.name)],
                undo: vec![change.number],
                ..Flash::default()
            },
            Err(error) => Flash { refused: vec![chain(&error)], ..Flash::default() },
        };
        Ok(see(&format!("/ledgers?note={}", state.notes.keep(note))))
    })
    .await
}
