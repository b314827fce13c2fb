//! The running job in one line.

use crate::serve::job::JobStatus;

/// Stage, steps done and time passed.
pub(super) fn status_text(status: &JobStatus) -> String {
    let count = if status.total > 0 { format!(" {} / {}", status.done, status.total) } else { String::new() };
    let cancelled = if status.is_cancelled { "，正在取消" } else { "" };
    format!("{}{count}，已用 {} 秒{cancelled}", status.stage, status.seconds)
}
