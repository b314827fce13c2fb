//! The main page of the settings, and the page of a ledger's spellings and choices.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use maud::{Markup, html};

use super::fields::{Field, Section, ledger_section, sections};
use super::{history, review};
use crate::notice::edit::{WrittenValue, written_ids, written_value};
use crate::pipeline::settings_files;
use crate::reference::key::{Key, Kind, Presence};
use crate::serve::layout::{PageLayout, Tab, csrf_field};
use crate::serve::pages::query::PageQuery;
use crate::serve::response::{self, ErrorPage, HandlerResult, run_blocking};
use crate::serve::settings_files::{EditedFile, file_key, settings_file};
use crate::serve::state::AppState;

/// Which page a form is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A section of the main page, by its place there.
    Main(usize),
    /// The page of a ledger, by its place in the settings.
    Ledger(usize),
}

impl Place {
    /// The text of a hidden field.
    fn written(self) -> String {
        match self {
            Self::Main(at) => format!("main-{at}"),
            Self::Ledger(at) => format!("ledger-{at}"),
        }
    }

    /// The place that a hidden field names.
    pub(super) fn parse(written: &str) -> Option<Self> {
        let (page, at) = written.split_once('-')?;
        let at = at.parse().ok()?;
        match page {
            "main" => Some(Self::Main(at)),
            "ledger" => Some(Self::Ledger(at)),
            _ => None,
        }
    }

    /// The section there.
    pub(super) fn section(self, text: &str) -> Option<Section> {
        match self {
            Self::Main(at) => sections(text).into_iter().nth(at),
            Self::Ledger(at) => ledger_section(text, at),
        }
    }

    /// The address of the page.
    pub(super) fn address(self) -> String {
        match self {
            Self::Main(_) => "/settings".to_owned(),
            Self::Ledger(at) => format!("/settings/ledger/{at}"),
        }
    }
}

/// The main page.
pub(crate) async fn show(State(state): State<Arc<AppState>>, Query(query): Query<PageQuery>) -> HandlerResult {
    run_blocking(state, move |state| {
        let faults = review::current_faults(state);
        let file = settings_file(state);
        let body = html! {
            (review::fault_list(state, &faults))
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
    let ledgers = written_ids(&file.text, &["ledger"]);
    let title = |id: &str| match written_value(&file.text, &["ledger", id, "title"]) {
        Some(WrittenValue::Text(title)) => title,
        _ => id.to_owned(),
    };
    let sections = sections(&file.text);
    html! {
        p { "改好一块，点下面的“看看会改变什么”：先说明哪些报告会变，确认以后才写入，写入以后可以撤销。" }
        nav aria-label="本页的各块" {
            ul class="downloads" {
                @for (at, section) in sections.iter().enumerate() { li { a href={ "#section-" (at) } { (section.heading) } } }
                li { a href="#ledgers" { "台账的写法和选项" } }
                li { a href="#files" { "原文和模板" } }
            }
        }
        @for (at, section) in sections.iter().enumerate() { (form(state, file, Place::Main(at), section, &[])) }
        section id="ledgers" {
            h2 { "台账的写法和选项" }
            ul {
                @for (at, id) in ledgers.iter().enumerate() {
                    li { a href={ "/settings/ledger/" (at) } { "《" (title(id)) "》" } }
                }
            }
        }
    }
}

fn files(state: &AppState) -> Markup {
    html! {
        section id="files" {
            h2 { "原文和模板" }
            p class="hint" { "报告里的话写在模板里；改的时候可以看到某个" (state.words().branch) "的报告变成什么样。" }
            ul {
                @for (at, file) in settings_files(&state.paths.notice).iter().enumerate() {
                    li {
                        a href={ "/settings/file/" (file_key(&file.name)) } {
                            @if at == 0 { "设置的原文" } @else { "模板 " (file.name.trim_end_matches(".md")) }
                        }
                    }
                }
            }
        }
    }
}

/// The page of a ledger.
pub(crate) async fn show_ledger(
    State(state): State<Arc<AppState>>,
    Path(at): Path<usize>,
    Query(query): Query<PageQuery>,
) -> HandlerResult {
    run_blocking(state, move |state| {
        let file = settings_file(state)?;
        let place = Place::Ledger(at);
        let section = place.section(&file.text).ok_or_else(|| ErrorPage::not_found("没有这个台账"))?;
        let body = html! {
            p { a href="/settings#ledgers" { "回到设置" } }
            (review::fault_list(state, &review::current_faults(state)))
            (form(state, &file, place, &section, &[]))
        };
        let layout = PageLayout { title: &section.heading, tab: Tab::Settings, refresh: None };
        Ok(response::page(layout.render(state, query.flash(state).as_deref(), &body)))
    })
    .await
}

/// The form of a section, with the values that were sent, or with those in the settings.
pub(super) fn form(state: &AppState, file: &EditedFile, place: Place, section: &Section, sent: &[String]) -> Markup {
    let (anchor, has_heading) = match place {
        Place::Main(at) => (format!("section-{at}"), true),
        Place::Ledger(_) => ("section".to_owned(), false),
    };
    html! {
        form class="panel fields" id=(anchor) method="post" action="/settings/change" {
            (csrf_field(state))
            input type="hidden" name="place" value=(place.written());
            input type="hidden" name="seen" value=(file.hash);
            @if has_heading { h2 { (section.heading) } }
            @for (at, field) in section.fields.iter().enumerate() {
                @if is_new_subject(&section.fields, at) { h2 { "列“" (field.subject.as_deref().unwrap_or_default()) "”" } }
                @let is_explained = section.fields.iter().take(at).all(|before| before.key.path != field.key.path);
                @let hint = if is_explained { hint(field.key, field.has_lines()) } else { String::new() };
                (control(field, &format!("{anchor}-{at}"), &format!("f{at}"), sent.get(at).unwrap_or(&field.shown), &hint))
            }
            p { button class="main" { "看看会改变什么" } }
        }
    }
}

fn is_new_subject(fields: &[Field], at: usize) -> bool {
    let subject = |at: usize| fields.get(at).and_then(|field| field.subject.as_deref());
    subject(at).is_some() && (at == 0 || subject(at) != subject(at - 1))
}

/// The label, the hint, which may be empty, and the control of a field.
fn control(field: &Field, id: &str, name: &str, value: &str, hint: &str) -> Markup {
    let described = (!hint.is_empty()).then(|| format!("{id}-hint"));
    let required = field.is_required();
    html! {
        div class="field" {
            label for=(id) { (label(field.key)) @if required { span class="hint" { "（必填）" } } }
            @match field.key.kind {
                Kind::Flag => {
                    select id=(id) name=(name) aria-describedby=[described.as_deref()] {
                        option value="" selected[value.is_empty()] { "不写" }
                        option value="true" selected[value == "true"] { "是" }
                        option value="false" selected[value == "false"] { "否" }
                    }
                }
                Kind::Choice(choices) => {
                    select id=(id) name=(name) aria-describedby=[described.as_deref()] {
                        option value="" selected[value.is_empty()] { "不写" }
                        @for (word, meaning) in choices {
                            option value=(word) selected[value == *word] { (first_clause(meaning)) }
                        }
                    }
                }
                Kind::Date => {
                    input id=(id) name=(name) type="date" value=(value) required[required] aria-describedby=[described.as_deref()];
                }
                _ if field.has_lines() => {
                    textarea id=(id) name=(name) rows=(value.lines().count().clamp(1, 11) + 1) required[required]
                        aria-describedby=[described.as_deref()] { "\n" (value) }
                }
                _ => {
                    input id=(id) name=(name) value=(value) required[required] aria-describedby=[described.as_deref()];
                }
            }
            @if let Some(described) = &described { p class="hint" id=(described) { (hint) } }
        }
    }
}

/// What a clerk calls a key: the first clause of its sentence.
pub(super) fn label(key: &Key) -> &'static str {
    match key.path {
        "ledger.columns.values" => "选项",
        _ => first_clause(key.what),
    }
}

fn first_clause(text: &'static str) -> &'static str {
    text.split(['，', '。', '；', '：']).next().unwrap_or(text)
}

/// What else there is to say of a key, without the clauses that are about writing settings by hand.
fn hint(key: &Key, has_lines: bool) -> String {
    let rest = key.what.strip_prefix(first_clause(key.what)).unwrap_or_default();
    let has_code = |clause: &&str| !clause.contains(|c: char| c.is_ascii_alphabetic() || matches!(c, '[' | '{'));
    let mut parts: Vec<String> = rest
        .trim_end_matches('。')
        .split('；')
        .map(|clause| clause.trim_start_matches(['，', '：']))
        .filter(|clause| !clause.is_empty())
        .filter(has_code)
        .map(str::to_owned)
        .collect();
    match key.presence {
        Presence::Optional(absent) if has_code(&absent) => parts.push(absent.to_owned()),
        Presence::Default(value) if value.starts_with('"') && has_code(&value) => parts.push(key.presence.label()),
        _ => {}
    }
    if has_lines {
        let lines = if key.kind == Kind::TextMap { "一行一个，写作 填的 = 算作的" } else { "一行一个" };
        parts.push(lines.to_owned());
    }
    parts.join("；")
}
