//! A build in a process of its own: however that ends, the process that started it goes on.
//!
//! The child is this program with [`SUBCOMMAND`] and the flags of `build`. It writes [`Event`]s to its standard output,
//! a line of JSON each; the last is the result. Its standard input is empty: when it is closed, by a cancellation or by
//! the parent's end, the build is cancelled, and given up when it has not ended [`CANCEL_TIME`] later, so that no build
//! outlives its parent.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::finding_record::{self, FindingRecord};
use super::{BuildError, BuildOutcome, BuildStage, Options, PdfNeed, Progress, RunScope, build, chain};
use crate::diagnostics::{Diagnostic, localize};
use crate::render::Format;

/// The hidden subcommand that makes the binary such a child; it takes what `build` takes.
pub const SUBCOMMAND: &str = "build-worker";

/// How long a cancelled build may take to end by itself; then it is killed. What it wrote is whole.
const CANCEL_TIME: Duration = Duration::from_secs(1);
/// Makes Windows start a process that Ctrl-C does not reach (`CREATE_NEW_PROCESS_GROUP`).
#[cfg(windows)]
const NEW_PROCESS_GROUP: u32 = 0x200;
/// How often the parent looks whether the build was cancelled.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The outcome of a build, as far as its parent shows it.
#[derive(Debug)]
pub struct BuildSummary {
    /// What it made.
    pub counts: BuildCounts,
    /// As in [`BuildOutcome::findings`].
    pub findings: Vec<Diagnostic>,
}

/// What a build made, in numbers, and how it ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BuildCounts {
    /// As in [`BuildOutcome::written`].
    pub written: usize,
    /// As in [`BuildOutcome::unchanged`].
    pub unchanged: usize,
    /// As in [`BuildOutcome::kept_finals`].
    pub kept_finals: usize,
    /// As in [`BuildOutcome::stopped`].
    pub stopped: usize,
    /// As in [`BuildOutcome::summary_clause`].
    pub summary: Option<String>,
    /// As in [`BuildOutcome::gaps`].
    pub gaps: usize,
    /// As in [`BuildOutcome::failed`].
    pub failed: bool,
    /// As in [`BuildOutcome::cancelled`].
    pub cancelled: bool,
}

/// Why a build in a child has no outcome.
#[derive(Debug, thiserror::Error)]
pub enum ChildBuildError {
    /// The child cannot be started.
    #[error("生成报告的进程不能启动")]
    Start(#[source] io::Error),
    /// The build was refused: the reason, in Chinese, and the findings that led to it.
    #[error("{0}")]
    Refused(String, Vec<Diagnostic>),
    /// The child was cancelled and did not end by itself.
    #[error("已取消：已经生成的保留，其余的还是原来的样子")]
    Cancelled,
    /// The child ended without a result.
    #[error(
        "生成中途出错（{0}），没有做完：多半是内存不够，或者进程被人结束。网页不受影响；已经写好的报告是完整的，其余的还是原来的样子，可以再生成一次"
    )]
    Died(String),
}

/// What a child sends its parent.
#[derive(Debug, Serialize, Deserialize)]
enum Event {
    BuildStage(BuildStage, usize),
    Step,
    Done(BuildCounts, Vec<FindingRecord>),
    Refused(String, Vec<FindingRecord>),
}

/// Builds in a child process and waits for it.
///
/// # Errors
/// When the child cannot be started, refuses the build, or dies.
pub fn build_in_child(options: &Options, progress: &dyn Progress) -> Result<BuildSummary, ChildBuildError> {
    let mut command = Command::new(&options.machine.program);
    command.arg(SUBCOMMAND).args(arguments(options));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    // Ctrl-C in the parent's terminal reaches the parent alone, which then decides.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, NEW_PROCESS_GROUP);
    let mut child = command.spawn().map_err(ChildBuildError::Start)?;
    let events = events_of(&mut child);
    let result = follow(&mut child, &events, progress);
    // A child that has ended cannot be killed, and need not be.
    let _ = child.kill();
    let status = child.wait();
    result.unwrap_or_else(|| {
        let reason = status.map_or_else(|error| localize::io_error(&error), localize::exit_status);
        Err(if progress.is_cancelled() { ChildBuildError::Cancelled } else { ChildBuildError::Died(reason) })
    })
}

/// The events of a child, until it closes its standard output.
fn events_of(child: &mut Child) -> Receiver<Event> {
    let (sender, events) = channel();
    if let Some(stdout) = child.stdout.take() {
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let Ok(event) = serde_json::from_str(&line) else { return };
                if sender.send(event).is_err() {
                    return;
                }
            }
        });
    }
    events
}

/// Passes on the progress of a child until its result is there; `None` when it ended without one, or did not end in
/// time after it was cancelled.
fn follow(
    child: &mut Child,
    events: &Receiver<Event>,
    progress: &dyn Progress,
) -> Option<Result<BuildSummary, ChildBuildError>> {
    let mut cancelled_at = None;
    loop {
        if progress.is_cancelled() && cancelled_at.is_none() {
            drop(child.stdin.take());
            cancelled_at = Some(Instant::now());
        }
        if cancelled_at.is_some_and(|at: Instant| at.elapsed() > CANCEL_TIME) {
            return None;
        }
        match events.recv_timeout(POLL_INTERVAL) {
            Ok(Event::BuildStage(stage, total)) => progress.stage(stage, total),
            Ok(Event::Step) => progress.step(),
            Ok(Event::Done(counts, findings)) => {
                return Some(Ok(BuildSummary { counts, findings: finding_record::restored(findings) }));
            }
            Ok(Event::Refused(message, findings)) => {
                return Some(Err(ChildBuildError::Refused(message, finding_record::restored(findings))));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// The flags of `build` that ask for these options.
fn arguments(options: &Options) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = Vec::new();
    let paths = [
        ("--notice", &options.notice),
        ("--input", &options.input),
        ("--output", &options.output),
        ("--signed", &options.signed),
        ("--out", &options.archive),
    ];
    for (flag, path) in paths {
        arguments.extend([flag.into(), path.into()]);
    }
    // A format that is named is required. Without names, a build makes all of its formats, and PDF only where it can.
    if options.pdf == PdfNeed::Asked || !options.formats.contains(&Format::Pdf) {
        let formats: Vec<&str> = options.formats.iter().map(|format| format.extension()).collect();
        arguments.extend(["--format".into(), formats.join(",").into()]);
    }
    arguments.extend(options.fonts.iter().flat_map(|folder| ["--fonts".into(), folder.clone().into()]));
    arguments.extend(options.branches.iter().map(|branch| format!("--branch={branch}").into()));
    arguments.extend(options.previous.iter().flat_map(|previous| ["--previous".into(), previous.clone().into()]));
    arguments.extend(options.date.map(|date| format!("--date={date}").into()));
    if let RunScope::Shard { at, of } = options.scope {
        arguments.push(format!("--shard={at}/{of}").into());
    }
    let switches = [
        (options.is_final, "--final"),
        (options.redraft, "--redraft"),
        (options.replace_signed, "--replace-signed"),
        (options.trace, "--trace"),
        (options.force, "--force"),
        (options.prune, "--prune"),
    ];
    arguments.extend(switches.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| (*flag).into()));
    arguments
}

/// The child's part: builds, and sends its parent events on `output`. `give_up` ends the process; it is called when the
/// build goes on although `input` has ended: while a file hangs, nothing looks whether the build was cancelled.
///
/// # Errors
/// When the parent is gone.
pub fn serve(
    options: &Options,
    mut input: impl Read + Send + 'static,
    output: impl Write + Send,
    give_up: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let cancelled = Arc::new(AtomicBool::new(false));
    let set_cancelled = Arc::clone(&cancelled);
    std::thread::spawn(move || {
        // Ends when the parent closes its end, or is gone.
        let _ = io::copy(&mut input, &mut io::sink());
        set_cancelled.store(true, Ordering::Relaxed);
        std::thread::sleep(CANCEL_TIME);
        give_up();
    });
    let parent = Parent { output: Mutex::new(output), cancelled };
    let result = match build(options, &parent) {
        Ok(outcome) => Event::Done(BuildCounts::of(&outcome), outcome.findings.iter().map(FindingRecord::of).collect()),
        Err(error) => {
            let message = chain(&error);
            let findings = if let BuildError::NoRoster(_, findings) = &error { findings.as_slice() } else { &[] };
            Event::Refused(message, findings.iter().map(FindingRecord::of).collect())
        }
    };
    parent.send(&result)
}

/// A child's parent, which shows its progress and may cancel it.
struct Parent<W> {
    output: Mutex<W>,
    cancelled: Arc<AtomicBool>,
}

impl<W: Write> Parent<W> {
    fn send(&self, event: &Event) -> io::Result<()> {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        let mut output = self.output.lock().map_err(|_| io::ErrorKind::Other)?;
        output.write_all(&line)?;
        output.flush()
    }
}

impl<W: Write + Send> Progress for Parent<W> {
    fn stage(&self, stage: BuildStage, total: usize) {
        // A parent that is gone has cancelled the build.
        let _ = self.send(&Event::BuildStage(stage, total));
    }

    fn step(&self) {
        let _ = self.send(&Event::Step);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

impl BuildCounts {
    fn of(outcome: &BuildOutcome) -> Self {
        Self {
            written: outcome.written(),
            unchanged: outcome.unchanged(),
            kept_finals: outcome.kept_finals(),
            stopped: outcome.stopped(),
            summary: outcome.summary_clause().map(str::to_owned),
            gaps: outcome.gaps(),
            failed: outcome.failed(),
            cancelled: outcome.cancelled,
        }
    }
}
