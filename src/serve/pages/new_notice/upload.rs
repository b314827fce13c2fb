//! The form for the ledgers and the outline of a new notice.

use std::sync::{Arc, Mutex};

use axum::Extension;
use axum::extract::{Query, Request, State};
use maud::{Markup, html};

use super::place::{lines, targets};
use super::previous::{EarlierRun, PREVIOUS_FILE, earlier_runs, previous_fields, previous_source};
use super::renew::renew_form;
use crate::escape::visible;
use crate::pipeline::{OutlineSource, SourceLedger, SourceRequest, chain, read_sources, try_notice};
use crate::serve::clock::today;
use crate::serve::flash::Flash;
use crate::serve::form::{self, MultipartForm};
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::listener::Peer;
use crate::serve::notice_drafts::NoticeDraft;
use crate::serve::notices::Notices;
use crate::serve::pages::ledgers::load_settings;
use crate::serve::pages::query::PageQuery;
use crate::serve::response::{self, HandlerResult, redirect, redirect_with_flash, run_blocking};
use crate::serve::state::AppState;
use crate::serve::upload;

/// The extensions of outlines.
const OUTLINES: [&str; 3] = ["docx", "txt", "md"];
/// Ledgers that a notice is made from.
const MAX_LEDGERS: usize = 40;

/// The form for ledgers and outline.
pub(crate) async fn show(
    State(state): State<Arc<AppState>>,
    Extension(notices): Extension<Arc<Notices>>,
    Query(query): Query<PageQuery>,
) -> HandlerResult {
    run_blocking(state, move |state| {
        let flash = query.flash(state);
        let before = flash.as_deref();
        let body = html! {
            (upload_form(state, &earlier_runs(&notices), before))
            @if state.paths.notice.exists() { (renew_form(state, before)) }
        };
        let layout = PageLayout { title: "新的通知", tab: Tab::Notices, refresh: None };
        Ok(response::page(layout.render(state, before, &body)))
    })
    .await
}

/// The form; `before` is the outcome of an earlier try, with what was typed.
fn upload_form(state: &AppState, earlier: &[EarlierRun], before: Option<&Flash>) -> Markup {
    let typed = |name: &str| before.map_or("", |flash| flash.typed(name));
    html! {
        p { "从空白的或填好的台账和一份提纲，写出一份新的通知：台账的设置、指标、核对、报告和汇总的模板，马上能生成报告。猜的都写明理由，下一页可以改。" }
        form class="panel" method="post" action="/new" enctype="multipart/form-data" data-send {
            (csrf_field(state))
            p { label for="name" { "新通知的文件夹叫什么，例如 2026年三季度" } br; input id="name" name="name" required value=(typed("name")); }
            p {
                label for="files" { "台账，空白的、填好的都行，一种一个；有名册的也放上" } br;
                input id="files" type="file" name="files" multiple required accept=(upload::accepted_extensions(","))
                    aria-describedby="files-hint";
                br;
                span class="hint" id="files-hint" {
                    "一个文件里表头一样的几张工作表（例如一个月一张）算一种台账。数字空着的是没有填，不是 0；没有的写 0。"
                }
            }
            p {
                label for="outline" { "提纲或整份通知：Word 文档（.docx）、.txt 或 .md，取其中的标题、日期和发文部门；可以没有" } br;
                input id="outline" type="file" name="outline" accept=".docx,.txt,.md";
            }
            p {
                label for="headings" { "或者在这里写标题，一行一个" } br;
                textarea id="headings" name="headings" rows="5" cols="40" { (typed("headings")) }
            }
            p {
                label for="branches" { "台账里没有单位名称的，写有哪些单位，一行一个" } br;
                textarea id="branches" name="branches" rows="3" cols="40" { (typed("branches")) }
            }
            (previous_fields(earlier, before))
            p { button class="main" { "读台账" } }
            p role="status" aria-live="polite" data-progress {}
        }
    }
}

/// Reads uploaded ledgers and outline into a draft.
pub(crate) async fn upload(
    State(state): State<Arc<AppState>>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(notices): Extension<Arc<Notices>>,
    request: Request,
) -> HandlerResult {
    // The first notice of a folder is made without settings.
    let settings = load_settings(&state).await;
    let max_bytes =
        settings.map_or_else(|_| upload::default_file_bytes(), |settings| upload::max_file_bytes(&settings));
    let form = form::read_multipart(&state, request, max_bytes).await?;
    let turn = state.upload_readers.turn(peer.ip()).await;
    run_blocking(state, move |state| {
        let _turn = turn;
        let typed = form.fields.typed();
        Ok(match draft(state, &notices, form) {
            Ok(draft) => redirect(&format!("/new/{}", state.notice_drafts.insert(Arc::new(Mutex::new(draft))))),
            Err(reason) => {
                let reason = format!("{reason}（写的还在下面，文件请再选一次）");
                redirect_with_flash(state, "/new", Flash::refused_with(reason, typed))
            }
        })
    })
    .await
}

/// The draft of a form; the reason why there is none.
fn draft(state: &AppState, notices: &Notices, form: MultipartForm) -> Result<NoticeDraft, String> {
    let MultipartForm { fields, files, slot: _slot } = form;
    let targets = targets(state, fields.get("name"))?;
    let mut ledgers = Vec::new();
    let mut outline = match fields.get("headings") {
        "" => None,
        lines => Some(OutlineSource::Lines(lines.to_owned())),
    };
    let previous = previous_source(notices, &fields, &files)?;
    for upload in files.iter().filter(|upload| upload.field != PREVIOUS_FILE) {
        // Of a name with folders only the last part counts.
        let name = upload.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase();
        let path = upload.file.path().to_owned();
        // What was chosen as outline is one, or is refused as one.
        if upload.field == "outline" || OUTLINES.contains(&extension.as_str()) {
            outline = Some(OutlineSource::File { path, name: visible(name).into_owned() });
            continue;
        }
        let safe = crate::store::safe_path(name).filter(|path| crate::ingest::is_ledger(path));
        let refused = || format!("“{}”不是台账文件（{}）", visible(name), upload::accepted_extensions("、"));
        ledgers.push(SourceLedger { path, name: safe.ok_or_else(refused)? });
    }
    if ledgers.len() > MAX_LEDGERS {
        return Err(format!("台账有 {} 个，一份通知最多 {MAX_LEDGERS} 个；一种台账只放一个", ledgers.len()));
    }
    let branches = lines(fields.get("branches"));
    let request = SourceRequest { targets, ledgers, outline, branches, previous, today: today() };
    let sources = read_sources(request, &state.paths.machine.program).map_err(|error| chain(&error))?;
    let draft = NoticeDraft::new(sources, files.into_iter().map(|upload| upload.file).collect());
    match &draft.made {
        Err(error) if !error.can_be_answered() => Err(error.to_string()),
        Err(_) => Ok(draft),
        Ok(made) => try_notice(&draft.sources, made).map_err(|error| chain(&error)).map(|()| draft),
    }
}
