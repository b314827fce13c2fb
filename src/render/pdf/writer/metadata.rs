//! What a file says of itself: title, author, language and date, none of them from the clock; that it is PDF/A-2u; the
//! colours that its numbers mean.

use jiff::civil::Date as CivilDate;
use pdf_writer::types::OutputIntentSubtype;
use pdf_writer::{Date, Finish, Name, Ref, TextStr};

use super::file::PdfFile;
use crate::render::pdf::page::LANGUAGE;
use crate::render::renderer::RenderError;
use crate::report::Report;
use crate::report_code::Matrix;

/// sRGB, from the Compact ICC Profiles of Clinton Ingram (CC0), 480 bytes.
const PROFILE: &[u8] = include_bytes!("srgb.icc");
/// The program, as files name it.
const CREATOR: &str = "zicha";

/// What is said about a document beside its pages.
pub(crate) struct Description<'d> {
    pub title: String,
    pub author: String,
    /// The date that it bears.
    pub date: CivilDate,
    /// The QR code that is drawn where a page has one.
    pub qr: Option<&'d Matrix>,
}

impl<'d> Description<'d> {
    pub(crate) fn of(report: &'d Report<'_>) -> Self {
        let (title, author, date) = (report.title(), report.letter.organisation(), report.letter.date);
        let qr = report.code.as_ref().and_then(|code| code.qr.as_ref());
        Self { title, author, date, qr }
    }
}

/// Writes the information dictionary.
///
/// # Errors
/// When the data are larger than memory.
pub(super) fn write_info(file: &mut PdfFile, description: &Description<'_>) -> Result<Ref, RenderError> {
    let id = file.reserve();
    let date = pdf_date(description.date);
    let mut info = file.object(id)?.indirect(id).start::<pdf_writer::writers::DocumentInfo<'_>>();
    info.title(TextStr(&description.title)).author(TextStr(&description.author)).creator(TextStr(CREATOR));
    info.creation_date(date).modified_date(date);
    info.finish();
    Ok(id)
}

/// Midnight in Greenwich, as nobody asks for the hour.
fn pdf_date(date: CivilDate) -> Date {
    let [month, day] = [date.month(), date.day()].map(|part| u8::try_from(part).unwrap_or(1));
    let date = Date::new(u16::try_from(date.year()).unwrap_or_default()).month(month).day(day);
    date.hour(0).minute(0).second(0).utc_offset_hour(0).utc_offset_minute(0)
}

/// Writes the same as XMP, which PDF/A asks for, with the number of pages; not compressed, so that any program finds
/// it.
pub(super) fn write_xmp(file: &mut PdfFile, description: &Description<'_>, pages: usize) -> Ref {
    let id = file.reserve();
    let (title, author) = (escaped(&description.title), escaped(&description.author));
    let date = format!("{}T00:00:00+00:00", description.date);
    let xmp = format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
        <x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
        <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
        xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:xmpTPg=\"http://ns.adobe.com/xap/1.0/t/pg/\" \
        xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\
        <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>\
        <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>\
        <dc:language><rdf:Bag><rdf:li>{LANGUAGE}</rdf:li></rdf:Bag></dc:language>\
        <dc:format>application/pdf</dc:format><xmp:CreatorTool>{CREATOR}</xmp:CreatorTool>\
        <xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>\
        <pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>\
        <xmpTPg:NPages>{pages}</xmpTPg:NPages>\
        </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>"
    );
    file.stream(id, xmp.as_bytes(), |stream| {
        stream.pair(Name(b"Type"), Name(b"Metadata")).pair(Name(b"Subtype"), Name(b"XML"));
    });
    id
}

/// Text of XML.
fn escaped(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Writes what the colours of the file mean: sRGB.
///
/// # Errors
/// When the data are larger than memory.
pub(super) fn write_output_intent(file: &mut PdfFile) -> Result<Ref, RenderError> {
    let [id, profile] = [(); 2].map(|()| file.reserve());
    file.compressed_stream(profile, PROFILE, |stream| {
        stream.pair(Name(b"N"), 3);
    })?;
    let mut intent = file.object(id)?.indirect(id).start::<pdf_writer::writers::OutputIntent<'_>>();
    intent.subtype(OutputIntentSubtype::PDFA).dest_output_profile(profile);
    intent.output_condition_identifier(TextStr("Custom")).output_condition(TextStr("sRGB")).info(TextStr("sRGB v4.2"));
    intent.finish();
    Ok(id)
}
