//! Cache of answers of reader processes: a file whose bytes an earlier run has read is not read again.
//!
//! Layout: the SHA-256 of the key and of everything that follows; then for each file the SHA-256 of its bytes and three
//! frames (see [`crate::sandbox`]): one with the frames of its answer (see `protocol`), one with the result of its
//! second reading, empty when it was read once, one with the pictures that were prepared of it. The key names what
//! answers depend on besides the file: program and limits. A cache with another key, or damaged, counts as empty. Files
//! that a run does not ask for are dropped from the next cache.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::protocol;
use super::raw_sheet::RawSheet;
use super::second_reading::SecondReading;
use crate::picture::{Picture, PictureBounds, PictureFault};
use crate::sandbox::{read_frame, write_frame};
use crate::store::Digest;

/// Bytes of a SHA-256.
const HASH: usize = 32;

/// The SHA-256 of a file's bytes.
type FileHash = [u8; HASH];

/// The answers of the last run, and those of this one.
#[derive(Debug)]
pub struct Cache {
    key: String,
    /// The cache of the last run.
    bytes: Vec<u8>,
    /// Bytes that the answers of this run may take; what exceeds them is not kept.
    limit: usize,
    /// What `bytes` holds of each file.
    entries: HashMap<FileHash, Entry<Range<usize>>>,
    /// The files of this run, each with what `bytes` does not hold.
    requested: Mutex<Requested>,
}

/// The files of a run.
#[derive(Debug, Default)]
struct Requested {
    entries: BTreeMap<FileHash, Entry<Option<Vec<u8>>>>,
    /// The pictures that were prepared of them, each as it is written.
    pictures: HashMap<FileHash, BTreeMap<PictureKey, Vec<u8>>>,
    /// Bytes of their answers and pictures.
    size: usize,
}

/// What distinguishes the pictures of a file: the part and the bounds.
type PictureKey = (String, PictureBounds);

/// What the cache holds of a file; of a picture file no answer.
#[derive(Clone, Debug, Default, PartialEq)]
struct Entry<T> {
    /// The frames of its answer.
    answer: T,
    /// The result of its second reading.
    second_reading: T,
    /// The pictures that were prepared of it.
    pictures: T,
}

/// A picture that a run prepared, or why it cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CachedPicture {
    /// The name of its part in the file's package.
    pub part: String,
    pub bounds: PictureBounds,
    pub outcome: Result<Picture, PictureFault>,
}

impl Cache {
    /// Opens the cache in `bytes`.
    pub fn new(bytes: Vec<u8>, key: String) -> Self {
        let entries = entries(&bytes, &key).unwrap_or_default();
        Self { key, bytes, limit: usize::MAX, entries, requested: Mutex::default() }
    }

    /// The same cache, of whose next state the answers take at most so many bytes. Answers beyond them are left out:
    /// which ones depends on the order in which files are read, and costs the next run time alone.
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// The sheets of the file with that hash, when the last run read it.
    pub fn sheets(&self, file: &Digest) -> Option<Vec<RawSheet>> {
        let range = self.entries.get(file.as_bytes())?.answer.clone();
        let mut frames = self.bytes.get(range)?;
        let size = frames.len();
        let sheets = protocol::receive(|| read_frame(&mut frames).ok())?.ok()?;
        self.record(file, size, None);
        Some(sheets)
    }

    /// The result of the second reading of the file with that hash, when an earlier run read it twice.
    pub fn second_reading(&self, file: &Digest) -> Option<SecondReading> {
        let range = self.entries.get(file.as_bytes())?.second_reading.clone();
        postcard::from_bytes(self.bytes.get(range)?).ok()
    }

    /// Adds the frames of the answer for the file with that hash.
    pub fn insert(&self, file: &Digest, frames: Vec<u8>) {
        self.record(file, frames.len(), Some(frames));
    }

    /// Adds the result of the second reading of the file with that hash.
    pub fn insert_second_reading(&self, file: &Digest, second_reading: &SecondReading) {
        let second_reading = postcard::to_stdvec(second_reading).ok();
        if let Ok(mut requested) = self.requested.lock()
            && let Some(entry) = requested.entries.get_mut(file.as_bytes())
        {
            entry.second_reading = second_reading;
        }
    }

    /// The pictures that earlier runs prepared of the file with that hash.
    pub(super) fn pictures(&self, file: &Digest) -> Vec<CachedPicture> {
        let range = self.entries.get(file.as_bytes()).map(|entry| entry.pictures.clone()).unwrap_or_default();
        let (mut rest, mut pictures) = (self.bytes.get(range).unwrap_or_default(), Vec::new());
        while let Ok((picture, following)) = postcard::take_from_bytes(rest) {
            pictures.push(picture);
            rest = following;
        }
        pictures
    }

    /// Adds a picture that was prepared of the file with that hash to those of this run. A file that brings pictures
    /// alone is recorded by this.
    pub(super) fn insert_picture(&self, file: &Digest, picture: &CachedPicture) {
        let Ok(bytes) = postcard::to_stdvec(picture) else { return };
        let Ok(mut requested) = self.requested.lock() else { return };
        if bytes.len() > self.limit.saturating_sub(requested.size) {
            return;
        }
        requested.size += bytes.len();
        requested.entries.entry(*file.as_bytes()).or_default();
        let key = (picture.part.clone(), picture.bounds);
        requested.pictures.entry(*file.as_bytes()).or_default().insert(key, bytes);
    }

    /// Records that the run asked for a file; `answer` is what this cache does not hold of it.
    fn record(&self, file: &Digest, size: usize, answer: Option<Vec<u8>>) {
        let Ok(mut requested) = self.requested.lock() else { return };
        let is_known = requested.entries.contains_key(file.as_bytes());
        if !is_known && size <= self.limit.saturating_sub(requested.size) {
            requested.size += size;
            requested.entries.insert(*file.as_bytes(), Entry { answer, ..Entry::default() });
        }
    }

    /// The cache for the next run, with the files of this run; `None` when it is unchanged.
    pub fn into_bytes(self) -> Option<Vec<u8>> {
        let Requested { entries: mut requested, pictures, .. } = self.requested.into_inner().ok()?;
        for (file, pictures) in pictures {
            let pictures = pictures.into_values().collect::<Vec<_>>().concat();
            let range = self.entries.get(&file).map(|entry| entry.pictures.clone()).unwrap_or_default();
            if self.bytes.get(range) != Some(pictures.as_slice()) {
                requested.entry(file).or_default().pictures = Some(pictures);
            }
        }
        if requested.len() == self.entries.len() && requested.values().all(|entry| *entry == Entry::default()) {
            return None;
        }
        // Space for the hash, which is computed last.
        let mut cache = vec![0; HASH];
        for (file, new) in requested {
            let earlier = self.entries.get(&file);
            let earlier = |range: fn(&Entry<Range<usize>>) -> &Range<usize>| self.bytes.get(range(earlier?).clone());
            cache.extend_from_slice(&file);
            let answer = new.answer.as_deref().or_else(|| earlier(|entry| &entry.answer));
            write_frame(&mut cache, answer.unwrap_or_default()).ok()?;
            let second_reading = new.second_reading.as_deref().or_else(|| earlier(|entry| &entry.second_reading));
            write_frame(&mut cache, second_reading.unwrap_or_default()).ok()?;
            let pictures = new.pictures.as_deref().or_else(|| earlier(|entry| &entry.pictures));
            write_frame(&mut cache, pictures.unwrap_or_default()).ok()?;
        }
        let (hash, entries) = cache.split_first_chunk_mut::<HASH>()?;
        *hash = seal(&self.key, entries);
        Some(cache)
    }
}

/// What the cache holds of each file; `None` when it is damaged or has another key.
fn entries(bytes: &[u8], key: &str) -> Option<HashMap<FileHash, Entry<Range<usize>>>> {
    let (hash, mut rest) = bytes.split_first_chunk::<HASH>()?;
    if seal(key, rest) != *hash {
        return None;
    }
    let mut entries = HashMap::new();
    while let Some((file, frames)) = rest.split_first_chunk::<HASH>() {
        rest = frames;
        let answer = frame_range(bytes, &mut rest)?;
        let second_reading = frame_range(bytes, &mut rest)?;
        let pictures = frame_range(bytes, &mut rest)?;
        entries.insert(*file, Entry { answer, second_reading, pictures });
    }
    Some(entries)
}

/// The range in `bytes` of the frame at the start of `rest`, which is left behind it.
fn frame_range(bytes: &[u8], rest: &mut &[u8]) -> Option<Range<usize>> {
    let (length, frame) = rest.split_first_chunk::<8>()?;
    let (content, following) = frame.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    *rest = following;
    let end = bytes.len() - following.len();
    Some(end - content.len()..end)
}

fn seal(key: &str, entries: &[u8]) -> [u8; HASH] {
    Sha256::new().chain_update(key).chain_update(entries).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{Cache, CachedPicture, PictureBounds, PictureFault};
    use crate::ingest::protocol::Sender;
    use crate::ingest::raw_cell::RawCell;
    use crate::ingest::raw_sheet::RawSheet;
    use crate::ingest::second_reading::{CellDifference, SecondReading};
    use crate::ingest::sink::Sink;
    use crate::store::sha256;

    /// The frames of an answer with one sheet of one cell, and the sheet.
    fn answer(text: &str) -> (Vec<u8>, Vec<RawSheet>) {
        let (mut frames, mut sheet) = (Vec::new(), RawSheet::default());
        let mut sender = Sender::new(&mut frames);
        sender.begin_sheet(sheet.clone());
        sender.cell(1, 2, RawCell::Text(text.into()));
        sender.finish(Ok(())).unwrap();
        sheet.push(1, 2, RawCell::Text(text.into()));
        (frames, vec![sheet])
    }

    fn cache(bytes: &[u8], key: &str) -> Cache {
        Cache::new(bytes.to_vec(), key.to_owned())
    }

    #[test]
    fn a_cache_holds_the_files_of_the_last_run() {
        let [a, b, c] = ["甲", "乙", "丙"].map(|text| (sha256(text.as_bytes()), answer(text)));
        let first = cache(b"", "1");
        assert_eq!(first.sheets(&a.0), None);
        [&a, &b].into_iter().for_each(|(file, (frames, _))| first.insert(file, frames.clone()));
        let first = first.into_bytes().expect("a cache");

        let second = cache(&first, "1");
        assert_eq!(second.sheets(&a.0).as_ref(), Some(&a.1.1));
        assert_eq!((second.sheets(&b.0).as_ref(), second.sheets(&c.0)), (Some(&b.1.1), None));
        assert_eq!(second.into_bytes(), None, "nothing changed");

        let third = cache(&first, "1");
        assert!(third.sheets(&b.0).is_some());
        third.insert(&c.0, c.1.0.clone());
        let third = cache(&third.into_bytes().expect("another cache"), "1");
        assert_eq!([&a, &b, &c].map(|(file, _)| third.sheets(file).is_some()), [false, true, true]);
    }

    #[test]
    fn a_verdict_is_kept_with_the_files_bytes() {
        let (file, (frames, _)) = (sha256("甲".as_bytes()), answer("甲"));
        let first = cache(b"", "1");
        first.insert(&file, frames);
        assert_eq!(first.second_reading(&file), None);
        let first = cache(&first.into_bytes().expect("a cache"), "1");
        assert_eq!((first.sheets(&file).is_some(), first.second_reading(&file)), (true, None), "read once");
        let difference = CellDifference { row: 1, col: 2, first: "85".to_owned(), second: "8585".to_owned() };
        let second_reading = SecondReading { sheets: vec![vec![], vec![difference]], failure: None };
        first.insert_second_reading(&file, &second_reading);
        let second = cache(&first.into_bytes().expect("another cache"), "1");
        assert_eq!((second.sheets(&file).is_some(), second.second_reading(&file)), (true, Some(second_reading)));
        assert_eq!(second.into_bytes(), None, "nothing changed");
    }

    #[test]
    fn answers_beyond_the_limit_are_left_out() {
        let [a, b] = ["甲", "乙"].map(|text| (sha256(text.as_bytes()), answer(text).0));
        let limited = |bytes: &[u8], limit| cache(bytes, "1").with_limit(limit);
        let first = limited(b"", a.1.len());
        for (file, frames) in [&a, &b] {
            first.insert(file, frames.clone());
            first.insert_second_reading(file, &SecondReading::default());
        }
        let first = first.into_bytes().expect("a cache");
        let holds = |bytes: &[u8]| [&a, &b].map(|(file, _)| cache(bytes, "1").sheets(file).is_some());
        assert_eq!(holds(&first), [true, false]);
        let second = limited(&first, a.1.len() - 1);
        assert!(second.sheets(&a.0).is_some(), "it is read from the cache all the same");
        assert_eq!(holds(&second.into_bytes().expect("another cache")), [false, false]);
    }

    #[test]
    fn prepared_pictures_are_kept_with_their_file() {
        let (file, (frames, _)) = (sha256("甲".as_bytes()), answer("甲"));
        let bounds = |width| PictureBounds { pixels: 9, width };
        let cached = |part: &str, width| CachedPicture {
            part: part.to_owned(),
            bounds: bounds(width),
            outcome: Err(PictureFault::Damaged),
        };
        let first = cache(b"", "1");
        first.insert(&file, frames);
        for (part, width) in [("二", 75), ("二", 30), ("一", 75), ("二", 75)] {
            first.insert_picture(&file, &cached(part, width));
        }
        let loose = sha256("图".as_bytes());
        first.insert_picture(&loose, &cached("", 75));
        let second = cache(&first.into_bytes().expect("a cache"), "1");
        let expected = [cached("一", 75), cached("二", 30), cached("二", 75)];
        assert_eq!((second.sheets(&file).is_some(), second.pictures(&file)), (true, expected.to_vec()));
        assert_eq!((second.sheets(&loose), second.pictures(&loose).len()), (None, 1));
        expected.iter().for_each(|picture| second.insert_picture(&file, picture));
        second.insert_picture(&loose, &cached("", 75));
        assert_eq!(second.into_bytes(), None, "nothing changed");
    }

    #[test]
    fn a_damaged_cache_or_one_with_another_key_is_empty() {
        let (file, (frames, _)) = (sha256("甲".as_bytes()), answer("甲"));
        let whole = cache(b"", "1");
        whole.insert(&file, frames);
        let whole = whole.into_bytes().expect("a cache");
        assert!(cache(&whole, "1").sheets(&file).is_some());
        assert_eq!(cache(&whole, "2").sheets(&file), None);
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert_eq!(cache(&damaged, "1").sheets(&file), None, "{at}");
            assert_eq!(cache(&whole[..at], "1").sheets(&file), None, "{at}");
        }
    }
}
