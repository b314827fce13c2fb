//! Earlier changes of the settings and templates, and undoing them.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use maud::{Markup, html};

use crate::escape::visible;
use crate::pipeline::chain;
use crate::serve::author::Author;
use crate::serve::flash::Flash;
use crate::serve::form;
use crate::serve::pages::undo::undo_button;
use crate::serve::response::{ErrorPage, HandlerResult, redirect_with_flash, run_blocking};
use crate::serve::settings_files;
use crate::serve::state::AppState;
use crate::store::RecentChange;

/// Changes that are listed.
const MAX_CHANGES_SHOWN: usize = 20;

/// The last changes, each with a button where it can be undone.
pub(super) fn list(state: &AppState) -> Markup {
    let history = match settings_files::history(state) {
        Ok(history) => history,
        Err(reason) => return html! { p class="note" { "现在不能改设置：" (reason) } },
    };
    let changes = history.recent_changes(MAX_CHANGES_SHOWN);
    if changes.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "最近的改动" }
            ul class="history" {
                @for RecentChange { change, is_last_of_file } in changes {
                    @let name = visible(&change.name);
                    li {
                        (change.when_and_who()) "改了" (shown(&name))
                        @if is_last_of_file {
                            " "
                            @let what = format!("{}改的{}", change.when_and_who(), shown(&name));
                            (undo_button(state, &format!("/settings/undo/{}", change.number), &what))
                        }
                    }
                }
            }
        }
    }
}

/// What a page calls a file.
fn shown(name: &str) -> String {
    if name.ends_with(".md") { format!("模板“{}”", name.trim_end_matches(".md")) } else { "设置".to_owned() }
}

/// Undoes a change.
pub(crate) async fn undo(
    State(state): State<Arc<AppState>>,
    Path(number): Path<u64>,
    author: Author,
    request: Request,
) -> HandlerResult {
    form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let _lock = state.settings_lock.lock().map_err(|_| ErrorPage::internal())?;
        let flash = match settings_files::history(state)?.undo(number, &author.stamp()) {
            Ok(change) => Flash::done(format!("已撤销：{}恢复成原来的样子", shown(&visible(&change.name)))),
            Err(error) => Flash::refused(chain(&error)),
        };
        Ok(redirect_with_flash(state, "/settings", flash))
    })
    .await
}
