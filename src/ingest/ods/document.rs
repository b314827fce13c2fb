//! The package, and what is not part of a sheet: encryption, styles, the epoch of day numbers, the list of sheets.

use std::io::Read;

use quick_xml::events::{BytesStart, Event};

use super::super::budget::Budget;
use super::super::interner::Interner;
use super::super::limits::ReadError;
use super::super::package::OpcPackage;
use super::super::raw_sheet::RawSheet;
use super::super::xml::{XmlReader, attribute};
use super::styles::OdsStyles;
use super::table::{Shared, TableParser};

/// Reads every sheet and sends it to the budget's sink.
///
/// # Errors
/// With the reason for which the bytes cannot be read as a workbook.
pub(in crate::ingest) fn read(bytes: &[u8], budget: &mut Budget<'_>) -> Result<(), ReadError> {
    let mut package = OpcPackage::open(bytes)?;
    if is_encrypted(&mut package)? {
        return Err(ReadError::Password);
    }
    let mut styles = OdsStyles::default();
    if let Ok(part) = package.part("styles.xml") {
        styles.read(part)?;
    }
    read_content(package.part("content.xml")?, styles, budget)
}

/// Whether the manifest says how a part is encrypted. A package without a manifest is not.
fn is_encrypted(package: &mut OpcPackage<'_>) -> Result<bool, ReadError> {
    let Ok(manifest) = package.part("META-INF/manifest.xml") else { return Ok(false) };
    let mut is_encrypted = false;
    XmlReader::new(manifest).allow_document_type().for_each_start("manifest", |tag| {
        is_encrypted |= tag.local_name().as_ref() == "encryption-data";
    })?;
    Ok(is_encrypted)
}

fn read_content(part: impl Read, styles: OdsStyles, budget: &mut Budget<'_>) -> Result<(), ReadError> {
    let mut parser = ContentParser {
        shared: Shared { styles, texts: Interner::default(), budget },
        in_spreadsheet: false,
        skipped: 0,
        epoch_1904: false,
        table: None,
        sheets: 0,
        is_complete: false,
    };
    XmlReader::new(part).allow_document_type().for_each(|event| match event {
        Event::Start(tag) => parser.start(&tag),
        Event::Empty(tag) => {
            parser.start(&tag)?;
            parser.end(tag.name().as_ref())
        }
        Event::End(tag) => parser.end(tag.name().as_ref()),
        event => parser.text(&event),
    })?;
    match parser {
        ContentParser { is_complete: false, .. } => Err(ReadError::Damaged("工作表不完整".to_owned())),
        ContentParser { sheets: 0, .. } => Err(ReadError::NotATable("里面没有工作表".to_owned())),
        _ => Ok(()),
    }
}

/// The state between two events of `content.xml`.
struct ContentParser<'s, 'o> {
    shared: Shared<'s, 'o>,
    in_spreadsheet: bool,
    /// Open elements that hold deleted cells, or copies of other documents.
    skipped: u32,
    epoch_1904: bool,
    /// The open sheet.
    table: Option<TableParser>,
    /// The number of sheets so far.
    sheets: usize,
    /// Whether the end of the document was met.
    is_complete: bool,
}

impl ContentParser<'_, '_> {
    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        if let Some(table) = &mut self.table {
            return table.start(tag, &mut self.shared);
        }
        match tag.name().as_ref() {
            "table:tracked-changes" | "table:dde-links" => self.skipped += 1,
            _ if self.skipped > 0 => {}
            "office:spreadsheet" => self.in_spreadsheet = true,
            "table:null-date" => {
                self.epoch_1904 = attribute(tag, "table:date-value").is_some_and(|date| date.starts_with("1904-01-01"));
            }
            "table:table" if self.in_spreadsheet => self.start_sheet(tag),
            _ if !self.in_spreadsheet => self.shared.styles.start(tag),
            _ => {}
        }
        Ok(())
    }

    fn start_sheet(&mut self, tag: &BytesStart<'_>) {
        let style = attribute(tag, "table:style-name");
        self.shared.budget.sink().begin_sheet(RawSheet {
            name: attribute(tag, "table:name").unwrap_or_default().into_owned(),
            hidden: style.is_some_and(|style| self.shared.styles.hides_table(&style)),
            epoch_1904: self.epoch_1904,
            ..RawSheet::default()
        });
        self.table = Some(TableParser::new());
    }

    fn end(&mut self, name: &str) -> Result<(), ReadError> {
        match &mut self.table {
            Some(table) if name != "table:table" || table.is_skipping() => return table.end(name, &mut self.shared),
            Some(table) => {
                let metadata = std::mem::take(&mut table.metadata);
                self.shared.budget.sink().metadata(self.sheets, metadata);
                self.sheets += 1;
                self.table = None;
            }
            None => match name {
                "table:tracked-changes" | "table:dde-links" => self.skipped = self.skipped.saturating_sub(1),
                "office:document-content" | "office:document" => self.is_complete = true,
                name => self.shared.styles.end(name),
            },
        }
        Ok(())
    }

    fn text(&mut self, event: &Event<'_>) -> Result<(), ReadError> {
        match &mut self.table {
            Some(table) => table.text(event, self.shared.budget),
            None => Ok(()),
        }
    }
}
