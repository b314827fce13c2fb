//! Header aliases: headers that resemble a column of a ledger, and accepting one into the settings file.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use maud::{Markup, html};

use crate::ingest::{Header, SuggestedColumn, SuggestedHeader};
use crate::notice::Notice;
use crate::pipeline::{SheetPreview, chain, with_accepted_alias};
use crate::serve::author::Author;
use crate::serve::flash::Flash;
use crate::serve::form::{self, FormFields};
use crate::serve::layout::csrf_field;
use crate::serve::pages::ledger_lookup::{find_ledger, ledger_address};
use crate::serve::response::{ErrorPage, HandlerResult, redirect_with_flash, run_blocking};
use crate::serve::settings_files::settings_file;
use crate::serve::state::AppState;

/// A header that can be accepted as an alias of a column.
struct AliasCandidate<'n> {
    ledger_id: &'n str,
    ledger_title: &'n str,
    column_id: &'n str,
    column_label: &'n str,
    header: String,
}

impl<'n> AliasCandidate<'n> {
    /// The candidate for a column given by its index in the ledger; `None` when there is no such column.
    fn new(notice: &'n Notice, ledger: usize, column: usize, header: &str) -> Option<Self> {
        let (ledger_id, ledger) = notice.ledger.get_index(ledger)?;
        let (column_id, column) = ledger.columns.get_index(column)?;
        Some(Self {
            ledger_id,
            ledger_title: &ledger.title,
            column_id,
            column_label: column.label(),
            header: header.to_owned(),
        })
    }

    /// Whether the fields of an accept form are those of this candidate.
    fn is_chosen(&self, fields: &FormFields) -> bool {
        self.ledger_id == fields.get("ledger")
            && self.column_id == fields.get("column")
            && self.header.trim() == fields.get("header")
    }
}

/// The headers of a sheet that can be accepted: those read as a column although spelled differently, and those
/// suggested for a ledger that was not recognized or lacks a column.
fn candidates<'n>(notice: &'n Notice, sheet: &SheetPreview) -> Vec<AliasCandidate<'n>> {
    let mut candidates = Vec::new();
    for table in &sheet.tables {
        for near in &table.header.near {
            candidates.extend(AliasCandidate::new(notice, table.ledger, near.column, &near.text));
        }
    }
    let Some(proposal) = &sheet.proposal else { return candidates };
    let recognized = sheet.tables.iter().find(|table| table.ledger == proposal.ledger);
    if recognized.is_none() && !sheet.tables.is_empty() {
        return candidates;
    }
    for SuggestedHeader { text: header, column } in &proposal.headers {
        let Some(SuggestedColumn { index: column, is_known: false }) = column else { continue };
        let is_open = recognized.is_none_or(|table| is_open(&table.header, *column, header));
        if is_open && !header.trim().is_empty() {
            candidates.extend(AliasCandidate::new(notice, proposal.ledger, *column, header));
        }
    }
    candidates
}

/// Whether a recognized header lacks the column and has no other use for the text.
fn is_open(recognized: &Header, column: usize, text: &str) -> bool {
    recognized.columns.get(column).is_some_and(Option::is_none)
        && recognized.foreign.iter().any(|foreign| foreign.text == text)
}

/// A form for each candidate; `key` is the file's, `index` that of the sheet in the file.
pub(super) fn alias_forms(state: &AppState, notice: &Notice, key: &str, index: usize, sheet: &SheetPreview) -> Markup {
    let candidates = candidates(notice, sheet);
    if candidates.is_empty() {
        return html! {};
    }
    html! {
        div class="panel" {
            p { "这些列名和设置里的写法不同。确实是同一列的，点一下记住，以后就认识：" }
            ul class="offers" {
                @for candidate in &candidates {
                    li {
                        form method="post" action={ "/ledger/" (key) "/accept" } {
                            (csrf_field(state))
                            input type="hidden" name="sheet" value=(index);
                            input type="hidden" name="ledger" value=(candidate.ledger_id);
                            input type="hidden" name="column" value=(candidate.column_id);
                            input type="hidden" name="header" value=(candidate.header);
                            "“" (candidate.header) "”就是《" (candidate.ledger_title) "》的“"
                            (candidate.column_label) "” "
                            button { "记住这种写法" }
                        }
                    }
                }
            }
        }
    }
}

/// Writes a candidate into the settings.
fn accept(state: &AppState, chosen: &AliasCandidate<'_>, author: &Author) -> Result<(), String> {
    let file = settings_file(state).map_err(|error| error.message().to_owned())?;
    let text = with_accepted_alias(&state.paths.notice, chosen.ledger_id, chosen.column_id, &chosen.header);
    match text.map_err(|error| chain(&error))? {
        Some(text) => file.write(state, &text, author),
        None => Ok(()),
    }
}

/// Adds a header to the aliases of a column in the settings file. Only candidates the program itself finds in the
/// file as it is now are written.
pub(crate) async fn accept_alias(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    author: Author,
    request: Request,
) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let lock = state.settings_lock.lock().map_err(|_| ErrorPage::internal())?;
        let settings = state.settings()?;
        let file = find_ledger(state, &key)?;
        let preview = state
            .preview(&file, Arc::clone(&settings))
            .ok_or_else(|| ErrorPage::conflict("文件还没有读完，请稍后再试"))?;
        let index: usize =
            fields.get("sheet").parse().map_err(|_| ErrorPage::bad_request("这一页不完整，请刷新后再试"))?;
        let sheet = preview.as_ref().as_ref().ok().and_then(|preview| preview.sheets.get(index));
        let candidates = sheet.map(|sheet| candidates(&settings.notice, sheet)).unwrap_or_default();
        let chosen = candidates.iter().find(|candidate| candidate.is_chosen(&fields));
        let chosen = chosen.ok_or_else(|| ErrorPage::conflict("这一列已经认识，或者文件刚刚换过，请刷新"))?;
        let accepted = accept(state, chosen, &author);
        drop(lock);
        let done = || Flash::done(format!("已记住：“{}”就是“{}”", chosen.header, chosen.column_label));
        let flash = accepted.map_or_else(Flash::refused, |()| done());
        Ok(redirect_with_flash(state, &ledger_address(file.name()), flash))
    })
    .await
}
