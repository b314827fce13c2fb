//! What a PDF embeds of a face: its measures, and the programs of its glyphs, each drawn once a run.

use std::sync::{Arc, PoisonError};

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::DrawSettings;
use skrifa::prelude::Tag;
use skrifa::raw::TableProvider;
use skrifa::string::StringId;
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::cff::FaceMeasures;
use super::cff_outline::{self, CffOutlines};
use super::charstring::{CharstringPen, DEFAULT_WIDTH, GlyphProgram, UNITS};
use super::face::Face;

/// The most characters of a name.
const MAX_NAME: usize = 60;
/// The most characters of a copyright.
const MAX_COPYRIGHT: usize = 255;

impl Face {
    /// Its measures.
    pub(crate) fn measures(&self) -> &FaceMeasures {
        self.measures.get_or_init(|| self.read_measures())
    }

    fn read_measures(&self) -> FaceMeasures {
        let Ok(font) = FontRef::from_index(&self.data, self.index) else { return FaceMeasures::unknown() };
        let metrics = font.metrics(Size::new(UNITS), LocationRef::from(&self.location));
        let string =
            |id| font.localized_strings(id).english_or_first().map(|text| text.to_string()).unwrap_or_default();
        let is_plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
        let name: String = string(StringId::POSTSCRIPT_NAME).chars().filter(is_plain).take(MAX_NAME).collect();
        let copyright = string(StringId::COPYRIGHT_NOTICE);
        let copyright = copyright.chars().filter(|c| matches!(c, ' '..='~')).take(MAX_COPYRIGHT).collect();
        let unknown = FaceMeasures::unknown();
        let bounds = metrics.bounds.map_or(unknown.bounds, |b| [b.x_min, b.y_min, b.x_max, b.y_max].map(round));
        FaceMeasures {
            name: if name.is_empty() { unknown.name } else { name },
            copyright,
            bounds,
            ascent: round(metrics.ascent),
            descent: round(metrics.descent),
            cap_height: round(metrics.cap_height.unwrap_or(metrics.ascent)),
            italic_angle: metrics.italic_angle,
            weight: font.attributes().weight.value(),
        }
    }

    /// The program of a glyph; `None` when the font's outline of it is damaged, or longer than readers must be able to read.
    pub(crate) fn program(&self, id: u16) -> Option<Arc<GlyphProgram>> {
        if let Some(known) = self.programs.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Some(Arc::clone(known));
        }
        let drawn = Arc::new(self.draw(id)?);
        self.programs.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&drawn));
        Some(drawn)
    }

    fn draw(&self, id: u16) -> Option<GlyphProgram> {
        let font = FontRef::from_index(&self.data, self.index).ok()?;
        let id = GlyphId::from(id);
        let width = font.glyph_metrics(Size::new(UNITS), LocationRef::from(&self.location)).advance_width(id)?;
        let width = round(width);
        let mut pen = CharstringPen::new((width != DEFAULT_WIDTH).then_some(width));
        let location = LocationRef::from(&self.location);
        if let Some(table) = self.cff_table(&font) {
            let outlines = CffOutlines { table, blend_steps: self.blend_steps };
            cff_outline::draw(outlines, font.head().ok()?.units_per_em(), id, location, &mut pen).ok()?;
        } else if let Some(outline) = font.outline_glyphs().get(id) {
            outline.draw(DrawSettings::unhinted(Size::new(UNITS), location), &mut pen).ok()?;
        }
        Some(GlyphProgram { width, charstring: pen.finish()? })
    }

    /// The table of its outlines; `None` when they are not those of CFF.
    fn cff_table<'f>(&self, font: &FontRef<'f>) -> Option<&'f [u8]> {
        let table = font.data_for_tag(Tag::new(self.cff?))?;
        Some(table.as_bytes())
    }
}

/// A number of a font within what font programs can hold.
fn round(value: f32) -> i32 {
    value.round().clamp(-16_000.0, 16_000.0) as i32
}
