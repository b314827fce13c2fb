//! The styles of the package template: built by docx-rs, completed with what docx-rs cannot express.
//!
//! Lengths are in twips, font sizes in half-points, `…Chars` indents in 1/100 of a character.

use docx_rs::{
    AlignmentType, LineSpacing, LineSpacingType, RunFonts, SpecialIndentType, Style, StyleType, TableCellMargins,
    TableLayoutType, WidthType,
};

use super::geometry::{
    BODY_SIZE, CAPTION_SIZE, CHARACTER, CHARACTER_SPACING, PAGE_NUMBER_SIZE, TABLE_SIZE, TITLE_LINE, TITLE_SIZE,
};
use super::xml_tree::XmlElement;
use crate::notice::Typography;

/// The fonts of a run: the first of `names`, and for ASCII the settings' Latin typeface if there is one. Curly quotes and
/// dashes are East Asian characters.
pub(super) fn fonts(names: &[String], typography: &Typography) -> RunFonts {
    let name = names.first().map_or("宋体", String::as_str);
    let ascii = typography.latin.as_deref().unwrap_or(name);
    RunFonts::new().ascii(ascii).hi_ansi(name).east_asia(name).cs(ascii).hint("eastAsia")
}

/// All styles but Normal.
pub(super) fn all(typography: &Typography) -> Vec<Style> {
    let font = |names: &[String]| fonts(names, typography);
    let paragraph = |id: &str, name: &str| Style::new(id, StyleType::Paragraph).name(name).based_on("Normal");
    let first_line = Some(SpecialIndentType::FirstLine(2 * CHARACTER));
    let indented = |style: Style| style.indent(None, first_line, None, None);
    let heading = |level: usize, names: &[String]| {
        indented(paragraph(&format!("Heading{level}"), &format!("heading {level}")))
            .next("BodyText")
            .fonts(font(names))
            .outline_lvl(level - 1)
            .ui_priority(9)
            .q_format(true)
    };
    let small = |id: &str, name: &str| {
        paragraph(id, name)
            .snap_to_grid(false)
            .align(AlignmentType::Center)
            .size(TABLE_SIZE)
            .line_spacing(exact_line(300))
    };
    let footer = |id: &str, name: &str, align| {
        let style = paragraph(id, name).fonts(font(&typography.page_number)).size(PAGE_NUMBER_SIZE);
        style.align(align).snap_to_grid(false).line_spacing(exact_line(280))
    };
    vec![
        indented(paragraph("BodyText", "Body Text")).q_format(true),
        paragraph("Title", "Title")
            .next("Addressee")
            .fonts(font(&typography.title))
            .size(TITLE_SIZE)
            .align(AlignmentType::Center)
            .snap_to_grid(false)
            .line_spacing(exact_line(TITLE_LINE))
            .q_format(true),
        paragraph("Addressee", "主送机关").next("BodyText"),
        heading(1, &typography.heading1),
        heading(2, &typography.heading2),
        heading(3, &typography.body),
        heading(4, &typography.body),
        paragraph("TableCaption", "表题")
            .fonts(font(&typography.heading1))
            .size(CAPTION_SIZE)
            .align(AlignmentType::Center)
            .snap_to_grid(false)
            .line_spacing(exact_line(400)),
        small("TableText", "表格文字"),
        small("TableHead", "表头").fonts(font(&typography.heading1)),
        paragraph("TableAfter", "表后").snap_to_grid(false).line_spacing(exact_line(160)),
        indented(paragraph("SigningLine", "签字栏")),
        paragraph("Organisation", "署名").align(AlignmentType::Right),
        paragraph("DateOfWriting", "成文日期").align(AlignmentType::Right),
        indented(paragraph("Note", "附注")).align(AlignmentType::Left),
        footer("FooterOdd", "单页页码", AlignmentType::Right),
        footer("FooterEven", "双页页码", AlignmentType::Left),
        Style::new("Gap", StyleType::Character).name("待填写"),
        Style::new("ReportTable", StyleType::Table).name("报告表格").layout(TableLayoutType::Fixed).margins(
            TableCellMargins::new()
                .margin_top(40, WidthType::Dxa)
                .margin_left(70, WidthType::Dxa)
                .margin_bottom(40, WidthType::Dxa)
                .margin_right(70, WidthType::Dxa),
        ),
    ]
}

/// Lines of exactly this height.
fn exact_line(twips: i32) -> LineSpacing {
    LineSpacing::new().line_rule(LineSpacingType::Exact).line(twips)
}

/// An element that docx-rs drops or cannot express.
struct Addition {
    /// The id of the style.
    style: &'static str,
    /// The style's `w:pPr` or `w:rPr`.
    parent: &'static str,
    element: &'static str,
    attributes: &'static [(&'static str, &'static str)],
}

const fn paragraph(
    style: &'static str,
    element: &'static str,
    attributes: &'static [(&'static str, &'static str)],
) -> Addition {
    Addition { style, parent: "w:pPr", element, attributes }
}

const fn run(
    style: &'static str,
    element: &'static str,
    attributes: &'static [(&'static str, &'static str)],
) -> Addition {
    Addition { style, parent: "w:rPr", element, attributes }
}

const ADDITIONS: &[Addition] = &[
    paragraph("Normal", "w:widowControl", &[("w:val", "0")]),
    paragraph("Normal", "w:jc", &[("w:val", "both")]),
    paragraph("Normal", "w:autoSpaceDE", &[("w:val", "0")]),
    paragraph("Normal", "w:autoSpaceDN", &[("w:val", "0")]),
    paragraph("BodyText", "w:ind", &[("w:firstLineChars", "200")]),
    paragraph("SigningLine", "w:ind", &[("w:firstLineChars", "200")]),
    paragraph("SigningLine", "w:keepNext", &[]),
    paragraph("Note", "w:ind", &[("w:firstLineChars", "200")]),
    paragraph("Heading1", "w:ind", &[("w:firstLineChars", "200")]),
    paragraph("Heading2", "w:ind", &[("w:firstLineChars", "200")]),
    paragraph("Heading3", "w:ind", &[("w:firstLineChars", "200")]),
    paragraph("Heading4", "w:ind", &[("w:firstLineChars", "200")]),
    paragraph("Heading1", "w:keepNext", &[]),
    paragraph("Heading2", "w:keepNext", &[]),
    paragraph("Heading3", "w:keepNext", &[]),
    paragraph("Heading4", "w:keepNext", &[]),
    paragraph("TableCaption", "w:keepNext", &[]),
    paragraph("TableCaption", "w:spacing", &[("w:before", "120"), ("w:after", "60")]),
    paragraph("SigningLine", "w:keepLines", &[]),
    paragraph("Organisation", "w:keepNext", &[]),
    paragraph("Organisation", "w:keepLines", &[]),
    paragraph("FooterOdd", "w:ind", &[("w:rightChars", "100"), ("w:right", "280")]),
    paragraph("FooterEven", "w:ind", &[("w:leftChars", "100"), ("w:left", "280")]),
    run("Gap", "w:shd", &[("w:val", "clear"), ("w:color", "auto"), ("w:fill", "FFFF00")]),
    run("Title", "w:spacing", &[("w:val", "0")]),
    run("TableCaption", "w:spacing", &[("w:val", "0")]),
    run("TableText", "w:spacing", &[("w:val", "0")]),
    run("TableHead", "w:spacing", &[("w:val", "0")]),
    run("FooterOdd", "w:spacing", &[("w:val", "0")]),
    run("FooterEven", "w:spacing", &[("w:val", "0")]),
];

/// Completes `word/styles.xml`: default and custom styles, [`ADDITIONS`], document defaults.
pub(super) fn complete(styles: &mut XmlElement) {
    for style in styles.children.iter_mut().filter(|child| child.name == "w:style") {
        let id = style.attribute("w:styleId").unwrap_or_default().to_owned();
        if id == "Normal" {
            style.set("w:default", "1");
        } else {
            style.set("w:customStyle", if BUILT_IN.contains(&id.as_str()) { "0" } else { "1" });
        }
        for addition in ADDITIONS.iter().filter(|addition| addition.style == id) {
            let element = style.child_mut(addition.parent).child_mut(addition.element);
            addition.attributes.iter().for_each(|(key, value)| element.set(key, value));
        }
    }
    let defaults = styles.child_mut("w:docDefaults").child_mut("w:rPrDefault").child_mut("w:rPr");
    defaults.child_mut("w:spacing").set("w:val", &CHARACTER_SPACING.to_string());
    let language = defaults.child_mut("w:lang");
    for (key, value) in [("w:val", "en-US"), ("w:eastAsia", "zh-CN"), ("w:bidi", "ar-SA")] {
        language.set(key, value);
    }
    defaults.child_mut("w:sz").set("w:val", &BODY_SIZE.to_string());
}

/// Ids of Word's built-in styles.
const BUILT_IN: [&str; 6] = ["BodyText", "Title", "Heading1", "Heading2", "Heading3", "Heading4"];
