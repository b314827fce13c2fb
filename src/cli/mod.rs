//! The command line: parses arguments, calls `pipeline` or `serve`, prints and sets the exit code.
//!
//! Each subcommand is a file with two items: `Arguments`, the flags as the user writes them (clap), and `run`, which
//! turns them into the options of [`crate::pipeline`], calls it, prints the outcome and returns an [`Exit`]. Only this
//! module prints and exits; it has no logic of its own. Errors go to standard error, in Chinese, as 错误：…, with all
//! their causes. What several subcommands need is in `common`, `build_flags` and `build_output`.
//!
//! A new subcommand needs a file here, a variant of `Command` and an arm in [`main`].

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "only the command line prints")]

mod archive;
mod build;
mod build_flags;
mod build_output;
mod check;
mod clap_errors;
mod columns;
mod common;
mod completions;
mod console;
mod diff;
mod explain;
mod form;
mod init;
mod machine;
mod man;
mod merge;
mod new;
mod print;
mod progress;
mod schema;
mod serve;
mod start;
mod status;
mod verify;
mod watch;
mod worker;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use common::{Exit, HELP};

use crate::{sandbox, store};

/// What the program does.
const ABOUT: &str = "自查：把各单位报送的台账汇成自查报告（Markdown、HTML、DOCX、PDF/A）";
/// How it is called.
const USAGE: &str = "zicha <命令> [选项]";

#[derive(Parser)]
#[command(
    name = "zicha",
    version,
    about = ABOUT,
    help_template = HELP,
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true,
    subcommand_help_heading = "命令",
    subcommand_value_name = "命令",
    override_usage = USAGE,
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
    Start(start::Arguments),
    Serve(serve::Arguments),
    Print(print::Arguments),
    Archive(archive::Arguments),
    Verify(verify::Arguments),
    Columns(columns::Arguments),
    New(new::Arguments),
    Init(init::Arguments),
    Explain(explain::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
    #[command(name = crate::ingest::worker::SUBCOMMAND, hide = true)]
    Worker(worker::Arguments),
    #[command(name = crate::scans::SUBCOMMAND, hide = true)]
    Inspect,
    #[command(name = crate::binding::SUBCOMMAND, hide = true)]
    ReadAnnex,
    #[command(name = crate::pipeline::rebuild::SUBCOMMAND, hide = true)]
    Rebuild(build::Arguments),
    #[command(name = crate::pipeline::build_worker::SUBCOMMAND, hide = true)]
    BuildWorker(build::Arguments),
    #[command(name = crate::pipeline::draft_pages::SUBCOMMAND, hide = true)]
    DraftWorker(worker::DraftArguments),
}

/// Runs the command given by the process's arguments, or what a double click is for.
pub fn main() -> ExitCode {
    if std::env::args_os().len() == 1 && console::is_started_by_double_click() {
        sandbox::bind_children();
        store::remove_abandoned_folders();
        return ExitCode::from(start::run_in_own_console() as u8);
    }
    let exit = match Arguments::try_parse() {
        Ok(arguments) => run(arguments.command),
        Err(error) => clap_errors::show(&error, called_command().as_deref()),
    };
    ExitCode::from(exit as u8)
}

fn run(command: Command) -> Exit {
    let is_confined = matches!(
        command,
        Command::Worker(_) | Command::Inspect | Command::ReadAnnex | Command::Rebuild(_) | Command::DraftWorker(_)
    );
    if !is_confined {
        sandbox::bind_children();
        store::remove_abandoned_folders();
    }
    match command {
        Command::Build(arguments) => build::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Form(arguments) => form::run(&arguments),
        Command::Merge(arguments) => merge::run(&arguments),
        Command::Status(arguments) => status::run(&arguments),
        Command::Start(arguments) => start::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Print(arguments) => print::run(&arguments),
        Command::Archive(arguments) => archive::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Columns(arguments) => columns::run(&arguments),
        Command::New(arguments) => new::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments, shown_command()),
        Command::Man(arguments) => man::run(&arguments, shown_command()),
        Command::Worker(arguments) => worker::run(&arguments),
        Command::Inspect => worker::inspect(),
        Command::ReadAnnex => worker::read_annex(),
        Command::Rebuild(arguments) => worker::rebuild(&arguments),
        Command::BuildWorker(arguments) => worker::build_for_parent(&arguments),
        Command::DraftWorker(arguments) => worker::draw_draft(arguments),
    }
}

/// The first argument, when it is a command's name: parsing failed before clap could say so.
fn called_command() -> Option<String> {
    let first = std::env::args_os().nth(1)?.into_string().ok()?;
    let is_known = Arguments::command().get_subcommands().any(|known| known.get_name() == first);
    is_known.then_some(first)
}

/// The program's command without the subcommands of worker processes.
fn shown_command() -> clap::Command {
    let all = Arguments::command();
    let shown = all.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    clap::Command::default()
        .name("zicha")
        .about(ABOUT)
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .subcommand_help_heading("命令")
        .override_usage(USAGE)
        .args(all.get_arguments().cloned())
        .subcommands(shown)
}
