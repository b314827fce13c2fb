//! Pictures that cells hold: those of WPS, which the formula `DISPIMG` names, and those of Excel, which are rich
//! values.
//!
//! WPS lists its pictures in `xl/cellimages.xml`, each with the id that the formula has. Excel's cells refer to value
//! metadata (`xl/metadata.xml`), these to rich values (`xl/richData/rdrichvalue.xml`), these by the structure of their
//! type (`rdrichvaluestructure.xml`) to a list of relationships (`richValueRel.xml`), these to the picture's part
//! (MS-XLSX 2.3.4). A workbook whose lists are missing or damaged has cells with unknown pictures.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::super::package::{OpcPackage, Relations};
use super::super::xml::{XmlReader, append_text, attribute, local_attribute};

/// The key of a rich value that is the index of a picture's relationship.
const LOCAL_IMAGE: &str = "_rvRel:LocalImageIdentifier";
/// The type of value metadata that refers to rich values.
const RICH_VALUES: &str = "XLRICHVALUE";
/// The most numbers of one list; a workbook has as many pictures at most.
const MAX_ENTRIES: usize = 1 << 20;

/// The parts of the pictures that cells may hold.
#[derive(Debug, Default)]
pub(super) struct CellPictures {
    /// By the ids of WPS.
    by_id: HashMap<String, String>,
    /// By the numbers of value metadata, from 1; empty for a value that is no picture.
    by_rich_value: Vec<String>,
}

impl CellPictures {
    /// Reads the lists of a workbook with these relations.
    pub(super) fn read(package: &mut OpcPackage<'_>, workbook: &Relations) -> Self {
        let by_id = workbook.part_of_kind("cellImage").map(|part| wps_pictures(package, part)).unwrap_or_default();
        Self { by_id, by_rich_value: excel_pictures(package, workbook).unwrap_or_default() }
    }

    /// The part of the picture with that id of WPS; empty when there is none.
    pub(super) fn by_id(&self, id: &str) -> &str {
        self.by_id.get(id).map_or("", String::as_str)
    }

    /// The part of the picture of the value metadata with that number, from 1; empty when there is none.
    pub(super) fn by_rich_value(&self, number: usize) -> &str {
        number.checked_sub(1).and_then(|at| self.by_rich_value.get(at)).map_or("", String::as_str)
    }
}

/// The pictures of WPS, by their ids.
fn wps_pictures(package: &mut OpcPackage<'_>, part: &str) -> HashMap<String, String> {
    let relations = package.relations_of(part).unwrap_or_default();
    let mut pictures = HashMap::new();
    let Ok(list) = package.part(part) else { return pictures };
    let mut id = String::new();
    // What was read before a damage counts.
    let _ = XmlReader::new(list).for_each_start("cellImages", |tag| match tag.local_name().as_ref() {
        "cNvPr" => id = attribute(tag, "name").unwrap_or_default().into_owned(),
        "blip" => {
            let relation = local_attribute(tag, "embed").unwrap_or_default();
            if let Some(relation) = relations.by_id(&relation).filter(|_| !id.is_empty()) {
                pictures.insert(std::mem::take(&mut id), relation.part.clone());
            }
        }
        _ => {}
    });
    pictures
}

/// The pictures of Excel, by value metadata.
fn excel_pictures(package: &mut OpcPackage<'_>, workbook: &Relations) -> Option<Vec<String>> {
    let metadata = workbook.part_of_kind("sheetMetadata")?;
    let values = workbook.part_of_kind("rdRichValue")?;
    let structures = workbook.part_of_kind("rdRichValueStructure")?;
    let list = workbook.part_of_kind("richValueRel")?;
    let rich_values = rich_values_of_metadata(package, metadata)?;
    let structures = image_keys(package, structures)?;
    let images = images_of_values(package, values, &structures)?;
    let parts = related_parts(package, list)?;
    let part = |rich_value: &Option<usize>| {
        let image = *images.get((*rich_value)?)?;
        parts.get(image?).cloned()
    };
    Some(rich_values.iter().map(|value| part(value).unwrap_or_default()).collect())
}

/// For each entry of value metadata the index of its rich value.
fn rich_values_of_metadata(package: &mut OpcPackage<'_>, part: &str) -> Option<Vec<Option<usize>>> {
    let (mut types, mut future, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    let (mut in_rich_values, mut in_values) = (false, false);
    let read = |tag: &BytesStart<'_>| match tag.local_name().as_ref() {
        "metadataType" => types.push(attribute(tag, "name").as_deref() == Some(RICH_VALUES)),
        "futureMetadata" => {
            (in_rich_values, in_values) = (attribute(tag, "name").as_deref() == Some(RICH_VALUES), false);
        }
        "valueMetadata" => (in_rich_values, in_values) = (false, true),
        "cellMetadata" => (in_rich_values, in_values) = (false, false),
        "rvb" if in_rich_values && future.len() < MAX_ENTRIES => future.push(number(tag, "i")),
        "bk" if in_values && entries.len() < MAX_ENTRIES => entries.push(None),
        "rc" if in_values => {
            if let (Some(entry), Some(kind), Some(value)) = (entries.last_mut(), number(tag, "t"), number(tag, "v")) {
                *entry = Some((kind, value));
            }
        }
        _ => {}
    };
    XmlReader::new(package.part(part).ok()?).for_each_start("metadata", read).ok()?;
    let is_rich = |kind: usize| kind.checked_sub(1).and_then(|at| types.get(at)).copied().unwrap_or_default();
    let value = |entry: Option<(usize, usize)>| {
        let (_, at) = entry.filter(|(kind, _)| is_rich(*kind))?;
        future.get(at).copied().flatten()
    };
    Some(entries.into_iter().map(value).collect())
}

fn number(tag: &BytesStart<'_>, name: &str) -> Option<usize> {
    attribute(tag, name)?.parse().ok()
}

/// For each structure of rich values the place of the key that is a picture.
fn image_keys(package: &mut OpcPackage<'_>, part: &str) -> Option<Vec<Option<usize>>> {
    let mut structures: Vec<Option<usize>> = Vec::new();
    let mut keys = 0;
    let read = |tag: &BytesStart<'_>| match tag.local_name().as_ref() {
        "s" if structures.len() < MAX_ENTRIES => {
            structures.push(None);
            keys = 0;
        }
        "k" => {
            if attribute(tag, "n").as_deref() == Some(LOCAL_IMAGE)
                && let Some(structure) = structures.last_mut()
            {
                *structure = Some(keys);
            }
            keys += 1;
        }
        _ => {}
    };
    XmlReader::new(package.part(part).ok()?).for_each_start("rvStructures", read).ok()?;
    Some(structures)
}

/// For each rich value the index of its picture's relationship.
fn images_of_values(
    package: &mut OpcPackage<'_>,
    part: &str,
    structures: &[Option<usize>],
) -> Option<Vec<Option<usize>>> {
    let mut images: Vec<Option<usize>> = Vec::new();
    // The key that is a picture, and the keys of the value so far.
    let (mut wanted, mut keys) = (None, 0);
    let (mut text, mut in_value) = (String::new(), false);
    let read = XmlReader::new(package.part(part).ok()?).for_each(|event| {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "rv" if images.len() < MAX_ENTRIES => {
                    wanted = number(&tag, "s").and_then(|at| structures.get(at).copied().flatten());
                    keys = 0;
                    images.push(None);
                }
                "v" => {
                    text.clear();
                    in_value = true;
                }
                _ => {}
            },
            Event::End(tag) if tag.local_name().as_ref() == "v" => {
                if let Some(image) = images.last_mut().filter(|_| wanted == Some(keys)) {
                    *image = text.trim().parse().ok();
                }
                keys += 1;
                in_value = false;
            }
            event if in_value => append_text(&event, &mut text)?,
            _ => {}
        }
        Ok(())
    });
    read.ok().map(|()| images)
}

/// The parts of a list of relationships, in its order.
fn related_parts(package: &mut OpcPackage<'_>, part: &str) -> Option<Vec<String>> {
    let relations = package.relations_of(part).ok()?;
    let mut parts = Vec::new();
    let read = |tag: &BytesStart<'_>| {
        if tag.local_name().as_ref() == "rel" && parts.len() < MAX_ENTRIES {
            let id = local_attribute(tag, "id").unwrap_or_default();
            parts.push(relations.by_id(&id).map(|relation| relation.part.clone()).unwrap_or_default());
        }
    };
    XmlReader::new(package.part(part).ok()?).for_each_start("richValueRels", read).ok()?;
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::super::super::package::tests::package;
    use super::{CellPictures, OpcPackage};

    const WORKBOOK_RELATIONS: &str = r#"<Relationships>
        <Relationship Id="a" Type="http://www.wps.cn/officeDocument/2020/cellImage" Target="cellimages.xml"/>
        <Relationship Id="b" Type="http://x/sheetMetadata" Target="metadata.xml"/>
        <Relationship Id="c" Type="http://x/rdRichValue" Target="richData/rdrichvalue.xml"/>
        <Relationship Id="d" Type="http://x/rdRichValueStructure" Target="richData/rdrichvaluestructure.xml"/>
        <Relationship Id="e" Type="http://x/richValueRel" Target="richData/richValueRel.xml"/></Relationships>"#;
    const IMAGES: &str = r#"<Relationships><Relationship Id="rId1" Type="http://x/image" Target="../media/1.png"/>
        <Relationship Id="rId2" Type="http://x/image" Target="../media/2.png"/></Relationships>"#;
    const WPS: &str = r#"<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"><etc:cellImage><xdr:pic>
        <xdr:nvPicPr><xdr:cNvPr id="2" name="ID_A"/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill></xdr:pic>
        </etc:cellImage><etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="3" name="ID_B"/></xdr:nvPicPr><xdr:blipFill>
        <a:blip r:embed="rId9"/></xdr:blipFill></xdr:pic></etc:cellImage></etc:cellImages>"#;
    const METADATA: &str = r#"<metadata><metadataTypes count="2"><metadataType name="XLDAPR"/><metadataType name="XLRICHVALUE"/>
        </metadataTypes><futureMetadata name="XLDAPR"><bk><extLst><ext/></extLst></bk></futureMetadata>
        <futureMetadata name="XLRICHVALUE" count="2"><bk><extLst><ext><xlrd:rvb i="1"/></ext></extLst></bk>
        <bk><extLst><ext><xlrd:rvb i="0"/></ext></extLst></bk></futureMetadata><cellMetadata><bk><rc t="1" v="0"/></bk></cellMetadata>
        <valueMetadata count="3"><bk><rc t="2" v="0"/></bk><bk><rc t="2" v="1"/></bk><bk><rc t="1" v="0"/></bk></valueMetadata></metadata>"#;
    const STRUCTURES: &str = r#"<rvStructures><s t="_error"><k n="errorType" t="i"/></s><s t="_localImage"><k n="CalcOrigin" t="i"/>
        <k n="_rvRel:LocalImageIdentifier" t="i"/></s></rvStructures>"#;
    const VALUES: &str = r#"<rvData><rv s="1"><v>5</v><v>0</v></rv><rv s="1"><v>5</v><v>1</v></rv></rvData>"#;
    const LIST: &str = r#"<richValueRels><rel r:id="rId2"/><rel r:id="rId1"/></richValueRels>"#;

    fn pictures(without: &str) -> CellPictures {
        let parts = [
            ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONS),
            ("xl/cellimages.xml", WPS),
            ("xl/_rels/cellimages.xml.rels", &IMAGES.replace("../", "")),
            ("xl/metadata.xml", METADATA),
            ("xl/richData/rdrichvaluestructure.xml", STRUCTURES),
            ("xl/richData/rdrichvalue.xml", VALUES),
            ("xl/richData/richValueRel.xml", LIST),
            ("xl/richData/_rels/richValueRel.xml.rels", IMAGES),
        ];
        let parts: Vec<_> =
            parts.iter().filter(|(name, _)| *name != without).map(|(name, xml)| (*name, xml.as_bytes())).collect();
        let bytes = package(&parts);
        let mut package = OpcPackage::open(&bytes).unwrap();
        let workbook = package.relations_of("xl/workbook.xml").unwrap();
        CellPictures::read(&mut package, &workbook)
    }

    #[test]
    fn pictures_of_cells_are_found_by_id_and_by_rich_value() {
        let pictures = pictures("");
        assert_eq!(["ID_A", "ID_B", ""].map(|id| pictures.by_id(id)), ["xl/media/1.png", "", ""]);
        let found = [0, 1, 2, 3, 4].map(|number| pictures.by_rich_value(number));
        assert_eq!(found, ["", "xl/media/1.png", "xl/media/2.png", "", ""]);
    }

    #[test]
    fn a_workbook_without_one_of_the_lists_has_unknown_pictures() {
        for part in ["xl/metadata.xml", "xl/richData/rdrichvaluestructure.xml", "xl/richData/richValueRel.xml"] {
            assert_eq!(pictures(part).by_rich_value(1), "", "{part}");
        }
        assert_eq!(pictures("xl/cellimages.xml").by_id("ID_A"), "");
    }
}
