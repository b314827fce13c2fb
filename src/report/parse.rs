//! Markdown into blocks that still carry marks and no numbers.

use pulldown_cmark::{Alignment, Event, Options, Parser, Tag, TagEnd};

use super::Align;

/// A block as parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// A heading of level 1 to 4.
    Heading(u8, String),
    /// A paragraph.
    Paragraph(String),
    /// The first paragraph of a run-in point; its place in the list, from 1.
    Point(usize, String),
    /// A table: alignments, header, rows.
    Table(Vec<Align>, Vec<Vec<String>>),
}

/// Parses Markdown.
///
/// # Errors
/// With the name of a construct that an official document has no form for, and the text it stands in.
pub fn parse(markdown: &str) -> Result<Vec<Parsed>, (&'static str, String)> {
    let mut builder = Builder::default();
    for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        builder.event(event).map_err(|construct| {
            let text = markdown[range].lines().next().unwrap_or_default();
            (construct, text.chars().take(30).collect())
        })?;
    }
    Ok(builder.blocks)
}

#[derive(Default)]
struct Builder {
    blocks: Vec<Parsed>,
    text: String,
    /// For each open ordered list, how many items it has had.
    points: Vec<usize>,
    /// Whether the next paragraph opens a point.
    opens_point: bool,
    table: Option<(Vec<Align>, Vec<Vec<String>>)>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        match event {
            Event::Start(tag) => return self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text.push_str(&text),
            Event::SoftBreak => self.soft_break(),
            Event::HardBreak => self.text.push(crate::marker::LINE),
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
                self.flush();
                self.points.push(0);
            }
            Tag::Item => {
                if let Some(count) = self.points.last_mut() {
                    *count += 1;
                }
                self.opens_point = true;
            }
            Tag::Table(alignments) => {
                self.flush();
                self.table = Some((alignments.into_iter().map(of_alignment).collect(), Vec::new()));
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some((_, rows)) = &mut self.table {
                    rows.push(Vec::new());
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
                self.blocks.push(Parsed::Heading((level as u8).min(4), text));
            }
            TagEnd::Paragraph | TagEnd::Item => self.flush(),
            TagEnd::List(_) => {
                self.points.pop();
                self.opens_point = false;
            }
            TagEnd::TableCell => {
                let text = std::mem::take(&mut self.text);
                if let Some(row) = self.table.as_mut().and_then(|(_, rows)| rows.last_mut()) {
                    row.push(text);
                }
            }
            TagEnd::Table => {
                if let Some((aligns, rows)) = self.table.take() {
                    self.blocks.push(Parsed::Table(aligns, rows));
                }
            }
            _ => {}
        }
    }

    /// Ends the paragraph or tight list item under way.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            return;
        }
        let point = self.points.last().copied().filter(|_| std::mem::take(&mut self.opens_point));
        self.blocks.push(match point {
            Some(number) => Parsed::Point(number, text),
            None => Parsed::Paragraph(text),
        });
    }

    /// A line end in a template is no blank in Chinese text; between two Latin words it is.
    fn soft_break(&mut self) {
        let end = self.text.chars().rev().find(|c| *c != crate::marker::ORIGIN_CLOSE);
        if end.is_some_and(|c| c.is_ascii_alphanumeric()) {
            self.text.push(' ');
        }
    }
}

fn of_alignment(alignment: Alignment) -> Align {
    match alignment {
        Alignment::Left => Align::Left,
        Alignment::Right => Align::Right,
        Alignment::None | Alignment::Center => Align::Center,
    }
}
