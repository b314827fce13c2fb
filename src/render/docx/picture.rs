//! Pictures that stand in a line of text.

use super::super::xml::escaped;

/// A picture, its size in EMU.
pub struct Picture {
    /// Its number within the document.
    pub id: usize,
    /// The name of its file.
    pub name: &'static str,
    /// The id of its relationship.
    pub embed: &'static str,
    /// How wide it is.
    pub width: u64,
    /// How high it is.
    pub height: u64,
}

impl Picture {
    /// Writes the run that shows it, called `label`; `told` is what it says to those who do not see it.
    pub fn write(&self, out: &mut String, label: &str, told: &str) {
        let Self { id, name, embed, width, height } = self;
        let told = escaped(told);
        out.push_str(&format!(
            "<w:r><w:drawing><wp:inline xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
             distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{width}\" cy=\"{height}\"/>\
             <wp:docPr id=\"{id}\" name=\"{label}{id}\" descr=\"{told}\"/>\
             <a:graphic xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\">\
             <a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">\
             <pic:pic xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:nvPicPr>\
             <pic:cNvPr id=\"{id}\" name=\"{name}\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed=\"{embed}\"/>\
             <a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/>\
             <a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr>\
             </pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        ));
    }
}
