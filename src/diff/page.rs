//! Differences as one self-contained page.

use std::fmt::Write;

use super::text::{metric_line, row_lines};
use super::{BranchChange, Differences};
use crate::render::escaped;

const STYLE: &str = "\
body { max-width: 60em; margin: 0 auto; padding: 1em; font: 16px/1.7 sans-serif; color: #222; overflow-wrap: anywhere; }
h1 { font-size: 1.5em; }
h2 { margin: 1.5em 0 0.3em; border-bottom: 1px solid #bbb; font-size: 1.15em; }
li { margin: 0.2em 0; }
.cells { margin: 0; color: #444; font-size: 0.9em; }
del, ins { display: block; padding: 0.1em 0.5em; text-decoration: none; }
del { background: #fde8e8; }
ins { margin-bottom: 0.4em; background: #e3f4e3; }
del::before { content: \"原：\"; }
ins::before { content: \"现：\"; }
@media print { del, ins { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
";

/// The page.
pub fn page(differences: &Differences, old: &str, new: &str) -> String {
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>两次生成的差别</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>两次生成的差别</h1>\n<p>原：{}；现：{}。",
        escaped(old),
        escaped(new),
    );
    let (changed, unchanged) = (differences.branches.len(), differences.unchanged);
    // Writing into a string does not fail.
    let _ = writeln!(out, "有变化的党组织 {changed} 个，没有变化的 {unchanged} 个。</p>");
    for (what, names) in [("新增的党组织", &differences.added), ("不再有的党组织", &differences.gone)] {
        if !names.is_empty() {
            let _ = writeln!(out, "<p>{what}：{}</p>", escaped(&names.join("、")));
        }
    }
    for line in differences.not_compared() {
        let _ = writeln!(out, "<p>{}</p>", escaped(&line));
    }
    if !differences.summary.is_empty() {
        out.push_str("<h2>汇总</h2>\n<ul>\n");
        for metric in &differences.summary {
            let _ = writeln!(out, "<li>{}</li>", escaped(&metric_line(metric)));
        }
        out.push_str("</ul>\n");
    }
    differences.branches.iter().for_each(|branch| section(&mut out, branch));
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn section(out: &mut String, branch: &BranchChange) {
    let _ = write!(out, "<h2>{}</h2>\n<ul>\n", escaped(&branch.branch));
    if let Some((old, new)) = branch.state {
        let _ = writeln!(out, "<li>报告：{} → {}</li>", old.label(), new.label());
    }
    for metric in &branch.metrics {
        let _ = write!(out, "<li>{}", escaped(&metric_line(metric)));
        for line in metric.because.iter().filter_map(|at| branch.rows.get(*at)).flat_map(row_lines) {
            let _ = write!(out, "<p class=\"cells\">{}</p>", escaped(&line));
        }
        out.push_str("</li>\n");
    }
    let shown = |at: &usize| branch.metrics.iter().any(|metric| metric.because.contains(at));
    for (_, row) in branch.rows.iter().enumerate().filter(|(at, _)| !shown(at)) {
        for line in row_lines(row) {
            let _ = writeln!(out, "<li>{}</li>", escaped(&line));
        }
    }
    out.push_str("</ul>\n");
    for paragraph in &branch.paragraphs {
        paragraph.old.iter().for_each(|line| out.push_str(&format!("<del>{}</del>\n", escaped(line))));
        paragraph.new.iter().for_each(|line| out.push_str(&format!("<ins>{}</ins>\n", escaped(line))));
    }
}
