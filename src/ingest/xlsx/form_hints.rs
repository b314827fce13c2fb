//! Data validations of sheets, and the number formats of their blank cells.
//!
//! Input: a package. Output: [`FormHints`] for every sheet. Lists that refer to a name of the workbook get the range
//! that the name stands for; ranges are resolved by the receiver, which has the cells.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use quick_xml::events::{BytesStart, Event};

use super::super::address;
use super::super::form_hints::{FormHint, FormHints, HintKind, MAX_HINTS};
use super::super::limits::{ReadError, ReadLimits};
use super::super::package::OpcPackage;
use super::super::raw_cell::RawCell;
use super::super::xml::{XmlReader, append_text, attribute, is_true, local_attribute};
use super::styles::{self, CellStyles};

/// A number that every format of days shows as a day: 2023-03-15.
const SOME_DAY: f64 = 45_000.0;

/// Bytes of a validation's formula that are kept.
const MAX_FORMULA: usize = 4_096;

/// The hints of every sheet of a workbook; none for other formats.
///
/// # Errors
/// When the package is damaged or larger than the limits allow.
pub(in crate::ingest) fn read(bytes: &[u8], limits: &ReadLimits) -> Result<Vec<FormHints>, ReadError> {
    let Ok(mut package) = OpcPackage::open(bytes) else { return Ok(Vec::new()) };
    package.check(limits)?;
    match package.workbook_part() {
        Some(part) if part.ends_with(".xml") => read_sheets(&mut package, &part),
        _ => Ok(Vec::new()),
    }
}

/// Reads the hints of every sheet; `part` is the workbook's.
///
/// # Errors
/// When a part is damaged.
fn read_sheets(package: &mut OpcPackage<'_>, part: &str) -> Result<Vec<FormHints>, ReadError> {
    let workbook = read_workbook(package.part(part)?)?;
    let relations = package.relations_of(part)?;
    let mut styles = match relations.part_of_kind("styles") {
        Some(part) => styles::read(package.part(part)?)?,
        None => CellStyles::default(),
    };
    let mut sheets = Vec::new();
    for (name, relation) in workbook.sheets {
        let Some(relation) = relations.by_id(&relation).filter(|relation| relation.kind == "worksheet") else {
            continue;
        };
        let hints = read_sheet(package.part(&relation.part)?, &mut styles, &workbook.names)?;
        sheets.push(FormHints { sheet: name, hints });
    }
    Ok(sheets)
}

/// The sheets of a workbook with the ids of their relations, and what its names stand for.
#[derive(Default)]
struct WorkbookNames {
    sheets: Vec<(String, String)>,
    names: HashMap<String, String>,
}

fn read_workbook(part: impl Read) -> Result<WorkbookNames, ReadError> {
    let mut workbook = WorkbookNames::default();
    let mut name: Option<String> = None;
    let mut text = String::new();
    XmlReader::new(part).for_each(|event| {
        match &event {
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "sheet" => {
                let id =
                    tag.attributes().with_checks(false).flatten().find(|attribute| {
                        attribute.key.prefix().is_some() && attribute.key.local_name().as_ref() == "id"
                    });
                let id = id.map(|id| id.value.into_owned()).unwrap_or_default();
                workbook.sheets.push((attribute(tag, "name").unwrap_or_default().into_owned(), id));
            }
            Event::Start(tag) if tag.local_name().as_ref() == "definedName" => {
                name = local_attribute(tag, "name");
                text.clear();
            }
            Event::End(tag) if tag.local_name().as_ref() == "definedName" => {
                workbook.names.extend(name.take().map(|name| (name, std::mem::take(&mut text))));
            }
            event if name.is_some() && text.len() < MAX_FORMULA => append_text(event, &mut text)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(workbook)
}

/// The state between two events of a sheet's part.
struct HintParser<'n> {
    styles: &'n mut CellStyles,
    names: &'n HashMap<String, String>,
    hints: Vec<FormHint>,
    /// For each column, the kind of its blank cells and their rows.
    blank: BTreeMap<u32, (HintKind, u32, u32)>,
    /// The blank cell that has begun.
    cell: Option<(u32, u32, usize)>,
    validation: Option<Validation>,
    in_formula: bool,
}

/// A validation that has begun.
#[derive(Default)]
struct Validation {
    kind: String,
    ranges: String,
    formula: String,
}

fn read_sheet(
    part: impl Read,
    styles: &mut CellStyles,
    names: &HashMap<String, String>,
) -> Result<Vec<FormHint>, ReadError> {
    let mut parser = HintParser {
        styles,
        names,
        hints: Vec::new(),
        blank: BTreeMap::new(),
        cell: None,
        validation: None,
        in_formula: false,
    };
    XmlReader::new(part).for_each(|event| {
        match &event {
            Event::Start(tag) => parser.start(tag),
            Event::Empty(tag) => {
                parser.start(tag);
                parser.end(tag.local_name().as_ref());
            }
            Event::End(tag) => parser.end(tag.local_name().as_ref()),
            event => parser.text(event)?,
        }
        Ok(())
    })?;
    let HintParser { mut hints, blank, .. } = parser;
    let of_blank = |(col, (kind, first, last))| FormHint { columns: (col, col), rows: (first, last), kind };
    hints.extend(blank.into_iter().map(of_blank));
    hints.truncate(MAX_HINTS);
    Ok(hints)
}

impl HintParser<'_> {
    fn start(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            "c" => {
                let place = attribute(tag, "r").and_then(|reference| address::parse(&reference));
                let style = attribute(tag, "s").and_then(|style| style.parse().ok());
                self.cell = place.zip(style).map(|((row, col), style)| (row, col, style));
            }
            "v" | "is" | "f" => self.cell = None,
            "dataValidation" => {
                let value = |name| attribute(tag, name).unwrap_or_default().into_owned();
                let is_hidden_list = attribute(tag, "showDropDown").is_some_and(|value| is_true(&value));
                let kind = if is_hidden_list { String::new() } else { value("type") };
                self.validation = Some(Validation { kind, ranges: value("sqref"), formula: String::new() });
            }
            "formula1" => self.in_formula = self.validation.is_some(),
            // Validations that refer to other sheets are in an extension, with their ranges as an element.
            "sqref" => {
                if let Some(validation) = &mut self.validation {
                    validation.ranges.clear();
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, event: &Event<'_>) -> Result<(), ReadError> {
        let Some(validation) = &mut self.validation else { return Ok(()) };
        let target = if self.in_formula { &mut validation.formula } else { &mut validation.ranges };
        if target.len() < MAX_FORMULA { append_text(event, target) } else { Ok(()) }
    }

    fn end(&mut self, name: &str) {
        match name {
            "c" => self.end_cell(),
            "formula1" => self.in_formula = false,
            "dataValidation" => self.end_validation(),
            _ => {}
        }
    }

    /// Notes a cell that has a style and nothing else.
    fn end_cell(&mut self) {
        let Some((row, col, style)) = self.cell.take() else { return };
        let kind = match self.styles.formats.cell(style, SOME_DAY, false) {
            RawCell::Date(_) => HintKind::DateFormat,
            RawCell::Rate(_) => HintKind::PercentFormat,
            _ => return,
        };
        self.blank.entry(col).and_modify(|(_, _, last)| *last = row).or_insert((kind, row, row));
    }

    fn end_validation(&mut self) {
        let Some(Validation { kind, ranges, formula }) = self.validation.take() else { return };
        let kind = match kind.as_str() {
            "list" => self.choices(formula.trim()),
            "date" => HintKind::Date,
            "whole" => HintKind::Whole,
            "decimal" => HintKind::Decimal,
            _ => return,
        };
        for range in ranges.split_whitespace().take(MAX_HINTS.saturating_sub(self.hints.len())) {
            let (first, last) = range.split_once(':').unwrap_or((range, range));
            if let Some(((top, left), (bottom, right))) = address::parse(first).zip(address::parse(last)) {
                self.hints.push(FormHint { columns: (left, right), rows: (top, bottom), kind: kind.clone() });
            }
        }
    }

    /// The texts of a list: written out in quotes, or in a range that is named or addressed.
    fn choices(&self, formula: &str) -> HintKind {
        match formula.strip_prefix('"').and_then(|list| list.strip_suffix('"')) {
            Some(list) => {
                let texts = list.split([',', '，']).map(|text| text.trim().replace("\"\"", "\""));
                HintKind::Choices(texts.filter(|text| !text.is_empty()).collect())
            }
            None => HintKind::ChoicesIn(self.names.get(formula).map_or(formula, String::as_str).to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::package::tests::package;
    use super::{FormHint, HintKind, OpcPackage, read_sheets};

    const RELATIONS: &[u8] = br#"<Relationships><Relationship Id="a" Type="http://x/worksheet" Target="s.xml"/>
        <Relationship Id="b" Type="http://x/styles" Target="t.xml"/></Relationships>"#;

    #[test]
    fn lists_days_and_formats_of_blank_cells_are_hints() {
        let workbook = "<workbook><sheets><sheet name=\"表\" r:id=\"a\"/></sheets>\
            <definedNames><definedName name=\"级别\">选项!$A$1:$A$3</definedName></definedNames></workbook>";
        let styles = br#"<styleSheet><cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="9"/></cellXfs></styleSheet>"#;
        let sheet = "<worksheet><sheetData><row><c r=\"A3\" s=\"1\"/><c r=\"A4\" s=\"1\"/><c r=\"B3\" s=\"2\"/>\
            <c r=\"C3\" s=\"1\"><v>45000</v></c><c r=\"D3\" s=\"0\"/></row></sheetData><dataValidations>\
            <dataValidation type=\"list\" sqref=\"D3:D9 F3\"><formula1>\"重大,一般\"</formula1></dataValidation>\
            <dataValidation type=\"list\" sqref=\"E3\"><formula1>级别</formula1></dataValidation>\
            <dataValidation type=\"date\" sqref=\"G3:H9\"/><dataValidation type=\"custom\" sqref=\"I3\"/></dataValidations>\
            <extLst><x14:dataValidation type=\"list\"><x14:formula1><xm:f>选项!$B$1:$B$2</xm:f></x14:formula1>\
            <xm:sqref>J3:J9</xm:sqref></x14:dataValidation></extLst></worksheet>";
        let bytes = package(&[
            ("xl/workbook.xml", workbook.as_bytes()),
            ("xl/_rels/workbook.xml.rels", RELATIONS),
            ("xl/s.xml", sheet.as_bytes()),
            ("xl/t.xml", styles),
        ]);
        let sheets = read_sheets(&mut OpcPackage::open(&bytes).unwrap(), "xl/workbook.xml").unwrap();
        let hint = |columns, rows, kind| FormHint { columns, rows, kind };
        let list = || HintKind::Choices(vec!["重大".to_owned(), "一般".to_owned()]);
        let expected = [
            hint((3, 3), (2, 8), list()),
            hint((5, 5), (2, 2), list()),
            hint((4, 4), (2, 2), HintKind::ChoicesIn("选项!$A$1:$A$3".to_owned())),
            hint((6, 7), (2, 8), HintKind::Date),
            hint((9, 9), (2, 8), HintKind::ChoicesIn("选项!$B$1:$B$2".to_owned())),
            hint((0, 0), (2, 3), HintKind::DateFormat),
            hint((1, 1), (2, 2), HintKind::PercentFormat),
        ];
        assert_eq!(sheets[0].sheet, "表");
        assert_eq!(sheets[0].hints, expected);
    }
}
