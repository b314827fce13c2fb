//! The board before the first build: the notice, its deadline, and three steps with how far each is.

use maud::{Markup, html};

use crate::dashboard::{days_left, days_text};
use crate::diagnostics::Severity;
use crate::notice::Words;
use crate::pipeline::Analysis;
use crate::serve::clock::today;
use crate::serve::state::AppState;

/// The panel; `analysis` is that of the ledgers as they are, while it is known.
pub(super) fn panel(state: &AppState, analysis: Option<&Analysis>) -> Markup {
    let Ok(settings) = state.settings() else { return html! {} };
    let facts = &settings.notice.facts;
    let deadline = facts.deadline.to_string();
    let remaining = days_left(&deadline, today()).map(days_text).unwrap_or_default();
    let Words { branch, .. } = &settings.notice.words;
    let branches = analysis.map(|analysis| analysis.bound.branches.len());
    let missing = |analysis: &Analysis| {
        let is_there = |index| analysis.bound.sheets.iter().any(|sheet| sheet.ledger == index);
        (0..settings.notice.ledger.len()).filter(|index| !is_there(*index)).count()
    };
    html! {
        p class="lead" { (facts.title) }
        p { "截止 " time datetime=(deadline) { (deadline) } strong { (remaining) } }
        div class="panel" {
            p { "还没有生成过报告。一共三步：" }
            ol class="steps" {
                li {
                    a href="/ledgers" { "放台账" } "：把收到的 Excel 文件放进来，先放" (branch) "名册。"
                    @match branches {
                        None => " 正在看有哪些台账……",
                        Some(0) => {
                            p class="bad" { "✗ 错误：还没有" (branch) "名册，不知道有哪些" (branch) "，一份报告也不能生成。" }
                        }
                        Some(count) => {
                            p { span class="good" { "✓ 名册里有 " (count) " 个" (branch) "。" } }
                        }
                    }
                    p { a href="/department/forms" download { "下载空白填报表" } "，发给填报的人。" }
                }
                li {
                    "改正：按提示改好标出的单元格。"
                    @if let Some(analysis) = analysis.filter(|analysis| !analysis.bound.branches.is_empty()) {
                        @let errors = analysis.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
                        p {
                            "现在错误 " (errors) " 项，还缺台账 " (missing(analysis)) " 种："
                            a href="/matrix" { "看交了哪些" } "。"
                        }
                    }
                }
                li { a href="/work" { "生成" } "：生成各" (branch) "的报告。" }
            }
        }
    }
}
