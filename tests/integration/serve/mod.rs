//! `zicha serve`: pages, uploads, security, real browsers.

pub(crate) mod archivist;
pub(crate) mod board;
pub(crate) mod browser;
pub(crate) mod client;
pub(crate) mod crashes;
pub(crate) mod every_page;
pub(crate) mod life;
pub(crate) mod manners;
pub(crate) mod markup;
pub(crate) mod new_notice;
pub(crate) mod notices;
pub(crate) mod pages;
pub(crate) mod safety;
pub(crate) mod scans;
pub(crate) mod settings;
pub(crate) mod settings_tables;
pub(crate) mod upload_questions;
pub(crate) mod uploads;
pub(crate) mod webdriver;
pub(crate) mod whole_way;

use crate::support::Project;

/// The branches of the tests' projects.
const BRANCHES: [&str; 2] = ["甲党支部", "乙党支部"];

/// A project whose reports have no gap.
fn ready() -> Project {
    Project::ready(&BRANCHES)
}

/// What stands in a page between the last `start` before `end` and the next quotation mark.
fn quoted_before<'p>(page: &'p str, start: &str, end: &str) -> &'p str {
    let (before, _) = page.split_once(end).unwrap_or_else(|| panic!("no {end}: {page}"));
    let (_, quoted) = before.rsplit_once(start).unwrap_or_else(|| panic!("no {start} before {end}: {page}"));
    quoted.split('"').next().unwrap_or(quoted)
}

/// The key of a ledger file in addresses, taken from the page that lists it.
fn key(page: &str, name: &str) -> String {
    let key = quoted_before(page, "href=\"/ledger/", &format!("\">{name}</a>"));
    assert!(key.len() == 20 && key.bytes().all(|byte| byte.is_ascii_hexdigit()), "no {name}: {page}");
    key.to_owned()
}
