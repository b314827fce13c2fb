//! The passes from parsed blocks to the finished body.

use super::inline::{Breaks, inline, lines};
use super::parse::Parsed;
use super::{Block, Table, Text, chart, table_layout};
use crate::marker;

/// Begins a paragraph that is the caption of the table below it.
const TABLE: &str = "表：";
/// Begins a paragraph that makes a bar chart of the table below it.
const CHART: &str = "图：";

/// Numbers, splits, turns and measures.
///
/// # Errors
/// With what is wrong and the text it stands at, when a chart cannot be made of its table.
pub fn run(parsed: Vec<Parsed>) -> Result<Vec<Block>, (&'static str, String)> {
    let mut numbers = [0_usize; 4];
    let (mut tables, mut charts) = (0, 0);
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
            Parsed::Paragraph(text) => {
                let captioned =
                    |word: &str| text.trim().strip_prefix(word).map(|caption| inline(caption, Breaks::Join));
                let captions = (captioned(TABLE), captioned(CHART));
                match (captions, parsed.next_if(|next| matches!(next, Parsed::Table(..)))) {
                    ((Some(caption), _), Some(Parsed::Table(aligns, rows))) => {
                        tables += 1;
                        blocks.push(Block::Table(table(Some((format!("表{tables}"), caption)), &aligns, rows)));
                    }
                    ((_, Some(caption)), Some(Parsed::Table(_, rows))) => {
                        charts += 1;
                        let chart = chart::chart((format!("图{charts}"), caption), &rows);
                        let refused = (
                            "图下面的表要有两列，一列名称、一列数字，数字不小于 0，都带 % 或都不带",
                            text.trim().chars().take(30).collect(),
                        );
                        blocks.push(Block::Chart(chart.ok_or(refused)?));
                    }
                    (_, table_below) => {
                        paragraphs("", &text, &mut blocks);
                        if let Some(Parsed::Table(aligns, rows)) = table_below {
                            blocks.push(Block::Table(table(None, &aligns, rows)));
                        }
                    }
                }
            }
            Parsed::Table(aligns, rows) => blocks.push(Block::Table(table(None, &aligns, rows))),
        }
    }
    Ok(blocks)
}

/// A paragraph that is nothing but one value of several lines becomes as many paragraphs; official text knows no line
/// broken within one. A value inside a sentence is joined into one line.
fn paragraphs(point: &str, text: &str, blocks: &mut Vec<Block>) {
    let text = text.trim();
    let value = text.strip_prefix(marker::LINES_OPEN).and_then(|rest| rest.strip_suffix(marker::LINES_CLOSE));
    let lines = match value.filter(|value| !value.contains(marker::LINES_OPEN)) {
        Some(value) => lines(value),
        None => vec![text.to_owned()],
    };
    let mut point = point.to_owned();
    for line in lines {
        blocks.push(Block::Paragraph { point: std::mem::take(&mut point), text: inline(&line, Breaks::Join) });
    }
}

fn table(caption: Option<(String, Text)>, aligns: &[super::Align], rows: Vec<Vec<String>>) -> Table {
    let mut rows = rows.into_iter().map(|row| row.iter().map(|cell| inline(cell, Breaks::Keep)).collect::<Vec<_>>());
    let head = rows.next().unwrap_or_default();
    let rows: Vec<Vec<Text>> = rows.collect();
    let (columns, landscape) = table_layout::columns(aligns, &head, &rows);
    Table { caption, columns, head, rows, landscape }
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
    use super::{chinese, run};
    use crate::report::Block;
    use crate::report::parse::{Parsed, parse};

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
            .unwrap_or_default()
            .into_iter()
            .filter_map(|block| match block {
                Block::Heading { number, .. } => Some(number),
                _ => None,
            })
            .collect();
        assert_eq!(numbers, ["一、", "（一）", "（二）", "二、", "（一）", "1.", "（1）"]);
    }

    #[test]
    fn a_value_of_several_lines_parts_its_own_paragraph_and_no_sentence() {
        let alone = Parsed::Point(1, "\u{fdd3}\u{fdd5}7\u{fdd6}甲。\u{fdd2}　　乙。\u{fdd7}\u{fdd4}".to_owned());
        let within = Parsed::Paragraph("议题为：\u{fdd3}党费\u{fdd2} 发展。\u{fdd2}其他\u{fdd4}。".to_owned());
        let blocks = run(vec![alone, within]).unwrap_or_default();
        let texts: Vec<String> = blocks
            .iter()
            .map(|block| match block {
                Block::Paragraph { point, text } => format!("{point}{}", crate::report::plain(text)),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(texts, ["一是甲。", "乙。", "议题为：党费；发展。其他。"]);
    }

    #[test]
    fn what_a_document_has_no_form_for_is_refused() {
        for markdown in ["**粗**", "- 甲", "> 引", "`码`", "<b>", "![图](a.png)", "[链](a)", "    码", "---"] {
            assert!(parse(markdown).is_err(), "{markdown}");
        }
    }
}
