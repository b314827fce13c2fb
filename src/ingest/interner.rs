//! Numbers for the texts that many cells share: what lies in one place of memory is one text.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::raw_sheet::is_blank;

/// Texts by where they lie, as long as the reader that keeps them is there.
#[derive(Default)]
pub struct Interner {
    /// Their numbers; `None` for a blank one.
    numbers: HashMap<usize, Option<u32>, BuildHasherDefault<PlaceHasher>>,
    next: u32,
}

impl Interner {
    /// The text's number, from 0 in the order of first questions; `None` when nobody would see anything of it.
    pub fn number(&mut self, text: &str) -> Option<u32> {
        *self.numbers.entry(text.as_ptr() as usize).or_insert_with(|| {
            let number = (!is_blank(text)).then_some(self.next);
            self.next += u32::from(number.is_some());
            number
        })
    }
}

/// Hashes the places of texts in memory, which differ enough as they are. Neighbours stay neighbours, as texts are
/// mostly asked for in the order in which they were read.
#[derive(Default)]
pub struct PlaceHasher(u64);

impl Hasher for PlaceHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_usize(&mut self, place: usize) {
        // The map looks for a bucket by the low bits and tells its inhabitants apart by the highest seven.
        let place = place as u64 >> 4;
        self.0 = place & (u64::MAX >> 7) | place.wrapping_mul(0x9e37_79b9_7f4a_7c15) & !(u64::MAX >> 7);
    }
}
