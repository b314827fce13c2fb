//! Inline pictures (DrawingML).

use crate::render::xml::escaped;

/// A picture in a line of text. Lengths are in EMU (English Metric Units: 12 700 a point, 36 000 a millimetre).
pub(super) struct Picture<'a> {
    /// The name of its file in `word/media`.
    pub file: &'static str,
    /// The id of its relationship in `word/_rels/document.xml.rels`.
    pub relationship: &'static str,
    pub width: u64,
    pub height: u64,
    /// What kind of picture it is, as programs list it.
    pub label: &'static str,
    /// What it shows, for readers who do not see it.
    pub description: &'a str,
}

impl Picture<'_> {
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
