//! The workbook's part (`xl/workbook.xml`): which sheets there are, and the parts that they share.

use std::io::Read;

use quick_xml::events::BytesStart;

use super::super::budget::Budget;
use super::super::limits::ReadError;
use super::super::package::{OpcPackage, Relations};
use super::super::raw_sheet::RawSheet;
use super::super::xml::{XmlReader, attribute, is_true};
use super::cell_pictures::CellPictures;
use super::sheet::{self, WorkbookParts};
use super::sheet_parts;
use super::strings::SharedStrings;
use super::styles;

/// The contents of the workbook's part.
#[derive(Debug, Default)]
struct WorkbookXml {
    sheets: Vec<SheetEntry>,
    epoch_1904: bool,
    /// Formulas are to be computed when the workbook is opened.
    recalculates: bool,
}

/// A sheet as the workbook lists it.
#[derive(Debug)]
struct SheetEntry {
    name: String,
    is_hidden: bool,
    relation_id: String,
}

/// Reads every sheet and sends it to the budget's sink.
///
/// # Errors
/// With the reason for which the bytes cannot be read as a workbook.
pub(crate) fn read(bytes: &[u8], budget: &mut Budget<'_>) -> Result<(), ReadError> {
    let mut package = OpcPackage::open(bytes)?;
    let part = package.workbook_part().ok_or_else(|| ReadError::Damaged("缺少 xl/workbook.xml".to_owned()))?;
    let workbook = read_workbook(package.part(&part)?)?;
    let relations = package.relations_of(&part)?;
    if !relations.is_complete {
        return Err(ReadError::Damaged("部件清单不完整".to_owned()));
    }
    let mut parts = read_shared_parts(&mut package, &relations, budget.text_limit())?;
    (parts.epoch_1904, parts.recalculates) = (workbook.epoch_1904, workbook.recalculates);
    let mut index = 0;
    for sheet in workbook.sheets {
        let part = match relations.by_id(&sheet.relation_id) {
            Some(relation) if relation.kind == "worksheet" => &relation.part,
            // Chart, dialog and macro sheets have no cells.
            Some(relation) if relation.kind.to_lowercase().ends_with("sheet") => continue,
            _ => return Err(ReadError::Damaged(format!("找不到工作表“{}”的内容", sheet.name))),
        };
        let empty = RawSheet {
            name: sheet.name,
            hidden: sheet.is_hidden,
            epoch_1904: workbook.epoch_1904,
            recalculates: workbook.recalculates,
            ..RawSheet::default()
        };
        budget.sink().begin_sheet(empty);
        let mut metadata = sheet::read(package.part(part)?, &mut parts, budget)?;
        sheet_parts::read(&mut package, part, &mut metadata, budget)?;
        budget.sink().metadata(index, metadata);
        index += 1;
    }
    Ok(())
}

/// Reads the shared texts, of at most `text_limit` bytes, the number formats and the pictures of cells. A workbook may
/// have none of these.
fn read_shared_parts(
    package: &mut OpcPackage<'_>,
    relations: &Relations,
    text_limit: usize,
) -> Result<WorkbookParts, ReadError> {
    let mut parts = WorkbookParts::default();
    if let Some(part) = relations.part_of_kind("styles") {
        parts.styles = styles::read(package.part(part)?)?;
    }
    if let Some(part) = relations.part_of_kind("sharedStrings") {
        parts.strings = SharedStrings::read(package.part(part)?, text_limit)?;
    }
    parts.pictures = CellPictures::read(package, relations);
    Ok(parts)
}

/// Reads the list of sheets and the epoch of day numbers.
fn read_workbook(part: impl Read) -> Result<WorkbookXml, ReadError> {
    let mut workbook = WorkbookXml::default();
    let has_flag = |tag: &BytesStart<'_>, name| attribute(tag, name).is_some_and(|value| is_true(&value));
    let mut has_workbook_properties = false;
    let is_complete = XmlReader::new(part).for_each_start("workbook", |tag| match tag.local_name().as_ref() {
        "sheet" => {
            // The prefix of the relation's namespace is the file's choice.
            let mut attributes = tag.attributes();
            let mut attributes = attributes.with_checks(false).flatten();
            let relation = attributes
                .find(|attribute| attribute.key.prefix().is_some() && attribute.key.local_name().as_ref() == "id");
            workbook.sheets.push(SheetEntry {
                name: attribute(tag, "name").unwrap_or_default().into_owned(),
                is_hidden: attribute(tag, "state").is_some_and(|state| state != "visible"),
                relation_id: relation.map(|id| id.value.into_owned()).unwrap_or_default(),
            });
        }
        // An extension list may repeat the element with a prefix of its own.
        "workbookPr" if !has_workbook_properties => {
            has_workbook_properties = true;
            workbook.epoch_1904 = has_flag(tag, "date1904");
        }
        "calcPr" => workbook.recalculates = has_flag(tag, "fullCalcOnLoad"),
        _ => {}
    })?;
    if is_complete { Ok(workbook) } else { Err(ReadError::Damaged("工作表清单不完整".to_owned())) }
}
