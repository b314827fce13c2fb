//! The form above a list of branches: search words, a filter, an order.

use std::borrow::Cow;

use maud::{Markup, html};

use super::query::PageQuery;

/// A filter or an order, as its address and its reader name it.
pub(super) struct Choice {
    pub value: Cow<'static, str>,
    pub label: Cow<'static, str>,
}

impl Choice {
    /// A choice of the program's own.
    pub(super) fn fixed(value: &'static str, label: &'static str) -> Self {
        Self { value: Cow::Borrowed(value), label: Cow::Borrowed(label) }
    }
}

/// What is asked about a list.
pub(super) struct ListForm<'f> {
    /// The address of the list.
    pub address: &'f str,
    /// What can be searched for.
    pub placeholder: &'f str,
    pub filters: Vec<Choice>,
    pub sorts: Vec<Choice>,
}

impl ListForm<'_> {
    /// The form, with what was asked for last.
    pub(super) fn show(&self, query: &PageQuery) -> Markup {
        html! {
            form role="search" class="filters" action=(self.address) {
                label { "查找 " input type="search" name="q" value=(query.q) placeholder=(self.placeholder); }
                " "
                label { "只看 " (select("show", &self.filters, &query.show)) }
                " "
                label { "次序 " (select("sort", &self.sorts, &query.sort)) }
                " "
                button { "查找" }
            }
        }
    }
}

fn select(name: &str, choices: &[Choice], chosen: &str) -> Markup {
    html! {
        select name=(name) {
            @for Choice { value, label } in choices { option value=(value) selected[*value == chosen] { (label) } }
        }
    }
}
