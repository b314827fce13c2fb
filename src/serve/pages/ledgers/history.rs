//! The history of the ledgers: uploads with their files, undoing them, earlier contents, and the name that is kept.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use maud::{Markup, html};

use crate::escape::visible;
use crate::pipeline::chain;
use crate::serve::author::{Author, name_cookie};
use crate::serve::flash::Flash;
use crate::serve::form;
use crate::serve::layout::csrf_field;
use crate::serve::pages::undo::undo_button;
use crate::serve::response::{self, ErrorPage, HandlerResult, redirect_with_flash, run_blocking};
use crate::serve::state::AppState;
use crate::store::{ChangeKind, FolderChange, RecentChange};

/// The most changes that the page lists, the newest first.
const MAX_CHANGES_SHOWN: usize = 60;

/// The last uploads and other changes, newest first, each with what can be undone, and the form for the name.
pub(super) fn section(state: &AppState, author: &Author) -> Markup {
    let changes = state.ledgers.recent_changes(MAX_CHANGES_SHOWN);
    html! {
        @if !changes.is_empty() {
            details id="history" {
                summary { "最近的改动（可以撤销）" }
                @for upload in changes.chunk_by(|one, other| one.change.upload() == other.change.upload()) {
                    (upload_entry(state, upload))
                }
            }
        }
        form class="filters" method="post" action="/name" {
            (csrf_field(state))
            label { "改动记在谁名下 " input name="name" value=(author.name) autocomplete="name" placeholder="姓名"; }
            " "
            button { "记住" }
            span class="hint" { "现在记作：" (author.line()) }
        }
    }
}

/// The changes of one upload; when they are several, with their common head.
fn upload_entry(state: &AppState, changes: &[RecentChange]) -> Markup {
    let undoable = changes.iter().filter(|recent| recent.is_last_of_file).count();
    let is_one = changes.len() == 1;
    html! {
        div class=[(!is_one).then_some("panel")] {
            @if !is_one {
                p {
                    (changes[0].change.when_and_who()) "一次放入，" (changes.len()) " 个文件 "
                    @if undoable > 1 {
                        form class="inline" method="post" action={ "/history/" (changes[0].change.upload()) "/undo-upload" } {
                            (csrf_field(state))
                            button { "撤销这次放入的全部 " (undoable) " 个" }
                        }
                    }
                }
            }
            ul class="history" {
                @for recent in changes {
                    li { @if is_one { (recent.change.when_and_who()) } (entry(state, recent)) }
                }
            }
        }
    }
}

/// What a change did.
pub(in crate::serve::pages) fn kind_label(change: &FolderChange) -> &'static str {
    match change.kind {
        ChangeKind::Added => "放入",
        ChangeKind::Replaced => "换成新的",
        ChangeKind::Removed => "移走",
    }
}

fn entry(state: &AppState, recent: &RecentChange) -> Markup {
    let RecentChange { change, is_last_of_file } = recent;
    let (kind, name) = (kind_label(change), visible(&change.name));
    html! {
        (kind) " " (name)
        @if state.ledgers.keeps_contents_before(change) {
            " " (earlier_link(change))
        }
        @if *is_last_of_file {
            " "
            (undo_button(state, &format!("/history/{}/undo", change.number), &format!("{kind} {name}")))
        }
    }
}

/// The link to the contents before a change.
pub(in crate::serve::pages) fn earlier_link(change: &FolderChange) -> Markup {
    let label = if change.kind == ChangeKind::Removed { "下载移走的" } else { "下载换下的" };
    html! { a href={ "/history/" (change.number) "/file" } download { (label) } }
}

/// Downloads the contents that a change replaced or removed.
pub(crate) async fn earlier_file(State(state): State<Arc<AppState>>, Path(number): Path<u64>) -> HandlerResult {
    run_blocking(state, move |state| {
        let earlier = state.ledgers.contents_before(number);
        let earlier = earlier.ok_or_else(|| ErrorPage::not_found("这一份已经不在：每个文件只留最近换下的二十份"))?;
        let name = visible(&earlier.change.name);
        let own = name.rsplit('/').next().unwrap_or_default();
        let (stem, extension) = own.rsplit_once('.').unwrap_or((own, ""));
        let at = earlier.change.at.replace(['T', ':'], "-");
        Ok(response::download(&format!("{stem}（{at} 以前）.{extension}"), earlier.bytes))
    })
    .await
}

/// Undoes a change of a ledger.
pub(crate) async fn undo(
    State(state): State<Arc<AppState>>,
    Path(number): Path<u64>,
    author: Author,
    request: Request,
) -> HandlerResult {
    form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let flash = match state.ledgers.undo(number, &author.stamp()) {
            Ok(change) => {
                Flash::undoable(format!("已撤销：“{}”恢复成原来的样子", visible(&change.name)), change.number)
            }
            Err(error) => Flash::refused(chain(&error)),
        };
        Ok(redirect_with_flash(state, "/ledgers", flash))
    })
    .await
}

/// Undoes all changes of an upload.
pub(crate) async fn undo_upload(
    State(state): State<Arc<AppState>>,
    Path(number): Path<u64>,
    author: Author,
    request: Request,
) -> HandlerResult {
    form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let outcome = state.ledgers.undo_upload(number, &author.stamp());
        let name = |change: &FolderChange| visible(&change.name).into_owned();
        let mut flash = Flash { undo: outcome.undone.first().map(FolderChange::upload), ..Flash::default() };
        match &outcome.undone[..] {
            [] => {}
            [change] => flash.done.push(format!("已撤销：“{}”恢复成原来的样子", name(change))),
            changes => {
                let names: Vec<String> = changes.iter().map(name).collect();
                flash.done.push(format!("已撤销：{} 个文件恢复成原来的样子：{}", names.len(), names.join("、")));
            }
        }
        let refused = outcome.refused.iter();
        flash.refused = refused.map(|(name, error)| format!("“{}”：{}", visible(name), chain(error))).collect();
        if flash == Flash::default() {
            flash = Flash::refused("没有这一次放入的记录");
        }
        Ok(redirect_with_flash(state, "/ledgers", flash))
    })
    .await
}

/// Keeps the name under which this browser's changes are recorded.
pub(crate) async fn set_name(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    let name = fields.get("name");
    let done = if name.is_empty() {
        "改动不再记名".to_owned()
    } else {
        format!("以后的改动记在“{name}”名下")
    };
    let mut response = redirect_with_flash(&state, "/ledgers", Flash::done(done));
    if let Some(cookie) = name_cookie(&state, name) {
        response.headers_mut().insert(axum::http::header::SET_COOKIE, cookie);
    }
    Ok(response)
}
