//! Inline pictures (DrawingML).

use crate::picture::{Picture, PictureFormat};
use crate::render::xml::escaped;

/// A picture in a line of text. Lengths are in EMU (English Metric Units: 12 700 a point, 36 000 a millimetre).
pub(super) struct InlinePicture<'a> {
    /// The name of its file in `word/media`.
    pub file: &'a str,
    /// The id of its relationship in `word/_rels/document.xml.rels`.
    pub relationship: &'a str,
    pub width: u64,
    pub height: u64,
    /// What kind of picture it is, as programs list it.
    pub label: &'static str,
    /// What it shows, for readers who do not see it.
    pub description: &'a str,
}

impl InlinePicture<'_> {
    /// Appends the run that contains the picture. `id` is unique within the document.
    pub(super) fn write(&self, out: &mut String, id: usize) {
        let Self { file, relationship, width, height, label, description } = self;
        let description = escaped(description);
        out.push_str(&format!(
            "<w:r><w:drawing><wp:inline xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
             distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{width}\" cy=\"{height}\"/>\
             <wp:docPr id=\"{id}\" name=\"{label}{id}\" descr=\"{description}\"/>\
             <a:graphic xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\">\
             <a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">\
             <pic:pic xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:nvPicPr>\
             <pic:cNvPr id=\"{id}\" name=\"{file}\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed=\"{relationship}\"/>\
             <a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/>\
             <a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr>\
             </pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        ));
    }
}

/// The name in `word/media` of the report's picture with that number, from 0.
pub(super) fn media_name(number: usize, format: PictureFormat) -> String {
    format!("picture{}.{}", number + 1, format.extension())
}

/// The id of the relationship of the report's picture with that number, from 0.
pub(super) fn relationship_id(number: usize) -> String {
    format!("rIdPicture{}", number + 1)
}

/// The most that a picture may take, in EMU.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub width: u64,
    pub height: u64,
}

/// The width and height of a picture in EMU, shrunk to the room that there is.
pub(super) fn size_in(picture: &Picture, room: Room) -> (u64, u64) {
    /// EMU of a tenth of a millimetre.
    const TENTH: u64 = 3_600;
    let (width, height) = (u64::from(picture.print_width) * TENTH, u64::from(picture.print_height) * TENTH);
    let (width, height) = if width > room.width { (room.width, height * room.width / width) } else { (width, height) };
    let (width, height) =
        if height > room.height { (width * room.height / height, room.height) } else { (width, height) };
    (width.max(1), height.max(1))
}
