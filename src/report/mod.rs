//! The report as a tree that all writers share: the letter's fixed parts and a body of blocks.
//!
//! The only room that names pulldown-cmark. [`assemble`] parses the merged Markdown and runs the passes:
//! marks become nodes, headings and points are numbered, quotes turned, columns measured.

mod chart;
mod inline;
mod parse;
mod passes;
mod table_layout;
mod title;

use jiff::civil::Date;

use crate::diagnostics::{Diagnostic, Location, code};
use crate::notice::{self, Notice};
use crate::provenance::Provenance;
use crate::report_code::PrintedCode;
use crate::template::Merged;

pub use table_layout::em_tenths;

/// A report, ready to be written in any format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<'n> {
    /// The fixed parts.
    pub letter: Letter,
    /// Opening, sections and closing.
    pub body: Vec<Block>,
    /// Where the texts come from that have an origin, in the order in which they are read.
    pub origins: Vec<Provenance<'n>>,
    /// The code that a final report bears.
    pub stamp: Option<PrintedCode>,
}

/// The fixed parts of a report (GB/T 9704-2012, 7.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The title's lines, broken between words.
    pub title: Vec<Text>,
    /// 主送机关, without its colon.
    pub addressee: Text,
    /// Who signs, such as 党支部书记.
    pub signer: Text,
    /// 署名.
    pub organisation: Text,
    /// 成文日期.
    pub date: Date,
    /// Whether a seal goes over 署名 and date.
    pub seal: bool,
    /// 附注, without its brackets.
    pub note: Option<Text>,
}

/// Origins that most reports need room for.
const ORIGINS: usize = 192;

/// A run of text with gaps and breaks in it.
pub type Text = Vec<Inline>;

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Text as it reads.
    Text(String),
    /// Text that comes from ledgers, and the place of its origin among the report's.
    Sourced(String, u32),
    /// Something the ledgers do not say: what it is, and the place of its origin when a cell should have said it.
    Gap(String, Option<u32>),
    /// A line break; only in table cells, paragraphs are parted there.
    Break,
}

/// A block of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading with its number: 一、 （一） 1. （1）.
    Heading {
        /// 1 to 4.
        level: u8,
        /// The number as it reads.
        number: String,
        /// The heading itself.
        text: Text,
    },
    /// A paragraph; a run-in point begins with its 一是.
    Paragraph {
        /// 一是, 二是, …; empty for any other paragraph.
        point: String,
        /// The text.
        text: Text,
    },
    /// A table.
    Table(Table),
    /// A bar chart.
    Chart(Chart),
}

/// A bar chart: one bar a row, each with its name and its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// 图1, 图2, … and the caption.
    pub caption: (String, Text),
    /// What the names and the numbers are.
    pub head: [Text; 2],
    /// The bars, in order.
    pub bars: Vec<Bar>,
}

/// A bar of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Whose it is.
    pub name: Text,
    /// Its number as it reads.
    pub number: Text,
    /// Its length in thousandths of the whole: of 100 % for rates, of the longest bar for other numbers.
    pub share: u16,
}

/// A table with its measured columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// 表1, 表2, … and the caption, when it has one.
    pub caption: Option<(String, Text)>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The header row.
    pub head: Vec<Text>,
    /// The rows, each with as many cells as there are columns.
    pub rows: Vec<Vec<Text>>,
    /// Whether it needs a page on its side.
    pub landscape: bool,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// How its cells are set.
    pub align: Align,
    /// Its share of the table's width, in thousandths; all shares sum to 1000.
    pub share: u16,
}

/// How the cells of a column are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Flush left.
    Left,
    /// In the middle.
    Center,
    /// Flush right.
    Right,
}

impl<'n> Report<'n> {
    /// Every text in the order in which it is read, with the part of the report where it stands.
    pub fn visit<'r>(&'r self, mut visit: impl FnMut(&'r Text, &str)) {
        self.letter.title.iter().for_each(|line| visit(line, "标题"));
        visit(&self.letter.addressee, "主送机关");
        let mut place = "开头".to_owned();
        for block in &self.body {
            if let Block::Heading { number, text, .. } = block {
                place = format!("{number}{}", plain(text));
            }
            block.each_text(|text| visit(text, &place));
        }
        visit(&self.letter.organisation, "署名");
        visit(&self.letter.signer, "签字栏");
        self.letter.note.iter().for_each(|note| visit(note, "附注"));
    }

    /// What is missing, with the part of the report where the gap stands.
    pub fn gaps(&self) -> Vec<(String, String)> {
        let mut gaps = Vec::new();
        self.visit(|text, place| {
            gaps.extend(text.iter().filter_map(|inline| match inline {
                Inline::Gap(what, _) => Some((what.clone(), place.to_owned())),
                Inline::Text(_) | Inline::Sourced(..) | Inline::Break => None,
            }));
        });
        gaps
    }

    /// The title on one line.
    pub fn title(&self) -> String {
        self.letter.title.iter().map(|line| plain(line)).collect()
    }

    /// Looks the origins up, each once, in the order in which their texts are read; `find` gives the one behind a key.
    fn trace(&mut self, find: &dyn Fn(u32) -> Option<Provenance<'n>>) {
        let letter = &mut self.letter;
        let head = letter.title.iter_mut().chain([&mut letter.addressee]);
        let tail = [&mut letter.organisation, &mut letter.signer].into_iter().chain(&mut letter.note);
        let body = self.body.iter_mut().flat_map(Block::texts_mut);
        // By their keys, which are small.
        let mut places: Vec<Option<u32>> = Vec::new();
        self.origins.reserve(ORIGINS);
        for inline in head.chain(body).chain(tail).flatten() {
            let mut place_of = |key: u32| {
                let at = key as usize;
                if let Some(Some(place)) = places.get(at) {
                    return Some(*place);
                }
                self.origins.push(find(key)?);
                let place = self.origins.len() as u32 - 1;
                places.resize(places.len().max(at + 1), None);
                places[at] = Some(place);
                Some(place)
            };
            match inline {
                Inline::Sourced(text, key) => match place_of(*key) {
                    Some(place) => *key = place,
                    None => *inline = Inline::Text(std::mem::take(text)),
                },
                Inline::Gap(_, key) => *key = key.and_then(place_of),
                Inline::Text(_) | Inline::Break => {}
            }
        }
    }
}

impl Block {
    /// Hands its texts out in the order in which they are read.
    fn each_text<'b>(&'b self, mut visit: impl FnMut(&'b Text)) {
        match self {
            Self::Heading { text, .. } | Self::Paragraph { text, .. } => visit(text),
            Self::Table(table) => {
                let caption = table.caption.iter().map(|(_, text)| text);
                caption.chain(&table.head).chain(table.rows.iter().flatten()).for_each(visit);
            }
            Self::Chart(chart) => {
                let bars = chart.bars.iter().flat_map(|bar| [&bar.name, &bar.number]);
                std::iter::once(&chart.caption.1).chain(&chart.head).chain(bars).for_each(visit);
            }
        }
    }

    /// Its texts in the same order, to be changed.
    fn texts_mut(&mut self) -> Vec<&mut Text> {
        match self {
            Self::Heading { text, .. } | Self::Paragraph { text, .. } => vec![text],
            Self::Table(table) => {
                let caption = table.caption.iter_mut().map(|(_, text)| text);
                caption.chain(&mut table.head).chain(table.rows.iter_mut().flatten()).collect()
            }
            Self::Chart(chart) => {
                let bars = chart.bars.iter_mut().flat_map(|bar| [&mut bar.name, &mut bar.number]);
                std::iter::once(&mut chart.caption.1).chain(&mut chart.head).chain(bars).collect()
            }
        }
    }
}

/// The text of a gap as it reads.
pub fn gap_text(what: &str) -> String {
    format!("【待填写：{what}】")
}

/// Text as it reads, on one line.
pub fn plain(text: &[Inline]) -> String {
    let pieces = text.iter().map(|inline| match inline {
        Inline::Text(text) | Inline::Sourced(text, _) => text.clone(),
        Inline::Gap(what, _) => gap_text(what),
        Inline::Break => " ".to_owned(),
    });
    pieces.collect()
}

/// Turns what the templates made into a report; `find` gives the origin behind a key.
///
/// # Errors
/// With a finding when the templates use Markdown that an official document has no form for.
pub fn assemble<'n>(
    merged: &Merged,
    letter: &notice::Letter,
    notice: &Notice,
    date: Option<Date>,
    find: &dyn Fn(u32) -> Option<Provenance<'n>>,
) -> Result<Report<'n>, Box<Diagnostic>> {
    let body = parse::parse(&merged.body).and_then(passes::run).map_err(|(construct, text)| {
        let message = format!("模板中用了公文没有的格式：{construct}，在“{text}”处");
        Box::new(Diagnostic::new(&code::REPORT, Location::File(notice.folder().display().to_string()), message))
    })?;
    let one_line = |text: &str| inline::inline(text, inline::Breaks::Join);
    let words: Vec<Text> = merged.title.iter().map(|word| one_line(word)).collect();
    let letter = Letter {
        title: title::shape(words),
        addressee: one_line(&merged.addressee),
        signer: one_line(&merged.signer),
        organisation: one_line(&merged.organisation),
        date: date.unwrap_or(letter.date),
        seal: letter.seal,
        note: merged.note.as_deref().map(one_line),
    };
    let mut report = Report { letter, body, origins: Vec::new(), stamp: None };
    report.trace(find);
    Ok(report)
}
