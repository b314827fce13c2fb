//! What every request passes: whose name it calls, from whose page it comes, who is logged in; and what every answer
//! bears. Requests are logged without what they hold.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::response::{Denied, see};
use super::state::AppState;

/// What pages may do: show themselves, with the one sheet of styles and the one script.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'self'; \
                      base-uri 'none'";

/// Lets a request in or not, and finishes its answer.
pub async fn guard(State(state): State<Arc<AppState>>, request: Request, next: Next) -> Response {
    let since = Instant::now();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().map_or("-", |path| path.as_str()).to_owned();
    let answer = match refuses(&state, &request, &path) {
        Some(answer) => answer,
        None => next.run(request).await,
    };
    let answer = finished(&state, answer);
    let ms = since.elapsed().as_millis() as u64;
    tracing::info!(%method, path, status = answer.status().as_u16(), ms, "request");
    answer
}

/// The answer to a request that is not let in.
fn refuses(state: &AppState, request: &Request, path: &str) -> Option<Response> {
    let headers = request.headers();
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    if !state.auth.is_host(host) || headers.get_all(header::HOST).iter().count() != 1 {
        return Some(Denied::new(StatusCode::MISDIRECTED_REQUEST, "这个网址不是本程序的网址").into_response());
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let from = text(HeaderName::from_static("sec-fetch-site"));
    if !reads && !state.auth.is_own_page(host, text(header::ORIGIN), from) {
        return Some(Denied::new(StatusCode::FORBIDDEN, "这个请求来自别的网站，没有执行").into_response());
    }
    let open = path == "/login" || path.starts_with("/assets/");
    if state.auth.is_locked() && !open && !state.auth.is_in(&cookies(headers)) {
        let answer =
            if reads { see("/login") } else { Denied::new(StatusCode::UNAUTHORIZED, "请先登录").into_response() };
        return Some(answer);
    }
    None
}

/// The cookies of a request.
pub fn cookies(headers: &HeaderMap) -> String {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.collect::<Vec<_>>().join(";")
}

/// An answer with what every one bears.
fn finished(state: &AppState, mut answer: Response) -> Response {
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if answer.status().is_client_error() && !kind.starts_with("text/html") {
        // What the server's own library says is for engineers.
        answer = Denied::new(answer.status(), "没有这一页，或者网址、表单的写法不对").into_response();
    }
    let headers = answer.headers_mut();
    let mut add = |name: HeaderName, text: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(text));
    };
    add(header::CONTENT_SECURITY_POLICY, POLICY);
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::X_FRAME_OPTIONS, "DENY");
    add(header::REFERRER_POLICY, "same-origin");
    add(header::CACHE_CONTROL, "no-store");
    add(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    add(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    add(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    if state.auth.is_secure() {
        add(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    answer
}
