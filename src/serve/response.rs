//! What requests are answered with.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::html::{Html, put};
use super::layout::{PageLayout, Tab};
use super::state::AppState;
use crate::render::in_address;

/// Why a request is not done, said on a page.
#[derive(Debug)]
pub struct Denied {
    status: StatusCode,
    message: String,
}

/// What a page's function comes to.
pub type Answer = Result<Response, Denied>;

impl Denied {
    /// A refusal with its reason.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// There is no such thing.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// It cannot be done as things are.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// The request is not as it must be.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }
}

impl From<String> for Denied {
    fn from(message: String) -> Self {
        Self::conflict(message)
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        let mut body = Html::default();
        put!(body; "<p role=\"alert\" class=\"refused\">" (&self.message) "</p><p><a href=\"/\">回到首页</a></p>");
        let page = PageLayout { title: "没有做成", tab: Tab::None, refresh: None }.bare(&body);
        (self.status, page).into_response()
    }
}

impl IntoResponse for Html {
    fn into_response(self) -> Response {
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        ([kind], self.into_string()).into_response()
    }
}

/// Runs what touches files or takes a while where it keeps no other request waiting.
pub async fn aside(state: Arc<AppState>, work: impl FnOnce(&Arc<AppState>) -> Answer + Send + 'static) -> Answer {
    let done = tokio::task::spawn_blocking(move || work(&state)).await;
    done.unwrap_or_else(|_| Err(Denied::new(StatusCode::INTERNAL_SERVER_ERROR, "程序内部出错")))
}

/// Sends the browser to a page, which it asks for by GET.
pub fn see(address: &str) -> Response {
    let place = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}

/// A file to keep, under a name.
pub fn file(name: &str, bytes: Vec<u8>) -> Response {
    let kind = match name.rsplit('.').next().unwrap_or_default() {
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "zip" => "application/zip",
        "md" => "text/markdown; charset=utf-8",
        // A page of ours is not opened here: see `paper`.
        _ => "application/octet-stream",
    };
    let kept = format!("attachment; filename*=UTF-8''{}", in_address(name));
    let kept = HeaderValue::from_str(&kept).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, kept)];
    (headers, Body::from(bytes)).into_response()
}

/// A report as it prints, apart from our own pages: nothing in it runs, and it reaches nothing. `allowed` is what the
/// sandbox lets through, each word after a blank.
pub fn paper(page: impl Into<Body>, allowed: &str) -> Response {
    let policy = format!(
        "sandbox{allowed}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; \
         base-uri 'none'; form-action 'none'"
    );
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("sandbox; default-src 'none'"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
    ];
    (headers, page.into()).into_response()
}
