//! The state of a report at the head of its page: how far it is, why, what to do next, and the button that does it.

use maud::{Markup, html};

use crate::dashboard::{Action, BranchState};

/// The panel.
pub(super) fn panel(state: &BranchState) -> Markup {
    html! {
        section class="panel state" data-stage=(state.stage.id()) {
            p { strong { (state.label()) } "：" (state.reason) "。" }
            @if !state.next.is_empty() {
                p { "下一步：" (state.next) "。" @if let Some(action) = state.action { (button(action)) } }
            }
        }
    }
}

fn button(action: Action) -> Markup {
    let address = match action {
        Action::Build => "/work",
        Action::PutLedgers => "/ledgers",
        Action::Correct => "#findings",
        Action::Fill => "#gaps",
        Action::FinalizeOthers => "/",
        Action::Finalize | Action::FinalizeAgain => "#final",
        Action::Sign | Action::ConfirmSigned => "#signed",
        Action::Archive => "#archive",
    };
    html! { a class="button" href=(address) { (action.label()) } }
}
