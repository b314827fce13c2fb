//! The passes from parsed blocks to the finished body.

use super::parse::Parsed;
use super::{Block, Inline, Table, Text, measure};
use crate::marks;

/// What becomes of a line break inside a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaks {
    /// It stays, as in a table cell.
    Keep,
    /// The lines are joined into one, as in a sentence or a title.
    Join,
}

/// Begins a paragraph that is the caption of the table below it.
const CAPTION: &str = "表：";

/// Numbers, splits, turns and measures.
pub fn run(parsed: Vec<Parsed>) -> Vec<Block> {
    let mut numbers = [0_usize; 4];
    let mut tables = 0;
    let mut blocks = Vec::new();
    let mut parsed = parsed.into_iter().peekable();
    while let Some(block) = parsed.next() {
        match block {
            Parsed::Heading(level, text) => {
                let at = usize::from(level.clamp(1, 4)) - 1;
                numbers[at] += 1;
                numbers[at + 1..].fill(0);
                let number = heading_number(level, numbers[at]);
                blocks.push(Block::Heading { level, number, text: inline(&text, Breaks::Join) });
            }
            Parsed::Point(number, text) => paragraphs(&format!("{}是", chinese(number)), &text, &mut blocks),
            Parsed::Paragraph(text) => match text.trim().strip_prefix(CAPTION) {
                Some(caption) if matches!(parsed.peek(), Some(Parsed::Table(..))) => {
                    let Some(Parsed::Table(aligns, rows)) = parsed.next() else { continue };
                    tables += 1;
                    let caption = Some((format!("表{tables}"), inline(caption, Breaks::Join)));
                    blocks.push(Block::Table(table(caption, &aligns, rows)));
                }
                _ => paragraphs("", &text, &mut blocks),
            },
            Parsed::Table(aligns, rows) => blocks.push(Block::Table(table(None, &aligns, rows))),
        }
    }
    blocks
}

/// A paragraph that is nothing but one value of several lines becomes as many paragraphs; official text knows no line
/// broken within one. A value inside a sentence is joined into one line.
fn paragraphs(point: &str, text: &str, blocks: &mut Vec<Block>) {
    let text = text.trim();
    let value = text.strip_prefix(marks::LINES_OPEN).and_then(|rest| rest.strip_suffix(marks::LINES_CLOSE));
    let lines: Vec<&str> = match value.filter(|value| !value.contains(marks::LINES_OPEN)) {
        Some(value) => value.split(marks::LINE).map(str::trim).filter(|line| !line.is_empty()).collect(),
        None => vec![text],
    };
    let mut point = point.to_owned();
    for line in lines {
        blocks.push(Block::Paragraph { point: std::mem::take(&mut point), text: inline(line, Breaks::Join) });
    }
}

fn table(caption: Option<(String, Text)>, aligns: &[super::Align], rows: Vec<Vec<String>>) -> Table {
    let mut rows = rows.into_iter().map(|row| row.iter().map(|cell| inline(cell, Breaks::Keep)).collect::<Vec<_>>());
    let head = rows.next().unwrap_or_default();
    let rows: Vec<Vec<Text>> = rows.collect();
    let (columns, landscape) = measure::columns(aligns, &head, &rows);
    Table { caption, columns, head, rows, landscape }
}

/// Text with its marks turned into nodes and its quotes into “ ”.
pub fn inline(text: &str, breaks: Breaks) -> Text {
    let mut nodes: Text = Vec::new();
    let mut plain = String::new();
    let mut gap: Option<String> = None;
    let mut quotes = Quotes::of(text);
    let mut joining = false;
    for c in text.chars() {
        match (c, &mut gap) {
            (marks::GAP_OPEN, None) => {
                push_text(&mut nodes, &mut plain);
                gap = Some(String::new());
            }
            (marks::GAP_CLOSE, Some(what)) => {
                nodes.push(Inline::Gap(std::mem::take(what)));
                gap = None;
            }
            (marks::LINES_OPEN | marks::LINES_CLOSE, _) => {}
            (marks::LINE | '\n', None) if breaks == Breaks::Keep => {
                push_text(&mut nodes, &mut plain);
                nodes.push(Inline::Break);
            }
            (marks::LINE | '\n', None) => {
                join(&mut plain);
                joining = true;
            }
            (c, Some(what)) => what.push(c),
            (c, None) if joining && c.is_whitespace() => {}
            (c, None) => {
                joining = false;
                plain.push(quotes.turned(c));
            }
        }
    }
    push_text(&mut nodes, &mut plain);
    nodes
}

/// Stops after which a line needs none when the next is joined to it.
const JOINTS: [char; 8] = ['。', '；', '，', '、', '！', '？', '：', ';'];

/// Joins the line under way with the next by ；, unless it ends in a stop.
fn join(plain: &mut String) {
    let kept = plain.trim_end().len();
    plain.truncate(kept);
    if !plain.is_empty() && !plain.ends_with(JOINTS) {
        plain.push('；');
    }
}

/// Ends the text under way; between adjacent “ ” or 《 》 no 、 stands (GB/T 15834-2011, 4.5.3.5).
fn push_text(nodes: &mut Text, plain: &mut String) {
    if !plain.is_empty() {
        let text = std::mem::take(plain).replace("”、“", "”“").replace("》、《", "》《");
        nodes.push(Inline::Text(text));
    }
}

/// Turns straight double quotes into pairs; where they do not pair (5" 屏), they stay.
struct Quotes {
    pair: bool,
    open: bool,
}

impl Quotes {
    fn of(text: &str) -> Self {
        Self { pair: text.matches('"').count().is_multiple_of(2), open: false }
    }

    fn turned(&mut self, c: char) -> char {
        if c != '"' || !self.pair {
            return c;
        }
        self.open = !self.open;
        if self.open { '“' } else { '”' }
    }
}

/// A heading's number (GB/T 9704-2012, 7.3.3): 一、 （一） 1. （1）.
fn heading_number(level: u8, number: usize) -> String {
    match level {
        1 => format!("{}、", chinese(number)),
        2 => format!("（{}）", chinese(number)),
        3 => format!("{number}."),
        _ => format!("（{number}）"),
    }
}

/// A number from 1 to 99 in Chinese.
fn chinese(number: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match (number / 10, number % 10) {
        (0, one) => DIGITS[one].to_owned(),
        (1, one) => format!("十{}", DIGITS[one]),
        (ten @ 2..=9, one) => format!("{}十{}", DIGITS[ten], DIGITS[one]),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Breaks, chinese, inline, run};
    use crate::report::parse::{Parsed, parse};
    use crate::report::{Block, Inline};

    #[test]
    fn numbers_read_as_chinese() {
        for (number, text) in [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "100")]
        {
            assert_eq!(chinese(number), text);
        }
    }

    #[test]
    fn headings_close_up_and_start_anew() {
        let parsed = parse("# 甲\n\n## 子\n\n## 丑\n\n# 乙\n\n## 寅\n\n### 卯\n\n#### 辰\n").unwrap_or_default();
        let numbers: Vec<String> = run(parsed)
            .into_iter()
            .filter_map(|block| match block {
                Block::Heading { number, .. } => Some(number),
                _ => None,
            })
            .collect();
        assert_eq!(numbers, ["一、", "（一）", "（二）", "二、", "（一）", "1.", "（1）"]);
    }

    #[test]
    fn quotes_pair_up_and_gaps_become_nodes() {
        let nodes = inline("\"甲\"、\"乙\"\u{fdd0}整改措施\u{fdd1}", Breaks::Join);
        assert_eq!(nodes, [Inline::Text("“甲”“乙”".to_owned()), Inline::Gap("整改措施".to_owned())]);
    }

    #[test]
    fn a_value_of_several_lines_parts_its_own_paragraph_and_no_sentence() {
        let alone = Parsed::Point(1, "\u{fdd3}甲。\u{fdd2}　　乙。\u{fdd4}".to_owned());
        let within = Parsed::Paragraph("议题为：\u{fdd3}党费\u{fdd2} 发展。\u{fdd2}其他\u{fdd4}。".to_owned());
        let blocks = run(vec![alone, within]);
        let texts: Vec<String> = blocks
            .iter()
            .map(|block| match block {
                Block::Paragraph { point, text } => format!("{point}{}", crate::report::plain(text)),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(texts, ["一是甲。", "乙。", "议题为：党费；发展。其他。"]);
        assert_eq!(inline("5\" 屏", Breaks::Join), [Inline::Text("5\" 屏".to_owned())]);
    }

    #[test]
    fn what_a_document_has_no_form_for_is_refused() {
        for markdown in ["**粗**", "- 甲", "> 引", "`码`", "<b>", "![图](a.png)", "[链](a)", "    码", "---"] {
            assert!(parse(markdown).is_err(), "{markdown}");
        }
    }
}
