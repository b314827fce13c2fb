//! Number formats of cell styles (`xl/styles.xml`): whether a cell displays its number as a date, a percentage or a
//! plain number.
//!
//! Input: the styles part. Output: one [`NumberFormat`] for each cell style, by the index that a cell's `s` attribute
//! holds; `cell` applies it. Other properties of a format (places, colours, sections for negative numbers) are not kept.

use std::collections::HashMap;
use std::io::BufRead;

use super::super::limits::ReadError;
use super::super::xml::{XmlReader, attribute};

/// How a cell displays its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum NumberFormat {
    /// As a number, or a length of time.
    #[default]
    Plain,
    /// 0.85 as 85 %.
    Percent,
    /// A day number as a date, a time of day, or both.
    Date,
}

/// Reads the number format of each cell style, in the order of the part.
///
/// # Errors
/// When the part cannot be read: dates would be taken for numbers.
pub(super) fn read(part: impl BufRead) -> Result<Vec<NumberFormat>, ReadError> {
    let mut custom: HashMap<u32, NumberFormat> = HashMap::new();
    let (mut styles, mut in_cell_styles) = (Vec::new(), false);
    XmlReader::new(part).for_each_start("styleSheet", |tag| {
        let number = |name| attribute(tag, name)?.parse::<u32>().ok();
        match tag.local_name().as_ref() {
            "numFmt" => {
                let code = attribute(tag, "formatCode").unwrap_or_default();
                custom.extend(number("numFmtId").map(|id| (id, parse_code(&code))));
            }
            "cellXfs" => in_cell_styles = true,
            "cellStyles" | "dxfs" => in_cell_styles = false,
            "xf" if in_cell_styles => {
                let id = number("numFmtId").unwrap_or_default();
                styles.push(custom.get(&id).copied().unwrap_or_else(|| built_in(id)));
            }
            _ => {}
        }
    })?;
    Ok(styles)
}

/// The built-in formats, which workbooks do not write out (ECMA-376 part 1, 18.8.30), those of East Asia included.
fn built_in(id: u32) -> NumberFormat {
    match id {
        9 | 10 => NumberFormat::Percent,
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => NumberFormat::Date,
        _ => NumberFormat::Plain,
    }
}

/// Classifies a format code by its first section: a date letter outside of quotes and brackets makes a date, `%` a
/// percentage, hours, minutes or seconds in brackets a length of time, which is plain.
fn parse_code(code: &str) -> NumberFormat {
    let (mut format, mut chars) = (NumberFormat::Plain, code.chars());
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '\\' | '_' | '*' => drop(chars.next()),
            '"' => drop(chars.by_ref().find(|c| *c == '"')),
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                if !inside.is_empty() && inside.chars().all(|c| "hmsHMS".contains(c)) {
                    return NumberFormat::Plain;
                }
            }
            '%' => format = NumberFormat::Percent,
            'd' | 'm' | 'h' | 'y' | 's' | 'D' | 'M' | 'H' | 'Y' | 'S' => return NumberFormat::Date,
            _ => {}
        }
    }
    format
}

#[cfg(test)]
mod tests {
    use super::{NumberFormat, parse_code, read};

    #[test]
    fn codes_are_dates_percentages_or_plain() {
        for code in ["yyyy\"年\"m\"月\"", "[$-804]aaaa d", "m/d", "h:mm AM/PM", "yyyy\\-mm", "@\\d yy", "[Red]D"] {
            assert_eq!(parse_code(code), NumberFormat::Date, "{code}");
        }
        for code in ["0%", "0.00%", "[Red]0.0%", "\"约\"0%"] {
            assert_eq!(parse_code(code), NumberFormat::Percent, "{code}");
        }
        for code in ["General", "0.00", "[h]:mm", "[Red]0", "0\"day\"", "0\\d", "0;d", "_d0", "", "[", "\"", "\\"] {
            assert_eq!(parse_code(code), NumberFormat::Plain, "{code}");
        }
    }

    #[test]
    fn only_cell_styles_are_read() {
        let xml = r#"<s:styleSheet><s:numFmts><s:numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;"/><numFmt numFmtId="9" formatCode="d"/></s:numFmts>
            <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><s:cellXfs><s:xf numFmtId="0"/><xf numFmtId="164"><alignment/></xf><xf numFmtId="10"/>
            <xf numFmtId="31"/><xf numFmtId="9"/><xf/></s:cellXfs><cellStyles/><xf numFmtId="14"/>"#;
        use NumberFormat::{Date, Percent, Plain};
        assert_eq!(read(xml.as_bytes()).ok(), Some(vec![Plain, Date, Percent, Date, Date, Plain]));
        assert!(read(&b"<styleSheet><cellXfs><xf numFmtId=\"14\"/><xf"[..]).is_err());
    }
}
