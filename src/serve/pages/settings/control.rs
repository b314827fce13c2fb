//! The control of a field: its label, its hint and what is filled in.

use maud::{Markup, html};

use super::fields::Field;
use super::meaning::KnownId;
use crate::reference::key::{KeyDoc, Kind, Requirement};

/// What the control of a field shows.
pub(super) struct Shown<'a> {
    /// What is filled in.
    pub value: &'a str,
    /// What there is to say; nothing for most.
    pub hint: &'a str,
    /// The ids to choose from; none where anything may be typed.
    pub known: &'a [KnownId],
}

/// The label, the hint and the control of a field.
pub(super) fn control(field: &Field, id: &str, name: &str, shown: &Shown<'_>) -> Markup {
    let Shown { value, hint, known } = *shown;
    let described = (!hint.is_empty()).then(|| format!("{id}-hint"));
    let required = field.is_required();
    html! {
        div class="field" {
            label for=(id) { (field_label(field)) @if required { span class="hint" { "（必填）" } } }
            @match field.kind {
                Kind::Flag => {
                    select id=(id) name=(name) aria-describedby=[described.as_deref()] {
                        option value="" selected[value.is_empty()] { "不写" }
                        option value="true" selected[value == "true"] { "是" }
                        option value="false" selected[value == "false"] { "否" }
                    }
                }
                Kind::Choice(choices) => {
                    select id=(id) name=(name) aria-describedby=[described.as_deref()] {
                        @if !required || value.is_empty() { option value="" selected[value.is_empty()] { "不写" } }
                        @for (word, meaning) in choices {
                            option value=(word) selected[value == *word] { (choice_in_words(word, meaning)) }
                        }
                    }
                }
                Kind::Date => {
                    input id=(id) name=(name) type="date" value=(value) required[required] aria-describedby=[described.as_deref()];
                }
                _ if !known.is_empty() => {
                    select id=(id) name=(name) aria-describedby=[described.as_deref()] {
                        @if !required || value.is_empty() { option value="" selected[value.is_empty()] { "不写" } }
                        @if !value.is_empty() && known.iter().all(|known| known.id != value) {
                            option value=(value) selected { (value) }
                        }
                        @for KnownId { id, title } in known {
                            option value=(id) selected[id == value] { (title) }
                        }
                    }
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

/// What a form calls a field.
pub(super) fn field_label(field: &Field) -> &str {
    field.name.as_deref().unwrap_or_else(|| label(field.key))
}

/// What a clerk calls a key: the first clause of its sentence.
pub(super) fn label(key: &KeyDoc) -> &'static str {
    match key.path {
        "ledger.columns.values" => "选项",
        _ => first_clause(key.what),
    }
}

/// What holds where nothing is written, as far as it can be said in a clause.
fn default_in_words(key: &KeyDoc, value: &str) -> Option<String> {
    let words = match key.kind {
        Kind::Flag => {
            if value == "true" {
                "是"
            } else {
                "否"
            }
        }
        Kind::Choice(choices) => {
            let (_, meaning) = choices.iter().find(|(word, _)| *word == value.trim_matches('"'))?;
            first_clause(meaning)
        }
        Kind::Integer | Kind::Number => return Some(format!("不写就是 {value}")),
        _ => value.strip_prefix('"')?.trim_end_matches('"'),
    };
    Some(format!("不写就是“{words}”"))
}

/// A value as the control of its field shows it.
pub(super) fn in_words(field: &Field, value: &str) -> String {
    let words = match field.kind {
        Kind::Flag if value == "true" => Some("是"),
        Kind::Flag if value == "false" => Some("否"),
        Kind::Choice(choices) => {
            let choice = choices.iter().find(|(word, _)| *word == value);
            return choice.map_or_else(|| value.to_owned(), |(word, meaning)| choice_in_words(word, meaning));
        }
        _ => None,
    };
    words.unwrap_or(value).to_owned()
}

/// A choice as a form has it: a Chinese word with what it means, of any other word the meaning alone.
fn choice_in_words(word: &str, meaning: &'static str) -> String {
    let meaning = first_clause(meaning);
    if word.is_ascii() { meaning.to_owned() } else { format!("{word}：{meaning}") }
}

fn first_clause(text: &'static str) -> &'static str {
    text.split(['，', '。', '；', '：']).next().unwrap_or(text)
}

/// What else there is to say of a key, without the clauses that are about writing settings by hand.
pub(super) fn hint(key: &KeyDoc, has_lines: bool) -> String {
    let rest = key.what.strip_prefix(first_clause(key.what)).unwrap_or_default().replace(" MiB", "兆字节");
    // Capital letters alone are no code: WS, SM3.
    let has_code = |clause: &&str| !clause.contains(|c: char| c.is_ascii_lowercase() || matches!(c, '[' | '{'));
    let mut parts: Vec<String> = rest
        .trim_end_matches('。')
        .split('；')
        .map(|clause| clause.trim_start_matches(['，', '：']))
        .filter(|clause| !clause.is_empty())
        .filter(has_code)
        .map(str::to_owned)
        .collect();
    match key.presence {
        Requirement::Optional(absent) if has_code(&absent) => parts.push(absent.to_owned()),
        Requirement::Default(value) => {
            parts.extend(default_in_words(key, value).filter(|words| has_code(&words.as_str())))
        }
        _ => {}
    }
    if has_lines {
        let lines = match (key.path, key.kind) {
            ("summary.left_out", _) => "一行一个，写作 单位 = 理由",
            (_, Kind::TextMap) => "一行一个，写作 填的 = 算作的",
            _ => "一行一个",
        };
        parts.push(lines.to_owned());
    }
    parts.join("；")
}
