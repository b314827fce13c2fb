//! .xlsx, each part looked at once: cells and what the other readers do not tell or only for the price of a second
//! parse — hidden rows, merged cells, formulas without a result, number formats — come from one pass over a sheet.
//!
//! Parts are streamed and parsed in stretches, so that what a sheet weighs unpacked is never held. Nothing that a part
//! says of its own size is believed.

mod package;
mod scan;
mod sheet;
mod strings;
mod styles;
mod xml;

pub use package::{OpcPackage, relations};

use super::limits::ReadError;
use super::raw_sheet::RawSheet;
use super::spreadsheet::Budget;
use strings::Strings;
use styles::Shown;
use xml::is_true;

/// What all sheets of a workbook share.
#[derive(Debug, Default)]
struct Book {
    strings: Strings,
    /// How cells of each style show their numbers.
    styles: Vec<Shown>,
    epoch_1904: bool,
}

/// A sheet as the workbook lists it.
#[derive(Debug)]
struct Listed {
    name: String,
    hidden: bool,
    relation: String,
}

/// Reads every sheet and hands out what it meets.
///
/// # Errors
/// With why the bytes cannot be read as a workbook.
pub fn read(bytes: &[u8], allowance: &mut Budget<'_>) -> Result<(), ReadError> {
    let mut package = OpcPackage::open(bytes)?;
    let (listed, epoch_1904) = sheets(&package.text("xl/workbook.xml")?)?;
    let relations = package.text("xl/_rels/workbook.xml.rels")?;
    if !xml::is_whole(&relations, "Relationships") {
        return Err(ReadError::Damaged("部件清单不完整".to_owned()));
    }
    let relations = package::relations(&relations);
    let part_of = |kind: &str| relations.iter().find(|relation| relation.kind == kind).map(|r| r.part.as_str());
    let styles = part_of("styles").map_or(Ok(String::new()), |part| package.text(part))?;
    let strings = part_of("sharedStrings").map(|part| Strings::read(package.part(part)?, allowance.text_limit()));
    let mut book =
        Book { strings: strings.transpose()?.unwrap_or_default(), styles: styles::read(&styles)?, epoch_1904 };
    let mut at = 0;
    for listed in listed {
        let relation = relations.iter().find(|relation| relation.id == listed.relation);
        let part = match relation {
            Some(relation) if relation.kind == "worksheet" => &relation.part,
            // Charts, dialogs and macros have sheets of their own.
            Some(relation) if relation.kind.to_lowercase().ends_with("sheet") => continue,
            _ => return Err(ReadError::Damaged(format!("找不到工作表“{}”的内容", listed.name))),
        };
        let empty = RawSheet { name: listed.name, hidden: listed.hidden, epoch_1904, ..RawSheet::default() };
        allowance.sink().sheet(empty);
        let facts = sheet::read(package.part(part)?, &mut book, allowance)?;
        allowance.sink().facts(at, facts);
        at += 1;
    }
    Ok(())
}

/// The sheets that a workbook lists, and whether its day numbers count from 1904.
fn sheets(workbook: &str) -> Result<(Vec<Listed>, bool), ReadError> {
    let (mut listed, mut epoch_1904) = (Vec::new(), false);
    if !xml::is_whole(workbook, "workbook") {
        return Err(ReadError::Damaged("工作表清单不完整".to_owned()));
    }
    xml::each_start(workbook, |tag| match tag.name() {
        "sheet" => {
            // The relation's name has whatever prefix the file gives that namespace.
            let relation = tag.attributes().find(|(key, _)| key.split_once(':').is_some_and(|(_, key)| key == "id"));
            listed.push(Listed {
                name: tag.attribute("name").unwrap_or_default().into_owned(),
                hidden: tag.attribute("state").is_some_and(|state| state != "visible"),
                relation: relation.map(|(_, id)| id.to_owned()).unwrap_or_default(),
            });
        }
        "workbookPr" => epoch_1904 = tag.attribute("date1904").is_some_and(|value| is_true(&value)),
        _ => {}
    })?;
    Ok((listed, epoch_1904))
}
