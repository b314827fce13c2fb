//! The page that asks before codes and signatures become void.

use axum::response::Response;
use maud::html;

use super::action::{ADDRESS, ReportAction};
use super::selection::Chosen;
use crate::dashboard::ReportStage;
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::response;
use crate::serve::state::AppState;

/// What a person is asked before final reports are replaced or withdrawn.
pub(super) struct Confirmation<'c> {
    pub action: ReportAction,
    /// The reports that a yes is about, those with something to lose first.
    pub reports: &'c [&'c Chosen<'c>],
    /// Whether they are all that can be made final.
    pub is_of_all: bool,
    /// The page to go back to.
    pub back: String,
}

/// Reports listed with what they lose.
const MAX_LISTED: usize = 50;

/// The page that asks `question`; nothing is changed before it is answered.
pub(super) fn confirm(state: &AppState, question: &Confirmation<'_>) -> Response {
    let Confirmation { action, reports, is_of_all, back } = question;
    let is_withdrawal = *action == ReportAction::Withdraw;
    let (title, yes) = match is_withdrawal {
        true => ("撤回定稿？", "撤回定稿"),
        false => ("换掉已签字的报告？", "重新定稿"),
    };
    let count = reports.iter().filter(|chosen| loses(*action, chosen)).count();
    let body = html! {
        form class="panel ask" method="post" action=(ADDRESS) {
            (csrf_field(state))
            @if is_withdrawal {
                p { "下面 " (count) " 份正式报告改回草稿，核对码和签字随即作废。" }
                p { "改了内容再定稿的，核对码是新的，要重新打印、签字；内容没有变又定稿的，核对码还是原来的，原来的签字也还算数。" }
            } @else {
                p { "下面 " (count) " 份报告已经签字或归档，之后有改动。重新定稿以后核对码是新的，原来的签字随即作废，要重新打印、签字。" }
            }
            ul {
                @for chosen in reports.iter().filter(|chosen| loses(*action, chosen)).take(MAX_LISTED) {
                    li {
                        strong { (chosen.name) } "：" (chosen.state.reason)
                        @if let Some(issued) = chosen.record.standing_issue() { "，核对码 " (issued.code) }
                        "。"
                    }
                }
                @if count > MAX_LISTED { li { "等 " (count) " 份" } }
            }
            @if reports.iter().any(|chosen| chosen.state.stage == ReportStage::Archived) {
                p { "已经归档的归档包还在原处，不会改动；以后再归档的另编档号，写明代替它。" }
            }
            p class="hint" { "签字件不会删除，留在签字件里，标明签的是旧版。" }
            @if *is_of_all {
                input type="hidden" name="all" value="yes";
            } @else {
                @for chosen in *reports { input type="hidden" name="report" value=(chosen.name); }
            }
            input type="hidden" name="yes" value="yes";
            p {
                button class="danger" name="what" value=(action.value()) { (yes) }
                " "
                a href=(back) { "不改，回去" }
            }
        }
    };
    response::page(PageLayout { title, tab: Tab::Dashboard, refresh: None }.render(state, None, &body))
}

/// Whether a yes makes something of a report void.
fn loses(action: ReportAction, chosen: &Chosen<'_>) -> bool {
    action == ReportAction::Withdraw || chosen.state.stage >= ReportStage::Signed
}
