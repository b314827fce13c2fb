//! Composite glyphs of TrueType outlines: glyphs that are made of others. Programs that draw them go through all parts,
//! and through theirs; a small file can so ask for billions of steps.

use skrifa::FontRef;
use skrifa::GlyphId;
use skrifa::raw::TableProvider;
use skrifa::raw::tables::glyf::Glyph;

/// The most parts of a glyph, those of its parts counted with them. The Chinese fonts of Windows have at most a few
/// dozen.
const MAX_PARTS: u32 = 1_024;
/// The deepest that parts may have parts.
const MAX_DEPTH: u32 = 16;

/// What is known of the parts of a glyph.
#[derive(Clone, Copy)]
enum Parts {
    Unknown,
    /// Being counted: who meets it again goes in a circle.
    Open,
    Counted(u32),
}

/// Whether every glyph is drawn in a bounded number of steps; so it is in a font without TrueType outlines.
pub(super) fn composites_are_bounded(font: &FontRef<'_>) -> bool {
    let (Ok(loca), Ok(glyf)) = (font.loca(None), font.glyf()) else { return true };
    let count = font.maxp().map_or(0, |maxp| maxp.num_glyphs());
    let composites = |id: GlyphId| match loca.get_glyf(id, &glyf) {
        Ok(Some(Glyph::Composite(composite))) => composite.components().map(|part| part.glyph.into()).collect(),
        // A damaged glyph is drawn as nothing.
        Ok(Some(Glyph::Simple(_)) | None) | Err(_) => Vec::new(),
    };
    let mut counter = Counter { known: vec![Parts::Unknown; count.into()], composites };
    (0..count).all(|id| counter.count(GlyphId::from(id), 0).is_some())
}

struct Counter<F> {
    known: Vec<Parts>,
    composites: F,
}

impl<F: Fn(GlyphId) -> Vec<GlyphId>> Counter<F> {
    /// The parts of a glyph, itself among them; `None` when they are too many, too deep, or in a circle. Recurses to
    /// [`MAX_DEPTH`].
    fn count(&mut self, id: GlyphId, depth: u32) -> Option<u32> {
        let at = id.to_u32() as usize;
        match self.known.get(at) {
            Some(Parts::Counted(parts)) => return Some(*parts),
            Some(Parts::Open) => return None,
            // A part that the font does not have is not drawn.
            None => return Some(1),
            Some(Parts::Unknown) => {}
        }
        if depth > MAX_DEPTH {
            return None;
        }
        self.known[at] = Parts::Open;
        let mut total = 1_u32;
        for part in (self.composites)(id) {
            total = total.checked_add(self.count(part, depth + 1)?).filter(|total| *total <= MAX_PARTS)?;
        }
        self.known[at] = Parts::Counted(total);
        Some(total)
    }
}

#[cfg(test)]
mod tests {
    use super::{Counter, GlyphId, Parts};

    /// Whether all glyphs are bounded, each made of those that are listed.
    fn are_bounded(glyphs: &[&[u32]]) -> bool {
        let composites =
            |id: GlyphId| glyphs[id.to_u32() as usize].iter().copied().map(GlyphId::new).collect::<Vec<_>>();
        let mut counter = Counter { known: vec![Parts::Unknown; glyphs.len()], composites };
        (0..glyphs.len()).all(|id| counter.count(GlyphId::new(id as u32), 0).is_some())
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
