//! PDF/A-2u from laid out pages, tagged, with bookmarks (ISO 19005-2, ISO 32000-1).
//!
//! `drawing` makes the content stream of a page (`content`), and collects what it needs: glyphs (`embedded_fonts`),
//! pictures (`images`), pieces of the structure (`structure`). `bookmarks`, `links` and `metadata` write the rest, `file`
//! packs it. The crate `pdf-writer` writes each object.
//!
//! krilla did all of this before, for any document: a report of ours had 344 kB and took 49 ms in all, 27 of them in
//! krilla; now it has 296 kB and takes 8 ms, laid out and written (`tests/bench/pdf.rs`). A third of krilla's time went
//! into cutting four fonts for each document, a third into finding repetitions in glyph programs, which have few, and
//! the rest into shaping, outlines' bounds and caches that a text of single glyphs does not need. See `fonts::cff` and
//! `glyph_deflate`.

mod bookmarks;
mod content;
mod drawing;
mod embedded_fonts;
mod fault;
mod file;
mod glyph_deflate;
mod images;
mod links;
mod metadata;
mod structure;

use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_writer::{Finish, Name, Rect, Ref, TextStr};

use self::drawing::Drawing;
use self::embedded_fonts::DocumentFonts;
use self::fault::fault;
use self::file::{PdfFile, int};
use self::images::DocumentImages;
pub(super) use self::metadata::Description;
use self::structure::Tags;
use super::page::{Document, LANGUAGE, POINT, Page};
use crate::fonts::Fonts;
use crate::render::renderer::RenderError;

/// Writes a document.
///
/// # Errors When a font or a picture cannot be embedded, which is a fault of its file. Readers of font files may panic
/// at some of these.
pub(super) fn write(document: &Document, description: &Description<'_>, fonts: &Fonts) -> Result<Vec<u8>, RenderError> {
    let written = catch_unwind(AssertUnwindSafe(|| try_write(document, description, fonts)));
    written.unwrap_or_else(|_| Err(fault("写 PDF 时出错退出，多半是字体文件有毛病，请换一份字体")))
}

fn try_write(document: &Document, description: &Description<'_>, fonts: &Fonts) -> Result<Vec<u8>, RenderError> {
    let mut file = PdfFile::new();
    let mut fonts = DocumentFonts::new(fonts);
    let mut images = DocumentImages::default();
    let mut tags = Tags::new(&document.structure);
    let [catalog, page_tree, resources] = [(); 3].map(|()| file.reserve());
    let mut pages: Vec<(&Page, Ref)> = Vec::with_capacity(document.pages.len());
    for page in &document.pages {
        let [id, content] = [(); 2].map(|()| file.reserve());
        let drawn = Drawing::new(&mut fonts, &mut images, &mut tags, description.qr).page(page)?;
        file.compressed_stream(content, &drawn, |_| {})?;
        let links = links::write(page, &document.gaps, &mut file)?;
        let mut own = file.object(id)?.page(id);
        own.parent(page_tree).contents(content);
        own.pair(Name(b"Resources"), resources);
        let [width, height] = [page.width, page.height].map(|length| content::milli(length * POINT) as f32 / 1_000.0);
        own.media_box(Rect::new(0.0, 0.0, width, height)).struct_parents(int(pages.len()));
        if !links.is_empty() {
            own.annotations(links);
        }
        own.finish();
        pages.push((page, id));
    }
    let ids: Vec<Ref> = pages.iter().map(|(_, id)| *id).collect();
    file.object(page_tree)?.pages(page_tree).kids(ids.iter().copied()).count(int(ids.len()));
    let (fonts, images) = (fonts.write(&mut file)?, images.write(&mut file)?);
    write_resources(&mut file, resources, &fonts, &images)?;
    let root = tags.write(&document.structure, &ids, &mut file)?;
    let outline = bookmarks::write(&document.bookmarks, &pages, &mut file)?;
    let metadata = metadata::write_xmp(&mut file, description, ids.len());
    let intent = metadata::write_output_intent(&mut file)?;
    let mut own = file.object(catalog)?.indirect(catalog).start::<pdf_writer::writers::Catalog<'_>>();
    own.pages(page_tree).metadata(metadata).lang(TextStr(LANGUAGE));
    own.pair(Name(b"StructTreeRoot"), root);
    own.mark_info().marked(true);
    own.viewer_preferences().display_doc_title(true);
    own.insert(Name(b"OutputIntents")).array().item(intent);
    if let Some(outline) = outline {
        own.outlines(outline);
    }
    own.finish();
    let info = metadata::write_info(&mut file, description)?;
    file.finish(catalog, info)
}

/// The fonts and pictures of all pages together.
fn write_resources(file: &mut PdfFile, id: Ref, fonts: &[Ref], images: &[Ref]) -> Result<(), RenderError> {
    let mut resources = file.object(id)?.indirect(id).dict();
    for (kind, prefix, objects) in [(&b"Font"[..], 'F', fonts), (&b"XObject"[..], 'I', images)] {
        let mut names = resources.insert(Name(kind)).dict();
        for (at, object) in objects.iter().enumerate() {
            names.pair(Name(format!("{prefix}{at}").as_bytes()), *object);
        }
    }
    Ok(())
}
