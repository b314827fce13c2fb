//! From a form to a new text of the settings.

use std::sync::Arc;

use axum::extract::{Request, State};

use super::column_type::{Adjusted, AdjustedKey, ChangedType, TYPE, adjusted, texts_of_cells};
use super::control::{field_label, in_words, label};
use super::fields::{Field, Target, ValueFault, normal, unchangeable};
use super::place::SettingsPage;
use super::review::{self, Answer, Proposal, Row};
use super::show::form;
use crate::notice::edit::{Written, reordered};
use crate::reference::settings::find;
use crate::serve::author::Author;
use crate::serve::flash::Flash;
use crate::serve::form::{self as forms, FormFields};
use crate::serve::response::{ErrorPage, HandlerResult, redirect_with_flash, run_blocking};
use crate::serve::settings_files::settings_file;
use crate::serve::state::AppState;

/// Shows what the changes of a form come to, or makes them when they are confirmed.
pub(crate) async fn change(State(state): State<Arc<AppState>>, author: Author, request: Request) -> HandlerResult {
    let fields = forms::read_large_form(&state, request).await?;
    run_blocking(state, move |state| respond(state, &fields, &author)).await
}

fn respond(state: &Arc<AppState>, sent: &FormFields, author: &Author) -> HandlerResult {
    let _lock = sent.has("confirmed").then(|| state.lock_settings());
    let file = settings_file(state)?;
    file.check_seen(state, sent.get("seen"))?;
    let incomplete = || ErrorPage::bad_request("这一页不完整，请刷新后再试");
    let place = SettingsPage::parse(sent.get("place")).ok_or_else(incomplete)?;
    let section = place.section(&Written::new(&file.text)).ok_or_else(incomplete)?;
    let (mut text, mut rows, mut faults) = (file.text.clone(), Vec::new(), Vec::new());
    let mut types: Vec<(&Field, &str)> = Vec::new();
    let mut first_changed = None;
    let mut values = Vec::new();
    let mut places = Vec::new();
    for (at, field) in section.fields.iter().enumerate() {
        let value = sent.find(&format!("f{at}")).ok_or_else(incomplete)?;
        values.push(value.to_owned());
        if field.target == Target::SettingsPage {
            places.push(wanted_place(value, &field.shown));
        }
        if normal(value) == normal(&field.shown) {
            continue;
        }
        first_changed = first_changed.or(Some(at));
        let what = format!("{}{}", of_subject(field), field_label(field));
        if field.path.last().is_some_and(|key| key == TYPE) && !field.shown.is_empty() {
            types.push((field, value.trim()));
        }
        match field.target {
            Target::SettingsPage if value.trim().parse::<usize>().is_ok_and(|place| place > 0) => {}
            Target::SettingsPage => faults.push(format!("{what}：“{value}”应是从 1 起的整数")),
            Target::Key | Target::NewVariables => match field.changed(&text, value) {
                Ok(changed) => text = changed,
                Err(fault) => faults.push(format!("{what}：{fault}")),
            },
        }
        rows.push(Row { what, old: in_words(field, &normal(&field.shown)), new: in_words(field, &normal(value)) });
    }
    if rows.is_empty() {
        return Ok(redirect_with_flash(state, &place.address(), Flash::done("没有改动")));
    }
    // What cannot be written is said alone.
    let types = if faults.is_empty() { types } else { Vec::new() };
    for (field, to) in types {
        match adjust(state, &text, field, to) {
            Ok(adjusted) => {
                text = adjusted.text;
                rows.extend(adjusted.keys.into_iter().map(|AdjustedKey { key, old, new }| {
                    let label = find(&format!("ledger.columns.{key}")).map_or(key, label);
                    Row { what: format!("{}{label}", of_subject(field)), old, new }
                }));
            }
            Err(fault) => faults.push(format!("{}{}：{fault}", of_subject(field), field_label(field))),
        }
    }
    // Paths have the places from before, so that items move last.
    if let Some(list) = place.list()
        && let Some(order) = order(&places)
    {
        match reordered(&text, &list, &order) {
            Some(moved) => text = moved,
            None => faults.push(unchangeable()),
        }
    }
    let again = form(state, &file, place, &section, &values);
    if !faults.is_empty() {
        return Ok(review::refused(state, &place.address(), &faults, &again));
    }
    let names = values.iter().enumerate().map(|(at, value)| (format!("f{at}"), value.clone()));
    let own = ["place", "seen"].map(|name| (name.to_owned(), sent.get(name).to_owned()));
    let proposal = Proposal {
        text,
        rows,
        action: "/settings/change".to_owned(),
        address: place.address(),
        anchor: place.field_anchor(first_changed.unwrap_or_default()),
        fields: own.into_iter().chain(names).collect(),
        again,
    };
    review::respond(state, &file, &proposal, &Answer { author, is_confirmed: sent.has("confirmed") })
}

/// What a field belongs to, as words before what it is.
fn of_subject(field: &Field) -> String {
    field.subject.as_ref().map(|subject| format!("{subject}的")).unwrap_or_default()
}

/// The settings in which the other keys of a column fit its new type.
fn adjust(state: &AppState, text: &str, field: &Field, to: &str) -> Result<Adjusted, ValueFault> {
    let path: Vec<&str> = field.path.iter().map(String::as_str).collect();
    let Some((_, column)) = path.split_last() else { return Err(unchangeable()) };
    let changed = ChangedType { column: column.to_vec(), from: &field.shown, to };
    adjusted(text, &changed, || {
        let [_, ledger, _, column] = column else { return Err(unchangeable()) };
        let missing = |reason: String| format!("还不知道台账里填的是什么：{reason}");
        let settings = state.settings().map_err(|_| missing("设置要先改好".to_owned()))?;
        let analysis = state.fresh_analysis().map_err(missing)?;
        let analysis = analysis.as_ref().as_ref().map_err(|reason| missing(reason.clone()))?;
        let found = settings.notice.ledger.get_full(*ledger);
        let places = found.and_then(|(at, _, ledger)| Some((at, ledger.columns.get_index_of(*column)?)));
        Ok(places.map_or_else(Vec::new, |(ledger, column)| texts_of_cells(analysis, ledger, column)))
    })
}

/// Where an item of a list is to be, from 1; `None` where it stays in the order of the others.
fn wanted_place(sent: &str, shown: &str) -> Option<usize> {
    sent.trim().parse().ok().filter(|_| sent.trim() != shown)
}

/// The order of a list's items when some are to be at other places; `None` when none is.
fn order(places: &[Option<usize>]) -> Option<Vec<usize>> {
    let mut moved: Vec<(usize, usize)> =
        places.iter().enumerate().filter_map(|(at, place)| Some(((*place)?, at))).collect();
    if moved.is_empty() {
        return None;
    }
    moved.sort_unstable();
    let mut order: Vec<usize> = (0..places.len()).filter(|at| places[*at].is_none()).collect();
    for (place, at) in moved {
        order.insert(place.saturating_sub(1).min(order.len()), at);
    }
    Some(order)
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn items_are_put_where_they_are_wanted_and_others_keep_their_order() {
        assert_eq!(order(&[None, None, Some(1)]), Some(vec![2, 0, 1]));
        assert_eq!(order(&[Some(2), Some(1), None]), Some(vec![1, 0, 2]));
        assert_eq!(order(&[Some(9), None, None]), Some(vec![1, 2, 0]));
        assert_eq!(order(&[None, None]), None);
    }
}
