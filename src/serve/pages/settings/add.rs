//! Adds a metric, a list, a computed column: a table with an id that the form names; or a check, a sheet: an item of a
//! list.

use std::sync::Arc;

use axum::extract::{Request, State};
use maud::{Markup, html};

use super::collection::Collection;
use super::control::{Shown, control, hint, in_words, label};
use super::fields::{Field, normal, toml};
use super::meaning::{self, RowWords};
use super::place::SettingsPage;
use super::review::{self, Answer, Proposal, Row};
use crate::notice::edit::{Written, key as toml_key};
use crate::notice::{folded, is_name};
use crate::reference::settings::keys_of;
use crate::serve::author::Author;
use crate::serve::form as forms;
use crate::serve::layout::csrf_field;
use crate::serve::response::{ErrorPage, HandlerResult, run_blocking};
use crate::serve::settings_files::{EditedFile, settings_file};
use crate::serve::state::AppState;

/// The fields of a new table, blank.
fn fields(collection: &Collection) -> Vec<Field> {
    keys_of(collection.keys).filter_map(|key| Field::of(&Written::new(""), &[], key, None)).collect()
}

/// The form for a new table, with the values that were sent: its name, then those of its fields.
pub(super) fn form(
    state: &AppState,
    file: &EditedFile,
    place: SettingsPage,
    collection: &Collection,
    sent: &[String],
) -> Markup {
    let Collection { word, is_list, .. } = collection;
    let settings = Written::new(&file.text);
    let value = |at: usize| sent.get(at).map_or("", String::as_str);
    html! {
        form class="panel fields" id="add" method="post" action="/settings/add" {
            (csrf_field(state))
            input type="hidden" name="table" value=(place.written());
            input type="hidden" name="seen" value=(file.hash);
            h2 { "添一个" (word) }
            @if !is_list {
                div class="field" {
                    label for="add-name" { "名称" span class="hint" { "（必填）" } }
                    input id="add-name" name="name" value=(value(0)) required aria-describedby="add-name-hint";
                    p class="hint" id="add-name-hint" { "汉字、字母、数字、下划线，以汉字或字母开头；模板和算式里用它" }
                }
            }
            @for (at, field) in fields(collection).iter().enumerate() {
                @let known = meaning::known_ids(&settings, field);
                @let hint = hint(field.key, field.has_lines());
                @let shown = Shown { value: value(at + 1), hint: &hint, known: &known };
                (control(field, &format!("add-{at}"), &format!("f{at}"), &shown))
            }
            @if collection.keys == "check" { (conditions(&settings)) }
            p { button class="main" { "看看会改变什么" } }
        }
    }
}

/// What a condition may be made of.
fn conditions(settings: &Written<'_>) -> Markup {
    html! {
        details {
            summary { "“什么样的算有问题”怎么写，可以用哪些列" }
            p {
                "逐行看一种台账的，列的前面写 row.：" code { "row.完成日期 < row.报修日期" }
                "（早于）、" code { "!has(row.责任人)" } "（没有填）、" code { "row.状态 == \"未修复\" && row.期限 < cutoff" }
                "（两样都是，cutoff 是数据截止日）。看一个单位或全部的，写指标的名称：" code { "超期数 > 3" } "。"
            }
            ul { @for RowWords { ledger, words } in meaning::row_words(settings) { li { "《" (ledger) "》：" (words.join("、")) } } }
        }
    }
}

/// Shows what a new table would change, or writes it when it is confirmed.
pub(crate) async fn add(State(state): State<Arc<AppState>>, author: Author, request: Request) -> HandlerResult {
    let sent = forms::read_large_form(&state, request).await?;
    run_blocking(state, move |state| {
        let _lock = sent.has("confirmed").then(|| state.lock_settings());
        let file = settings_file(state)?;
        file.check_seen(state, sent.get("seen"))?;
        let settings = Written::new(&file.text);
        let incomplete = || ErrorPage::bad_request("这一页不完整，请刷新后再试");
        let place = SettingsPage::parse(sent.get("table")).ok_or_else(incomplete)?;
        let collection = place.collection(&settings).ok_or_else(incomplete)?;
        let name = folded(sent.get("name").trim()).into_owned();
        let fields = fields(&collection);
        let values: Vec<String> = (0..fields.len()).map(|at| sent.get(&format!("f{at}")).to_owned()).collect();
        let mut pairs = Vec::new();
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        for (field, value) in fields.iter().zip(&values) {
            let named = if collection.is_list { String::new() } else { format!("“{name}”") };
            let what = format!("{}{named}的{}", collection.word, label(field.key));
            match toml(field.kind, value) {
                Ok(Some(written)) => {
                    pairs.push(format!("{} = {written}", toml_key(field.key.name())));
                    rows.push(Row { what, old: String::new(), new: in_words(field, &normal(value)) });
                }
                Ok(None) if field.is_required() => faults.push(format!("{what}没有写")),
                Ok(None) => {}
                Err(fault) => faults.push(format!("{what}：{fault}")),
            }
        }
        if collection.is_list {
            // Nothing names it.
        } else if !is_name(&name) {
            faults.push(format!("“{name}”不能作名称：只用汉字、字母、数字和下划线，以汉字或字母开头"));
        } else if collection.names(&settings).contains(&name) {
            faults.push(format!("已经有“{name}”这个{}", collection.word));
        }
        let text = collection.with(&file.text, &name, &pairs);
        if text.is_none() && faults.is_empty() {
            faults.push(super::fields::unchangeable());
        }
        let all: Vec<String> = std::iter::once(name.clone()).chain(values.iter().cloned()).collect();
        let again = form(state, &file, place, &collection, &all);
        let address = place.address();
        let (Some(text), true) = (text, faults.is_empty()) else {
            return Ok(review::refused(state, &address, &faults, &again));
        };
        let own = ["table", "seen"].map(|name| (name.to_owned(), sent.get(name).to_owned()));
        let named = values.into_iter().enumerate().map(|(at, value)| (format!("f{at}"), value));
        let fields = own.into_iter().chain([("name".to_owned(), name)]).chain(named).collect();
        let (action, anchor) = ("/settings/add".to_owned(), "add".to_owned());
        let proposal = Proposal { text, rows, action, address, anchor, fields, again };
        let answer = Answer { author: &author, is_confirmed: sent.has("confirmed") };
        review::respond(state, &file, &proposal, &answer)
    })
    .await
}
