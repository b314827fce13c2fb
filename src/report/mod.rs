//! The report as a tree that all writers share: the letter's fixed parts and a body of blocks.
//!
//! The only room that names pulldown-cmark. [`assemble`] parses the merged Markdown and runs the passes:
//! marks become nodes, headings and points are numbered, quotes turned, columns measured.

mod measure;
mod parse;
mod passes;
mod title;

use jiff::civil::Date;

use crate::diag::{Diagnostic, Place, code};
use crate::merge::Merged;
use crate::notice::Notice;

pub use measure::em_tenths;

/// A report, ready to be written in any format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The fixed parts.
    pub letter: Letter,
    /// Opening, sections and closing.
    pub body: Vec<Block>,
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

/// A run of text with gaps and breaks in it.
pub type Text = Vec<Inline>;

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Text as it reads.
    Text(String),
    /// Something the ledgers do not say; what it is.
    Gap(String),
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

impl Report {
    /// What is missing, with the part of the report where the gap stands.
    pub fn gaps(&self) -> Vec<(String, String)> {
        let mut gaps = Vec::new();
        let mut collect = |text: &Text, place: &str| {
            gaps.extend(text.iter().filter_map(|inline| match inline {
                Inline::Gap(what) => Some((what.clone(), place.to_owned())),
                Inline::Text(_) | Inline::Break => None,
            }));
        };
        self.letter.title.iter().for_each(|line| collect(line, "标题"));
        collect(&self.letter.addressee, "主送机关");
        let mut place = "开头".to_owned();
        for block in &self.body {
            match block {
                Block::Heading { number, text, .. } => {
                    place = format!("{number}{}", plain(text));
                    collect(text, &place);
                }
                Block::Paragraph { text, .. } => collect(text, &place),
                Block::Table(table) => {
                    let caption = table.caption.iter().map(|(_, text)| text);
                    let cells = table.rows.iter().flatten();
                    caption.chain(&table.head).chain(cells).for_each(|text| collect(text, &place));
                }
            }
        }
        collect(&self.letter.organisation, "署名");
        collect(&self.letter.signer, "签字栏");
        self.letter.note.iter().for_each(|note| collect(note, "附注"));
        gaps
    }

    /// The title on one line.
    pub fn title(&self) -> String {
        self.letter.title.iter().map(|line| plain(line)).collect()
    }
}

/// The text of a gap as it reads.
pub fn gap_text(what: &str) -> String {
    format!("【待填写：{what}】")
}

/// Text as it reads, on one line.
pub fn plain(text: &[Inline]) -> String {
    let pieces = text.iter().map(|inline| match inline {
        Inline::Text(text) => text.clone(),
        Inline::Gap(what) => gap_text(what),
        Inline::Break => " ".to_owned(),
    });
    pieces.collect()
}

/// Turns what the templates made into a report.
///
/// # Errors
/// With a finding when the templates use Markdown that an official document has no form for.
pub fn assemble(merged: &Merged, notice: &Notice, date: Option<Date>) -> Result<Report, Box<Diagnostic>> {
    let blocks = parse::parse(&merged.body).map_err(|(construct, text)| {
        let message = format!("模板中用了公文没有的格式：{construct}，在“{text}”处");
        Box::new(Diagnostic::new(&code::REPORT, Place::File(notice.folder().display().to_string()), message))
    })?;
    let one_line = |text: &str| passes::inline(text, passes::Breaks::Join);
    let words: Vec<Text> = merged.title.iter().map(|word| one_line(word)).collect();
    let letter = Letter {
        title: title::shape(words),
        addressee: one_line(&merged.addressee),
        signer: one_line(&merged.signer),
        organisation: one_line(&merged.organisation),
        date: date.unwrap_or(notice.letter.date),
        seal: notice.letter.seal,
        note: merged.note.as_deref().map(one_line),
    };
    Ok(Report { letter, body: passes::run(blocks) })
}
