//! Pages that answer a form, such as a question or a refusal: the browser is sent on to fetch them by GET, so that going
//! back to one, or reloading it, sends no form again.
//!
//! A page is kept until what it asks is done; going back to it then says so. Only pages for people are kept: scripts and
//! other clients get theirs directly.

use std::sync::Arc;

use axum::body::{HttpBody, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::html;

use super::held_answers::HeldAnswer;
use super::layout::{PageLayout, Tab};
use super::response::{ErrorPage, HandlerResult, page, redirect, run_blocking};
use super::state::AppState;

/// A larger page is not kept, but sent directly.
const MAX_PAGE_BYTES: usize = 2 << 20;
/// The address below which they are.
const ADDRESS: &str = "/answer/";

/// What is known of a request before it is handled.
pub(super) struct FormSent {
    /// Whether it is a form whose answer the browser shows in place of the page.
    is_navigation: bool,
    /// The key of the kept page that the form is on.
    page: Option<String>,
}

impl FormSent {
    pub(super) fn of(request: &Request) -> Self {
        let headers = request.headers();
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let is_navigation = request.method() == Method::POST
            && text(header::ACCEPT).is_some_and(|accepted| accepted.starts_with("text/html"));
        let page = text(header::REFERER).and_then(|address| Some(address.rsplit_once(ADDRESS)?.1.to_owned()));
        Self { is_navigation, page: page.filter(|_| is_navigation) }
    }

    /// The response as it was, or a redirect to the page that it is.
    pub(super) async fn answered(self, state: &AppState, response: Response) -> Response {
        if !self.is_navigation {
            return response;
        }
        if response.status().is_redirection()
            && let Some(key) = &self.page
        {
            drop(state.answers.take(key));
        }
        if !is_whole_page(response.headers()) || response.body().size_hint().upper().is_none_or(is_too_large) {
            return response;
        }
        let (parts, body) = response.into_parts();
        match to_bytes(body, MAX_PAGE_BYTES).await {
            Ok(page) => {
                let key = state.answers.insert(HeldAnswer { status: parts.status, page });
                redirect(&format!("{ADDRESS}{key}"))
            }
            Err(_) => ErrorPage::internal().into_response(),
        }
    }
}

fn is_too_large(bytes: u64) -> bool {
    bytes > MAX_PAGE_BYTES as u64
}

/// Whether a response is a page of its own: reports in frames have a policy of their own.
fn is_whole_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html")) && !headers.contains_key(header::CONTENT_SECURITY_POLICY)
}

/// Serves a page that is kept.
pub(super) async fn show(State(state): State<Arc<AppState>>, Path(key): Path<String>) -> HandlerResult {
    if let Some(HeldAnswer { status, page }) = state.answers.get(&key) {
        return Ok((status, Html(page)).into_response());
    }
    run_blocking(state, |state| {
        let body = html! {
            p class="note" role="status" {
                "这里问的已经做过了，或者隔得太久了。" a href="/" { "看现在的情况" }
            }
        };
        let layout = PageLayout { title: "已经过去的一步", tab: Tab::None, refresh: None };
        Ok((StatusCode::GONE, page(layout.render(state, None, &body))).into_response())
    })
    .await
}
