//! All integration tests, in one binary. `ZICHA_ACCEPT=1` renews the expected files of the cases.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod archive;
mod cache;
mod cancelled;
mod cases;
mod command_line;
mod consumers;
mod dashboard;
mod department;
mod differences;
mod hostile_files;
mod hostile_text;
mod layout;
mod licences;
mod memory;
mod metrics;
mod regressions;
mod rerun;
mod rules;
mod serve;
mod settings;
mod sources;
mod stamps;
mod support;
mod untidy;
mod watch;
mod workbooks;
