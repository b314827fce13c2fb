//! The faces in folders of font files: what they are called, how heavy they are, whether they may be embedded.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use skrifa::raw::tables::cmap::Cmap;
use skrifa::raw::tables::name::Name;
use skrifa::raw::{FontData, FontRead};
use walkdir::WalkDir;

use super::sfnt::{FaceTables, read_cmap, read_faces};
use crate::store::MAX_ENTRIES;

/// The extensions of font files.
const EXTENSIONS: [&str; 4] = ["otc", "otf", "ttc", "ttf"];
/// Names of a face in its `name` table: family, full name, PostScript name, typographic family.
const NAME_IDS: [u16; 4] = [1, 4, 6, 16];
/// The most bytes of names that are read of one file: records, of one face or of the faces of a collection, may share
/// one and the same text. A collection of ten faces with names in forty languages has 40 KB.
const MAX_NAMES: usize = 1 << 20;
/// The most bytes of a name.
const MAX_NAME: u16 = 512;
/// The most parts of the list of a font's characters, one for a system and a script each; fonts in use have up to ten.
const MAX_MAPS: u16 = 64;
/// Fonts that have a sign for every character, and mean none of them.
const CATCH_ALLS: [&str; 3] = ["lastresort", "adobeblank", "adobenotdef"];

/// A face that was found in a folder of fonts; its file is not held in memory.
#[derive(Clone, Debug)]
pub(super) struct FoundFace {
    pub path: PathBuf,
    /// Its index in the file.
    pub index: u32,
    /// Its names, comparable (see [`comparable`]).
    names: Vec<String>,
    /// Its name as messages show it.
    pub label: String,
    /// From 1 to 1000; 400 is regular.
    weight: u16,
    is_slanted: bool,
    /// Whether the font forbids to embed it, or to embed a part of it.
    pub forbids_embedding: bool,
    /// The table that lists its characters (`cmap`), read when it is first asked for; empty when it cannot be read.
    cmap: OnceLock<Vec<u8>>,
    /// Its number among the faces that were read, once it was; `None` when it cannot be.
    pub opened: OnceLock<Option<u16>>,
}

impl FoundFace {
    /// How well the face is named by `name`, the less the better; `None` when it is another.
    pub(super) fn distance(&self, name: &str) -> Option<u16> {
        let is_named = self.names.iter().any(|own| own == name);
        is_named.then(|| self.weight.abs_diff(400) + if self.is_slanted { 1000 } else { 0 })
    }

    /// Whether the face has a character; of the file only the table that lists them is read, once.
    pub(super) fn has(&self, c: char) -> bool {
        let bytes = self.cmap.get_or_init(|| read_cmap(&self.path, self.index).unwrap_or_default());
        let table = Cmap::read(FontData::new(bytes)).ok().filter(is_short);
        let glyph = table.and_then(|table| table.map_codepoint(c));
        glyph.is_some_and(|glyph| glyph.to_u32() != 0)
    }

    /// `left` counts down the bytes of names that are still read of the file.
    fn new(path: &Path, index: u32, tables: &FaceTables, left: &mut usize) -> Option<Self> {
        let table = Name::read(FontData::new(&tables.names)).ok()?;
        let (mut names, mut label) = (Vec::new(), None::<(bool, String)>);
        for record in table.name_record() {
            let id = record.name_id().to_u16();
            if !NAME_IDS.contains(&id) || record.length() > MAX_NAME {
                continue;
            }
            // The record itself has 12 bytes.
            *left = left.checked_sub(usize::from(record.length()) + 12)?;
            let Ok(text) = record.string(table.string_data()) else { continue };
            let text = text.to_string();
            let is_chinese = record.platform_id() == 3 && record.language_id() == CHINESE;
            if id == 4 && label.as_ref().is_none_or(|(chinese, _)| is_chinese && !chinese) {
                label = Some((is_chinese, text.clone()));
            }
            let name = comparable(&text);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.iter().any(|name| CATCH_ALLS.iter().any(|other| name.starts_with(other))) {
            return None;
        }
        let number = |at: usize| tables.os2.get(at..at + 2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]));
        let label = label.map(|(_, text)| text).or_else(|| names.first().cloned())?;
        let embedding = number(8).unwrap_or_default();
        Some(Self {
            path: path.to_owned(),
            index,
            names,
            label,
            weight: number(4).unwrap_or(400),
            is_slanted: number(62).unwrap_or_default() & ITALIC != 0,
            cmap: OnceLock::new(),
            opened: OnceLock::new(),
            forbids_embedding: embedding & 0xf == RESTRICTED || embedding & (NO_SUBSET | BITMAPS_ONLY) != 0,
        })
    }
}

/// Chinese of the People's Republic, as a language of Windows.
const CHINESE: u16 = 0x804;
/// Bit of `fsSelection`.
const ITALIC: u16 = 1;
/// Values of `fsType`: not to be embedded; not in part; pictures of glyphs alone.
const RESTRICTED: u16 = 2;
const NO_SUBSET: u16 = 0x100;
const BITMAPS_ONLY: u16 = 0x200;

/// Whether a list of characters has few parts: programs go through all of them for every character.
pub(super) fn is_short(cmap: &Cmap<'_>) -> bool {
    cmap.num_tables() <= MAX_MAPS
}

/// A name without blanks, in lower case: `FandolFang R` and `fandolfangr` are the same.
pub(super) fn comparable(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_lowercase).collect()
}

/// The faces in a folder and the folders below it, ordered by path; files that are no fonts are passed over, and so
/// is what follows the first [`MAX_ENTRIES`] files and folders.
pub(super) fn scan(folder: &Path) -> Vec<FoundFace> {
    let is_font = |path: &Path| {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        EXTENSIONS.contains(&extension.as_str())
    };
    let entries = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter().take(MAX_ENTRIES);
    let files = entries.filter_map(Result::ok);
    let files = files.filter(|entry| entry.file_type().is_file() && is_font(entry.path()));
    files.filter_map(|entry| faces_of(entry.path()).ok()).flatten().collect()
}

/// The faces of a file.
fn faces_of(path: &Path) -> io::Result<Vec<FoundFace>> {
    let (mut faces, mut left) = (Vec::new(), MAX_NAMES);
    read_faces(path, |index, tables| faces.extend(FoundFace::new(path, index, tables, &mut left)))?;
    Ok(faces)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use skrifa::raw::tables::cmap::Cmap;
    use skrifa::raw::{FontData, FontRead};

    use super::{MAX_MAPS, MAX_NAME, MAX_NAMES, comparable, is_short, scan};

    /// A collection of faces that share a table of names: so many full names, all of the same bytes.
    fn collection(faces: usize, records: usize, filler: usize) -> Vec<u8> {
        let be = |value: usize| (value as u32).to_be_bytes();
        let name_at = 12 + faces * 4 + 28;
        let storage = 6 + records * 12;
        let length = storage + usize::from(MAX_NAME) + filler;
        let header = [be(0x0074_7463).to_vec(), vec![0, 1, 0, 0], be(faces).to_vec()].concat();
        let face = [&[0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0][..], b"name", &be(0), &be(name_at), &be(length)].concat();
        // Windows, Unicode, English, full name.
        let record = [[0, 3], [0, 1], [4, 9], [0, 4], MAX_NAME.to_be_bytes(), [0, 0]].concat();
        let names = [[0, 0], (records as u16).to_be_bytes(), (storage as u16).to_be_bytes()].concat();
        let text = [0, b'a'].repeat(usize::from(MAX_NAME) / 2);
        let offsets = be(name_at - 28).repeat(faces);
        let magic = [b"ttcf", &header[4..]].concat();
        [magic, offsets, face, names, record.repeat(records), text, vec![0; filler]].concat()
    }

    #[test]
    fn a_table_of_names_that_all_faces_share_is_bounded() {
        let folder = tempfile::tempdir().expect("a folder");
        let faces = |faces, records, filler| {
            fs::write(folder.path().join("a.ttc"), collection(faces, records, filler)).expect("written");
            scan(folder.path())
        };
        // Ten faces, names in forty languages.
        let usual = faces(10, 40, 0);
        assert_eq!(usual.len(), 10);
        // The same name is kept once.
        assert!(usual.iter().all(|face| face.names == ["a".repeat(usize::from(MAX_NAME) / 2)]));
        // Names are read until there are too many, those of the faces behind are not.
        assert_eq!(faces(64, 1_000, 0).len(), MAX_NAMES / (1_000 * (usize::from(MAX_NAME) + 12)));
        // Nor is a file whose tables are too long in sum.
        assert_eq!(faces(64, 1, 1 << 20).len(), 0);
    }

    #[test]
    fn a_list_of_characters_in_thousands_of_parts_has_none() {
        let be = |value: usize| (value as u32).to_be_bytes();
        // One part with `一`, which all records give.
        let part = [&[0, 12, 0, 0][..], &be(28), &be(0), &be(1), &be(0x4e00), &be(0x4e00), &be(1)].concat();
        let maps = |count: u16| {
            let record = [&[0, 3, 0, 10][..], &be(4 + usize::from(count) * 8)].concat();
            let table = [&[0, 0][..], &count.to_be_bytes(), &record.repeat(count.into()), &part].concat();
            let map = Cmap::read(FontData::new(&table)).expect("a table");
            map.map_codepoint('一').is_some() && is_short(&map)
        };
        assert!(maps(1) && maps(MAX_MAPS));
        assert!(!maps(MAX_MAPS + 1));
    }

    #[test]
    fn names_are_compared_without_blanks_and_case() {
        assert_eq!(comparable("FandolFang R"), "fandolfangr");
        assert_eq!(comparable("仿宋_GB2312"), "仿宋_gb2312");
        assert_eq!(comparable("Noto Sans CJK SC"), comparable("NotoSansCJK-SC"));
    }
}
