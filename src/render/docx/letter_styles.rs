//! Styles of the letter's head and tail, in packages whose report has either.

use crate::notice::Typography;
use crate::render::geometry::{LINE_PITCH, TAIL_LINE};
use crate::render::xml::escaped;

/// `word/styles.xml` with these styles behind the others.
pub(super) fn with_letter_styles(styles: &str, typography: &Typography) -> String {
    let off_grid = "<w:snapToGrid w:val=\"0\"/>";
    let exact = |line: i32| format!("<w:spacing w:line=\"{line}\" w:lineRule=\"exact\"/>");
    let mark_font = run_fonts(&typography.title, typography);
    let paragraphs = [
        paragraph("HeadLine", "版头文字", &format!("{off_grid}{}<w:jc w:val=\"left\"/>", exact(LINE_PITCH as i32)), ""),
        paragraph(
            "HeadMark",
            "发文机关标志",
            &format!("{off_grid}<w:jc w:val=\"center\"/>"),
            &format!("{mark_font}<w:color w:val=\"FF0000\"/><w:spacing w:val=\"0\"/>"),
        ),
        paragraph("HeadRule", "分隔线", &format!("{off_grid}{}", exact(20)), ""),
        paragraph(
            "TailText",
            "版记",
            &format!("{off_grid}{}<w:jc w:val=\"left\"/>", exact(TAIL_LINE)),
            "<w:spacing w:val=\"0\"/><w:sz w:val=\"28\"/>",
        ),
    ];
    let characters = [
        character("HeadBlack", "版头黑体", &run_fonts(&typography.heading1, typography)),
        character("HeadKai", "版头楷体", &run_fonts(&typography.heading2, typography)),
    ];
    styles.replace("</w:styles>", &format!("{}{}</w:styles>", paragraphs.concat(), characters.concat()))
}

fn paragraph(id: &str, name: &str, paragraph: &str, run: &str) -> String {
    let run = if run.is_empty() { String::new() } else { format!("<w:rPr>{run}</w:rPr>") };
    format!(
        "<w:style w:type=\"paragraph\" w:customStyle=\"1\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/>\
         <w:basedOn w:val=\"Normal\"/><w:pPr>{paragraph}</w:pPr>{run}</w:style>"
    )
}

fn character(id: &str, name: &str, run: &str) -> String {
    format!(
        "<w:style w:type=\"character\" w:customStyle=\"1\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/>\
         <w:rPr>{run}</w:rPr></w:style>"
    )
}

/// The typeface as `styles::fonts` gives it to the other styles.
fn run_fonts(names: &[String], typography: &Typography) -> String {
    let name = escaped(names.first().map_or("宋体", String::as_str));
    let ascii = typography.latin.as_deref().map_or_else(|| name.clone(), escaped);
    format!(
        "<w:rFonts w:ascii=\"{ascii}\" w:hAnsi=\"{name}\" w:eastAsia=\"{name}\" w:cs=\"{ascii}\" w:hint=\"eastAsia\"/>"
    )
}
