//! Logging in with the token, and out.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::serve::auth::Entry;
use crate::serve::form;
use crate::serve::html::{Html, put};
use crate::serve::layout::{PageLayout, Tab, ticket};
use crate::serve::listener::Peer;
use crate::serve::middleware::cookies;
use crate::serve::response::{Answer, Denied, see};
use crate::serve::state::AppState;

/// The page.
pub async fn show(State(state): State<Arc<AppState>>) -> Response {
    if state.auth.is_locked() { page(&state, None).into_response() } else { see("/") }
}

fn page(state: &AppState, wrong: Option<&str>) -> Html {
    let mut body = Html::default();
    if let Some(wrong) = wrong {
        put!(body; "<p role=\"alert\" class=\"note refused\" id=\"wrong\">" (wrong) "</p>");
    }
    put!(body; "<form method=\"post\" action=\"/login\" class=\"panel\">" {&ticket(state)}
        "<p><label for=\"token\">登录令牌</label><br><input id=\"token\" name=\"token\" type=\"password\" "
        "autocomplete=\"current-password\" required autofocus");
    if wrong.is_some() {
        put!(body; " aria-describedby=\"wrong\" aria-invalid=\"true\"");
    }
    put!(body; "></p><p class=\"hint\">令牌由管理这台电脑的人给出。</p><p><button class=\"main\">登录</button></p></form>");
    PageLayout { title: "登录", tab: Tab::None, refresh: None }.bare(&body)
}

/// Lets somebody in who knows the token.
pub async fn enter(
    State(state): State<Arc<AppState>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Answer {
    let fields = form::fields(&state, request).await?;
    let entry = state.auth.enter(fields.get("token"), peer.ip());
    match entry.map_err(|error| Denied::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))? {
        Entry::Session(session) => {
            let secure = if state.auth.is_secure() { "; Secure" } else { "" };
            let name = state.auth.cookie();
            let cookie = format!("{name}={session}; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200{secure}");
            let mut answer = see("/");
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                answer.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            Ok(answer)
        }
        Entry::Wrong => Ok((StatusCode::UNAUTHORIZED, page(&state, Some("令牌不对"))).into_response()),
        Entry::TooMany => {
            let told = page(&state, Some("错得太多，请过一分钟再试"));
            Ok((StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "60")], told).into_response())
        }
    }
}

/// Ends a session.
pub async fn leave(State(state): State<Arc<AppState>>, headers: HeaderMap, request: Request) -> Answer {
    form::fields(&state, request).await?;
    state.auth.leave(&cookies(&headers));
    Ok(see("/login"))
}
