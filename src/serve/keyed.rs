//! Values that a server keeps in memory by random keys: the last so many of a kind.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::secret::random;

/// At most `CAPACITY` values, oldest first; the oldest is dropped for a new one.
#[derive(Debug)]
pub(super) struct Keyed<T, const CAPACITY: usize>(Mutex<VecDeque<(String, T)>>);

impl<T, const CAPACITY: usize> Default for Keyed<T, CAPACITY> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T, const CAPACITY: usize> Keyed<T, CAPACITY> {
    fn locked(&self) -> MutexGuard<'_, VecDeque<(String, T)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a value and returns its key: 16 random hexadecimal digits.
    pub(super) fn insert(&self, value: T) -> String {
        self.insert_with(|_| value)
    }

    /// Keeps a value that knows its key, and returns the key.
    pub(super) fn insert_with(&self, make: impl FnOnce(&str) -> T) -> String {
        let key: String = random().unwrap_or_default().chars().take(16).collect();
        let value = make(&key);
        let mut values = self.locked();
        if values.len() >= CAPACITY {
            values.pop_front();
        }
        values.push_back((key.clone(), value));
        key
    }

    /// The value with that key.
    pub(super) fn get(&self, key: &str) -> Option<T>
    where
        T: Clone,
    {
        self.locked().iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
    }

    /// The value with that key, which is kept no longer; of two callers one gets it.
    pub(super) fn take(&self, key: &str) -> Option<T> {
        let mut values = self.locked();
        let position = values.iter().position(|(known, _)| known == key)?;
        values.remove(position).map(|(_, value)| value)
    }

    /// Something of each value, the newest first.
    pub(super) fn map<R>(&self, of: impl FnMut(&T) -> R) -> Vec<R> {
        self.locked().iter().rev().map(|(_, value)| value).map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Keyed;

    #[test]
    fn the_oldest_goes_first_and_a_value_is_taken_once() {
        let kept: Keyed<u8, 2> = Keyed::default();
        let keys: Vec<String> = (0..3).map(|value| kept.insert(value)).collect();
        assert_eq!((kept.get(&keys[0]), kept.get(&keys[1])), (None, Some(1)));
        assert_eq!(kept.map(|value| *value), [2, 1]);
        assert_eq!((kept.take(&keys[2]), kept.take(&keys[2])), (Some(2), None));
    }
}
