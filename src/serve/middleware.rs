//! Checks made before every handler, headers added after it, and the request log.
//!
//! In this order: the `Host` is one of this server's (DNS rebinding), a request that changes anything comes from a
//! page of this server (`Origin`, `Sec-Fetch-Site`), and the user is logged in when a token is set. The CSRF token is
//! checked where forms are read, in [`form`](super::form). The log has method, route, status and duration; no
//! addresses, queries or contents.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::answers::FormSent;
use super::response::{ErrorMessage, ErrorPage, redirect};
use super::state::AppState;
use crate::render::percent_encode;

/// Content security policy of all pages: styles, scripts and frames from this server, nothing inline, nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'self'; \
                      base-uri 'none'";

/// The header of requests that a script of the pages sends. A script cannot see a redirect: the page behind it would be
/// fetched twice, and its message would be lost.
const SCRIPTED: HeaderName = HeaderName::from_static("zicha-script");
/// The header with the address of the page that a script goes to.
const FOLLOWED: HeaderName = HeaderName::from_static("zicha-location");

/// The route of the login form.
const LOGIN: &str = "/login";

/// The middleware around all routes.
pub(super) async fn guard(State(state): State<Arc<AppState>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-", |route| route.as_str()).to_owned();
    let is_scripted = request.headers().contains_key(SCRIPTED);
    let response = match reject(&state, &request, &route) {
        Some(rejection) => rejection,
        None => {
            // The page of the login form is for those without a session.
            let form = Some(FormSent::of(&request)).filter(|_| route != LOGIN);
            let response = with_menu(&state, &route, next.run(request).await).await;
            match form {
                Some(form) => form.answered(&state, response).await,
                None => response,
            }
        }
    };
    let response = finish(&state, if is_scripted { followed_by_script(response) } else { response });
    let ms = started.elapsed().as_millis() as u64;
    tracing::info!("方法" = %method, "页面" = route, "状态码" = response.status().as_u16(), "毫秒" = ms, "请求");
    response
}

/// A redirect as a header that a script reads; any other response as it is.
fn followed_by_script(mut response: Response) -> Response {
    if response.status() == StatusCode::SEE_OTHER
        && let Some(location) = response.headers_mut().remove(header::LOCATION)
    {
        response.headers_mut().insert(FOLLOWED, location);
        *response.status_mut() = StatusCode::OK;
    }
    response
}

/// An error page with the menu, for a request that passed all checks; any other response as it is.
async fn with_menu(state: &Arc<AppState>, route: &str, response: Response) -> Response {
    let message = response.extensions().get::<ErrorMessage>().cloned().filter(|_| route != LOGIN);
    let Some(message) = message else { return response };
    let status = response.status();
    let state = Arc::clone(state);
    let page = tokio::task::spawn_blocking(move || message.page(&state)).await;
    page.map_or(response, |page| (status, page).into_response())
}

/// The response to a request that fails a check; `None` when it passes all.
fn reject(state: &AppState, request: &Request, route: &str) -> Option<Response> {
    let headers = request.headers();
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    if !state.auth.allows_host(host) || headers.get_all(header::HOST).iter().count() != 1 {
        return Some(ErrorPage::new(StatusCode::MISDIRECTED_REQUEST, "这个网址不是本程序的网址").into_response());
    }
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let fetch_site = text(HeaderName::from_static("sec-fetch-site"));
    if !is_read && !state.auth.is_same_origin(host, text(header::ORIGIN), fetch_site) {
        return Some(ErrorPage::new(StatusCode::FORBIDDEN, "这个请求来自别的网站，没有执行").into_response());
    }
    let is_public = route == LOGIN || route.starts_with("/assets/");
    if !state.auth.requires_login() || is_public || state.auth.has_session(&cookies(headers)) {
        return None;
    }
    Some(match is_read {
        true => redirect(&login_address(request)),
        false => {
            ErrorPage::new(StatusCode::UNAUTHORIZED, "没有执行：还没有登录，或者登录已经过期。请到首页登录，再做一次")
                .into_response()
        }
    })
}

/// The address of the login form, which leads to the page asked for.
fn login_address(request: &Request) -> String {
    match request.uri().path_and_query().map_or("/", |asked| asked.as_str()) {
        "/" => LOGIN.to_owned(),
        asked => format!("{LOGIN}?next={}", percent_encode(asked)),
    }
}

/// All cookies of a request, joined by `;`.
pub(super) fn cookies(headers: &HeaderMap) -> String {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.collect::<Vec<_>>().join(";")
}

/// Adds the security headers, keeping those a handler set, and replaces the English error texts of axum's extractors.
fn finish(state: &AppState, mut response: Response) -> Response {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let is_page = content_type.and_then(|value| value.to_str().ok()).is_some_and(|text| text.starts_with("text/html"));
    if response.status().is_client_error() && !is_page {
        response = ErrorPage::new(response.status(), "没有这一页，或者网址、表单的写法不对").into_response();
    }
    let headers = response.headers_mut();
    let mut add = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    add(header::CONTENT_SECURITY_POLICY, POLICY);
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::X_FRAME_OPTIONS, "DENY");
    add(header::REFERRER_POLICY, "same-origin");
    add(header::CACHE_CONTROL, "no-store");
    add(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    add(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    add(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    if state.auth.is_tls() {
        add(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}
