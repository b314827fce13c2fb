//! `zicha build --watch`: the same build whenever a ledger, the settings or a template is saved.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use jiff::{Timestamp, tz};
use notify::{Event, RecursiveMode, Watcher};

use super::build::{Reports, last_line, show};
use super::{Exit, refuse};
use crate::diagnostics::{Diagnostic, render};
use crate::diff::{self, Snapshot};
use crate::pipeline::{self, Options};
use crate::store::is_below;

/// How long nothing may be saved before a build begins: programs save a file in several steps.
const QUIET: Duration = Duration::from_millis(400);

/// Builds, and builds again on every change, until it is stopped from outside.
pub fn run(reports: &Reports, options: &Options) -> Exit {
    // What is saved while the first build runs is not missed.
    let (sender, saved) = channel();
    let told = notify::recommended_watcher(move |event| {
        // Nobody listens when the program ends.
        let _ = sender.send(event);
    });
    let mut watcher = match told {
        Ok(watcher) => watcher,
        Err(error) => return trouble(&options.input, &error),
    };
    let settings = options.notice.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for folder in [&options.input, settings] {
        if let Err(error) = watcher.watch(folder, RecursiveMode::Recursive) {
            return trouble(folder, &error);
        }
    }
    let mut known = Vec::new();
    let mut snapshot = None;
    match reports.build(options) {
        Ok((outcome, seconds)) => {
            if show(&outcome, options, seconds, false).is_err() {
                return Exit::Trouble;
            }
            known = outcome.findings;
        }
        Err(error) => drop(refuse(&error)),
    }
    loop {
        snapshot = snapshot.or_else(|| Snapshot::temporary(&options.output).ok());
        println!("等待台账、设置或模板的改动，按 Ctrl-C 结束");
        let Some(files) = changes(&saved, &options.output) else { return Exit::Trouble };
        let now = tz::offset(8).to_datetime(Timestamp::now()).strftime("%H:%M:%S").to_string();
        println!("\n{now} 有改动：{}", files.into_iter().collect::<Vec<_>>().join("、"));
        match reports.build(options) {
            Ok((outcome, seconds)) => {
                let told = tell(&outcome.findings, &known, snapshot.as_mut(), &options.output);
                println!("{}", last_line(&outcome, options, seconds));
                if told.is_err() {
                    return Exit::Trouble;
                }
                known = outcome.findings;
            }
            Err(error) => drop(refuse(&error)),
        }
    }
}

/// Says what cannot be watched.
fn trouble(folder: &Path, error: &notify::Error) -> Exit {
    eprintln!("错误：不能等待 {} 的改动：{}", folder.display(), pipeline::chain(error));
    Exit::Trouble
}

/// What is found that was not before, and what changed for whom.
fn tell(
    findings: &[Diagnostic],
    known: &[Diagnostic],
    snapshot: Option<&mut Snapshot>,
    output: &Path,
) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let (new, gone) = (without(findings, known), without(known, findings).len());
    render::human(&new, out.is_terminal(), &mut out)?;
    if gone > 0 {
        writeln!(out, "原来的问题少了 {gone} 项")?;
    }
    match snapshot.map(|snapshot| snapshot.compare_and_update(output)) {
        Some(Ok(differences)) => diff::print(&differences, &mut out),
        Some(Err(error)) => writeln!(out, "没有比对变化：{}", pipeline::chain(&error)),
        None => Ok(()),
    }
}

/// Those of `findings` that are not among `others`.
fn without(findings: &[Diagnostic], others: &[Diagnostic]) -> Vec<Diagnostic> {
    let key = |finding: &Diagnostic| render::json(finding).to_string();
    let others: BTreeSet<String> = others.iter().map(key).collect();
    findings.iter().filter(|finding| !others.contains(&key(finding))).cloned().collect()
}

/// Waits for files to be saved and for quiet after that; their names. `None` when nothing more can come.
fn changes(saved: &Receiver<notify::Result<Event>>, output: &Path) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    loop {
        let event = if names.is_empty() {
            saved.recv().ok()?
        } else {
            match saved.recv_timeout(QUIET) {
                Ok(event) => event,
                Err(_) => return Some(names),
            }
        };
        let Ok(event) = event else { continue };
        if !event.kind.is_access() {
            let names_of = event.paths.iter().filter(|path| counts(path, output)).filter_map(|path| path.file_name());
            names.extend(names_of.map(|name| name.to_string_lossy().into_owned()));
        }
    }
}

/// Whether a change of the file matters: programs' own files and this program's output do not.
fn counts(path: &Path, output: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let passing = ["~$", ".", "~"].iter().any(|start| name.starts_with(start)) || name.ends_with('~');
    // The file may be gone already; its folder then decides.
    !passing && !is_below(path, output)
}
