//! The paragraphs of a .docx document with their outline levels, for the headings of an outline.
//!
//! Input: the bytes of the package, in a worker process. Output: [`Paragraph`]s in the order of the document. Tables,
//! notes and headers of pages are left out. A level comes from the paragraph, or from its style and the styles that it
//! is based on.

use std::collections::HashMap;
use std::io::Read;

use quick_xml::events::{BytesStart, Event};
use serde::{Deserialize, Serialize};

use super::limits::{ReadError, ReadLimits};
use super::package::OpcPackage;
use super::xml::{XmlReader, append_text, local_attribute};

/// Paragraphs of a document that are read; an outline has some dozen headings.
const MAX_PARAGRAPHS: usize = 20_000;
/// Bytes of a paragraph that are kept; a heading is shorter.
const MAX_TEXT: usize = 1_000;
/// Styles between a style and the one that sets its level.
const MAX_BASES: usize = 10;
/// The level of body text.
const BODY: u8 = 9;
/// The document's main part, unless the package's relationships give another.
const DOCUMENT: &str = "word/document.xml";

/// A paragraph of the main part that is not blank.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paragraph {
    /// Its text, trimmed; the rest of a text of more than 1,000 bytes may be left out.
    pub text: String,
    /// Its outline level, from 1; `None` for body text.
    pub level: Option<u8>,
    /// Whether it has the style of titles.
    pub is_title: bool,
}

/// Reads the paragraphs that are not blank.
///
/// # Errors
/// When the bytes are no .docx document, it is damaged, or larger than the limits allow.
pub(super) fn read(bytes: &[u8], limits: &ReadLimits) -> Result<Vec<Paragraph>, ReadError> {
    let mut package = OpcPackage::open(bytes)?;
    package.check(limits)?;
    let named = package.relations_of("").ok().and_then(|root| root.part_of_kind("officeDocument").map(str::to_owned));
    let document = named.unwrap_or_else(|| DOCUMENT.to_owned());
    let styles_part =
        package.relations_of(&document).ok().and_then(|own| own.part_of_kind("styles").map(str::to_owned));
    let styles = match styles_part {
        Some(part) => read_styles(package.part(&part)?)?,
        None => HashMap::new(),
    };
    read_document(package.part(&document)?, &styles)
}

/// A paragraph style.
#[derive(Default)]
struct Style {
    name: String,
    based_on: String,
    level: Option<u8>,
}

fn read_styles(part: impl Read) -> Result<HashMap<String, Style>, ReadError> {
    let mut styles = HashMap::new();
    let mut id = String::new();
    XmlReader::new(part).for_each_start("styles", |tag| {
        let value = || local_attribute(tag, "val").unwrap_or_default();
        match tag.local_name().as_ref() {
            "style" => {
                id = local_attribute(tag, "styleId").unwrap_or_default();
                styles.insert(id.clone(), Style::default());
            }
            "name" => _ = styles.get_mut(&id).map(|style: &mut Style| style.name = value().to_lowercase()),
            "basedOn" => _ = styles.get_mut(&id).map(|style| style.based_on = value()),
            "outlineLvl" => _ = styles.get_mut(&id).map(|style| style.level = value().parse().ok()),
            _ => {}
        }
    })?;
    Ok(styles)
}

/// The level that a style sets, from 0.
fn style_level(styles: &HashMap<String, Style>, id: &str) -> Option<u8> {
    let mut id = id;
    for _ in 0..MAX_BASES {
        let style = styles.get(id)?;
        let of_name = || style.name.strip_prefix("heading ")?.parse::<u8>().ok()?.checked_sub(1);
        if let Some(level) = style.level.or_else(of_name) {
            return Some(level);
        }
        id = &style.based_on;
    }
    None
}

/// The state between two events of the document.
struct DocumentParser<'s> {
    styles: &'s HashMap<String, Style>,
    paragraphs: Vec<Paragraph>,
    paragraph: Paragraph,
    /// How many tables enclose what is read.
    tables: usize,
    in_text: bool,
}

fn read_document(part: impl Read, styles: &HashMap<String, Style>) -> Result<Vec<Paragraph>, ReadError> {
    let mut parser =
        DocumentParser { styles, paragraphs: Vec::new(), paragraph: Paragraph::default(), tables: 0, in_text: false };
    XmlReader::new(part).for_each(|event| {
        match &event {
            Event::Start(tag) => parser.start(tag),
            Event::Empty(tag) => {
                parser.start(tag);
                parser.end(tag.local_name().as_ref());
            }
            Event::End(tag) => parser.end(tag.local_name().as_ref()),
            event if parser.in_text && parser.paragraph.text.len() < MAX_TEXT => {
                append_text(event, &mut parser.paragraph.text)?;
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(parser.paragraphs)
}

impl DocumentParser<'_> {
    fn start(&mut self, tag: &BytesStart<'_>) {
        let value = || local_attribute(tag, "val").unwrap_or_default();
        let level_of = |level: u8| (level < BODY).then_some(level + 1);
        match tag.local_name().as_ref() {
            "tbl" => self.tables += 1,
            "p" => self.paragraph = Paragraph::default(),
            "pStyle" => {
                let id = value();
                self.paragraph.is_title = self.styles.get(&id).is_some_and(|style| style.name == "title");
                self.paragraph.level = style_level(self.styles, &id).and_then(level_of);
            }
            "outlineLvl" => self.paragraph.level = value().parse().ok().and_then(level_of),
            "t" => self.in_text = true,
            "tab" | "br" => self.paragraph.text.push(' '),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "tbl" => self.tables = self.tables.saturating_sub(1),
            "t" => self.in_text = false,
            "p" => {
                let mut paragraph = std::mem::take(&mut self.paragraph);
                paragraph.text = paragraph.text.trim().to_owned();
                let is_kept = self.tables == 0 && !paragraph.text.is_empty();
                if is_kept && self.paragraphs.len() < MAX_PARAGRAPHS {
                    self.paragraphs.push(paragraph);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::package::tests::package;
    use super::{ReadLimits, read};

    const LIMITS: ReadLimits =
        ReadLimits { file: 1 << 20, unpacked: 1 << 20, memory: 1 << 20, seconds: 9, cells: 9, text: 1 << 20 };

    #[test]
    fn levels_come_from_styles_names_and_paragraphs() {
        let styles = r#"<w:styles><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>
            <w:style w:styleId="2"><w:name w:val="小标题"/><w:basedOn w:val="3"/></w:style>
            <w:style w:styleId="3"><w:name w:val="x"/><w:outlineLvl w:val="1"/></w:style>
            <w:style w:styleId="4"><w:name w:val="loop"/><w:basedOn w:val="4"/></w:style>
            <w:style w:styleId="T"><w:name w:val="Title"/></w:style></w:styles>"#;
        let paragraph = |style: &str, text: &str| {
            format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
        };
        let document = format!(
            "<w:document><w:body>{}{}{}{}<w:tbl><w:p><w:r><w:t>表</w:t></w:r></w:p></w:tbl>\
             <w:p><w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr><w:r><w:t>三</w:t></w:r><w:del><w:r><w:delText>删</w:delText></w:r></w:del>\
             <w:r><w:t xml:space=\"preserve\"> 方面</w:t></w:r></w:p><w:p/></w:body></w:document>",
            paragraph("T", "标题"),
            paragraph("1", "一"),
            paragraph("2", "二"),
            paragraph("4", "正文"),
        );
        let relations =
            br#"<Relationships><Relationship Id="a" Type="http://x/styles" Target="styles.xml"/></Relationships>"#;
        let bytes = package(&[
            ("word/document.xml", document.as_bytes()),
            ("word/_rels/document.xml.rels", relations),
            ("word/styles.xml", styles.as_bytes()),
        ]);
        let paragraphs = read(&bytes, &LIMITS).unwrap();
        let found: Vec<_> = paragraphs.iter().map(|p| (p.text.as_str(), p.level, p.is_title)).collect();
        let expected = [
            ("标题", None, true),
            ("一", Some(1), false),
            ("二", Some(2), false),
            ("正文", None, false),
            ("三 方面", Some(1), false),
        ];
        assert_eq!(found, expected);
        assert!(read(b"no package", &LIMITS).is_err());
    }
}
