//! The branch to deal with after the one of the page.

use maud::{Markup, html};

use super::state_panel::sign;
use crate::dashboard::Dashboard;
use crate::manifest::RunManifest;

/// A link to the next branch that needs attention, in the order of the board: the one after this, otherwise the first.
pub(super) fn link(run: &RunManifest, dashboard: &Dashboard<'_>, branch: &str) -> Markup {
    let position = dashboard.branches.iter().position(|status| status.branch == branch).unwrap_or_default();
    let (before, after) = dashboard.branches.split_at(position);
    let mut others = after.iter().skip(1).chain(before).filter(|status| !status.is_clear());
    let Some(next) = others.next() else { return html! { p { "别的没有要处理的了。" } } };
    let number = run.branches.iter().position(|record| record.name == next.branch).map_or(0, |index| index + 1);
    html! {
        p {
            "下一个要处理的：" a href={ "/branch/" (number) } { (next.branch) }
            "（" (sign(&next.state)) (next.state.label()) "）"
            @match others.count() { 0 => "。", more => { "，还有 " (more) " 个。" } }
        }
    }
}
