//! What the sheets of an .xls share: fonts, number formats, cell styles, texts, the epoch of day numbers.
//!
//! Texts of BIFF5 are in the code page of their program: number formats with other characters than ASCII stay unknown
//! there, and calamine's cells count.

use super::super::super::raised::VerticalPosition;
use super::super::binary::{u16_at, u32_at};
use super::super::styles::{BinaryStyles, Font, StylesBuilder, TextWithRuns};
use super::record::{BOF, BOUND_SHEET, CONTINUE, EOF, records};
use super::text::{read_ascii_text, read_shared_texts, read_text};

// Types of records (MS-XLS 2.3).
const DATE_MODE: u16 = 0x0022;
const FONT: u16 = 0x0031;
const XF: u16 = 0x00e0;
const SST: u16 = 0x00fc;
const FORMAT: u16 = 0x041e;

const BIFF8: u16 = 0x0600;

/// What the sheets share.
#[derive(Debug, Default)]
pub(super) struct Globals {
    /// Whether texts are those of BIFF8.
    pub is_biff8: bool,
    /// Where the records of each sheet begin.
    pub sheets: Vec<Option<usize>>,
    pub styles: BinaryStyles,
    /// The shared texts; none when no font marks a part of a text.
    pub texts: Vec<TextWithRuns>,
}

impl Globals {
    /// Reads the first records of the stream, up to the first incomplete one.
    pub(super) fn read(stream: &[u8]) -> Self {
        let (mut sheets, mut builder) = (Vec::new(), StylesBuilder::default());
        let (mut is_biff8, mut epoch_1904) = (false, false);
        let mut shared_texts: Vec<&[u8]> = Vec::new();
        let mut previous = EOF;
        for (kind, record) in records(stream).take_while(|(kind, _)| *kind != EOF) {
            match kind {
                BOF => is_biff8 = u16_at(record, 0) == Some(BIFF8),
                BOUND_SHEET => sheets.push(u32_at(record, 0).and_then(|offset| usize::try_from(offset).ok())),
                DATE_MODE => epoch_1904 = u16_at(record, 0) == Some(1),
                FONT => add_font(record, &mut builder),
                FORMAT => {
                    let read_code = if is_biff8 { read_text } else { read_ascii_text };
                    let (id, code) = (u16_at(record, 0), record.get(2..).and_then(read_code));
                    builder.table.codes.extend(id.zip(code).map(|(id, code)| (u32::from(id), code)));
                }
                XF => {
                    let (font, format) = (u16_at(record, 0), u16_at(record, 2));
                    builder.add_style(format.unwrap_or_default().into(), font.unwrap_or_default().into());
                }
                SST if is_biff8 => shared_texts = vec![record],
                CONTINUE if previous == SST => {
                    shared_texts.push(record);
                    continue;
                }
                _ => {}
            }
            previous = kind;
        }
        let styles = builder.build(epoch_1904);
        let texts = if styles.mark_texts() { read_shared_texts(&shared_texts) } else { Vec::new() };
        Self { is_biff8, sheets, styles, texts }
    }
}

fn add_font(record: &[u8], builder: &mut StylesBuilder) {
    // No font has the index 4 (MS-XLS 2.5.129).
    if builder.fonts.len() == 4 {
        builder.fonts.push(Font::default());
    }
    let position = match u16_at(record, 8) {
        Some(1) => VerticalPosition::Raised,
        Some(2) => VerticalPosition::Lowered,
        _ => VerticalPosition::Baseline,
    };
    let is_struck_out = u16_at(record, 2).is_some_and(|flags| flags & 0x08 != 0);
    builder.fonts.push(Font { position, is_struck_out });
}
