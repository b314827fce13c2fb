//! Lists that are shown a page at a time.

use maud::{Markup, html};

use super::query::PageQuery;
use crate::render::percent_encode;

/// Entries on one page of a list.
pub(super) const PAGE_SIZE: usize = 100;

/// The page that is shown of so many entries, from 1: the one asked for, or the nearest there is.
pub(super) fn shown_page(query: &PageQuery, entries: usize) -> usize {
    query.page.clamp(1, entries.div_ceil(PAGE_SIZE).max(1))
}

/// Links to the pages before and after the one shown, with the search, filter and order of the list.
pub(super) fn pager(address: &str, query: &PageQuery, entries: usize) -> Markup {
    let (page, page_count) = (shown_page(query, entries), entries.div_ceil(PAGE_SIZE).max(1));
    let link = |page: usize| format!("{}&page={page}", list_address(address, query, &query.sort));
    html! {
        @if page_count > 1 {
            nav class="pager" aria-label="分页" {
                @if page > 1 { a href=(link(page - 1)) { "上一页" } " " }
                @if page < page_count { a href=(link(page + 1)) { "下一页" } " " }
                span { "第 " (page) " 页，共 " (page_count) " 页" }
            }
        }
    }
}

/// The address of a list with its search and filter in that order.
pub(super) fn list_address(address: &str, query: &PageQuery, sort: &str) -> String {
    let (q, show, sort) = (percent_encode(&query.q), percent_encode(&query.show), percent_encode(sort));
    format!("{address}?q={q}&show={show}&sort={sort}")
}
