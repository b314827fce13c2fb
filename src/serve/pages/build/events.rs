//! Progress of the running job as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use tokio::sync::watch;

use super::status_text::status_text;
use crate::serve::state::AppState;

/// Time between two events.
const INTERVAL: Duration = Duration::from_millis(250);

/// A stream of `data:` events with text, steps done and steps in all; ends with an `end` event when the job ends or
/// the server shuts down.
pub(crate) async fn events(State((state, stopped)): State<(Arc<AppState>, watch::Receiver<bool>)>) -> Response {
    let stream = unfold((state, stopped, false), |(state, mut stopped, has_ended)| async move {
        if has_ended {
            return None;
        }
        let is_stopped = tokio::select! {
            () = tokio::time::sleep(INTERVAL) => false,
            _ = stopped.changed() => true,
        };
        let (event, has_ended) = match state.jobs.status().filter(|_| !is_stopped) {
            Some(status) => {
                let data = serde_json::json!({
                    "text": status_text(&status), "done": status.done, "total": status.total,
                });
                (format!("data: {data}\n\n"), false)
            }
            None => ("event: end\ndata: {}\n\n".to_owned(), true),
        };
        Some((Ok::<_, Infallible>(event), (state, stopped, has_ended)))
    });
    let content_type = (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    ([content_type], Body::from_stream(stream)).into_response()
}
