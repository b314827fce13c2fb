//! The file itself and its earlier contents, to download.

use std::sync::Arc;

use axum::extract::{Path, State};
use maud::{Markup, html};

use crate::ingest::LedgerFile;
use crate::serve::pages::ledger_lookup::find_ledger;
use crate::serve::pages::ledgers::{earlier_link, kind_label};
use crate::serve::response::{self, ErrorPage, HandlerResult, run_blocking};
use crate::serve::state::AppState;
use crate::store::read_regular;

/// The links to the file and to what it replaced, with when and by whom.
pub(super) fn section(state: &AppState, key: &str, file: &LedgerFile) -> Markup {
    let changes = state.ledgers.changes_of(file.relative_path());
    html! {
        section class="screen" {
            h2 { "下载" }
            ul class="downloads" { li { a href={ "/ledger/" (key) "/file" } download { "现在的这一份" } } }
            @if !changes.is_empty() {
                details {
                    summary { "改动记录（" (changes.len()) " 次）" }
                    ul class="history" {
                        @for change in &changes {
                            li {
                                (change.when_and_who()) (kind_label(change)) " "
                                @if state.ledgers.keeps_contents_before(change) { (earlier_link(change)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Downloads the file.
pub(crate) async fn file(State(state): State<Arc<AppState>>, Path(key): Path<String>) -> HandlerResult {
    run_blocking(state, move |state| {
        let file = find_ledger(state, &key)?;
        let bytes = read_regular(file.path()).map_err(|_| ErrorPage::not_found("没有这个台账文件，可能刚被移走"))?;
        Ok(response::download(file.name().rsplit('/').next().unwrap_or_default(), bytes))
    })
    .await
}
