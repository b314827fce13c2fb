//! The state of a report at the head of its page: how far it is, why, what to do next, and the buttons for it.

use maud::{Markup, html};

use super::reports::{self, ReportAction};
use crate::dashboard::{Action, BranchState, ReportStage};
use crate::manifest::ReportOutcome;
use crate::serve::state::AppState;

/// The panel of the report that `record` is of; `current` is its state now.
pub(super) fn panel(state: &AppState, record: &ReportOutcome, current: &BranchState) -> Markup {
    html! {
        section class="panel state" data-stage=(current.stage.id()) data-stale[current.is_stale] {
            p { (sign(current)) strong { (current.label()) } "：" (current.reason) "。" }
            @if !current.next.is_empty() { p { "下一步：" (current.next) "。" } }
            @if current.action.is_some() || current.stage >= ReportStage::Final {
                div class="actions" {
                    @if let Some(action) = current.action { (button(state, record, action)) }
                    @if current.stage >= ReportStage::Final {
                        " " (reports::button(state, ReportAction::Withdraw, &record.name, "撤回定稿"))
                    }
                }
            }
        }
    }
}

/// What the number of a report's last package is called: a package may be of an earlier version.
pub(super) fn archive_number_label(state: &BranchState) -> &'static str {
    if state.stage == ReportStage::Archived { "档号" } else { "以前归档的档号" }
}

/// A sign for a stage, beside its word: the stages differ in shape, not by colour alone.
pub(super) fn sign(state: &BranchState) -> Markup {
    let sign = match state.stage {
        ReportStage::Nothing => "○",
        ReportStage::LedgersMissing => "◔",
        ReportStage::Errors => "✗",
        ReportStage::Gaps => "△",
        ReportStage::LeftOut => "–",
        ReportStage::Waiting => "…",
        ReportStage::Ready => "◇",
        ReportStage::Final => "◆",
        ReportStage::Signed => "✓",
        ReportStage::Archived => "■",
    };
    html! { span class={ "sign " (state.stage.id()) } aria-hidden="true" { (sign) @if state.is_stale { "↻" } } " " }
}

fn button(state: &AppState, record: &ReportOutcome, action: Action) -> Markup {
    let address = match action {
        Action::Build => return reports::button(state, ReportAction::Draft, &record.name, action.label()),
        Action::Finalize | Action::FinalizeAgain => {
            return reports::button(state, ReportAction::Finalize, &record.name, action.label());
        }
        Action::PutLedgers | Action::CorrectLedgers => "/ledgers",
        Action::Correct => "#findings",
        Action::Fill => "#gaps",
        Action::FinalizeOthers => "/",
        Action::Sign | Action::ConfirmSigned => "#signed",
        Action::Archive => "#archive",
    };
    html! { a class="button" href=(address) { (action.label()) } }
}
