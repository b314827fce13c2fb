//! Uploaded files that wait for an answer.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use maud::{Markup, html};

use super::load_settings;
use crate::escape::visible;
use crate::serve::author::Author;
use crate::serve::form;
use crate::serve::layout::csrf_field;
use crate::serve::response::{HandlerResult, redirect_with_flash, run_blocking};
use crate::serve::state::AppState;
use crate::serve::upload;

/// A form for each upload with files that wait, those of the reader first.
pub(super) fn section(state: &AppState, author: &Author) -> Markup {
    let mut held = state.held_uploads.list();
    let reader = author.line();
    held.sort_by_key(|upload| upload.by != reader);
    if held.is_empty() {
        return html! {};
    }
    html! {
        section id="asked" tabindex="-1" {
            h2 { "等你决定的文件（" (held.iter().map(|upload| upload.questions.len()).sum::<usize>()) " 个）" }
            @for upload in &held {
                form class="panel asked" method="post" action={ "/ledgers/asked/" (upload.key) } {
                    (csrf_field(state))
                    p class="hint" {
                        @if upload.by == reader { "你传来的" } @else { "别人（" (upload.by) "）传来的" }
                        "，还没有放入："
                    }
                    ul class="plain" {
                        @for (position, question) in upload.questions.iter().enumerate() {
                            li {
                                label {
                                    input type="checkbox" name={ "take" (position) } value="yes";
                                    " 放入“" (visible(&question.path)) "”"
                                }
                                p { (question.question) }
                            }
                        }
                    }
                    p {
                        button { "放入勾选的，其余不要" }
                    }
                }
            }
        }
    }
}

/// Stores the chosen ones of an upload's files; the others are dropped.
pub(crate) async fn answer(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    author: Author,
    request: Request,
) -> HandlerResult {
    let settings = load_settings(&state).await?;
    let fields = form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let is_taken = |position: usize| fields.has(&format!("take{position}"));
        let flash = upload::answer(state, &settings, &key, &is_taken, &author);
        Ok(redirect_with_flash(state, "/ledgers", flash))
    })
    .await
}
