//! Login with the token, and logout.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Deserialize;

use crate::diagnostics::localize;
use crate::serve::auth::{Login, SESSION_LIFETIME};
use crate::serve::author::{Author, name_cookie};
use crate::serve::form;
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::listener::Peer;
use crate::serve::middleware::cookies;
use crate::serve::response::{self, ErrorPage, HandlerResult, redirect};
use crate::serve::state::AppState;

/// The login form; without a login token, a redirect to the start page.
pub(crate) async fn show(
    State(state): State<Arc<AppState>>,
    Query(query): Query<LoginQuery>,
    author: Author,
) -> Response {
    if state.auth.requires_login() { login_page(&state, None, &query.next, &author.name) } else { redirect("/") }
}

/// Query parameters of the login form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LoginQuery {
    /// The page that was asked for.
    next: String,
}

/// The page to go to after a login: the one asked for when it is a page of this server, otherwise the start page.
fn page_asked_for(next: &str) -> &str {
    let is_own = next.starts_with('/')
        && !next.starts_with("//")
        && next.bytes().all(|byte| matches!(byte, b'!'..=b'~'))
        && !next.contains('\\');
    if is_own { next } else { "/" }
}

/// The login form with the reason why the last login failed.
fn login_page(state: &AppState, error: Option<&str>, next: &str, name: &str) -> Response {
    let body = html! {
        @if let Some(error) = error {
            p role="alert" class="note refused" id="wrong" { (error) }
        }
        form method="post" action="/login" class="panel" {
            (csrf_field(state))
            input type="hidden" name="next" value=(page_asked_for(next));
            p {
                label for="name" { "姓名（记在改动记录里，可以不填）" }
                br;
                input id="name" name="name" value=(name) autocomplete="name";
            }
            p {
                label for="token" { "登录令牌" }
                br;
                input id="token" name="token" type="password" autocomplete="current-password" required autofocus
                    aria-describedby=[error.map(|_| "wrong")] aria-invalid=[error.map(|_| "true")];
            }
            p class="hint" { "令牌由管理这台电脑的人给出。" }
            p { button class="main" { "登录" } }
        }
    };
    response::page(PageLayout { title: "登录", tab: Tab::None, refresh: None }.render_bare(&body))
}

/// Checks the token and sets the session cookie.
pub(crate) async fn log_in(
    State(state): State<Arc<AppState>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> HandlerResult {
    let fields = form::read_form(&state, request).await?;
    let login = state.auth.log_in(fields.get("token"), peer.ip());
    match login.map_err(|error| ErrorPage::new(StatusCode::INTERNAL_SERVER_ERROR, localize::chain(&error)))? {
        Login::Session(session) => {
            let mut response = redirect(page_asked_for(fields.get("next")));
            if let Ok(cookie) = HeaderValue::from_str(&session_cookie(&state, &session)) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            if let Some(cookie) = fields.find("name").and_then(|name| name_cookie(&state, name)) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Login::Wrong => {
            Ok((StatusCode::UNAUTHORIZED, login_page(&state, Some("令牌不对"), fields.get("next"), fields.get("name")))
                .into_response())
        }
        Login::RateLimited => {
            let page = login_page(&state, Some("错得太多，请过一分钟再试"), fields.get("next"), fields.get("name"));
            Ok((StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "60")], page).into_response())
        }
    }
}

fn session_cookie(state: &AppState, session: &str) -> String {
    let name = state.auth.cookie_name();
    let max_age = SESSION_LIFETIME.as_secs();
    let secure = if state.auth.is_tls() { "; Secure" } else { "" };
    format!("{name}={session}; HttpOnly; SameSite=Strict; Path=/; Max-Age={max_age}{secure}")
}

/// Ends the session.
pub(crate) async fn log_out(State(state): State<Arc<AppState>>, headers: HeaderMap, request: Request) -> HandlerResult {
    form::read_form(&state, request).await?;
    state.auth.log_out(&cookies(&headers));
    Ok(redirect("/login"))
}
