//! Accepts connections and serves HTTP/1.1 on them, over TLS when configured.
//!
//! Connections are limited in all and per client address; slow clients are disconnected by timeouts for the TLS
//! handshake, the request head and unread responses. When `stop` changes, accepting ends and open requests get
//! [`SHUTDOWN_TIMEOUT`] to finish.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::http::Extensions;
use axum::response::IntoResponse;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;

use super::clients::{ClientSlots, client};
use super::notices::Notices;
use super::response::ErrorPage;
use crate::diagnostics::localize;

/// Open connections; further ones wait to be accepted.
const MAX_CONNECTIONS: usize = 512;
/// Open connections of one client address; further ones are closed at once.
const MAX_CONNECTIONS_PER_CLIENT: usize = 256;
/// How long a response may wait for the client to read.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// Limit for the TLS handshake, for each request head, and for a kept-alive connection between requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// Bytes of a request head.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// How long open requests may take after `stop`.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause after a failed accept, which usually means too many open files.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(50);

/// The address of the client ([`client`]), an extension of every request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub SocketAddr);

impl Peer {
    /// The client of a request with these extensions; the unspecified address without one.
    pub(super) fn ip_of(extensions: &Extensions) -> IpAddr {
        extensions.get::<Self>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Self(address)| address.ip())
    }
}

/// Serves notices on `listener` until `stop` changes, then finishes open requests.
pub(super) async fn listen(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    notices: Arc<Notices>,
    mut stop: watch::Receiver<bool>,
) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let clients = ClientSlots::new(MAX_CONNECTIONS_PER_CLIENT);
    let shutdown = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!("原因" = localize::io_error(&error), "没有接上连接");
                tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
                continue;
            }
        };
        let client = client(peer.ip());
        let Some(client_slot) = clients.acquire(client) else {
            tracing::warn!("来自" = %peer.ip(), "同一台电脑的连接太多，没有接");
            continue;
        };
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { break };
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(WRITE_TIMEOUT));
        let stream = Box::pin(stream);
        let client = Peer(SocketAddr::new(client, peer.port()));
        let notices = Arc::clone(&notices);
        let (tls, watcher) = (tls.clone(), shutdown.watcher());
        tokio::spawn(async move {
            match tls {
                None => serve(stream, client, notices, watcher).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = timeout(HEAD_TIMEOUT, tls.accept(stream)).await {
                        serve(stream, client, notices, watcher).await;
                    }
                }
            }
            drop((slot, client_slot));
        });
    }
    drop(listener);
    let _ = timeout(SHUTDOWN_TIMEOUT, shutdown.shutdown()).await;
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    client: Peer,
    notices: Arc<Notices>,
    watcher: Watcher,
) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(MAX_HEAD_BYTES);
    let answer = service_fn(move |mut request: Request<Incoming>| {
        let notices = Arc::clone(&notices);
        async move {
            request.extensions_mut().insert(client);
            request.extensions_mut().insert(Arc::clone(&notices));
            let router = match notices.router(request.headers()) {
                Ok(router) => Ok(router),
                Err(key) => tokio::task::spawn_blocking(move || notices.opened_router(&key)).await,
            };
            match router {
                Ok(router) => TowerToHyperService::new(router).call(request).await,
                // The program ends.
                Err(_) => Ok(ErrorPage::internal().into_response()),
            }
        }
    });
    let connection = builder.serve_connection(TokioIo::new(stream), answer);
    // Errors are those of the client's connection: it closed, or was too slow.
    let _ = watcher.watch(connection).await;
}
