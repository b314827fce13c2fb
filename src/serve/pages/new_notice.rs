//! A new notice: upload ledgers and an outline, look at the guesses with their reasons, change answers, make it.

use std::path::Path as FilePath;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Extension;
use axum::extract::{Path, Query, Request, State};
use maud::{Markup, html};

use super::ledgers::load_settings;
use super::query::PageQuery;
use crate::escape::visible;
use crate::pipeline::{
    EarlierPeriod, OutlineSource, OwnFolders, SourceLedger, SourceRequest, Targets, chain, read_sources, renew_notice,
    write_notice,
};
use crate::scaffold::{LineNote, Question, Scaffold, ScaffoldError, Step};
use crate::serve::clock::today;
use crate::serve::flash::Flash;
use crate::serve::form::{self, FormFields, MultipartForm};
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::listener::Peer;
use crate::serve::notice_drafts::NoticeDraft;
use crate::serve::response::{self, ErrorPage, HandlerResult, redirect, redirect_with_flash, run_blocking};
use crate::serve::state::AppState;
use crate::serve::upload;
use crate::store::{is_below, safe_names};

/// The extensions of outlines.
const OUTLINES: [&str; 3] = ["docx", "txt", "md"];
/// Lines that were changed, or are doubtful, and are shown.
const MAX_LINES: usize = 30;
/// Ledgers that a notice is made from.
const MAX_LEDGERS: usize = 40;

/// The form for ledgers and outline.
pub(crate) async fn show(State(state): State<Arc<AppState>>, Query(query): Query<PageQuery>) -> HandlerResult {
    let flash = query.flash(&state);
    let before = flash.as_deref();
    let body = html! {
        (upload_form(&state, before))
        @if state.paths.notice.exists() { (renew_form(&state, before)) }
    };
    let layout = PageLayout { title: "新的通知", tab: Tab::Notices, refresh: None };
    Ok(response::page(layout.render(&state, before, &body)))
}

/// The form; `before` is the outcome of an earlier try, with what was typed.
fn upload_form(state: &AppState, before: Option<&Flash>) -> Markup {
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
            p { button class="main" { "读台账" } }
            p role="status" aria-live="polite" data-progress {}
        }
    }
}

/// Reads uploaded ledgers and outline into a draft.
pub(crate) async fn upload(
    State(state): State<Arc<AppState>>,
    Extension(Peer(peer)): Extension<Peer>,
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
        Ok(match draft(state, form) {
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
fn draft(state: &AppState, form: MultipartForm) -> Result<NoticeDraft, String> {
    let MultipartForm { fields, files, slot: _slot } = form;
    let targets = targets(state, fields.get("name"))?;
    let mut ledgers = Vec::new();
    let mut outline = match fields.get("headings") {
        "" => None,
        lines => Some(OutlineSource::Lines(lines.to_owned())),
    };
    for upload in &files {
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
    let request = SourceRequest { targets, ledgers, outline, branches, previous: None, today: today() };
    let sources = read_sources(request, &state.paths.machine.program).map_err(|error| chain(&error))?;
    let draft = NoticeDraft::new(sources, files.into_iter().map(|upload| upload.file).collect());
    match &draft.made {
        Err(error) if !error.can_be_answered() => Err(error.to_string()),
        _ => Ok(draft),
    }
}

/// Where a notice called `name` will be: beside the notice of this server.
fn targets(state: &AppState, name: &str) -> Result<Targets, String> {
    let safe = safe_names(std::iter::once(name), &|_| false);
    if name.is_empty() || safe.first().is_none_or(|safe| safe != name) {
        return Err("文件夹的名称不能用：写几个汉字、字母或数字，例如 2026年三季度".to_owned());
    }
    let settings = std::path::absolute(&state.paths.notice).unwrap_or_else(|_| state.paths.notice.clone());
    let all = settings.parent().and_then(FilePath::parent).ok_or("这份通知的文件夹旁边放不下新的通知")?;
    let targets = Targets { notice: all.join(name), input: OwnFolders::named(name).input };
    if is_below(&targets.notice, &state.paths.input) {
        return Err("新的通知会落在台账文件夹里面，请在命令行里用 zicha new 另指一个文件夹".to_owned());
    }
    Ok(targets)
}

/// The lines of a text, and its parts between commas.
fn lines(text: &str) -> Vec<String> {
    let parts = text.split(['\n', ',', '，', '、']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The draft with a key.
fn find(state: &AppState, key: &str) -> Result<Arc<Mutex<NoticeDraft>>, ErrorPage> {
    state.notice_drafts.get(key).ok_or_else(|| ErrorPage::not_found("这份新通知已经写好，或者放得太久，请重新放台账"))
}

/// The questions of a draft.
pub(crate) async fn show_draft(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    Query(query): Query<PageQuery>,
) -> HandlerResult {
    let draft = find(&state, &key)?;
    let draft = draft.lock().unwrap_or_else(PoisonError::into_inner);
    let flash = query.flash(&state);
    let before = flash.as_deref();
    let body = draft_form(&state, &key, &draft, before);
    let layout = PageLayout { title: "新的通知：核对猜的", tab: Tab::Notices, refresh: None };
    Ok(response::page(layout.render(&state, before, &body)))
}

fn draft_form(state: &AppState, key: &str, draft: &NoticeDraft, before: Option<&Flash>) -> Markup {
    let typed = |name: &str| before.map_or("", |flash| flash.typed(name));
    html! {
        form class="panel" method="post" action={ "/new/" (key) } {
            (csrf_field(state))
            input type="hidden" name="version" value=(draft.version);
            @match &draft.made {
                Ok(made) => { (questions(made, before)) }
                Err(error) => {
                    div class="note refused" role="alert" { p { (on_page(error)) } }
                    p {
                        label for="branches" { "有哪些单位，一行一个" } br;
                        textarea id="branches" name="branches" rows="3" cols="40" { (typed("branches")) }
                    }
                    (branch_column_question(error))
                }
            }
            p {
                @if draft.made.is_ok() { button class="main" name="act" value="make" { "写出通知" } " " }
                button name="act" value="look" { "照改的再猜一遍" }
            }
        }
        p { a href="/new" { "重新放台账" } }
    }
}

/// An error in words of the page; those of its own name options of the command line.
fn on_page(error: &ScaffoldError) -> String {
    match error {
        ScaffoldError::NoBranchColumn { ledger, header, word, .. } => {
            format!(
                "看不出《{ledger}》的哪一列写着这一行是谁的（表头有：{header}）；在下面选，或者加一列“{word}”再放一次"
            )
        }
        ScaffoldError::NoBranches(word) => {
            format!("台账里没有{word}的名称，不知道要写谁的报告；在下面写明有哪些，或者把名册一起放上")
        }
        other => chain(other),
    }
}

/// Which column of a ledger names the branches, where nothing can be made without it.
fn branch_column_question(error: &ScaffoldError) -> Markup {
    let ScaffoldError::NoBranchColumn { ledger, header, key, .. } = error else { return html! {} };
    html! {
        p {
            label for="answer" { "《" (ledger) "》的哪一列写着这一行是谁的" } br;
            select id="answer" name="answer" {
                option value="" { "没有这样的一列" }
                @for name in header.split('、') { option value={ (key) "=" (name) } { (name) } }
            }
        }
    }
}

/// What was guessed: what a person should look at, and the rest.
fn questions(made: &Scaffold, before: Option<&Flash>) -> Markup {
    let numbered = || made.questions.iter().enumerate();
    let settled = numbered().filter(|(_, question)| !question.is_open()).count();
    html! {
        p {
            "将写出：台账 " (made.counts.ledgers) " 种、列 " (made.counts.columns) " 个、指标 " (made.counts.metrics)
            " 个、核对 " (made.counts.checks) " 条、报告 " (made.counts.sections) " 个方面。"
            @if let Some(roster) = &made.roster { "台账里没有名册，按里面的名称造一份 " (roster.name) "。" }
        }
        h2 { "猜的，要紧的在前" }
        @for (at, question) in numbered().filter(|(_, question)| question.is_open()) { (field(at, question, before)) }
        @if settled > 0 {
            details {
                summary { "拿得准的（" (settled) " 个）" }
                @for (at, question) in numbered().filter(|(_, question)| !question.is_open()) { (field(at, question, before)) }
            }
        }
    }
}

/// A question with its guess, or what was typed instead and refused, to be changed.
fn field(at: usize, question: &Question, before: Option<&Flash>) -> Markup {
    let id = format!("a{at}");
    let typed = before.map_or("", |flash| flash.typed(&id));
    let value = if typed.is_empty() { &question.guess } else { typed };
    html! {
        p {
            label for=(id) { (question.text) } br;
            @if question.options.is_empty() {
                input id=(id) name=(id) value=(value) aria-describedby={ (id) "-why" };
            } @else {
                select id=(id) name=(id) aria-describedby={ (id) "-why" } {
                    @for option in &question.options {
                        option value=(option) selected[option == value] { (option) }
                    }
                }
            }
            br;
            span class="hint" id={ (id) "-why" } { (question.reason) }
        }
    }
}

/// Takes answers; makes the notice when asked to.
pub(crate) async fn answer(
    State(state): State<Arc<AppState>>,
    Path(key): Path<String>,
    request: Request,
) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let page = format!("/new/{key}");
        let draft = find(state, &key)?;
        let mut draft = draft.lock().unwrap_or_else(PoisonError::into_inner);
        if fields.get("version") != draft.version.to_string() {
            let reason = "这一页是以前打开的，别处又改过；下面是现在的，请再改一次";
            return Ok(redirect_with_flash(state, &page, Flash::refused(reason)));
        }
        let changed = answers(&draft, &fields);
        let before = draft.open_questions();
        if let Err(error) = draft.answer(&changed, lines(fields.get("branches"))) {
            return Ok(redirect_with_flash(state, &page, Flash::refused_with(on_page(&error), fields.typed())));
        }
        if fields.get("act") != "make" {
            return Ok(redirect(&page));
        }
        // What an answer leaves open is looked at before anything is written.
        let is_new = |question: &Question| before.iter().all(|known| known.key != question.key);
        let new: Vec<String> =
            draft.open_questions().into_iter().filter(is_new).map(|question| question.text).collect();
        if !new.is_empty() {
            let reason =
                format!("还没有写出：照您改的，又有 {} 处要看，在下面核对以后再写出：{}", new.len(), new.join("；"));
            return Ok(redirect_with_flash(state, &page, Flash::refused(reason)));
        }
        Ok(match make(&draft) {
            Ok(message) => {
                drop(state.notice_drafts.take(&key));
                redirect_with_flash(state, "/notices", Flash::done(message))
            }
            Err(reason) => redirect_with_flash(state, &page, Flash::refused(reason)),
        })
    })
    .await
}

/// The answers that differ from the guesses, and the one that is written out.
fn answers(draft: &NoticeDraft, fields: &FormFields) -> Vec<(String, String)> {
    let questions = draft.made.as_ref().map_or(&[][..], |made| &made.questions);
    let changed = questions.iter().enumerate().filter_map(|(at, question)| {
        let answer = fields.get(&format!("a{at}"));
        (!answer.is_empty() && answer != question.guess).then(|| (question.key.clone(), answer.to_owned()))
    });
    let written = fields.get("answer").split_once('=').map(|(key, answer)| (key.to_owned(), answer.to_owned()));
    changed.chain(written).collect()
}

/// Writes the notice; says how to open it.
fn make(draft: &NoticeDraft) -> Result<String, String> {
    let made = draft.made.as_ref().map_err(ToString::to_string)?;
    write_notice(&draft.sources, made).map_err(|error| chain(&error))?;
    Ok(written(draft.sources.targets()))
}

/// That a notice is made, and how to open it.
fn written(Targets { notice, .. }: &Targets) -> String {
    let folder = notice.file_name().unwrap_or_default().to_string_lossy();
    format!("新的通知“{}”写好了；在下面换到这一份，就能看进度、生成报告", visible(&folder))
}

/// The steps by which a notice is moved on, with the values of their field.
const STEPS: [(&str, &str, Step); 3] =
    [("year", "下一年", Step::Year), ("quarter", "下一季度", Step::Quarter), ("month", "下一个月", Step::Month)];

fn renew_form(state: &AppState, before: Option<&Flash>) -> Markup {
    let typed = |name: &str| before.map_or("", |flash| flash.typed(name));
    html! {
        h2 { "从现在这份通知开始" }
        p { "照抄现在这份通知的设置和模板，日期、年份和季度往后挪；台账重新交。" }
        form class="panel" method="post" action="/new/from" {
            (csrf_field(state))
            p { label for="next" { "新通知的文件夹叫什么" } br; input id="next" name="next" required value=(typed("next")); }
            p {
                label for="step" { "往后挪" } br;
                select id="step" name="step" { @for (value, label, _) in STEPS { option value=(value) selected[value == typed("step")] { (label) } } }
            }
            p { button { "写出通知" } }
        }
    }
}

/// Makes the next notice from the present one.
pub(crate) async fn renew(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let refused = |reason: String| redirect_with_flash(state, "/new", Flash::refused_with(reason, fields.typed()));
        let targets = match targets(state, fields.get("next")) {
            Ok(targets) => targets,
            Err(reason) => return Ok(refused(reason)),
        };
        let step = STEPS.iter().find(|(value, ..)| *value == fields.get("step")).map(|(.., step)| *step);
        let step = step.ok_or_else(|| ErrorPage::bad_request("往后挪多久没有选"))?;
        let from = state.paths.notice.parent().unwrap_or(FilePath::new("."));
        let earlier = EarlierPeriod { notice: from, output: &state.paths.output };
        Ok(match renew_notice(earlier, &targets, step) {
            Ok(renewed) => {
                let mut flash = Flash::done(written(&targets));
                flash.done.extend(renewed.changed.iter().take(MAX_LINES).map(LineNote::text));
                flash.done.extend(renewed.doubtful.iter().take(MAX_LINES).map(LineNote::text));
                redirect_with_flash(state, "/notices", flash)
            }
            Err(error) => refused(chain(&error)),
        })
    })
    .await
}
