//! The differences between two runs as one self-contained HTML page (`zicha diff --html`).

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::text::{metric_line, row_lines};
use super::{BranchChange, Differences};

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

/// A line break; `html!` writes none of its own.
const NEWLINE: PreEscaped<&str> = PreEscaped("\n");

/// The page as HTML; `old` and `new` name the runs compared.
pub(crate) fn page(differences: &Differences, old: &str, new: &str) -> String {
    let page = html! {
        (DOCTYPE) (NEWLINE)
        html lang="zh-CN" {
            (NEWLINE)
            head {
                (NEWLINE) meta charset="utf-8";
                (NEWLINE) meta name="viewport" content="width=device-width, initial-scale=1";
                (NEWLINE) title { "两次生成的差别" }
                (NEWLINE) style { (NEWLINE) (PreEscaped(STYLE)) }
                (NEWLINE)
            }
            (NEWLINE)
            body { (NEWLINE) main { (content(differences, old, new)) } (NEWLINE) }
            (NEWLINE)
        }
        (NEWLINE)
    };
    page.into_string()
}

fn content(differences: &Differences, old: &str, new: &str) -> Markup {
    html! {
        (NEWLINE) h1 { "两次生成的差别" }
        (NEWLINE)
        p {
            "原：" (old) "；现：" (new) "。有变化的单位 " (differences.branches.len())
            " 个，没有变化的 " (differences.unchanged) " 个。"
        }
        (NEWLINE)
        @for (label, names) in [("新增的单位", &differences.added), ("不再有的单位", &differences.gone)] {
            @if !names.is_empty() {
                p { (label) "：" (names.join("、")) }
                (NEWLINE)
            }
        }
        @for line in differences.not_compared() { p { (line) } (NEWLINE) }
        @if !differences.summary.is_empty() {
            h2 { "汇总" }
            (NEWLINE)
            ul {
                (NEWLINE)
                @for metric in &differences.summary { li { (metric_line(metric)) } (NEWLINE) }
            }
            (NEWLINE)
        }
        @for branch in &differences.branches { (section(branch)) }
    }
}

/// The changes of one branch: state, metrics with the rows behind them, other rows, text.
fn section(branch: &BranchChange) -> Markup {
    let is_explained = |index: &usize| branch.metrics.iter().any(|metric| metric.because.contains(index));
    let other_rows = branch.rows.iter().enumerate().filter(|(index, _)| !is_explained(index)).map(|(_, row)| row);
    html! {
        h2 { (branch.branch) }
        (NEWLINE)
        ul {
            (NEWLINE)
            @if let Some((old, new)) = branch.state {
                li { "报告：" (old.label()) " → " (new.label()) }
                (NEWLINE)
            }
            @for metric in &branch.metrics {
                li {
                    (metric_line(metric))
                    @for line in metric.because.iter().filter_map(|index| branch.rows.get(*index)).flat_map(row_lines) {
                        p class="cells" { (line) }
                    }
                }
                (NEWLINE)
            }
            @for line in other_rows.flat_map(row_lines) { li { (line) } (NEWLINE) }
        }
        (NEWLINE)
        @for paragraph in &branch.paragraphs {
            @for line in &paragraph.old { del { (line) } (NEWLINE) }
            @for line in &paragraph.new { ins { (line) } (NEWLINE) }
        }
    }
}
