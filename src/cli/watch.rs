//! `zicha build --watch`: builds again whenever a ledger, the settings or a template is saved, and prints what changed.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use jiff::{Timestamp, tz};
use notify::{Event, RecursiveMode, Watcher};

use super::build_flags::BuildFlags;
use super::build_output::{TimedOutcome, build, print_outcome, summary_line};
use super::common::{Exit, print_build_error};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::render::{self, TextStyle};
use crate::diff::{self, Snapshot};
use crate::pipeline::{self, Options};

/// How long no file may change before a build begins: programs save a file in several steps.
const SETTLE_TIME: Duration = Duration::from_millis(400);

/// Builds, then builds again after every change, until the process is stopped.
pub(super) fn run(flags: &BuildFlags, options: &Options) -> Exit {
    // Watching begins before the first build, so that no change during it is missed.
    let (sender, saved) = channel();
    let created = notify::recommended_watcher(move |event| {
        // The receiver is gone when the program ends.
        let _ = sender.send(event);
    });
    let mut watcher = match created {
        Ok(watcher) => watcher,
        Err(error) => return print_watch_error(&options.input, &error),
    };
    let settings = options.notice.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for folder in [&options.input, settings] {
        if let Err(error) = watcher.watch(folder, RecursiveMode::Recursive) {
            return print_watch_error(folder, &error);
        }
    }
    let mut previous = Vec::new();
    let mut snapshot = None;
    match build(flags, options) {
        Ok(TimedOutcome { outcome, seconds }) => {
            if print_outcome(&outcome, options, seconds, flags).is_err() {
                return Exit::Trouble;
            }
            previous = outcome.findings;
        }
        Err(error) => drop(print_build_error(&error)),
    }
    // A report that is made final from now on is not turned back into a draft by the next change.
    let options = &Options { redraft: false, ..options.clone() };
    loop {
        snapshot = snapshot.or_else(|| Snapshot::temporary(&options.output).ok());
        println!("等待台账、设置或模板的改动，按 Ctrl-C 结束");
        let Some(files) = changes(&saved, &options.output) else { return Exit::Trouble };
        let now = tz::offset(8).to_datetime(Timestamp::now()).strftime("%H:%M:%S").to_string();
        println!("\n{now} 有改动：{}", files.into_iter().collect::<Vec<_>>().join("、"));
        match build(flags, options) {
            Ok(TimedOutcome { outcome, seconds }) => {
                let new = difference(&outcome.findings, &previous);
                let gone = difference(&previous, &outcome.findings).len();
                let style = TextStyle::screen(std::io::stdout().is_terminal(), flags.all);
                let printed = print_changes(&new, gone, style, snapshot.as_mut(), &options.output);
                println!("{}", summary_line(&outcome, options, seconds));
                if printed.is_err() {
                    return Exit::Trouble;
                }
                previous = outcome.findings;
            }
            Err(error) => drop(print_build_error(&error)),
        }
    }
}

/// Prints that a folder cannot be watched.
fn print_watch_error(folder: &Path, error: &notify::Error) -> Exit {
    eprintln!("错误：不能等待 {} 的改动：{}", folder.display(), pipeline::chain(error));
    Exit::Trouble
}

/// Prints the findings that the previous build did not have, how many it had beside, and what changed in the reports.
fn print_changes(
    new: &[Diagnostic],
    gone: usize,
    style: TextStyle,
    snapshot: Option<&mut Snapshot>,
    output: &Path,
) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    render::human(new, style, &mut out)?;
    if gone > 0 {
        writeln!(out, "原来的问题少了 {gone} 项")?;
    }
    match snapshot.map(|snapshot| snapshot.compare_and_update(output)) {
        Some(Ok(differences)) => diff::print(&differences, &mut out),
        Some(Err(error)) => writeln!(out, "没有比对变化：{}", pipeline::chain(&error)),
        None => Ok(()),
    }
}

/// The findings that are not among `others`.
fn difference(findings: &[Diagnostic], others: &[Diagnostic]) -> Vec<Diagnostic> {
    let key = |finding: &Diagnostic| render::json(finding).to_string();
    let others: BTreeSet<String> = others.iter().map(key).collect();
    findings.iter().filter(|finding| !others.contains(&key(finding))).cloned().collect()
}

/// Waits until files change and then stay unchanged for [`SETTLE_TIME`]; returns their names. `None` when the watcher has
/// ended.
fn changes(saved: &Receiver<notify::Result<Event>>, output: &Path) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    loop {
        let event = if names.is_empty() {
            saved.recv().ok()?
        } else {
            match saved.recv_timeout(SETTLE_TIME) {
                Ok(event) => event,
                Err(_) => return Some(names),
            }
        };
        let Ok(event) = event else { continue };
        if !event.kind.is_access() {
            let names_of = event.paths.iter().filter(|path| is_input(path, output)).filter_map(|path| path.file_name());
            names.extend(names_of.map(|name| name.to_string_lossy().into_owned()));
        }
    }
}

/// Whether a file is an input: not a temporary file of another program, and not this program's output.
fn is_input(path: &Path, output: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_temporary = ["~$", ".", "~"].iter().any(|start| name.starts_with(start)) || name.ends_with('~');
    // A file that is gone cannot be made canonical; its first folder that exists can.
    let folder = path.ancestors().find_map(|path| path.canonicalize().ok()).unwrap_or_default();
    let is_output = output.canonicalize().is_ok_and(|output| folder.starts_with(output));
    !is_temporary && !is_output
}
