//! The HTTP server: pages for users who do not use the command line.
//!
//! Input: requests; output: HTML pages, downloads, redirects. There is no business logic here: handlers call
//! `pipeline`, `store`, `archive` and `scans` as the command line does, and show what they return.
//!
//! A request passes, in this order:
//! - [`listener`]: connection limits, timeouts, TLS; [`notices`]: the notice that the browser works on, whose router is
//!   next;
//! - [`middleware`]: `Host`, `Origin`, session ([`auth`]); afterwards it adds the security headers;
//! - [`router`]: from address to handler, all of them in [`pages`];
//! - [`form`] (POST only): size limits and CSRF token, files into temporary files; [`upload`]: files into the ledger
//!   folder, or among [`held_uploads`] until a question is answered;
//! - the handler, inside [`response::run_blocking`]: reads [`state::AppState`], whose files are cached by [`cache`],
//!   starts a [`job`], or changes files;
//! - [`response`]: a page framed by [`layout`], an error page, a download, or a redirect with a [`flash`] message; pages
//!   that answer a form are kept among [`answers`].
//!
//! Requests never name a path. Branches are numbered by their position in the run manifest, ledgers by a hash of
//! their name (`pages::ledger_lookup`). What keeps an upload inside the ledger folder: `form::receive_file` stores
//! the bytes under a random name, `upload::store_uploads` makes the sender's name a safe relative path with
//! `store::safe_path`, and `store::VersionedDir` resolves that path below its root with
//! `store::containment::inside_without_links`. Names from the run manifest are checked by `AppState::report_file` and
//! in `pages::branch::signed_copy`.

mod addresses;
mod answers;
mod assets;
mod auth;
mod author;
mod auto_build;
mod cache;
mod clients;
pub(crate) mod clock;
mod draft_pages;
mod evidence;
mod flash;
mod form;
mod held_answers;
mod held_scans;
mod held_uploads;
mod job;
mod keyed;
mod layout;
mod listener;
mod log;
mod middleware;
mod notice_drafts;
mod notices;
mod open_page;
mod pages;
mod report_files;
mod response;
mod router;
mod scan_files;
mod secret;
mod settings_faults;
mod settings_files;
mod state;
mod tls;
mod trials;
mod upload;
mod upload_slot;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, lookup_host};
use tokio::sync::watch;

pub(crate) use log::LogScope;
pub(crate) use open_page::{OpenPage, open_page_of};
pub(crate) use secret::TokenError;
pub(crate) use tls::TlsError;

use crate::diagnostics::localize;
use crate::pipeline::{Paths, chain};
use crate::store::VersionedDirError;
use auth::Auth;
use notices::Notices;
use open_page::PageNote;
use secret::Secret;
use state::AppState;

/// Options of a server.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Input, output, archive and settings paths.
    pub paths: Paths,
    /// The host name or address to listen on.
    pub host: String,
    /// The port; 0 for a free one.
    pub port: u16,
    /// The file with the login token; without it the server listens on loopback addresses only.
    pub token: Option<PathBuf>,
    /// The PEM files with certificates and private key; without them pages are served unencrypted.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// The name of this computer.
    pub computer: String,
    /// What is logged on standard error.
    pub log: LogScope,
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    /// The address is in use or not an address of this machine.
    #[error("{}", listen_error(host, *port, reason))]
    Listen {
        /// The host name or address.
        host: String,
        /// The port.
        port: u16,
        /// The error of the operating system.
        reason: io::Error,
    },
    /// The address is reachable from other machines and there is no login token.
    #[error("“{0}”别的电脑也能打开，必须用 --token-file 设定登录令牌")]
    Unlocked(String),
    /// The login token cannot be used.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Certificates or private key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The ledger folder or its history cannot be opened.
    #[error(transparent)]
    VersionedDir(#[from] VersionedDirError),
    /// The operating system refused to start threads or sockets.
    #[error("程序不能启动")]
    System(#[source] io::Error),
}

fn listen_error(host: &str, port: u16, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            let other = port.checked_add(1).unwrap_or(8018);
            format!("端口 {port} 已被占用，可能已经打开了一个 zicha serve；换一个端口：--port {other}")
        }
        io::ErrorKind::PermissionDenied => format!("端口 {port} 不能用：系统不允许，请换一个大于 1024 的"),
        _ => format!("不能在 {host}:{port} 打开网页：{}", localize::io_error(error)),
    }
}

/// Serves pages until Ctrl-C or SIGTERM, then finishes open requests and the running job. Calls `ready` with the
/// addresses when connections are accepted, and `ending` when the shutdown begins.
///
/// # Errors
/// When the server cannot start.
pub(crate) fn serve(options: Options, ready: impl FnOnce(&[String]), ending: impl FnOnce()) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(64)
        .enable_all()
        .build()
        .map_err(ServeError::System)?;
    log::init(options.log);
    let outcome = runtime.block_on(run(options, ready, ending));
    runtime.shutdown_background();
    outcome
}

async fn run(options: Options, ready: impl FnOnce(&[String]), ending: impl FnOnce()) -> Result<(), ServeError> {
    let Options { paths, host, port, token, tls, computer, log: _ } = options;
    let listen_error = |reason| ServeError::Listen { host: host.clone(), port, reason };
    let address = resolve(&host, port).await.map_err(listen_error)?;
    if !address.ip().is_loopback() && token.is_none() {
        return Err(ServeError::Unlocked(host));
    }
    let token = token.as_deref().map(Secret::read).transpose()?;
    let acceptor = tls.as_ref().map(|(certificates, key)| tls::acceptor(certificates, key)).transpose()?;
    let listener = TcpListener::bind(address).await.map_err(listen_error)?;
    let address = listener.local_addr().map_err(ServeError::System)?;
    let input = paths.input.clone();
    let auth = Arc::new(Auth::new(address, &host, token, acceptor.is_some())?);
    let (stop, stopped) = watch::channel(false);
    let state = AppState::open(paths, auth, stopped.clone())?;
    let note = PageNote::new(&input);
    auto_build::watch(&state);
    // Starts keeping the current run, which the next one is compared with.
    drop(state.changes(Duration::ZERO));
    let notices = Arc::new(Notices::new(Arc::clone(&state), stopped.clone()));
    let server = tokio::spawn(listener::listen(listener, acceptor, Arc::clone(&notices), stopped));
    let scheme = if state.auth.is_tls() { "https" } else { "http" };
    let hosts = addresses::shown_hosts(&host, address.ip());
    let addresses: Vec<String> = hosts.iter().map(|host| format!("{scheme}://{host}:{}/", address.port())).collect();
    // The last one is this machine's own.
    if let (Some(note), Some(address)) = (&note, addresses.last().cloned())
        && let Err(error) = note.write(&OpenPage { address, computer })
    {
        tracing::warn!("原因" = chain(&error), "没有记下网页的地址");
    }
    ready(&addresses);
    wait_for_shutdown_signal().await;
    drop(note);
    ending();
    // Fails only when the listener has ended already.
    let _ = stop.send(true);
    let close = move || notices.jobs().iter().for_each(|jobs| jobs.close());
    let _ = tokio::join!(server, tokio::task::spawn_blocking(close));
    Ok(())
}

/// Resolves a host name; an IPv6 address may be in brackets.
async fn resolve(host: &str, port: u16) -> io::Result<SocketAddr> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found = lookup_host((bare, port)).await?.next();
    found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "没有这个地址"))
}

/// Waits for Ctrl-C or, on Unix, SIGTERM; on Windows, for the end of the console, too: the system then waits some
/// seconds.
async fn wait_for_shutdown_signal() {
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
    #[cfg(windows)]
    if let Ok(mut closed) = tokio::signal::windows::ctrl_close() {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = closed.recv() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}
