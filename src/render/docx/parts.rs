//! Parts that are written here: what docx-rs does not write, or not as the schema requires.

use super::picture;
use crate::notice::Typography;
use crate::picture::PictureFormat;
use crate::render::xml::escaped;
use crate::report::Report;

/// The name of the list of types.
pub(super) const CONTENT_TYPES_NAME: &str = "[Content_Types].xml";
/// The name of the document's list of relationships.
pub(super) const RELATIONSHIPS_NAME: &str = "word/_rels/document.xml.rels";

/// `[Content_Types].xml`.
const CONTENT_TYPES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Default Extension="xml" ContentType="application/xml"/>"#,
    r#"<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>"#,
    r#"<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>"#,
    r#"<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>"#,
    r#"<Override PartName="/word/fontTable.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml"/>"#,
    r#"<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>"#,
    r#"<Override PartName="/word/footer2.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>"#,
    r#"<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>"#,
    r#"<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>"#,
    r#"<Override PartName="/word/theme/theme1.xml" ContentType="application/vnd.openxmlformats-officedocument.theme+xml"/>"#,
    "</Types>",
);

/// `[Content_Types].xml` with the types of the optional parts.
pub(super) fn content_types(optional: OptionalParts) -> String {
    let mut types = String::new();
    if optional.bar || optional.qr || optional.pictures {
        types.push_str(r#"<Default Extension="png" ContentType="image/png"/>"#);
    }
    if optional.pictures {
        types.push_str(r#"<Default Extension="jpg" ContentType="image/jpeg"/>"#);
    }
    if !optional.draft {
        types.push_str(r#"<Override PartName="/docProps/custom.xml" ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/>"#);
    }
    if optional.draft {
        types.push_str(r#"<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/>"#);
    }
    if optional.landscape {
        types.push_str(r#"<Override PartName="/word/footer4.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/word/footer5.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>"#);
    }
    if optional.letter_form {
        types.push_str(r#"<Override PartName="/word/header2.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/><Override PartName="/word/footer3.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>"#);
    }
    if optional.comments {
        types.push_str(r#"<Override PartName="/word/comments.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"/>"#);
    }
    CONTENT_TYPES.replace("</Types>", &format!("{types}</Types>"))
}

/// `_rels/.rels`.
pub(super) const PACKAGE_RELATIONSHIPS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>"#,
    r#"<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>"#,
    r#"<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties" Target="docProps/app.xml"/>"#,
    "</Relationships>",
);

/// `_rels/.rels` of a final report.
pub(super) fn final_package_relationships() -> String {
    let custom = r#"<Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties" Target="docProps/custom.xml"/>"#;
    PACKAGE_RELATIONSHIPS.replace("</Relationships>", &format!("{custom}</Relationships>"))
}

/// `docProps/custom.xml` of a final report: Word shows it as final (标记为最终).
pub(super) const FINAL_PROPERTIES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" "#,
    r#"xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">"#,
    r#"<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="_MarkAsFinal"><vt:bool>true</vt:bool></property>"#,
    "</Properties>",
);

/// `word/settings.xml` of a final report: read-only, without a password, so that a change is a decision.
pub(super) fn final_settings() -> String {
    let protection = r#"<w:documentProtection w:edit="readOnly" w:enforcement="1"/>"#;
    SETTINGS.replace("<w:defaultTabStop", &format!("{protection}<w:defaultTabStop"))
}

/// `word/_rels/document.xml.rels`; the footers' ids are those docx-rs writes into the section.
const DOCUMENT_RELATIONSHIPS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>"#,
    r#"<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/fontTable" Target="fontTable.xml"/>"#,
    r#"<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" Target="settings.xml"/>"#,
    r#"<Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/theme" Target="theme/theme1.xml"/>"#,
    r#"<Relationship Id="rIdFooter1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/>"#,
    r#"<Relationship Id="rIdFooter2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer2.xml"/>"#,
    "</Relationships>",
);

/// The relationship of a picture from a ledger.
pub(super) fn picture_relationship(number: usize, format: PictureFormat) -> String {
    let (id, file) = (picture::relationship_id(number), picture::media_name(number, format));
    format!(
        r#"<Relationship Id="{id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/{file}"/>"#
    )
}

/// `word/_rels/document.xml.rels` with the relationships of the optional parts and those of pictures.
pub(super) fn document_relationships(optional: OptionalParts, pictures: &str) -> String {
    let mut relationships = String::new();
    if optional.comments {
        relationships.push_str(r#"<Relationship Id="rIdComments" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="comments.xml"/>"#);
    }
    if optional.draft {
        relationships.push_str(r#"<Relationship Id="rIdDraft" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/>"#);
    }
    if optional.landscape {
        relationships.push_str(r#"<Relationship Id="rIdFooter4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer4.xml"/><Relationship Id="rIdFooter5" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer5.xml"/>"#);
    }
    if optional.letter_form {
        relationships.push_str(r#"<Relationship Id="rIdFirstHeader" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header2.xml"/><Relationship Id="rIdFirstFooter" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer3.xml"/>"#);
    }
    if optional.bar {
        relationships.push_str(r#"<Relationship Id="rIdBar" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/bar.png"/>"#);
    }
    if optional.qr {
        relationships.push_str(r#"<Relationship Id="rIdQr" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/qr.png"/>"#);
    }
    DOCUMENT_RELATIONSHIPS.replace("</Relationships>", &format!("{relationships}{pictures}</Relationships>"))
}

/// Parts that only some packages have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OptionalParts {
    /// The picture of which bars of charts are made.
    pub bar: bool,
    /// The QR code of a final report.
    pub qr: bool,
    /// Comments that explain the provenance of metrics.
    pub comments: bool,
    /// The header of drafts; what says that a report is final where it is not one.
    pub draft: bool,
    /// The styles of the letter's head and tail.
    pub letter_styles: bool,
    /// Header and footer of a first page in 信函格式.
    pub letter_form: bool,
    /// Pictures from ledgers: the document's relationships are the report's own.
    pub pictures: bool,
    /// The footers of landscape pages.
    pub landscape: bool,
}

impl OptionalParts {
    /// The number of combinations; comments are the same for all reports of a run.
    pub(super) const VARIANTS: usize = 128;

    /// The combination, below [`Self::VARIANTS`].
    pub(super) fn variant(self) -> usize {
        let flags =
            [self.bar, self.qr, self.draft, self.letter_styles, self.letter_form, self.pictures, self.landscape];
        flags.into_iter().fold(0, |variant, flag| variant * 2 + usize::from(flag))
    }
}

/// `word/media/bar.png`: one pixel, scaled to each bar's length.
pub(super) const BAR: &[u8] = include_bytes!("bar.png");

/// `docProps/app.xml`.
pub(super) const APP_PROPERTIES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">"#,
    "<Application>zicha</Application></Properties>",
);

/// `word/settings.xml`: different footers on odd and even pages, punctuation not compressed (28 characters a line),
/// layout of Word 2013.
pub(super) const SETTINGS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">"#,
    r#"<w:zoom w:percent="100"/><w:defaultTabStop w:val="630"/><w:evenAndOddHeaders/>"#,
    r#"<w:characterSpacingControl w:val="doNotCompress"/>"#,
    "<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/>",
    "<w:doNotExpandShiftReturn/><w:useFELayout/>",
    r#"<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>"#,
    r#"</w:compat><w:themeFontLang w:val="zh-CN" w:eastAsia="zh-CN"/><w:clrSchemeMapping w:bg1="light1" w:t1="dark1" w:bg2="light2" w:t2="dark2" w:accent1="accent1" w:accent2="accent2" w:accent3="accent3" w:accent4="accent4" w:accent5="accent5" w:accent6="accent6" w:hyperlink="hyperlink" w:followedHyperlink="followedHyperlink"/></w:settings>"#,
);

/// `word/theme/theme1.xml`: Word expects one. No style refers to it, because theme fonts override font names.
pub(super) const THEME: &str = include_str!("theme.xml");

/// `word/fontTable.xml`: each typeface of the settings with its fallbacks as alternative names, in order.
pub(super) fn font_table(typography: &Typography) -> String {
    let typefaces =
        [&typography.title, &typography.body, &typography.heading1, &typography.heading2, &typography.page_number];
    let mut fonts: Vec<&[String]> = Vec::new();
    for names in typefaces {
        if !fonts.iter().any(|known| known.first() == names.first()) {
            fonts.push(names);
        }
    }
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <w:fonts xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">",
    );
    for font in fonts {
        let Some((name, fallbacks)) = font.split_first() else { continue };
        out.push_str(&format!("<w:font w:name=\"{}\">", escaped(name)));
        if !fallbacks.is_empty() {
            out.push_str(&format!("<w:altName w:val=\"{}\"/>", escaped(&fallbacks.join(","))));
        }
        out.push_str("<w:charset w:val=\"86\"/><w:family w:val=\"auto\"/><w:pitch w:val=\"variable\"/></w:font>");
    }
    if let Some(latin) = &typography.latin {
        out.push_str(&format!(
            "<w:font w:name=\"{}\"><w:family w:val=\"roman\"/><w:pitch w:val=\"variable\"/></w:font>",
            escaped(latin)
        ));
    }
    out.push_str("</w:fonts>");
    out
}

/// `docProps/core.xml`: title, author and dates, all from the report and none from the clock.
pub(super) fn core_properties(report: &Report<'_>) -> String {
    let author = escaped(&report.letter.organisation());
    let date = report.letter.date;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:language>zh-CN</dc:language>\
         <cp:lastModifiedBy>{author}</cp:lastModifiedBy>\
         <dcterms:created xsi:type=\"dcterms:W3CDTF\">{date}T00:00:00Z</dcterms:created>\
         <dcterms:modified xsi:type=\"dcterms:W3CDTF\">{date}T00:00:00Z</dcterms:modified></cp:coreProperties>",
        title = escaped(&report.title()),
    )
}
