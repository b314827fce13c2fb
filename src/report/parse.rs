//! Markdown to blocks that still contain markers and have no numbers yet.
//!
//! Allowed are paragraphs, headings, ordered lists (run-in points) and tables; anything else is refused, because an
//! official document has no form for it.

use pulldown_cmark::{Alignment, Event, Options, Parser, Tag, TagEnd};

use super::tree::Align;
use crate::marker;
use crate::marker::without_markers;

/// A block of a body. Its texts are Markdown's inline text with markers, as [`super::inline`] reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ParsedBlock {
    /// A heading of level 1 to 4.
    Heading(u8, String),
    /// The text of a paragraph that is no point of a list.
    Paragraph(String),
    /// The first paragraph of a run-in point, and the point's number in its list, from 1.
    Point(usize, String),
    /// A table in the notation of GitHub's Markdown.
    Table(ParsedTable),
}

/// A table as the Markdown has it: no widths, no number, no provenance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ParsedTable {
    /// The columns' alignments.
    pub aligns: Vec<Align>,
    /// The rows, the header first.
    pub rows: Vec<Vec<String>>,
}

impl ParsedBlock {
    /// Its texts in reading order.
    pub(super) fn texts_mut(&mut self) -> Box<dyn Iterator<Item = &mut String> + '_> {
        match self {
            Self::Heading(_, text) | Self::Paragraph(text) | Self::Point(_, text) => Box::new(std::iter::once(text)),
            Self::Table(table) => Box::new(table.rows.iter_mut().flatten()),
        }
    }
}

/// Why a body cannot be turned into a report.
#[derive(Debug)]
pub(super) struct BodyError {
    /// What is not allowed, in the words of a message.
    pub construct: &'static str,
    /// The beginning of the text that contains it.
    pub excerpt: String,
    /// The byte offset of that text in the Markdown, where the parser still knows it.
    pub offset: Option<usize>,
}

impl BodyError {
    /// Characters of an excerpt.
    const EXCERPT_LEN: usize = 30;

    pub(super) fn new(construct: &'static str, text: &str) -> Self {
        let excerpt = without_markers(text).chars().take(Self::EXCERPT_LEN).collect();
        Self { construct, excerpt, offset: None }
    }
}

/// Parses Markdown.
///
/// # Errors
/// With the name of the first construct that is not allowed.
pub(super) fn parse(markdown: &str) -> Result<Vec<ParsedBlock>, BodyError> {
    let mut builder = BlockBuilder::default();
    for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        let first_line = || markdown[range.clone()].lines().next().unwrap_or_default().trim();
        let is_row = matches!(event, Event::Start(Tag::Paragraph)) && is_table_row(first_line());
        let result = if is_row {
            Err("不在表格里的表格行（表格中间不能有空行）")
        } else {
            builder.event(event)
        };
        result
            .map_err(|construct| BodyError { offset: Some(range.start), ..BodyError::new(construct, first_line()) })?;
    }
    Ok(builder.blocks)
}

/// Whether a line is written as a row of a table; signs of values are escaped.
fn is_table_row(line: &str) -> bool {
    line.len() > 1 && line.starts_with('|') && line.ends_with('|') && !line.ends_with("\\|")
}

#[derive(Default)]
struct BlockBuilder {
    blocks: Vec<ParsedBlock>,
    /// The text of the open block or cell.
    text: String,
    /// For each open ordered list, the number of its items so far.
    list_items: Vec<usize>,
    /// Whether the next paragraph opens a point.
    opens_point: bool,
    /// The open table.
    table: Option<ParsedTable>,
}

impl BlockBuilder {
    fn event(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        match event {
            Event::Start(tag) => return self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => marker::push_unprotected(&mut self.text, &text),
            Event::SoftBreak => self.soft_break(),
            Event::HardBreak => self.text.push(marker::LINE_BREAK),
            Event::Code(_) => return Err("行内代码"),
            Event::Html(_) | Event::InlineHtml(_) => return Err("HTML 标签"),
            Event::Rule => return Err("分隔线"),
            _ => return Err("脚注、公式或任务清单"),
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag<'_>) -> Result<(), &'static str> {
        match tag {
            Tag::Paragraph => {}
            Tag::Heading { .. } => self.text.clear(),
            Tag::List(Some(_)) => {
                self.finish_paragraph();
                self.list_items.push(0);
            }
            Tag::Item => {
                if let Some(count) = self.list_items.last_mut() {
                    *count += 1;
                }
                self.opens_point = true;
            }
            Tag::Table(alignments) => {
                self.finish_paragraph();
                let aligns = alignments.into_iter().map(to_align).collect();
                self.table = Some(ParsedTable { aligns, rows: Vec::new() });
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            Tag::TableCell => self.text.clear(),
            Tag::List(None) => return Err("无序列表（请用 1. 编号，生成“一是……”）"),
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => return Err("粗体、斜体或删除线"),
            Tag::BlockQuote(_) => return Err("引用块"),
            Tag::CodeBlock(_) => return Err("代码块（行首不要空四格）"),
            Tag::HtmlBlock => return Err("HTML 标签"),
            Tag::Link { .. } => return Err("链接"),
            Tag::Image { .. } => return Err("图片"),
            _ => return Err("脚注、定义列表或上下标"),
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                let text = std::mem::take(&mut self.text);
                self.blocks.push(ParsedBlock::Heading((level as u8).min(4), text));
            }
            TagEnd::Paragraph | TagEnd::Item => self.finish_paragraph(),
            TagEnd::List(_) => {
                self.list_items.pop();
                self.opens_point = false;
            }
            TagEnd::TableCell => {
                let text = std::mem::take(&mut self.text);
                if let Some(row) = self.table.as_mut().and_then(|table| table.rows.last_mut()) {
                    row.push(text);
                }
            }
            TagEnd::Table => self.blocks.extend(self.table.take().map(ParsedBlock::Table)),
            _ => {}
        }
    }

    /// Ends the open paragraph or tight list item.
    fn finish_paragraph(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            return;
        }
        let point = self.list_items.last().copied().filter(|_| std::mem::take(&mut self.opens_point));
        self.blocks.push(match point {
            Some(number) => ParsedBlock::Point(number, text),
            None => ParsedBlock::Paragraph(text),
        });
    }

    /// A line end in a template is a blank between two Latin words and nothing in Chinese text.
    fn soft_break(&mut self) {
        let last = self.text.chars().rev().find(|c| *c != marker::PROVENANCE_CLOSE);
        if last.is_some_and(|c| c.is_ascii_alphanumeric()) {
            self.text.push(' ');
        }
    }
}

fn to_align(alignment: Alignment) -> Align {
    match alignment {
        Alignment::Left => Align::Left,
        Alignment::Right => Align::Right,
        Alignment::None | Alignment::Center => Align::Center,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::marker;

    #[test]
    fn markdown_without_a_form_in_official_documents_is_refused() {
        for markdown in ["**粗**", "- 甲", "> 引", "`码`", "<b>", "![图](a.png)", "[链](a)", "    码", "---"] {
            assert!(parse(markdown).is_err(), "{markdown}");
        }
    }

    #[test]
    fn a_row_of_a_table_that_a_blank_line_parts_from_it_is_refused() {
        let refused = parse("| 甲 |\n| --- |\n\n| 乙 |\n").expect_err("a row outside of the table");
        assert!(refused.construct.starts_with("不在表格里的表格行"), "{}", refused.construct);
        assert_eq!((refused.offset, refused.excerpt.as_str()), (Some(17), "| 乙 |"));
        for text in ["| 甲 |\n| --- |\n| 乙 |\n", "\\|甲\\|", "|甲", "甲 |", "|"] {
            assert!(parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn an_excerpt_in_a_message_has_no_markers() {
        let mut text = "- ".to_owned();
        marker::push_with_provenance(&mut text, 4, |out| out.push_str("教务处党支部"));
        let excerpt = parse(&text).err().map(|error| error.excerpt);
        assert_eq!(excerpt.as_deref().map(str::trim_start), Some("- 教务处党支部"));
    }
}
