//! `zicha serve`: pages, uploads, security, real browsers.

mod archivist;
mod board;
mod browser;
pub(crate) mod client;
mod crashes;
mod draft_pages;
mod every_page;
mod life;
mod manners;
mod markup;
mod new_notice;
mod notices;
mod pages;
mod safety;
pub(crate) mod scans;
mod settings;
mod settings_tables;
mod truth;
mod upload_questions;
mod uploads;
pub(crate) mod webdriver;
mod whole_way;

use crate::support::Project;

/// The tests of all modules here.
pub(crate) fn tests() -> Vec<libtest_mimic::Trial> {
    let modules = [
        archivist::tests(),
        board::tests(),
        browser::tests(),
        crashes::tests(),
        draft_pages::tests(),
        every_page::tests(),
        life::tests(),
        manners::tests(),
        markup::tests(),
        new_notice::tests(),
        notices::tests(),
        pages::tests(),
        safety::tests(),
        scans::tests(),
        settings::tests(),
        settings_tables::tests(),
        truth::tests(),
        upload_questions::tests(),
        uploads::tests(),
        whole_way::tests(),
    ];
    modules.into_iter().flatten().collect()
}

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
