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
    let value = |at: usize| sent.find(&format!("f{at}")).map(str::to_owned);
    let values: Option<Vec<String>> = (0..section.fields.len()).map(value).collect();
    let values = values.ok_or_else(incomplete)?;
    let changes: Vec<FieldChange<'_>> = changes(&section.fields, &values).collect();
    let Some(first) = changes.first() else {
        return Ok(redirect_with_flash(state, &place.address(), Flash::done("没有改动")));
    };
    let mut edited = EditedSettings { text: file.text.clone(), rows: Vec::new(), faults: Vec::new() };
    changes.iter().for_each(|change| edited.write(change));
    // What cannot be written is said alone.
    if edited.faults.is_empty() {
        changes.iter().filter(|change| change.is_new_type()).for_each(|change| edited.fit_column(change, state));
    }
    // Paths have the places from before, so that items move last.
    if let Some(list) = place.list()
        && let Some(order) = order(&wanted_places(&section.fields, &values))
    {
        edited.reorder(&list, &order);
    }
    let again = form(state, &file, place, &section, &values);
    let EditedSettings { text, rows, faults } = edited;
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
        anchor: place.field_anchor(first.at),
        fields: own.into_iter().chain(names).collect(),
        again,
    };
    review::respond(state, &file, &proposal, &Answer { author, is_confirmed: sent.has("confirmed") })
}

/// A field whose value was changed in the form.
struct FieldChange<'a> {
    /// Its index in the form.
    at: usize,
    field: &'a Field,
    /// The value as it was sent.
    value: &'a str,
}

/// The changed fields of a form; `values` are those sent, in the fields' order.
fn changes<'a>(fields: &'a [Field], values: &'a [String]) -> impl Iterator<Item = FieldChange<'a>> {
    let all = fields.iter().zip(values).enumerate().map(|(at, (field, value))| FieldChange { at, field, value });
    all.filter(|change| normal(change.value) != normal(&change.field.shown))
}

impl FieldChange<'_> {
    /// Whether a column gets another type than it had.
    fn is_new_type(&self) -> bool {
        self.field.path.last().is_some_and(|key| key == TYPE) && !self.field.shown.is_empty()
    }

    /// What is changed, in words.
    fn subject(&self) -> String {
        format!("{}{}", of_subject(self.field), field_label(self.field))
    }
}

/// The text of the settings with changes in it.
struct EditedSettings {
    text: String,
    /// The changes, as they are shown before they are confirmed.
    rows: Vec<Row>,
    /// Why some of them cannot be made.
    faults: Vec<String>,
}

impl EditedSettings {
    /// Writes the new value of a field. Items of a list stay where they are.
    fn write(&mut self, change: &FieldChange<'_>) {
        let FieldChange { field, value, .. } = *change;
        let what = change.subject();
        match field.target {
            Target::SettingsPage if value.trim().parse::<usize>().is_ok_and(|place| place > 0) => {}
            Target::SettingsPage => self.faults.push(format!("{what}：“{value}”应是从 1 起的整数")),
            Target::Key | Target::NewVariables => match field.changed(&self.text, value) {
                Ok(changed) => self.text = changed,
                Err(fault) => self.faults.push(format!("{what}：{fault}")),
            },
        }
        self.rows.push(Row { what, old: in_words(field, &normal(&field.shown)), new: in_words(field, &normal(value)) });
    }

    /// Changes the other keys of a column so that they fit its new type.
    fn fit_column(&mut self, change: &FieldChange<'_>, state: &AppState) {
        match adjust(state, &self.text, change.field, change.value.trim()) {
            Ok(Adjusted { text, keys }) => {
                self.text = text;
                self.rows.extend(keys.into_iter().map(|AdjustedKey { key, old, new }| {
                    let label = find(&format!("ledger.columns.{key}")).map_or(key, label);
                    Row { what: format!("{}{label}", of_subject(change.field)), old, new }
                }));
            }
            Err(fault) => self.faults.push(format!("{}：{fault}", change.subject())),
        }
    }

    /// Puts the items of a list into another order.
    fn reorder(&mut self, list: &[&str], order: &[usize]) {
        match reordered(&self.text, list, order) {
            Some(moved) => self.text = moved,
            None => self.faults.push(unchangeable()),
        }
    }
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

/// Where the items of a list are to be, from 1; `None` for each that stays in the order of the others.
fn wanted_places(fields: &[Field], values: &[String]) -> Vec<Option<usize>> {
    let items = fields.iter().zip(values).filter(|(field, _)| field.target == Target::SettingsPage);
    items.map(|(field, sent)| sent.trim().parse().ok().filter(|_| sent.trim() != field.shown)).collect()
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
