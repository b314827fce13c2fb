//! `zicha read-worker`: the process in which ledger files are opened; started by the program itself.

use clap::Args;

use super::Exit;
use crate::ingest::Limits;
use crate::ingest::worker::serve;

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
