//! A face that reports are set in: its whole file, its glyphs and their widths.

use std::collections::HashMap;
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, RwLock};

use skrifa::instance::{Location, LocationRef, Size};
use skrifa::outline::OutlineGlyphFormat;
use skrifa::prelude::Tag;
use skrifa::raw::TableProvider;
use skrifa::{FontRef, MetadataProvider};

use super::cff::FaceMeasures;
use super::cff_outline::{CffOutlines, dicts_are_bounded};
use super::charstring::GlyphProgram;
use super::composites::composites_are_bounded;
use super::scan::{FoundFace, is_short};
use super::variations::{blend_steps, variations_are_bounded};
use crate::store::{Digest, read_limited, sha256};

/// The axis of variable fonts that makes them heavier, and the position at which a face is regular.
const WEIGHT_AXIS: (&[u8; 4], f32) = (b"wght", 400.0);

/// The most bytes of a font file: collections with the characters of four countries have 120 MB.
const MAX_FILE: u64 = 256 << 20;
/// Units of a design that OpenType allows (`head`).
const UNITS_PER_EM: RangeInclusive<u16> = 16..=16_384;

/// A face, opened: the font data are in memory for the whole run.
pub(crate) struct Face {
    /// Its name as messages show it.
    pub(crate) label: String,
    /// The path of its file.
    pub(super) path: PathBuf,
    /// The name of its file, without a folder.
    pub(crate) file: String,
    /// The bytes of its file.
    pub(super) data: Arc<Vec<u8>>,
    /// Its index in the file.
    pub(super) index: u32,
    /// The hash of its file.
    pub(super) digest: Digest,
    /// The table of its outlines, when they are those of CFF.
    pub(super) cff: Option<&'static [u8; 4]>,
    /// The steps that varying a value of its outlines takes.
    pub(super) blend_steps: usize,
    /// The position on the axes of a variable font.
    pub(super) location: Location,
    /// What PDF files say of it, and the glyphs of it that they embed: see `program`.
    pub(super) measures: OnceLock<FaceMeasures>,
    pub(super) programs: RwLock<HashMap<u16, Arc<GlyphProgram>>>,
}

impl Face {
    /// Reads a face as a whole.
    ///
    /// # Errors
    /// When its file cannot be read, is larger than fonts are, or has no glyphs that can be drawn.
    pub(super) fn open(found: &FoundFace) -> io::Result<Self> {
        let data = read_font(&found.path)?;
        let font = FontRef::from_index(&data, found.index).map_err(|_| io::ErrorKind::InvalidData)?;
        let outlines = font.outline_glyphs();
        let cff = match outlines.format() {
            Some(OutlineGlyphFormat::Cff) => Some(b"CFF "),
            Some(OutlineGlyphFormat::Cff2) => Some(b"CFF2"),
            Some(OutlineGlyphFormat::Glyf) => None,
            // Components with axes of their own: no font in use has them alone, and nothing bounds their steps.
            Some(OutlineGlyphFormat::Varc) | None => return Err(io::ErrorKind::InvalidData.into()),
        };
        if font.cmap().is_ok_and(|cmap| !is_short(&cmap)) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        // Outlines that instructions put together (華康, 华天 and MingLiU of the nineties) are heaps of strokes without them.
        if !font.charmap().has_map() || outlines.require_interpreter() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let units = font.head().map_or(0, |head| head.units_per_em());
        let table = cff.and_then(|tag| font.data_for_tag(Tag::new(tag)));
        let blend_steps = blend_steps(&font);
        let is_bounded = table
            .is_none_or(|table| dicts_are_bounded(CffOutlines { table: table.as_bytes(), blend_steps }))
            && variations_are_bounded(&font)
            && composites_are_bounded(&font);
        if !UNITS_PER_EM.contains(&units) || !is_bounded {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let (tag, position) = WEIGHT_AXIS;
        // Axes that a font does not have are passed over.
        let location = font.axes().location([(Tag::new(tag), position)]);
        let digest = sha256(&data);
        let file = found.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let path = found.path.clone();
        let (label, index, data) = (found.label.clone(), found.index, Arc::new(data));
        let (measures, programs) = (OnceLock::new(), RwLock::default());
        Ok(Self { label, path, file, data, index, digest, cff, blend_steps, location, measures, programs })
    }

    /// The glyph of a character, and its width in units of its size; `None` when the face does not have it.
    pub(super) fn glyph(&self, c: char) -> Option<FaceGlyph> {
        let font = FontRef::from_index(&self.data, self.index).ok()?;
        let id = font.charmap().map(c).filter(|id| id.to_u32() != 0)?;
        let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::from(&self.location));
        Some(FaceGlyph { id: u16::try_from(id.to_u32()).ok()?, width: metrics.advance_width(id)? })
    }
}

/// The bytes of a font file.
///
/// # Errors
/// When it cannot be read, or is larger than fonts are.
pub(super) fn read_font(path: &Path) -> io::Result<Vec<u8>> {
    read_limited(path, MAX_FILE)
}

/// A glyph of a face: its number and how far it moves the pen.
#[derive(Clone, Copy)]
pub(super) struct FaceGlyph {
    pub id: u16,
    /// The advance width, in units of the type size.
    pub width: f32,
}
