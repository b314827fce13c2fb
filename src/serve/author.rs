//! Who makes a change: the name that a browser was given, and the computer it runs on. The histories of ledgers, signed
//! copies and settings keep it.
//!
//! A name is in a cookie, written by its owner; it says who did something, it permits nothing.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;

use super::clock::now;
use super::listener::Peer;
use super::middleware::cookies;
use super::state::AppState;
use crate::escape::visible;
use crate::render::{percent_decode, percent_encode};
use crate::store::ChangeOrigin;

/// Characters of a name; what follows is cut off.
const MAX_NAME_CHARS: usize = 30;
/// Seconds that a browser keeps the name: a year.
const MAX_AGE: u64 = 365 * 24 * 60 * 60;

/// Who sent a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Author {
    /// The name, as its owner wrote it; empty when there is none.
    pub name: String,
    /// The computer: 本机, or its address.
    computer: String,
}

impl Author {
    /// Name and computer in a line.
    pub(super) fn line(&self) -> String {
        if self.name.is_empty() { self.computer.clone() } else { format!("{}（{}）", self.name, self.computer) }
    }

    /// Who makes a change now.
    pub(super) fn stamp(&self) -> Stamp {
        Stamp { at: now(), by: self.line() }
    }
}

/// Who makes a change, and when: what a history records beside it.
#[derive(Clone, Debug)]
pub(super) struct Stamp {
    at: String,
    by: String,
}

impl<'a> From<&'a Stamp> for ChangeOrigin<'a> {
    fn from(Stamp { at, by }: &'a Stamp) -> Self {
        Self { at, by, upload: None }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Author {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let computer = match parts.extensions.get::<Peer>() {
            Some(Peer(peer)) if !peer.ip().is_loopback() => peer.ip().to_string(),
            _ => "本机".to_owned(),
        };
        let cookies = cookies(&parts.headers);
        let mut pairs = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='));
        let name = pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| percent_decode(value)).unwrap_or_default();
        Ok(Self { name: cleaned(&name), computer })
    }
}

/// The cookie in which a browser keeps the name that its user gave.
const COOKIE: &str = "zicha-name";

/// The header value that makes a browser keep a name, or forget it when it is blank.
pub(super) fn name_cookie(state: &AppState, name: &str) -> Option<HeaderValue> {
    let name = cleaned(name);
    let (max_age, secure) =
        (if name.is_empty() { 0 } else { MAX_AGE }, if state.auth.is_tls() { "; Secure" } else { "" });
    let value = percent_encode(&name);
    HeaderValue::from_str(&format!("{COOKIE}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={max_age}{secure}"))
        .ok()
}

/// A name in one line without invisible characters.
fn cleaned(name: &str) -> String {
    let line: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
    visible(&line).chars().take(MAX_NAME_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::{Author, MAX_NAME_CHARS, cleaned};

    #[test]
    fn a_name_is_one_line_without_invisible_characters() {
        assert_eq!(cleaned(" 张\n三\u{202e} "), "张 三‹U+202E›");
    }

    /// Anybody may write any name; the computer stands behind it, whatever the name looks like.
    #[test]
    fn a_forged_name_does_not_hide_the_computer() {
        for forged in
            ["李四（本机）", "李四（10.0.0.8）（", &"长".repeat(90), "\u{202e}）9.0.0.01（四李", "李四\r\n本机"]
        {
            let author = Author { name: cleaned(forged), computer: "10.0.0.9".to_owned() };
            let line = author.line();
            assert!(line.ends_with("（10.0.0.9）") && !line.contains(['\r', '\n', '\u{202e}']), "{line}");
            assert!(line.chars().count() <= MAX_NAME_CHARS + "（10.0.0.9）".chars().count(), "{line}");
        }
    }
}
