//! The board as one self-contained page: links to the reports, search and filters without a network.

use std::fmt::Write;

use super::{BranchStatus, CHANGED_FILE, Dashboard, SIGNED_FILE};
use crate::render::{escaped, in_address};
use crate::report_code::ReportCode;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The page; `department` is the folder and the reports of the department itself.
pub fn page(board: &Dashboard<'_>, department: Option<(&str, &[&str])>) -> String {
    let notice = escaped(board.notice);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{notice}：进度</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{notice}</h1>\n"
    );
    // Writing into a string does not fail.
    let _ = writeln!(
        out,
        "<p class=\"deadline\">截止 <time datetime=\"{0}\">{0}</time><span id=\"left\"></span></p>",
        escaped(board.deadline)
    );
    out.push_str("<ul class=\"counts\">\n");
    for (state, count) in &board.counts {
        let _ = writeln!(out, "<li>{} <b>{count}</b></li>", state.label());
    }
    out.push_str("</ul>\n");
    if let Some((folder, reports)) = department {
        let _ = writeln!(out, "<p class=\"department\">部门汇总：{}</p>", links(folder, reports));
    }
    out.push_str(
        "<form class=\"filters\" role=\"search\">\n<label>查找 <input id=\"search\" type=\"search\" placeholder=\"名称\"></label>\n\
         <label>只看 <select id=\"filter\"><option value=\"\">全部</option><option value=\"open\">要处理的</option>\
         <option value=\"error\">有错误的</option><option value=\"gap\">有待填写的</option><option value=\"clear\">不用再处理的</option>\
         </select></label>\n<output id=\"shown\"></output>\n</form>\n\
         <table>\n<thead><tr><th scope=\"col\">党组织</th><th scope=\"col\">报告</th><th scope=\"col\">错误</th>\
         <th scope=\"col\">待填写</th><th scope=\"col\">警告</th><th scope=\"col\">没有记录的台账</th>\
         <th scope=\"col\">最近变化</th><th scope=\"col\">文件</th></tr></thead>\n<tbody>\n",
    );
    board.branches.iter().for_each(|standing| row(&mut out, standing));
    let _ = write!(
        out,
        "</tbody>\n</table>\n</main>\n<script src=\"{CHANGED_FILE}\"></script>\n\
         <script src=\"{SIGNED_FILE}\"></script>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n"
    );
    out
}

fn row(out: &mut String, standing: &BranchStatus<'_>) {
    let [errors, warnings, _] = standing.findings;
    let marks = [
        ("open", !standing.is_clear()),
        ("clear", standing.is_clear()),
        ("error", errors > 0),
        ("gap", standing.gaps > 0),
    ];
    let marks: Vec<&str> = marks.into_iter().filter(|(_, holds)| *holds).map(|(mark, _)| mark).collect();
    let number = |label: &str, count: usize, class: &str| match count {
        0 => format!("<td data-label=\"{label}\"></td>"),
        _ => format!("<td data-label=\"{label}\" class=\"{class}\">{count}</td>"),
    };
    let _ = writeln!(
        out,
        "<tr data-marks=\"{marks}\" data-folder=\"{folder}\" data-code=\"{code}\"><th scope=\"row\">{name}<small>{kind}</small></th><td data-label=\"报告\">{state}</td>\
         {errors}{gaps}{warnings}<td data-label=\"没有记录的台账\">{missing}</td>\
         <td data-label=\"最近变化\"></td><td data-label=\"文件\">{files}</td></tr>",
        marks = marks.join(" "),
        folder = escaped(standing.folder),
        code = standing.code.map(ReportCode::as_str).unwrap_or_default(),
        name = escaped(standing.branch),
        kind = escaped(standing.kind),
        state = standing.label(),
        errors = number("错误", errors, "bad"),
        gaps = number("待填写", standing.gaps, "warn"),
        warnings = number("警告", warnings, ""),
        missing = escaped(&standing.missing.join("、")),
        files = links(standing.folder, &standing.reports),
    );
}

/// Links to reports, each called by its format.
fn links(folder: &str, reports: &[&str]) -> String {
    let link = |name: &&str| {
        let label = match name.rsplit('.').next().unwrap_or_default() {
            "docx" => "Word",
            "html" => "网页",
            "md" => "文本",
            "xlsx" => "表格",
            other => other,
        };
        format!("<a href=\"{}/{}\">{label}</a>", in_address(folder), in_address(name))
    };
    reports.iter().map(link).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::links;

    #[test]
    fn names_lead_to_their_files_whatever_they_are_called() {
        assert_eq!(links("甲#\"<", &["a b.docx"]), "<a href=\"%E7%94%B2%23%22%3C/a%20b.docx\">Word</a>");
    }
}
