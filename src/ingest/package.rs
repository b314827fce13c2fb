//! Parts of a zip package (.xlsx, .xlsb, .ods), by name and by relationship.

use std::collections::HashMap;
use std::io::{BufReader, Cursor, Read};

use quick_xml::encoding::DecodingReader;
use zip::ZipArchive;

use super::limits::{ReadError, ReadLimits};
use super::xml::{XmlReader, attribute};
use crate::diagnostics::localize;

/// The names of a workbook's main part, unless the package's relationships give another.
const WORKBOOKS: [&str; 2] = ["xl/workbook.xml", "xl/workbook.bin"];

/// A package in memory.
pub(super) struct OpcPackage<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    /// The index of each part, by its folded name.
    parts: HashMap<String, usize>,
}

/// The name of a part as names are compared: without case, as the conventions have it, without a leading `/` and with
/// `/` for `\`, both of which some writers use.
fn fold_name(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

impl<'b> OpcPackage<'b> {
    /// Reads the directory of a package.
    ///
    /// # Errors
    /// When the bytes are not a ZIP archive.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, ReadError> {
        ZipArchive::new(Cursor::new(bytes)).map(Self::new).map_err(|error| damaged(&error))
    }

    /// Takes an archive whose directory was read.
    pub(super) fn new(zip: ZipArchive<Cursor<&'b [u8]>>) -> Self {
        let names = zip.file_names().enumerate();
        let parts = names.filter_map(|(index, name)| Some((fold_name(&name.ok()?), index))).collect();
        Self { zip, parts }
    }

    /// Refuses a package whose directory declares more unpacked bytes than the limit, and one whose directory names a
    /// part twice: programs differ in which of the two they show.
    ///
    /// # Errors
    /// When the package is one of these, or an entry of its directory cannot be read.
    pub(super) fn check(&mut self, limits: &ReadLimits) -> Result<(), ReadError> {
        let mut unpacked = 0_u64;
        for index in 0..self.zip.len() {
            let part = self.zip.by_index_raw(index).map_err(|error| damaged(&error))?;
            unpacked = unpacked.saturating_add(part.size());
        }
        if unpacked > limits.unpacked {
            let mib = unpacked >> 20;
            return Err(ReadError::TooLarge(format!("解压后有 {mib} MiB，超过 {} MiB", limits.unpacked >> 20)));
        }
        if self.zip.has_duplicate_names() || self.parts.len() < self.zip.file_names().flatten().count() {
            return Err(ReadError::Damaged("压缩包里有重名的部件".to_owned()));
        }
        Ok(())
    }

    /// Whether the package has the part.
    pub(super) fn has(&self, name: &str) -> bool {
        self.parts.contains_key(&fold_name(name))
    }

    /// Whether the package has parts in a folder, whose name ends with `/`.
    pub(super) fn has_folder(&self, folder: &str) -> bool {
        let folder = fold_name(folder);
        self.parts.keys().any(|name| name.starts_with(&folder) && !name.ends_with('/'))
    }

    /// The name of the workbook's part: the one that the package's relationships name, else a usual one; `None` when
    /// there is no such part.
    pub(super) fn workbook_part(&mut self) -> Option<String> {
        let named = self.relations_of("").ok().and_then(|root| root.part_of_kind("officeDocument").map(str::to_owned));
        let candidates = named.into_iter().chain(WORKBOOKS.map(str::to_owned));
        candidates.into_iter().find(|name| self.has(name))
    }

    /// Opens an XML part, which is unpacked while it is read. One in UTF-16 is recoded.
    ///
    /// # Errors
    /// When there is no such part.
    pub(super) fn part(&mut self, name: &str) -> Result<Box<dyn Read + '_>, ReadError> {
        let mut part = self.entry(name)?;
        let mut start = Vec::new();
        part.by_ref().take(2).read_to_end(&mut start).map_err(|error| damaged(&error))?;
        let is_utf16 = matches!(start.as_slice(), [0xff, 0xfe] | [0xfe, 0xff] | [b'<', 0] | [0, b'<']);
        let part = Cursor::new(start).chain(part);
        Ok(if is_utf16 { Box::new(DecodingReader::new(BufReader::new(part))) } else { Box::new(part) })
    }

    /// Unpacks a part.
    ///
    /// # Errors
    /// When there is no such part or it cannot be unpacked.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        self.entry(name)?.read_to_end(&mut bytes).map_err(|error| damaged(&error))?;
        Ok(bytes)
    }

    fn entry<'s>(&'s mut self, name: &str) -> Result<impl Read + use<'s, 'b>, ReadError> {
        let missing = || ReadError::Damaged(format!("缺少 {name}"));
        let index = self.parts.get(&fold_name(name)).ok_or_else(missing)?;
        self.zip.by_index(*index).map_err(|_| missing())
    }

    /// The relationships of a part; of the package for an empty name.
    ///
    /// # Errors
    /// When it has no list of them.
    pub(super) fn relations_of(&mut self, part: &str) -> Result<Relations, ReadError> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let list = format!("{folder}{}_rels/{name}.rels", if folder.is_empty() { "" } else { "/" });
        Ok(read_relations(self.part(&list)?, folder))
    }
}

fn damaged(error: &(dyn std::error::Error + 'static)) -> ReadError {
    ReadError::Damaged(localize::chain(error))
}

/// The relationships of a part.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Relations {
    entries: Vec<Relation>,
    /// Whether the list was read to its end.
    pub is_complete: bool,
}

/// A reference from a part to another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Relation {
    id: String,
    /// The last segment of its type, such as `worksheet`.
    pub kind: String,
    /// The name of the part referred to.
    pub part: String,
}

impl Relations {
    /// The relation that the part calls `id`.
    pub(super) fn by_id(&self, id: &str) -> Option<&Relation> {
        self.entries.iter().find(|relation| relation.id == id)
    }

    /// The first part of that kind.
    pub(super) fn part_of_kind(&self, kind: &str) -> Option<&str> {
        self.parts_of_kind(kind).next()
    }

    /// The parts of that kind, in the order of the relationships.
    pub(super) fn parts_of_kind(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(move |relation| relation.kind == kind).map(|relation| relation.part.as_str())
    }
}

/// Reads the relationships of a part in `folder`, up to the first damage.
fn read_relations(list: impl Read, folder: &str) -> Relations {
    let mut entries = Vec::new();
    let read = XmlReader::new(list).for_each_start("Relationships", |tag| {
        let value = |name| attribute(tag, name).unwrap_or_default();
        let target = value("Target");
        if tag.local_name().as_ref() == "Relationship" && !target.is_empty() {
            let kind = value("Type").rsplit('/').next().unwrap_or_default().to_owned();
            entries.push(Relation { id: value("Id").into_owned(), kind, part: resolve_target(&target, folder) });
        }
    });
    Relations { entries, is_complete: read.is_ok_and(|is_closed| is_closed) }
}

/// The name of the part that a relationship's target refers to: relative to `folder`, or to the root when it starts
/// with `/`. `%E8` is decoded to a byte.
fn resolve_target(target: &str, folder: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), target.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten().and_then(|hex| std::str::from_utf8(hex).ok());
        match escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    let target = String::from_utf8_lossy(&bytes);
    let target = target.replace('\\', "/");
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::{Relation, read_relations, resolve_target};

    /// A package with these parts.
    pub(in crate::ingest) fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn targets_are_parts_below_xl_or_from_the_root() {
        assert_eq!(resolve_target("../xl/./a/%E8%A1%A81%.xml", "xl"), "xl/a/表1%.xml");
        assert_eq!(resolve_target("xl\\workbook.xml", ""), "xl/workbook.xml");
        assert_eq!(resolve_target("../drawings/1.xml", "xl/worksheets"), "xl/drawings/1.xml");
        let xml = r#"<p:Relationships><p:Relationship Id="a" Type="http://x/worksheet" Target="sheets/1.xml"/>
            <p:Relationship Target="/xl/s.xml" Type="http://x/styles" Id="b"/><p:Relationship Id="c"/>"#;
        let relation =
            |id: &str, kind: &str, part: &str| Relation { id: id.into(), kind: kind.into(), part: part.into() };
        let relations = read_relations(xml.as_bytes(), "xl");
        let expected = [relation("a", "worksheet", "xl/sheets/1.xml"), relation("b", "styles", "xl/s.xml")];
        assert_eq!(relations.entries, expected);
        assert!(!relations.is_complete);
    }
}
