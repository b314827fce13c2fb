//! The pages, a file each, and the addresses that lead to them.

mod branch;
mod build;
mod dashboard;
mod department;
mod findings;
mod ledger;
mod ledgers;
mod login;
mod preview;
mod report;
mod sheet;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use serde::Deserialize;
use tokio::sync::watch;

use super::assets;
use super::flash::Flash;
use super::middleware::guard;
use super::response::Denied;
use super::state::AppState;

/// What pages may be asked for beside their addresses.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The key of what is said once.
    note: String,
    /// Words to look for.
    q: String,
    /// Which of the entries are shown.
    show: String,
    /// Which page of the entries, from 1.
    page: usize,
}

impl Query {
    /// What is said once.
    fn note(&self, state: &AppState) -> Option<Arc<Flash>> {
        state.notes.get(&self.note)
    }
}

/// All pages; `stopped` tells when the server ends.
pub fn router(state: Arc<AppState>, stopped: watch::Receiver<bool>) -> Router {
    Router::new()
        .route("/", get(dashboard::show))
        .route("/login", get(login::show).post(login::enter))
        .route("/logout", post(login::leave))
        .route("/ledgers", get(ledgers::show).post(ledgers::receive))
        .route("/history/{number}/undo", post(ledgers::undo))
        .route("/ledger/{key}", get(ledger::show))
        .route("/ledger/{key}/replace", post(ledger::replace))
        .route("/ledger/{key}/remove", post(ledger::remove))
        .route("/ledger/{key}/accept", post(ledger::accept))
        .route("/work", get(build::show))
        .route("/work/build", post(build::build))
        .route("/work/cancel", post(build::cancel))
        .route("/work/events", get(build::events).with_state((Arc::clone(&state), stopped)))
        .route("/branch/{place}", get(branch::show))
        .route("/branch/{place}/report", get(branch::report))
        .route("/branch/{place}/preview", get(branch::preview))
        .route("/branch/{place}/file/{kind}", get(branch::file))
        .route("/branch/{place}/all", get(branch::all))
        .route("/branch/{place}/issues", get(branch::issues))
        .route("/branch/{place}/form", get(branch::form))
        .route("/branch/{place}/final", post(branch::finalise))
        .route("/branch/{place}/signed", post(branch::signed))
        .route("/department", get(department::show))
        .route("/department/report", get(department::report))
        .route("/department/preview", get(department::preview))
        .route("/department/file/{kind}", get(department::file))
        .route("/department/issues", get(department::issues))
        .route("/department/forms", get(department::blank_forms))
        .route("/department/archive", post(department::archive))
        .route("/department/verify", post(department::verify))
        .route("/assets/icon.svg", get(assets::icon))
        .route(&assets::STYLE_ADDRESS, get(assets::style))
        .route(&assets::SCRIPT_ADDRESS, get(assets::script))
        .fallback(nothing)
        .method_not_allowed_fallback(nothing)
        .layer(from_fn_with_state(Arc::clone(&state), guard))
        .with_state(state)
}

/// What is answered where there is no page.
async fn nothing() -> Denied {
    Denied::new(StatusCode::NOT_FOUND, "没有这一页")
}
