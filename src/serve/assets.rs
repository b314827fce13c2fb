//! The one sheet of styles and the one script, under addresses that change with what they hold.

use std::sync::LazyLock;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::store::sha256;

const STYLE: &str = include_str!("assets/style.css");
const SCRIPT: &str = concat!(include_str!("assets/page.js"), include_str!("assets/preview.js"));
const ICON: &str = include_str!("assets/icon.svg");

/// The address of the sheet of styles.
pub static STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| address(STYLE, "style.css"));
/// The address of the script.
pub static SCRIPT_ADDRESS: LazyLock<String> = LazyLock::new(|| address(SCRIPT, "page.js"));

fn address(text: &str, name: &str) -> String {
    let hash: String = sha256(text.as_bytes()).to_string().chars().take(16).collect();
    format!("/assets/{hash}/{name}")
}

fn asset(text: &'static str, kind: &'static str) -> Response {
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let kept = (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    ([kind, kept], text).into_response()
}

/// The sheet of styles.
pub async fn style() -> Response {
    asset(STYLE, "text/css; charset=utf-8")
}

/// The script.
pub async fn script() -> Response {
    asset(SCRIPT, "text/javascript; charset=utf-8")
}

/// A picture for the browser's tab: a tick in a square.
pub async fn icon() -> Response {
    asset(ICON, "image/svg+xml")
}
