//! The board before the first build: the notice, its deadline, and three steps with how far each is.

use maud::{Markup, html};

use crate::dashboard::{days_left, days_text};
use crate::diagnostics::Severity;
use crate::notice::Words;
use crate::pipeline::{Analysis, Settings, ledger_matrix};
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
                        p { "现在错误 " (errors) " 项，" (lacking(&settings, analysis)) "：" a href="/matrix" { "看交了哪些" } "。" }
                    }
                }
                li { a href="/work" { "生成" } "：生成各" (branch) "的报告。" }
            }
        }
    }
}

/// What is missing of ledgers, in a clause: whole ledgers, and branches without a row in others.
fn lacking(settings: &Settings, analysis: &Analysis) -> String {
    let is_there = |index| analysis.bound.sheets.iter().any(|sheet| sheet.ledger == index);
    let ledgers = (0..settings.notice.ledger.len()).filter(|index| !is_there(*index)).count();
    let branches = ledger_matrix(settings, analysis).rows.iter().filter(|row| row.missing() > 0).count();
    let branch = &settings.notice.words.branch;
    match (ledgers, branches) {
        (0, 0) => "台账齐了".to_owned(),
        (0, _) => format!("各种台账都有了，{branches} 个{branch}没有交齐"),
        _ => format!("还缺台账 {ledgers} 种，{branches} 个{branch}没有交齐"),
    }
}
