//! Replacing and removing the file.
//!
//! Forms carry the hash of the content they were shown with ([`content_hash`]); a change is refused when the file has
//! another content by then.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Request, State};
use maud::{Markup, html};

use crate::ingest::LedgerFile;
use crate::pipeline::chain;
use crate::serve::author::Author;
use crate::serve::flash::Flash;
use crate::serve::form::{self, FormFields};
use crate::serve::layout::csrf_field;
use crate::serve::listener::Peer;
use crate::serve::pages::ledger_lookup::{find_ledger, ledger_address};
use crate::serve::pages::ledgers::load_settings;
use crate::serve::response::{ErrorPage, HandlerResult, redirect_with_flash, run_blocking};
use crate::serve::state::AppState;
use crate::serve::upload;
use crate::store::{Digest, read_regular, sha256};

/// The form field with the hash of the content shown.
const HASH_FIELD: &str = "seen";

/// The hash of a file's content.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn content_hash(file: &LedgerFile) -> Result<Digest, ErrorPage> {
    let bytes = read_regular(file.path()).map_err(|_| ErrorPage::not_found("没有这个台账文件，可能刚被移走"))?;
    Ok(sha256(&bytes))
}

/// The forms to replace and to remove the file with that key, shown with content of that hash.
pub(super) fn forms(state: &AppState, key: &str, hash: &Digest) -> Markup {
    let hidden_fields = html! {
        (csrf_field(state))
        input type="hidden" name=(HASH_FIELD) value=(hash);
    };
    html! {
        section class="screen" {
            h2 { "换掉或移走" }
            form class="panel drop" method="post" enctype="multipart/form-data"
                action={ "/ledger/" (key) "/replace" } data-send {
                (hidden_fields)
                p {
                    label for="file" { "改好的文件（文件名不变）" }
                    br;
                    input id="file" type="file" name="file" required;
                }
                p { button { "换成这个文件" } }
                p role="status" aria-live="polite" data-progress {}
            }
            form class="panel" method="post" action={ "/ledger/" (key) "/remove" } {
                (hidden_fields)
                p { "移走以后不再读取，可以撤销。" }
                p { button class="danger" { "移走这个台账" } }
            }
        }
    }
}

fn submitted_hash(fields: &FormFields) -> Result<Digest, ErrorPage> {
    let hash: Option<Digest> = fields.get(HASH_FIELD).parse().ok();
    let hash = hash.filter(|hash| hash.is_known());
    hash.ok_or_else(|| ErrorPage::bad_request("这一页不完整，请刷新后再试"))
}

/// Replaces the file by an uploaded one, which keeps the old name.
pub(crate) async fn replace(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    Extension(Peer(peer)): Extension<Peer>,
    author: Author,
    request: Request,
) -> HandlerResult {
    let settings = load_settings(&state).await?;
    let mut form = form::read_multipart(&state, request, upload::max_file_bytes(&settings)).await?;
    let turn = state.upload_readers.turn(peer.ip()).await;
    run_blocking(state, move |state| {
        let (_turn, _slot) = (turn, form.slot.take());
        let file = find_ledger(state, &key)?;
        let seen = submitted_hash(&form.fields)?;
        let sent = form.single_file().ok_or_else(|| ErrorPage::bad_request("请选一个文件"))?;
        let flash = upload::store_replacement(state, &settings, &file, seen, sent, &author);
        Ok(redirect_with_flash(state, &ledger_address(file.name()), flash))
    })
    .await
}

/// Moves the file into the history.
pub(crate) async fn remove(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    author: Author,
    request: Request,
) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let file = find_ledger(state, &key)?;
        let seen = submitted_hash(&fields)?;
        let flash = match state.ledgers.remove(file.relative_path(), Some(&seen), &author.stamp()) {
            Ok(change) => Flash::undoable(format!("已移走“{}”", file.name()), change.number),
            Err(error) => Flash::refused(chain(&error)),
        };
        Ok(redirect_with_flash(state, "/ledgers", flash))
    })
    .await
}
