//! Authentication and request origin: allowed hosts, same-origin check, CSRF token, login token, sessions.
//!
//! Sessions and failed logins are kept in memory, sessions as hashes of their cookies; a restart logs everybody out.
//! Without a login token (loopback only, see [`serve`](super::serve)) no session is needed. The checks are made by
//! [`middleware`](super::middleware) and [`form`](super::form); nothing here reads a request.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::secret::{Secret, TokenError, random};
use crate::store::{Digest, sha256};

/// The form field that carries the CSRF token.
pub(super) const CSRF_FIELD: &str = "csrf_token";
/// How long a session lasts.
pub(super) const SESSION_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);
/// Sessions at the same time; a login beyond that gets a cookie without a session.
const MAX_SESSIONS: usize = 10_000;
/// Failed logins of one client within [`LOGIN_WINDOW`]. Each client has a limit of its own: wrong tokens of one do not
/// refuse another. The token has at least 16 characters, so that guessing from many addresses finds it no sooner.
const MAX_FAILURES_PER_CLIENT: usize = 5;
/// Failed logins that are remembered; beyond that the oldest is forgotten.
const MAX_FAILURES_KEPT: usize = 10_000;
/// How long a failed login counts.
const LOGIN_WINDOW: Duration = Duration::from_secs(60);

/// Authentication state of a running server.
pub(super) struct Auth {
    /// Values of the `Host` header that name this server, in lower case.
    hosts: Vec<String>,
    /// The port when the server listens on all addresses: then any IP address with this port names it.
    any_address: Option<u16>,
    is_tls: bool,
    login_token: Option<Secret>,
    csrf_token: String,
    sessions: Mutex<HashMap<Digest, Instant>>,
    failures: Mutex<VecDeque<Failure>>,
}

/// A failed login.
struct Failure {
    client: IpAddr,
    at: Instant,
}

/// The result of a login.
pub(super) enum Login {
    /// Accepted; the value of the session cookie.
    Session(String),
    /// The token is wrong.
    Wrong,
    /// Too many failed logins within [`LOGIN_WINDOW`]; the token was not looked at.
    RateLimited,
}

impl Auth {
    /// Authentication for a server that listens on `address` under the host name `host`, without `login_token` for
    /// everybody who can connect.
    ///
    /// # Errors
    /// When the system provides no random numbers.
    pub(super) fn new(
        address: SocketAddr,
        host: &str,
        login_token: Option<Secret>,
        is_tls: bool,
    ) -> Result<Self, TokenError> {
        let port = address.port();
        let mut names = vec![host.to_owned(), bracketed(address.ip())];
        if address.ip().is_loopback() || address.ip().is_unspecified() {
            names.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
        }
        let with_port = |name: &String| format!("{}:{port}", name.to_lowercase());
        let mut hosts: Vec<String> = names.iter().map(with_port).collect();
        if port == default_port(is_tls) {
            hosts.extend(names.iter().map(|name| name.to_lowercase()));
        }
        Ok(Self {
            hosts,
            any_address: address.ip().is_unspecified().then_some(port),
            is_tls,
            login_token,
            csrf_token: random()?,
            sessions: Mutex::default(),
            failures: Mutex::default(),
        })
    }

    /// Whether a `Host` header names this server. Another domain that resolves to this machine is refused (DNS
    /// rebinding); an IP address cannot be rebound.
    pub(super) fn allows_host(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        if self.hosts.contains(&host) {
            return true;
        }
        let without_port = || host.trim_matches(['[', ']']).parse::<IpAddr>().ok().map(|_| default_port(self.is_tls));
        let port = host.parse::<SocketAddr>().ok().map(|address| address.port()).or_else(without_port);
        self.any_address.is_some() && port == self.any_address
    }

    /// Whether a request comes from a page of this server, by its `Origin` and `Sec-Fetch-Site` headers; programs
    /// other than browsers send neither and pass.
    pub(super) fn is_same_origin(&self, host: &str, origin: Option<&str>, fetch_site: Option<&str>) -> bool {
        let own = || format!("{}://{}", if self.is_tls { "https" } else { "http" }, host.to_lowercase());
        origin.is_none_or(|origin| origin.to_lowercase() == own())
            && fetch_site.is_none_or(|site| site == "same-origin")
    }

    /// The token that every form carries in [`CSRF_FIELD`]; one per server run.
    pub(super) fn csrf_token(&self) -> &str {
        &self.csrf_token
    }

    /// Whether `text` is the CSRF token, compared in constant time.
    pub(super) fn is_csrf_token(&self, text: &str) -> bool {
        Secret::of(&self.csrf_token).is(text)
    }

    /// Whether users log in.
    pub(super) fn requires_login(&self) -> bool {
        self.login_token.is_some()
    }

    /// Whether pages are served over TLS.
    pub(super) fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The name of the session cookie.
    pub(super) fn cookie_name(&self) -> &'static str {
        if self.is_tls { "__Host-zicha" } else { "zicha" }
    }

    /// The name of the cookie with the notice that a browser works on.
    pub(super) fn notice_cookie(&self) -> &'static str {
        if self.is_tls { "__Host-zicha-notice" } else { "zicha-notice" }
    }

    /// Whether the cookies of a request, separated by `;`, hold a session that has not expired.
    pub(super) fn has_session(&self, cookies: &str) -> bool {
        let mut pairs = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='));
        let Some((_, value)) = pairs.find(|(name, _)| *name == self.cookie_name()) else { return false };
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(&sha256(value.as_bytes())).is_some_and(|expires| *expires > Instant::now())
    }

    /// Checks a login token and creates a session.
    ///
    /// # Errors
    /// When the system provides no random numbers.
    pub(super) fn log_in(&self, token: &str, client: IpAddr) -> Result<Login, TokenError> {
        let now = Instant::now();
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.retain(|failure| now.duration_since(failure.at) < LOGIN_WINDOW);
        if failures.iter().filter(|failure| failure.client == client).count() >= MAX_FAILURES_PER_CLIENT {
            return Ok(Login::RateLimited);
        }
        if !self.login_token.as_ref().is_some_and(|expected| expected.is(token)) {
            if failures.len() == MAX_FAILURES_KEPT {
                failures.pop_front();
            }
            failures.push_back(Failure { client, at: now });
            return Ok(Login::Wrong);
        }
        let session = random()?;
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, expires| *expires > now);
        if sessions.len() < MAX_SESSIONS {
            sessions.insert(sha256(session.as_bytes()), now + SESSION_LIFETIME);
        }
        Ok(Login::Session(session))
    }

    /// Ends the sessions that the cookies of a request hold.
    pub(super) fn log_out(&self, cookies: &str) {
        let values = cookies.split(';').filter_map(|cookie| Some(cookie.trim().split_once('=')?.1));
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        for value in values {
            sessions.remove(&sha256(value.as_bytes()));
        }
    }
}

/// The port that browsers leave out of an address.
fn default_port(is_tls: bool) -> u16 {
    if is_tls { 443 } else { 80 }
}

/// An IP address as a `Host` header writes it.
fn bracketed(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Auth, Login, MAX_FAILURES_PER_CLIENT, Secret};

    #[test]
    fn foreign_names_and_pages_stay_out() {
        let auth = Auth::new("127.0.0.1:8018".parse().unwrap(), "127.0.0.1", None, false).unwrap();
        for own in ["127.0.0.1:8018", "LocalHost:8018", "[::1]:8018"] {
            assert!(auth.allows_host(own), "{own}");
        }
        for foreign in ["evil.example:8018", "127.0.0.1", "127.0.0.1:80", "", "10.0.0.1:8018", "localhost:8018.evil"] {
            assert!(!auth.allows_host(foreign), "{foreign}");
        }
        let host = "localhost:8018";
        assert!(
            auth.is_same_origin(host, None, None)
                && auth.is_same_origin(host, Some("http://localhost:8018"), Some("same-origin"))
        );
        assert!(!auth.is_same_origin(host, Some("null"), None) && !auth.is_same_origin(host, None, Some("same-site")));
        assert!(!auth.is_same_origin(host, Some("http://localhost:80"), None));
        assert!(auth.is_csrf_token(auth.csrf_token()) && !auth.is_csrf_token(""));
        let office = Auth::new("0.0.0.0:80".parse().unwrap(), "office", None, false).unwrap();
        assert!(
            office.allows_host("office")
                && office.allows_host("10.1.2.3")
                && !office.allows_host("10.1.2.3:81")
                && !office.allows_host("evil.example")
        );
    }

    #[test]
    fn who_guesses_is_kept_waiting() {
        let auth = Auth::new("0.0.0.0:1".parse().unwrap(), "a", Some(Secret::of("secret")), true).unwrap();
        let (one, other) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        for _ in 0..MAX_FAILURES_PER_CLIENT {
            assert!(matches!(auth.log_in("guess", one), Ok(Login::Wrong)));
        }
        assert!(matches!(auth.log_in("secret", one), Ok(Login::RateLimited)));
        let Ok(Login::Session(session)) = auth.log_in("secret", other) else { panic!("kept out") };
        let cookies = format!("a=b; __Host-zicha={session}");
        assert!(auth.has_session(&cookies) && !auth.has_session("__Host-zicha=x"));
        auth.log_out(&cookies);
        assert!(!auth.has_session(&cookies));
    }

    #[test]
    fn whoever_guesses_locks_nobody_else_out() {
        let auth = Auth::new("0.0.0.0:1".parse().unwrap(), "a", Some(Secret::of("secret")), true).unwrap();
        for host in 0..100 {
            for _ in 0..MAX_FAILURES_PER_CLIENT {
                let guesser = format!("10.0.1.{host}").parse().unwrap();
                assert!(matches!(auth.log_in("guess", guesser), Ok(Login::Wrong)));
            }
        }
        assert!(matches!(auth.log_in("secret", "10.0.0.2".parse().unwrap()), Ok(Login::Session(_))));
    }
}
