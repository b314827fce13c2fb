//! Who comes in: by which host name, from which page, with which session.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::secret::{Secret, TokenError, random};
use crate::store::{Digest, sha256};

/// How long a session lasts.
const SESSION: Duration = Duration::from_secs(12 * 60 * 60);
/// Sessions at a time.
const SESSIONS: usize = 10_000;
/// Wrong tokens that an address may try within [`WINDOW`].
const TRIES: usize = 5;
/// Wrong tokens that all addresses together may try within [`WINDOW`].
const ALL_TRIES: usize = 50;
/// For how long a wrong token counts.
const WINDOW: Duration = Duration::from_secs(60);

/// The door of a running server.
pub struct Auth {
    /// What requests may call this server, in lower case.
    hosts: Vec<String>,
    /// The port, for hosts that are addresses, when any address will do.
    any_address: Option<u16>,
    /// Whether pages are served over TLS.
    secure: bool,
    token: Option<Secret>,
    /// What every form must carry: other sites do not know it.
    ticket: String,
    sessions: Mutex<HashMap<Digest, Instant>>,
    wrong: Mutex<Vec<(IpAddr, Instant)>>,
}

/// What became of somebody's try to come in.
pub enum Entry {
    /// They are in: their session's text.
    Session(String),
    /// The token is wrong.
    Wrong,
    /// There were too many wrong ones.
    TooMany,
}

impl Auth {
    /// The door of a server that listens there; `called` is the name it was told to listen by.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn new(at: SocketAddr, called: &str, token: Option<Secret>, secure: bool) -> Result<Self, TokenError> {
        let port = at.port();
        let mut names = vec![called.to_owned(), bracketed(at.ip())];
        if at.ip().is_loopback() || at.ip().is_unspecified() {
            names.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
        }
        let usual = if secure { 443 } else { 80 };
        let with_port = |name: &String| format!("{}:{port}", name.to_lowercase());
        let mut hosts: Vec<String> = names.iter().map(with_port).collect();
        if port == usual {
            hosts.extend(names.iter().map(|name| name.to_lowercase()));
        }
        let any_address = at.ip().is_unspecified().then_some(port);
        let ticket = random()?;
        let (sessions, wrong) = (Mutex::default(), Mutex::default());
        Ok(Self { hosts, any_address, secure, token, ticket, sessions, wrong })
    }

    /// Whether a request may call this server so. A name of somebody else's that leads here is a trick.
    pub fn is_host(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        // An address is nobody's trick.
        let usual = if self.secure { 443 } else { 80 };
        let bare = || host.trim_matches(['[', ']']).parse::<IpAddr>().ok().map(|_| usual);
        let port = || host.parse::<SocketAddr>().ok().map(|at| at.port()).or_else(bare);
        self.hosts.contains(&host) || self.any_address.is_some() && port() == self.any_address
    }

    /// Whether a post comes from a page of this server, as far as the browser says.
    pub fn is_own_page(&self, host: &str, origin: Option<&str>, fetched_from: Option<&str>) -> bool {
        let own = || format!("{}://{}", if self.secure { "https" } else { "http" }, host.to_lowercase());
        origin.is_none_or(|origin| origin.to_lowercase() == own())
            && fetched_from.is_none_or(|from| from == "same-origin")
    }

    /// What every form carries.
    pub fn ticket(&self) -> &str {
        &self.ticket
    }

    /// Whether a form carries it.
    pub fn is_ticket(&self, text: &str) -> bool {
        Secret::of(&self.ticket).is(text)
    }

    /// Whether people log in.
    pub fn is_locked(&self) -> bool {
        self.token.is_some()
    }

    /// Whether pages are served over TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The name of the session's cookie.
    pub fn cookie(&self) -> &'static str {
        if self.secure { "__Host-zicha" } else { "zicha" }
    }

    /// Whether the cookies of a request name a session.
    pub fn is_in(&self, cookies: &str) -> bool {
        let name = self.cookie();
        let own = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='));
        let session = own.filter(|(known, _)| *known == name).map(|(_, text)| sha256(text.as_bytes())).next();
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        session.and_then(|session| sessions.get(&session)).is_some_and(|ends| *ends > Instant::now())
    }

    /// Lets somebody in who knows the token.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn enter(&self, token: &str, from: IpAddr) -> Result<Entry, TokenError> {
        let now = Instant::now();
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.retain(|(_, at)| now.duration_since(*at) < WINDOW);
        if wrong.len() >= ALL_TRIES || wrong.iter().filter(|(other, _)| *other == from).count() >= TRIES {
            return Ok(Entry::TooMany);
        }
        if !self.token.as_ref().is_some_and(|own| own.is(token)) {
            wrong.push((from, now));
            return Ok(Entry::Wrong);
        }
        let session = random()?;
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, ends| *ends > now);
        if sessions.len() < SESSIONS {
            sessions.insert(sha256(session.as_bytes()), now + SESSION);
        }
        Ok(Entry::Session(session))
    }

    /// Ends the session that the cookies name.
    pub fn leave(&self, cookies: &str) {
        let texts = cookies.split(';').filter_map(|cookie| Some(cookie.trim().split_once('=')?.1));
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        for text in texts {
            sessions.remove(&sha256(text.as_bytes()));
        }
    }
}

/// An address as it stands in a host name.
fn bracketed(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Auth, Entry, Secret, TRIES};

    #[test]
    fn foreign_names_and_pages_stay_out() {
        let auth = Auth::new("127.0.0.1:8018".parse().unwrap(), "127.0.0.1", None, false).unwrap();
        for own in ["127.0.0.1:8018", "LocalHost:8018", "[::1]:8018"] {
            assert!(auth.is_host(own), "{own}");
        }
        for foreign in ["evil.example:8018", "127.0.0.1", "127.0.0.1:80", "", "10.0.0.1:8018", "localhost:8018.evil"] {
            assert!(!auth.is_host(foreign), "{foreign}");
        }
        let host = "localhost:8018";
        assert!(
            auth.is_own_page(host, None, None)
                && auth.is_own_page(host, Some("http://localhost:8018"), Some("same-origin"))
        );
        assert!(!auth.is_own_page(host, Some("null"), None) && !auth.is_own_page(host, None, Some("same-site")));
        assert!(!auth.is_own_page(host, Some("http://localhost:80"), None));
        assert!(auth.is_ticket(auth.ticket()) && !auth.is_ticket(""));
        let office = Auth::new("0.0.0.0:80".parse().unwrap(), "office", None, false).unwrap();
        assert!(
            office.is_host("office")
                && office.is_host("10.1.2.3")
                && !office.is_host("10.1.2.3:81")
                && !office.is_host("evil.example")
        );
    }

    #[test]
    fn who_guesses_is_kept_waiting() {
        let auth = Auth::new("0.0.0.0:1".parse().unwrap(), "a", Some(Secret::of("secret")), true).unwrap();
        let (one, other) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        for _ in 0..TRIES {
            assert!(matches!(auth.enter("guess", one), Ok(Entry::Wrong)));
        }
        assert!(matches!(auth.enter("secret", one), Ok(Entry::TooMany)));
        let Ok(Entry::Session(session)) = auth.enter("secret", other) else { panic!("kept out") };
        let cookies = format!("a=b; __Host-zicha={session}");
        assert!(auth.is_in(&cookies) && !auth.is_in("__Host-zicha=x"));
        auth.leave(&cookies);
        assert!(!auth.is_in(&cookies));
    }
}
