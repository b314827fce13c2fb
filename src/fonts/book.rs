//! The faces of a run, and the face, glyph and width of each character.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use indexmap::IndexSet;
use sha2::{Digest as _, Sha256};

use super::face::Face;
use super::record::FontRecord;
use super::scan::{FoundFace, comparable, scan};
use super::substitutes::{RARE, substitutes};
use super::typeface::Typeface;
use crate::diagnostics::{Diagnostic, Location, WithDiagnostics, code};
use crate::notice::Typography;
use crate::store::Digest;

/// A character as it is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glyph {
    /// The number of its face (see [`Fonts::face`]).
    pub face: u16,
    /// Its number in the face.
    pub id: u16,
    /// Its width in units of its size.
    pub width: f32,
}

/// The faces of a run. Characters are looked up once a run, by all threads together.
pub struct Fonts {
    library: Library,
    /// The faces that were chosen for the typefaces, in the order of [`Typeface::ALL`].
    chosen: Vec<u16>,
    /// The face of digits and Latin letters, where the settings have one.
    latin: Option<u16>,
    /// All faces that were read: those that were chosen, then those that single characters needed.
    faces: RwLock<Vec<Arc<Face>>>,
    glyphs: RwLock<HashMap<(Typeface, char), Option<Glyph>, ahash::RandomState>>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").field("records", &self.records("")).finish_non_exhaustive()
    }
}

/// A Chinese character that every Chinese font has.
const SAMPLE: char = '的';

impl Fonts {
    /// Looks for the typefaces of the settings in `folders`. `None` when there is no Chinese font at all. Findings, at
    /// `location`, for typefaces that are replaced by another one and for fonts that must not be embedded.
    pub fn find(typography: &Typography, folders: &[PathBuf], location: &Location) -> WithDiagnostics<Option<Self>> {
        let mut search = Search { library: Library::new(folders), location, faces: Vec::new(), findings: Vec::new() };
        let own = Typeface::ALL.map(|typeface| search.choose(typeface, typography));
        let Some(any) = own.iter().flatten().next().copied() else {
            return WithDiagnostics::new(None, search.findings);
        };
        for (typeface, own) in Typeface::ALL.into_iter().zip(&own) {
            if own.is_none() {
                search.note_substitute(typeface, typography, any);
            }
        }
        let latin = typography.latin.as_ref().and_then(|name| search.named(name, 'a'));
        let chosen = own.iter().map(|own| own.unwrap_or(any)).collect();
        let Search { library, faces, findings, .. } = search;
        let (faces, glyphs) = (RwLock::new(faces), RwLock::default());
        WithDiagnostics::new(Some(Self { library, chosen, latin, faces, glyphs }), findings)
    }

    /// The glyph of a character in a typeface: of the typeface's face, else of the others', else of any font that has
    /// it; `None` when no font does.
    pub fn glyph(&self, typeface: Typeface, c: char) -> Option<Glyph> {
        if let Some(known) = self.glyphs.read().unwrap_or_else(PoisonError::into_inner).get(&(typeface, c)) {
            return *known;
        }
        let found = self.look_up(typeface, c);
        self.glyphs.write().unwrap_or_else(PoisonError::into_inner).insert((typeface, c), found);
        found
    }

    /// The face with that number, as glyphs have it ([`Glyph::face`]); `None` for any other number.
    pub(crate) fn face(&self, number: u16) -> Option<Arc<Face>> {
        self.faces.read().unwrap_or_else(PoisonError::into_inner).get(usize::from(number)).cloned()
    }

    /// The hash of the chosen faces: all that a document's bytes depend on, but for rare characters.
    pub fn digest(&self) -> Digest {
        let mut hasher = Sha256::new();
        for number in self.chosen.iter().chain(&self.latin) {
            if let Some(face) = self.face(*number) {
                hasher.update(face.digest.as_bytes());
                hasher.update(face.index.to_le_bytes());
            }
        }
        Digest::from_hasher(hasher)
    }

    /// The chosen faces and those that single characters of a text need, each once.
    pub(crate) fn records(&self, text: &str) -> Vec<FontRecord> {
        let needed = text.chars().filter_map(|c| self.glyph(Typeface::Body, c)).map(|glyph| glyph.face);
        let mut records: Vec<FontRecord> = Vec::new();
        // Faces are few, characters are many.
        let numbers: IndexSet<u16> = self.chosen.iter().chain(&self.latin).copied().chain(needed).collect();
        for number in numbers {
            let Some(face) = self.face(number) else { continue };
            let is_known = |record: &FontRecord| record.sha256 == face.digest && record.name == face.label;
            if !records.iter().any(is_known) {
                records.push(FontRecord { name: face.label.clone(), file: face.file.clone(), sha256: face.digest });
            }
        }
        records
    }

    fn look_up(&self, typeface: Typeface, c: char) -> Option<Glyph> {
        let at = Typeface::ALL.iter().position(|other| *other == typeface).unwrap_or(0);
        let latin = self.latin.filter(|_| c.is_ascii());
        let own = self.chosen.get(at).copied();
        let chain = latin.into_iter().chain(own).chain(self.chosen.iter().copied());
        for number in chain {
            let glyph = self.face(number).and_then(|face| face.glyph(c));
            if let Some(glyph) = glyph {
                return Some(Glyph { face: number, id: glyph.id, width: glyph.width });
            }
        }
        self.look_up_anywhere(c)
    }

    /// Looks through all fonts, those with rare characters first.
    fn look_up_anywhere(&self, c: char) -> Option<Glyph> {
        let rare = RARE.iter().flat_map(|name| self.library.named(name));
        for found in rare.chain(self.library.all()).filter(|found| !found.forbids_embedding && found.has(c)) {
            let Some(number) = self.opened(found) else { continue };
            if let Some(glyph) = self.face(number).and_then(|face| face.glyph(c)) {
                return Some(Glyph { face: number, id: glyph.id, width: glyph.width });
            }
        }
        None
    }

    /// The number of a face that was found. It is read when it was not before; one that cannot be is not read again:
    /// each rare character would ask for it.
    fn opened(&self, found: &FoundFace) -> Option<u16> {
        *found.opened.get_or_init(|| {
            let is_it = |face: &Arc<Face>| face.index == found.index && face.path == found.path;
            let known = self.faces.read().unwrap_or_else(PoisonError::into_inner).iter().position(is_it);
            if let Some(number) = known {
                return u16::try_from(number).ok();
            }
            let face = Face::open(found).ok()?;
            number_of(&mut self.faces.write().unwrap_or_else(PoisonError::into_inner), face)
        })
    }
}

/// The number of a face, which is added when it is not there.
fn number_of(faces: &mut Vec<Arc<Face>>, face: Face) -> Option<u16> {
    let known = faces.iter().position(|other| other.digest == face.digest && other.index == face.index);
    let number = known.unwrap_or_else(|| {
        // Faces of one collection have its bytes together.
        let same_file = faces.iter().find(|other| other.digest == face.digest).map(|other| Arc::clone(&other.data));
        let face = Face { data: same_file.unwrap_or_else(|| Arc::clone(&face.data)), ..face };
        faces.push(Arc::new(face));
        faces.len() - 1
    });
    u16::try_from(number).ok()
}

/// The search for the typefaces of the settings.
struct Search<'s> {
    library: Library,
    location: &'s Location,
    faces: Vec<Arc<Face>>,
    findings: Vec<Diagnostic>,
}

impl Search<'_> {
    /// The face of a typeface: of the settings' names, else a substitute.
    fn choose(&mut self, typeface: Typeface, typography: &Typography) -> Option<u16> {
        let names = typeface.names(typography);
        if let Some(number) = names.iter().find_map(|name| self.named(name, SAMPLE)) {
            return Some(number);
        }
        let substitutes = substitutes(typeface).into_iter().flatten();
        let number = substitutes.copied().find_map(|name| self.named(name, SAMPLE))?;
        self.note_substitute(typeface, typography, number);
        Some(number)
    }

    /// A face of that name that has a character.
    fn named(&mut self, name: &str, sample: char) -> Option<u16> {
        let mut candidates: Vec<FoundFace> = self.library.named(name).cloned().collect();
        let forbidden = candidates.iter().position(|found| found.forbids_embedding);
        if let Some(at) = forbidden {
            self.note_forbidden(&candidates.remove(at));
        }
        candidates.retain(|found| !found.forbids_embedding);
        let face =
            candidates.iter().filter_map(|found| Face::open(found).ok()).find(|face| face.glyph(sample).is_some())?;
        number_of(&mut self.faces, face)
    }

    fn note_substitute(&mut self, typeface: Typeface, typography: &Typography, number: u16) {
        let wanted = typeface.names(typography).first().map_or("", String::as_str);
        let used = self.faces.get(usize::from(number)).map_or("", |face| face.label.as_str());
        let message = format!("没有找到{}的字体“{wanted}”，PDF 里用“{used}”代替", typeface.label());
        self.findings.push(Diagnostic::new(&code::SUBSTITUTE_FONT, self.location.clone(), message));
    }

    fn note_forbidden(&mut self, found: &FoundFace) {
        let message = format!("字体“{}”不许嵌入文件，PDF 里没有用它", found.label);
        let finding = Diagnostic::new(&code::FORBIDDEN_FONT, self.location.clone(), message);
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}

/// Folders of fonts, in the order in which they are preferred. A folder is looked through when it is first needed.
struct Library {
    folders: Vec<(PathBuf, OnceLock<Vec<FoundFace>>)>,
}

impl Library {
    fn new(folders: &[PathBuf]) -> Self {
        Self { folders: folders.iter().map(|folder| (folder.clone(), OnceLock::new())).collect() }
    }

    fn all(&self) -> impl Iterator<Item = &FoundFace> {
        self.folders.iter().flat_map(|(folder, faces)| faces.get_or_init(|| scan(folder)))
    }

    /// The faces of that name, the regular one first.
    fn named(&self, name: &str) -> impl Iterator<Item = &FoundFace> + use<'_> {
        let name = comparable(name);
        let mut named: Vec<(u16, &FoundFace)> =
            self.all().filter_map(|found| Some((found.distance(&name)?, found))).collect();
        named.sort_by_key(|(distance, _)| *distance);
        named.into_iter().map(|(_, found)| found)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Fonts, Library, RwLock, Typeface};

    /// A font that lists `一` and `二` and has no glyphs.
    fn broken_font() -> Vec<u8> {
        let be = |value: usize| (value as u32).to_be_bytes();
        let group = [be(0x4e00), be(0x4e8c), be(1)].concat();
        let map = [&[0, 12, 0, 0][..], &be(28), &be(0), &be(1), &group].concat();
        let cmap = [&[0, 0, 0, 1, 0, 3, 0, 10][..], &be(12), &map].concat();
        // Windows, Unicode, English, full name: `a`.
        let name = [&[0, 0, 0, 1, 0, 18][..], &[0, 3, 0, 1, 4, 9, 0, 4, 0, 2, 0, 0], &[0, b'a']].concat();
        let start = 12 + 2 * 16;
        let entry = |tag: &[u8; 4], at: usize, table: &[u8]| [&tag[..], &be(0), &be(at), &be(table.len())].concat();
        let entries = [entry(b"cmap", start, &cmap), entry(b"name", start + cmap.len(), &name)].concat();
        [&[0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0][..], &entries, &cmap, &name].concat()
    }

    #[test]
    fn a_font_that_cannot_be_opened_is_opened_once() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("a.ttf"), broken_font()).expect("written");
        let library = Library::new(&[folder.path().to_owned()]);
        let (faces, glyphs) = (RwLock::default(), RwLock::default());
        let fonts = Fonts { library, chosen: Vec::new(), latin: None, faces, glyphs };
        let found = fonts.library.all().next().expect("the font");
        assert!(found.has('一') && found.has('二') && found.opened.get().is_none());
        assert_eq!(fonts.glyph(Typeface::Body, '一'), None);
        assert_eq!(found.opened.get(), Some(&None), "known as broken");
        assert_eq!(fonts.glyph(Typeface::Body, '二'), None);
    }
}
