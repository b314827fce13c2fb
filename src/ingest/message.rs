//! Messages of a reader process: what [`Sender`](super::protocol::Sender) sends and a receiver checks.
//!
//! Borrowed from the sender's values and from the receiver's frame. Texts that many cells share, and texts that cells
//! show by their number formats, are sent once and referred to by number from then on.

use std::sync::Arc;

use ahash::AHashMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::limits::ReadError;
use super::merges::Merge;
use super::raw_cell::{Formatted, Formula, RawCell};
use super::raw_sheet::{ColumnRange, PlacedCell, PlacedPicture, RowRange};

/// A step of an answer; borrowed from the sender's values and from the receiver's frame.
#[derive(Serialize, Deserialize)]
pub(super) enum Message<'a> {
    /// The next sheet begins.
    #[serde(borrow)]
    Sheet(SheetMessage<'a>),
    /// A cell of the last sheet.
    #[serde(borrow)]
    Cell(CellMessage<'a>),
    /// The metadata of a sheet.
    #[serde(borrow)]
    Metadata(MetadataMessage<'a>),
    /// The end, and whether the file was read.
    End(Result<(), ReadError>),
}

#[derive(Serialize, Deserialize)]
pub(super) struct SheetMessage<'a> {
    pub name: &'a str,
    pub is_hidden: bool,
    pub epoch_1904: bool,
    pub recalculates: bool,
    pub merges: Option<Vec<Merge>>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct CellMessage<'a> {
    pub row: u32,
    pub col: u32,
    #[serde(borrow)]
    pub content: CellContent<'a>,
}

/// What a cell holds: a [`RawCell`] as it is sent.
#[derive(Serialize, Deserialize)]
pub(super) enum CellContent<'a> {
    Text(&'a str),
    /// A shared text, which gets the next number.
    NewSharedText(&'a str),
    /// The number of a shared text that was sent before.
    SharedText(u32),
    StruckOut {
        rest: &'a str,
        struck: &'a str,
    },
    Number(f64),
    Rate(f64),
    Date(DateMessage),
    /// A number, rate, date or length of time, with what its cell shows.
    Shown(ShownValue, Shown<'a>),
    PartialDate(&'a str),
    Duration(f64),
    Flag(bool),
    Error(&'a str),
    #[serde(borrow)]
    Formula(FormulaMessage<'a>),
    /// The names of the pictures' parts.
    Picture(&'a str),
}

/// A value whose number format decides what its cell shows.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum ShownValue {
    Number(f64),
    Rate(f64),
    Date(DateMessage),
    Duration(f64),
}

/// What a cell shows, or the code of a number format.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum Shown<'a> {
    /// A text, which gets the next number.
    New(&'a str),
    /// The number of a text that was sent before.
    Known(u32),
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct DateMessage {
    pub year: i16,
    pub month: i8,
    pub day: i8,
}

#[derive(Serialize, Deserialize)]
pub(super) struct FormulaMessage<'a> {
    pub text: &'a str,
    #[serde(borrow)]
    pub format: Shown<'a>,
    #[serde(borrow)]
    pub stored: Option<Box<CellContent<'a>>>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct MetadataMessage<'a> {
    /// The index of the sheet.
    pub sheet: usize,
    pub hidden_rows: Vec<RowRange>,
    pub hidden_columns: Vec<ColumnRange>,
    pub total_rows: Vec<u32>,
    pub pictures: Vec<PlacedPicture>,
    pub floating_pictures: u32,
    pub merges: Option<Vec<Merge>>,
    #[serde(borrow)]
    pub missed_cells: Vec<CellMessage<'a>>,
}

/// The numbers of the texts that cells showed so far.
pub(super) type ShownTexts = AHashMap<Arc<str>, u32>;

impl<'a> CellMessage<'a> {
    pub(super) fn new(cell: &'a PlacedCell, shown_texts: &mut ShownTexts) -> Self {
        Self { row: cell.row, col: cell.col, content: CellContent::new(&cell.content, shown_texts) }
    }
}

impl<'a> CellContent<'a> {
    pub(super) fn new(cell: &'a RawCell, shown_texts: &mut ShownTexts) -> Self {
        let (value, shown) = match cell {
            RawCell::Text(text) => return Self::Text(text),
            RawCell::StruckOut(text) => return Self::StruckOut { rest: &text.rest, struck: &text.struck },
            RawCell::PartialDate(text) => return Self::PartialDate(text),
            RawCell::Flag(flag) => return Self::Flag(*flag),
            RawCell::Error(error) => return Self::Error(error),
            RawCell::Picture(parts) => return Self::Picture(parts),
            RawCell::Formula(formula) => {
                let Formula { text, format, stored } = &**formula;
                let format = Shown::new(format, shown_texts);
                let stored = stored.as_deref().map(|stored| Box::new(Self::new(stored, shown_texts)));
                return Self::Formula(FormulaMessage { text, format, stored });
            }
            // Only the receiver computes formulas.
            RawCell::Computed(computed) => return Self::new(&computed.result, shown_texts),
            RawCell::Number(Formatted { value, shown }) => (ShownValue::Number(*value), shown),
            RawCell::Rate(Formatted { value, shown }) => (ShownValue::Rate(*value), shown),
            RawCell::Date(Formatted { value, shown }) => (ShownValue::Date((*value).into()), shown),
            RawCell::Duration(Formatted { value, shown }) => (ShownValue::Duration(*value), shown),
        };
        match (value, shown) {
            (value, Some(text)) => Self::Shown(value, Shown::new(text, shown_texts)),
            (ShownValue::Number(number), None) => Self::Number(number),
            (ShownValue::Rate(number), None) => Self::Rate(number),
            (ShownValue::Date(date), None) => Self::Date(date),
            (ShownValue::Duration(days), None) => Self::Duration(days),
        }
    }

    /// The cell; shared texts are those of `texts`. `None` for an unknown shared text or an impossible date.
    pub(super) fn into_cell(self, texts: &mut ReceivedTexts) -> Option<RawCell> {
        Some(match self {
            Self::Text(text) => RawCell::text(text),
            Self::NewSharedText(text) => RawCell::Text(add_text(text, &mut texts.shared)),
            Self::SharedText(number) => RawCell::Text(text_at(number, &texts.shared)?),
            Self::StruckOut { rest, struck } => RawCell::struck_out(rest, struck),
            Self::Number(number) => RawCell::Number(number.into()),
            Self::Rate(number) => RawCell::Rate(number.into()),
            Self::Date(date) => RawCell::Date(date.into_date()?.into()),
            Self::Duration(days) => RawCell::Duration(days.into()),
            Self::Shown(value, shown) => {
                let shown = Some(shown.into_text(texts)?);
                match value {
                    ShownValue::Number(value) => RawCell::Number(Formatted { value, shown }),
                    ShownValue::Rate(value) => RawCell::Rate(Formatted { value, shown }),
                    ShownValue::Date(date) => RawCell::Date(Formatted { value: date.into_date()?, shown }),
                    ShownValue::Duration(value) => RawCell::Duration(Formatted { value, shown }),
                }
            }
            Self::PartialDate(text) => RawCell::PartialDate(text.into()),
            Self::Flag(flag) => RawCell::Flag(flag),
            Self::Error(error) => RawCell::Error(error.into()),
            Self::Formula(FormulaMessage { text, format, stored }) => {
                let format = format.into_text(texts)?;
                let stored = match stored {
                    // A stored number is no formula, so that answers do not nest.
                    Some(stored) if matches!(*stored, Self::Formula(_)) => return None,
                    Some(stored) => Some(Box::new(stored.into_cell(texts)?)),
                    None => None,
                };
                RawCell::Formula(Box::new(Formula { text: text.into(), format, stored }))
            }
            Self::Picture(parts) => RawCell::Picture(parts.into()),
        })
    }
}

impl<'a> Shown<'a> {
    pub(super) fn new(text: &'a Arc<str>, shown_texts: &mut ShownTexts) -> Self {
        if let Some(number) = shown_texts.get(text) {
            return Self::Known(*number);
        }
        let next = u32::try_from(shown_texts.len()).unwrap_or(u32::MAX);
        shown_texts.insert(Arc::clone(text), next);
        Self::New(text)
    }

    fn into_text(self, texts: &mut ReceivedTexts) -> Option<Arc<str>> {
        match self {
            Self::New(text) => Some(add_text(text, &mut texts.shown)),
            Self::Known(number) => text_at(number, &texts.shown),
        }
    }
}

impl From<Date> for DateMessage {
    fn from(date: Date) -> Self {
        Self { year: date.year(), month: date.month(), day: date.day() }
    }
}

impl DateMessage {
    fn into_date(self) -> Option<Date> {
        Date::new(self.year, self.month, self.day).ok()
    }
}

/// The texts that were received, by their numbers.
#[derive(Default)]
pub(super) struct ReceivedTexts {
    /// Texts that cells share.
    pub shared: Vec<Arc<str>>,
    /// Texts that cells show by their number formats.
    pub shown: Vec<Arc<str>>,
}

fn add_text(text: &str, texts: &mut Vec<Arc<str>>) -> Arc<str> {
    let text: Arc<str> = text.into();
    texts.push(Arc::clone(&text));
    text
}

fn text_at(number: u32, texts: &[Arc<str>]) -> Option<Arc<str>> {
    texts.get(usize::try_from(number).ok()?).cloned()
}
