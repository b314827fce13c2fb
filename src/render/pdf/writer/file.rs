//! The file: dictionaries packed into object streams, and the cross-reference stream that leads to them (ISO 32000-1,
//! 7.5.7 and 7.5.8). Most of a tagged report's objects are dictionaries of a few bytes, which packed take a tenth of
//! the room: 4 kB of a report of 11 pages, not 45. `pdf-writer` writes each object; it has no object streams.

use pdf_writer::{Chunk, Filter, Finish, Name, Ref, Settings, Str, Stream};
use zlib_rs::{DeflateConfig, ReturnCode, compress_bound, compress_slice};

use super::fault::fault;
use crate::render::renderer::RenderError;
use crate::store::sha256;

/// The most objects of an object stream: a reader that looks for one unpacks all.
const MAX_PACKED: usize = 200;
/// The version, and bytes by which programs see that the file is not text.
const HEADER: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";

/// Compresses for `FlateDecode`.
///
/// # Errors
/// When the data are larger than memory.
pub(super) fn deflate(data: &[u8]) -> Result<Vec<u8>, RenderError> {
    let mut compressed = vec![0; compress_bound(data.len())];
    let (written, code) = compress_slice(&mut compressed, data, DeflateConfig::new(6));
    let length = written.len();
    if code != ReturnCode::Ok {
        return Err(fault("压缩时出错"));
    }
    compressed.truncate(length);
    Ok(compressed)
}

/// Where an object is.
#[derive(Clone, Copy)]
enum Place {
    /// Not written.
    Free,
    /// So many bytes from the beginning of the file.
    Offset(usize),
    /// In that object stream, at that place.
    Packed(Ref, usize),
}

/// A file that is being written.
pub(super) struct PdfFile {
    bytes: Vec<u8>,
    /// Where each object is, by its number.
    places: Vec<Place>,
    /// Objects of the next object stream, with where each begins.
    small: Chunk,
    starts: Vec<(Ref, usize)>,
}

impl PdfFile {
    pub(super) fn new() -> Self {
        let (bytes, places) = (HEADER.to_vec(), vec![Place::Free]);
        Self { bytes, places, small: new_chunk(), starts: Vec::new() }
    }

    /// The number of an object that is written later.
    pub(super) fn reserve(&mut self) -> Ref {
        let number = i32::try_from(self.places.len()).unwrap_or(i32::MAX);
        self.places.push(Place::Free);
        Ref::new(number)
    }

    /// For the next object, which is not a stream: exactly one, with that number.
    pub(super) fn object(&mut self, id: Ref) -> Result<&mut Chunk, RenderError> {
        if self.starts.len() == MAX_PACKED {
            self.pack()?;
        }
        self.starts.push((id, self.small.len()));
        Ok(&mut self.small)
    }

    /// Writes a stream as it is; `describe` adds to its dictionary.
    pub(super) fn stream(&mut self, id: Ref, data: &[u8], describe: impl FnOnce(&mut Stream<'_>)) {
        let mut chunk = new_chunk();
        let mut stream = chunk.stream(id, data);
        describe(&mut stream);
        stream.finish();
        self.set_place(id, Place::Offset(self.bytes.len()));
        self.bytes.extend_from_slice(chunk.as_bytes());
    }

    /// Writes a stream that is compressed already.
    pub(super) fn deflated_stream(&mut self, id: Ref, data: &[u8], describe: impl FnOnce(&mut Stream<'_>)) {
        self.stream(id, data, |stream| {
            stream.filter(Filter::FlateDecode);
            describe(stream);
        });
    }

    /// Writes a stream compressed.
    ///
    /// # Errors
    /// When the data are larger than memory.
    pub(super) fn compressed_stream(
        &mut self,
        id: Ref,
        data: &[u8],
        describe: impl FnOnce(&mut Stream<'_>),
    ) -> Result<(), RenderError> {
        self.deflated_stream(id, &deflate(data)?, describe);
        Ok(())
    }

    /// The bytes of the file. Its identifier is the hash of its content.
    ///
    /// # Errors
    /// When the data are larger than memory.
    pub(super) fn finish(mut self, catalog: Ref, info: Ref) -> Result<Vec<u8>, RenderError> {
        self.pack()?;
        let id = self.reserve();
        let start = self.bytes.len();
        self.set_place(id, Place::Offset(start));
        let digest = sha256(&self.bytes);
        let identifier = digest.as_bytes().get(..16).unwrap_or_default();
        let (size, table) = (self.places.len(), deflate(&self.cross_references())?);
        self.deflated_stream(id, &table, |stream| {
            stream.pair(Name(b"Type"), Name(b"XRef")).pair(Name(b"Size"), int(size));
            stream.pair(Name(b"Root"), catalog).pair(Name(b"Info"), info);
            stream.insert(Name(b"W")).array().items([1, 4, 2]);
            stream.insert(Name(b"ID")).array().items([Str(identifier), Str(identifier)]);
        });
        self.bytes.extend_from_slice(format!("startxref\n{start}\n%%EOF").as_bytes());
        Ok(self.bytes)
    }

    fn set_place(&mut self, id: Ref, place: Place) {
        if let Some(own) = usize::try_from(id.get()).ok().and_then(|number| self.places.get_mut(number)) {
            *own = place;
        }
    }

    /// Writes the objects that wait as an object stream.
    fn pack(&mut self) -> Result<(), RenderError> {
        let (chunk, starts) = (std::mem::replace(&mut self.small, new_chunk()), std::mem::take(&mut self.starts));
        if starts.is_empty() {
            return Ok(());
        }
        let stream_id = self.reserve();
        let ends = starts.iter().skip(1).map(|(_, start)| *start).chain([chunk.len()]);
        let (mut directory, mut bodies) = (String::new(), Vec::new());
        for (index, ((id, start), end)) in starts.iter().zip(ends).enumerate() {
            self.set_place(*id, Place::Packed(stream_id, index));
            directory.push_str(&format!("{} {} ", id.get(), bodies.len()));
            bodies.extend_from_slice(body(chunk.as_bytes().get(*start..end).unwrap_or_default()));
            bodies.push(b'\n');
        }
        let first = directory.len();
        let data = [directory.as_bytes(), &bodies].concat();
        self.compressed_stream(stream_id, &data, |stream| {
            stream.pair(Name(b"Type"), Name(b"ObjStm"));
            stream.pair(Name(b"N"), int(starts.len())).pair(Name(b"First"), int(first));
        })
    }

    /// An entry an object: its kind, its offset or the stream that it is in, and its place in that.
    fn cross_references(&self) -> Vec<u8> {
        let mut table = Vec::with_capacity(self.places.len() * 7);
        for (number, place) in self.places.iter().enumerate() {
            let (kind, first, second) = match place {
                Place::Free => (0, 0, if number == 0 { u16::MAX } else { 0 }),
                Place::Offset(offset) => (1, u32::try_from(*offset).unwrap_or(u32::MAX), 0),
                Place::Packed(stream, index) => (2, stream.get().unsigned_abs(), u16::try_from(*index).unwrap_or(0)),
            };
            table.push(kind);
            table.extend(first.to_be_bytes());
            table.extend(second.to_be_bytes());
        }
        table
    }
}

fn new_chunk() -> Chunk {
    Chunk::with_settings(Settings { pretty: false })
}

/// What is between `1 0 obj` and `endobj`.
fn body(object: &[u8]) -> &[u8] {
    let object = object.trim_ascii_end();
    let start = memchr::memmem::find(object, b"obj").map_or(0, |at| at + 3);
    object.get(start..).and_then(|rest| rest.strip_suffix(b"endobj")).unwrap_or_default().trim_ascii()
}

pub(super) fn int(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
