//! Parts of an Open Packaging Conventions package (.xlsx, .xlsb), by name and by relationship.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::limits::ReadError;
use super::xml::{XmlReader, attribute};
use crate::diagnostics::localize;

/// A package in memory.
pub(super) struct OpcPackage<'b>(ZipArchive<Cursor<&'b [u8]>>);

impl<'b> OpcPackage<'b> {
    /// Reads the directory of a package.
    ///
    /// # Errors
    /// When the bytes are not a ZIP archive.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, ReadError> {
        ZipArchive::new(Cursor::new(bytes)).map(Self).map_err(|error| ReadError::Damaged(localize::chain(&error)))
    }

    /// Opens a part, which is unpacked while it is read. Names are compared without case, as the conventions have it,
    /// and without a leading `/`, which some writers add.
    ///
    /// # Errors
    /// When there is no such part.
    pub(super) fn part(&mut self, name: &str) -> Result<impl Read, ReadError> {
        let is_same = |stored: &str| stored.trim_start_matches('/').eq_ignore_ascii_case(name);
        let exact = self.0.index_for_name(name);
        let index =
            exact.or_else(|| self.0.file_names().position(|stored| stored.is_ok_and(|stored| is_same(&stored))));
        let part = index.and_then(|index| self.0.by_index(index).ok());
        part.ok_or_else(|| ReadError::Damaged(format!("缺少 {name}")))
    }

    /// Unpacks a part.
    ///
    /// # Errors
    /// When there is no such part or it cannot be unpacked.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        self.part(name)?.read_to_end(&mut bytes).map_err(|error| ReadError::Damaged(localize::chain(&error)))?;
        Ok(bytes)
    }
}

/// The relationships of the workbook's part.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Relations {
    entries: Vec<Relation>,
    /// Whether the list was read to its end.
    pub is_complete: bool,
}

/// A reference from the workbook's part to another part.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Relation {
    id: String,
    /// The last segment of its type, such as `worksheet`.
    pub kind: String,
    /// The name of the part referred to.
    pub part: String,
}

impl Relations {
    /// The relation that the workbook calls `id`.
    pub(super) fn by_id(&self, id: &str) -> Option<&Relation> {
        self.entries.iter().find(|relation| relation.id == id)
    }

    /// The first part of that kind.
    pub(super) fn part_of_kind(&self, kind: &str) -> Option<&str> {
        self.entries.iter().find(|relation| relation.kind == kind).map(|relation| relation.part.as_str())
    }
}

/// Reads the relationships of the workbook's part, up to the first damage.
pub(super) fn read_relations(part: impl Read) -> Relations {
    let mut entries = Vec::new();
    let read = XmlReader::new(part).for_each_start("Relationships", |tag| {
        let value = |name| attribute(tag, name).unwrap_or_default();
        let target = value("Target");
        if tag.local_name().as_ref() == "Relationship" && !target.is_empty() {
            let kind = value("Type").rsplit('/').next().unwrap_or_default().to_owned();
            entries.push(Relation { id: value("Id").into_owned(), kind, part: resolve_target(&target) });
        }
    });
    Relations { entries, is_complete: read.is_ok_and(|is_closed| is_closed) }
}

/// The name of the part that a relationship's target refers to: relative to `xl`, or to the root when it starts with
/// `/`. `%E8` is decoded to a byte.
fn resolve_target(target: &str) -> String {
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
    let mut parts = if target.starts_with('/') { Vec::new() } else { vec!["xl"] };
    for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::{Relation, read_relations, resolve_target};

    #[test]
    fn targets_are_parts_below_xl_or_from_the_root() {
        assert_eq!(resolve_target("../xl/./a/%E8%A1%A81%.xml"), "xl/a/表1%.xml");
        let xml = r#"<p:Relationships><p:Relationship Id="a" Type="http://x/worksheet" Target="sheets/1.xml"/>
            <p:Relationship Target="/xl/s.xml" Type="http://x/styles" Id="b"/><p:Relationship Id="c"/>"#;
        let relation =
            |id: &str, kind: &str, part: &str| Relation { id: id.into(), kind: kind.into(), part: part.into() };
        let relations = read_relations(xml.as_bytes());
        let expected = [relation("a", "worksheet", "xl/sheets/1.xml"), relation("b", "styles", "xl/s.xml")];
        assert_eq!(relations.entries, expected);
        assert!(!relations.is_complete);
    }
}
