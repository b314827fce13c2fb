//! 草稿 across each page of a draft, in light grey behind the text: a shape in the header of every page, as Word's own
//! watermarks are (VML, which Word and LibreOffice both show).

/// `word/header1.xml` of drafts. One part serves odd and even pages.
pub(super) fn header() -> String {
    format!("{HEADER_OPENING}{}</w:hdr>", draft_mark())
}

/// The opening of a header part.
pub(super) const HEADER_OPENING: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" "#,
    r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" "#,
    r#"xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">"#,
);

/// A paragraph of no height to speak of, with the shape.
pub(super) fn draft_mark() -> &'static str {
    concat!(
        r#"<w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:line="20" w:lineRule="exact"/></w:pPr>"#,
        r#"<w:r><w:rPr><w:noProof/></w:rPr><w:pict>"#,
        r#"<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">"#,
        r##"<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/>"##,
        r##"<v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>"##,
        r#"<v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/>"#,
        r#"<v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas>"#,
        r#"<v:path textpathok="t" o:connecttype="custom" o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" "#,
        r#"o:connectangles="270,180,90,0"/><v:textpath on="t" fitshape="t"/>"#,
        r##"<v:handles><v:h position="#0,bottomRight" xrange="6629,14971"/></v:handles>"##,
        r#"<o:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype>"#,
        r##"<v:shape id="PowerPlusWaterMarkObject1" o:spid="_x0000_s2049" type="#_x0000_t136" alt="草稿" "##,
        r#"style="position:absolute;margin-left:0;margin-top:0;width:360pt;height:180pt;rotation:315;z-index:-251658752;"#,
        r#"mso-position-horizontal:center;mso-position-horizontal-relative:margin;"#,
        r##"mso-position-vertical:center;mso-position-vertical-relative:margin" o:allowincell="f" fillcolor="#d9d9d9" stroked="f">"##,
        r#"<v:textpath style="font-family:&quot;宋体&quot;;font-size:1pt" string="草稿"/></v:shape></w:pict></w:r></w:p>"#,
    )
}
