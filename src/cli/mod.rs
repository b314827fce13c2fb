//! The command line: the one edge that reads arguments, prints and exits. Each subcommand is one file.

mod build;
mod refusal;
mod worker;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// How a run ended, as the shell sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// Everything asked for is done.
    Done = 0,
    /// Findings stopped something.
    Findings = 1,
    /// Wrong use, or the system refused.
    Trouble = 2,
}

#[derive(Parser)]
#[command(
    name = "zicha",
    version,
    about = "自查：把各党组织报送的台账汇成自查报告（Markdown、HTML、DOCX）",
    help_template = "{about}\n\n用法：{usage}\n\n{all-args}{after-help}",
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true,
    subcommand_help_heading = "命令",
    subcommand_value_name = "命令",
    override_usage = "zicha <命令> [选项]",
    after_help = "查看某个命令的选项：zicha <命令> --help"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help, help_heading = "选项")]
    help: Option<bool>,
    /// 显示版本
    #[arg(short = 'V', long, action = clap::ArgAction::Version, help_heading = "选项")]
    version: Option<bool>,
}

#[derive(Subcommand)]
enum Command {
    Build(build::Arguments),
    #[command(name = crate::ingest::worker::SUBCOMMAND, hide = true)]
    Worker(worker::Arguments),
}

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    let exit = match Arguments::try_parse() {
        Ok(Arguments { command: Command::Build(arguments), .. }) => build::run(&arguments),
        Ok(Arguments { command: Command::Worker(arguments), .. }) => worker::run(&arguments),
        Err(error) => refusal::show(&error),
    };
    ExitCode::from(exit as u8)
}

/// The path of this program, which reads files as a worker of its own.
fn own_program() -> std::path::PathBuf {
    std::env::current_exe().unwrap_or_else(|_| "zicha".into())
}
