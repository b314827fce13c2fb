//! How styles show numbers: as days, as percentages, as they are.

use std::collections::HashMap;

use super::super::limits::ReadError;
use super::xml::each_start;

/// How a cell shows its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// As a number, or a length of time.
    #[default]
    Plain,
    /// 0.85 as 85 %.
    Rate,
    /// A day number as a day.
    Day,
}

/// Each cell style's way, by its place.
///
/// # Errors
/// When the part cannot be read: days would be numbers.
pub fn read(xml: &str) -> Result<Vec<Shown>, ReadError> {
    let mut formats: HashMap<u32, Shown> = HashMap::new();
    let (mut styles, mut of_cells) = (Vec::new(), false);
    each_start(xml, |tag| {
        let number = |name| tag.attribute(name)?.parse::<u32>().ok();
        match tag.name() {
            "numFmt" => {
                let code = tag.attribute("formatCode").unwrap_or_default();
                formats.extend(number("numFmtId").map(|id| (id, of_code(&code))));
            }
            "cellXfs" => of_cells = true,
            "cellStyles" | "dxfs" => of_cells = false,
            "xf" if of_cells => {
                let id = number("numFmtId").unwrap_or_default();
                styles.push(formats.get(&id).copied().unwrap_or_else(|| built_in(id)));
            }
            _ => {}
        }
    })?;
    Ok(styles)
}

/// The formats that no workbook writes out (ECMA-376 part 1, 18.8.30), those of East Asia included.
fn built_in(id: u32) -> Shown {
    match id {
        9 | 10 => Shown::Rate,
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Shown::Day,
        _ => Shown::Plain,
    }
}

/// What a format's code shows, by its first section: letters of days outside of quotes and brackets make a day, `%` a
/// rate, hours in brackets a length of time.
fn of_code(code: &str) -> Shown {
    let (mut shown, mut chars) = (Shown::Plain, code.chars());
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '\\' | '_' | '*' => drop(chars.next()),
            '"' => drop(chars.by_ref().find(|c| *c == '"')),
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                if !inside.is_empty() && inside.chars().all(|c| "hmsHMS".contains(c)) {
                    return Shown::Plain;
                }
            }
            '%' => shown = Shown::Rate,
            'd' | 'm' | 'h' | 'y' | 's' | 'D' | 'M' | 'H' | 'Y' | 'S' => return Shown::Day,
            _ => {}
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{Shown, of_code, read};

    #[test]
    fn codes_show_days_rates_or_numbers() {
        for code in ["yyyy\"年\"m\"月\"", "[$-804]aaaa d", "m/d", "h:mm AM/PM", "yyyy\\-mm", "@\\d yy", "[Red]D"] {
            assert_eq!(of_code(code), Shown::Day, "{code}");
        }
        for code in ["0%", "0.00%", "[Red]0.0%", "\"约\"0%"] {
            assert_eq!(of_code(code), Shown::Rate, "{code}");
        }
        for code in ["General", "0.00", "[h]:mm", "[Red]0", "0\"day\"", "0\\d", "0;d", "_d0", "", "[", "\"", "\\"] {
            assert_eq!(of_code(code), Shown::Plain, "{code}");
        }
    }

    #[test]
    fn styles_of_cells_are_told_from_others() {
        let xml = r#"<s:styleSheet><s:numFmts><s:numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;"/><numFmt numFmtId="9" formatCode="d"/></s:numFmts>
            <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><s:cellXfs><s:xf numFmtId="0"/><xf numFmtId="164"><alignment/></xf><xf numFmtId="10"/>
            <xf numFmtId="31"/><xf numFmtId="9"/><xf/></s:cellXfs><cellStyles/><xf numFmtId="14"/>"#;
        use Shown::{Day, Plain, Rate};
        assert_eq!(read(xml).ok(), Some(vec![Plain, Day, Rate, Day, Day, Plain]));
        assert!(read("<styleSheet><cellXfs><xf numFmtId=\"14\"/><xf").is_err());
    }
}
