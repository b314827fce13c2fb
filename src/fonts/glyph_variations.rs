//! The variations of glyphs of TrueType outlines (`gvar`): the steps in which the points of one are moved.
//!
//! A variation lists the points that it moves, of itself or by a list that all variations of the glyph share, and
//! programs go through all numbers up to the highest of them: 4,095 variations of one shared list of 32,767 points ask
//! for billions of steps in some kilobytes, also where only the width of the glyph is looked for.

use std::cell::Cell;

use skrifa::GlyphId;
use skrifa::raw::FontData;
use skrifa::raw::tables::gvar::Gvar;
use skrifa::raw::tables::variations::{PackedDeltas, PackedPointNumbers};

/// Points that a glyph can have.
const MAX_POINTS: usize = 1 << 16;
/// Bits of the first number of a glyph's variations: how many there are, and whether they share a list of points.
const COUNT: u16 = 0xfff;
const HAS_SHARED_POINTS: u16 = 0x8000;
/// Bits of the second number of a variation: whether it has a position of its own, a range, and its own list of points.
const HAS_PEAK: u16 = 0x8000;
const HAS_RANGE: u16 = 0x4000;
const HAS_OWN_POINTS: u16 = 0x2000;

/// The variations of the glyphs of a font.
pub(super) struct GlyphVariations<'f> {
    gvar: Option<Gvar<'f>>,
    /// The bytes of variations that may still be read: those of the table, since no two glyphs have the same.
    left: Cell<usize>,
}

/// The variations of one glyph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct VariationSteps {
    /// How many there are: each goes through all points of the glyph.
    pub count: u32,
    /// The steps in which their lists of points are gone through.
    pub listed: u32,
}

impl<'f> GlyphVariations<'f> {
    pub(super) fn new(gvar: Option<Gvar<'f>>) -> Self {
        let left = Cell::new(gvar.as_ref().map_or(0, |gvar| gvar.as_bytes().len()));
        Self { gvar, left }
    }

    /// The variations of a glyph; `None` when glyphs have the same bytes in common.
    pub(super) fn steps(&self, id: GlyphId) -> Option<VariationSteps> {
        // Variations that cannot be read are none.
        let read = self.gvar.as_ref().and_then(|gvar| Some((gvar.axis_count(), gvar.data_for_gid(id).ok()??)));
        let Some((axes, data)) = read else { return Some(VariationSteps::default()) };
        self.left.set(self.left.get().checked_sub(data.len())?);
        Some(steps_of(data, axes.into()))
    }
}

/// The steps of the variations of one glyph, as far as they can be read.
fn steps_of(data: FontData<'_>, axes: usize) -> VariationSteps {
    let number = |at: usize| data.read_at::<u16>(at).ok();
    let (Some(flags), Some(start)) = (number(0), number(2)) else { return VariationSteps::default() };
    let count = u32::from(flags & COUNT);
    let mut rest = data.split_off(start.into()).unwrap_or_default();
    let mut shared = PackedPointNumbers::default();
    if flags & HAS_SHARED_POINTS != 0 {
        (shared, rest) = PackedPointNumbers::split_off_front(rest);
    }
    let shared_steps = listed_steps(&shared);
    let (mut at, mut listed) = (4, 0);
    for _ in 0..count {
        let (Some(size), Some(flags)) = (number(at), number(at + 2)) else { break };
        let positions = usize::from(flags & HAS_PEAK != 0) + 2 * usize::from(flags & HAS_RANGE != 0);
        at += 4 + 2 * axes * positions;
        let (Some(own), Some(behind)) = (rest.slice(0..size.into()), rest.split_off(size.into())) else { break };
        rest = behind;
        let (steps, deltas) = if flags & HAS_OWN_POINTS == 0 {
            (shared_steps, own)
        } else {
            let (points, deltas) = PackedPointNumbers::split_off_front(own);
            (listed_steps(&points), deltas)
        };
        // Without a list there are as many points as numbers to move them by.
        listed += steps.unwrap_or_else(|| PackedDeltas::consume_all(deltas).count_or_compute().min(MAX_POINTS));
    }
    VariationSteps { count, listed: u32::try_from(listed).unwrap_or(u32::MAX) }
}

/// The steps in which a list of points is gone through; `None` for one that stands for all.
fn listed_steps(points: &PackedPointNumbers<'_>) -> Option<usize> {
    let count = usize::from(points.count());
    (count > 0).then(|| count + usize::from(points.iter().last().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use skrifa::raw::FontData;

    use super::{HAS_OWN_POINTS, HAS_PEAK, HAS_SHARED_POINTS, VariationSteps, steps_of};

    /// The variations of a glyph, so many, each with these bits and data, behind a list of points that they share.
    fn data(count: u16, shared: &[u8], bits: u16, own: &[u8]) -> Vec<u8> {
        let flags = if shared.is_empty() { 0 } else { HAS_SHARED_POINTS };
        let peak = if bits & HAS_PEAK == 0 { &[][..] } else { &[0x40, 0] };
        let header = [&(own.len() as u16).to_be_bytes()[..], &bits.to_be_bytes(), peak].concat();
        let start = 4 + header.len() as u16 * count;
        let front = [(flags | count).to_be_bytes(), start.to_be_bytes()].concat();
        [&front[..], &header.repeat(count.into()), shared, &own.repeat(count.into())].concat()
    }

    fn steps(data: &[u8]) -> VariationSteps {
        steps_of(FontData::new(data), 1)
    }

    #[test]
    fn lists_of_points_of_variations_are_counted() {
        // The points 3 and 7, of each of two variations; two numbers for each.
        let own = [2, 1, 3, 4, 3, 1, 1, 1, 1];
        let two = VariationSteps { count: 2, listed: 2 * (2 + 7) };
        assert_eq!(steps(&data(2, &[], HAS_OWN_POINTS, &own)), two);
        assert_eq!(steps(&data(2, &[], HAS_OWN_POINTS | HAS_PEAK, &own)), two);
        assert_eq!(steps(&data(2, &own[..4], 0, &own[4..])), two);
        // All points: two with two numbers each, 64 numbers in a byte.
        assert_eq!(steps(&data(1, &[], HAS_OWN_POINTS, &[0, 3, 1, 1, 1, 1])).listed, 4);
        assert_eq!(steps(&data(1, &[], HAS_OWN_POINTS, &[&[0][..], &[0xbf; 9]].concat())).listed, 9 * 64);
        // One point, the last, in 4,095 variations without a number of their own.
        let last = [1, 0x80, 0xff, 0xff];
        assert_eq!(steps(&data(4_095, &last, 0, &[])), VariationSteps { count: 4_095, listed: 4_095 << 16 });
        // Damaged ones.
        assert_eq!(steps(&[0x0f]), VariationSteps::default());
        assert_eq!(steps(&[0x0f, 0xff, 0xff, 0xff]), VariationSteps { count: 4_095, listed: 0 });
    }
}
