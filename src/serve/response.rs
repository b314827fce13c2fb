//! Responses: pages, error pages, redirects, downloads, reports in a sandbox; and the thread pool for blocking work.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};

use super::flash::Flash;
use super::layout::{PageLayout, Tab};
use super::state::AppState;
use crate::render::percent_encode;

/// An error answered with its status and a page that shows the message.
#[derive(Debug)]
pub(super) struct ErrorPage {
    status: StatusCode,
    message: String,
}

/// What a request handler returns.
pub(super) type HandlerResult = Result<Response, ErrorPage>;

impl ErrorPage {
    /// An error with that status; `message` is a Chinese sentence for the user.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// The sentence for the user.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// 404: the address names nothing that is there.
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 409: the files or the running job do not allow it now.
    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// 400: the request is not one that a page of this program makes.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 500, without details: a handler panicked or a lock was poisoned.
    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "程序内部出错")
    }
}

impl From<String> for ErrorPage {
    fn from(message: String) -> Self {
        Self::conflict(message)
    }
}

impl IntoResponse for ErrorPage {
    fn into_response(self) -> Response {
        let body = html! {
            (alert(&self.message))
            p { a href="/" { "回到首页" } }
        };
        let layout = PageLayout { title: ERROR_TITLE, tab: Tab::None, refresh: None };
        let message = Extension(ErrorMessage(self.message));
        (self.status, message, page(layout.render_bare(&body))).into_response()
    }
}

/// The title of pages about errors.
const ERROR_TITLE: &str = "没有做成";

/// The message of an [`ErrorPage`], an extension of its response.
#[derive(Clone, Debug)]
pub(super) struct ErrorMessage(String);

impl ErrorMessage {
    /// The page about the error for users who are logged in: with the menu. What is wrong with the settings is on every
    /// page.
    pub(super) fn page(&self, state: &AppState) -> Response {
        let is_of_settings = state.settings().err().as_ref() == Some(&self.0);
        let body = html! { @if !is_of_settings { (alert(&self.0)) } };
        page(PageLayout { title: ERROR_TITLE, tab: Tab::None, refresh: None }.render(state, None, &body))
    }
}

/// An error, a paragraph a line.
fn alert(message: &str) -> Markup {
    html! { div role="alert" class="refused" { @for line in message.lines() { p { (line) } } } }
}

/// A page of the server, status 200.
pub(super) fn page(markup: Markup) -> Response {
    Html(markup.into_string()).into_response()
}

/// Runs a handler that reads files or computes on the pool for blocking work, so that it delays no other request.
pub(super) async fn run_blocking<T: Send + 'static>(
    state: Arc<AppState>,
    handler: impl FnOnce(&Arc<AppState>) -> Result<T, ErrorPage> + Send + 'static,
) -> Result<T, ErrorPage> {
    let result = tokio::task::spawn_blocking(move || handler(&state)).await;
    result.unwrap_or_else(|_| Err(ErrorPage::internal()))
}

/// Redirects to a page of the server, which the browser fetches by GET (303).
pub(super) fn redirect(address: &str) -> Response {
    let location = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Redirects to a page that shows the outcome of an action.
pub(super) fn redirect_with_flash(state: &AppState, address: &str, flash: Flash) -> Response {
    redirect(&format!("{address}?flash={}", state.flashes.insert(flash)))
}

/// The same, at the element with the id `anchor` on the page.
pub(super) fn redirect_with_flash_at(state: &AppState, address: &str, anchor: &str, flash: Flash) -> Response {
    redirect(&format!("{address}?flash={}#{anchor}", state.flashes.insert(flash)))
}

/// A file that the browser saves under `name` and never displays.
pub(super) fn download(name: &str, bytes: Vec<u8>) -> Response {
    let media_type = match name.rsplit('.').next().unwrap_or_default() {
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "md" => "text/markdown; charset=utf-8",
        // HTML reports as well: displayed, they must go through `sandboxed_report`.
        _ => "application/octet-stream",
    };
    let disposition = format!("attachment; filename*=UTF-8''{}", percent_encode(name));
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (header::CONTENT_DISPOSITION, disposition)];
    (headers, Body::from(bytes)).into_response()
}

/// A file that the browser shows in a page, of that type and no other (`nosniff`). It may load nothing.
pub(super) fn shown_in_page(media_type: &'static str, bytes: impl Into<Body>) -> Response {
    let policy =
        "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'; base-uri 'none'";
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
    ];
    (headers, bytes.into()).into_response()
}

/// A report as a document of its own, under a policy that runs no script and loads nothing: people may have edited
/// the file. `sandbox_flags` are `allow-…` keywords separated by spaces, or empty.
pub(super) fn sandboxed_report(report: impl Into<Body>, sandbox_flags: &str) -> Response {
    let separator = if sandbox_flags.is_empty() { "" } else { " " };
    let policy = format!(
        "sandbox{separator}{sandbox_flags}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
         frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    );
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("sandbox; default-src 'none'"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
    ];
    (headers, report.into()).into_response()
}
