//! What earlier runs read: a file whose bytes are the same is not opened again, for what its reader sent is kept.
//!
//! A cache begins with the hash of everything behind it and of the mark, which says what readings depend on beside the
//! file. Then comes for each file the hash of its bytes, the length of what was sent (u64, little endian), and that
//! (see `wire`).

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Mutex;

use sha2::{Digest as _, Sha256};

use super::protocol;
use super::raw_sheet::RawSheet;
use crate::store::Digest;

/// Bytes of a hash.
const HASH: usize = 32;
/// A file's bytes, by their hash.
type Key = [u8; HASH];

/// What earlier runs read, and what this one reads.
#[derive(Debug)]
pub struct Cache {
    mark: String,
    /// The cache as the last run left it.
    kept: Vec<u8>,
    /// Where in it stands what was sent of each file.
    places: HashMap<Key, Range<usize>>,
    /// The files of this run, each with what was sent unless the last run kept it.
    asked: Mutex<BTreeMap<Key, Option<Vec<u8>>>>,
}

impl Cache {
    /// The cache in `bytes`. With another mark than it was made with, or damaged, it is empty.
    pub fn new(bytes: Vec<u8>, mark: String) -> Self {
        let places = places(&bytes, &mark).unwrap_or_default();
        Self { mark, kept: bytes, places, asked: Mutex::default() }
    }

    /// The sheets of the file with that hash, when an earlier run read it.
    pub fn sheets(&self, file: &Digest) -> Option<Vec<RawSheet>> {
        let place = self.places.get(file.as_bytes())?.clone();
        let mut sent = self.kept.get(place)?;
        let sheets = protocol::receive(|| protocol::block(&mut sent))?.ok()?;
        self.note(file, None);
        Some(sheets)
    }

    /// Keeps what was sent of the file with that hash.
    pub fn keep(&self, file: &Digest, sent: Vec<u8>) {
        self.note(file, Some(sent));
    }

    fn note(&self, file: &Digest, sent: Option<Vec<u8>>) {
        if let Ok(mut asked) = self.asked.lock() {
            asked.insert(*file.as_bytes(), sent);
        }
    }

    /// The cache for the next run, with the files of this run alone; `None` when it is as it was.
    pub fn renewed(self) -> Option<Vec<u8>> {
        let asked = self.asked.into_inner().ok()?;
        if asked.len() == self.places.len() && asked.values().all(Option::is_none) {
            return None;
        }
        // The seal comes when all is there that it is over.
        let mut cache = vec![0; HASH];
        for (file, sent) in asked {
            let kept = || self.kept.get(self.places.get(&file)?.clone());
            let sent = sent.as_deref().or_else(kept)?;
            cache.extend_from_slice(&file);
            cache.extend_from_slice(&(sent.len() as u64).to_le_bytes());
            cache.extend_from_slice(sent);
        }
        let (place, entries) = cache.split_first_chunk_mut::<HASH>()?;
        *place = seal(&self.mark, entries);
        Some(cache)
    }
}

/// Where each file's stream stands; `None` when the cache is not whole or was made with another mark.
fn places(bytes: &[u8], mark: &str) -> Option<HashMap<Key, Range<usize>>> {
    let (sealed, entries) = bytes.split_first_chunk::<HASH>()?;
    if seal(mark, entries) != *sealed {
        return None;
    }
    let (mut places, mut rest) = (HashMap::new(), entries);
    while let Some((file, behind)) = rest.split_first_chunk::<HASH>() {
        let (length, behind) = behind.split_first_chunk::<8>()?;
        let (sent, behind) = behind.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        let end = bytes.len() - behind.len();
        places.insert(*file, end - sent.len()..end);
        rest = behind;
    }
    Some(places)
}

fn seal(mark: &str, entries: &[u8]) -> [u8; HASH] {
    Sha256::new().chain_update(mark).chain_update(entries).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::Cache;
    use crate::ingest::protocol::Sender;
    use crate::ingest::raw_sheet::{RawCell, RawSheet, Sink};
    use crate::store::sha256;

    /// What a reader sends of a sheet with one cell, and the sheet.
    fn reading(text: &str) -> (Vec<u8>, Vec<RawSheet>) {
        let (mut sent, mut sheet) = (Vec::new(), RawSheet::default());
        let mut sender = Sender::new(&mut sent);
        sender.begin_sheet(sheet.clone());
        sender.cell(1, 2, RawCell::Text(text.into()));
        sender.finish(Ok(())).unwrap();
        sheet.push(1, 2, RawCell::Text(text.into()));
        (sent, vec![sheet])
    }

    fn cache(bytes: &[u8], mark: &str) -> Cache {
        Cache::new(bytes.to_vec(), mark.to_owned())
    }

    #[test]
    fn a_cache_keeps_what_the_last_run_asked_for() {
        let [a, b, c] = ["甲", "乙", "丙"].map(|text| (sha256(text.as_bytes()), reading(text)));
        let first = cache(b"", "1");
        assert_eq!(first.sheets(&a.0), None);
        [&a, &b].into_iter().for_each(|(file, (sent, _))| first.keep(file, sent.clone()));
        let first = first.renewed().expect("a cache");

        let second = cache(&first, "1");
        assert_eq!(second.sheets(&a.0).as_ref(), Some(&a.1.1));
        assert_eq!((second.sheets(&b.0).as_ref(), second.sheets(&c.0)), (Some(&b.1.1), None));
        assert_eq!(second.renewed(), None, "nothing is new");

        let third = cache(&first, "1");
        assert!(third.sheets(&b.0).is_some());
        third.keep(&c.0, c.1.0.clone());
        let third = cache(&third.renewed().expect("another cache"), "1");
        assert_eq!([&a, &b, &c].map(|(file, _)| third.sheets(file).is_some()), [false, true, true]);
    }

    #[test]
    fn a_damaged_cache_or_one_with_another_mark_is_empty() {
        let (file, (sent, _)) = (sha256("甲".as_bytes()), reading("甲"));
        let whole = cache(b"", "1");
        whole.keep(&file, sent);
        let whole = whole.renewed().expect("a cache");
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
