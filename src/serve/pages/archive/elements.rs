//! The elements of archive numbers (档号): what the settings have and lack.

use maud::{Markup, html};

use crate::notice::Notice;
use crate::serve::pages::settings;
use crate::serve::state::AppState;

/// What archiving needs and the settings of a notice lack.
pub(super) fn lacking(notice: &Notice) -> Vec<&'static str> {
    let archive = notice.archive.as_ref();
    let mut lacking = Vec::new();
    if archive.is_none_or(|archive| archive.fonds.is_none()) {
        lacking.push("全宗号");
    }
    if archive.is_none_or(|archive| archive.retention.is_none()) {
        lacking.push("保管期限");
    }
    lacking
}

/// A line where reports are made final, while something is lacking.
pub(in crate::serve::pages) fn reminder(state: &AppState) -> Markup {
    let lacking = state.settings().map(|settings| lacking(&settings.notice)).unwrap_or_default();
    html! {
        @if !lacking.is_empty() {
            p class="hint" {
                "归档要用的" (lacking.join("、")) "还没有填，最好定稿之前就填：" a href="/archive#elements" { "去填" }
            }
        }
    }
}

/// The form of the elements, with what is lacking.
pub(super) fn section(state: &AppState) -> Markup {
    // Broken settings are mended on their own page.
    let Ok(settings) = state.settings() else { return html! {} };
    let lacking = lacking(&settings.notice);
    html! {
        section id="elements" class="screen" tabindex="-1" {
            h2 { "档号的要素" }
            @if lacking.is_empty() {
                details {
                    summary { "全宗号、保管期限等，看或者改" }
                    (settings::archive_form(state))
                }
            } @else {
                p class="note" { "还没有填" (lacking.join("、")) "。最好在定稿之前填好。" }
                (settings::archive_form(state))
            }
        }
    }
}
