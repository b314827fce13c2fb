//! Composite glyphs of TrueType outlines: glyphs that are made of others. Programs that draw them go through all parts,
//! and through theirs, and in a variable font through the points of each as often as it has variations; a small file
//! can so ask for billions of steps.

use skrifa::FontRef;
use skrifa::GlyphId;
use skrifa::raw::TableProvider;
use skrifa::raw::tables::glyf::Glyph;

use super::glyph_variations::GlyphVariations;

/// The most steps of a glyph, those of its parts counted with them: at most 1,024 parts. The Chinese fonts of Windows
/// have at most a few dozen, of some hundred points.
const MAX_STEPS: u32 = 1 << 20;
/// The steps of a part, beside those of its points.
const PART: u32 = 1 << 10;
/// The deepest that parts may have parts.
const MAX_DEPTH: u32 = 16;

/// What is known of the steps of a glyph.
#[derive(Clone, Copy)]
enum Steps {
    Unknown,
    /// Being counted: who meets it again goes in a circle.
    Open,
    Counted(u32),
}

/// Whether every glyph is drawn in a bounded number of steps; so it is in a font without TrueType outlines.
pub(super) fn composites_are_bounded(font: &FontRef<'_>) -> bool {
    let (Ok(loca), Ok(glyf)) = (font.loca(None), font.glyf()) else { return true };
    let count = font.maxp().map_or(0, |maxp| maxp.num_glyphs());
    let variations = GlyphVariations::new(font.gvar().ok());
    let outlines = |id: GlyphId| match loca.get_glyf(id, &glyf) {
        Ok(Some(Glyph::Composite(composite))) => {
            // One more than are allowed: more are not counted.
            let parts = composite.components().take((MAX_STEPS / PART) as usize + 1);
            let parts: Vec<GlyphId> = parts.map(|part| part.glyph.into()).collect();
            // Variations move parts as they move points.
            (parts.len() as u32, parts)
        }
        Ok(Some(Glyph::Simple(simple))) => (simple.num_points() as u32, Vec::new()),
        // A damaged glyph is drawn as nothing.
        Ok(None) | Err(_) => (0, Vec::new()),
    };
    let outlines = |id| {
        let (points, parts) = outlines(id);
        let Some(varied) = variations.steps(id) else { return (u32::MAX, parts) };
        (points.saturating_mul(1 + varied.count).saturating_add(varied.listed), parts)
    };
    let mut counter = Counter { known: vec![Steps::Unknown; count.into()], outlines };
    (0..count).all(|id| counter.count(GlyphId::from(id), 0).is_some())
}

struct Counter<F> {
    known: Vec<Steps>,
    /// The steps of a glyph's own points, and its parts.
    outlines: F,
}

impl<F: Fn(GlyphId) -> (u32, Vec<GlyphId>)> Counter<F> {
    /// The steps of a glyph and its parts; `None` when they are too many, too deep, or in a circle. Recurses to
    /// [`MAX_DEPTH`].
    fn count(&mut self, id: GlyphId, depth: u32) -> Option<u32> {
        let at = id.to_u32() as usize;
        match self.known.get(at) {
            Some(Steps::Counted(steps)) => return Some(*steps),
            Some(Steps::Open) => return None,
            // A part that the font does not have is not drawn.
            None => return Some(PART),
            Some(Steps::Unknown) => {}
        }
        if depth > MAX_DEPTH {
            return None;
        }
        self.known[at] = Steps::Open;
        let (points, parts) = (self.outlines)(id);
        let within = |total: &u32| *total <= MAX_STEPS;
        let mut total = PART.checked_add(points).filter(within)?;
        for part in parts {
            total = total.checked_add(self.count(part, depth + 1)?).filter(within)?;
        }
        self.known[at] = Steps::Counted(total);
        Some(total)
    }
}

#[cfg(test)]
mod tests {
    use super::{Counter, GlyphId, Steps};

    /// Whether all glyphs are bounded, each made of those that are listed.
    fn are_bounded(glyphs: &[&[u32]]) -> bool {
        are_bounded_with(glyphs, 0)
    }

    /// The same, each with steps of its own.
    fn are_bounded_with(glyphs: &[&[u32]], points: u32) -> bool {
        let outlines = |id: GlyphId| (points, glyphs[id.to_u32() as usize].iter().copied().map(GlyphId::new).collect());
        let mut counter = Counter { known: vec![Steps::Unknown; glyphs.len()], outlines };
        (0..glyphs.len()).all(|id| counter.count(GlyphId::new(id as u32), 0).is_some())
    }

    #[test]
    fn points_that_are_varied_without_end_are_refused() {
        // 500 points with 20 variations, in 50 parts.
        assert!(are_bounded_with(&[&[], &[0; 50]], 500 * 21));
        assert!(!are_bounded_with(&[&[]], 65_535 * 4_096));
        assert!(!are_bounded_with(&[&[], &[0; 50]], 65_535));
    }

    #[test]
    fn doubling_deep_and_circular_composites_are_refused() {
        assert!(are_bounded(&[&[], &[0, 0], &[1, 0, 9], &[2, 1]]));
        let doubling: Vec<Vec<u32>> =
            (0..30_u32).map(|n| n.checked_sub(1).map_or(vec![], |part| vec![part; 2])).collect();
        assert!(!are_bounded(&doubling.iter().map(Vec::as_slice).collect::<Vec<_>>()));
        // From the last glyph down, so that nothing is known of the parts.
        let deep: Vec<Vec<u32>> = (1..=40_u32).map(|n| if n < 40 { vec![n] } else { vec![] }).collect();
        assert!(!are_bounded(&deep.iter().map(Vec::as_slice).collect::<Vec<_>>()));
        assert!(!are_bounded(&[&[1], &[0]]));
        assert!(!are_bounded(&[&[0]]));
    }
}
