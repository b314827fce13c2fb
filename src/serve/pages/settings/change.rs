//! From a form to a new text of the settings.

use std::sync::Arc;

use axum::extract::{Request, State};

use super::fields::normal;
use super::review::{self, Proposal, Row};
use super::show::{Place, form, label};
use crate::serve::flash::Flash;
use crate::serve::form::{self as forms, FormFields};
use crate::serve::response::{ErrorPage, HandlerResult, redirect_with_flash, run_blocking};
use crate::serve::settings_files::settings_file;
use crate::serve::state::AppState;

/// Shows what the changes of a form come to, or makes them when they are confirmed.
pub(crate) async fn change(State(state): State<Arc<AppState>>, request: Request) -> HandlerResult {
    let fields = forms::read_large_form(&state, request).await?;
    run_blocking(state, move |state| respond(state, &fields)).await
}

fn respond(state: &Arc<AppState>, sent: &FormFields) -> HandlerResult {
    let _lock = state.settings_lock.lock().map_err(|_| ErrorPage::internal())?;
    let file = settings_file(state)?;
    file.check_seen(state, sent.get("seen"))?;
    let incomplete = || ErrorPage::bad_request("这一页不完整，请刷新后再试");
    let place = Place::parse(sent.get("place")).ok_or_else(incomplete)?;
    let section = place.section(&file.text).ok_or_else(incomplete)?;
    let (mut text, mut rows, mut faults) = (file.text.clone(), Vec::new(), Vec::new());
    let mut values = Vec::new();
    for (at, field) in section.fields.iter().enumerate() {
        let value = sent.find(&format!("f{at}")).ok_or_else(incomplete)?;
        values.push(value.to_owned());
        if normal(value) == normal(&field.shown) {
            continue;
        }
        match field.changed(&text, value) {
            Ok(changed) => text = changed,
            Err(fault) => faults.push(format!("{}：{fault}", label(field.key))),
        }
        let what = field.subject.as_ref().map(|subject| format!("列“{subject}”的"));
        let what = format!("{}{}", what.unwrap_or_default(), label(field.key));
        rows.push(Row { what, old: normal(&field.shown), new: normal(value) });
    }
    if rows.is_empty() {
        return Ok(redirect_with_flash(state, &place.address(), Flash::done("没有改动")));
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
    review::respond(state, &file, &proposal, sent.has("confirmed"))
}
