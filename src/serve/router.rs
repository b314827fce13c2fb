//! The routes: which handler answers which address.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tokio::sync::watch;

use super::answers;
use super::assets;
use super::middleware::guard;
use super::pages::{
    archive, branch, build, dashboard, department, ledger, ledgers, login, matrix, new_notice, notices, print, reports,
    scans, settings, welcome,
};
use super::response::ErrorPage;
use super::state::AppState;

/// All routes of a notice behind the middleware; `stopped` changes when the server shuts down, which ends event
/// streams.
pub(super) fn router(state: Arc<AppState>, stopped: watch::Receiver<bool>) -> Router {
    general()
        .merge(ledger_routes())
        .merge(build_routes(Arc::clone(&state), stopped))
        .merge(report_routes())
        .merge(scan_routes())
        .merge(notice_routes())
        .merge(archive_routes())
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(from_fn_with_state(Arc::clone(&state), guard))
        .with_state(state)
}

/// Routes of one area, before they have their state.
type Routes = Router<Arc<AppState>>;

/// The home page, sessions, and what every page loads.
fn general() -> Routes {
    Router::new()
        .route("/", get(dashboard::show))
        .route("/login", get(login::show).post(login::log_in))
        .route("/logout", post(login::log_out))
        .route("/sample", post(welcome::make_sample))
        .route("/answer/{key}", get(answers::show))
        .route("/name", post(ledgers::set_name))
        .route("/assets/icon.svg", get(assets::icon))
        .route(&assets::STYLE_ADDRESS, get(assets::style))
        .route(&assets::SCRIPT_ADDRESS, get(assets::script))
}

fn ledger_routes() -> Routes {
    Router::new()
        .route("/matrix", get(matrix::show))
        .route("/ledgers", get(ledgers::show).post(ledgers::upload))
        .route("/ledgers/asked/{key}", post(ledgers::answer))
        .route("/history/{number}/undo", post(ledgers::undo))
        .route("/history/{number}/undo-upload", post(ledgers::undo_upload))
        .route("/history/{number}/file", get(ledgers::earlier_file))
        .route("/ledger/{key}", get(ledger::show))
        .route("/ledger/{key}/file", get(ledger::file))
        .route("/ledger/{key}/replace", post(ledger::replace))
        .route("/ledger/{key}/remove", post(ledger::remove))
        .route("/ledger/{key}/accept", post(ledger::accept_alias))
}

fn build_routes(state: Arc<AppState>, stopped: watch::Receiver<bool>) -> Routes {
    Router::new()
        .route("/work", get(build::show))
        .route("/work/build", post(reports::build_all))
        .route("/work/cancel", post(build::cancel))
        .route("/work/events", get(build::events).with_state((state, stopped)))
}

/// The reports of branches and the department.
fn report_routes() -> Routes {
    Router::new()
        .route("/branch/{number}", get(branch::show))
        .route("/branch/{number}/report", get(branch::report))
        .route("/branch/{number}/pages", get(branch::pages))
        .route("/branch/{number}/file/{extension}", get(branch::file))
        .route("/branch/{number}/all", get(branch::all_files))
        .route("/branch/{number}/issues", get(branch::issue_list))
        .route("/branch/{number}/form", get(branch::blank_form))
        .route("/branch/{number}/signed", post(branch::upload_signed_copy))
        .route("/reports", post(reports::act))
        .route("/department", get(department::show))
        .route("/department/report", get(department::report))
        .route("/department/pages", get(department::pages))
        .route("/department/file/{extension}", get(department::file))
        .route("/department/issues", get(department::issue_lists))
        .route("/department/forms", get(department::blank_forms))
        .route("/department/print", post(print::print))
        .route("/department/printed/{name}", get(print::download))
}

fn scan_routes() -> Routes {
    Router::new()
        .route("/scans", get(scans::show).post(scans::upload))
        .route("/scans/undo", post(scans::undo))
        .route("/scans/held/{key}", post(scans::store_held))
        .route("/scan/{key}", get(scans::open))
        .route("/scan/{key}/view/{name}", get(scans::open_named))
        .route("/scan/{key}/file", get(scans::download))
        .route("/scan/{key}/assign", post(scans::assign))
        .route("/scan/{key}/confirm", post(scans::confirm))
        .route("/scan/{key}/remove", post(scans::remove))
}

/// New notices, the choice of a notice, and its settings.
fn notice_routes() -> Routes {
    Router::new()
        .route("/new", get(new_notice::show).post(new_notice::upload))
        .route("/new/from", post(new_notice::renew))
        .route("/new/{key}", get(new_notice::show_draft).post(new_notice::answer))
        .route("/notices", get(notices::show))
        .route("/notices/open", post(notices::open))
        .route("/settings", get(settings::show))
        .route("/settings/change", post(settings::change))
        .route("/settings/add", post(settings::add))
        .route("/settings/remove", post(settings::remove))
        .route("/settings/{page}/{place}", get(settings::show_page))
        .route("/settings/file/{key}", get(settings::show_file).post(settings::change_file))
        .route("/settings/preview", post(settings::preview))
        .route("/settings/undo/{number}", post(settings::undo))
}

fn archive_routes() -> Routes {
    Router::new()
        .route("/archive", get(archive::show))
        .route("/archive/package/{key}", get(archive::download))
        .route("/archive/catalogue", get(archive::catalogue))
        .route("/archive/register", get(archive::register))
        .route("/archive/seals", get(archive::seal_list))
        .route("/department/archive", post(archive::archive))
        .route("/department/verify", post(archive::verify))
}

async fn not_found() -> ErrorPage {
    ErrorPage::not_found("没有这一页")
}
