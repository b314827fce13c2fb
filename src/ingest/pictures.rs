//! Pictures of picture columns: from references to prepared pictures.
//!
//! Input: the tables of a file, whose picture cells hold references (see `picture_refs`), and the file's bytes. Output:
//! the same tables, whose cells hold the hashes of prepared pictures, and the pictures. A cell of which some picture
//! cannot be printed is unusable, with the reason; what a rule finds in it is the only finding.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::cache::CachedPicture;
use super::cell::{Cell, CellFault, CellValue, Value};
use super::picture_refs::{self, PictureRef};
use super::row::Row;
use super::table::Table;
use super::worker::Readers;
use crate::diagnostics::localize;
use crate::notice::{Column, ColumnType, Notice};
use crate::picture::{Picture, PictureBounds, PictureFault, PictureFile, Pictures, StoredPicture};
use crate::store::{Digest, inside_without_links, read_regular, sha256};

/// Pictures of a workbook that are in memory at once, as the workbook has them: a photo may take 20 MB.
const BATCH: usize = 32;

/// What the references of a file are resolved with.
pub(super) struct PictureSource<'a> {
    /// The file's bytes.
    pub bytes: &'a [u8],
    /// Their hash.
    pub digest: Digest,
    /// The input folder.
    pub root: &'a Path,
    pub readers: &'a Readers,
    pub notice: &'a Notice,
}

/// A picture that some cells refer to, and its size on paper.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct WantedPicture {
    /// The name of a part; the path of a file below the input folder.
    name: String,
    is_file: bool,
    width: u32,
}

/// A picture that was prepared, or not.
struct Prepared {
    outcome: Result<StoredPicture, PictureFault>,
    /// The hash of its file, unless it is a part.
    file: Option<Digest>,
}

/// Replaces the references of all picture cells; returns the pictures.
pub(super) fn resolve(tables: &mut [Table], source: &PictureSource<'_>) -> Pictures {
    let mut pictures = Pictures::default();
    let mut wanted = Vec::new();
    for table in &*tables {
        let columns = picture_columns(table, source.notice);
        for row in table.rows.iter().chain(&table.nil_reports) {
            for (index, column) in &columns {
                let Value::Picture(references) = row.value(*index) else { continue };
                wanted.extend(picture_refs::parse(references).map(|reference| WantedPicture::new(reference, column)));
            }
        }
    }
    if wanted.is_empty() {
        return pictures;
    }
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = BTreeMap::new();
    for (wanted, Prepared { outcome, file }) in source.prepare(wanted) {
        let outcome = outcome.map(|picture| pictures.insert(picture));
        if let (Some(file), Ok(picture)) = (file, &outcome) {
            pictures.add_file(PictureFile { path: wanted.name.clone(), file, picture: *picture });
        }
        found.insert(wanted, outcome);
    }
    for table in tables {
        let columns = picture_columns(table, source.notice);
        for row in table.rows.iter_mut().chain(&mut table.nil_reports) {
            resolve_row(row, &columns, &found);
        }
    }
    pictures
}

/// The picture columns of a table with their indices.
fn picture_columns<'n>(table: &Table, notice: &'n Notice) -> Vec<(usize, &'n Column)> {
    let ledger = notice.ledger.get_index(table.sheet.ledger).map(|(_, ledger)| ledger);
    let columns = ledger.into_iter().flat_map(|ledger| ledger.columns.values().enumerate());
    columns.filter(|(_, column)| column.kind == ColumnType::Picture).collect()
}

impl WantedPicture {
    fn new(reference: PictureRef<'_>, column: &Column) -> Self {
        let width = column.width;
        match reference {
            PictureRef::Part(part) => Self { name: part.to_owned(), is_file: false, width },
            PictureRef::File(name) => {
                let folder = column.folder.as_deref().unwrap_or_default();
                Self { name: format!("{folder}/{name}"), is_file: true, width }
            }
        }
    }

    /// Why a cell has no pictures, when this one cannot be printed.
    fn cell_fault(&self, fault: &PictureFault) -> (CellFault, String) {
        match (fault, self.is_file) {
            (PictureFault::NoFile, _) => (CellFault::NoPictureFile, self.name.clone()),
            (fault, true) => (CellFault::BrokenPicture, format!("{}：{}", self.name, fault.reason())),
            (fault, false) => (CellFault::BrokenPicture, fault.reason()),
        }
    }
}

/// Replaces the references of a row's picture cells.
fn resolve_row(
    row: &mut Row,
    columns: &[(usize, &Column)],
    found: &BTreeMap<WantedPicture, Result<Digest, PictureFault>>,
) {
    let mut replaced: BTreeMap<usize, CellValue<String>> = BTreeMap::new();
    for (index, column) in columns {
        let Value::Picture(references) = row.value(*index) else { continue };
        let mut hashes = Vec::new();
        let mut fault = None;
        for reference in picture_refs::parse(references) {
            let wanted = WantedPicture::new(reference, column);
            match found.get(&wanted) {
                Some(Ok(digest)) => hashes.push(digest.to_string()),
                Some(Err(reason)) => fault = fault.or_else(|| Some(wanted.cell_fault(reason))),
                None => {}
            }
        }
        let value = match fault {
            Some((fault, reason)) => CellValue::Unusable(fault, reason),
            None => CellValue::Picture(hashes.join(" ")),
        };
        replaced.insert(*index, value);
    }
    if replaced.is_empty() {
        return;
    }
    let cells = row.cells().enumerate().map(|(index, cell)| {
        let value = replaced.get(&index).map(|value| value.with(String::as_str));
        cell.map(|cell| Cell { value: value.unwrap_or(cell.value), ..cell })
    });
    let resolved = Row::new(Arc::clone(&row.source), row.row, cells);
    *row = resolved;
}

impl PictureSource<'_> {
    /// Prepares pictures, as far as no earlier run did.
    fn prepare(&self, wanted: Vec<WantedPicture>) -> Vec<(WantedPicture, Prepared)> {
        let (files, parts): (Vec<WantedPicture>, Vec<WantedPicture>) =
            wanted.into_iter().partition(|wanted| wanted.is_file);
        let mut prepared = self.parts(parts);
        prepared.par_extend(files.into_par_iter().with_max_len(1).map(|wanted| {
            let prepared = self.file(&wanted);
            (wanted, prepared)
        }));
        prepared
    }

    /// Gives a prepared picture to the spool.
    fn spool(&self, outcome: Result<Picture, PictureFault>) -> Result<StoredPicture, PictureFault> {
        let kept = self.readers.spool().keep(outcome?);
        kept.map_err(|error| PictureFault::TooCostly(format!("写不进临时文件：{}", localize::io_error(&error))))
    }

    fn bounds(&self, wanted: &WantedPicture) -> PictureBounds {
        self.notice.picture_bounds(wanted.width)
    }

    /// Prepares parts of the file's package.
    fn parts(&self, wanted: Vec<WantedPicture>) -> Vec<(WantedPicture, Prepared)> {
        let cached = self.readers.cache().map(|cache| cache.pictures(&self.digest)).unwrap_or_default();
        let mut cached: BTreeMap<(String, PictureBounds), Result<Picture, PictureFault>> =
            cached.into_iter().map(|known| ((known.part, known.bounds), known.outcome)).collect();
        let mut known = |wanted: &WantedPicture| cached.remove(&(wanted.name.clone(), self.bounds(wanted)));
        let (mut prepared, mut missing) = (Vec::with_capacity(wanted.len()), Vec::new());
        for wanted in wanted {
            match known(&wanted) {
                Some(outcome) => prepared.push(self.finish(wanted, outcome)),
                None => missing.push(wanted),
            }
        }
        drop(cached);
        for batch in missing.chunks(BATCH) {
            let originals = self.originals(batch);
            prepared.par_extend(batch.par_iter().with_max_len(1).map(|wanted| {
                let original = originals.get(wanted.name.as_str()).cloned().unwrap_or(Err(PictureFault::Absent));
                let outcome = original.and_then(|bytes| self.readers.picture(&bytes, self.bounds(wanted)));
                self.finish(wanted.clone(), outcome)
            }));
        }
        prepared
    }

    /// Keeps a part that was prepared, for later runs and for this one.
    fn finish(&self, wanted: WantedPicture, outcome: Result<Picture, PictureFault>) -> (WantedPicture, Prepared) {
        self.cache(&self.digest, &wanted.name, self.bounds(&wanted), &outcome);
        (wanted, Prepared { outcome: self.spool(outcome), file: None })
    }

    /// The bytes of parts, by their names.
    fn originals<'w>(&self, wanted: &'w [WantedPicture]) -> BTreeMap<&'w str, Result<Vec<u8>, PictureFault>> {
        let mut names: Vec<&str> = wanted.iter().map(|wanted| wanted.name.as_str()).collect();
        names.dedup();
        names.retain(|name| !name.is_empty());
        if names.is_empty() {
            return BTreeMap::new();
        }
        let parts = match self.readers.parts(self.bytes, &names) {
            Ok(parts) => parts.into_iter().map(|part| part.ok_or(PictureFault::Absent)).collect(),
            Err(error) => vec![Err(PictureFault::TooCostly(error.reason())); names.len()],
        };
        names.into_iter().zip(parts).collect()
    }

    /// Prepares the picture file at a path below the input folder.
    fn file(&self, wanted: &WantedPicture) -> Prepared {
        let bytes = match self.read_file(&wanted.name) {
            Ok(bytes) => bytes,
            Err(fault) => return Prepared { outcome: Err(fault), file: None },
        };
        let (digest, bounds) = (sha256(&bytes), self.bounds(wanted));
        let cached = self.readers.cache().map(|cache| cache.pictures(&digest)).unwrap_or_default();
        let known = cached.into_iter().find(|known| known.bounds == bounds && known.part.is_empty());
        let outcome = match known {
            Some(known) => known.outcome,
            None => self.readers.picture(&bytes, bounds),
        };
        self.cache(&digest, "", bounds, &outcome);
        Prepared { outcome: self.spool(outcome), file: Some(digest) }
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, PictureFault> {
        let path = inside_without_links(self.root, path).filter(|path| path.is_file()).ok_or(PictureFault::NoFile)?;
        let size = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
        let limit = self.readers.limits().file;
        if size > limit {
            return Err(PictureFault::TooCostly(format!("{} MiB，超过 {} MiB", size >> 20, limit >> 20)));
        }
        read_regular(&path).map_err(|_| PictureFault::NoFile)
    }

    /// Keeps a picture of the file with that hash for later runs. What a limit stopped is tried again.
    fn cache(&self, file: &Digest, part: &str, bounds: PictureBounds, outcome: &Result<Picture, PictureFault>) {
        if let Some(cache) = self.readers.cache()
            && !matches!(outcome, Err(PictureFault::TooCostly(_)))
        {
            cache.insert_picture(file, &CachedPicture { part: part.to_owned(), bounds, outcome: outcome.clone() });
        }
    }
}
