//! Prepared pictures, in a temporary file where they are many: a report reads its own when it is made.
//!
//! The file has no name and is gone when the last picture of it is.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::Picture;
use crate::store::Digest;

/// Bytes of pictures that a run holds in memory: of some 100 photos.
const HELD: usize = 32 << 20;

/// Where the pictures of a run are.
#[derive(Debug)]
pub(crate) struct Spool {
    held: Mutex<usize>,
    limit: usize,
    /// Made for the first picture that is not held.
    file: Mutex<Option<File>>,
}

/// A picture in memory or in the spool's file.
#[derive(Clone, Debug)]
pub(crate) struct StoredPicture {
    /// The hash of the picture.
    pub(crate) digest: Digest,
    /// Bytes of its file.
    pub(crate) size: usize,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Memory(Arc<Picture>),
    File {
        spool: Arc<Spool>,
        offset: u64,
        /// The picture without its bytes.
        form: Picture,
    },
}

impl Default for Spool {
    fn default() -> Self {
        Self { held: Mutex::new(0), limit: HELD, file: Mutex::new(None) }
    }
}

impl Spool {
    /// Keeps a picture.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub(crate) fn keep(self: &Arc<Self>, picture: Picture) -> io::Result<StoredPicture> {
        if self.holds(picture.bytes.len()) {
            return Ok(StoredPicture::in_memory(picture));
        }
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let file = match &mut *file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let offset = file.seek(SeekFrom::End(0))?;
        file.write_all(&picture.bytes)?;
        let (digest, size) = (picture.digest(), picture.bytes.len());
        let form = Picture { bytes: Vec::new(), ..picture };
        Ok(StoredPicture { digest, size, place: Place::File { spool: Arc::clone(self), offset, form } })
    }

    /// Whether so many bytes fit into memory; counts them when they do.
    fn holds(&self, bytes: usize) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = held.saturating_add(bytes) <= self.limit;
        if fits {
            *held += bytes;
        }
        fits
    }

    fn read(&self, offset: u64, size: usize) -> io::Result<Vec<u8>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let file = file.as_mut().ok_or(io::ErrorKind::NotFound)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = vec![0; size];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

impl StoredPicture {
    pub(super) fn in_memory(picture: Picture) -> Self {
        Self { digest: picture.digest(), size: picture.bytes.len(), place: Place::Memory(Arc::new(picture)) }
    }

    /// The picture; `None` when the temporary file cannot be read.
    pub(super) fn load(&self) -> Option<Arc<Picture>> {
        match &self.place {
            Place::Memory(picture) => Some(Arc::clone(picture)),
            Place::File { spool, offset, form } => {
                let bytes = spool.read(*offset, self.size).ok()?;
                Some(Arc::new(Picture { bytes, ..form.clone() }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::{Place, Spool};
    use crate::picture::{Picture, PictureFormat};

    #[test]
    fn pictures_beyond_the_limit_are_in_the_file_and_come_back_whole() {
        let spool = Arc::new(Spool { held: Mutex::new(0), limit: 250, file: Mutex::new(None) });
        let picture = |shade: u8, length: usize| Picture {
            format: PictureFormat::Png,
            bytes: vec![shade; length],
            width: shade.into(),
            height: 1,
            print_width: 2,
            print_height: 3,
        };
        let pictures: Vec<Picture> = (0..9).map(|shade| picture(shade, 100 + usize::from(shade))).collect();
        let kept: Vec<_> = pictures.iter().map(|picture| spool.keep(picture.clone()).unwrap()).collect();
        assert_eq!(kept.iter().filter(|kept| matches!(kept.place, Place::Memory(_))).count(), 2);
        for (picture, kept) in pictures.iter().zip(&kept).rev() {
            assert_eq!((kept.load().as_deref(), kept.digest), (Some(picture), picture.digest()));
        }
        assert_eq!(spool.keep(picture(9, 0)).unwrap().load().unwrap().bytes, [0_u8; 0]);
    }
}
