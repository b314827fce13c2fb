//! The page of all notices, on which a browser changes from one to another.

use std::path::Path;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use maud::{Markup, html};

use super::query::PageQuery;
use crate::pipeline::SETTINGS_FILE;
use crate::serve::flash::Flash;
use crate::serve::form;
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::notices::{ListedNotice, Notices};
use crate::serve::response::{self, HandlerResult, redirect, redirect_with_flash, run_blocking};
use crate::serve::state::{AppState, notice_key};

/// Serves the page of all notices.
pub(crate) async fn show(
    State(state): State<Arc<AppState>>,
    Extension(notices): Extension<Arc<Notices>>,
    Query(query): Query<PageQuery>,
) -> HandlerResult {
    run_blocking(state, move |state| {
        let body = html! {
            @let listed = notices.list();
            p {
                @if listed.is_empty() { "还没有通知。" }
                @else { "一个浏览器一次做一份通知的事；别的电脑上打开的不受影响。" }
            }
            p { a href="/new" { "新的通知" } }
            ul class="plain" { @for notice in listed { li { (entry(state, &notice)) } } }
        };
        let layout = PageLayout { title: "通知", tab: Tab::Notices, refresh: None };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}

fn entry(state: &AppState, notice: &ListedNotice) -> Markup {
    let is_current = notice.key == state.notice_key;
    let title = if notice.title.is_empty() { &notice.folder } else { &notice.title };
    html! {
        form class="panel" method="post" action="/notices/open" {
            (csrf_field(state))
            input type="hidden" name="key" value=(notice.key);
            h2 { (title) }
            p class="hint" { "文件夹 " (notice.folder) }
            @if is_current {
                p { strong { "现在就是这一份" } }
            } @else {
                @if !notice.has_ledgers { p { "还没有自己的台账文件夹，换到这一份时建好。" } }
                p { button aria-label={ "换到" (title) } { "换到这一份" } }
            }
        }
    }
}

/// Makes a notice the one that this browser works on.
pub(crate) async fn open(
    State(state): State<Arc<AppState>>,
    Extension(notices): Extension<Arc<Notices>>,
    request: Request,
) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let key = fields.get("key");
        Ok(match notices.open(key) {
            Ok(_) => with_notice(state, key, redirect("/")),
            Err(reason) => redirect_with_flash(state, "/notices", Flash::refused(reason)),
        })
    })
    .await
}

/// The response with which a browser works on the notice with that key from now on. A key is written by the program:
/// `Notices::open` knows it.
fn with_notice(state: &AppState, key: &str, mut response: Response) -> Response {
    let secure = if state.auth.is_tls() { "; Secure" } else { "" };
    let cookie = format!("{}={key}; HttpOnly; SameSite=Strict; Path=/{secure}", state.auth.notice_cookie());
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Shows the outcome of making the notice in a folder, which the browser works on from now on.
pub(super) fn made(state: &AppState, notices: &Notices, folder: &Path, flash: Flash) -> Response {
    let key = notice_key(&folder.join(SETTINGS_FILE));
    match notices.open_state(&key) {
        Ok(made) => with_notice(state, &key, redirect_with_flash(&made, "/notices", flash)),
        // It is there all the same, and can be chosen on the page.
        Err(_) => redirect_with_flash(state, "/notices", flash),
    }
}
