//! Removes a metric or a list. One that is still used somewhere is refused, with the places that use it.

use std::sync::Arc;

use axum::extract::{Request, State};
use maud::{Markup, html};

use super::fields::unchangeable;
use super::place::SettingsPage;
use super::review::{self, Answer, Proposal, Row};
use super::sections::{NAMED_TABLES, named_table};
use crate::notice::edit::{WrittenValue, without_key, written_ids, written_value};
use crate::serve::author::Author;
use crate::serve::form as forms;
use crate::serve::layout::csrf_field;
use crate::serve::response::{ErrorPage, HandlerResult, run_blocking};
use crate::serve::settings_files::{EditedFile, settings_file};
use crate::serve::state::AppState;

/// The form that asks which one goes; nothing where there is none.
pub(super) fn form(state: &AppState, file: &EditedFile, index: usize) -> Markup {
    let Some(table) = NAMED_TABLES.get(index) else { return html! {} };
    let path: Vec<&str> = table.path.split('.').collect();
    let ids = written_ids(&file.text, &path);
    html! {
        @if !ids.is_empty() {
            form class="panel fields" id="remove" method="post" action="/settings/remove" {
                (csrf_field(state))
                input type="hidden" name="table" value=(index);
                input type="hidden" name="seen" value=(file.hash);
                h2 { "删去一个" (table.word) }
                p class="hint" { "模板、算式、汇总表里还用着它的，先在那里删去；还用着的删不了，会说明在哪里。" }
                p {
                    label for="remove-name" { "删去哪一个" } br;
                    select id="remove-name" name="name" {
                        @for id in &ids { option value=(id) { (label(&file.text, &path, id)) } }
                    }
                }
                p { button { "看看会改变什么" } }
            }
        }
    }
}

/// What a table is called, with its id where that is another name.
fn label(text: &str, path: &[&str], id: &str) -> String {
    let of_label: Vec<&str> = path.iter().copied().chain([id, "label"]).collect();
    match written_value(text, &of_label) {
        Some(WrittenValue::Text(label)) if label != id => format!("{label}（{id}）"),
        _ => id.to_owned(),
    }
}

/// Shows what the settings come to without it, or writes them when it is confirmed.
pub(crate) async fn remove(State(state): State<Arc<AppState>>, author: Author, request: Request) -> HandlerResult {
    let sent = forms::read_form(&state, request).await?;
    run_blocking(state, move |state| {
        let _lock = state.lock_settings(sent.has("confirmed"))?;
        let file = settings_file(state)?;
        file.check_seen(state, sent.get("seen"))?;
        let (index, table) = named_table(sent.get("table"))?;
        let path: Vec<&str> = table.path.split('.').collect();
        let name = sent.get("name").to_owned();
        if !written_ids(&file.text, &path).contains(&name) {
            return Err(ErrorPage::bad_request("没有这一个，可能已经删去；请刷新后再试"));
        }
        let address = SettingsPage::Named(index).address();
        let again = form(state, &file, index);
        let of_name: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
        let Some(text) = without_key(&file.text, &of_name) else {
            return Ok(review::refused(state, &address, &[unchangeable()], &again));
        };
        let what = format!("{}“{name}”", table.word);
        let rows = vec![Row { what, old: label(&file.text, &path, &name), new: "删去".to_owned() }];
        let own = ["table", "seen", "name"].map(|field| (field.to_owned(), sent.get(field).to_owned()));
        let action = "/settings/remove".to_owned();
        let proposal = Proposal { text, rows, action, address, fields: own.into(), again };
        let answer = Answer { author: &author, is_confirmed: sent.has("confirmed") };
        review::respond(state, &file, &proposal, &answer)
    })
    .await
}
