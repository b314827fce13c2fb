//! Query parameters of pages.

use std::sync::Arc;

use serde::Deserialize;

use super::search;
use crate::serve::flash::Flash;
use crate::serve::state::AppState;

/// Query parameters; a page ignores those it has no use for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PageQuery {
    /// The key of a flash message.
    pub flash: String,
    /// Search words, separated by white space; an entry matches when it contains all of them.
    pub q: String,
    /// The filter of the list; empty for all entries.
    pub show: String,
    /// The order of the list; empty for its own.
    pub sort: String,
    /// The sheet of a ledger file, by its normalized name; empty for the first with findings.
    pub sheet: String,
    /// The page of the list, from 1; other values mean the nearest page there is.
    pub page: usize,
}

impl PageQuery {
    /// The flash message, unless it is unknown.
    pub(crate) fn flash(&self, state: &AppState) -> Option<Arc<Flash>> {
        state.flashes.get(&self.flash)
    }

    /// Whether a text contains all search words, or its pinyin does.
    pub(crate) fn matches(&self, text: &str) -> bool {
        search::matches(&self.q, text)
    }
}
