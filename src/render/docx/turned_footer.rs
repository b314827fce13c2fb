//! The number of landscape pages: where upright pages have it once the sheet is bound (GB/T 9704-2012, 7.5), turned by
//! a quarter. The page's upper edge is the upright sheet's left one: the binding edge of odd pages, the cutting edge of
//! even ones, where the standard wants the head of a table. Its left edge is the upright sheet's foot.
//!
//! A text box (VML, with vertical text) in the footer, since a footer itself is always at the lower edge.

/// The footer of odd landscape pages: the number ends one character above the lower edge of the text.
pub(super) fn odd() -> String {
    footer("447.6pt", "right")
}

/// The footer of even landscape pages: the number begins one character below the upper edge of the text.
pub(super) fn even() -> String {
    footer("93.4pt", "left")
}

/// The box is 60 pt long and one line of the number wide; its middle is 28 mm from the page's left edge.
fn footer(top: &str, align: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <w:ftr xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
         xmlns:v=\"urn:schemas-microsoft-com:vml\"><w:p><w:pPr><w:pStyle w:val=\"FooterOdd\"/></w:pPr><w:r><w:pict>\
         <v:rect id=\"TurnedNumber\" style=\"position:absolute;margin-left:72.4pt;margin-top:{top};width:14pt;height:60pt;\
         z-index:1;mso-wrap-distance-left:0;mso-wrap-distance-top:0;mso-wrap-distance-right:0;mso-wrap-distance-bottom:0;\
         mso-position-horizontal-relative:page;mso-position-vertical-relative:page\" filled=\"f\" stroked=\"f\">\
         <v:textbox style=\"layout-flow:vertical\" inset=\"0,0,0,0\"><w:txbxContent><w:p><w:pPr>\
         <w:pStyle w:val=\"FooterEven\"/><w:ind w:leftChars=\"0\" w:left=\"0\"/><w:jc w:val=\"{align}\"/></w:pPr>\
         <w:r><w:t xml:space=\"preserve\">— </w:t></w:r><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>\
         <w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>\
         <w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>\
         <w:r><w:t xml:space=\"preserve\"> —</w:t></w:r></w:p></w:txbxContent></v:textbox></v:rect></w:pict></w:r></w:p></w:ftr>"
    )
}
