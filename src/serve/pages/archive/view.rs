//! The page.

use std::sync::Arc;

use axum::extract::{Query, State};
use maud::html;

use super::{elements, packages, seal};
use crate::pipeline::{chain, packages_in};
use crate::serve::layout::{PageLayout, Tab};
use crate::serve::pages::query::PageQuery;
use crate::serve::response::{self, HandlerResult, run_blocking};
use crate::serve::state::AppState;

/// Serves the page of archiving: elements of metadata, the form that seals, the packages.
pub(crate) async fn show(State(state): State<Arc<AppState>>, Query(query): Query<PageQuery>) -> HandlerResult {
    run_blocking(state, move |state| {
        let listed = packages_in(&state.paths.packages);
        let body = html! {
            (elements::section(state))
            (seal::section(state))
            @match &listed {
                Ok(listed) => (packages::section(state, listed, &query)),
                Err(error) => p class="note refused" role="alert" { (chain(error)) },
            }
        };
        let layout = PageLayout { title: "归档", tab: Tab::Archive, refresh: None };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}
