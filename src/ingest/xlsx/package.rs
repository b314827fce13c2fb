//! The parts of a package, by name and by what refers to them.

use std::io::{BufReader, Cursor, Read};

use zip::ZipArchive;

use super::super::limits::ReadError;
use super::xml::each_start;

/// Bytes taken out of a part at once.
const CHUNK: usize = 1 << 16;

/// A package in memory.
pub struct OpcPackage<'b>(ZipArchive<Cursor<&'b [u8]>>);

impl<'b> OpcPackage<'b> {
    /// Opens a package.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn open(bytes: &'b [u8]) -> Result<Self, ReadError> {
        ZipArchive::new(Cursor::new(bytes)).map(Self).map_err(|error| ReadError::Damaged(error.to_string()))
    }

    /// A part, to be streamed. Names of parts do not differ by case alone; some writers put a stroke before them.
    ///
    /// # Errors
    /// When it is not there.
    pub fn part(&mut self, name: &str) -> Result<impl Read, ReadError> {
        let same = |known: &str| known.trim_start_matches('/').eq_ignore_ascii_case(name);
        let at = self.0.index_for_name(name).or_else(|| self.0.file_names().position(|n| n.is_ok_and(|n| same(&n))));
        let part = at.and_then(|at| self.0.by_index(at).ok());
        part.map(|part| BufReader::with_capacity(CHUNK, part)).ok_or_else(|| ReadError::Damaged(format!("缺少 {name}")))
    }

    /// A part as bytes.
    ///
    /// # Errors
    /// When it is not there or cannot be unpacked.
    pub fn bytes(&mut self, name: &str) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        self.part(name)?.read_to_end(&mut bytes).map_err(|error| ReadError::Damaged(error.to_string()))?;
        Ok(bytes)
    }

    /// A part as text.
    ///
    /// # Errors
    /// When it is not there or is no text.
    pub fn text(&mut self, name: &str) -> Result<String, ReadError> {
        String::from_utf8(self.bytes(name)?).map_err(|_| ReadError::Damaged("内容不是 UTF-8 编码".to_owned()))
    }
}

/// What a part refers to.
#[derive(Debug, PartialEq, Eq)]
pub struct Relation {
    /// The name that the part has for it.
    pub id: String,
    /// What it is: the last word of its type, such as `worksheet`.
    pub kind: String,
    /// The part referred to.
    pub part: String,
}

/// The relations of the workbook's part, as far as they can be read.
pub fn relations(xml: &str) -> Vec<Relation> {
    let mut relations = Vec::new();
    let _ = each_start(xml, |tag| {
        let said = |name| tag.attribute(name).unwrap_or_default();
        let target = said("Target");
        if tag.name() == "Relationship" && !target.is_empty() {
            let part = part_at(&target);
            let kind = said("Type").rsplit('/').next().unwrap_or_default().to_owned();
            relations.push(Relation { id: said("Id").into_owned(), kind, part });
        }
    });
    relations
}

/// The part that a target of the workbook's part names: below `xl`, or from the root; bytes may be written as `%E8`.
fn part_at(target: &str) -> String {
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
    use super::{Relation, part_at, relations};

    #[test]
    fn targets_are_parts_below_xl_or_from_the_root() {
        assert_eq!(part_at("../xl/./a/%E8%A1%A81%.xml"), "xl/a/表1%.xml");
        let xml = r#"<p:Relationships><p:Relationship Id="a" Type="http://x/worksheet" Target="sheets/1.xml"/>
            <p:Relationship Target="/xl/s.xml" Type="http://x/styles" Id="b"/><p:Relationship Id="c"/>"#;
        let relation =
            |id: &str, kind: &str, part: &str| Relation { id: id.into(), kind: kind.into(), part: part.into() };
        assert_eq!(
            relations(xml),
            [relation("a", "worksheet", "xl/sheets/1.xml"), relation("b", "styles", "xl/s.xml")]
        );
    }
}
