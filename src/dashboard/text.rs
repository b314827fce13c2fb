//! The dashboard on a terminal.

use std::io::{self, Write};

use super::status::Dashboard;
use crate::diagnostics::SeverityCounts;

/// Prints a line for each branch that needs attention and the totals; `left` are the days until the deadline.
///
/// # Errors
/// When writing fails.
pub(crate) fn print(dashboard: &Dashboard<'_>, left: Option<i64>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}，截止 {}{}", dashboard.notice, dashboard.deadline, left.map(days_text).unwrap_or_default())?;
    for status in dashboard.branches.iter().filter(|status| !status.is_clear()) {
        let SeverityCounts { errors, warnings, .. } = status.findings;
        let mut parts = vec![status.label()];
        for (what, count) in [("错误", errors), ("待填写", status.gaps), ("警告", warnings)] {
            if count > 0 {
                parts.push(format!("{what} {count}"));
            }
        }
        if !status.missing.is_empty() {
            parts.push(format!("没有记录的台账：{}", status.missing.join("、")));
        }
        if !status.nil.is_empty() {
            parts.push(format!("零报告：{}", status.nil.join("、")));
        }
        parts.extend(status.changed.iter().map(|changed| format!("最近变化 {changed}")));
        writeln!(out, "  {}：{}", status.branch, parts.join("；"))?;
    }
    let clear = dashboard.branches.iter().filter(|status| status.is_clear()).count();
    let counts: Vec<String> =
        dashboard.counts.iter().map(|(state, count)| format!("{} {count}", state.label())).collect();
    let (branch, number) = (&dashboard.words.branch, dashboard.branches.len());
    writeln!(out, "{branch} {number} 个：{}；不用再处理的 {clear} 个", counts.join("，"))
}

/// The days left, or passed when negative, as continuation of the deadline.
pub(crate) fn days_text(left: i64) -> String {
    match left {
        0 => "，就是今天".to_owned(),
        1.. => format!("，还有 {left} 天"),
        _ => format!("，已过 {} 天", -left),
    }
}
