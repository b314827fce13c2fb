//! The command line: parses arguments, calls `pipeline` or `serve`, prints and sets the exit code.
//!
//! Each subcommand is one file. Only this module prints and exits; it has no logic of its own. Errors go to standard
//! error, in Chinese, as 错误：…, with all their causes.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "only the command line prints")]

mod archive;
mod build;
mod check;
mod clap_errors;
mod columns;
mod diff;
mod explain;
mod form;
mod merge;
mod progress;
mod serve;
mod status;
mod verify;
mod watch;
mod worker;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::diagnostics::render;
use crate::notice::NoticeError;
use crate::pipeline::{self, BuildError, Paths};

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// Everything asked for was done.
    Done = 0,
    /// Findings kept something from being done.
    Findings = 1,
    /// Wrong arguments or settings, or an I/O error: nothing was done.
    Trouble = 2,
}

/// The help template of all commands.
const HELP: &str = "{about}\n\n用法：{usage}\n\n{all-args}{after-help}";

#[derive(Parser)]
#[command(
    name = "zicha",
    version,
    about = "自查：把各党组织报送的台账汇成自查报告（Markdown、HTML、DOCX）",
    help_template = HELP,
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
    Check(check::Arguments),
    Diff(diff::Arguments),
    Form(form::Arguments),
    Merge(merge::Arguments),
    Status(status::Arguments),
    Serve(serve::Arguments),
    Archive(archive::Arguments),
    Verify(verify::Arguments),
    Columns(columns::Arguments),
    Explain(explain::Arguments),
    #[command(name = crate::ingest::worker::SUBCOMMAND, hide = true)]
    Worker(worker::Arguments),
    #[command(name = crate::scans::SUBCOMMAND, hide = true)]
    Inspect,
    #[command(name = crate::pipeline::rebuild::SUBCOMMAND, hide = true)]
    Rebuild(build::Arguments),
}

/// The settings and the ledgers, options of most commands.
#[derive(Args)]
struct Source {
    /// 通知设置文件（默认 templates/2018-grassroots/notice.toml）
    #[arg(
        long,
        value_name = "文件",
        default_value = "templates/2018-grassroots/notice.toml",
        hide_default_value = true
    )]
    notice: PathBuf,
    /// 台账文件夹（默认 input）
    #[arg(long, value_name = "文件夹", default_value = "input", hide_default_value = true)]
    input: PathBuf,
}

/// The folders that the program writes or reads besides the ledgers.
#[derive(Args)]
struct Folders {
    /// 报告文件夹（默认 output）
    #[arg(long, value_name = "文件夹", default_value = "output", hide_default_value = true)]
    output: PathBuf,
    /// 签字件（扫描件）文件夹（默认 signed）
    #[arg(long, value_name = "文件夹", default_value = "signed", hide_default_value = true)]
    signed: PathBuf,
    /// 归档包放在哪里，登记册也在那里（默认 archive）
    #[arg(long, value_name = "文件夹", default_value = "archive", hide_default_value = true)]
    out: PathBuf,
}

impl Source {
    /// All paths of a department.
    fn paths(&self, folders: &Folders) -> Paths {
        Paths {
            notice: self.notice.clone(),
            input: self.input.clone(),
            output: folders.output.clone(),
            signed: folders.signed.clone(),
            out: folders.out.clone(),
            worker: own_program(),
        }
    }
}

/// Runs the command given by the process's arguments.
pub fn main() -> ExitCode {
    let exit = match Arguments::try_parse() {
        Ok(arguments) => match arguments.command {
            Command::Build(arguments) => build::run(&arguments),
            Command::Check(arguments) => check::run(&arguments),
            Command::Diff(arguments) => diff::run(&arguments),
            Command::Form(arguments) => form::run(&arguments),
            Command::Merge(arguments) => merge::run(&arguments),
            Command::Status(arguments) => status::run(&arguments),
            Command::Serve(arguments) => serve::run(&arguments),
            Command::Archive(arguments) => archive::run(&arguments),
            Command::Verify(arguments) => verify::run(&arguments),
            Command::Columns(arguments) => columns::run(&arguments),
            Command::Explain(arguments) => explain::run(&arguments),
            Command::Worker(arguments) => worker::run(&arguments),
            Command::Inspect => worker::inspect(),
            Command::Rebuild(arguments) => worker::rebuild(&arguments),
        },
        Err(error) => clap_errors::show(&error, called_command().as_deref()),
    };
    ExitCode::from(exit as u8)
}

/// The first argument, when it is a command's name: parsing failed before clap could say so.
fn called_command() -> Option<String> {
    let first = std::env::args_os().nth(1)?.into_string().ok()?;
    let is_known = Arguments::command().get_subcommands().any(|known| known.get_name() == first);
    is_known.then_some(first)
}

/// The path of this program, which is started again as a worker process to read files.
fn own_program() -> PathBuf {
    std::env::current_exe().unwrap_or_else(|_| "zicha".into())
}

/// Prints why nothing was done, with all causes; for settings, one line for each error.
fn refuse(error: &BuildError) -> Exit {
    if let BuildError::NoRoster(_, findings) = error {
        // A closed standard error leaves no way to report anything.
        let _ = render::human(findings, std::io::stderr().is_terminal(), &mut std::io::stderr().lock());
    }
    match error {
        BuildError::Notice(NoticeError::Several(several)) => {
            eprintln!("错误：{error}，共 {} 处：", several.len());
            for error in several {
                eprintln!("  {error}");
            }
        }
        _ => eprintln!("错误：{}", pipeline::chain(error)),
    }
    Exit::Trouble
}
