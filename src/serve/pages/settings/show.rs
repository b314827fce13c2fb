//! The main page of the settings, and the pages of ledgers, of tables with ids and of lists.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use maud::{Markup, html};

use super::control::{Shown, control, hint};
use super::fields::{Field, Target};
use super::place::{SettingsPage, other_pages};
use super::sections::{Section, archive_section, sections};
use super::{add, history, meaning, remove};
use crate::notice::Notice;
use crate::notice::edit::{Written, WrittenValue};
use crate::pipeline::settings_files;
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::pages::query::PageQuery;
use crate::serve::response::{self, ErrorPage, HandlerResult, run_blocking};
use crate::serve::settings_faults;
use crate::serve::settings_files::{EditedFile, file_key, settings_file};
use crate::serve::state::AppState;

/// The form of the elements of archive numbers, for the archivist's page.
pub(in crate::serve::pages) fn archive_form(state: &AppState) -> Markup {
    match settings_file(state) {
        Ok(file) => form(state, &file, SettingsPage::Archive, &archive_section(&Written::new(&file.text)), &[]),
        Err(error) => html! { p class="note refused" role="alert" { (error.message()) } },
    }
}

/// Serves the main page of the settings.
pub(crate) async fn show(State(state): State<Arc<AppState>>, Query(query): Query<PageQuery>) -> HandlerResult {
    run_blocking(state, move |state| {
        let faults = settings_faults::current(state);
        let file = settings_file(state);
        let body = html! {
            (settings_faults::list(state, &faults))
            @match &file {
                Ok(file) => (main_forms(state, file)),
                Err(error) => p class="note refused" role="alert" { (error.message()) },
            }
            (files(state))
            (history::list(state))
        };
        let layout = PageLayout { title: "设置", tab: Tab::Settings, refresh: None };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}

fn main_forms(state: &AppState, file: &EditedFile) -> Markup {
    let settings = Written::new(&file.text);
    let ledgers = settings.ids(&["ledger"]);
    let title = |id: &str| match settings.value(&["ledger", id, "title"]) {
        Some(WrittenValue::Text(title)) => title,
        _ => id.to_owned(),
    };
    let sections = sections(&settings);
    html! {
        p { "改好一块，点下面的“看看会改变什么”：先说明哪些报告会变，确认以后才写入，写入以后可以撤销。" }
        nav aria-label="本页的各块" {
            ul class="downloads" {
                @for (at, section) in sections.iter().enumerate() { li { a href={ "#section-" (at) } { (section.heading) } } }
                li { a href="#ledgers" { "台账的写法、选项和算出来的列" } }
                li { a href="#pages" { "指标、核对、名单和各个方面" } }
                li { a href="#files" { "原文和模板" } }
            }
        }
        @for (at, section) in sections.iter().enumerate() { (form(state, file, SettingsPage::Main(at), section, &[])) }
        section id="ledgers" {
            h2 { "台账的写法、选项和算出来的列" }
            ul {
                @for (at, id) in ledgers.iter().enumerate() {
                    li { a href={ "/settings/ledger/" (at) } { "《" (title(id)) "》" } }
                }
            }
        }
        section id="pages" {
            h2 { "指标、核对、名单和各个方面" }
            ul {
                @for (place, heading) in other_pages().filter(|(place, _)| is_offered(&settings, *place)) {
                    li { a href=(place.address()) { (heading) } }
                }
            }
        }
    }
}

fn files(state: &AppState) -> Markup {
    let settings = state.settings();
    let use_of = |name: &str| settings.as_ref().map(|settings| uses(&settings.notice, name)).unwrap_or_default();
    html! {
        section id="files" {
            h2 { "原文和模板" }
            p class="hint" { "报告里的话写在模板里；改的时候可以看到某个" (state.words().branch) "的报告变成什么样。" }
            ul {
                @for (at, file) in settings_files(&state.paths.notice).iter().enumerate() {
                    li {
                        @let used = use_of(&file.name);
                        a href={ "/settings/file/" (file_key(&file.name)) } {
                            @if at == 0 { "设置的原文" }
                            @else if used.is_empty() { "模板 " (file.name.trim_end_matches(".md")) }
                            @else { (used) }
                        }
                        @if !used.is_empty() { " " small { "模板 " (file.name.trim_end_matches(".md")) } }
                    }
                }
            }
        }
    }
}

/// Which parts of the reports a template prints; empty for one that only other templates include.
fn uses(notice: &Notice, template: &str) -> String {
    let branches = ("", &notice.letter, &notice.section);
    let department = notice.summary.as_ref().map(|summary| ("汇总：", &summary.letter, &summary.section));
    let mut parts = Vec::new();
    for (whose, letter, sections) in std::iter::once(branches).chain(department) {
        let fixed = [("开头", &letter.opening), ("结尾", &letter.closing)];
        let fixed = fixed.into_iter().filter(|(_, file)| file.get_ref() == template).map(|(part, _)| part);
        let own = sections.iter().flat_map(|section| &section.part).filter(|part| part.template.get_ref() == template);
        parts.extend(fixed.chain(own.map(|part| part.label.as_str())).map(|part| format!("{whose}{part}")));
    }
    parts.join("；")
}

/// Whether a page has something to change or to add.
fn is_offered(settings: &Written<'_>, place: SettingsPage) -> bool {
    let has_fields = || place.section(settings).is_some_and(|section| !section.fields.is_empty());
    place.collection(settings).is_some() || has_fields()
}

/// A page besides the main one: of a ledger, of tables with ids, of sections.
pub(crate) async fn show_page(
    State(state): State<Arc<AppState>>,
    Path((page, at)): Path<(String, usize)>,
    Query(query): Query<PageQuery>,
) -> HandlerResult {
    run_blocking(state, move |state| {
        let file = settings_file(state)?;
        let missing = || ErrorPage::not_found("没有这一页");
        let place = SettingsPage::of_page(&page, at)
            .filter(|place| !matches!(place, SettingsPage::Main(_)))
            .ok_or_else(missing)?;
        let settings = Written::new(&file.text);
        let section = place.section(&settings).ok_or_else(missing)?;
        let collection = place.collection(&settings);
        let back = match place {
            SettingsPage::Ledger(_) | SettingsPage::Columns(_) => "/settings#ledgers",
            _ => "/settings#pages",
        };
        let body = html! {
            p { a href=(back) { "回到设置" } }
            (settings_faults::list(state, &settings_faults::current(state)))
            @if let SettingsPage::Ledger(at) = place {
                p { a href=(SettingsPage::Columns(at).address()) { "添一列、去掉一列" } }
            }
            @if !section.fields.is_empty() { (form(state, &file, place, &section, &[])) }
            @if let Some(collection) = &collection {
                (add::form(state, &file, place, collection, &[]))
                (remove::form(state, &file, place, collection))
            }
        };
        let layout = PageLayout { title: &section.heading, tab: Tab::Settings, refresh: None };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}

/// The form of a section, with the values that were sent, or with those in the settings.
pub(super) fn form(
    state: &AppState,
    file: &EditedFile,
    place: SettingsPage,
    section: &Section,
    sent: &[String],
) -> Markup {
    let anchor = place.anchor();
    let has_heading = matches!(place, SettingsPage::Main(_));
    let settings = Written::new(&file.text);
    html! {
        form class="panel fields" id=(anchor) method="post" action="/settings/change" {
            (csrf_field(state))
            input type="hidden" name="place" value=(place.written());
            input type="hidden" name="seen" value=(file.hash);
            @if has_heading { h2 { (section.heading) } }
            @for (at, field) in section.fields.iter().enumerate() {
                @if is_new_subject(&section.fields, at) { h2 { (field.subject.as_deref().unwrap_or_default()) } }
                @let is_first = section.fields.iter().take(at).all(|before| before.key.path != field.key.path);
                @let general = if is_first && field.target == Target::Key { hint(field.key, field.has_lines()) } else { String::new() };
                @let parts = [general, meaning::of_ids(&settings, field)];
                @let hint = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("；");
                @let known = meaning::known_ids(&settings, field);
                @let shown = Shown { value: sent.get(at).unwrap_or(&field.shown), hint: &hint, known: &known };
                (control(field, &place.field_anchor(at), &format!("f{at}"), &shown))
            }
            p { button class="main" { "看看会改变什么" } }
        }
    }
}

fn is_new_subject(fields: &[Field], at: usize) -> bool {
    let subject = |at: usize| fields.get(at).and_then(|field| field.subject.as_deref());
    subject(at).is_some() && (at == 0 || subject(at) != subject(at - 1))
}
