//! `zicha read-worker`, `inspect-worker`, `annex-worker`, `rebuild-worker`, `draft-worker`, `build-worker`: processes
//! that the program starts itself.
//!
//! They open ledger files, inspect scans, read annexes, rebuild archived reports and lay out the pages of drafts, with
//! limits on memory, and build for `serve`. Hidden from the help.

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::build;
use super::common::Exit;
use super::machine::own_program;
use crate::binding;
use crate::ingest::ReadLimits;
use crate::ingest::worker::serve;
use crate::pipeline::{Machine, build_worker, draft_pages, rebuild};
use crate::sandbox::Access;
use crate::sandbox::worker::{Bounds, enter};
use crate::scans;

/// The limits that [`crate::ingest::Readers`] passes, in its order; bytes, but for the number of cells and the seconds.
#[derive(Args)]
pub(super) struct Arguments {
    memory: u64,
    unpacked: u64,
    cells: usize,
    text: usize,
    seconds: u64,
}

/// What the pages of a draft are made of: the settings, the folders of ledgers and of reports; the computer's memory and
/// the process's own, in bytes; the folders of fonts, the system's and the one that was given.
#[derive(Args)]
pub(super) struct DraftArguments {
    notice: PathBuf,
    input: PathBuf,
    output: PathBuf,
    memory: u64,
    own_memory: u64,
    system_fonts: Vec<PathBuf>,
    #[arg(long)]
    fonts: Option<PathBuf>,
}

/// Reads ledger files, one request after another, until standard input ends.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let limits = ReadLimits {
        file: u64::MAX,
        seconds: arguments.seconds,
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

/// Inspects one scan.
pub(super) fn inspect() -> Exit {
    match scans::serve() {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Trouble,
    }
}

/// Reads one annex.
pub(super) fn read_annex() -> Exit {
    match binding::serve() {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Trouble,
    }
}

/// Lays out the pages of a draft.
pub(super) fn draw_draft(arguments: DraftArguments) -> Exit {
    let DraftArguments { notice, input, output, memory, own_memory, fonts, system_fonts } = arguments;
    let machine = Machine { program: own_program(), memory, fonts: system_fonts };
    let (notice, input, output, fonts) = (&*notice, &*input, &*output, fonts.as_deref());
    let sources = draft_pages::DraftSources { notice, input, output, fonts, machine: &machine };
    match draft_pages::serve(sources, own_memory) {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Trouble,
    }
}

/// Builds for the process that started this one.
pub(super) fn build_for_parent(arguments: &build::Arguments) -> Exit {
    #[allow(clippy::exit, reason = "the threads that build may never return")]
    let give_up = || std::process::exit(Exit::Trouble as i32);
    match build_worker::serve(&arguments.options(), io::stdin(), io::stdout(), give_up) {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Trouble,
    }
}

/// Rebuilds the reports of a package. The files come from the package, so memory and threads are limited.
pub(super) fn rebuild(arguments: &build::Arguments) -> Exit {
    let seconds = rebuild::SECONDS * rebuild::THREADS as u64;
    let Ok(requests) = enter(&Bounds { memory: rebuild::MEMORY, seconds, access: Access::WorkingFolder }) else {
        return Exit::Trouble;
    };
    // Threads that start after the process is confined are confined.
    let few = rayon::ThreadPoolBuilder::new().num_threads(rebuild::THREADS).build_global();
    match requests.next() {
        Ok(Some(_)) if few.is_ok() && rebuild::use_current_keys(&arguments.options().notice).is_ok() => {
            build::run(arguments)
        }
        _ => Exit::Trouble,
    }
}
