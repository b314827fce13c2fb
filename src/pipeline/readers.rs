//! What opens ledger files: worker processes under the notice's limits, and the cache of what earlier runs read.

use std::path::Path;

use super::Machine;
use crate::ingest::{self, Cache, RawSheet, ReadError, ReadLimits, Readers};
use crate::notice::{Limits, Notice};
use crate::store::read_limited;

/// Name of the read cache in an output folder.
pub(super) const CACHE: &str = ".zicha-cache";

/// The sheets of one file as they are, whether or not they bring ledgers.
///
/// # Errors
/// When the file is refused.
pub fn sheets(file: &Path, notice: &Notice, program: &Path) -> Result<Vec<RawSheet>, ReadError> {
    ingest::sheets(file, &file_readers(notice, program))
}

/// Readers under the notice's limits for single files; `program` is the one that is started to open files: this one.
pub(super) fn file_readers(notice: &Notice, program: &Path) -> Readers {
    Readers::new(program.to_owned(), limits(&notice.limits))
}

/// Readers for files that belong to no notice yet, under the limits that settings have unless they say otherwise.
pub(super) fn readers_without_notice(program: &Path) -> Readers {
    Readers::new(program.to_owned(), limits(&Limits::default()))
}

/// Readers for all files of a run, which together may take what the notice allows, or a quarter of the machine's
/// memory.
pub fn readers(notice: &Notice, machine: &Machine) -> Readers {
    file_readers(notice, &machine.program).with_run_budget(run_budget(notice, machine))
}

/// Bytes that all files of a run may take together.
pub(super) fn run_budget(notice: &Notice, machine: &Machine) -> u64 {
    notice.limits.run_mib.map_or(machine.memory / 4, bytes)
}

/// Readers that take files from the cache in `output` where an earlier run of the same program with the same limits
/// read the same bytes.
pub fn cached_readers(notice: &Notice, machine: &Machine, output: &Path) -> Readers {
    let file = output.join(CACHE);
    let cache = read_limited(&file, cache_limit(notice, machine) as u64).unwrap_or_default();
    readers_with_cache(notice, machine, cache)
}

/// Readers that take files from a cache that [`Readers::into_cache`] returned.
pub fn readers_with_cache(notice: &Notice, machine: &Machine, cache: Vec<u8>) -> Readers {
    let program = std::fs::metadata(&machine.program).map(|program| (program.len(), program.modified().ok())).ok();
    let version = format!("{} {program:?} {:?}", env!("CARGO_PKG_VERSION"), limits(&notice.limits));
    readers(notice, machine).with_cache(Cache::new(cache, version).with_limit(cache_limit(notice, machine)))
}

/// Bytes of the read cache: an eighth of what the files may take. It is held twice while the next one is put together.
fn cache_limit(notice: &Notice, machine: &Machine) -> usize {
    usize::try_from(run_budget(notice, machine) / 8).unwrap_or(usize::MAX)
}

/// The notice's limits, MiB as bytes. The text of one file may take an eighth of its worker's memory.
fn limits(limits: &Limits) -> ReadLimits {
    ReadLimits {
        file: bytes(limits.file_mib),
        unpacked: bytes(limits.unpacked_mib),
        memory: bytes(limits.memory_mib),
        seconds: limits.seconds,
        cells: limits.cells,
        text: usize::try_from(bytes(limits.memory_mib) / 8).unwrap_or(usize::MAX),
    }
}

fn bytes(mib: u64) -> u64 {
    mib.saturating_mul(1 << 20)
}
