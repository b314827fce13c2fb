//! zicha as its users run it: the binary, the whole process timed from outside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;

/// A zicha binary and the settings it is run with.
pub(crate) struct Program {
    /// The binary.
    pub path: PathBuf,
    /// Its `notice.toml`.
    pub notice: PathBuf,
}

/// The peak resident memory of a run, in MB.
#[derive(Clone, Copy)]
pub(crate) struct Peak {
    /// Of the main process.
    pub main: f64,
    /// The sum over its worker processes, each at its own peak.
    pub workers: f64,
}

impl Program {
    /// Builds `folder/input` into `output`, which may hold an earlier build. Returns the seconds taken.
    ///
    /// # Errors
    /// When it cannot be run or does not succeed.
    pub(crate) fn build(&self, folder: &Path, output: &Path) -> Outcome<f64> {
        let started = Instant::now();
        let status = self.start(folder, output)?.wait()?;
        let seconds = started.elapsed().as_secs_f64();
        if status.success() { Ok(seconds) } else { Err(format!("{}: {status}", self.path.display()).into()) }
    }

    /// Builds likewise and returns the peak memory, sampled every 3 ms.
    ///
    /// # Errors
    /// When it cannot be run or does not succeed.
    pub(crate) fn peak(&self, folder: &Path, output: &Path) -> Outcome<Peak> {
        let mut child = self.start(folder, output)?;
        let mut peaks = BTreeMap::new();
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            for id in family(child.id()) {
                if let Some(kilobytes) = status_line(id, "VmHWM:") {
                    peaks.insert(id, kilobytes as f64 / 1e3);
                }
            }
            std::thread::sleep(Duration::from_millis(3));
        };
        let main = peaks.remove(&child.id()).unwrap_or_default();
        let peak = Peak { main, workers: peaks.values().sum() };
        if status.success() { Ok(peak) } else { Err(format!("{}: {status}", self.path.display()).into()) }
    }

    fn start(&self, folder: &Path, output: &Path) -> Outcome<Child> {
        Ok(Command::new(std::path::absolute(&self.path)?)
            .args(["build".as_ref(), "--output".as_ref(), output, "--notice".as_ref(), self.notice.as_path()])
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?)
    }
}

/// The ids of a process and its children.
fn family(id: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|other| *other == id || status_line(*other, "PPid:") == Some(u64::from(id))).collect()
}

/// A number of `/proc/<id>/status`; memory is in units of 1,024 bytes.
fn status_line(id: u32, key: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    line.split_whitespace().next()?.parse().ok()
}
