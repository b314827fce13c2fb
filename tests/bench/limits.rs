//! Limits that a bench holds the program to.

use std::process::ExitCode;

/// Collects the limits that were exceeded.
#[derive(Default)]
pub(crate) struct Limits {
    exceeded: usize,
}

impl Limits {
    /// Prints a measured value beside the most it may be.
    pub(crate) fn at_most(&mut self, what: &str, value: f64, limit: f64) {
        let holds = value <= limit;
        self.exceeded += usize::from(!holds);
        println!("{} {what} {value:.3}（要求至多 {limit:.3}）", if holds { "✓" } else { "✗" });
    }

    /// 1 when a limit was exceeded.
    pub(crate) fn exit_code(&self) -> ExitCode {
        if self.exceeded == 0 {
            return ExitCode::SUCCESS;
        }
        println!("有 {} 项超出要求", self.exceeded);
        ExitCode::FAILURE
    }
}
