//! Styles (`styles.xml`, and the automatic styles of `content.xml`): number formats, fonts, hidden sheets.
//!
//! Input: the elements of both parts. Output: what the style of a cell, text or sheet says, with what it takes over
//! from its parents.

use std::collections::HashMap;
use std::io::Read;

use quick_xml::events::{BytesStart, Event};

use super::super::limits::ReadError;
use super::super::number_format::FormatKind;
use super::super::raised::VerticalPosition;
use super::super::xml::{XmlReader, attribute};

/// The styles of a document by family and name. Styles that are read later replace those with the same name.
#[derive(Debug, Default)]
pub(super) struct OdsStyles {
    families: HashMap<Family, HashMap<String, Style>>,
    /// What data styles (number formats) make of a value.
    data_styles: HashMap<String, FormatKind>,
    /// Styles of cells with what they take over.
    cells: HashMap<String, CellStyle>,
    /// The style or data style whose elements are read.
    current: Option<Current>,
}

/// The families of styles that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Family {
    Cell,
    Paragraph,
    Text,
    Table,
}

/// What the style of a cell says, with what it takes over from its parents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CellStyle {
    /// What its data style makes of a value.
    pub format: FormatKind,
    pub is_struck_out: bool,
}

/// What a style says of a text; `None` where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct OdsTextStyle {
    pub position: Option<VerticalPosition>,
    pub is_struck_out: Option<bool>,
}

#[derive(Debug, Default)]
struct Style {
    parent: Option<String>,
    data_style: Option<String>,
    text: OdsTextStyle,
    hides_table: bool,
}

#[derive(Debug)]
enum Current {
    Style(Family, String),
    DataStyle(String),
}

/// Parents of a style that are looked at; files nest two or three, and a cycle has no end.
const MAX_PARENTS: usize = 16;

impl OdsStyles {
    /// Reads `styles.xml`.
    ///
    /// # Errors
    /// When the part cannot be read: months would be taken for days.
    pub(super) fn read(&mut self, part: impl Read) -> Result<(), ReadError> {
        XmlReader::new(part).allow_document_type().for_each(|event| {
            match event {
                Event::Start(tag) => self.start(&tag),
                Event::Empty(tag) => {
                    self.start(&tag);
                    self.end(tag.name().as_ref());
                }
                Event::End(tag) => self.end(tag.name().as_ref()),
                _ => {}
            }
            Ok(())
        })
    }

    /// An element starts.
    pub(super) fn start(&mut self, tag: &BytesStart<'_>) {
        match tag.name().as_ref() {
            "style:style" => self.start_style(tag),
            "style:text-properties" => {
                let text = text_style(tag);
                self.with_current(|style| style.text = text);
            }
            "style:table-properties" => {
                let hides_table = attribute(tag, "table:display").is_some_and(|display| display == "false");
                self.with_current(|style| style.hides_table = hides_table);
            }
            "number:date-style" => self.start_data_style(tag, FormatKind::PartialDate),
            "number:time-style" => {
                let truncates = attribute(tag, "number:truncate-on-overflow").is_none_or(|value| value != "false");
                let kind = if truncates { FormatKind::PartialDate } else { FormatKind::Duration };
                self.start_data_style(tag, kind);
            }
            "number:percentage-style" => self.start_data_style(tag, FormatKind::Percent),
            "number:day" => {
                if let Some(Current::DataStyle(name)) = &self.current {
                    self.data_styles.insert(name.clone(), FormatKind::Date);
                }
            }
            _ => {}
        }
    }

    /// An element ends.
    pub(super) fn end(&mut self, name: &str) {
        if matches!(name, "style:style" | "number:date-style" | "number:time-style" | "number:percentage-style") {
            self.current = None;
        }
    }

    fn start_style(&mut self, tag: &BytesStart<'_>) {
        let family = match attribute(tag, "style:family").as_deref() {
            Some("table-cell") => Family::Cell,
            Some("paragraph") => Family::Paragraph,
            Some("text") => Family::Text,
            Some("table") => Family::Table,
            _ => return,
        };
        let value = |name| attribute(tag, name).map(std::borrow::Cow::into_owned);
        let Some(name) = value("style:name") else { return };
        let style = Style {
            parent: value("style:parent-style-name"),
            data_style: value("style:data-style-name"),
            ..Style::default()
        };
        self.families.entry(family).or_default().insert(name.clone(), style);
        self.current = Some(Current::Style(family, name));
    }

    fn start_data_style(&mut self, tag: &BytesStart<'_>, kind: FormatKind) {
        let Some(name) = attribute(tag, "style:name") else { return };
        self.data_styles.insert(name.clone().into_owned(), kind);
        self.current = Some(Current::DataStyle(name.into_owned()));
    }

    fn with_current(&mut self, change: impl FnOnce(&mut Style)) {
        let Some(Current::Style(family, name)) = &self.current else { return };
        if let Some(style) = self.families.get_mut(family).and_then(|styles| styles.get_mut(name)) {
            change(style);
        }
    }

    /// What the style of that name says of a cell; nothing for a name that is not declared.
    pub(super) fn cell(&mut self, name: &str) -> CellStyle {
        if let Some(style) = self.cells.get(name) {
            return *style;
        }
        let data_style = self.chain(Family::Cell, name).find_map(|style| style.data_style.as_ref());
        let style = CellStyle {
            format: data_style.and_then(|name| self.data_styles.get(name)).copied().unwrap_or_default(),
            is_struck_out: self.text(Family::Cell, name).is_struck_out.unwrap_or_default(),
        };
        self.cells.insert(name.to_owned(), style);
        style
    }

    /// What a style says of a text.
    pub(super) fn text(&self, family: Family, name: &str) -> OdsTextStyle {
        OdsTextStyle {
            position: self.chain(family, name).find_map(|style| style.text.position),
            is_struck_out: self.chain(family, name).find_map(|style| style.text.is_struck_out),
        }
    }

    /// Whether a style hides its sheet.
    pub(super) fn hides_table(&self, name: &str) -> bool {
        self.chain(Family::Table, name).any(|style| style.hides_table)
    }

    /// A style and its parents, the nearest first.
    fn chain<'s>(&'s self, family: Family, name: &str) -> impl Iterator<Item = &'s Style> {
        let styles = self.families.get(&family);
        let find = move |name: &str| styles?.get(name);
        std::iter::successors(find(name), move |style| find(style.parent.as_deref()?)).take(MAX_PARENTS)
    }
}

fn text_style(tag: &BytesStart<'_>) -> OdsTextStyle {
    // `super 58%`, or how far above the line in percent of the font's height.
    let position = attribute(tag, "style:text-position").map(|value| match value.split(' ').next() {
        Some("super") => VerticalPosition::Raised,
        Some("sub") => VerticalPosition::Lowered,
        Some(height) => match height.trim_end_matches('%').parse::<f64>() {
            Ok(height) if height > 0.0 => VerticalPosition::Raised,
            Ok(height) if height < 0.0 => VerticalPosition::Lowered,
            _ => VerticalPosition::Baseline,
        },
        None => VerticalPosition::Baseline,
    });
    let line = |name| attribute(tag, name).map(|value| value != "none");
    let is_struck_out = line("style:text-line-through-style").or_else(|| line("style:text-line-through-type"));
    OdsTextStyle { position, is_struck_out }
}

#[cfg(test)]
mod tests {
    use super::{CellStyle, Family, FormatKind, OdsStyles, OdsTextStyle, VerticalPosition};

    #[test]
    fn styles_take_over_what_their_parents_say() {
        let xml = r#"<!DOCTYPE a><office:styles><number:date-style style:name="D"><number:year/><number:day/></number:date-style>
            <number:date-style style:name="M"><number:year/><number:month/></number:date-style><number:percentage-style style:name="P"/>
            <number:time-style style:name="T"/><number:time-style style:name="L" number:truncate-on-overflow="false"/>
            <style:style style:family="table-cell" style:name="a" style:data-style-name="D"><style:text-properties style:text-line-through-style="solid"/></style:style>
            <style:default-style><style:text-properties style:text-line-through-style="solid"/></style:default-style>
            <style:style style:family="table-cell" style:name="b" style:parent-style-name="a"/>
            <style:style style:family="table-cell" style:name="c" style:parent-style-name="b" style:data-style-name="M"><style:text-properties style:text-line-through-type="none"/></style:style>
            <style:style style:family="table-cell" style:name="d" style:parent-style-name="d" style:data-style-name="L"/>
            <style:style style:family="text" style:name="a"><style:text-properties style:text-position="-33% 58%"/></style:style>
            <style:style style:family="table" style:name="a"><style:table-properties table:display="false"/></style:style></office:styles>"#;
        let mut styles = OdsStyles::default();
        styles.read(xml.as_bytes()).unwrap();
        let style = |format, is_struck_out| CellStyle { format, is_struck_out };
        assert_eq!(styles.cell("b"), style(FormatKind::Date, true));
        assert_eq!(styles.cell("c"), style(FormatKind::PartialDate, false));
        assert_eq!(styles.cell("d"), style(FormatKind::Duration, false));
        assert_eq!(styles.cell("e"), CellStyle::default());
        let lowered = OdsTextStyle { position: Some(VerticalPosition::Lowered), is_struck_out: None };
        assert_eq!(styles.text(Family::Text, "a"), lowered);
        assert!(styles.hides_table("a") && !styles.hides_table("b"));
        assert!(styles.read(&b"<a"[..]).is_err());
    }
}
