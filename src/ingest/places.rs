//! A map from the places of strings in memory: what lies in one place is one text.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Something for each place.
pub type Places<T> = HashMap<usize, T, BuildHasherDefault<PlaceHasher>>;

/// Hashes the places of strings in memory, which differ enough as they are.
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
        self.0 = (place as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26);
    }
}
