//! The report tree: the letter's fixed parts and a body of blocks, the same for every renderer.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Gap;
use super::letter::LetterParts;
use super::letter_head::Head;
use super::text::{Inline, Inlines, plain};
use crate::picture::Picture;
use crate::provenance::Provenance;
use crate::report_code::PrintedCode;
use crate::store::Digest;

/// A report, ready to be rendered in any format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<'n> {
    /// The fixed parts around the body.
    pub letter: LetterParts,
    /// Opening, sections and closing; the last block is the closing.
    pub body: Vec<Block>,
    /// What follows the letter on pages of its own, in order.
    pub annexes: Vec<Annex>,
    /// Provenance of the texts that have one, each once, in reading order. [`Inline`] refers to it by index.
    pub provenance: Vec<Provenance<'n>>,
    /// The code printed on a final report; `None` on drafts.
    pub code: Option<PrintedCode>,
}

/// An annex (附件; GB/T 9704-2012, 7.3.7): it begins on a page of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annex {
    /// 附件 of the only annex, 附件1, 附件2, … of several.
    pub mark: String,
    /// The title's lines, broken between words.
    pub title: Vec<Inlines>,
    /// The blocks below the title; no table of them has a page of its own.
    pub body: Vec<Block>,
    /// Whether its pages are landscape.
    pub landscape: bool,
}

/// A block of the body or of an annex, in the order of reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A numbered heading: 一、 （一） 1. （1）.
    Heading {
        /// 1 to 4.
        level: u8,
        /// The number as printed.
        number: String,
        /// The heading without its number.
        text: Inlines,
    },
    /// A paragraph of body text.
    Paragraph {
        /// 一是, 二是, … when the paragraph opens a run-in point; otherwise empty.
        point: String,
        /// The text, without the point.
        text: Inlines,
    },
    /// A table, with or without a caption.
    Table(Table),
    /// A bar chart, made from a table below a caption that begins with 图：.
    Chart(Chart),
    /// Pictures of ledgers, with their captions.
    Pictures(PictureGroup),
}

/// Pictures, two in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureGroup {
    /// The pictures in reading order.
    pub cells: Vec<FigureCell>,
    /// The caption below all of them; `None` where each has its own, or there is none.
    pub caption: Option<Caption>,
}

/// A picture with its own caption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureCell {
    /// One [`Inline::Picture`], or an [`Inline::Gap`] in its place.
    pub picture: Inlines,
    /// Its own caption.
    pub caption: Option<Caption>,
}

/// The caption of a table, a chart or pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    /// 表1, 表2, … or 图1, 图2, …: tables are counted by themselves, charts and pictures together.
    pub number: String,
    /// The caption without its number.
    pub text: Inlines,
}

/// A bar chart: one bar a row, each with its name and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// The caption, with a number 图1, 图2, …
    pub caption: Caption,
    /// Header of the bars' names.
    pub name_header: Inlines,
    /// Header of the bars' values.
    pub value_header: Inlines,
    /// The bars, in the order of the template's rows.
    pub bars: Vec<Bar>,
}

/// A bar of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// The label before it: a name of the table's first column.
    pub name: Inlines,
    /// Its value as printed, with its unit.
    pub value: Inlines,
    /// Its length in thousandths of the longest possible bar: 100 % for rates, the largest value for other numbers.
    pub share: u16,
}

/// A table with its columns' widths computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The caption, with a number 表1, 表2, …; `None` without a caption in the template.
    pub caption: Option<Caption>,
    /// The columns' alignment and widths.
    pub columns: Vec<TableColumn>,
    /// The header row.
    pub head: Vec<Inlines>,
    /// The rows below the header, each with as many cells as there are columns.
    pub rows: Vec<Vec<Inlines>>,
    /// Whether the table is too wide for an upright page.
    pub landscape: bool,
    /// Whether it is set in small type (小六) with narrow margins: its numbers and names do not fit a landscape page
    /// otherwise.
    pub small: bool,
}

/// How a column of a table is set: alignment and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// Alignment of its cells below the header.
    pub align: Align,
    /// Its share of the table's width, in thousandths; the shares of a table sum to 1000.
    pub share: u16,
}

/// Horizontal alignment of the cells of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Flush left.
    Left,
    /// Centred.
    Center,
    /// Flush right.
    Right,
}

impl<'n> Report<'n> {
    /// Calls `visit` with every text in reading order and the part of the report that contains it: the last heading
    /// with its number, or the name of a fixed part.
    pub fn for_each_text<'r>(&'r self, mut visit: impl FnMut(&'r Inlines, &str)) {
        self.letter.head.iter().flat_map(Head::texts).for_each(|part| visit(part.text, part.label));
        self.letter.title.iter().for_each(|line| visit(line, "标题"));
        visit(&self.letter.addressee, "主送机关");
        let mut part = "开头".to_owned();
        for block in &self.body {
            if let Block::Heading { number, text, .. } = block {
                part = format!("{number}{}", plain(text));
            }
            block.for_each_text(|text| visit(text, &part));
        }
        self.letter.organisations.iter().for_each(|name| visit(name, "署名"));
        visit(&self.letter.signer, "签字栏");
        self.letter.note.iter().for_each(|note| visit(note, "附注"));
        for Annex { mark, title, body, .. } in &self.annexes {
            let title_text: String = title.iter().map(|line| plain(line)).collect();
            let part = format!("{mark}　{title_text}");
            title.iter().for_each(|line| visit(line, &part));
            body.iter().for_each(|block| block.for_each_text(|text| visit(text, &part)));
        }
        if let Some(tail) = &self.letter.tail {
            tail.copy_to.iter().for_each(|text| visit(text, "抄送机关"));
            tail.printer.iter().for_each(|text| visit(text, "印发机关"));
        }
    }

    /// Every gap in reading order.
    pub fn gaps(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        self.for_each_text(|text, part| {
            gaps.extend(text.iter().filter_map(|inline| match inline {
                Inline::Gap(label, _) => Some(Gap { what: label.clone(), part: part.to_owned() }),
                Inline::Text(_) | Inline::Sourced(..) | Inline::Break | Inline::Picture(_) => None,
            }));
        });
        gaps
    }

    /// The blocks of the letter and of the annexes, in reading order.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.body.iter().chain(self.annexes.iter().flat_map(|annex| &annex.body))
    }

    /// Whether some of its pages are landscape.
    pub fn has_landscape_pages(&self) -> bool {
        let is_landscape = |block: &Block| matches!(block, Block::Table(table) if table.landscape);
        self.body.iter().any(is_landscape) || self.annexes.iter().any(|annex| annex.landscape)
    }

    /// Whether it is a draft: it has no code.
    pub fn is_draft(&self) -> bool {
        self.code.is_none()
    }

    /// The pictures in reading order, each once.
    pub fn pictures(&self) -> IndexMap<Digest, Arc<Picture>> {
        let mut pictures = IndexMap::new();
        self.for_each_text(|text, _| {
            for inline in text {
                if let Inline::Picture(printed) = inline {
                    pictures.entry(printed.digest).or_insert_with(|| Arc::clone(&printed.picture));
                }
            }
        });
        pictures
    }

    /// The title on one line.
    pub fn title(&self) -> String {
        self.letter.title.iter().map(|line| plain(line)).collect()
    }

    /// Replaces the provenance keys of all texts by indices into [`Report::provenance`], and fills that list from
    /// `find`. A text whose key `find` does not have loses its provenance.
    pub(super) fn resolve_provenance(&mut self, find: &dyn Fn(u32) -> Option<Provenance<'n>>) {
        /// Provenance entries of a branch's report with four tables, rounded up.
        const TYPICAL_LEN: usize = 192;

        let letter = &mut self.letter;
        let head = letter.head.iter_mut().flat_map(Head::texts_mut);
        let before_body = head.chain(&mut letter.title).chain([&mut letter.addressee]);
        let tail = letter.tail.iter_mut().flat_map(|tail| tail.copy_to.iter_mut().chain(&mut tail.printer));
        let after_body =
            letter.organisations.iter_mut().chain([&mut letter.signer]).chain(&mut letter.note).chain(tail);
        let body = self.body.iter_mut().flat_map(Block::texts_mut);
        let annexes = self
            .annexes
            .iter_mut()
            .flat_map(|annex| annex.title.iter_mut().chain(annex.body.iter_mut().flat_map(Block::texts_mut)));
        // Keys are small and dense, so a list by key serves as the map from key to index.
        let mut index_by_key: Vec<Option<u32>> = Vec::new();
        self.provenance.reserve(TYPICAL_LEN);
        for inline in before_body.chain(body).chain(after_body).chain(annexes).flatten() {
            let mut index_of = |key: u32| {
                let slot = key as usize;
                if let Some(Some(index)) = index_by_key.get(slot) {
                    return Some(*index);
                }
                self.provenance.push(find(key)?);
                let index = self.provenance.len() as u32 - 1;
                index_by_key.resize(index_by_key.len().max(slot + 1), None);
                index_by_key[slot] = Some(index);
                Some(index)
            };
            match inline {
                Inline::Sourced(text, key) => match index_of(*key) {
                    Some(index) => *key = index,
                    None => *inline = Inline::Text(std::mem::take(text)),
                },
                Inline::Gap(_, key) => *key = key.and_then(index_of),
                Inline::Picture(printed) => {
                    printed.provenance = printed.provenance.and_then(index_of);
                    if printed.alt.is_empty() {
                        let origin = printed.provenance.and_then(|index| self.provenance.get(index as usize));
                        printed.alt = origin.map_or("图片", |origin| origin.name).to_owned();
                    }
                }
                Inline::Text(_) | Inline::Break => {}
            }
        }
    }
}

impl Block {
    /// Calls `visit` with the block's texts in reading order.
    fn for_each_text<'b>(&'b self, mut visit: impl FnMut(&'b Inlines)) {
        match self {
            Self::Heading { text, .. } | Self::Paragraph { text, .. } => visit(text),
            Self::Table(table) => {
                let caption = table.caption.iter().map(|caption| &caption.text);
                caption.chain(&table.head).chain(table.rows.iter().flatten()).for_each(visit);
            }
            Self::Chart(chart) => {
                let headers = [&chart.caption.text, &chart.name_header, &chart.value_header];
                let bars = chart.bars.iter().flat_map(|bar| [&bar.name, &bar.value]);
                headers.into_iter().chain(bars).for_each(visit);
            }
            Self::Pictures(group) => {
                let caption_text = |caption: &'b Caption| &caption.text;
                for FigureCell { picture, caption } in &group.cells {
                    visit(picture);
                    caption.iter().map(caption_text).for_each(&mut visit);
                }
                group.caption.iter().map(caption_text).for_each(visit);
            }
        }
    }

    /// The block's texts in reading order, mutable.
    fn texts_mut(&mut self) -> Vec<&mut Inlines> {
        match self {
            Self::Heading { text, .. } | Self::Paragraph { text, .. } => vec![text],
            Self::Table(table) => {
                let caption = table.caption.iter_mut().map(|caption| &mut caption.text);
                caption.chain(&mut table.head).chain(table.rows.iter_mut().flatten()).collect()
            }
            Self::Chart(chart) => {
                let headers = [&mut chart.caption.text, &mut chart.name_header, &mut chart.value_header];
                let bars = chart.bars.iter_mut().flat_map(|bar| [&mut bar.name, &mut bar.value]);
                headers.into_iter().chain(bars).collect()
            }
            Self::Pictures(PictureGroup { cells, caption }) => {
                fn caption_text(caption: &mut Caption) -> &mut Inlines {
                    &mut caption.text
                }
                let cells = cells.iter_mut().flat_map(|FigureCell { picture, caption }| {
                    std::iter::once(picture).chain(caption.as_mut().map(caption_text))
                });
                cells.chain(caption.as_mut().map(caption_text)).collect()
            }
        }
    }
}
