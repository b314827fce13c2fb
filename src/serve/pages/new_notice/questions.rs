//! The guesses about a new notice with their reasons: answers are changed, and the notice is made.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Extension;
use axum::extract::{Path, Query, Request, State};
use maud::{Markup, html};

use super::place::{lines, written};
use crate::pipeline::{chain, write_notice};
use crate::scaffold::{Question, Scaffold, ScaffoldError};
use crate::serve::flash::Flash;
use crate::serve::form::{self, FormFields};
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::notice_drafts::NoticeDraft;
use crate::serve::notices::Notices;
use crate::serve::pages::notices::made;
use crate::serve::pages::query::PageQuery;
use crate::serve::response::{self, ErrorPage, HandlerResult, redirect, redirect_with_flash, run_blocking};
use crate::serve::state::AppState;

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
    // The draft is locked while answers are tried, which may take a while.
    run_blocking(state, move |state| {
        let draft = find(state, &key)?;
        let draft = draft.lock().unwrap_or_else(PoisonError::into_inner);
        let flash = query.flash(state);
        let before = flash.as_deref();
        let body = draft_form(state, &key, &draft, before);
        let layout = PageLayout { title: "新的通知：核对猜的", tab: Tab::Notices, refresh: None };
        Ok(response::page(layout.render(state, before, &body)))
    })
    .await
}

fn draft_form(state: &AppState, key: &str, draft: &NoticeDraft, before: Option<&Flash>) -> Markup {
    let typed = |name: &str| before.map_or("", |flash| flash.typed(name));
    html! {
        form class="panel" method="post" action={ "/new/" (key) } {
            (csrf_field(state))
            input type="hidden" name="version" value=(draft.version);
            @if draft.sources.basis.previous.is_some() { p { "与上一期的结果比，报告里写增加、减少多少。" } }
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
    Extension(notices): Extension<Arc<Notices>>,
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
                made(state, &notices, &draft.sources.targets().notice, Flash::done(message))
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

/// Writes the notice; says so.
fn make(draft: &NoticeDraft) -> Result<String, String> {
    let made = draft.made.as_ref().map_err(ToString::to_string)?;
    write_notice(&draft.sources, made).map_err(|error| chain(&error))?;
    Ok(written(draft.sources.targets()))
}
