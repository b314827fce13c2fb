//! Cells of tables that narrow windows show as cards; `label` names the cell there.

use maud::{Markup, html};

/// A cell with a count, left empty for 0; `class` is that of other counts, empty for none.
pub(super) fn count_cell(label: &str, count: usize, class: &str) -> Markup {
    html! {
        @if count == 0 {
            td class="none" data-label=(label) {}
        } @else {
            td class=[Some(class).filter(|class| !class.is_empty())] data-label=(label) { (count) }
        }
    }
}

/// A cell with a text that may be empty.
pub(super) fn text_cell(label: &str, text: &str) -> Markup {
    html! { td class=[text.is_empty().then_some("none")] data-label=(label) { (text) } }
}
