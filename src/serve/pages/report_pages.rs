//! The pages of a report as its frame shows them: the PDF of a final report, pages made of a draft; the report in one
//! piece, with the reason, where there are none.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;

use super::report_sheet::{GAP_ANCHOR, embedded};
use crate::manifest::{ReportOutcome, ReportState};
use crate::pipeline::draft_pages::{DraftOrder, NoPages};
use crate::serve::draft_pages::Turn;
use crate::serve::listener::Peer;
use crate::serve::response::{ErrorPage, HandlerResult, run_blocking, shown_in_page};
use crate::serve::state::AppState;
use crate::store::{read_regular, sha256};

/// What is said of a final report without a PDF.
const NO_PDF: &str = "定稿时没有排出 PDF，多半是这台电脑里没有中文字体：装好字体，再定稿一次，就能看到每一页。";
/// What is said of a report that was not made by the last run.
const STOPPED: &str = "这一次没有生成这份报告，这是以前的：改正列出的错误，重新生成，就能看到每一页。";
/// What is said of an HTML file that a person changed.
const EDITED: &str = "有人改过这份报告的网页，这是改过的：要看每一页，下载 Word 文档。";

/// Who asks, and under which name of this server, which the middleware has checked.
pub(crate) struct Viewer {
    client: IpAddr,
    host: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Viewer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let client = Peer::ip_of(&parts.extensions);
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        Ok(Self { client, host: host.to_owned() })
    }
}

/// The pages of the report that `find` finds; `address` is that of the page around the frame. `find` is asked again
/// after a wait, in which another run may have ended.
///
/// # Errors
/// When there is no report.
pub(super) async fn pages(
    state: Arc<AppState>,
    viewer: Viewer,
    address: String,
    find: impl Fn(&AppState) -> Result<ReportOutcome, ErrorPage> + Clone + Send + 'static,
) -> HandlerResult {
    let scheme = if state.auth.is_tls() { "https" } else { "http" };
    let gap_address = format!("{scheme}://{}{address}#{GAP_ANCHOR}", viewer.host);
    let frame = Frame { address, gap_address };
    let (first, find_first) = (frame.clone(), find.clone());
    let at_hand = run_blocking(Arc::clone(&state), move |state| first.at_hand(state, &find_first(state)?)).await?;
    if let Answer::Ready(response) = at_hand {
        return Ok(response);
    }
    let turn = state.draft_pages.turn(viewer.client).await;
    run_blocking(state, move |state| {
        let record = find(state)?;
        match frame.at_hand(state, &record)? {
            Answer::Ready(response) => Ok(response),
            Answer::ToMake(order) => frame.made(state, &record, &order, turn),
        }
    })
    .await
}

/// The frame on the page at `address`; explanations of gaps are at `gap_address` and their numbers.
#[derive(Clone)]
struct Frame {
    address: String,
    gap_address: String,
}

/// What the frame shows, or what is to be made for it.
enum Answer {
    Ready(Response),
    ToMake(DraftOrder),
}

impl Frame {
    /// What can be shown at once.
    fn at_hand(&self, state: &AppState, record: &ReportOutcome) -> Result<Answer, ErrorPage> {
        let reason = match record.state {
            ReportState::Final => match state.report(record, "pdf") {
                Some((_, path)) => {
                    let bytes = read_regular(&path);
                    let bytes = bytes.map_err(|_| ErrorPage::not_found("报告文件读不到，请重新生成"))?;
                    return Ok(Answer::Ready(shown_in_page("application/pdf", bytes)));
                }
                None => NO_PDF.to_owned(),
            },
            ReportState::Stopped | ReportState::NotAsked => STOPPED.to_owned(),
            ReportState::Draft => match self.order(state, record) {
                Ok(order) => {
                    let kept = state.kept_pages(&order).map(|pages| shown_in_page("application/pdf", pages));
                    return Ok(kept.map_or(Answer::ToMake(order), Answer::Ready));
                }
                Err(reason) => reason,
            },
        };
        embedded(state, record, &self.address, &reason).map(Answer::Ready)
    }

    /// The order for the pages of a draft, or why they would not be those of the report on record.
    fn order(&self, state: &AppState, record: &ReportOutcome) -> Result<DraftOrder, String> {
        let file = state.report(record, "html").and_then(|(name, path)| Some((name, read_regular(&path).ok()?)));
        let page = file.filter(|(name, page)| record.files.get(name) == Some(&sha256(page)));
        let Some((_, page)) = page else { return Err(EDITED.to_owned()) };
        // The analysis may be missing still; what makes the pages looks once more.
        let analysis = state.analysis(Duration::ZERO);
        let analysis =
            analysis.value().filter(|_| analysis.is_fresh()).and_then(|analysis| analysis.as_ref().as_ref().ok());
        let now = analysis.and_then(|analysis| analysis.current.iter().find(|now| now.name == record.name));
        if now.is_some_and(|now| now.shown != Some(record.shown)) {
            return Err(NoPages::Changed.to_string());
        }
        let settings = state.settings()?;
        let department = settings.notice.summary.as_ref().map(|summary| &summary.name);
        let branch = Some(record.name.clone()).filter(|name| department != Some(name));
        let date = date_of(&String::from_utf8_lossy(&page)).to_owned();
        Ok(DraftOrder { branch, shown: record.shown, date, gap_address: self.gap_address.clone() })
    }

    /// Has the pages made.
    fn made(&self, state: &AppState, record: &ReportOutcome, order: &DraftOrder, turn: Turn) -> HandlerResult {
        match state.make_pages(order, turn) {
            Ok(pages) => Ok(shown_in_page("application/pdf", pages)),
            Err(reason) => embedded(state, record, &self.address, &reason.to_string()),
        }
    }
}

/// The date that a report in HTML bears; empty without one.
fn date_of(page: &str) -> &str {
    let content = page.split("<meta name=\"date\" content=\"").nth(1);
    content.and_then(|content| content.split('"').next()).unwrap_or_default()
}
