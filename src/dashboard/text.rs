//! The board on a terminal.

use std::io::{self, Write};

use super::Dashboard;

/// Prints the board, what needs attention first; `left` is how many days there are to the deadline.
///
/// # Errors
/// When `out` cannot be written to.
pub fn human(board: &Dashboard<'_>, left: Option<i64>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}，截止 {}{}", board.notice, board.deadline, left.map(days).unwrap_or_default())?;
    for standing in board.branches.iter().filter(|standing| !standing.is_clear()) {
        let [errors, warnings, _] = standing.findings;
        let mut told = vec![standing.label().to_owned()];
        for (what, count) in [("错误", errors), ("待填写", standing.gaps), ("警告", warnings)] {
            if count > 0 {
                told.push(format!("{what} {count}"));
            }
        }
        if !standing.missing.is_empty() {
            told.push(format!("没有记录的台账：{}", standing.missing.join("、")));
        }
        told.extend(standing.changed.iter().map(|changed| format!("最近变化 {changed}")));
        writeln!(out, "  {}：{}", standing.branch, told.join("；"))?;
    }
    let clear = board.branches.iter().filter(|standing| standing.is_clear()).count();
    let counts: Vec<String> = board.counts.iter().map(|(state, count)| format!("{} {count}", state.label())).collect();
    let signed = if board.signed > 0 { format!("；已签字 {} 个", board.signed) } else { String::new() };
    writeln!(out, "党组织 {} 个：{}{signed}；不用再处理的 {clear} 个", board.branches.len(), counts.join("，"))
}

/// How many days are left, or gone by.
pub fn days(left: i64) -> String {
    match left {
        0 => "，就是今天".to_owned(),
        1.. => format!("，还有 {left} 天"),
        _ => format!("，已过 {} 天", -left),
    }
}
