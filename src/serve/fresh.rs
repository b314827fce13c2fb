//! Values that are made of files, and made again when the files change: nobody waits longer than they have patience
//! for, and until a new value is there the old one is shown as such.

use std::fs::Metadata;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};

use crate::store::Digest;

/// What is known of a value.
pub enum Known<T> {
    /// It is made of the files as they are.
    Fresh(Arc<T>),
    /// It is being made; what was made of the files as they were, when there is any.
    Making(Option<Arc<T>>),
}

impl<T> Known<T> {
    /// The value, whether or not it is made of the files as they are.
    pub fn any(&self) -> Option<&Arc<T>> {
        match self {
            Self::Fresh(value) => Some(value),
            Self::Making(value) => value.as_ref(),
        }
    }

    /// Whether it is made of the files as they are.
    pub fn is_fresh(&self) -> bool {
        matches!(self, Self::Fresh(_))
    }
}

/// A value that is kept as long as its files stay as they are.
pub struct Kept<T> {
    state: Mutex<State<T>>,
    done: Condvar,
}

struct State<T> {
    value: Option<(Digest, Arc<T>)>,
    /// Whether somebody makes it right now.
    making: bool,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { state: Mutex::new(State { value: None, making: false }), done: Condvar::new() }
    }
}

impl<T: Send + Sync + 'static> Kept<T> {
    /// The value for files with that fingerprint: kept, or made by `make` on a thread of its own.
    pub fn get(
        self: &Arc<Self>,
        print: Digest,
        patience: Duration,
        make: impl FnOnce() -> T + Send + 'static,
    ) -> Known<T> {
        let until = Instant::now() + patience;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut make = Some(make);
        loop {
            if let Some((_, value)) = state.value.as_ref().filter(|(known, _)| *known == print) {
                return Known::Fresh(Arc::clone(value));
            }
            if let (false, Some(make)) = (state.making, make.take()) {
                state.making = true;
                let own = Arc::clone(self);
                std::thread::spawn(move || own.make(print, make));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Known::Making(state.value.as_ref().map(|(_, value)| Arc::clone(value)));
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

/// A fingerprint of everything below folders, and of files: names, sizes, times of the last change.
pub fn fingerprint<'p>(places: impl Iterator<Item = &'p Path>) -> Digest {
    let mut hasher = Sha256::new();
    for place in places {
        for entry in walkdir::WalkDir::new(place).follow_links(true).sort_by_file_name() {
            let Ok(entry) = entry else {
                hasher.update([0]);
                continue;
            };
            let Ok(metadata) = entry.metadata() else { continue };
            let changed =
                metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
            hasher.update(entry.path().as_os_str().as_encoded_bytes());
            hasher.update([0]);
            if metadata.is_file() {
                hasher.update(metadata.len().to_le_bytes());
                hasher.update(changed.as_nanos().to_le_bytes());
                hasher.update(number(&metadata).to_le_bytes());
            }
        }
    }
    Digest::of(hasher)
}

/// The number by which the disk knows a file: another took its place when it is another.
#[cfg(unix)]
fn number(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::{Kept, Known, fingerprint};
    use crate::store::sha256;

    #[test]
    fn a_value_is_made_once_and_nobody_waits_for_ever() {
        let kept: Arc<Kept<u8>> = Arc::default();
        let (one, other) = (sha256(b"1"), sha256(b"2"));
        let long = Duration::from_secs(60);
        assert!(matches!(kept.get(one, long, || 1), Known::Fresh(value) if *value == 1));
        assert!(matches!(kept.get(one, long, || 9), Known::Fresh(value) if *value == 1));
        let (go, wait) = channel::<()>();
        let slow = kept.get(other, Duration::from_millis(1), move || {
            let _ = wait.recv();
            2
        });
        assert!(matches!(slow, Known::Making(Some(value)) if *value == 1));
        go.send(()).unwrap();
        assert!(matches!(kept.get(other, long, || 9), Known::Fresh(value) if *value == 2));
    }

    #[test]
    fn a_fingerprint_tells_changes() {
        let folder = tempfile::tempdir().unwrap();
        let print = || fingerprint([folder.path()].into_iter());
        let empty = print();
        std::fs::write(folder.path().join("a"), "1").unwrap();
        let one = print();
        std::fs::write(folder.path().join("a"), "12").unwrap();
        assert!(empty != one && one != print() && print() == print());
    }
}
