//! What was written, brought onto the disk: all files of a run at once, none by itself.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The bytes written after which they are brought onto the disk while more is made.
const SHARE: usize = 32 << 20;
/// The bytes for which it is worth it to begin before the last are written.
const REST: usize = 4 << 20;

/// The disk that an output folder stands on.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    /// Whether anything was written at all.
    any: AtomicBool,
    /// The bytes written since the system was last asked.
    waiting: AtomicUsize,
    /// Whether the system is at it.
    busy: Arc<AtomicBool>,
}

impl Disk {
    /// The disk under a folder.
    pub fn of(root: PathBuf) -> Self {
        Self { root, any: AtomicBool::default(), waiting: AtomicUsize::default(), busy: Arc::default() }
    }

    /// Takes note of so many bytes written. Now and then has them brought onto the disk, beside what else is done: a
    /// large run has little left to wait for at its end.
    pub fn wrote(&self, bytes: usize) {
        self.any.store(true, Ordering::Relaxed);
        if self.waiting.fetch_add(bytes, Ordering::Relaxed) + bytes >= SHARE {
            self.begin();
        }
    }

    /// Begins to bring onto the disk what was written; only little follows.
    pub fn almost_done(&self) {
        if self.waiting.load(Ordering::Relaxed) >= REST {
            self.begin();
        }
    }

    fn begin(&self) {
        if self.busy.swap(true, Ordering::Relaxed) {
            return;
        }
        self.waiting.store(0, Ordering::Relaxed);
        let (root, busy) = (self.root.clone(), Arc::clone(&self.busy));
        let at_it = std::thread::Builder::new().spawn(move || {
            sync(&root);
            busy.store(false, Ordering::Relaxed);
        });
        // With no thread to spare everything is left to the end.
        drop(at_it);
    }

    /// Has everything that was written brought onto the disk, and waits for it.
    pub fn sync(&self) {
        if self.any.load(Ordering::Relaxed) {
            sync(&self.root);
        }
    }
}

/// What the system cannot sync now it will later.
#[cfg(target_os = "linux")]
fn sync(root: &std::path::Path) {
    let _ = File::open(root).map(|folder| rustix::fs::syncfs(&folder));
}

#[cfg(not(target_os = "linux"))]
fn sync(root: &std::path::Path) {
    let _ = File::open(root).map(|folder| folder.sync_all());
}
