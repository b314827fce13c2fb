//! The frame's styles, made by docx-rs, and what docx-rs leaves out of them.

use docx_rs::{
    AlignmentType, LineSpacing, LineSpacingType, RunFonts, SpecialIndentType, Style, StyleType, TableCellMargins,
    TableLayoutType, WidthType,
};

use super::geometry::{
    BODY_SIZE, CAPTION_SIZE, CHARACTER, CHARACTER_SPACING, PAGE_NUMBER_SIZE, TABLE_SIZE, TITLE_LINE, TITLE_SIZE,
};
use super::xml_tree::XmlElement;
use crate::notice::Typography;

/// The fonts of a run: `names[0]` for everything, the settings' Latin typeface for ASCII when there is one.
/// Curly quotes and dashes count as East Asian.
pub fn fonts(names: &[String], typography: &Typography) -> RunFonts {
    let name = names.first().map_or("宋体", String::as_str);
    let ascii = typography.latin.as_deref().unwrap_or(name);
    RunFonts::new().ascii(ascii).hi_ansi(name).east_asia(name).cs(ascii).hint("eastAsia")
}

/// All styles but Normal.
pub fn all(typography: &Typography) -> Vec<Style> {
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
        paragraph(id, name).snap_to_grid(false).align(AlignmentType::Center).size(TABLE_SIZE).line_spacing(line(300))
    };
    let footer = |id: &str, name: &str, align| {
        let style = paragraph(id, name).fonts(font(&typography.page_number)).size(PAGE_NUMBER_SIZE);
        style.align(align).snap_to_grid(false).line_spacing(line(280))
    };
    vec![
        indented(paragraph("BodyText", "Body Text")).q_format(true),
        paragraph("Title", "Title")
            .next("Addressee")
            .fonts(font(&typography.title))
            .size(TITLE_SIZE)
            .align(AlignmentType::Center)
            .snap_to_grid(false)
            .line_spacing(line(TITLE_LINE))
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
            .line_spacing(line(400)),
        small("TableText", "表格文字"),
        small("TableHead", "表头").fonts(font(&typography.heading1)),
        paragraph("TableAfter", "表后").snap_to_grid(false).line_spacing(line(160)),
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

fn line(twips: i32) -> LineSpacing {
    LineSpacing::new().line_rule(LineSpacingType::Exact).line(twips)
}

/// What docx-rs drops or does not know: style, its `w:pPr` or `w:rPr`, element, attributes.
type Addition = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const ADDITIONS: &[Addition] = &[
    ("Normal", "w:pPr", "w:widowControl", &[("w:val", "0")]),
    ("Normal", "w:pPr", "w:jc", &[("w:val", "both")]),
    ("Normal", "w:pPr", "w:autoSpaceDE", &[("w:val", "0")]),
    ("Normal", "w:pPr", "w:autoSpaceDN", &[("w:val", "0")]),
    ("BodyText", "w:pPr", "w:ind", &[("w:firstLineChars", "200")]),
    ("SigningLine", "w:pPr", "w:ind", &[("w:firstLineChars", "200")]),
    ("SigningLine", "w:pPr", "w:keepNext", &[]),
    ("Note", "w:pPr", "w:ind", &[("w:firstLineChars", "200")]),
    ("Heading1", "w:pPr", "w:ind", &[("w:firstLineChars", "200")]),
    ("Heading2", "w:pPr", "w:ind", &[("w:firstLineChars", "200")]),
    ("Heading3", "w:pPr", "w:ind", &[("w:firstLineChars", "200")]),
    ("Heading4", "w:pPr", "w:ind", &[("w:firstLineChars", "200")]),
    ("Heading1", "w:pPr", "w:keepNext", &[]),
    ("Heading2", "w:pPr", "w:keepNext", &[]),
    ("Heading3", "w:pPr", "w:keepNext", &[]),
    ("Heading4", "w:pPr", "w:keepNext", &[]),
    ("TableCaption", "w:pPr", "w:keepNext", &[]),
    ("TableCaption", "w:pPr", "w:spacing", &[("w:before", "120"), ("w:after", "60")]),
    ("SigningLine", "w:pPr", "w:keepLines", &[]),
    ("Organisation", "w:pPr", "w:keepNext", &[]),
    ("Organisation", "w:pPr", "w:keepLines", &[]),
    ("FooterOdd", "w:pPr", "w:ind", &[("w:rightChars", "100"), ("w:right", "280")]),
    ("FooterEven", "w:pPr", "w:ind", &[("w:leftChars", "100"), ("w:left", "280")]),
    ("Gap", "w:rPr", "w:shd", &[("w:val", "clear"), ("w:color", "auto"), ("w:fill", "FFFF00")]),
    ("Title", "w:rPr", "w:spacing", &[("w:val", "0")]),
    ("TableCaption", "w:rPr", "w:spacing", &[("w:val", "0")]),
    ("TableText", "w:rPr", "w:spacing", &[("w:val", "0")]),
    ("TableHead", "w:rPr", "w:spacing", &[("w:val", "0")]),
    ("FooterOdd", "w:rPr", "w:spacing", &[("w:val", "0")]),
    ("FooterEven", "w:rPr", "w:spacing", &[("w:val", "0")]),
];

/// Children of elements in the order the transitional schema asks for.
const ORDER: &[(&str, &[&str])] = &[
    (
        "w:style",
        &[
            "w:name",
            "w:basedOn",
            "w:next",
            "w:link",
            "w:uiPriority",
            "w:semiHidden",
            "w:unhideWhenUsed",
            "w:qFormat",
            "w:pPr",
            "w:rPr",
            "w:tblPr",
            "w:tcPr",
        ],
    ),
    (
        "w:pPr",
        &[
            "w:pStyle",
            "w:keepNext",
            "w:keepLines",
            "w:widowControl",
            "w:autoSpaceDE",
            "w:autoSpaceDN",
            "w:snapToGrid",
            "w:spacing",
            "w:ind",
            "w:jc",
            "w:outlineLvl",
            "w:rPr",
        ],
    ),
    ("w:rPr", &["w:rStyle", "w:rFonts", "w:spacing", "w:sz", "w:szCs", "w:highlight", "w:shd", "w:lang"]),
    ("w:sectPr", &["w:footerReference", "w:pgSz", "w:pgMar", "w:cols", "w:docGrid"]),
    ("w:tblPr", &["w:tblStyle", "w:tblW", "w:jc", "w:tblBorders", "w:tblLayout", "w:tblCellMar"]),
];

/// Puts the styles that docx-rs made right.
pub fn repair(styles: &mut XmlElement) {
    for style in styles.children.iter_mut().filter(|child| child.name == "w:style") {
        let id = style.attribute("w:styleId").unwrap_or_default().to_owned();
        if id == "Normal" {
            style.set("w:default", "1");
        } else {
            style.set("w:customStyle", if BUILT_IN.contains(&id.as_str()) { "0" } else { "1" });
        }
        for (_, parent, name, attributes) in ADDITIONS.iter().filter(|(style, ..)| *style == id) {
            let element = style.child_mut(parent).child_mut(name);
            attributes.iter().for_each(|(key, value)| element.set(key, value));
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

/// Styles that Word knows by these names.
const BUILT_IN: [&str; 6] = ["BodyText", "Title", "Heading1", "Heading2", "Heading3", "Heading4"];

/// Drops what says nothing or breaks the schema, and puts children in order, in any part.
pub fn tidy(root: &mut XmlElement) {
    root.attributes.retain(|(key, _)| !key.starts_with("xmlns:") || matches!(key.as_str(), "xmlns:w" | "xmlns:r"));
    root.for_each(&mut |element| {
        element.attributes.retain(|(key, value)| {
            let zero_indent = element.name == "w:ind" && value == "0";
            !zero_indent
                && !key.starts_with("w14:")
                && key != "mc:Ignorable"
                && key != "w:dirty"
                && !(key == "w:customStyle" && value == "0")
        });
        let style_type = element.attribute("w:type").unwrap_or_default().to_owned();
        let in_pr = element.name == "w:pPr";
        element.children.retain(|child| {
            let empty = child.children.is_empty() && child.attributes.is_empty();
            let says_nothing = empty && matches!(child.name.as_str(), "w:rPr" | "w:pPr" | "w:tcPr" | "w:ind");
            let misplaced = in_pr && child.name == "w:rPr"
                || element.name == "w:style" && style_type != "paragraph" && child.name == "w:pPr";
            !says_nothing && !misplaced
        });
        if let Some((_, order)) = ORDER.iter().find(|(name, _)| *name == element.name) {
            let rank = |child: &XmlElement| order.iter().position(|name| *name == child.name).unwrap_or(order.len());
            element.children.sort_by_key(rank);
        }
    });
}
