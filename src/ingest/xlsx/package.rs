//! The parts of a package, by name and by what refers to them.

use std::io::{BufReader, Cursor, Read};

use zip::ZipArchive;

use super::super::limits::Refusal;
use super::xml::{attribute, each_start};

/// Bytes taken out of a part at once.
const CHUNK: usize = 1 << 16;

/// A package in memory.
pub struct Package<'b>(ZipArchive<Cursor<&'b [u8]>>);

impl<'b> Package<'b> {
    /// Opens a package.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn open(bytes: &'b [u8]) -> Result<Self, Refusal> {
        ZipArchive::new(Cursor::new(bytes)).map(Self).map_err(|error| Refusal::Damaged(error.to_string()))
    }

    /// A part, to be streamed. Names of parts do not differ by case alone; some writers put a stroke before them.
    ///
    /// # Errors
    /// When it is not there.
    pub fn part(&mut self, name: &str) -> Result<impl Read, Refusal> {
        let same = |known: &str| known.trim_start_matches('/').eq_ignore_ascii_case(name);
        let at = self.0.index_for_name(name).or_else(|| self.0.file_names().position(|n| n.is_ok_and(|n| same(&n))));
        let part = at.and_then(|at| self.0.by_index(at).ok());
        part.map(|part| BufReader::with_capacity(CHUNK, part)).ok_or_else(|| Refusal::Damaged(format!("缺少 {name}")))
    }

    /// A part as bytes.
    ///
    /// # Errors
    /// When it is not there or cannot be unpacked.
    pub fn bytes(&mut self, name: &str) -> Result<Vec<u8>, Refusal> {
        let mut bytes = Vec::new();
        self.part(name)?.read_to_end(&mut bytes).map_err(|error| Refusal::Damaged(error.to_string()))?;
        Ok(bytes)
    }

    /// A part as text.
    ///
    /// # Errors
    /// When it is not there or is no text.
    pub fn text(&mut self, name: &str) -> Result<String, Refusal> {
        String::from_utf8(self.bytes(name)?).map_err(|error| Refusal::Damaged(error.to_string()))
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
    let _ = each_start(xml, |name, tag| {
        let said = |name| attribute(tag, name).unwrap_or_default();
        let target = said("Target");
        if name == "Relationship" && !target.is_empty() {
            let part = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            let kind = said("Type").rsplit('/').next().unwrap_or_default().to_owned();
            relations.push(Relation { id: said("Id").into_owned(), kind, part });
        }
    });
    relations
}

#[cfg(test)]
mod tests {
    use super::{Relation, relations};

    #[test]
    fn targets_are_parts_below_xl_or_from_the_root() {
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
