//! The annexes of a report: moves long tables of the letter into annexes, numbers the annexes, puts their marks where
//! texts refer to them, and lists them (附件说明).

use super::inline::{LineBreaks, inlines};
use super::parse::ParsedBlock;
use super::passes::{FIGURE_PREFIX, TABLE_PREFIX, chinese};
use super::text::Inlines;
use super::tree::{Annex, Block, Report};
use super::{table_layout, title};
use crate::marker;
use crate::notice::Orientation;
use crate::template::FilledAnnex;

/// An annex whose Markdown is parsed and whose number is not yet known.
#[derive(Debug)]
pub(super) struct ParsedAnnex {
    /// Its index in the settings; `None` for a table of the letter.
    index: Option<usize>,
    title: String,
    pub blocks: Vec<ParsedBlock>,
    orientation: Option<Orientation>,
}

impl ParsedAnnex {
    /// An annex of the settings with its blocks.
    pub(super) fn new(filled: &FilledAnnex, blocks: Vec<ParsedBlock>) -> Self {
        let FilledAnnex { index, title, orientation, .. } = filled;
        Self { index: Some(*index), title: title.clone(), blocks, orientation: *orientation }
    }
}

/// Moves the letter's tables of more than `max_rows` rows into annexes behind the others. A sentence that refers to the
/// annex stays; the caption becomes the annex's title, without one the heading above. The data of charts stay, and so
/// does a table with neither caption nor heading, which would be an annex without a title.
pub(super) fn move_long_tables(letter: &mut Vec<ParsedBlock>, max_rows: usize, annexes: &mut Vec<ParsedAnnex>) {
    let mut kept = Vec::with_capacity(letter.len());
    let mut blocks = std::mem::take(letter).into_iter().peekable();
    let mut heading = None;
    // The first row is the header.
    let is_long = |block: &ParsedBlock| matches!(block, ParsedBlock::Table(table) if table.rows.len() > max_rows + 1);
    while let Some(block) = blocks.next() {
        let (title, table) = match &block {
            ParsedBlock::Heading(_, text) => {
                heading = Some(HeadingTitle { text: text.clone(), tables: 0 });
                (None, None)
            }
            ParsedBlock::Paragraph(text) => match text.trim().strip_prefix(TABLE_PREFIX) {
                Some(caption) => (Some(caption.to_owned()), blocks.next_if(is_long)),
                None => (None, None),
            },
            _ if is_long(&block) && !kept.last().is_some_and(is_figure_caption) => {
                (heading.as_mut().map(HeadingTitle::next), None)
            }
            _ => (None, None),
        };
        match (title, table, block) {
            (Some(title), Some(table), _) | (Some(title), None, table @ ParsedBlock::Table(_)) => {
                let mark = marker::annex_reference(MOVED + annexes.len());
                kept.push(ParsedBlock::Paragraph(format!("{title}见{mark}。")));
                annexes.push(ParsedAnnex { index: None, title, blocks: vec![table], orientation: None });
            }
            (_, _, block) => kept.push(block),
        }
    }
    *letter = kept;
}

/// The titles of tables without captions: the heading above them.
struct HeadingTitle {
    text: String,
    /// How many tables below it have a title.
    tables: usize,
}

impl HeadingTitle {
    /// 学习情况表; of further tables 学习情况表（二）, 学习情况表（三）.
    fn next(&mut self) -> String {
        self.tables += 1;
        let number = if self.tables > 1 { format!("（{}）", chinese(self.tables)) } else { String::new() };
        let text = self.text.trim().trim_end_matches('。');
        let kind = if text.ends_with('表') { "" } else { "表" };
        format!("{text}{kind}{number}")
    }
}

fn is_figure_caption(block: &ParsedBlock) -> bool {
    matches!(block, ParsedBlock::Paragraph(text) if text.trim().starts_with(FIGURE_PREFIX))
}

/// References to moved tables are by their position among all annexes, counted from here: no settings have so many.
const MOVED: usize = 1 << 20;

/// The marks of a report's annexes.
pub(super) struct Marks {
    /// The annexes' indices in the settings, in their order.
    indices: Vec<Option<usize>>,
}

impl Marks {
    pub(super) fn new(annexes: &[ParsedAnnex]) -> Self {
        Self { indices: annexes.iter().map(|annex| annex.index).collect() }
    }

    /// 附件 of the only annex, 附件1, 附件2, … of several; `position` from 0.
    fn mark(&self, position: usize) -> String {
        if self.indices.len() == 1 { "附件".to_owned() } else { format!("附件{}", position + 1) }
    }

    /// Puts marks in place of the references in a text; a gap where the report does not have the annex.
    pub(super) fn resolve(&self, text: &mut String) {
        let mut from = 0;
        while let Some(start) = text[from..].find(marker::ANNEX_OPEN).map(|at| from + at) {
            let Some(len) = text[start..].find(marker::ANNEX_CLOSE) else { return };
            let end = start + len + marker::ANNEX_CLOSE.len_utf8();
            let index: Option<usize> = text[start + marker::ANNEX_OPEN.len_utf8()..start + len].parse().ok();
            let position = index.and_then(|index| match index.checked_sub(MOVED) {
                Some(position) => Some(position),
                None => self.indices.iter().position(|known| *known == Some(index)),
            });
            let mark = position.map_or_else(|| marker::gap("附件（本单位没有这个附件）"), |at| self.mark(at));
            text.replace_range(start..end, &mark);
            from = start + mark.len();
        }
    }

    /// The same in blocks.
    pub(super) fn resolve_blocks(&self, blocks: &mut [ParsedBlock]) {
        blocks.iter_mut().flat_map(ParsedBlock::texts_mut).for_each(|text| self.resolve(text));
    }

    /// The annex at a position, with its finished blocks.
    pub(super) fn annex(&self, position: usize, parsed: &ParsedAnnex, mut body: Vec<Block>) -> Annex {
        let needs_landscape = |block: &Block| matches!(block, Block::Table(table) if table.landscape);
        let landscape = match parsed.orientation {
            Some(orientation) => orientation == Orientation::Landscape,
            None => body.iter().any(needs_landscape),
        };
        for block in &mut body {
            if let Block::Table(table) = block
                && (landscape || table.landscape)
            {
                table_layout::fit(table, landscape);
            }
        }
        let mut title = parsed.title.clone();
        self.resolve(&mut title);
        let title = title::break_lines(title::words(inlines(&title, LineBreaks::Join)));
        Annex { mark: self.mark(position), title, body, landscape }
    }
}

/// A line of 附件说明 (GB/T 9704-2012, 7.3.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnexEntry {
    /// `1.`, `2.`, … of several annexes; empty for the only one.
    pub number: String,
    /// The annex's title on one line; no stop follows it.
    pub title: Inlines,
}

/// What the first line of 附件说明 begins with.
pub(crate) const ANNEX_LIST_LEAD: &str = "附件：";

impl Report<'_> {
    /// 附件说明: a line for each annex, in order.
    pub fn annex_list(&self) -> Vec<AnnexEntry> {
        let is_numbered = self.annexes.len() > 1;
        let number = |index: usize| if is_numbered { format!("{}.", index + 1) } else { String::new() };
        let entry = |(index, annex): (usize, &Annex)| AnnexEntry { number: number(index), title: annex.title.concat() };
        self.annexes.iter().enumerate().map(entry).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::super::parse::{ParsedBlock, parse};
    use super::{Marks, ParsedAnnex, move_long_tables};
    use crate::marker::annex_reference;
    use crate::report::{Inlines, LetterParts, Report, plain};

    fn parsed(titles: &[String]) -> Vec<ParsedAnnex> {
        let annex = |(at, title): (usize, &String)| ParsedAnnex {
            index: Some(10 - at.min(10)),
            title: title.clone(),
            blocks: Vec::new(),
            orientation: None,
        };
        titles.iter().enumerate().map(annex).collect()
    }

    fn report(annexes: &[ParsedAnnex]) -> Report<'static> {
        let letter = LetterParts {
            head: None,
            title: Vec::new(),
            addressee: Inlines::new(),
            signer: Inlines::new(),
            organisations: Vec::new(),
            date: date(2018, 11, 2),
            seal: false,
            note: None,
            tail: None,
        };
        let marks = Marks::new(annexes);
        let annexes = annexes.iter().enumerate().map(|(at, parsed)| marks.annex(at, parsed, Vec::new())).collect();
        Report { letter, body: Vec::new(), annexes, provenance: Vec::new(), code: None }
    }

    proptest! {
        #[test]
        fn the_list_has_the_numbers_and_titles_of_the_annexes(
            titles in prop::collection::vec("[\u{4e00}-\u{4eff}（）、的《》“”0-9a-z 。]{1,70}", 0..13)
        ) {
            let parsed = parsed(&titles);
            let report = report(&parsed);
            let list = report.annex_list();
            prop_assert_eq!(list.len(), titles.len());
            for (index, ((entry, annex), title)) in list.iter().zip(&report.annexes).zip(&titles).enumerate() {
                let number = if titles.len() == 1 { String::new() } else { (index + 1).to_string() };
                prop_assert_eq!(&annex.mark, &format!("附件{number}"));
                prop_assert_eq!(entry.number.trim_end_matches('.'), number);
                let printed: String = annex.title.iter().map(|line| plain(line)).collect();
                prop_assert_eq!(&plain(&entry.title), &printed);
                prop_assert_eq!(printed, plain(&super::inlines(title, super::LineBreaks::Join)));
                // Indices in the settings are 10, 9, 8, …
                let mut reference = annex_reference(10_usize.saturating_sub(index));
                Marks::new(&parsed).resolve(&mut reference);
                prop_assert!(index > 10 || reference == annex.mark);
            }
        }
    }

    #[test]
    fn long_tables_without_captions_move_under_the_title_of_their_heading() {
        let table = "| 甲 |\n| --- |\n| 1 |\n| 2 |\n| 3 |\n";
        let moved = |markdown: &str| {
            let (mut letter, mut annexes) = (parse(markdown).unwrap(), Vec::new());
            move_long_tables(&mut letter, 2, &mut annexes);
            let left = letter.iter().filter(|block| matches!(block, ParsedBlock::Table(_))).count();
            (annexes.into_iter().map(|annex| annex.title).collect::<Vec<_>>(), left)
        };
        let titles = |titles: &[&str]| titles.iter().map(|title| (*title).to_owned()).collect::<Vec<_>>();
        let under = |heading: &str, text: &str| moved(&format!("# {heading}\n\n{text}"));
        assert_eq!(under("学习情况", &format!("如下：\n\n{table}")), (titles(&["学习情况表"]), 0));
        assert_eq!(under("情况一览表", table), (titles(&["情况一览表"]), 0));
        let two = format!("{table}\n中间\n\n{table}\n\n表：名单\n\n{table}\n末尾\n\n{table}");
        assert_eq!(
            under("学习情况", &two),
            (titles(&["学习情况表", "学习情况表（二）", "名单", "学习情况表（三）"]), 0)
        );
        assert_eq!(under("学习情况", &format!("图：人数\n\n{table}")), (titles(&[]), 1), "the data of a chart");
        assert_eq!(moved(table), (titles(&[]), 1), "no heading");
        assert_eq!(under("学习情况", "| 甲 |\n| --- |\n| 1 |\n| 2 |\n"), (titles(&[]), 1), "a short one");
    }

    #[test]
    fn a_reference_to_an_annex_that_is_not_there_is_a_gap() {
        let marks = Marks::new(&parsed(&["甲".to_owned(), "乙".to_owned()]));
        let mut text = format!("见{}和{}。", annex_reference(9), annex_reference(3));
        marks.resolve(&mut text);
        assert_eq!(text, "见附件2和\u{fdd0}附件（本单位没有这个附件）\u{fdd1}。");
    }
}
