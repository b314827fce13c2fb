//! The fonts of a document: the glyphs that it shows of each face, numbered in the order in which they are first shown.
//!
//! A number stands for a glyph and the character that it shows, so that what is copied from a page is what was written,
//! also where one glyph stands for several characters.

use std::sync::Arc;

use indexmap::IndexMap;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Finish, Name, Rect, Ref, Str};

use super::fault::fault;
use super::file::PdfFile;
use super::glyph_deflate;
use crate::fonts::{self, DEFAULT_WIDTH, Face, Fonts, GlyphProgram};
use crate::render::renderer::RenderError;
use crate::store::sha256;

const SYSTEM: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// The fonts of a document that is being written.
pub(super) struct DocumentFonts<'f> {
    fonts: &'f Fonts,
    used: Vec<UsedFace>,
}

/// A face with the glyphs that a document shows.
struct UsedFace {
    number: u16,
    face: Arc<Face>,
    glyphs: IndexMap<ShownAs, Arc<GlyphProgram>, ahash::RandomState>,
}

/// A glyph of a face and the character that it shows.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct ShownAs {
    id: u16,
    c: char,
}

/// A glyph as a content stream shows it.
#[derive(Clone, Copy)]
pub(super) struct EmbeddedGlyph {
    pub code: u16,
    /// In thousandths of its size.
    pub width: i32,
}

impl<'f> DocumentFonts<'f> {
    pub(super) fn new(fonts: &'f Fonts) -> Self {
        Self { fonts, used: Vec::new() }
    }

    /// The place of a face among the fonts of the document.
    ///
    /// # Errors
    /// When there is no such face.
    pub(super) fn font(&mut self, number: u16) -> Result<usize, RenderError> {
        if let Some(at) = self.used.iter().position(|used| used.number == number) {
            return Ok(at);
        }
        let face = self.fonts.face(number).ok_or_else(|| fault("没有这种字体"))?;
        self.used.push(UsedFace { number, face, glyphs: IndexMap::default() });
        Ok(self.used.len() - 1)
    }

    /// A glyph of the font at that place.
    ///
    /// # Errors
    /// When its outline is damaged.
    pub(super) fn glyph(&mut self, font: usize, id: u16, c: char) -> Result<EmbeddedGlyph, RenderError> {
        let used = self.used.get_mut(font).ok_or_else(|| fault("没有这种字体"))?;
        let shown = ShownAs { id, c };
        let (at, program) = match used.glyphs.get_full(&shown) {
            Some((at, _, program)) => (at, program),
            None => {
                let program = used.face.program(id).ok_or_else(|| damaged(&used.face))?;
                let at = used.glyphs.insert_full(shown, program).0;
                (at, &used.glyphs[at])
            }
        };
        // Glyph 0 is that of characters that a font does not have, and 65,535 no glyph.
        let code =
            u16::try_from(at + 1).ok().filter(|code| *code < u16::MAX).ok_or_else(|| fault("一份报告里的字太多"))?;
        Ok(EmbeddedGlyph { code, width: program.width })
    }

    /// Writes the fonts; their numbers in their order.
    ///
    /// # Errors
    /// When the data are larger than memory.
    pub(super) fn write(&self, file: &mut PdfFile) -> Result<Vec<Ref>, RenderError> {
        self.used.iter().map(|used| used.write(file)).collect()
    }
}

impl UsedFace {
    fn write(&self, file: &mut PdfFile) -> Result<Ref, RenderError> {
        let [font, cid_font, descriptor, program, to_unicode] = [(); 5].map(|()| file.reserve());
        let measures = self.face.measures();
        let name = format!("{}+{}", self.tag(), measures.name);
        let full_name = format!("{name}-Identity-H");
        let mut type0 = file.object(font)?.type0_font(font);
        type0.base_font(Name(full_name.as_bytes())).encoding_predefined(Name(b"Identity-H"));
        type0.descendant_font(cid_font).to_unicode(to_unicode);
        type0.finish();
        let mut cid = file.object(cid_font)?.cid_font(cid_font);
        cid.subtype(CidFontType::Type0).base_font(Name(name.as_bytes())).system_info(SYSTEM);
        cid.font_descriptor(descriptor).default_width(DEFAULT_WIDTH as f32);
        let mut widths = cid.widths();
        let other = self.glyphs.values().zip(1_u16..).filter(|(glyph, _)| glyph.width != DEFAULT_WIDTH);
        let other: Vec<(i32, u16)> = other.map(|(glyph, code)| (glyph.width, code)).collect();
        for run in other.chunk_by(|(_, one), (_, next)| one + 1 == *next) {
            if let Some((_, first)) = run.first() {
                widths.consecutive(*first, run.iter().map(|(width, _)| *width as f32));
            }
        }
        widths.finish();
        cid.finish();
        let [left, lower, right, upper] = measures.bounds.map(|bound| bound as f32);
        let mut flags = FontFlags::SYMBOLIC;
        flags.set(FontFlags::ITALIC, measures.italic_angle != 0.0);
        let mut about = file.object(descriptor)?.font_descriptor(descriptor);
        about.name(Name(name.as_bytes())).flags(flags).bbox(Rect::new(left, lower, right, upper));
        about.italic_angle(measures.italic_angle).ascent(measures.ascent as f32).descent(measures.descent as f32);
        // What Adobe's programs assume of a font of that weight.
        about.cap_height(measures.cap_height as f32).stem_v((10.0 + 0.244 * (measures.weight - 50.0)).round());
        about.font_file3(program);
        about.finish();
        let cff = fonts::assemble(measures, self.glyphs.values().map(AsRef::as_ref));
        file.deflated_stream(program, &glyph_deflate::deflate(&cff), |stream| {
            stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
        });
        let mut cmap = UnicodeCmap::<u16>::new(Name(b"Custom"), SYSTEM);
        self.glyphs.keys().zip(1..).for_each(|(shown, code)| cmap.pair(code, shown.c));
        file.compressed_stream(to_unicode, cmap.finish().as_slice(), |stream| {
            stream.pair(Name(b"Type"), Name(b"CMap")).pair(Name(b"CMapName"), Name(b"Custom"));
        })?;
        Ok(font)
    }

    /// Six letters that tell subsets of a font apart, by their glyphs.
    fn tag(&self) -> String {
        let ids: Vec<u8> = self.glyphs.keys().flat_map(|shown| shown.id.to_be_bytes()).collect();
        sha256(&ids).as_bytes().iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
    }
}

fn damaged(face: &Face) -> RenderError {
    fault(&format!("字体“{}”的文件有毛病，不能嵌入，请换一份", face.label))
}
