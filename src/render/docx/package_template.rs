//! The frame: everything in a package that no report changes, built by docx-rs once a run.

use docx_rs::{DocGrid, DocGridType, Footer, PageMargin, PageNum, Paragraph, Run};

use super::super::RenderError;
use super::geometry::{BODY_SIZE, BOTTOM, FOOTER, LEFT, LINE_PITCH, PAGE_HEIGHT, PAGE_WIDTH, RIGHT, TOP};
use super::package::DocxPackage;
use super::parts::{self, Extra};
use super::styles;
use super::xml_tree::XmlElement;
use crate::notice::{Grid, Typography};

/// The constant parts of every package, and the section properties that bodies end with.
#[derive(Clone, Debug)]
pub struct PackageTemplate {
    /// The parts in the order in which they are stored.
    parts: Vec<(&'static str, String)>,
    /// `w:sectPr` of upright pages.
    pub portrait: String,
    /// `w:sectPr` of pages on their side.
    pub landscape: String,
}

impl PackageTemplate {
    /// The constant parts, packed.
    ///
    /// # Errors
    /// When they cannot be packed.
    pub fn package(&self, extras: &[Extra]) -> Result<DocxPackage, RenderError> {
        let types = parts::content_types(extras);
        let relationships = parts::document_relationships(extras);
        let first = [("[Content_Types].xml", &types), ("word/_rels/document.xml.rels", &relationships)];
        let texts = first.into_iter().chain(self.parts.iter().map(|(name, content)| (*name, content)));
        let bar = extras.contains(&Extra::Bar).then_some(("word/media/bar.png", parts::BAR));
        DocxPackage::of(texts.map(|(name, content)| (name, content.as_bytes())).chain(bar))
    }
}

/// Builds the frame for the settings' typefaces and grid.
///
/// # Errors
/// When what docx-rs made is not as expected.
pub fn build(typography: &Typography) -> Result<PackageTemplate, RenderError> {
    let made = document(typography).build();
    let mut styles = XmlElement::parse(&made.styles)?;
    styles::repair(&mut styles);
    let mut parts = vec![
        ("_rels/.rels", parts::PACKAGE_RELATIONSHIPS.to_owned()),
        ("docProps/app.xml", parts::APP_PROPERTIES.to_owned()),
        ("word/fontTable.xml", parts::font_table(typography)),
    ];
    for (name, bytes) in ["word/footer1.xml", "word/footer2.xml"].into_iter().zip(&made.footers) {
        parts.push((name, part(XmlElement::parse(bytes)?)));
    }
    parts.push(("word/settings.xml", parts::SETTINGS.to_owned()));
    parts.push(("word/styles.xml", part(styles)));
    parts.push(("word/theme/theme1.xml", parts::THEME.to_owned()));
    let mut document = XmlElement::parse(&made.document)?;
    styles::tidy(&mut document);
    let section = document.child("w:body").and_then(|body| body.child("w:sectPr")).cloned();
    let section = section.ok_or_else(|| RenderError::Frame("没有节属性".to_owned()))?;
    Ok(PackageTemplate { parts, portrait: written(&section), landscape: written(&on_its_side(section)) })
}

fn document(typography: &Typography) -> docx_rs::Docx {
    let margin = PageMargin::new().top(TOP).left(LEFT).bottom(BOTTOM).right(RIGHT).footer(FOOTER).header(851).gutter(0);
    let grid = match typography.grid {
        Grid::Lines => DocGrid::with_empty().grid_type(DocGridType::Lines).line_pitch(LINE_PITCH),
        Grid::LinesAndChars => {
            DocGrid::with_empty().grid_type(DocGridType::LinesAndChars).line_pitch(LINE_PITCH).char_space(-842)
        }
    };
    let number = |style: &str| {
        let dash = |text: &str| Run::new().add_text(text);
        let line = Paragraph::new().style(style).add_run(dash("— ")).add_page_num(PageNum::new()).add_run(dash(" —"));
        Footer::new().add_paragraph(line)
    };
    let docx = docx_rs::Docx::new()
        .page_size(PAGE_WIDTH, PAGE_HEIGHT)
        .page_margin(margin)
        .default_fonts(styles::fonts(&typography.body, typography))
        .default_size(BODY_SIZE)
        .footer(number("FooterOdd"))
        .even_footer(number("FooterEven"));
    let mut docx = styles::all(typography).into_iter().fold(docx, docx_rs::Docx::add_style);
    docx.document.section_property = docx.document.section_property.clone().doc_grid(grid);
    docx
}

/// The section turned by a quarter: the upright page's left margin becomes the top.
fn on_its_side(mut section: XmlElement) -> XmlElement {
    let size = section.child_mut("w:pgSz");
    for (key, value) in [("w:w", PAGE_HEIGHT.to_string()), ("w:h", PAGE_WIDTH.to_string())] {
        size.set(key, &value);
    }
    size.set("w:orient", "landscape");
    let margin = section.child_mut("w:pgMar");
    for (key, value) in [("w:top", LEFT), ("w:right", TOP), ("w:bottom", RIGHT), ("w:left", BOTTOM), ("w:footer", 850)]
    {
        margin.set(key, &value.to_string());
    }
    section
}

/// A whole part from an element that still has to be put right.
fn part(mut element: XmlElement) -> String {
    styles::tidy(&mut element);
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n{}", written(&element))
}

fn written(element: &XmlElement) -> String {
    let mut out = String::new();
    element.write(&mut out);
    out
}
