//! Measures workloads in turn, round by round, and compares them within each round: what slows the machine for a
//! while slows both sides of a ratio. Ratios of medians taken minutes apart differ by tens of percent here, medians
//! of such ratios by one or two.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;

/// Runs once, writing into the empty folder it is given, and returns the seconds taken.
pub(crate) type Run<'a> = Box<dyn Fn(&Path) -> Outcome<f64> + 'a>;

/// Something that is timed.
pub(crate) struct Workload<'a> {
    /// What it is called where results are printed.
    pub name: String,
    /// Documents that one run writes.
    pub documents: usize,
    /// A run of it.
    pub run: Run<'a>,
}

impl<'a> Workload<'a> {
    /// A named workload that writes so many documents.
    pub(crate) fn new(name: impl Into<String>, documents: usize, run: impl Fn(&Path) -> Outcome<f64> + 'a) -> Self {
        Self { name: name.into(), documents, run: Box::new(run) }
    }
}

/// The seconds that a workload took in each round, in order.
pub(crate) struct Series {
    /// The workload's name.
    pub name: String,
    documents: usize,
    seconds: Vec<f64>,
}

/// The median of some numbers and their quartiles.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    /// A quarter of the numbers is below.
    pub low: f64,
    /// The median.
    pub median: f64,
    /// A quarter of the numbers is above.
    pub high: f64,
}

impl Spread {
    fn new(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        let at = |part: usize| {
            numbers.get((numbers.len().saturating_sub(1) * part).div_ceil(4)).copied().unwrap_or(f64::NAN)
        };
        Self { low: at(1), median: at(2), high: at(3) }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3}（四分位 {:.3}–{:.3}）", self.median, self.low, self.high)
    }
}

impl Series {
    /// The seconds of a run.
    pub(crate) fn seconds(&self) -> Spread {
        Spread::new(self.seconds.clone())
    }

    /// How many times as long as `other` a document took, compared within each round.
    pub(crate) fn ratio(&self, other: &Self) -> Spread {
        let documents = other.documents as f64 / self.documents as f64;
        Spread::new(self.seconds.iter().zip(&other.seconds).map(|(own, other)| own / other * documents).collect())
    }

    /// Prints seconds and documents a second.
    pub(crate) fn print(&self) {
        let seconds = self.seconds();
        let speed = self.documents as f64 / seconds.median;
        println!("{}：{} 份，{seconds} 秒，每秒 {speed:.1} 份", self.name, self.documents);
    }
}

/// Where the outputs of the measured runs go.
pub(crate) struct Space {
    folder: PathBuf,
    on_disk: bool,
}

impl Space {
    /// A folder in memory: its outputs are removed after each run.
    pub(crate) fn in_memory(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), on_disk: false }
    }

    /// A folder on a disk. Its outputs stay until the end, since ext4 is slow to reuse inodes that were just freed,
    /// and what earlier runs wrote is synced before each run, since zicha syncs at its end and should wait for its own
    /// files only.
    pub(crate) fn on_disk(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), on_disk: true }
    }

    /// Runs all workloads in turn, `count` rounds after one to warm up; every other round in reverse order.
    ///
    /// # Errors
    /// When a workload fails.
    pub(crate) fn measure(&self, workloads: &[Workload<'_>], count: usize) -> Outcome<Vec<Series>> {
        let series = |workload: &Workload<'_>| Series {
            name: workload.name.clone(),
            documents: workload.documents,
            seconds: Vec::new(),
        };
        let mut measured: Vec<Series> = workloads.iter().map(series).collect();
        for round in 0..=count {
            let mut order: Vec<usize> = (0..workloads.len()).collect();
            if round % 2 == 1 {
                order.reverse();
            }
            for at in order {
                let seconds = self.time(&workloads[at])?;
                if round > 0 {
                    measured[at].seconds.push(seconds);
                }
            }
        }
        Ok(measured)
    }

    fn time(&self, workload: &Workload<'_>) -> Outcome<f64> {
        if self.on_disk {
            Command::new("sync").status()?;
        }
        let output = crate::fresh(&self.folder)?;
        let seconds = (workload.run)(&output)?;
        if !self.on_disk {
            std::fs::remove_dir_all(&output)?;
        }
        Ok(seconds)
    }
}
