//! How far a run is: a bar on a terminal, a line a stage elsewhere. Always on standard error.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::{NoProgress, Progress, Stage};

/// The bar: stage, how many of how many, how many a second, how long it still takes.
const BAR: &str = "{msg} [{bar:30}] {pos}/{len} {per_sec} 还需 {eta}";

/// What shows a run's progress; nothing when it is to be quiet.
pub fn watcher(quiet: bool) -> Box<dyn Progress> {
    match (quiet, std::io::stderr().is_terminal()) {
        (true, _) => Box::new(NoProgress),
        (false, true) => Box::new(Bar(Mutex::new(ProgressBar::hidden()))),
        (false, false) => Box::new(Lines),
    }
}

fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Read => "读取台账",
        Stage::Compute => "计算指标",
        Stage::Report => "生成报告",
    }
}

/// A line a stage.
struct Lines;

impl Progress for Lines {
    fn stage(&self, stage: Stage, total: usize) {
        let unit = if stage == Stage::Read { "个文件" } else { "个党组织" };
        // Progress that nobody reads is no trouble.
        let _ = writeln!(std::io::stderr().lock(), "{}：{total} {unit}", name(stage));
    }

    fn step(&self) {}
}

/// A bar, drawn anew for each stage.
struct Bar(Mutex<ProgressBar>);

impl Progress for Bar {
    fn stage(&self, stage: Stage, total: usize) {
        let Ok(mut bar) = self.0.lock() else { return };
        bar.finish_and_clear();
        *bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(BAR) {
            bar.set_style(style);
        }
        bar.set_message(name(stage));
        bar.tick();
    }

    fn step(&self) {
        if let Ok(bar) = self.0.lock() {
            bar.inc(1);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Ok(bar) = self.0.lock() {
            bar.finish_and_clear();
        }
    }
}
