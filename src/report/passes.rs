//! From parsed blocks to the finished body: numbers headings, points and captions, recognises captions, charts and
//! figures, splits values of several lines into paragraphs, parses inline text, lays out tables.

use super::inline::{LineBreaks, inlines_with_pictures, split_lines};
use super::parse::{BodyError, ParsedBlock, ParsedTable};
use super::text::{Inline, Inlines};
use super::tree::{Block, Caption, Table};
use super::{chart, figure, table_layout};
use crate::marker;
use crate::picture::Pictures;

/// Prefix of a paragraph that is the caption of the table below it.
pub(super) const TABLE_PREFIX: &str = "表：";
/// Prefix of a paragraph that turns the table below it into a bar chart, or is the caption of the pictures below it.
pub(super) const FIGURE_PREFIX: &str = "图：";

/// The captions so far; they are numbered through a report and its annexes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CaptionCount {
    /// Captioned tables.
    tables: usize,
    /// Charts and captioned pictures.
    figures: usize,
}

/// Turns parsed blocks into the body of a letter or an annex; `captions` are those before it, and then those behind it.
///
/// # Errors
/// When a table below `图：` does not fit a chart.
pub(super) fn run(
    parsed: Vec<ParsedBlock>,
    pictures: &Pictures,
    captions: &mut CaptionCount,
) -> Result<Vec<Block>, BodyError> {
    let mut body = BodyBuilder { pictures, blocks: Vec::new(), heading_numbers: [0; 4], captions: *captions };
    let mut parsed = parsed.into_iter().peekable();
    while let Some(block) = parsed.next() {
        match block {
            ParsedBlock::Heading(level, text) => body.heading(level, &text),
            ParsedBlock::Point(number, text) => body.paragraphs(format!("{}是", chinese(number)), &text),
            ParsedBlock::Paragraph(text) => {
                if let Some(ParsedBlock::Paragraph(next)) = parsed.peek()
                    && body.captioned_pictures(&text, next)
                {
                    parsed.next();
                    continue;
                }
                let table = match parsed.next_if(|next| matches!(next, ParsedBlock::Table(_))) {
                    Some(ParsedBlock::Table(table)) => Some(table),
                    _ => None,
                };
                body.paragraph_and_table(&text, table)?;
            }
            ParsedBlock::Table(table) => body.table(None, table),
        }
    }
    *captions = body.captions;
    Ok(body.blocks)
}

struct BodyBuilder<'p> {
    pictures: &'p Pictures,
    blocks: Vec<Block>,
    /// The number of the last heading of each level.
    heading_numbers: [usize; 4],
    captions: CaptionCount,
}

impl<'p> BodyBuilder<'p> {
    fn inlines(&self, text: &str, breaks: LineBreaks) -> Inlines {
        inlines_with_pictures(text, breaks, Some(self.pictures))
    }

    /// Adds a caption and the pictures of the paragraph below it; returns whether they were that.
    fn captioned_pictures(&mut self, text: &str, below: &str) -> bool {
        let Some(caption) = text.trim().strip_prefix(FIGURE_PREFIX) else { return false };
        let Some(pictures) = figure::pictures_of(&self.inlines(below, LineBreaks::Join)) else { return false };
        let text = self.inlines(caption, LineBreaks::Join);
        let caption = self.figure_caption(text);
        figure::add(&mut self.blocks, pictures, Some(caption));
        true
    }

    fn figure_caption(&mut self, text: Inlines) -> Caption {
        self.captions.figures += 1;
        Caption { number: format!("图{}", self.captions.figures), text }
    }

    /// Numbers a heading; the numbers of lower levels start anew.
    fn heading(&mut self, level: u8, text: &str) {
        let at = usize::from(level.clamp(1, 4)) - 1;
        self.heading_numbers[at] += 1;
        self.heading_numbers[at + 1..].fill(0);
        let number = heading_number(level, self.heading_numbers[at]);
        self.blocks.push(Block::Heading { level, number, text: self.inlines(text, LineBreaks::Join) });
    }

    /// A paragraph and the table below it, if any: a caption with its table, a chart, or both as they are.
    fn paragraph_and_table(&mut self, text: &str, table: Option<ParsedTable>) -> Result<(), BodyError> {
        let caption_after =
            |prefix: &str| text.trim().strip_prefix(prefix).map(|text| self.inlines(text, LineBreaks::Join));
        match table {
            Some(table) => {
                if let Some(caption) = caption_after(TABLE_PREFIX) {
                    self.captions.tables += 1;
                    self.table(Some(Caption { number: format!("表{}", self.captions.tables), text: caption }), table);
                } else if let Some(caption) = caption_after(FIGURE_PREFIX) {
                    let caption = self.figure_caption(caption);
                    let chart = chart::from_table(caption, &table.rows).ok_or_else(|| {
                        BodyError::new(
                            "图下面的表要有两列，一列名称、一列数字，数字不小于 0，都带 % 或都不带",
                            text.trim(),
                        )
                    })?;
                    self.blocks.push(Block::Chart(chart));
                } else {
                    self.paragraphs(String::new(), text);
                    self.table(None, table);
                }
            }
            None => self.paragraphs(String::new(), text),
        }
        Ok(())
    }

    /// A paragraph that is exactly one value of several lines becomes as many paragraphs, because official documents
    /// have no line breaks within one; only the first has the point. A value inside a sentence is joined into one line.
    fn paragraphs(&mut self, mut point: String, text: &str) {
        let text = text.trim();
        let value =
            text.strip_prefix(marker::MULTILINE_OPEN).and_then(|rest| rest.strip_suffix(marker::MULTILINE_CLOSE));
        let lines = match value.filter(|value| !value.contains(marker::MULTILINE_OPEN)) {
            Some(value) => split_lines(value),
            None => vec![text.to_owned()],
        };
        for line in lines {
            let text = self.inlines(&line, LineBreaks::Join);
            let has_picture = text.iter().any(|inline| matches!(inline, Inline::Picture(_)));
            if point.is_empty()
                && has_picture
                && let Some(pictures) = figure::pictures_of(&text)
            {
                figure::add(&mut self.blocks, pictures, None);
                continue;
            }
            self.blocks.push(Block::Paragraph { point: std::mem::take(&mut point), text });
        }
    }

    fn table(&mut self, caption: Option<Caption>, table: ParsedTable) {
        let parse_row = |row: &Vec<String>| row.iter().map(|cell| self.inlines(cell, LineBreaks::Keep)).collect();
        let mut rows = table.rows.iter().map(parse_row);
        let head: Vec<Inlines> = rows.next().unwrap_or_default();
        let rows: Vec<Vec<Inlines>> = rows.collect();
        let layout = table_layout::lay_out(&table.aligns, &head, &rows);
        self.blocks.push(Block::Table(Table {
            caption,
            columns: layout.columns,
            head,
            rows,
            landscape: layout.landscape,
            small: layout.small,
        }));
    }
}

/// A heading's number by level (GB/T 9704-2012, 7.3.3): 一、 （一） 1. （1）.
fn heading_number(level: u8, number: usize) -> String {
    match level {
        1 => format!("{}、", chinese(number)),
        2 => format!("（{}）", chinese(number)),
        3 => format!("{number}."),
        _ => format!("（{number}）"),
    }
}

/// A number from 1 to 99 in Chinese numerals; others in digits.
pub(super) fn chinese(number: usize) -> String {
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
    use super::{CaptionCount, Pictures, chinese, run};
    use crate::report::Block;
    use crate::report::parse::{ParsedBlock, parse};

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
        let numbers: Vec<String> = run(parsed, &Pictures::default(), &mut CaptionCount::default())
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
    fn a_value_of_several_lines_splits_its_own_paragraph_and_no_sentence() {
        let alone = "\u{fdd3}\u{fdd5}7\u{fdd6}甲。\u{fdd2}　　乙。\u{fdd7}\u{fdd4}".to_owned();
        let within = "议题为：\u{fdd3}党费\u{fdd2} 发展。\u{fdd2}其他\u{fdd4}。".to_owned();
        let parsed = vec![ParsedBlock::Point(1, alone), ParsedBlock::Paragraph(within)];
        let blocks = run(parsed, &Pictures::default(), &mut CaptionCount::default()).unwrap_or_default();
        let texts: Vec<String> = blocks
            .iter()
            .map(|block| match block {
                Block::Paragraph { point, text } => format!("{point}{}", crate::report::plain(text)),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(texts, ["一是甲。", "乙。", "议题为：党费；发展。其他。"]);
    }
}
