//! Cell styles (`xl/styles.xml`): their number formats, and whether their font is struck out.
//!
//! Input: the styles part. Output: [`CellStyles`], by the index that a cell's `s` attribute holds.

use std::io::Read;
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};

use super::super::limits::ReadError;
use super::super::number_cell::{FormatTable, NumberFormats};
use super::super::number_format::NumberFormat;
use super::super::xml::{XmlReader, attribute, is_true};

/// What the cell styles of a workbook say, by their indices.
#[derive(Debug, Default)]
pub(super) struct CellStyles {
    /// Their number formats.
    pub formats: NumberFormats,
    /// Whether their fonts are struck out.
    pub struck_out: Vec<bool>,
}

/// The state between two events of the part.
#[derive(Default)]
struct StylesParser {
    table: FormatTable,
    /// For each font whether it is struck out.
    fonts: Vec<bool>,
    formats: Vec<Arc<NumberFormat>>,
    struck_out: Vec<bool>,
    in_fonts: bool,
    in_cell_styles: bool,
}

/// Reads the cell styles in the order of the part.
///
/// # Errors
/// When the part cannot be read: dates would be taken for numbers.
pub(super) fn read(part: impl Read) -> Result<CellStyles, ReadError> {
    let mut parser = StylesParser::default();
    XmlReader::new(part).for_each(|event| {
        match event {
            Event::Start(tag) | Event::Empty(tag) => parser.start(&tag),
            Event::End(tag) => match tag.local_name().as_ref() {
                "fonts" => parser.in_fonts = false,
                "cellXfs" => parser.in_cell_styles = false,
                _ => {}
            },
            _ => {}
        }
        Ok(())
    })?;
    Ok(CellStyles { formats: NumberFormats::new(parser.formats), struck_out: parser.struck_out })
}

impl StylesParser {
    fn start(&mut self, tag: &BytesStart<'_>) {
        let number = |name| attribute(tag, name)?.parse::<u32>().ok();
        match tag.local_name().as_ref() {
            "numFmt" => {
                let code = attribute(tag, "formatCode").unwrap_or_default().into_owned();
                self.table.codes.extend(number("numFmtId").map(|id| (id, code)));
            }
            "fonts" => self.in_fonts = true,
            "font" if self.in_fonts => self.fonts.push(false),
            "strike" if self.in_fonts => {
                if let Some(font) = self.fonts.last_mut() {
                    *font = attribute(tag, "val").is_none_or(|value| is_true(&value));
                }
            }
            "cellXfs" => self.in_cell_styles = true,
            "cellStyles" | "dxfs" => self.in_cell_styles = false,
            "xf" if self.in_cell_styles => {
                self.formats.push(self.table.format(number("numFmtId").unwrap_or_default()));
                let font = number("fontId").and_then(|font| self.fonts.get(usize::try_from(font).ok()?).copied());
                self.struck_out.push(font.unwrap_or_default());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::ingest::RawCell;

    #[test]
    fn only_cell_styles_are_read() {
        let xml = r#"<s:styleSheet><s:numFmts><s:numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;"/><numFmt numFmtId="9" formatCode="d"/></s:numFmts>
            <fonts><font><b/></font><font><strike/></font><font><strike val="0"/></font></fonts>
            <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><s:cellXfs><s:xf numFmtId="0" fontId="2"/><xf numFmtId="164"><alignment/></xf><xf numFmtId="10" fontId="1"/>
            <xf numFmtId="31"/><xf numFmtId="9"/><xf/></s:cellXfs><cellStyles/><xf numFmtId="14"/>"#;
        let mut styles = read(xml.as_bytes()).unwrap();
        let shown: Vec<_> = (0..7).map(|style| styles.formats.cell(style, 43378.0, false)).collect();
        let texts: Vec<_> = shown.iter().map(RawCell::to_text).collect();
        assert_eq!(texts, ["43378", "2018年", "4337800.00%", "2018年10月5日", "5", "43378", "43378"]);
        assert_eq!(styles.struck_out, [false, false, true, false, false, false]);
        assert!(read(&b"<styleSheet><cellXfs><xf numFmtId=\"14\"/><xf"[..]).is_err());
    }
}
