//! Corrects XML that docx-rs writes to the transitional schema of ECMA-376 (Word refuses or ignores what deviates).

use super::xml_tree::XmlElement;

/// For each element that docx-rs writes, its children in the order that the schema prescribes.
const CHILD_ORDER: &[(&str, &[&str])] = &[
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

/// Removes empty and misplaced elements, attributes of extensions and unused namespaces, and sorts children.
pub(super) fn conform(root: &mut XmlElement) {
    root.attributes.retain(|(key, _)| !key.starts_with("xmlns:") || matches!(key.as_str(), "xmlns:w" | "xmlns:r"));
    root.for_each(&mut |element| {
        let is_indent = element.name == "w:ind";
        element.attributes.retain(|(key, value)| {
            let is_superfluous = value == "0" && (is_indent || key == "w:customStyle");
            let is_extension = key.starts_with("w14:") || key == "mc:Ignorable" || key == "w:dirty";
            !is_superfluous && !is_extension
        });
        let has_no_paragraphs = element.name == "w:style" && element.attribute("w:type") != Some("paragraph");
        let is_paragraph_properties = element.name == "w:pPr";
        element.children.retain(|child| {
            let is_empty = child.children.is_empty()
                && child.attributes.is_empty()
                && matches!(child.name.as_str(), "w:rPr" | "w:pPr" | "w:tcPr" | "w:ind");
            let is_misplaced =
                is_paragraph_properties && child.name == "w:rPr" || has_no_paragraphs && child.name == "w:pPr";
            !is_empty && !is_misplaced
        });
        if let Some((_, order)) = CHILD_ORDER.iter().find(|(name, _)| *name == element.name) {
            let rank = |child: &XmlElement| order.iter().position(|name| *name == child.name).unwrap_or(order.len());
            element.children.sort_by_key(rank);
        }
    });
}
