//! The pages for people who use no terminal: the other edge. It reads requests, calls the same rooms as the command
//! line, and shows what they say; it has no logic of its own.
//!
//! A request passes `guard` (whose name it calls, from whose page it comes, who is logged in), is answered by one
//! file of `pages`, and never names a path: branches go by their places in the record, ledgers and packages by hashes
//! of their names. What is sent is received by `form` under names of the program's own, read by worker processes, and
//! put into its place by `store::VersionedDir`, which loses nothing. Long work goes on in `job`, one piece at a time.
//!
//! The only room that names axum, tokio, tracing; hyper and rustls stand in a file each.

mod assets;
mod auth;
mod cache;
mod flash;
mod form;
mod html;
mod job;
mod layout;
mod listener;
mod middleware;
mod pages;
mod response;
mod secret;
mod state;
mod tls;
mod upload;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, lookup_host};
use tokio::sync::watch;

pub use secret::TokenError;
pub use tls::TlsError;

use crate::pipeline::Paths;
use crate::store::{VersionedDir, VersionedDirError};
use auth::Auth;
use secret::Secret;
use state::AppState;

/// What a server is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folders and files that it works on.
    pub places: Paths,
    /// The name or address by which it is reached.
    pub host: String,
    /// The port; 0 for any that is free.
    pub port: u16,
    /// The file with the token that people log in with; without one only this computer is let in.
    pub token: Option<PathBuf>,
    /// The files with certificates and their key.
    pub tls: Option<(PathBuf, PathBuf)>,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is somebody else's, or none of this computer's.
    #[error("{}", refused(host, *port, reason))]
    Listen {
        /// The name or address asked for.
        host: String,
        /// The port asked for.
        port: u16,
        /// The system's reason.
        reason: io::Error,
    },
    /// Others could come in without a token.
    #[error("“{0}”别的电脑也能打开，必须用 --token-file 设定登录令牌")]
    Unlocked(String),
    /// The token cannot be used.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// TLS cannot be served.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The folder of ledgers cannot be used.
    #[error(transparent)]
    VersionedDir(#[from] VersionedDirError),
    /// The system refuses.
    #[error("程序不能启动")]
    System(#[source] io::Error),
}

fn refused(host: &str, port: u16, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            let other = port.checked_add(1).unwrap_or(8018);
            format!("端口 {port} 已被占用，可能已经打开了一个 zicha serve；换一个端口：--port {other}")
        }
        io::ErrorKind::PermissionDenied => format!("端口 {port} 不能用：系统不允许，请换一个大于 1024 的"),
        _ => format!("不能在 {host}:{port} 打开网页：{error}"),
    }
}

/// Serves pages until the program is told to end (Ctrl-C), then finishes what is being written. `ready` is told the
/// address; `ending` is called when the end begins.
///
/// # Errors
/// When there can be no server.
pub fn serve(options: Options, ready: impl FnOnce(&str), ending: impl FnOnce()) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(64)
        .enable_all()
        .build()
        .map_err(ServeError::System)?;
    log();
    let outcome = runtime.block_on(run(options, ready, ending));
    runtime.shutdown_background();
    outcome
}

async fn run(options: Options, ready: impl FnOnce(&str), ending: impl FnOnce()) -> Result<(), ServeError> {
    let Options { places, host, port, token, tls } = options;
    let refused = |reason| ServeError::Listen { host: host.clone(), port, reason };
    let at = address(&host, port).await.map_err(refused)?;
    if !at.ip().is_loopback() && token.is_none() {
        return Err(ServeError::Unlocked(host));
    }
    let token = token.as_deref().map(Secret::read).transpose()?;
    let acceptor = tls.as_ref().map(|(certificates, key)| tls::acceptor(certificates, key)).transpose()?;
    let listener = TcpListener::bind(at).await.map_err(refused)?;
    let at = listener.local_addr().map_err(ServeError::System)?;
    let shelf = VersionedDir::open(&places.input)?;
    let auth = Auth::new(at, &host, token, acceptor.is_some())?;
    let state = Arc::new(AppState::new(places, auth, shelf));
    // What there is now is kept, so that what is made from here on can be compared with it.
    drop(state.changes(Duration::ZERO));
    let (stop, stopped) = watch::channel(false);
    let pages = pages::router(Arc::clone(&state), stopped.clone());
    let server = tokio::spawn(listener::listen(listener, acceptor, pages, stopped));
    let scheme = if state.auth.is_secure() { "https" } else { "http" };
    ready(&format!("{scheme}://{}:{}/", if at.ip().is_unspecified() { "127.0.0.1" } else { &host }, at.port()));
    told_to_end().await;
    ending();
    // Nobody is listening any more when the server ended by itself.
    let _ = stop.send(true);
    let jobs = Arc::clone(&state.jobs);
    let _ = tokio::join!(server, tokio::task::spawn_blocking(move || jobs.close()));
    Ok(())
}

/// The address of a name.
async fn address(host: &str, port: u16) -> io::Result<SocketAddr> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found = lookup_host((bare, port)).await?.next();
    found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "没有这个地址"))
}

/// Waits until the program is told to end.
async fn told_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Has requests logged to standard error: when, which page, what was answered, how long it took.
fn log() {
    let log = tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(false).with_target(false);
    // A log that somebody else began stays.
    let _ = log.with_max_level(tracing::Level::INFO).try_init();
}
