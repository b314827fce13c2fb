//! Adds a metric or a list: a table with an id that the form names.

use std::sync::Arc;

use axum::extract::{Request, State};
use maud::{Markup, html};

use super::control::{control, hint, label};
use super::fields::{Field, normal, toml};
use super::place::SettingsPage;
use super::review::{self, Answer, Proposal, Row};
use super::sections::{NAMED_TABLES, named_table};
use crate::notice::edit::{key as toml_key, with_value, written_value};
use crate::notice::{folded, is_name};
use crate::reference::settings::keys_of;
use crate::serve::author::Author;
use crate::serve::form as forms;
use crate::serve::layout::csrf_field;
use crate::serve::response::{HandlerResult, run_blocking};
use crate::serve::settings_files::{EditedFile, settings_file};
use crate::serve::state::AppState;

/// The fields of a new table, blank.
fn fields(index: usize) -> Vec<Field> {
    let path = NAMED_TABLES.get(index).map_or("", |table| table.path);
    keys_of(path).filter_map(|key| Field::of("", &[], key, None)).collect()
}

/// The form for a new table, with the values that were sent: its name, then those of its fields.
pub(super) fn form(state: &AppState, file: &EditedFile, index: usize, sent: &[String]) -> Markup {
    let word = NAMED_TABLES.get(index).map_or("", |table| table.word);
    let value = |at: usize| sent.get(at).map_or("", String::as_str);
    html! {
        form class="panel fields" id="add" method="post" action="/settings/add" {
            (csrf_field(state))
            input type="hidden" name="table" value=(index);
            input type="hidden" name="seen" value=(file.hash);
            h2 { "添一个" (word) }
            div class="field" {
                label for="add-name" { "名称" span class="hint" { "（必填）" } }
                input id="add-name" name="name" value=(value(0)) required aria-describedby="add-name-hint";
                p class="hint" id="add-name-hint" { "汉字、字母、数字、下划线，以汉字或字母开头；模板和算式里用它" }
            }
            @for (at, field) in fields(index).iter().enumerate() {
                (control(field, &format!("add-{at}"), &format!("f{at}"), value(at + 1), &hint(field.key, field.has_lines())))
            }
            p { button class="main" { "看看会改变什么" } }
        }
    }
}

/// Shows what a new table would change, or writes it when it is confirmed.
pub(crate) async fn add(State(state): State<Arc<AppState>>, author: Author, request: Request) -> HandlerResult {
    let sent = forms::read_large_form(&state, request).await?;
    run_blocking(state, move |state| {
        let _lock = state.lock_settings(sent.has("confirmed"))?;
        let file = settings_file(state)?;
        file.check_seen(state, sent.get("seen"))?;
        let (index, table) = named_table(sent.get("table"))?;
        let name = folded(sent.get("name").trim()).into_owned();
        let fields = fields(index);
        let values: Vec<String> = (0..fields.len()).map(|at| sent.get(&format!("f{at}")).to_owned()).collect();
        let mut pairs = Vec::new();
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        for (field, value) in fields.iter().zip(&values) {
            let what = format!("{}“{name}”的{}", table.word, label(field.key));
            match toml(field.kind, value) {
                Ok(Some(written)) => {
                    pairs.push(format!("{} = {written}", toml_key(field.key.name())));
                    rows.push(Row { what, old: String::new(), new: normal(value) });
                }
                Ok(None) if field.is_required() => faults.push(format!("{what}没有写")),
                Ok(None) => {}
                Err(fault) => faults.push(format!("{what}：{fault}")),
            }
        }
        let path: Vec<&str> = table.path.split('.').chain([name.as_str()]).collect();
        if !is_name(&name) {
            faults.push(format!("“{name}”不能作名称：只用汉字、字母、数字和下划线，以汉字或字母开头"));
        } else if written_value(&file.text, &path).is_some() {
            faults.push(format!("已经有“{name}”这个{}", table.word));
        }
        let text = with_value(&file.text, &path, &format!("{{ {} }}", pairs.join(", ")));
        if text.is_none() && faults.is_empty() {
            faults.push(super::fields::unchangeable());
        }
        let all: Vec<String> = std::iter::once(name.clone()).chain(values.iter().cloned()).collect();
        let again = form(state, &file, index, &all);
        let address = SettingsPage::Named(index).address();
        let (Some(text), true) = (text, faults.is_empty()) else {
            return Ok(review::refused(state, &address, &faults, &again));
        };
        let own = ["table", "seen"].map(|name| (name.to_owned(), sent.get(name).to_owned()));
        let named = values.into_iter().enumerate().map(|(at, value)| (format!("f{at}"), value));
        let fields = own.into_iter().chain([("name".to_owned(), name)]).chain(named).collect();
        let proposal = Proposal { text, rows, action: "/settings/add".to_owned(), address, fields, again };
        let answer = Answer { author: &author, is_confirmed: sent.has("confirmed") };
        review::respond(state, &file, &proposal, &answer)
    })
    .await
}
