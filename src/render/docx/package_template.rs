//! The constant parts of every package: built by docx-rs once a run and corrected.

use docx_rs::{DocGrid, DocGridType, Footer, PageMargin, PageNum, Paragraph, Run};

use super::letter_styles::with_letter_styles;
use super::package::{PackagePart, SharedParts};
use super::parts::{self, OptionalParts};
use super::xml_tree::XmlElement;
use super::{draft, schema, styles, turned_footer};
use crate::notice::{Grid, Typography};
use crate::render::geometry::{
    BODY_SIZE, BOTTOM, CHARACTER_GRID, FOOTER, HEADER, LEFT, LINE_PITCH, PAGE_HEIGHT, PAGE_WIDTH, RIGHT, TOP,
};
use crate::render::renderer::RenderError;

/// The constant parts, and the section properties of bodies.
#[derive(Clone, Debug)]
pub(super) struct PackageTemplate {
    /// The constant parts in the order in which they are stored.
    parts: Vec<TemplatePart>,
    /// `w:sectPr` of upright pages.
    pub portrait: XmlElement,
    /// `w:rPr` of the mark of an annex: the fonts of first-level headings (黑体).
    pub mark_fonts: String,
    /// `word/styles.xml` of reports with a head or a tail.
    letter_styles: String,
}

/// The part with the package's relationships.
const PACKAGE_RELATIONSHIPS: &str = "_rels/.rels";
/// The part with the settings.
const SETTINGS: &str = "word/settings.xml";
/// The part with the styles.
const STYLES: &str = "word/styles.xml";

/// A constant part.
#[derive(Clone, Debug)]
struct TemplatePart {
    name: &'static str,
    xml: String,
}

impl PackageTemplate {
    /// Builds the template for the settings' typefaces and grid.
    ///
    /// # Errors
    /// When docx-rs does not write what is expected.
    pub(super) fn build(typography: &Typography) -> Result<Self, RenderError> {
        let built = docx_rs_document(typography).build();
        let mut styles = XmlElement::parse(&built.styles)?;
        styles::complete(&mut styles);
        let mark_fonts = format!("<w:rPr>{}</w:rPr>", heading_fonts(&styles)?);
        let mut parts = Vec::new();
        let mut add = |name, xml| parts.push(TemplatePart { name, xml });
        add(PACKAGE_RELATIONSHIPS, parts::PACKAGE_RELATIONSHIPS.to_owned());
        add("docProps/app.xml", parts::APP_PROPERTIES.to_owned());
        add("word/fontTable.xml", parts::font_table(typography));
        for (name, bytes) in ["word/footer1.xml", "word/footer2.xml"].into_iter().zip(&built.footers) {
            add(name, to_part(XmlElement::parse(bytes)?));
        }
        add(SETTINGS, parts::SETTINGS.to_owned());
        let styles = to_part(styles);
        let letter_styles = with_letter_styles(&styles, typography);
        add(STYLES, styles);
        add("word/theme/theme1.xml", parts::THEME.to_owned());
        let mut document = XmlElement::parse(&built.document)?;
        schema::conform(&mut document);
        let section = document.child("w:body").and_then(|body| body.child("w:sectPr")).cloned();
        let section = section.ok_or_else(|| RenderError::Template("没有节属性".to_owned()))?;
        Ok(Self { parts, portrait: section, mark_fonts, letter_styles })
    }

    /// The constant parts, compressed, with the optional ones.
    ///
    /// # Errors
    /// On a fault of the zip crate.
    pub(super) fn shared_parts(&self, optional: OptionalParts) -> Result<SharedParts, RenderError> {
        let draft_header = optional.draft.then(draft::header);
        let turned_footers = optional.landscape.then(|| [turned_footer::odd(), turned_footer::even()]);
        let (final_relationships, final_settings) = (parts::final_package_relationships(), parts::final_settings());
        let types = parts::content_types(optional);
        let relationships = parts::document_relationships(optional, "");
        // Streaming readers of packages expect the list of types first. A report with pictures has relationships of its
        // own.
        let types = PackagePart { name: parts::CONTENT_TYPES_NAME, content: types.as_bytes() };
        let relationships = PackagePart { name: parts::RELATIONSHIPS_NAME, content: relationships.as_bytes() };
        let first = std::iter::once(types).chain((!optional.pictures).then_some(relationships));
        let constant = self.parts.iter().map(|part| {
            let xml = match part.name {
                STYLES if optional.letter_styles => &self.letter_styles,
                PACKAGE_RELATIONSHIPS if !optional.draft => &final_relationships,
                SETTINGS if !optional.draft => &final_settings,
                _ => &part.xml,
            };
            PackagePart { name: part.name, content: xml.as_bytes() }
        });
        let properties = PackagePart { name: "docProps/custom.xml", content: parts::FINAL_PROPERTIES.as_bytes() };
        let properties = (!optional.draft).then_some(properties);
        let bar = optional.bar.then_some(PackagePart { name: "word/media/bar.png", content: parts::BAR });
        let header =
            draft_header.iter().map(|header| PackagePart { name: "word/header1.xml", content: header.as_bytes() });
        let footers = ["word/footer4.xml", "word/footer5.xml"].into_iter().zip(turned_footers.iter().flatten());
        let footers = footers.map(|(name, footer)| PackagePart { name, content: footer.as_bytes() });
        SharedParts::new(first.chain(constant).chain(footers).chain(properties).chain(header).chain(bar))
    }
}

/// A document without text, with everything that docx-rs is used for: page, grid, footers, styles.
fn docx_rs_document(typography: &Typography) -> docx_rs::Docx {
    let margin =
        PageMargin::new().top(TOP).left(LEFT).bottom(BOTTOM).right(RIGHT).footer(FOOTER).header(HEADER).gutter(0);
    let grid = match typography.grid {
        Grid::Lines => DocGrid::with_empty().grid_type(DocGridType::Lines).line_pitch(LINE_PITCH),
        Grid::LinesAndChars => DocGrid::with_empty()
            .grid_type(DocGridType::LinesAndChars)
            .line_pitch(LINE_PITCH)
            .char_space(CHARACTER_GRID),
    };
    // A page number between dashes: — 1 — (GB/T 9704-2012, 7.5).
    let page_number = |style: &str| {
        let text = |text: &str| Run::new().add_text(text);
        let line = Paragraph::new().style(style).add_run(text("— ")).add_page_num(PageNum::new()).add_run(text(" —"));
        Footer::new().add_paragraph(line)
    };
    let docx = docx_rs::Docx::new()
        .page_size(PAGE_WIDTH, PAGE_HEIGHT)
        .page_margin(margin)
        .default_fonts(styles::fonts(&typography.body, typography))
        .default_size(BODY_SIZE)
        .footer(page_number("FooterOdd"))
        .even_footer(page_number("FooterEven"));
    let mut docx = styles::all(typography).into_iter().fold(docx, docx_rs::Docx::add_style);
    docx.document.section_property = docx.document.section_property.clone().doc_grid(grid);
    docx
}

/// `w:rFonts` of first-level headings.
fn heading_fonts(styles: &XmlElement) -> Result<String, RenderError> {
    let heading = styles.children.iter().find(|style| style.attribute("w:styleId") == Some("Heading1"));
    let fonts = heading.and_then(|style| style.child("w:rPr")).and_then(|run| run.child("w:rFonts"));
    fonts.map(XmlElement::to_xml).ok_or_else(|| RenderError::Template("没有一级标题的字体".to_owned()))
}

/// A whole part from an element that docx-rs wrote.
fn to_part(mut element: XmlElement) -> String {
    schema::conform(&mut element);
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n{}", element.to_xml())
}
