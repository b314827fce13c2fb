//! What a branch's page and the department's share: the report as it prints, its files, its metrics.

use std::collections::BTreeMap;

use super::preview::ALLOWED;
use crate::archive::zip;
use crate::manifest::{BranchRecord, MetricSource, SOURCES, Sources};
use crate::metric;
use crate::notice::{Notice, Show};
use crate::serve::html::{Html, put};
use crate::serve::response::{Answer, Denied, file as kept};
use crate::serve::state::AppState;

/// The formats that can be taken away, each with its name.
pub const KINDS: [(&str, &str); 4] =
    [("docx", "Word 文档（打印、签字）"), ("html", "网页"), ("md", "纯文本（比对用）"), ("xlsx", "表格")];

/// The report in a frame, and the ways to take it away; `address` is the page's own.
pub fn shown(body: &mut Html, state: &AppState, record: &BranchRecord, address: &str) {
    put!(body; "<section class=\"screen\"><h2>报告</h2>");
    if state.report(record, "html").is_none() {
        put!(body; "<p>还没有报告。</p></section>");
        return;
    }
    put!(body; "<ul class=\"downloads\">");
    for (kind, name) in KINDS {
        if state.report(record, kind).is_some() {
            put!(body; "<li><a href=\"" (address) "/file/" (kind) "\" download>下载 " (name) "</a></li>");
        }
    }
    if address != "/department" {
        put!(body; "<li><a href=\"" (address) "/all\" download>全部文件（zip）</a></li>");
    }
    put!(body; "<li><a href=\"" (address) "/report\" target=\"_blank\" rel=\"noopener\">单独打开，可以打印</a></li></ul>"
        "<div data-preview><p data-leaf hidden><button type=\"button\">上一页</button> "
        "<span data-told role=\"status\"></span> <button type=\"button\">下一页</button></p><div class=\"frame\">"
        "<iframe class=\"report\" sandbox=\"" (ALLOWED.trim_start()) "\" src=\"" (address) "/preview\" title=\""
        (&record.name) "的报告\"></iframe></div></div></section>");
}

/// The report's page as it was written.
///
/// # Errors
/// When there is none.
pub fn page(state: &AppState, record: &BranchRecord) -> Result<String, Denied> {
    let (_, path) = state.report(record, "html").ok_or_else(|| Denied::not_found("还没有报告，请先生成"))?;
    std::fs::read_to_string(path).map_err(|_| Denied::not_found("报告文件读不到，请重新生成"))
}

/// One of a report's files, to keep.
///
/// # Errors
/// When there is none.
pub fn file(state: &AppState, record: &BranchRecord, kind: &str) -> Answer {
    let known = KINDS.iter().any(|(known, _)| *known == kind);
    let found = state.report(record, kind).filter(|_| known);
    let (name, path) = found.ok_or_else(|| Denied::not_found("没有这种格式的报告，请先生成"))?;
    Ok(kept(&name, std::fs::read(path).map_err(|_| Denied::not_found("报告文件读不到，请重新生成"))?))
}

/// All of a report's files in one zip.
///
/// # Errors
/// When there are none.
pub fn all(state: &AppState, record: &BranchRecord) -> Answer {
    let files: Vec<_> = record.files.keys().filter_map(|name| Some((name, state.file_of(record, name)?))).collect();
    if files.is_empty() {
        return Err(Denied::not_found("还没有报告，请先生成"));
    }
    let read = files.into_iter().map(|(name, path)| Ok((format!("{}/{name}", record.folder), std::fs::read(path)?)));
    let zip = zip::pack(read).map_err(|error: std::io::Error| Denied::conflict(format!("打包没有成功：{error}")))?;
    Ok(kept(&format!("{}.zip", record.folder), zip))
}

/// Every metric with the cells that it comes from.
pub fn metrics(body: &mut Html, state: &AppState, notice: &Notice, record: &BranchRecord) {
    let read = state.file_of(record, SOURCES).and_then(|path| std::fs::read(path).ok());
    let Some(sources) = read.as_ref().and_then(|bytes| serde_json::from_slice::<Sources>(bytes).ok()) else {
        return;
    };
    put!(body; "<details><summary>指标和出处（" (sources.metrics.len()) " 个）</summary><table class=\"cards\"><thead><tr>"
        "<th scope=\"col\">指标</th><th scope=\"col\">数值</th><th scope=\"col\">出处</th></tr></thead><tbody>");
    for metric in &sources.metrics {
        put!(body; "<tr><th scope=\"row\">" (&metric.label) "</th><td data-label=\"数值\">");
        match value_of(notice, metric) {
            Some(value) => put!(body; (value) " " (metric.unit.as_deref().unwrap_or_default())),
            None => put!(body; "<span class=\"bad\">待填写</span>"),
        }
        put!(body; "</td><td data-label=\"出处\">" (from(notice, &sources, metric)) "</td></tr>");
    }
    put!(body; "</tbody></table></details>");
}

/// A metric as reports show it.
fn value_of(notice: &Notice, source: &MetricSource) -> Option<String> {
    let value = source.value.as_ref()?;
    let summary = notice.summary.as_ref().and_then(|summary| summary.metric.get(&source.id));
    let settings = notice.metric.get(&source.id).or(summary);
    let percent = settings.filter(|settings| settings.show == Show::Percent).and_then(|_| value.parse().ok());
    Some(percent.map_or_else(|| value.to_string(), |number| metric::shown(number, Show::Percent, None)))
}

/// What a metric comes from: its cells, each sheet's together, or the branches' metrics.
fn from(notice: &Notice, sources: &Sources, metric: &MetricSource) -> String {
    if metric.cells.is_empty() {
        let names = metric.from.iter().filter_map(|id| Some(notice.metric.get(id)?.label.as_str()));
        let names: Vec<&str> = names.collect();
        return if names.is_empty() { String::new() } else { format!("根据“{}”计算", names.join("”“")) };
    }
    let mut sheets: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for cells in &metric.cells {
        let ranges = sheets.entry(cells.sheet).or_default();
        if !ranges.contains(&cells.range.as_str()) {
            ranges.push(&cells.range);
        }
    }
    let told = sheets.into_iter().filter_map(|(sheet, ranges)| {
        let name = sources.sheets.get(sheet)?;
        let sheet = if name.sheet.is_empty() { String::new() } else { format!("［{}］", name.sheet) };
        Some(format!("{}{sheet} {}", name.file, ranges.join("、")))
    });
    told.collect::<Vec<_>>().join("；")
}
