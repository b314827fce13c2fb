//! What the pages of a branch and of the department share: the report in a frame, its files, its metrics.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::archive::zip;
use crate::diagnostics::localize;
use crate::manifest::{MetricSource, ReportOutcome, SOURCES, Sources};
use crate::metric;
use crate::notice::{Notice, Show};
use crate::serve::response::{ErrorPage, HandlerResult, download};
use crate::serve::state::AppState;
use crate::store::{read_record, read_regular};

/// A format of reports.
struct ReportFormat {
    extension: &'static str,
    /// What follows “下载”: a word in Latin letters with the space before it.
    label: &'static str,
}

const FORMATS: [ReportFormat; 5] = [
    ReportFormat { extension: "docx", label: " Word 文档（打印、签字）" },
    ReportFormat { extension: "pdf", label: " PDF（打印、存档）" },
    ReportFormat { extension: "html", label: "网页" },
    ReportFormat { extension: "md", label: "纯文本（比对用）" },
    ReportFormat { extension: "xlsx", label: "表格" },
];

/// The section with the report in a frame and its downloads; `address` is that of the page it is on. `has_zip` adds a
/// link to all files in a zip.
pub(super) fn section(state: &AppState, record: &ReportOutcome, address: &str, has_zip: bool) -> Markup {
    let has_report = state.report(record, "html").is_some();
    let available = FORMATS.iter().filter(|format| state.report(record, format.extension).is_some());
    html! {
        section class="screen" {
            h2 { "报告" }
            @if has_report {
                ul class="downloads" {
                    @for format in available {
                        li { a href={ (address) "/file/" (format.extension) } download { "下载" (format.label) } }
                    }
                    @if has_zip {
                        li { a href={ (address) "/all" } download { "全部文件（zip）" } }
                    }
                    li { a href={ (address) "/report" } target="_blank" rel="noopener" { "单独打开，可以打印" } }
                }
                (frame(record, address))
            } @else {
                p { "还没有报告。" }
            }
        }
    }
}

/// The frame with the report: its pages, drawn by the browser's own PDF viewer, or the reason why there are none. The
/// sentence above holds for both; its link is for browsers without a viewer.
fn frame(record: &ReportOutcome, address: &str) -> Markup {
    let pages = format!("{address}/pages");
    html! {
        p class="note" {
            "看不到下面的报告的，"
            a href=(pages) target="_blank" rel="noopener" { "单独打开看" }
            "。"
            @if !record.gaps.is_empty() { "点黄底的待填写，就到本页的说明。" }
            "数字的出处在"
            a href={ (address) "/report" } target="_blank" rel="noopener" { "网页版" }
            "里，点一下数字就显示。"
        }
        iframe class="pages" src=(pages) title={ (record.name) "的报告" } {}
    }
}

/// The report's HTML file.
///
/// # Errors
/// When it does not exist or cannot be read.
pub(super) fn html_file(state: &AppState, record: &ReportOutcome) -> Result<String, ErrorPage> {
    let (_, path) = state.report(record, "html").ok_or_else(|| ErrorPage::not_found("还没有报告，请先生成"))?;
    let bytes = read_regular(&path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    bytes.ok_or_else(|| ErrorPage::not_found("报告文件读不到，请重新生成"))
}

/// Downloads the report in the format with that extension.
///
/// # Errors
/// When the extension is none of [`FORMATS`], or the file does not exist or cannot be read.
pub(super) fn file(state: &AppState, record: &ReportOutcome, extension: &str) -> HandlerResult {
    let is_format = FORMATS.iter().any(|format| format.extension == extension);
    let found = state.report(record, extension).filter(|_| is_format);
    let (name, path) = found.ok_or_else(|| ErrorPage::not_found("没有这种格式的报告，请先生成"))?;
    let bytes = read_regular(&path).map_err(|_| ErrorPage::not_found("报告文件读不到，请重新生成"))?;
    Ok(download(&name, bytes))
}

/// Downloads all files of the report as a zip.
///
/// # Errors
/// When there is no file, or one cannot be read.
pub(super) fn all_files(state: &AppState, record: &ReportOutcome) -> HandlerResult {
    let files: Vec<_> = record.files.keys().filter_map(|name| Some((name, state.report_file(record, name)?))).collect();
    if files.is_empty() {
        return Err(ErrorPage::not_found("还没有报告，请先生成"));
    }
    let contents =
        files.into_iter().map(|(name, path)| Ok((format!("{}/{name}", record.folder), read_regular(&path)?)));
    let zip = zip::pack(contents).map_err(|error: std::io::Error| {
        ErrorPage::conflict(format!("打包没有成功：{}", localize::io_error(&error)))
    })?;
    Ok(download(&format!("{}.zip", record.folder), zip))
}

/// The table of all metrics with their sources; `None` when the report has no readable `sources.json`.
pub(super) fn metrics(state: &AppState, notice: &Notice, record: &ReportOutcome) -> Option<Markup> {
    let bytes = read_record(&state.report_file(record, SOURCES)?).ok()?;
    let sources = Sources::parse(&bytes).ok()?;
    Some(html! {
        details {
            summary { "指标和出处（" (sources.metrics.len()) " 个）" }
            table class="cards" {
                thead {
                    tr { th scope="col" { "指标" } th scope="col" { "数值" } th scope="col" { "出处" } }
                }
                tbody {
                    @for metric in &sources.metrics {
                        tr {
                            th scope="row" { (metric.label) }
                            td data-label="数值" {
                                @if let Some(value) = shown_value(notice, metric) {
                                    span class="whole" { (value) " " (metric.unit.as_deref().unwrap_or_default()) }
                                } @else if record.gaps.iter().any(|gap| gap.what == metric.label) {
                                    span class="bad" { "待填写" }
                                } @else {
                                    "没有数值"
                                }
                            }
                            td data-label="出处" { (source_text(notice, &sources, metric)) }
                        }
                    }
                }
            }
        }
    })
}

/// A metric's value as reports print it; `None` for a gap.
fn shown_value(notice: &Notice, source: &MetricSource<'_>) -> Option<String> {
    let value = source.value.as_ref()?;
    let of_summary = notice.summary.as_ref().and_then(|summary| summary.metric.get(&*source.id));
    let settings = notice.metric.get(&*source.id).or(of_summary);
    let percent = settings.filter(|settings| settings.show == Show::Percent).and_then(|_| value.parse().ok());
    Some(percent.map_or_else(|| value.to_string(), |number| metric::shown(number, Show::Percent, None)))
}

/// Where a metric comes from: cell ranges sheet by sheet, or the metrics it is computed from.
fn source_text(notice: &Notice, sources: &Sources<'_>, metric: &MetricSource<'_>) -> String {
    if metric.cells.is_empty() {
        let labels = metric.from.iter().filter_map(|id| Some(notice.metric.get(&**id)?.label.as_str()));
        let labels: Vec<&str> = labels.collect();
        return if labels.is_empty() {
            "没有对应的单元格".to_owned()
        } else {
            format!("根据“{}”计算", labels.join("”“"))
        };
    }
    let mut ranges_by_sheet: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for cells in &metric.cells {
        let ranges = ranges_by_sheet.entry(cells.sheet).or_default();
        if !ranges.contains(&&*cells.range) {
            ranges.push(&cells.range);
        }
    }
    let mut texts = Vec::new();
    for (index, ranges) in ranges_by_sheet {
        let Some(source) = sources.sheets.get(index) else { continue };
        let sheet = if source.sheet.is_empty() { String::new() } else { format!("［{}］", source.sheet) };
        texts.push(format!("{}{sheet} {}", source.file, ranges.join("、")));
    }
    texts.join("；")
}
