//! Pictures of reports: from the bytes of a picture as ledgers bring it to one that a report prints.
//!
//! Input: JPEG, PNG, TIFF or WebP from outside. Output: a [`Picture`], upright by its EXIF orientation, on white, with
//! no more than 300 dots an inch at its printed size, as JPEG or PNG without any metadata (position and camera of a
//! photo are not published). The same bytes give the same picture on every system. [`prepare()`] runs in a reader
//! process (see `ingest`): a picture can make its decoder abort, hang or exhaust the memory.

mod jpeg_end;
mod prepare;
mod spool;
pub(crate) mod tiff;

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::store::Digest;

pub(crate) use prepare::prepare;
pub(crate) use spool::{Spool, StoredPicture};

/// A picture as reports print it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The format of its bytes.
    pub format: PictureFormat,
    /// The bytes of its file, in that format.
    pub bytes: Vec<u8>,
    /// Its width in pixels, after it is turned upright and scaled down.
    pub width: u32,
    /// Its height in pixels, likewise.
    pub height: u32,
    /// Its greatest width on paper, in tenths of a millimetre.
    pub print_width: u32,
    /// Its greatest height on paper, in tenths of a millimetre.
    pub print_height: u32,
}

impl Picture {
    /// The hash of its bytes and its printed size: pictures with the same hash are the same on paper.
    pub fn digest(&self) -> Digest {
        let hasher = Sha256::new().chain_update(self.print_width.to_le_bytes()).chain_update(&self.bytes);
        Digest::from_hasher(hasher)
    }
}

/// The formats of pictures in reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PictureFormat {
    /// JPEG, for photos: smaller, with losses.
    Jpeg,
    /// PNG, for drawings and screenshots: sharp edges, without losses.
    Png,
}

impl PictureFormat {
    /// The extension of its files, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// The media type (IANA) under which pages and packages list it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// What a picture may cost, and how large it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PictureBounds {
    /// The most pixels of a picture before it is scaled.
    pub pixels: u64,
    /// Its greatest width on paper, in millimetres; its greatest height is four thirds of that.
    pub width: u32,
}

/// Why a picture cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PictureFault {
    /// It is in a format that is not read, or no picture; what it is, in Chinese.
    UnknownFormat(String),
    /// It ends early or violates its format.
    Damaged,
    /// It has more pixels than the limit.
    TooManyPixels {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
        /// The limit, in pixels.
        limit: u64,
    },
    /// Decoding it takes more time or memory than the limits allow, or makes the decoder fail; the reason, in Chinese.
    TooCostly(String),
    /// It is not in the file that refers to it.
    Absent,
    /// The file that a cell names is not there.
    NoFile,
}

impl PictureFault {
    /// The reason as printed in a finding.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::UnknownFormat(format) => format!("是{format}，只能用 JPEG、PNG、TIFF、WebP 图片"),
            Self::Damaged => "图片已损坏或不完整".to_owned(),
            Self::TooManyPixels { width, height, limit } => {
                format!("有 {width}×{height} 个像素，超过 {} 百万", limit / 1_000_000)
            }
            Self::TooCostly(reason) => format!("不能打开（{reason}）"),
            Self::Absent => "文件里找不到图片本身".to_owned(),
            Self::NoFile => "没有这个文件".to_owned(),
        }
    }
}

/// A picture that was a file of the input folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PictureFile {
    /// Its path below the input folder.
    pub(crate) path: String,
    /// The hash of its bytes.
    pub(crate) file: Digest,
    /// The hash of the prepared picture.
    pub(crate) picture: Digest,
}

/// The pictures of a run, by their hashes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pictures {
    by_digest: HashMap<Digest, StoredPicture>,
    files: Vec<PictureFile>,
}

impl Pictures {
    /// Adds a picture; returns its hash.
    pub(crate) fn insert(&mut self, picture: StoredPicture) -> Digest {
        let digest = picture.digest;
        self.by_digest.entry(digest).or_insert(picture);
        digest
    }

    /// Pictures that are all in memory.
    #[cfg(test)]
    pub(crate) fn of(pictures: impl IntoIterator<Item = Picture>) -> Self {
        let stored = pictures.into_iter().map(StoredPicture::in_memory);
        Self { by_digest: stored.map(|stored| (stored.digest, stored)).collect(), files: Vec::new() }
    }

    /// The picture with that hash, read from disk where it is not in memory; `None` when that fails.
    pub(crate) fn get(&self, digest: &Digest) -> Option<Arc<Picture>> {
        self.by_digest.get(digest)?.load()
    }

    /// Bytes of the picture with that hash.
    pub(crate) fn size(&self, digest: &Digest) -> Option<usize> {
        self.by_digest.get(digest).map(|picture| picture.size)
    }

    /// Adds other pictures.
    pub(crate) fn extend(&mut self, others: Self) {
        self.by_digest.extend(others.by_digest);
        self.files.extend(others.files);
    }

    /// How many pictures there are.
    pub(crate) fn len(&self) -> usize {
        self.by_digest.len()
    }

    /// Notes the file that a picture was.
    pub(crate) fn add_file(&mut self, file: PictureFile) {
        self.files.push(file);
    }

    /// The pictures that were files of the input folder, for the record of a run.
    pub(crate) fn files(&self) -> &[PictureFile] {
        &self.files
    }
}
