//! From a form to a new text of the settings.

use std::sync::Arc;

use axum::extract::{Request, State};

use super::control::{field_label, in_words};
use super::fields::{Target, normal, unchangeable};
use super::place::SettingsPage;
use super::review::{self, Answer, Proposal, Row};
use super::show::form;
use crate::notice::edit::{Written, reordered};
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
        let what = field.subject.as_ref().map(|subject| format!("{subject}的"));
        let what = format!("{}{}", what.unwrap_or_default(), field_label(field));
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
        fields: own.into_iter().chain(names).collect(),
        again,
    };
    review::respond(state, &file, &proposal, &Answer { author, is_confirmed: sent.has("confirmed") })
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
