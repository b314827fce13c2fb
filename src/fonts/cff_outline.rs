//! Outlines of the tables `CFF ` and `CFF2`, drawn in a bounded number of steps.
//!
//! A charstring calls subroutines, and these call others, ten deep: 200 calls in each of eight are 200^8 steps in two
//! kilobytes. The crate `skrifa` counts none, but lets the caller hand out the subroutines, which is where they are
//! counted here.

use std::cell::Cell;
use std::ops::Range;

use skrifa::GlyphId;
use skrifa::instance::LocationRef;
use skrifa::outline::OutlinePen;
use skrifa::raw::ps::cff::CffFontRef;
use skrifa::raw::ps::cff::blend::BlendState;
use skrifa::raw::ps::cff::dict::{self, Entry};
use skrifa::raw::ps::cff::index::Index;
use skrifa::raw::ps::cs::{self, CharstringContext, CharstringKind, NopFilterSink, TransformSink};
use skrifa::raw::ps::error::Error;
use skrifa::raw::tables::cff::Cff;
use skrifa::raw::tables::cff2::Cff2;
use skrifa::raw::{FontData, FontRead, ReadError};

use super::charstring::{MAX_PROGRAM, UNITS};

/// The most steps that one glyph is drawn in: the bytes of charstrings, a subroutine counted at each of its calls, and
/// the steps of their varied values. What is written of a glyph has at most a quarter of them.
const MAX_STEPS: usize = 4 * MAX_PROGRAM;
/// The most steps of a DICT: its bytes, and those of its values that vary. The private ones are read for every glyph;
/// those of fonts in use have some hundreds.
const MAX_DICT: usize = 16 << 10;
/// The operators `blend` and `vsindex` of charstrings, and of DICTs. Each computes how much every region of a variable
/// font counts, also when there is nothing to vary.
const BLENDS: [u8; 2] = [16, 15];
const DICT_BLENDS: [u8; 2] = [23, 22];

/// The outlines of a font.
#[derive(Clone, Copy)]
pub(super) struct CffOutlines<'f> {
    /// The table `CFF ` or `CFF2`.
    pub table: &'f [u8],
    /// The steps that varying a value takes: see [`super::variations::blend_steps`].
    pub blend_steps: usize,
}

impl CffOutlines<'_> {
    /// The steps of a charstring or a DICT with these operators, of which it has no more than bytes of their value.
    fn steps(&self, program: &[u8], blends: [u8; 2]) -> usize {
        let count = if self.blend_steps == 0 { 0 } else { program.iter().filter(|byte| blends.contains(byte)).count() };
        program.len() + count * self.blend_steps
    }
}

/// Whether the DICTs of a font are of a size that may be read for every glyph.
pub(super) fn dicts_are_bounded(outlines: CffOutlines<'_>) -> bool {
    top_dict_is_bounded(outlines).unwrap_or(false)
}

fn top_dict_is_bounded(outlines: CffOutlines<'_>) -> Result<bool, Error> {
    let table = outlines.table;
    let is_short = |range: &Range<usize>| is_short(outlines, range);
    let is_cff2 = table.first() == Some(&2);
    let top = if is_cff2 {
        Cff2::read(FontData::new(table))?.top_dict_data()
    } else {
        Cff::read(FontData::new(table))?.top_dicts().get(0)?
    };
    let mut is_bounded = top.len() <= MAX_DICT;
    for entry in entries(top) {
        is_bounded &= match entry {
            Entry::PrivateDictRange(range) => is_short(&range),
            Entry::FdArrayOffset(offset) => {
                font_dicts_are_bounded(outlines, &Index::new(table.get(offset..).unwrap_or_default(), is_cff2)?)
            }
            _ => true,
        };
    }
    Ok(is_bounded)
}

fn font_dicts_are_bounded(outlines: CffOutlines<'_>, font_dicts: &Index<'_>) -> bool {
    (0..font_dicts.count()).filter_map(|at| font_dicts.get(at as usize).ok()).all(|font_dict| {
        let is_bounded = |entry| !matches!(entry, Entry::PrivateDictRange(range) if !is_short(outlines, &range));
        font_dict.len() <= MAX_DICT && entries(font_dict).all(is_bounded)
    })
}

/// The entries at the beginning of a DICT, as far as it may be read.
fn entries(dict: &[u8]) -> impl Iterator<Item = Entry> {
    dict::entries(&dict[..dict.len().min(MAX_DICT)], None).filter_map(Result::ok)
}

/// Whether a private DICT is. One that is not within the table is not read.
fn is_short(outlines: CffOutlines<'_>, range: &Range<usize>) -> bool {
    let dict = outlines.table.get(range.clone()).unwrap_or_default();
    range.len() <= MAX_DICT && outlines.steps(dict, DICT_BLENDS) <= MAX_DICT
}

/// Draws a glyph, [`UNITS`] an em.
///
/// # Errors
/// When its outline is damaged, or is drawn in more than [`MAX_STEPS`].
pub(super) fn draw(
    outlines: CffOutlines<'_>,
    units_per_em: u16,
    id: GlyphId,
    location: LocationRef<'_>,
    pen: &mut impl OutlinePen,
) -> Result<(), Error> {
    let table = outlines.table;
    let font = CffFontRef::new(table, 0, Some(units_per_em.into()))?;
    let subfont = font.subfont(font.subfont_index(id).unwrap_or(0), location.coords())?;
    let subroutines = match subfont.subrs_offset() as usize {
        0 => Index::Empty,
        offset => Index::new(table.get(offset..).ok_or(ReadError::OutOfBounds)?, font.version() == 2)?,
    };
    let blend = match font.var_store() {
        Some(store) => Some(BlendState::new(store.clone(), location.coords(), subfont.vs_index())?),
        None => None,
    };
    let calls = CountedCalls {
        outlines,
        inner: (table, font.charstrings(), font.global_subrs(), &subroutines),
        glyphs: font.num_glyphs() as usize,
        steps: Cell::new(MAX_STEPS),
    };
    let charstring = calls.count(font.charstrings().get(id.to_u32() as usize)?)?;
    let mut simplified = NopFilterSink::new(pen);
    let mut scaled = TransformSink::new(&mut simplified, font.transform(&subfont, Some(UNITS)));
    cs::evaluate(&calls, blend, charstring, &mut scaled)?;
    Ok(())
}

/// Hands out the charstrings that one glyph consists of until their sum is too long.
struct CountedCalls<'f> {
    outlines: CffOutlines<'f>,
    /// The table, and the charstrings of its glyphs, its global and its local subroutines.
    inner: (&'f [u8], &'f Index<'f>, &'f Index<'f>, &'f Index<'f>),
    /// The number of its glyphs.
    glyphs: usize,
    /// The steps that are left.
    steps: Cell<usize>,
}

impl CountedCalls<'_> {
    /// The call itself is a step: subroutines may be empty.
    fn count<'c>(&self, charstring: &'c [u8]) -> Result<&'c [u8], Error> {
        self.take(self.outlines.steps(charstring, BLENDS) + 1)?;
        Ok(charstring)
    }

    fn take(&self, steps: usize) -> Result<(), Error> {
        let left = self.steps.get().checked_sub(steps).ok_or(Error::CharstringNestingDepthLimitExceeded)?;
        self.steps.set(left);
        Ok(())
    }
}

impl CharstringContext for CountedCalls<'_> {
    fn kind(&self) -> CharstringKind {
        self.inner.kind()
    }

    fn seac_components(&self, base_code: i32, accent_code: i32) -> Result<[&[u8]; 2], Error> {
        // The two are looked for among all glyphs.
        self.take(self.glyphs)?;
        let [base, accent] = self.inner.seac_components(base_code, accent_code)?;
        Ok([self.count(base)?, self.count(accent)?])
    }

    fn global_subr(&self, index: i32) -> Result<&[u8], Error> {
        self.count(self.inner.global_subr(index)?)
    }

    fn subr(&self, index: i32) -> Result<&[u8], Error> {
        self.count(self.inner.subr(index)?)
    }
}

#[cfg(test)]
mod tests {
    use skrifa::instance::LocationRef;
    use skrifa::{FontRef, GlyphId};

    use super::super::charstring::{CharstringPen, UNITS};
    use super::super::variations::blend_steps;
    use super::{CffOutlines, MAX_DICT, dicts_are_bounded, draw};

    const CALLGSUBR: u8 = 29;
    /// The number of the subroutine 0 as calls write it, less the bias of 107.
    const FIRST: u8 = 139 - 107;

    fn index(items: &[Vec<u8>]) -> Vec<u8> {
        let Some(last) = items.len().checked_sub(1) else { return vec![0, 0] };
        let mut bytes = (items.len() as u16).to_be_bytes().to_vec();
        bytes.push(4);
        let mut offset = 1_u32;
        for item in &items[..=last] {
            bytes.extend(offset.to_be_bytes());
            offset += item.len() as u32;
        }
        bytes.extend(offset.to_be_bytes());
        bytes.extend(items.concat());
        bytes
    }

    /// A table of one glyph, with further entries of its Top DICT.
    fn table(charstring: &[u8], subroutines: &[Vec<u8>], entries: &[u8]) -> Vec<u8> {
        let top = |offset: usize| [&[29][..], &(offset as u32).to_be_bytes(), &[17], entries].concat();
        let front = |offset| [vec![1, 0, 4, 4], index(&[b"A".to_vec()]), index(&[top(offset)]), index(&[])].concat();
        let subroutines = index(subroutines);
        let offset = front(0).len() + subroutines.len();
        [front(offset), subroutines, index(&[charstring.to_vec()])].concat()
    }

    /// The program of the glyph; `None` when it is not drawn.
    fn drawn(table: &[u8]) -> Option<Vec<u8>> {
        drawn_with(CffOutlines { table, blend_steps: 0 })
    }

    fn drawn_with(outlines: CffOutlines<'_>) -> Option<Vec<u8>> {
        let mut pen = CharstringPen::new(None);
        draw(outlines, UNITS as u16, GlyphId::new(0), LocationRef::default(), &mut pen).ok()?;
        pen.finish()
    }

    /// Eight subroutines, each of which calls the next so often; the last draws a line upwards.
    fn subroutines(calls: usize) -> Vec<Vec<u8>> {
        let call = |next: u8| [FIRST + next, CALLGSUBR].repeat(calls);
        (1..8).map(call).chain([vec![140, 7]]).collect()
    }

    #[test]
    fn subroutines_that_call_each_other_without_end_are_not_drawn() {
        // A move by (0, 0), the first subroutine, the end.
        let charstring = [139, 4, FIRST, CALLGSUBR, 14];
        let one_line = drawn(&table(&charstring, &subroutines(1), &[])).expect("drawn");
        assert_eq!(one_line, [139, 4, 140, 7, 14]);
        assert!(drawn(&table(&charstring, &subroutines(2), &[])).is_some());
        // 200^7 lines.
        assert_eq!(drawn(&table(&charstring, &subroutines(200), &[])), None);
        // Nor when nothing is drawn.
        let mut empty = subroutines(200);
        empty[7].clear();
        assert_eq!(drawn(&table(&charstring, &empty, &[])), None);
    }

    /// A font of CFF2 with one glyph, whose values depend on so many regions of 64 axes, and with this private DICT.
    fn variable_font(regions: u16, charstring: &[u8], private: &[u8]) -> Vec<u8> {
        const AXES: u16 = 64;
        let index =
            |item: &[u8]| [&[0, 0, 0, 1, 4][..], &[0, 0, 0, 1], &(1 + item.len() as u32).to_be_bytes(), item].concat();
        let number = |value: usize| [&[29][..], &(value as u32).to_be_bytes()].concat();
        let top =
            |at: [usize; 3]| [number(at[0]), vec![17], number(at[1]), vec![12, 36], number(at[2]), vec![24]].concat();
        let length = top([0; 3]).len();
        let charstrings = 5 + length + 4;
        let private_at = charstrings + index(charstring).len();
        let font_dicts = private_at + private.len();
        let font_dict = [number(private.len()), number(private_at), vec![18]].concat();
        let region_list = [&AXES.to_be_bytes()[..], &[0, 1], &vec![0; usize::from(AXES) * 6]].concat();
        let start = (12 + region_list.len() as u32).to_be_bytes();
        let data = [&[0, 0, 0, 0][..], &regions.to_be_bytes(), &vec![0; usize::from(regions) * 2]].concat();
        let store = [&[0, 1, 0, 0, 0, 12, 0, 1][..], &start, &region_list, &data].concat();
        let store_at = font_dicts + index(&font_dict).len();
        let table = [
            [&[2, 0, 5][..], &(length as u16).to_be_bytes(), &top([charstrings, font_dicts, store_at]), &[0; 4]]
                .concat(),
            [&index(charstring)[..], private, &index(&font_dict)].concat(),
            [&(store.len() as u16).to_be_bytes()[..], &store].concat(),
        ]
        .concat();
        let entry = [&b"CFF2"[..], &[0; 4], &28_u32.to_be_bytes(), &(table.len() as u32).to_be_bytes()].concat();
        [&b"OTTO"[..], &[0, 1, 0, 0, 0, 0, 0, 0], &entry, &table].concat()
    }

    /// The outlines of such a font.
    fn outlines(font: &[u8]) -> CffOutlines<'_> {
        CffOutlines { table: &font[28..], blend_steps: blend_steps(&FontRef::new(font).expect("a font")) }
    }

    #[test]
    fn values_that_vary_without_end_are_not_drawn() {
        // A move by (0, 0), no values that vary, so often, a line upwards.
        let glyph = |times| [&[139, 4][..], &[139, 16].repeat(times), &[140, 7]].concat();
        let drawn = |regions, times| {
            let font = variable_font(regions, &glyph(times), &[]);
            drawn_with(outlines(&font))
        };
        assert_eq!(drawn(4, 1).expect("drawn"), [139, 4, 140, 7, 14]);
        assert!(drawn(4, 500).is_some());
        assert!(drawn(1_000, 2).is_some());
        assert_eq!(drawn(1_000, 8_000), None);
        // The same in the DICT that is read for every glyph.
        let is_bounded = |times| {
            let font = variable_font(1_000, &glyph(0), &[139, 23].repeat(times));
            dicts_are_bounded(outlines(&font))
        };
        assert!(is_bounded(0));
        assert!(!is_bounded(8_000));
    }

    #[test]
    fn dicts_that_are_read_for_every_glyph_are_short() {
        let are_bounded = |table: &[u8]| dicts_are_bounded(CffOutlines { table, blend_steps: 0 });
        let private = |length: u32| [&[29][..], &length.to_be_bytes(), &[139, 18]].concat();
        assert!(are_bounded(&table(&[14], &[], &private(400))));
        assert!(!are_bounded(&table(&[14], &[], &private(1 << 20))));
        // `StrokeWidth`, again and again.
        assert!(!are_bounded(&table(&[14], &[], &[139, 12, 8].repeat(MAX_DICT))));
        assert!(!are_bounded(b""));
    }
}
