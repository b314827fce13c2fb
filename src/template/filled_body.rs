//! The Markdown of a report's body, put together from filled templates, and where each part of it comes from.

use std::sync::Arc;

use crate::notice::{Layout, Section};

/// The body of a report as Markdown, with markers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilledBody {
    /// Opening, sections and closing.
    pub markdown: String,
    /// The templates that gave parts of it, in order.
    parts: Vec<Part>,
}

/// A part of a body, by which a place in the Markdown is traced to its template.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    /// Byte offset of its start in the Markdown.
    start: usize,
    /// The template that gave it, and those that it may include.
    templates: Vec<TemplateText>,
}

/// A template file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TemplateText {
    /// Its path as the settings have it.
    pub name: String,
    pub text: Arc<str>,
}

/// A line of a template, to which a finding in the filled text is traced back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemplateLine<'b> {
    /// Path of the template as the settings have it.
    pub template: &'b str,
    /// The line in that file, from 1.
    pub line: usize,
}

/// A text on its way into a body.
#[derive(Clone, Debug)]
pub(super) struct FilledPart {
    pub text: String,
    /// The template that gave it, and those that it may include; none for a gap or a text of the settings.
    pub templates: Vec<TemplateText>,
}

impl FilledBody {
    pub(super) fn new() -> Self {
        /// Bytes of most reports' Markdown, rounded up.
        const TYPICAL_LEN: usize = 16 * 1024;
        Self { markdown: String::with_capacity(TYPICAL_LEN), parts: Vec::new() }
    }

    pub(super) fn push_part(&mut self, part: FilledPart) {
        let start = self.markdown.len();
        self.push_block(&part.text);
        if !part.templates.is_empty() {
            self.parts.push(Part { start, templates: part.templates });
        }
    }

    fn push_block(&mut self, block: &str) {
        let block = block.trim();
        if !block.is_empty() {
            self.markdown.push_str(block);
            self.markdown.push_str("\n\n");
        }
    }

    /// Appends a section with its heading, unless all of its parts are empty.
    pub(super) fn push_section(&mut self, section: &Section, parts: Vec<FilledPart>) {
        if parts.iter().all(|part| part.text.trim().is_empty()) {
            return;
        }
        self.push_block(&format!("# {}", section.title));
        for mut part in parts.into_iter().filter(|part| !part.text.trim().is_empty()) {
            if section.layout == Layout::Points {
                part.text = list_item(&part.text);
            }
            self.push_part(part);
        }
    }

    /// The line of a template that gave what begins with `excerpt`, at `offset` when that is known: the line whose text
    /// before its first tag the excerpt begins with, else the template's first.
    pub fn template_line(&self, offset: Option<usize>, excerpt: &str) -> Option<TemplateLine<'_>> {
        let Some(offset) = offset else { return self.parts.iter().find_map(|part| part.line(excerpt)) };
        let part = self.parts.iter().rfind(|part| part.start <= offset)?;
        part.line(excerpt).or_else(|| Some(TemplateLine { template: &part.templates.first()?.name, line: 1 }))
    }
}

impl Part {
    fn line(&self, excerpt: &str) -> Option<TemplateLine<'_>> {
        let excerpt = excerpt.trim();
        let begins = |line: &str| {
            let literal = line.split("{{").next().and_then(|line| line.split("{%").next()).unwrap_or_default().trim();
            !literal.is_empty() && (excerpt.starts_with(literal) || literal.starts_with(excerpt))
        };
        self.templates.iter().find_map(|template| {
            let line = template.text.lines().position(begins)? + 1;
            Some(TemplateLine { template: &template.name, line })
        })
    }
}

/// A part as an item of an ordered list: its first line behind `1. `, the others indented by as much.
fn list_item(part: &str) -> String {
    let indented = |line: &str| if line.is_empty() { String::new() } else { format!("   {line}") };
    let lines: Vec<String> = part.trim().lines().map(indented).collect();
    format!("1. {}", lines.join("\n").trim_start())
}
