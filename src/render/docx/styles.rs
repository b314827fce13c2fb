//! The styles of the package template: built by docx-rs, completed with what docx-rs cannot express.
//!
//! Lengths are in twips, font sizes in half-points, `…Chars` indents in 1/100 of a character.

use docx_rs::{
    AlignmentType, LineSpacing, LineSpacingType, RunFonts, SpecialIndentType, Style, StyleType, TableCellMargins,
    TableLayoutType, WidthType,
};

use super::xml_tree::XmlElement;
use crate::notice::Typography;
use crate::render::geometry::{
    AFTER_TABLE, BODY_SIZE, CAPTION_LINE, CAPTION_SIZE, CHARACTER, CHARACTER_SPACING, PAGE_NUMBER_LINE,
    PAGE_NUMBER_SIZE, TABLE_LINE, TABLE_SIZE, TITLE_LINE, TITLE_SIZE,
};

/// The fonts of a run: the first of `names`, and for ASCII the settings' Latin typeface if there is one. Curly quotes
/// and dashes are East Asian characters.
pub(super) fn fonts(names: &[String], typography: &Typography) -> RunFonts {
    let name = names.first().map_or("宋体", String::as_str);
    let ascii = typography.latin.as_deref().unwrap_or(name);
    RunFonts::new().ascii(ascii).hi_ansi(name).east_asia(name).cs(ascii).hint("eastAsia")
}

/// All styles but Normal, which docx-rs adds itself.
pub(super) fn all(typography: &Typography) -> Vec<Style> {
    let gap = Style::new("Gap", StyleType::Character).name("待填写");
    let paragraphs = [text_styles(typography), table_styles(typography), signature_styles(typography)];
    [paragraphs.concat(), vec![gap, report_table()]].concat()
}

/// The table itself; margins in twips.
fn report_table() -> Style {
    let cell_margins = TableCellMargins::new()
        .margin_top(40, WidthType::Dxa)
        .margin_left(70, WidthType::Dxa)
        .margin_bottom(40, WidthType::Dxa)
        .margin_right(70, WidthType::Dxa);
    Style::new("ReportTable", StyleType::Table).name("报告表格").layout(TableLayoutType::Fixed).margins(cell_margins)
}

/// Title, addressee, body and headings (GB/T 9704-2012, 7.3.1 to 7.3.3).
fn text_styles(typography: &Typography) -> Vec<Style> {
    let heading = |level: usize, names: &[String]| {
        indented(paragraph_style(&format!("Heading{level}"), &format!("heading {level}")))
            .next("BodyText")
            .fonts(fonts(names, typography))
            .outline_lvl(level - 1)
            .ui_priority(9)
            .q_format(true)
    };
    let title = centred_lines("Title", "Title", TITLE_LINE)
        .next("Addressee")
        .fonts(fonts(&typography.title, typography))
        .size(TITLE_SIZE)
        .q_format(true);
    vec![
        indented(paragraph_style("BodyText", "Body Text")).q_format(true),
        title,
        paragraph_style("Addressee", "主送机关").next("BodyText"),
        heading(1, &typography.heading1),
        heading(2, &typography.heading2),
        heading(3, &typography.body),
        heading(4, &typography.body),
    ]
}

/// Caption and cells of tables, and the space below a table.
fn table_styles(typography: &Typography) -> Vec<Style> {
    let cell = |id: &str, name: &str| centred_lines(id, name, TABLE_LINE).size(TABLE_SIZE);
    vec![
        centred_lines("TableCaption", "表题", CAPTION_LINE)
            .fonts(fonts(&typography.heading1, typography))
            .size(CAPTION_SIZE),
        cell("TableText", "表格文字"),
        cell("TableHead", "表头").fonts(fonts(&typography.heading1, typography)),
        paragraph_style("TableAfter", "表后").snap_to_grid(false).line_spacing(exact_line(AFTER_TABLE)),
    ]
}

/// Signature, 附注 and page numbers (GB/T 9704-2012, 7.3.5, 7.3.6 and 7.5).
fn signature_styles(typography: &Typography) -> Vec<Style> {
    let page_number = |id: &str, name: &str, align| {
        paragraph_style(id, name)
            .fonts(fonts(&typography.page_number, typography))
            .size(PAGE_NUMBER_SIZE)
            .align(align)
            .snap_to_grid(false)
            .line_spacing(exact_line(PAGE_NUMBER_LINE))
    };
    vec![
        indented(paragraph_style("SigningLine", "签字栏")),
        paragraph_style("Organisation", "署名").align(AlignmentType::Right),
        paragraph_style("DateOfWriting", "成文日期").align(AlignmentType::Right),
        indented(paragraph_style("Note", "附注")).align(AlignmentType::Left),
        page_number("FooterOdd", "单页页码", AlignmentType::Right),
        page_number("FooterEven", "双页页码", AlignmentType::Left),
    ]
}

fn paragraph_style(id: &str, name: &str) -> Style {
    Style::new(id, StyleType::Paragraph).name(name).based_on("Normal")
}

/// Centred lines of exactly this height, off the grid of the body.
fn centred_lines(id: &str, name: &str, line: i32) -> Style {
    paragraph_style(id, name).align(AlignmentType::Center).snap_to_grid(false).line_spacing(exact_line(line))
}

/// With a first line two characters in.
fn indented(style: Style) -> Style {
    style.indent(None, Some(SpecialIndentType::FirstLine(2 * CHARACTER)), None, None)
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

const fn in_paragraph(
    style: &'static str,
    element: &'static str,
    attributes: &'static [(&'static str, &'static str)],
) -> Addition {
    Addition { style, parent: "w:pPr", element, attributes }
}

const fn in_run(
    style: &'static str,
    element: &'static str,
    attributes: &'static [(&'static str, &'static str)],
) -> Addition {
    Addition { style, parent: "w:rPr", element, attributes }
}

const ADDITIONS: &[Addition] = &[
    in_paragraph("Normal", "w:widowControl", &[("w:val", "0")]),
    in_paragraph("Normal", "w:jc", &[("w:val", "both")]),
    in_paragraph("Normal", "w:autoSpaceDE", &[("w:val", "0")]),
    in_paragraph("Normal", "w:autoSpaceDN", &[("w:val", "0")]),
    in_paragraph("BodyText", "w:ind", &[("w:firstLineChars", "200")]),
    in_paragraph("SigningLine", "w:ind", &[("w:firstLineChars", "200")]),
    in_paragraph("SigningLine", "w:keepNext", &[]),
    in_paragraph("Note", "w:ind", &[("w:firstLineChars", "200")]),
    in_paragraph("Heading1", "w:ind", &[("w:firstLineChars", "200")]),
    in_paragraph("Heading2", "w:ind", &[("w:firstLineChars", "200")]),
    in_paragraph("Heading3", "w:ind", &[("w:firstLineChars", "200")]),
    in_paragraph("Heading4", "w:ind", &[("w:firstLineChars", "200")]),
    in_paragraph("Heading1", "w:keepNext", &[]),
    in_paragraph("Heading2", "w:keepNext", &[]),
    in_paragraph("Heading3", "w:keepNext", &[]),
    in_paragraph("Heading4", "w:keepNext", &[]),
    in_paragraph("TableCaption", "w:keepNext", &[]),
    in_paragraph("TableCaption", "w:spacing", &[("w:before", "120"), ("w:after", "60")]),
    in_paragraph("SigningLine", "w:keepLines", &[]),
    in_paragraph("Organisation", "w:keepNext", &[]),
    in_paragraph("Organisation", "w:keepLines", &[]),
    in_paragraph("FooterOdd", "w:ind", &[("w:rightChars", "100"), ("w:right", "280")]),
    in_paragraph("FooterEven", "w:ind", &[("w:leftChars", "100"), ("w:left", "280")]),
    in_run("Gap", "w:shd", &[("w:val", "clear"), ("w:color", "auto"), ("w:fill", "FFFF00")]),
    in_run("Title", "w:spacing", &[("w:val", "0")]),
    in_run("TableCaption", "w:spacing", &[("w:val", "0")]),
    in_run("TableText", "w:spacing", &[("w:val", "0")]),
    in_run("TableHead", "w:spacing", &[("w:val", "0")]),
    in_run("FooterOdd", "w:spacing", &[("w:val", "0")]),
    in_run("FooterEven", "w:spacing", &[("w:val", "0")]),
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
