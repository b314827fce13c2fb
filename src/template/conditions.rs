//! Marks the conditions of a template that are evaluated while it is filled, so that a metric without a value becomes a
//! gap exactly when a condition that was evaluated needed it: a sentence behind such a condition must not disappear
//! because the ledgers do not say whether it applies, and a condition inside a branch that was not taken asks for
//! nothing.
//!
//! [`with_marks`] writes the ids of a condition's metrics between markers into the template's text, where tera copies
//! them only when it reaches the condition; [`take_marks`] takes them out of the filled text.

use std::ops::Range;

use crate::marker::{CONDITION_CLOSE, CONDITION_OPEN, without_markers};
use crate::notice::tags::{ScannedTemplate, TemplateTag};

/// The template with a mark for each metric of each condition. `metrics` are those of each tag.
pub(super) fn with_marks(source: &str, scanned: &ScannedTemplate<'_>, metrics: &[Vec<String>]) -> String {
    let mut marked = MarkedText::new(source);
    let mut blocks: Vec<Block> = Vec::new();
    let mut previous: Option<&TemplateTag<'_>> = None;
    for (tag, metrics) in scanned.tags.iter().zip(metrics) {
        let marks: String = metrics.iter().map(|id| format!("{CONDITION_OPEN}{id}{CONDITION_CLOSE}")).collect();
        let keyword = if tag.is_statement { tag.content.split_whitespace().next().unwrap_or_default() } else { "" };
        match (keyword, blocks.last_mut()) {
            ("elif", Some(Block::If { asked, .. })) => {
                asked.push_str(&marks);
                marked.insert_after(tag, asked);
            }
            ("else", Some(Block::If { asked, has_else })) => {
                *has_else = true;
                marked.insert_after(tag, asked);
            }
            ("endif", Some(Block::If { asked, has_else })) => {
                if !*has_else && !asked.is_empty() {
                    let trim = if tag.trims_before { "-" } else { "" };
                    marked.insert(tag.start, &format!("{{%{trim} else %}}{asked}"));
                }
                blocks.pop();
            }
            ("endfor", Some(Block::For)) => _ = blocks.pop(),
            _ => marked.insert_before(tag, previous, &marks),
        }
        match keyword {
            "if" => blocks.push(Block::If { asked: String::new(), has_else: false }),
            "for" => blocks.push(Block::For),
            _ => {}
        }
        previous = Some(tag);
    }
    marked.finish()
}

/// A block that may have an `else`.
enum Block {
    /// The marks of the `elif` conditions so far: entering a later branch, or none, means that they were evaluated.
    If {
        asked: String,
        has_else: bool,
    },
    For,
}

/// A template while marks are inserted, from its start to its end.
pub(super) struct MarkedText<'s> {
    source: &'s str,
    /// Bytes of the source that were copied.
    copied: usize,
    text: String,
}

impl<'s> MarkedText<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self { source, copied: 0, text: String::with_capacity(source.len()) }
    }

    /// The text with all marks.
    pub(super) fn finish(mut self) -> String {
        self.insert(self.source.len(), "");
        self.text
    }

    pub(super) fn insert(&mut self, offset: usize, text: &str) {
        let offset = offset.max(self.copied);
        self.text.push_str(&self.source[self.copied..offset]);
        self.text.push_str(text);
        self.copied = offset;
    }

    /// Writes `text` in place of a part of the source.
    pub(super) fn replace(&mut self, part: Range<usize>, text: &str) {
        self.insert(part.start, text);
        self.copied = self.copied.max(part.end);
    }

    /// Inserts before a tag, outside the whitespace that the tag removes.
    fn insert_before(&mut self, tag: &TemplateTag<'_>, previous: Option<&TemplateTag<'_>>, marks: &str) {
        if marks.is_empty() {
            return;
        }
        let text_end = self.source[..tag.start].trim_end().len();
        let is_removed_already = previous.is_some_and(|before| before.trims_after && before.end >= text_end);
        self.insert(if tag.trims_before && !is_removed_already { text_end } else { tag.start }, marks);
    }

    /// Inserts behind a tag, outside the whitespace that the tag removes.
    pub(super) fn insert_after(&mut self, tag: &TemplateTag<'_>, marks: &str) {
        if marks.is_empty() {
            return;
        }
        let rest = &self.source[tag.end..];
        let blank = if tag.trims_after { rest.len() - rest.trim_start().len() } else { 0 };
        self.insert(tag.end + blank, marks);
    }
}

/// A filled text without marks, and the metrics of the conditions that were evaluated, each once.
pub(super) struct FilledText {
    pub text: String,
    pub metrics: Vec<String>,
}

/// Takes the marks out of a filled text.
pub(super) fn take_marks(filled: String) -> FilledText {
    let mut metrics: Vec<String> = Vec::new();
    if !filled.contains(CONDITION_OPEN) {
        return FilledText { text: filled, metrics };
    }
    let mut text = String::with_capacity(filled.len());
    let mut parts = filled.split(CONDITION_OPEN);
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (id, rest) = part.split_once(CONDITION_CLOSE).unwrap_or(("", part));
        // A text that `set` takes is escaped when it is printed.
        let id = without_markers(id);
        if !id.is_empty() && !metrics.contains(&id) {
            metrics.push(id);
        }
        text.push_str(rest);
    }
    FilledText { text, metrics }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{FilledText, take_marks, with_marks};
    use crate::notice::tags::scan;

    /// Templates of conditions and loops, whose tags remove whitespace or not.
    fn template() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(vec!["甲", " ", "\n", " 乙 \n", "{{ m1 }}", "{{- m2 -}}", "{# 注 -#}"]);
        leaf.prop_map(str::to_owned).prop_recursive(4, 32, 6, |inner| {
            let body = prop::collection::vec(inner, 0..3).prop_map(|parts| parts.concat());
            let dashes = prop::collection::vec(prop::bool::ANY, 8);
            (0_usize..4, prop::collection::vec(body, 3), dashes).prop_map(|(form, bodies, dashes)| {
                let dash = |at: usize| if dashes[at] { "-" } else { "" };
                let tag = |at: usize, content: &str| format!("{{%{} {content} {}%}}", dash(at), dash(at + 1));
                let [one, two, three] = &bodies[..] else { return String::new() };
                match form {
                    0 => format!("{}{one}{}", tag(0, "if m1"), tag(2, "endif")),
                    1 => format!("{}{one}{}{two}{}", tag(0, "if m1"), tag(2, "elif m2"), tag(4, "endif")),
                    2 => {
                        let (first, second) = (tag(0, "if m3"), tag(2, "elif m1"));
                        format!("{first}{one}{second}{two}{}{three}{}", tag(4, "else"), tag(6, "endif"))
                    }
                    _ => format!("{}{one}{}{two}{}", tag(0, "for x in rows"), tag(2, "else"), tag(4, "endfor")),
                }
            })
        })
    }

    proptest! {
        #[test]
        fn marks_change_nothing_in_the_filled_text(source in template(), yes in 0_usize..8) {
            let names = ["m1", "m2", "m3"].into_iter().enumerate().filter(|(at, _)| yes & (1 << at) != 0);
            filled(&source, &names.map(|(_, name)| name).collect::<Vec<_>>());
        }
    }

    /// The filled template with the metrics of its evaluated conditions; every tag's metrics are the words in its
    /// content that begin with `m`.
    fn filled(source: &str, yes: &[&str]) -> (String, Vec<String>) {
        let scanned = scan(source);
        let words = |content: &str| {
            let words = content.split_whitespace().skip(1).filter(|word| word.starts_with('m'));
            words.map(str::to_owned).collect::<Vec<_>>()
        };
        let metrics: Vec<Vec<String>> = scanned.tags.iter().map(|tag| words(tag.content)).collect();
        let mut context = tera::Context::new();
        for name in ["m1", "m2", "m3"] {
            context.insert(name, &yes.contains(&name));
        }
        context.insert("rows", &[1, 2]);
        let render = |text: &str| {
            let mut tera = tera::Tera::default();
            tera.add_raw_template("t", text).and_then(|()| tera.render("t", &context)).expect("a template")
        };
        let FilledText { text, metrics } = take_marks(render(&with_marks(source, &scanned, &metrics)));
        assert_eq!(text, render(source), "the marks change nothing else: {source}");
        (text, metrics)
    }

    #[test]
    fn a_condition_asks_for_its_metrics_only_where_it_is_evaluated() {
        let chain = "甲 {%- if m1 -%} 一 {%- elif m2 %} 二{% elif m3 -%} 三 {%- endif -%} 乙";
        assert_eq!(filled(chain, &["m1"]).1, ["m1"]);
        assert_eq!(filled(chain, &["m2"]).1, ["m1", "m2"]);
        assert_eq!(filled(chain, &["m3"]).1, ["m1", "m2", "m3"]);
        assert_eq!(filled(chain, &[]).1, ["m1", "m2", "m3"]);
        let nested = "{% if m1 -%}\n {%- if m2 %} 二 {% endif %}\n{%- else %}无{% endif %}";
        assert_eq!(filled(nested, &[]), ("无".to_owned(), vec!["m1".to_owned()]));
        assert_eq!(filled(nested, &["m1"]).1, ["m1", "m2"]);
    }

    #[test]
    fn an_else_of_a_loop_is_not_that_of_the_condition_around() {
        let source = "{% if m1 %}{% for x in rows %}{% if m2 %}{{ x }}{% elif m3 %}{% endif %}{% else %}无{% endfor %}{% endif %}";
        assert_eq!(filled(source, &["m1", "m2"]).1, ["m1", "m2"]);
        assert_eq!(filled(source, &["m1"]).1, ["m1", "m2", "m3"]);
        assert_eq!(filled(source, &[]).1, ["m1"]);
    }
}
