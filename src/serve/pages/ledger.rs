//! One ledger file: what was understood, what was found and where, and what can be done about it.

use std::sync::Arc;

use axum::extract::{Path, Query as Asked, Request, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::ledgers::{find, key};
use super::{Query, findings, sheet};
use crate::diagnostics::{Diagnostic, column_letters};
use crate::ingest::{self, Header};
use crate::notice::{Ledger, Notice};
use crate::pipeline::{self, SheetPreview, accept_header_alias, chain};
use crate::serve::flash::Flash;
use crate::serve::form;
use crate::serve::html::{Html, put};
use crate::serve::layout::{PageLayout, Tab, ticket};
use crate::serve::response::{Answer, Denied, aside, see};
use crate::serve::state::{AppState, PATIENCE, now};
use crate::serve::upload;
use crate::store::{Digest, sha256};

/// The page.
pub async fn show(
    State(state): State<Arc<AppState>>,
    Path(wanted): Path<String>,
    Asked(query): Asked<Query>,
) -> Answer {
    aside(state, move |state| {
        let settings = state.settings()?;
        let file = find(state, &wanted)?;
        let analysis = state.analysis(PATIENCE);
        let mut body = Html::default();
        put!(body; "<p><a href=\"/ledgers\">所有台账</a></p>");
        let own = |finding: &&Diagnostic| finding.place.file() == Some(file.name());
        let found: Vec<&Diagnostic> = match analysis.any().map(Arc::as_ref) {
            Some(Ok(analysis)) => analysis.findings.iter().filter(own).collect(),
            Some(Err(error)) => {
                put!(body; "<p class=\"note refused\" role=\"alert\">" (error) "</p>");
                Vec::new()
            }
            None => Vec::new(),
        };
        if !analysis.is_fresh() {
            put!(body; "<p class=\"note\" role=\"status\">正在核对……</p>");
        }
        let read = state.reading(&file, Arc::clone(&settings));
        let waits = !analysis.is_fresh() || read.is_none();
        match read {
            None => put!(body; "<p class=\"note\" role=\"status\">正在读取……</p>"),
            Some(read) => match read.as_ref() {
                Err(refusal) => {
                    put!(body; "<p class=\"note refused\" role=\"alert\">没有读取：" (refusal.reason()) "。办法："
                    (refusal.cure()) "</p>")
                }
                Ok(read) => {
                    summary(&mut body, read, &found);
                    for (number, one) in read.sheets.iter().enumerate() {
                        sheet_of(&mut body, state, &settings.notice, &wanted, (number, one), &found);
                    }
                }
            },
        }
        deeds(&mut body, state, &wanted, &seen(&file)?);
        let frame = PageLayout { title: file.name(), tab: Tab::Ledgers, refresh: waits.then_some(2) };
        Ok(frame.page(state, query.note(state).as_deref(), &body).into_response())
    })
    .await
}

/// The hash of a file as it is shown.
fn seen(file: &ingest::LedgerFile) -> Result<Digest, Denied> {
    let bytes = std::fs::read(file.path()).map_err(|_| Denied::not_found("没有这个台账文件，可能刚被移走"))?;
    Ok(sha256(&bytes))
}

/// How many things were found, and those that have no sheet.
fn summary(body: &mut Html, read: &pipeline::FilePreview, found: &[&Diagnostic]) {
    if read.sheets.is_empty() {
        put!(body; "<p>文件里没有内容。</p>");
    }
    let whole = found.iter().copied().filter(|finding| finding.place.source().is_none());
    body.add(&findings::list(whole, &|_| Html::default()));
    if found.is_empty() && read.tables() > 0 {
        put!(body; "<p class=\"note done\">没有发现问题。</p>");
    }
}

fn sheet_of(
    body: &mut Html,
    state: &AppState,
    notice: &Notice,
    file: &str,
    (number, one): (usize, &SheetPreview),
    found: &[&Diagnostic],
) {
    let name = if one.raw.name.is_empty() { "表格内容" } else { &one.raw.name };
    put!(body; "<section><h2>" (name) "</h2>");
    if one.raw.hidden {
        put!(body; "<p>隐藏的工作表，没有读。</p></section>");
        return;
    }
    let normalize = ingest::normalize(&one.raw.name).0;
    let own = |finding: &&&Diagnostic| finding.place.source().is_some_and(|source| source.sheet == normalize);
    let own: Vec<&Diagnostic> = found.iter().filter(own).copied().collect();
    let spot = |finding: &Diagnostic| {
        let mut out = Html::default();
        if let Some((row, col)) = sheet::cell_of(finding) {
            let address = finding.place.address().unwrap_or_default();
            put!(out; "<a href=\"#" (sheet::anchor(number, row, col)) "\">" (address) "</a>");
        }
        out
    };
    for table in &one.tables {
        if let Some((_, ledger)) = notice.ledger.get_index(table.ledger) {
            columns(body, ledger, &table.header);
        }
    }
    if one.tables.is_empty() {
        put!(body; "<p class=\"note refused\">没有认出是哪一种台账。</p>");
    }
    proposals(body, state, notice, file, number, one);
    let list = findings::list(own.iter().copied(), &spot);
    if list == Html::default() {
        put!(body; {&sheet::view(number, &one.raw, &own)} "</section>");
    } else {
        put!(body; "<div class=\"beside\"><div>" {&list} "</div>" {&sheet::view(number, &one.raw, &own)}
            "</div></section>");
    }
}

/// Which column was read as which.
fn columns(body: &mut Html, ledger: &Ledger, header: &Header) {
    put!(body; "<p>认作《" (&ledger.title) "》。</p><details><summary>各列怎样读取</summary><table class=\"small\"><thead><tr>"
        "<th scope=\"col\">列</th><th scope=\"col\">表头写的</th><th scope=\"col\">读作</th></tr></thead><tbody>");
    for (index, (column, col)) in ledger.columns.values().zip(&header.columns).enumerate() {
        let near = header.near.iter().find(|(near, ..)| *near == index);
        match (col, near) {
            (Some(col), Some((.., text))) => {
                put!(body; "<tr><td>" (column_letters(*col)) "</td><td>" (text) "</td><td>" (column.label())
                    "（写法有出入）</td></tr>");
            }
            (Some(col), None) => {
                put!(body; "<tr><td>" (column_letters(*col)) "</td><td>" (column.label()) "</td><td>"
                    (column.label()) "</td></tr>")
            }
            (None, _) if column.required => {
                put!(body; "<tr><td></td><td class=\"bad\">没有这一列</td><td>" (column.label()) "</td></tr>")
            }
            (None, _) => put!(body; "<tr><td></td><td>没有这一列</td><td>" (column.label()) "（可以没有）</td></tr>"),
        }
    }
    for (col, text) in &header.foreign {
        put!(body; "<tr><td>" (column_letters(*col)) "</td><td>" (text) "</td><td>没有用到</td></tr>");
    }
    put!(body; "</tbody></table></details>");
}

/// A header that may be accepted as a column's spelling.
struct Offer<'n> {
    ledger: &'n str,
    title: &'n str,
    column: &'n str,
    label: &'n str,
    header: String,
}

/// The headers of a sheet that may be accepted as spellings.
fn offers<'n>(notice: &'n Notice, one: &SheetPreview) -> Vec<Offer<'n>> {
    let offer = |ledger: usize, column: usize, header: &str| {
        let (id, ledger) = notice.ledger.get_index(ledger)?;
        let (column, settings) = ledger.columns.get_index(column)?;
        Some(Offer { ledger: id, title: &ledger.title, column, label: settings.label(), header: header.to_owned() })
    };
    let mut offers = Vec::new();
    for table in &one.tables {
        offers.extend(table.header.near.iter().filter_map(|(column, _, text)| offer(table.ledger, *column, text)));
    }
    let Some(proposal) = &one.proposal else { return offers };
    // Of a ledger that was recognised only what it lacks, of a header that says nothing yet.
    let table = one.tables.iter().find(|table| table.ledger == proposal.ledger);
    if table.is_none() && !one.tables.is_empty() {
        return offers;
    }
    for (header, column) in &proposal.columns {
        let Some((column, false)) = column else { continue };
        let is_lacking = |header_of: &Header| {
            header_of.columns.get(*column).is_some_and(Option::is_none)
                && header_of.foreign.iter().any(|(_, text)| text == header)
        };
        if !header.trim().is_empty() && table.is_none_or(|table| is_lacking(&table.header)) {
            offers.extend(offer(proposal.ledger, *column, header));
        }
    }
    offers
}

fn proposals(body: &mut Html, state: &AppState, notice: &Notice, file: &str, number: usize, one: &SheetPreview) {
    let offers = offers(notice, one);
    if offers.is_empty() {
        return;
    }
    put!(body; "<div class=\"panel\"><p>这些列名和设置里的写法不同。确实是同一列的，点一下记住，以后就认识：</p><ul class=\"offers\">");
    for offer in offers {
        put!(body; "<li><form method=\"post\" action=\"/ledger/" (file) "/accept\">" {&ticket(state)}
            "<input type=\"hidden\" name=\"sheet\" value=\"" (number)
            "\"><input type=\"hidden\" name=\"ledger\" value=\"" (offer.ledger)
            "\"><input type=\"hidden\" name=\"column\" value=\"" (offer.column)
            "\"><input type=\"hidden\" name=\"header\" value=\"" (&offer.header) "\">“" (&offer.header) "”就是《"
            (offer.title) "》的“" (offer.label) "” <button>记住这种写法</button></form></li>");
    }
    put!(body; "</ul></div>");
}

fn deeds(body: &mut Html, state: &AppState, file: &str, seen: &Digest) {
    put!(body; "<section class=\"screen\"><h2>换掉或移走</h2><form class=\"panel drop\" method=\"post\" "
        "enctype=\"multipart/form-data\" action=\"/ledger/" (file) "/replace\" data-send>" {&ticket(state)}
        "<input type=\"hidden\" name=\"seen\" value=\"" (seen)
        "\"><p><label for=\"file\">改好的文件（文件名不变）</label><br><input id=\"file\" type=\"file\" name=\"file\" required>"
        "</p>" "<p><button>换成这个文件</button></p><p role=\"status\" aria-live=\"polite\" data-progress></p></form>"
        "<form class=\"panel\" method=\"post\" action=\"/ledger/" (file) "/remove\">" {&ticket(state)}
        "<input type=\"hidden\" name=\"seen\" value=\"" (seen) "\"><p>移走以后不再读取，可以撤销。</p>"
        "<p><button class=\"danger\">移走这个台账</button></p></form></section>");
}

/// Reads the hash that a page was made with.
fn seen_in(fields: &form::Fields) -> Result<Digest, Denied> {
    let seen: Option<Digest> = fields.get("seen").parse().ok();
    seen.filter(|seen| *seen != Digest::default()).ok_or_else(|| Denied::bad("这一页不完整，请刷新后再试"))
}

/// Puts another file in the ledger's place.
pub async fn replace(State(state): State<Arc<AppState>>, Path(wanted): Path<String>, request: Request) -> Answer {
    let own = Arc::clone(&state);
    let settings =
        tokio::task::spawn_blocking(move || own.settings()).await.unwrap_or_else(|_| Err("程序内部出错".to_owned()))?;
    let (fields, mut received) = form::files(&state, request, upload::each(&settings)).await?;
    aside(state, move |state| {
        let file = find(state, &wanted)?;
        let seen = seen_in(&fields)?;
        let (Some(one), true) = (received.pop(), received.is_empty()) else {
            return Err(Denied::bad("请选一个文件"));
        };
        let note = match upload::read(state, &settings, &one.file, file.name()) {
            Err(reason) => {
                Flash { refused: vec![format!("“{}”没有收下：{reason}", one.name)], ..Flash::default() }
            }
            Ok(read) => match state.shelf.put(one.file, file.name(), Some(&seen), &now()) {
                Ok(Some(change)) => {
                    let done = vec![format!("已换成新的：{}", upload::understood(&read, &settings))];
                    Flash { done, undo: vec![change.number], ..Flash::default() }
                }
                Ok(None) => Flash { done: vec!["和原来的一样，没有变化".to_owned()], ..Flash::default() },
                Err(error) => Flash { refused: vec![chain(&error)], ..Flash::default() },
            },
        };
        Ok(see(&format!("/ledger/{wanted}?note={}", state.notes.keep(note))))
    })
    .await
}

/// Takes the ledger away.
pub async fn remove(State(state): State<Arc<AppState>>, Path(wanted): Path<String>, request: Request) -> Answer {
    let fields = form::fields(&state, request).await?;
    aside(state, move |state| {
        let file = find(state, &wanted)?;
        let note = match state.shelf.remove(file.name(), Some(&seen_in(&fields)?), &now()) {
            Ok(change) => {
                Flash {
                    done: vec![format!("已移走“{}”", file.name())], undo: vec![change.number], ..Flash::default()
                }
            }
            Err(error) => Flash { refused: vec![chain(&error)], ..Flash::default() },
        };
        Ok(see(&format!("/ledgers?note={}", state.notes.keep(note))))
    })
    .await
}

/// Accepts a header as a column's spelling.
pub async fn accept(State(state): State<Arc<AppState>>, Path(wanted): Path<String>, request: Request) -> Answer {
    let fields = form::fields(&state, request).await?;
    aside(state, move |state| {
        let one_at_a_time =
            state.settling.lock().map_err(|_| Denied::new(StatusCode::INTERNAL_SERVER_ERROR, "程序内部出错"))?;
        let settings = state.settings()?;
        let file = find(state, &wanted)?;
        let read = state
            .reading(&file, Arc::clone(&settings))
            .ok_or_else(|| Denied::conflict("文件还没有读完，请稍后再试"))?;
        let number: usize = fields.get("sheet").parse().map_err(|_| Denied::bad("这一页不完整，请刷新后再试"))?;
        let one = read.as_ref().as_ref().ok().and_then(|read| read.sheets.get(number));
        let offers = one.map(|one| offers(&settings.notice, one)).unwrap_or_default();
        // Only what the program itself proposes is written into the settings.
        let chosen = offers.iter().find(|offer| {
            (offer.ledger, offer.column, offer.header.trim())
                == (fields.get("ledger"), fields.get("column"), fields.get("header"))
        });
        let chosen = chosen.ok_or_else(|| Denied::conflict("这一列已经认识，或者文件刚刚换过，请刷新"))?;
        let accepted = accept_header_alias(&state.places.notice, chosen.ledger, chosen.column, &chosen.header);
        drop(one_at_a_time);
        let note = match accepted {
            Ok(()) => Flash {
                done: vec![format!("已记住：“{}”就是“{}”", chosen.header, chosen.label)],
                ..Flash::default()
            },
            Err(error) => Flash { refused: vec![chain(&error)], ..Flash::default() },
        };
        Ok(see(&format!("/ledger/{}?note={}", key(file.name()), state.notes.keep(note))))
    })
    .await
}
