//! Values that are made of files, and made again when the files change: nobody waits longer than they have patience
//! for, and until a new value is there the old one is shown as such.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::Digest;

/// What is known of a value.
pub enum CacheState<T> {
    /// It is made of the files as they are.
    OwnedValue(Arc<T>),
    /// It is being made; what was made of the files as they were, when there is any.
    Making(Option<Arc<T>>),
}

impl<T> CacheState<T> {
    /// The value, whether or not it is made of the files as they are.
    pub fn any(&self) -> Option<&Arc<T>> {
        match self {
            Self::OwnedValue(value) => Some(value),
            Self::Making(value) => value.as_ref(),
        }
    }

    /// Whether it is made of the files as they are.
    pub fn is_fresh(&self) -> bool {
        matches!(self, Self::OwnedValue(_))
    }
}

/// A value that is kept as long as its files stay as they are.
pub struct Cached<T> {
    state: Mutex<State<T>>,
    done: Condvar,
}

struct State<T> {
    value: Option<(Digest, Arc<T>)>,
    /// Whether somebody makes it right now.
    making: bool,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self { state: Mutex::new(State { value: None, making: false }), done: Condvar::new() }
    }
}

impl<T: Send + Sync + 'static> Cached<T> {
    /// The value for files with that fingerprint: kept, or made by `make` on a thread of its own.
    pub fn get(
        self: &Arc<Self>,
        print: Digest,
        patience: Duration,
        make: impl FnOnce() -> T + Send + 'static,
    ) -> CacheState<T> {
        let until = Instant::now() + patience;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut make = Some(make);
        loop {
            if let Some((_, value)) = state.value.as_ref().filter(|(known, _)| *known == print) {
                return CacheState::OwnedValue(Arc::clone(value));
            }
            if !state.making
                && let Some(make) = make.take()
            {
                state.making = true;
                let own = Arc::clone(self);
                std::thread::spawn(move || own.make(print, make));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return CacheState::Making(state.value.as_ref().map(|(_, value)| Arc::clone(value)));
            }
            state = self.done.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn make(&self, print: Digest, make: impl FnOnce() -> T) {
        let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(make));
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.making = false;
        if let Ok(value) = made {
            state.value = Some((print, Arc::new(value)));
        }
        drop(state);
        self.done.notify_all();
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
    fn a_value_is_made_once_and_nobody_waits_for_ever() {
        let kept: Arc<Cached<u8>> = Arc::default();
        let (one, other) = (sha256(b"1"), sha256(b"2"));
        let long = Duration::from_secs(60);
        assert!(matches!(kept.get(one, long, || 1), CacheState::OwnedValue(value) if *value == 1));
        assert!(matches!(kept.get(one, long, || 9), CacheState::OwnedValue(value) if *value == 1));
        let (go, wait) = channel::<()>();
        let slow = kept.get(other, Duration::from_millis(1), move || {
            let _ = wait.recv();
            2
        });
        assert!(matches!(slow, CacheState::Making(Some(value)) if *value == 1));
        go.send(()).unwrap();
        assert!(matches!(kept.get(other, long, || 9), CacheState::OwnedValue(value) if *value == 2));
    }

    /// Whoever came while the value of older files was being made used to wait in vain.
    #[test]
    fn who_waits_for_another_value_makes_their_own_afterwards() {
        let kept: Arc<Cached<u8>> = Arc::default();
        let (go, wait) = channel::<()>();
        let first = kept.get(sha256(b"1"), Duration::ZERO, move || {
            let _ = wait.recv();
            1
        });
        assert!(matches!(first, CacheState::Making(None)));
        let own = Arc::clone(&kept);
        let second =
            std::thread::spawn(move || own.get(sha256(b"2"), Duration::from_secs(60), || 2).any().map(|v| **v));
        std::thread::sleep(Duration::from_millis(50));
        go.send(()).unwrap();
        assert_eq!(second.join().unwrap(), Some(2));
    }
}
