//! What opens ledger files: worker processes under the notice's limits, and the cache of what earlier runs read.

use std::path::Path;

use crate::ingest::{self, Cache, Limits, RawSheet, ReadError, Readers};
use crate::notice::Notice;

/// Name of the read cache in an output folder.
pub(super) const CACHE: &str = ".zicha-cache";

/// The sheets of one file as they are, whether or not they bring ledgers.
///
/// # Errors
/// When the file is refused.
pub fn sheets(file: &Path, notice: &Notice, worker: &Path) -> Result<Vec<RawSheet>, ReadError> {
    ingest::sheets(file, &readers(notice, worker))
}

/// Readers under the notice's limits; `worker` is the program that is started to open files: this one.
pub fn readers(notice: &Notice, worker: &Path) -> Readers {
    Readers::new(worker.to_owned(), limits(notice))
}

/// Readers that take files from the cache in `output` where an earlier run of the same program with the same limits
/// read the same bytes.
pub fn cached_readers(notice: &Notice, worker: &Path, output: &Path) -> Readers {
    readers_with_cache(notice, worker, std::fs::read(output.join(CACHE)).unwrap_or_default())
}

/// Readers that take files from a cache that [`Readers::into_cache`] returned.
pub fn readers_with_cache(notice: &Notice, worker: &Path, cache: Vec<u8>) -> Readers {
    let program = std::fs::metadata(worker).map(|program| (program.len(), program.modified().ok())).ok();
    let version = format!("{} {program:?} {:?}", env!("CARGO_PKG_VERSION"), limits(notice));
    readers(notice, worker).with_cache(Cache::new(cache, version))
}

/// The notice's limits, MiB as bytes. The text of one file may take an eighth of its worker's memory.
fn limits(notice: &Notice) -> Limits {
    let limits = &notice.limits;
    let mib = |mib: u64| mib.saturating_mul(1 << 20);
    Limits {
        file: mib(limits.file_mib),
        unpacked: mib(limits.unpacked_mib),
        memory: mib(limits.memory_mib),
        seconds: limits.seconds,
        cells: limits.cells,
        text: usize::try_from(mib(limits.memory_mib) / 8).unwrap_or(usize::MAX),
    }
}
