//! The dashboard as one self-contained HTML page (`index.html` in the output folder): links to the reports, search
//! and filters, no network.
//!
//! The page depends on the run manifest alone and is the same for the same run; what changes between runs comes from
//! the two scripts beside it (see [`scripts`](super::scripts)).

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::scripts::{CHANGED_FILE, SIGNED_FILE};
use super::status::{BranchStatus, Dashboard};
use crate::diagnostics::SeverityCounts;
use crate::manifest::ReportOutcome;
use crate::render::percent_encode;
use crate::report_code::ReportCode;

/// The page's name in the output folder.
pub(crate) const FILE: &str = "index.html";
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// Column headings of the table behind that of the branch.
const COLUMNS: [&str; 7] = ["报告", "错误", "待填写", "警告", "没有记录的台账", "最近变化", "文件"];

/// A line break; `html!` writes none of its own.
const NEWLINE: PreEscaped<&str> = PreEscaped("\n");

/// The page as HTML. `department` is the department's record; without report files in it the page has no line about
/// the department's summary.
pub(crate) fn page(dashboard: &Dashboard<'_>, department: &ReportOutcome) -> String {
    let page = html! {
        (DOCTYPE) (NEWLINE)
        html lang="zh-CN" {
            (NEWLINE)
            head {
                (NEWLINE) meta charset="utf-8";
                (NEWLINE) meta name="viewport" content="width=device-width, initial-scale=1";
                (NEWLINE) title { (dashboard.notice) "：进度" }
                (NEWLINE) style { (NEWLINE) (PreEscaped(STYLE)) }
                (NEWLINE)
            }
            (NEWLINE)
            body {
                (NEWLINE) main { (content(dashboard, department)) }
                (NEWLINE) script src=(CHANGED_FILE) {}
                (NEWLINE) script src=(SIGNED_FILE) {}
                (NEWLINE) script { (NEWLINE) (PreEscaped(SCRIPT)) }
                (NEWLINE)
            }
            (NEWLINE)
        }
        (NEWLINE)
    };
    page.into_string()
}

fn content(dashboard: &Dashboard<'_>, department: &ReportOutcome) -> Markup {
    let summaries: Vec<&str> =
        department.files.keys().map(String::as_str).filter(|name| !name.ends_with(".json")).collect();
    html! {
        (NEWLINE) h1 { (dashboard.notice) }
        (NEWLINE)
        p class="deadline" {
            "截止 " time datetime=(dashboard.deadline) { (dashboard.deadline) } span id="left" {}
        }
        (NEWLINE)
        ul class="counts" {
            (NEWLINE)
            @for (state, count) in &dashboard.counts {
                li data-stage=(state.id()) { (state.label()) " " b { (count) } }
                (NEWLINE)
            }
        }
        (NEWLINE)
        @if !summaries.is_empty() {
            p class="department" { (dashboard.words.department) "汇总：" (links(&department.folder, &summaries)) }
            (NEWLINE)
        }
        (filters())
        (NEWLINE)
        table {
            (NEWLINE)
            thead {
                tr {
                    th scope="col" { (dashboard.words.branch) }
                    @for label in COLUMNS { th scope="col" { (label) } }
                }
            }
            (NEWLINE)
            tbody {
                (NEWLINE)
                @for status in &dashboard.branches { (row(status)) (NEWLINE) }
            }
            (NEWLINE)
        }
        (NEWLINE)
    }
}

/// The search field and the filter; the script applies them.
fn filters() -> Markup {
    html! {
        form class="filters" role="search" {
            (NEWLINE) label { "查找 " input id="search" type="search" placeholder="名称"; }
            (NEWLINE)
            label {
                "只看 "
                select id="filter" {
                    option value="" { "全部" }
                    option value="open" { "要处理的" }
                    option value="error" { "有错误的" }
                    option value="gap" { "有待填写的" }
                    option value="clear" { "不用再处理的" }
                }
            }
            (NEWLINE) output id="shown" {}
            (NEWLINE)
        }
    }
}

/// The row of a branch; `data-marks` lists the filters it matches.
fn row(status: &BranchStatus<'_>) -> Markup {
    let SeverityCounts { errors, warnings, .. } = status.findings;
    let mut marks = vec![if status.is_clear() { "clear" } else { "open" }];
    if status.has_errors() {
        marks.push("error");
    }
    if status.gaps > 0 {
        marks.push("gap");
    }
    html! {
        tr data-marks=(marks.join(" ")) data-folder=(status.folder)
            data-code=(status.code.map(ReportCode::as_str).unwrap_or_default()) {
            th scope="row" { (status.branch) small { (status.kind) } }
            td data-label="报告" { (status.label()) }
            (count_cell("错误", errors, "bad"))
            (count_cell("待填写", status.gaps, "warn"))
            (count_cell("警告", warnings, ""))
            td data-label="没有记录的台账" { (status.empty_ledgers()) }
            td data-label="最近变化" {}
            td data-label="文件" { (links(status.folder, &status.reports)) }
        }
    }
}

/// A cell with a count, left empty for 0.
fn count_cell(label: &str, count: usize, class: &str) -> Markup {
    html! {
        @if count == 0 {
            td data-label=(label) {}
        } @else {
            td data-label=(label) class=(class) { (count) }
        }
    }
}

/// Links to report files, each labelled by its format.
fn links(folder: &str, files: &[&str]) -> Markup {
    html! {
        @for (index, name) in files.iter().enumerate() {
            @if index > 0 { " " }
            a href={ (percent_encode(folder)) "/" (percent_encode(name)) } { (format_label(name)) }
        }
    }
}

fn format_label(file: &str) -> &str {
    match file.rsplit('.').next().unwrap_or_default() {
        "docx" => "Word",
        "html" => "网页",
        "md" => "文本",
        "xlsx" => "表格",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::links;

    #[test]
    fn names_lead_to_their_files_whatever_they_are_called() {
        assert_eq!(links("甲#\"<", &["a b.docx"]).into_string(), "<a href=\"%E7%94%B2%23%22%3C/a%20b.docx\">Word</a>");
    }
}
