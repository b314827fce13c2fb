//! Section properties (`w:sectPr`): page, margins, headers and footers.

use super::xml_tree::XmlElement;
use crate::render::geometry::{BOTTOM, LANDSCAPE_FOOTER, LEFT, LETTER_HEADER, PAGE_HEIGHT, PAGE_WIDTH, RIGHT, TOP};

/// Writes the properties of a document's sections, one after the other.
pub(super) struct Sections<'t> {
    /// An upright page without headers, as the package template has it.
    portrait: &'t XmlElement,
    options: SectionOptions,
    /// Whether the next one is the document's first.
    is_first: bool,
}

/// What the sections of a document have in common.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SectionOptions {
    /// Whether pages have the header of drafts.
    pub draft: bool,
    /// Whether the first page is in 信函格式.
    pub letter_form: bool,
}

impl<'t> Sections<'t> {
    pub(super) fn new(portrait: &'t XmlElement, options: SectionOptions) -> Self {
        Self { portrait, options, is_first: true }
    }

    /// A section of upright pages.
    pub(super) fn portrait(&mut self) -> String {
        let section = self.portrait.clone();
        self.finished(section)
    }

    /// A section of upright pages that begins on an even page.
    pub(super) fn portrait_from_even_page(&mut self) -> String {
        let mut section = self.portrait.clone();
        insert_before(&mut section, "w:pgSz", XmlElement::new("w:type", &[("w:val", "evenPage")]));
        self.finished(section)
    }

    /// A section of landscape pages: turned by a quarter, so that the upright page's left margin becomes the top.
    pub(super) fn landscape(&mut self) -> String {
        let mut section = self.portrait.clone();
        let size = section.child_mut("w:pgSz");
        size.set("w:w", &PAGE_HEIGHT.to_string());
        size.set("w:h", &PAGE_WIDTH.to_string());
        size.set("w:orient", "landscape");
        let margins = [
            ("w:top", LEFT),
            ("w:right", TOP),
            ("w:bottom", RIGHT),
            ("w:left", BOTTOM),
            ("w:footer", LANDSCAPE_FOOTER),
        ];
        let margin = section.child_mut("w:pgMar");
        for (side, twips) in margins {
            margin.set(side, &twips.to_string());
        }
        for footer in section.children.iter_mut().filter(|child| child.name == "w:footerReference") {
            let id = if footer.attribute("w:type") == Some("even") { "rIdFooter5" } else { "rIdFooter4" };
            footer.set("r:id", id);
        }
        self.finished(section)
    }

    /// A section of landscape or of upright pages.
    pub(super) fn turned(&mut self, landscape: bool) -> String {
        if landscape { self.landscape() } else { self.portrait() }
    }

    fn finished(&mut self, mut section: XmlElement) -> String {
        let is_letter_page = std::mem::take(&mut self.is_first) && self.options.letter_form;
        if is_letter_page {
            section.child_mut("w:pgMar").set("w:header", &LETTER_HEADER.to_string());
            section.children.insert(0, reference("w:footerReference", "first", "rIdFirstFooter"));
            section.children.insert(0, reference("w:headerReference", "first", "rIdFirstHeader"));
            insert_before(&mut section, "w:docGrid", XmlElement::new("w:titlePg", &[]));
        }
        if self.options.draft {
            section.children.insert(0, reference("w:headerReference", "even", "rIdDraft"));
            section.children.insert(0, reference("w:headerReference", "default", "rIdDraft"));
        }
        section.to_xml()
    }
}

fn reference(element: &str, kind: &str, id: &str) -> XmlElement {
    XmlElement::new(element, &[("r:id", id), ("w:type", kind)])
}

/// Inserts a child before the first one of that name.
fn insert_before(section: &mut XmlElement, name: &str, child: XmlElement) {
    let at = section.children.iter().position(|child| child.name == name).unwrap_or(section.children.len());
    section.children.insert(at, child);
}
