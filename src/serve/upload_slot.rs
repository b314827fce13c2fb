//! How many uploads are received at the same time, of all clients and of each.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::StatusCode;
use tokio::sync::OwnedSemaphorePermit;

use super::listener::Peer;
use super::response::ErrorPage;
use super::state::AppState;

/// A place among the uploads of all clients, and among those of one.
#[derive(Debug)]
pub(super) struct UploadSlot {
    _of_all: OwnedSemaphorePermit,
    _of_client: OwnedSemaphorePermit,
}

impl UploadSlot {
    /// A place for a request.
    ///
    /// # Errors
    /// When the client, or all clients together, have all that they may have.
    pub(super) fn acquire(state: &AppState, request: &Request) -> Result<Self, ErrorPage> {
        let client = Peer::ip_of(request.extensions());
        let of_client = state
            .client_upload_slots
            .acquire(client)
            .ok_or_else(|| ErrorPage::new(StatusCode::TOO_MANY_REQUESTS, "这台电脑正在传的太多，等前面的收完再传"))?;
        let of_all = Arc::clone(&state.upload_slots)
            .try_acquire_owned()
            .map_err(|_| ErrorPage::new(StatusCode::SERVICE_UNAVAILABLE, "现在上传的人太多，请过一会儿再试"))?;
        Ok(Self { _of_all: of_all, _of_client: of_client })
    }
}
