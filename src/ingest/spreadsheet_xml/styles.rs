//! Styles of XML Spreadsheet 2003: number formats, and fonts that are struck out or raised.

use std::collections::HashMap;
use std::sync::Arc;

use quick_xml::events::BytesStart;

use super::super::number_cell::NumberFormats;
use super::super::number_format::NumberFormat;
use super::super::raised::VerticalPosition;
use super::super::xml::{is_true, local_attribute};

/// A style of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct StyleIndex {
    /// The index of its number format.
    pub format: usize,
    /// Whether its font is struck out.
    pub is_struck: bool,
    pub position: VerticalPosition,
}

/// The styles while they are read.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: Vec<Style>,
    by_id: HashMap<String, usize>,
}

#[derive(Clone, Debug, Default)]
struct Style {
    /// The code or the name of its number format; empty for the general format.
    code: String,
    is_struck: bool,
    position: VerticalPosition,
}

impl Styles {
    /// An element of the styles starts.
    pub(super) fn start(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            "Style" => {
                let parent = local_attribute(tag, "Parent").and_then(|parent| self.by_id.get(&parent).copied());
                let style = parent.and_then(|parent| self.styles.get(parent)).cloned().unwrap_or_default();
                self.by_id.extend(local_attribute(tag, "ID").map(|id| (id, self.styles.len())));
                self.styles.push(style);
            }
            "NumberFormat" => {
                if let Some(style) = self.styles.last_mut() {
                    style.code = local_attribute(tag, "Format").unwrap_or_default();
                }
            }
            "Font" => {
                if let Some(style) = self.styles.last_mut() {
                    style.is_struck = local_attribute(tag, "StrikeThrough").is_some_and(|value| is_true(&value));
                    style.position = match local_attribute(tag, "VerticalAlign").as_deref() {
                        Some("Superscript") => VerticalPosition::Raised,
                        Some("Subscript") => VerticalPosition::Lowered,
                        _ => VerticalPosition::Baseline,
                    };
                }
            }
            _ => {}
        }
    }

    /// The number formats, and the style of each id. Format 0 is the general one.
    pub(super) fn into_formats(self) -> (NumberFormats, HashMap<String, StyleIndex>) {
        let mut formats = vec![Arc::new(NumberFormat::default())];
        let mut indices: HashMap<String, usize> = HashMap::new();
        let mut styles = Vec::with_capacity(self.styles.len());
        for style in &self.styles {
            let format = *indices.entry(style.code.clone()).or_insert_with(|| {
                formats.push(Arc::new(NumberFormat::parse(code(&style.code))));
                formats.len() - 1
            });
            styles.push(StyleIndex { format, is_struck: style.is_struck, position: style.position });
        }
        let by_id = self.by_id.into_iter().map(|(id, index)| (id, styles[index])).collect();
        (NumberFormats::new(formats), by_id)
    }
}

/// The code of a format that is written by its name, as Chinese programs show it.
fn code(format: &str) -> &str {
    match format {
        "" => "General",
        "General Date" => "yyyy/m/d h:mm",
        "Short Date" => "yyyy/m/d",
        "Medium Date" => "d-mmm-yy",
        "Long Date" => "yyyy\"年\"m\"月\"d\"日\"",
        "Short Time" => "h:mm",
        "Medium Time" => "h:mm AM/PM",
        "Long Time" => "h:mm:ss",
        "Percent" => "0.00%",
        "Fixed" => "0.00",
        "Standard" | "Currency" | "Euro Currency" => "#,##0.00",
        "Scientific" => "0.00E+00",
        format => format,
    }
}
