//! Shows progress on standard error: a bar on a terminal, one line a stage elsewhere, nothing with `--quiet`.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::{BuildStage, NoProgress, Progress};

/// The bar: stage, done and total, items a second, estimated time left.
const BAR: &str = "{msg} [{bar:30}] {pos}/{len} {per_sec} 还需 {eta}";

/// The progress display for standard error.
pub(super) fn new(quiet: bool) -> Box<dyn Progress> {
    match (quiet, std::io::stderr().is_terminal()) {
        (true, _) => Box::new(NoProgress),
        (false, true) => Box::new(Bar(Mutex::new(ProgressBar::hidden()))),
        (false, false) => Box::new(Lines),
    }
}

fn label(stage: BuildStage) -> &'static str {
    match stage {
        BuildStage::Read => "读取台账",
        BuildStage::Compute => "计算指标",
        BuildStage::Report => "生成报告",
    }
}

/// One line a stage.
struct Lines;

impl Progress for Lines {
    fn stage(&self, stage: BuildStage, total: usize) {
        let unit = if stage == BuildStage::Read { "个文件" } else { "个单位" };
        // A closed standard error does not stop a build.
        let _ = writeln!(std::io::stderr().lock(), "{}：{total} {unit}", label(stage));
    }

    fn step(&self) {}
}

/// A bar, a new one for each stage.
struct Bar(Mutex<ProgressBar>);

impl Progress for Bar {
    fn stage(&self, stage: BuildStage, total: usize) {
        let Ok(mut bar) = self.0.lock() else { return };
        bar.finish_and_clear();
        *bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(BAR) {
            bar.set_style(style);
        }
        bar.set_message(label(stage));
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
