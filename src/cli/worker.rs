//! `zicha read-worker`, `inspect-worker`, `rebuild-worker`: the processes in which ledger files and scans are opened and
//! archived reports made again; started by the program itself.

use clap::Args;

use super::{Exit, build};
use crate::ingest::Limits;
use crate::ingest::worker::serve;
use crate::pipeline::rebuild;
use crate::sandbox::limit_memory;
use crate::scans;

/// Limits in the order that [`crate::ingest::Readers`] gives them.
#[derive(Args)]
pub struct Arguments {
    memory: u64,
    unpacked: u64,
    cells: usize,
    text: usize,
}

/// Serves requests until there are no more.
pub fn run(arguments: &Arguments) -> Exit {
    let limits = Limits {
        file: u64::MAX,
        seconds: u64::MAX,
        memory: arguments.memory,
        unpacked: arguments.unpacked,
        cells: arguments.cells,
        text: arguments.text,
    };
    match serve(&limits) {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Trouble,
    }
}

/// Looks into one scan.
pub fn inspect() -> Exit {
    match scans::serve() {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Trouble,
    }
}

/// Makes archived reports again.
pub fn rebuild(arguments: &build::Arguments) -> Exit {
    let few = rayon::ThreadPoolBuilder::new().num_threads(rebuild::THREADS).build_global();
    match limit_memory(rebuild::MEMORY) {
        Ok(()) if few.is_ok() => build::run(arguments),
        _ => Exit::Trouble,
    }
}
