//! How far everybody is, what needs attention first.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use axum::extract::{Query as Asked, State};
use axum::response::IntoResponse;

use super::Query;
use crate::dashboard::{BranchStatus, Dashboard, days, days_left};
use crate::manifest::{ReportState as Made, RunManifest};
use crate::render::in_address;
use crate::scans::ScanInventory;
use crate::serve::html::{Html, put};
use crate::serve::layout::{PageLayout, Tab};
use crate::serve::response::{Answer, aside};
use crate::serve::state::{AppState, PATIENCE, today};

/// Branches on a page.
const SHOWN: usize = 100;
/// The choices of what is shown, each with its name.
const CHOICES: [(&str, &str); 7] = [
    ("", "全部"),
    ("open", "要处理的"),
    ("error", "有错误的"),
    ("gap", "有待填写的"),
    ("clear", "不用再处理的"),
    ("final", "正式报告"),
    ("signed", "已签字的"),
];

/// The page.
pub async fn show(State(state): State<Arc<AppState>>, Asked(query): Asked<Query>) -> Answer {
    aside(state, move |state| {
        let run = state.run()?;
        let survey = state.survey(Arc::clone(&run), PATIENCE);
        let mut body = Html::default();
        match run.as_ref() {
            Err(_) => first_steps(&mut body),
            Ok(run) => {
                let nothing = ScanInventory::default();
                let known = survey.any().map_or(&nothing, Arc::as_ref);
                if !survey.is_fresh() {
                    put!(body; "<p class=\"note\" role=\"status\">正在查看签字件，稍后刷新这一页。</p>");
                }
                board(&mut body, run, &Dashboard::of(run, known), (&query, &state.places.output));
            }
        }
        let frame = PageLayout { title: "进度", tab: Tab::Dashboard, refresh: (!survey.is_fresh()).then_some(3) };
        Ok(frame.page(state, query.note(state).as_deref(), &body).into_response())
    })
    .await
}

/// What to do where nothing was built yet.
fn first_steps(body: &mut Html) {
    put!(body; "<div class=\"panel\"><p>还没有生成过报告。</p><ol><li>到<a href=\"/ledgers\">台账</a>，"
        "把收到的 Excel 文件放进来，先放党组织名册。</li><li>按提示改好标出的单元格。</li>"
        "<li>到<a href=\"/work\">生成</a>，生成各党组织的报告。</li></ol></div>");
}

fn board(body: &mut Html, run: &RunManifest, board: &Dashboard<'_>, (query, output): (&Query, &Path)) {
    let left = days_left(board.deadline, today());
    put!(body; "<p class=\"lead\">" (board.notice) "</p><p>截止 <time datetime=\"" (board.deadline) "\">" (board.deadline)
        "</time><strong>" (left.map(days).unwrap_or_default()) "</strong></p><ul class=\"counts\">");
    for (state, count) in &board.counts {
        put!(body; "<li>" (state.label()) " <b>" (count) "</b></li>");
    }
    let open = board.branches.iter().filter(|standing| !standing.is_clear()).count();
    put!(body; "<li>已签字 <b>" (board.signed) "</b></li><li><a href=\"/?show=open\">要处理的 <b>" (open)
        "</b></a></li></ul>");
    filters(body, query);
    let words: Vec<&str> = query.q.split_whitespace().collect();
    let fits = |standing: &&BranchStatus<'_>| {
        words.iter().all(|word| standing.branch.contains(word) || standing.kind.contains(word))
            && is_shown(standing, &query.show)
    };
    let found: Vec<&BranchStatus<'_>> = board.branches.iter().filter(fits).collect();
    let pages = found.len().div_ceil(SHOWN).max(1);
    let page = query.page.clamp(1, pages);
    put!(body; "<p role=\"status\">" (found.len()) " / " (board.branches.len()) " 个党组织</p>");
    if found.is_empty() {
        put!(body; "<p>没有符合的党组织。<a href=\"/\">看全部</a></p>");
        return;
    }
    let places: HashMap<&str, usize> = run.branches.iter().map(|record| record.name.as_str()).zip(1..).collect();
    put!(body; "<table class=\"cards\"><thead><tr><th scope=\"col\">党组织</th><th scope=\"col\">报告</th>"
        "<th scope=\"col\">错误</th><th scope=\"col\">待填写</th><th scope=\"col\">警告</th>"
        "<th scope=\"col\">没有记录的台账</th><th scope=\"col\">最近变化</th></tr></thead><tbody>");
    for standing in found.iter().skip((page - 1) * SHOWN).take(SHOWN) {
        let changed = standing.last_change(output).unwrap_or_default();
        row(body, standing, places.get(standing.branch).copied().unwrap_or_default(), &changed);
    }
    put!(body; "</tbody></table>");
    pager(body, query, page, pages);
}

fn filters(body: &mut Html, query: &Query) {
    put!(body;
        "<form role=\"search\" class=\"filters\" action=\"/\"><label>查找 <input type=\"search\" name=\"q\" value=\""
        (&query.q) "\" placeholder=\"名称或类别\"></label> <label>只看 <select name=\"show\">");
    for (choice, name) in CHOICES {
        put!(body; "<option value=\"" (choice) "\"");
        if choice == query.show {
            put!(body; " selected");
        }
        put!(body; ">" (name) "</option>");
    }
    put!(body; "</select></label> <button>查找</button></form>");
}

fn is_shown(standing: &BranchStatus<'_>, show: &str) -> bool {
    match show {
        "open" => !standing.is_clear(),
        "error" => standing.findings[0] > 0,
        "gap" => standing.gaps > 0,
        "clear" => standing.is_clear(),
        "final" => standing.state == Made::Final,
        "signed" => standing.label().starts_with("已签字"),
        _ => true,
    }
}

fn row(body: &mut Html, standing: &BranchStatus<'_>, place: usize, changed: &str) {
    let [errors, warnings, _] = standing.findings;
    put!(body; "<tr><th scope=\"row\"><a href=\"/branch/" (place) "\">" (standing.branch) "</a> <small>" (standing.kind)
        "</small></th><td data-label=\"报告\">" (standing.label()) "</td>");
    for (label, count, is_bad) in [("错误", errors, true), ("待填写", standing.gaps, true), ("警告", warnings, false)]
    {
        match (count, is_bad) {
            (0, _) => put!(body; "<td class=\"none\" data-label=\"" (label) "\"></td>"),
            (_, true) => put!(body; "<td class=\"bad\" data-label=\"" (label) "\">" (count) "</td>"),
            (_, false) => put!(body; "<td data-label=\"" (label) "\">" (count) "</td>"),
        }
    }
    let class = if standing.missing.is_empty() { "none" } else { "" };
    put!(body; "<td class=\"" (class) "\" data-label=\"没有记录的台账\">" (standing.missing.join("、")) "</td>");
    put!(body; "<td class=\"" (if changed.is_empty() { "none" } else { "" }) "\" data-label=\"最近变化\">" (changed) "</td></tr>");
}

fn pager(body: &mut Html, query: &Query, page: usize, pages: usize) {
    if pages < 2 {
        return;
    }
    put!(body; "<nav class=\"pager\" aria-label=\"分页\">");
    for (to, name) in [(page.wrapping_sub(1), "上一页"), (page + 1, "下一页")] {
        if (1..=pages).contains(&to) {
            let address = format!("/?q={}&show={}&page={to}", in_address(&query.q), in_address(&query.show));
            put!(body; "<a href=\"" (address) "\">" (name) "</a> ");
        }
    }
    put!(body; "<span>第 " (page) " 页，共 " (pages) " 页</span></nav>");
}
