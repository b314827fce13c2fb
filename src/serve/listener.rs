//! Connections: as many at a time as the machine bears, none that keeps others waiting, and an end in which what is
//! under way is finished. The only place that names hyper, hyper-util and tokio-io-timeout.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;

/// Connections at a time; others wait.
const CONNECTIONS: usize = 512;
/// Connections of one machine at a time; more are closed at once.
const EACH: usize = 256;
/// Machines that are remembered without a connection.
const REMEMBERED: usize = 1024;
/// For how long an answer may stand still because nobody takes it.
const STILL: Duration = Duration::from_secs(20);
/// For how long a request may take to say what it wants, a connection to begin, or to rest between requests.
const HEAD: Duration = Duration::from_secs(15);
/// Bytes of a request's head.
const LONGEST_HEAD: usize = 32 * 1024;
/// For how long what is under way may take to finish at the end.
const END: Duration = Duration::from_secs(10);

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Takes connections in until `stop` says so, then finishes what is under way.
pub async fn listen(listener: TcpListener, tls: Option<TlsAcceptor>, pages: Router, mut stop: watch::Receiver<bool>) {
    let (places, mut machines) = (Arc::new(Semaphore::new(CONNECTIONS)), Machines::default());
    let ending = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Too many files are open, or somebody went at once: others may still come.
                tracing::warn!(%error, "accept");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Some(own) = machines.place(peer.ip()) else {
            tracing::warn!(%peer, "too many connections");
            continue;
        };
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(STILL));
        let stream = Box::pin(stream);
        let pages = pages.clone().layer(Extension(Peer(peer)));
        let (tls, watcher) = (tls.clone(), ending.watcher());
        tokio::spawn(async move {
            match tls {
                None => serve(stream, pages, watcher).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = timeout(HEAD, tls.accept(stream)).await {
                        serve(stream, pages, watcher).await;
                    }
                }
            }
            drop((place, own));
        });
    }
    drop(listener);
    let _ = timeout(END, ending.shutdown()).await;
}

/// The places that each machine has.
#[derive(Default)]
struct Machines(HashMap<IpAddr, Arc<Semaphore>>);

impl Machines {
    /// A place for one more connection of a machine; none when it has them all.
    fn place(&mut self, machine: IpAddr) -> Option<OwnedSemaphorePermit> {
        if self.0.len() > REMEMBERED {
            self.0.retain(|_, places| places.available_permits() < EACH);
        }
        let places = self.0.entry(machine).or_insert_with(|| Arc::new(Semaphore::new(EACH)));
        Arc::clone(places).try_acquire_owned().ok()
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, pages: Router, watcher: Watcher) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(LONGEST_HEAD);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(pages));
    // Whoever goes away in the middle of a request is no trouble of ours.
    let _ = watcher.watch(connection).await;
}
