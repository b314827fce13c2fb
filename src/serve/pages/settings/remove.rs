//! Removes one of the tables that a page may add. One that is still used somewhere is refused, with the places that use
//! it.

use std::sync::Arc;

use axum::extract::{Request, State};
use maud::{Markup, html};

use super::collection::Collection;
use super::fields::unchangeable;
use super::place::SettingsPage;
use super::review::{self, Answer, Proposal, Row};
use crate::notice::edit::Written;
use crate::serve::author::Author;
use crate::serve::form as forms;
use crate::serve::layout::csrf_field;
use crate::serve::response::{ErrorPage, HandlerResult, run_blocking};
use crate::serve::settings_files::{EditedFile, settings_file};
use crate::serve::state::AppState;

/// The form that asks which one goes; nothing where there is none.
pub(super) fn form(state: &AppState, file: &EditedFile, place: SettingsPage, collection: &Collection) -> Markup {
    let settings = Written::new(&file.text);
    let names = collection.names(&settings);
    html! {
        @if !names.is_empty() {
            form class="panel fields" id="remove" method="post" action="/settings/remove" {
                (csrf_field(state))
                input type="hidden" name="table" value=(place.written());
                input type="hidden" name="seen" value=(file.hash);
                h2 { "删去一个" (collection.word) }
                @if !collection.is_list {
                    p class="hint" { "模板、算式、汇总表里还用着它的，先在那里删去；还用着的删不了，会说明在哪里。" }
                }
                p {
                    label for="remove-name" { "删去哪一个" } br;
                    select id="remove-name" name="name" {
                        @for name in &names { option value=(name) { (collection.label(&settings, name)) } }
                    }
                }
                p { button { "看看会改变什么" } }
            }
        }
    }
}

/// Shows what the settings come to without it, or writes them when it is confirmed.
pub(crate) async fn remove(State(state): State<Arc<AppState>>, author: Author, request: Request) -> HandlerResult {
    let sent = forms::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let _lock = sent.has("confirmed").then(|| state.lock_settings());
        let file = settings_file(state)?;
        file.check_seen(state, sent.get("seen"))?;
        let settings = Written::new(&file.text);
        let incomplete = || ErrorPage::bad_request("这一页不完整，请刷新后再试");
        let place = SettingsPage::parse(sent.get("table")).ok_or_else(incomplete)?;
        let collection = place.collection(&settings).ok_or_else(incomplete)?;
        let name = sent.get("name").to_owned();
        if !collection.names(&settings).contains(&name) {
            return Err(ErrorPage::bad_request("没有这一个，可能已经删去；请刷新后再试"));
        }
        let address = place.address();
        let again = form(state, &file, place, &collection);
        let Some(text) = collection.without(&file.text, &name) else {
            return Ok(review::refused(state, &address, &[unchangeable()], &again));
        };
        let label = collection.label(&settings, &name);
        let what = if collection.is_list { label.clone() } else { format!("{}“{name}”", collection.word) };
        let rows = vec![Row { what, old: label, new: "删去".to_owned() }];
        let own = ["table", "seen", "name"].map(|field| (field.to_owned(), sent.get(field).to_owned()));
        let (action, anchor) = ("/settings/remove".to_owned(), "remove".to_owned());
        let proposal = Proposal { text, rows, action, address, anchor, fields: own.into(), again };
        let answer = Answer { author: &author, is_confirmed: sent.has("confirmed") };
        review::respond(state, &file, &proposal, &answer)
    })
    .await
}
