//! What a branch's page and the department's share: the report as it prints, its files, its figures.

use std::collections::BTreeMap;

use super::preview::ALLOWED;
use crate::archive::bundle;
use crate::figure;
use crate::notice::{Notice, Show};
use crate::record::{BranchRecord, FigureSource, SOURCES, Sources};
use crate::serve::desk::Desk;
use crate::serve::html::{Html, put};
use crate::serve::reply::{Answer, Denied, file as kept};

/// The formats that can be taken away, each with its name.
pub const KINDS: [(&str, &str); 4] =
    [("docx", "Word 文档（打印、签字）"), ("html", "网页"), ("md", "纯文本（比对用）"), ("xlsx", "表格")];

/// The report in a frame, and the ways to take it away; `address` is the page's own.
pub fn shown(body: &mut Html, desk: &Desk, record: &BranchRecord, address: &str) {
    put!(body; "<section class=\"screen\"><h2>报告</h2>");
    if desk.report(record, "html").is_none() {
        put!(body; "<p>还没有报告。</p></section>");
        return;
    }
    put!(body; "<ul class=\"downloads\">");
    for (kind, name) in KINDS {
        if desk.report(record, kind).is_some() {
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
pub fn page(desk: &Desk, record: &BranchRecord) -> Result<String, Denied> {
    let (_, path) = desk.report(record, "html").ok_or_else(|| Denied::not_found("还没有报告，请先生成"))?;
    std::fs::read_to_string(path).map_err(|_| Denied::not_found("报告文件读不到，请重新生成"))
}

/// One of a report's files, to keep.
///
/// # Errors
/// When there is none.
pub fn file(desk: &Desk, record: &BranchRecord, kind: &str) -> Answer {
    let known = KINDS.iter().any(|(known, _)| *known == kind);
    let found = desk.report(record, kind).filter(|_| known);
    let (name, path) = found.ok_or_else(|| Denied::not_found("没有这种格式的报告，请先生成"))?;
    Ok(kept(&name, std::fs::read(path).map_err(|_| Denied::not_found("报告文件读不到，请重新生成"))?))
}

/// All of a report's files in one zip.
///
/// # Errors
/// When there are none.
pub fn all(desk: &Desk, record: &BranchRecord) -> Answer {
    let files: Vec<_> = record.files.keys().filter_map(|name| Some((name, desk.file_of(record, name)?))).collect();
    if files.is_empty() {
        return Err(Denied::not_found("还没有报告，请先生成"));
    }
    let read = files.into_iter().map(|(name, path)| Ok((format!("{}/{name}", record.folder), std::fs::read(path)?)));
    let zip = bundle::pack(read).map_err(|error: std::io::Error| Denied::conflict(format!("打包没有成功：{error}")))?;
    Ok(kept(&format!("{}.zip", record.folder), zip))
}

/// Every figure with the cells that it comes from.
pub fn figures(body: &mut Html, desk: &Desk, notice: &Notice, record: &BranchRecord) {
    let read = desk.file_of(record, SOURCES).and_then(|path| std::fs::read(path).ok());
    let Some(sources) = read.as_ref().and_then(|bytes| serde_json::from_slice::<Sources>(bytes).ok()) else {
        return;
    };
    put!(body; "<details><summary>指标和出处（" (sources.figures.len()) " 个）</summary><table class=\"cards\"><thead><tr>"
        "<th scope=\"col\">指标</th><th scope=\"col\">数值</th><th scope=\"col\">出处</th></tr></thead><tbody>");
    for figure in &sources.figures {
        put!(body; "<tr><th scope=\"row\">" (&figure.label) "</th><td data-label=\"数值\">");
        match value_of(notice, figure) {
            Some(value) => put!(body; (value) " " (figure.unit.as_deref().unwrap_or_default())),
            None => put!(body; "<span class=\"bad\">待填写</span>"),
        }
        put!(body; "</td><td data-label=\"出处\">" (from(notice, &sources, figure)) "</td></tr>");
    }
    put!(body; "</tbody></table></details>");
}

/// A figure as reports show it.
fn value_of(notice: &Notice, source: &FigureSource) -> Option<String> {
    let value = source.value.as_ref()?;
    let overall = notice.summary.as_ref().and_then(|summary| summary.figure.get(&source.id));
    let settings = notice.figure.get(&source.id).or(overall);
    let percent = settings.filter(|settings| settings.show == Show::Percent).and_then(|_| value.parse().ok());
    Some(percent.map_or_else(|| value.to_string(), |number| figure::shown(number, Show::Percent, None)))
}

/// What a figure comes from: its cells, each sheet's together, or the branches' figures.
fn from(notice: &Notice, sources: &Sources, figure: &FigureSource) -> String {
    if figure.cells.is_empty() {
        let names = figure.from.iter().filter_map(|id| Some(notice.figure.get(id)?.label.as_str()));
        let names: Vec<&str> = names.collect();
        return if names.is_empty() { String::new() } else { format!("根据“{}”计算", names.join("”“")) };
    }
    let mut sheets: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for cells in &figure.cells {
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
