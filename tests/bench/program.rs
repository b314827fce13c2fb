//! zicha as its users run it: the release binary, the whole process timed from outside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;

/// A zicha, and the settings it is run with.
pub struct Program {
    /// The binary.
    pub path: PathBuf,
    /// Its `notice.toml`.
    pub notice: PathBuf,
}

/// The most memory that a run had, in MB.
#[derive(Clone, Copy)]
pub struct Peak {
    /// The program itself.
    pub main: f64,
    /// All that its reading processes had, each at its own peak.
    pub readers: f64,
}

impl Program {
    /// Builds everything from `folder`'s input into a new folder. Gives the seconds it took.
    ///
    /// # Errors
    /// When it cannot be run or does not succeed.
    pub fn build(&self, folder: &Path) -> Outcome<f64> {
        self.build_into(folder, &super::fresh(folder)?)
    }

    /// Builds likewise into a folder that may hold what was built before.
    ///
    /// # Errors
    /// When it cannot be run or does not succeed.
    pub fn build_into(&self, folder: &Path, output: &Path) -> Outcome<f64> {
        let started = Instant::now();
        let mut child = self.start(folder, output)?;
        let status = child.wait()?;
        let seconds = started.elapsed().as_secs_f64();
        if status.success() { Ok(seconds) } else { Err(format!("{}: {status}", self.path.display()).into()) }
    }

    /// Builds likewise, watched and not timed. Gives the folder with what it wrote, and its peak memory.
    ///
    /// # Errors
    /// When it cannot be run or does not succeed.
    pub fn watched(&self, folder: &Path) -> Outcome<(PathBuf, Peak)> {
        let output = super::fresh(folder)?;
        let mut child = self.start(folder, &output)?;
        let mut peaks = BTreeMap::new();
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            peaks
                .extend(family(child.id()).into_iter().filter_map(|id| Some((id, status(id, "VmHWM:")? as f64 / 1e3))));
            std::thread::sleep(Duration::from_millis(3));
        };
        let main = peaks.remove(&child.id()).unwrap_or_default();
        let peak = Peak { main, readers: peaks.values().sum() };
        if status.success() { Ok((output, peak)) } else { Err(format!("{}: {status}", self.path.display()).into()) }
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

/// A process and its children.
fn family(id: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|other| *other == id || status(*other, "PPid:") == Some(u64::from(id))).collect()
}

/// A number in a process's status; memory in units of 1,024 bytes.
fn status(id: u32, key: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    line.split_whitespace().next()?.parse().ok()
}
