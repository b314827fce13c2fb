//! `zicha build --watch`: builds again whenever a ledger, the settings or a template is saved, and prints what changed.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::build_flags::BuildFlags;
use super::build_output::{TimedOutcome, build, print_outcome, summary_line};
use super::common::{Exit, print_build_error};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::render::{self, TextStyle};
use crate::diff::{self, Snapshot};
use crate::notice::settings_folders;
use crate::pipeline::{self, Options};
use crate::serve::clock::china;
use crate::store::parent_folder;

/// How long no file may change before a build begins: programs save a file in several steps.
const SETTLE_TIME: Duration = Duration::from_millis(400);

/// How often a folder that is gone is looked for.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Builds, then builds again after every change, until the process is stopped.
pub(super) fn run(flags: &BuildFlags, options: &Options) -> Exit {
    // Watching begins before the first build, so that no change during it is missed.
    let settings = parent_folder(&options.notice);
    let settings: Vec<PathBuf> =
        std::iter::once(settings.to_owned()).chain(settings_folders(&options.notice).into_iter().skip(1)).collect();
    let watched: Vec<&Path> =
        std::iter::once(options.input.as_path()).chain(settings.iter().map(PathBuf::as_path)).collect();
    let mut folders = match WatchedFolders::new(&watched) {
        Ok(folders) => folders,
        Err(WatchError { folder, error }) => return print_watch_error(&folder, &error),
    };
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
        let Some(files) = folders.changes(&options.output) else { return Exit::Trouble };
        let now = china().strftime("%H:%M:%S").to_string();
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

/// A folder that cannot be watched.
struct WatchError {
    folder: PathBuf,
    error: notify::Error,
}

/// Folders whose files are watched. The system watches a folder, not its name: one that was renamed or removed is
/// looked for every [`LOOK_INTERVAL`], and watched again when there is one of that name.
struct WatchedFolders {
    watcher: RecommendedWatcher,
    events: Receiver<notify::Result<Event>>,
    folders: Vec<WatchedFolder>,
}

struct WatchedFolder {
    path: PathBuf,
    /// Of the folder that is watched; `None` when there is none.
    identity: Option<FolderIdentity>,
}

impl WatchedFolders {
    fn new(paths: &[&Path]) -> Result<Self, WatchError> {
        let (sender, events) = channel();
        let error = |folder: &Path| {
            let folder = folder.to_owned();
            |error| WatchError { folder, error }
        };
        let created = notify::recommended_watcher(move |event| {
            // The receiver is gone when the program ends.
            let _ = sender.send(event);
        });
        let mut watcher = created.map_err(error(paths.first().copied().unwrap_or(Path::new("."))))?;
        let mut folders = Vec::new();
        for path in paths {
            watcher.watch(path, RecursiveMode::Recursive).map_err(error(path))?;
            folders.push(WatchedFolder { path: path.to_path_buf(), identity: FolderIdentity::of(path) });
        }
        Ok(Self { watcher, events, folders })
    }

    /// Waits until files change and then stay unchanged for [`SETTLE_TIME`]; returns their names, or that of a folder
    /// that is there again. `None` when the watcher has ended.
    fn changes(&mut self, output: &Path) -> Option<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        loop {
            let patience = if names.is_empty() { LOOK_INTERVAL } else { SETTLE_TIME };
            let event = match self.events.recv_timeout(patience) {
                Ok(event) => event,
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) if names.is_empty() => {
                    names.extend(self.returned());
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => return Some(names),
            };
            let Ok(event) = event else { continue };
            if !event.kind.is_access() {
                let paths = event.paths.iter().filter(|path| is_input(path, output));
                names.extend(paths.filter_map(|path| file_name(path)));
            }
        }
    }

    /// The names of folders that are there again, which are watched from now on. Says which are gone.
    fn returned(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        for WatchedFolder { path, identity } in &mut self.folders {
            let now = FolderIdentity::of(path);
            if now == *identity {
                continue;
            }
            // The watch of a folder that is gone may be gone, too.
            let _ = self.watcher.unwatch(path);
            *identity = now;
            if now.is_none() {
                println!("{} 不在了，等它回来", path.display());
            } else if self.watcher.watch(path, RecursiveMode::Recursive).is_ok() {
                names.extend(file_name(path));
            } else {
                // It is gone again, or not to be read: looked for the next time.
                *identity = None;
            }
        }
        names
    }
}

fn file_name(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_string_lossy().into_owned())
}

/// What distinguishes a folder from another of the same name.
#[derive(Clone, Copy, PartialEq, Eq)]
struct FolderIdentity {
    #[cfg(unix)]
    inode: (u64, u64),
    #[cfg(not(unix))]
    created: Option<std::time::SystemTime>,
}

impl FolderIdentity {
    /// Of the folder at `path`; `None` when there is none.
    fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_dir)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Some(Self { inode: (metadata.dev(), metadata.ino()) })
        }
        #[cfg(not(unix))]
        Some(Self { created: metadata.created().ok() })
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
