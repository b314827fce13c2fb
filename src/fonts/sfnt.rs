//! Single tables of a font file, read without the rest: a folder of fonts holds gigabytes, and names are in a few
//! kilobytes.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// The most faces of one file (a TrueType collection).
const MAX_FACES: u32 = 64;
/// The most bytes of a table that are read: the map of a font with all of Unicode's characters, each by itself, has 1.2
/// MB.
const MAX_TABLE: u32 = 2 << 20;
/// The most bytes of tables that are read of one file: faces of a collection may share one and the same table.
const MAX_TABLES: usize = 8 << 20;

/// The tables of a face that tell what it is.
pub(super) struct FaceTables {
    /// The table `name`: the face's names in several languages.
    pub names: Vec<u8>,
    /// `OS/2`; empty when there is none.
    pub os2: Vec<u8>,
}

/// Reads the tables of each face of a file, in its order; those of one face are in memory at a time.
///
/// # Errors
/// When the file cannot be read, is no font, or its tables are larger in sum than fonts have them.
pub(super) fn read_faces(path: &Path, mut visit: impl FnMut(u32, &FaceTables)) -> io::Result<()> {
    let mut file = BufReader::new(File::open(path)?);
    let mut left = MAX_TABLES;
    for (index, offset) in (0..).zip(face_offsets(&mut file)?) {
        let [names, os2] = read_tables(&mut file, offset, [b"name", b"OS/2"])?;
        left = left.checked_sub(names.len() + os2.len()).ok_or(io::ErrorKind::InvalidData)?;
        visit(index, &FaceTables { names, os2 });
    }
    Ok(())
}

/// Reads the table of a face that maps characters to glyphs.
///
/// # Errors
/// When the file cannot be read, or is no font any more.
pub(super) fn read_cmap(path: &Path, index: u32) -> io::Result<Vec<u8>> {
    let mut file = BufReader::new(File::open(path)?);
    let offset = face_offsets(&mut file)?.get(index as usize).copied().ok_or(io::ErrorKind::InvalidData)?;
    let [cmap] = read_tables(&mut file, offset, [b"cmap"])?;
    Ok(cmap)
}

/// Where the faces of a file begin.
fn face_offsets(file: &mut BufReader<File>) -> io::Result<Vec<u32>> {
    if &read_array::<4>(file)? != b"ttcf" {
        return Ok(vec![0]);
    }
    let _version = read_u32(file)?;
    let count = read_u32(file)?.min(MAX_FACES);
    (0..count).map(|_| read_u32(file)).collect()
}

/// Reads tables of a face; an absent one is empty.
fn read_tables<const N: usize>(
    file: &mut BufReader<File>,
    offset: u32,
    tags: [&[u8; 4]; N],
) -> io::Result<[Vec<u8>; N]> {
    file.seek(SeekFrom::Start(offset.into()))?;
    let version = read_array::<4>(file)?;
    if !matches!(&version, b"OTTO" | b"true" | [0, 1, 0, 0]) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let count = u16::from_be_bytes(read_array(file)?);
    let _search_fields: [u8; 6] = read_array(file)?;
    let mut places = Vec::with_capacity(count.into());
    for _ in 0..count {
        let tag = read_array::<4>(file)?;
        let _checksum = read_u32(file)?;
        places.push((tag, TablePlace { offset: read_u32(file)?, length: read_u32(file)? }));
    }
    let mut tables = [const { Vec::new() }; N];
    for (table, tag) in tables.iter_mut().zip(tags) {
        if let Some((_, place)) = places.iter().find(|(own, _)| own == tag) {
            *table = place.read(file)?;
        }
    }
    Ok(tables)
}

/// Where a table is in its file.
struct TablePlace {
    offset: u32,
    length: u32,
}

impl TablePlace {
    fn read(&self, file: &mut BufReader<File>) -> io::Result<Vec<u8>> {
        if self.length > MAX_TABLE {
            return Err(io::ErrorKind::InvalidData.into());
        }
        file.seek(SeekFrom::Start(self.offset.into()))?;
        let mut bytes = vec![0; self.length as usize];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

fn read_array<const N: usize>(file: &mut BufReader<File>) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_u32(file: &mut BufReader<File>) -> io::Result<u32> {
    Ok(u32::from_be_bytes(read_array(file)?))
}
