//! Style sheet, script and icon, embedded in the program.
//!
//! Their addresses contain a hash of the content, so browsers cache them forever and fetch a new version at once.

use std::sync::LazyLock;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::store::sha256;

const STYLE: &str = include_str!("assets/style.css");
const SCRIPT: &str = include_str!("assets/page.js");
const ICON: &str = include_str!("assets/icon.svg");

/// The address of the style sheet.
pub(super) static STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| address(STYLE, "style.css"));
/// The address of the script.
pub(super) static SCRIPT_ADDRESS: LazyLock<String> = LazyLock::new(|| address(SCRIPT, "page.js"));

fn address(content: &str, name: &str) -> String {
    let hash: String = sha256(content.as_bytes()).to_string().chars().take(16).collect();
    format!("/assets/{hash}/{name}")
}

fn asset(content: &'static str, media_type: &'static str) -> Response {
    let content_type = (header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    let cache_control = (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    ([content_type, cache_control], content).into_response()
}

/// Serves the style sheet.
pub(super) async fn style() -> Response {
    asset(STYLE, "text/css; charset=utf-8")
}

/// Serves the script.
pub(super) async fn script() -> Response {
    asset(SCRIPT, "text/javascript; charset=utf-8")
}

/// Serves the icon of the browser's tab.
pub(super) async fn icon() -> Response {
    asset(ICON, "image/svg+xml")
}
