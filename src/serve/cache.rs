//! Caches a value derived from files. A caller waits at most `timeout`, then gets the stale value.
//!
//! The key is a digest of the files' stat signatures. Computation runs on its own thread, one at a time per value;
//! callers with an older or newer key wait for it and start their own afterwards. A computation that panics leaves
//! the value as it was.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::Digest;

/// What [`Cached::get`] returns.
pub(super) enum CacheState<T> {
    /// The value for the requested key.
    Fresh(Arc<T>),
    /// The value for the requested key is still being computed; the last one for another key, if any.
    Stale(Option<Arc<T>>),
}

impl<T> CacheState<T> {
    /// The value, fresh or stale.
    pub(super) fn value(&self) -> Option<&Arc<T>> {
        match self {
            Self::Fresh(value) => Some(value),
            Self::Stale(value) => value.as_ref(),
        }
    }

    /// Whether the value is the one for the requested key.
    pub(super) fn is_fresh(&self) -> bool {
        matches!(self, Self::Fresh(_))
    }
}

/// A cached value with the key it was computed for.
pub(super) struct Cached<T> {
    slot: Mutex<Slot<T>>,
    computed: Condvar,
}

struct Slot<T> {
    value: Option<(Digest, Arc<T>)>,
    is_computing: bool,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self { slot: Mutex::new(Slot { value: None, is_computing: false }), computed: Condvar::new() }
    }
}

impl<T: Send + Sync + 'static> Cached<T> {
    /// Returns the value cached for `key`, or starts `compute` and waits for it up to `timeout`.
    pub(super) fn get(
        self: &Arc<Self>,
        key: Digest,
        timeout: Duration,
        compute: impl FnOnce() -> T + Send + 'static,
    ) -> CacheState<T> {
        let deadline = Instant::now() + timeout;
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        let mut compute = Some(compute);
        loop {
            if let Some((_, value)) = slot.value.as_ref().filter(|(cached_key, _)| *cached_key == key) {
                return CacheState::Fresh(Arc::clone(value));
            }
            if !slot.is_computing
                && let Some(compute) = compute.take()
            {
                slot.is_computing = true;
                let cached = Arc::clone(self);
                std::thread::spawn(move || cached.fill(key, compute));
            }
            let remaining = deadline.saturating_duration_since(Instant::now());
            if remaining.is_zero() {
                return CacheState::Stale(slot.value.as_ref().map(|(_, value)| Arc::clone(value)));
            }
            slot = self.computed.wait_timeout(slot, remaining).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The value, for whatever key it was computed; `None` before the first.
    pub(super) fn latest(&self) -> Option<Arc<T>> {
        let slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.value.as_ref().map(|(_, value)| Arc::clone(value))
    }

    fn fill(&self, key: Digest, compute: impl FnOnce() -> T) {
        let result = catch_unwind(AssertUnwindSafe(compute));
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.is_computing = false;
        if let Ok(value) = result {
            slot.value = Some((key, Arc::new(value)));
        }
        drop(slot);
        self.computed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::{CacheState, Cached};
    use crate::store::sha256;

    #[test]
    fn a_value_is_computed_once_and_a_caller_gets_the_stale_one_in_time() {
        let cached: Arc<Cached<u8>> = Arc::default();
        let (one, other) = (sha256(b"1"), sha256(b"2"));
        let long = Duration::from_secs(60);
        assert!(matches!(cached.get(one, long, || 1), CacheState::Fresh(value) if *value == 1));
        assert!(matches!(cached.get(one, long, || 9), CacheState::Fresh(value) if *value == 1));
        let (go, wait) = channel::<()>();
        let slow = cached.get(other, Duration::from_millis(1), move || {
            let _ = wait.recv();
            2
        });
        assert!(matches!(slow, CacheState::Stale(Some(value)) if *value == 1));
        go.send(()).unwrap();
        assert!(matches!(cached.get(other, long, || 9), CacheState::Fresh(value) if *value == 2));
    }

    /// Regression: a caller that arrived during the computation for an older key waited for a value that did not come.
    #[test]
    fn a_caller_with_another_key_computes_its_own_value_afterwards() {
        let cached: Arc<Cached<u8>> = Arc::default();
        let (go, wait) = channel::<()>();
        let first = cached.get(sha256(b"1"), Duration::ZERO, move || {
            let _ = wait.recv();
            1
        });
        assert!(matches!(first, CacheState::Stale(None)));
        let own = Arc::clone(&cached);
        let second =
            std::thread::spawn(move || own.get(sha256(b"2"), Duration::from_secs(60), || 2).value().map(|v| **v));
        std::thread::sleep(Duration::from_millis(50));
        go.send(()).unwrap();
        assert_eq!(second.join().unwrap(), Some(2));
    }
}
