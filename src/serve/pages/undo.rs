//! The button that takes one change of a history back.

use maud::{Markup, html};

use crate::serve::layout::csrf_field;
use crate::serve::state::AppState;

/// The button; `what` names the change for those who hear the page.
pub(super) fn undo_button(state: &AppState, address: &str, what: &str) -> Markup {
    html! {
        form class="inline" method="post" action=(address) {
            (csrf_field(state))
            button aria-label={ "撤销：" (what) } { "撤销" }
        }
    }
}
