//! What subcommands share: exit codes, groups of flags, and how errors are printed.

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::machine::machine;
use crate::diagnostics::render::{self, TextStyle};
use crate::escape::visible_content;
use crate::notice::NoticeError;
use crate::pipeline::{self, BuildError, OwnFolders, Paths};

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Everything asked for was done.
    Done = 0,
    /// Findings kept something from being done.
    Findings = 1,
    /// Wrong arguments or settings, or an I/O error: nothing was done.
    Trouble = 2,
}

/// The help template of all commands.
pub(super) const HELP: &str = "{about}\n\n用法：{usage}\n\n{all-args}{after-help}";

/// The settings that commands work with unless an option names others.
pub(super) const DEFAULT_NOTICE: &str = "templates/2018-grassroots/notice.toml";

/// The settings and the ledgers, options of most commands.
#[derive(Args)]
pub(super) struct InputArguments {
    /// 通知设置文件（默认 templates/2018-grassroots/notice.toml）
    #[arg(long, value_name = "文件", default_value = DEFAULT_NOTICE, hide_default_value = true)]
    pub(super) notice: PathBuf,
    /// 台账文件夹（默认 input；input 里有与通知的文件夹同名的文件夹时，默认是它）
    #[arg(long, value_name = "文件夹")]
    input: Option<PathBuf>,
    /// 上一期的结果：输出文件夹、run.json 或汇总表.xlsx（默认用通知设置中的 previous）
    #[arg(long, value_name = "路径")]
    pub(super) previous: Option<PathBuf>,
}

/// The folders of reports and of signed copies.
#[derive(Args)]
pub(super) struct ReportFolders {
    /// 报告文件夹（默认 output；台账在 input/名称 里的，是 output/名称）
    #[arg(long, value_name = "文件夹")]
    output: Option<PathBuf>,
    /// 签字件（扫描件）文件夹（默认 signed；台账在 input/名称 里的，是 signed/名称）
    #[arg(long, value_name = "文件夹")]
    signed: Option<PathBuf>,
}

/// The folders that the program writes or reads besides the ledgers.
#[derive(Args)]
pub(super) struct Folders {
    #[command(flatten)]
    results: ReportFolders,
    /// 归档包放在哪里，登记册也在那里（默认 archive）
    #[arg(long, value_name = "文件夹", default_value = "archive", hide_default_value = true)]
    out: PathBuf,
}

impl InputArguments {
    /// The folder of ledgers.
    pub(super) fn input(&self) -> PathBuf {
        self.input.clone().unwrap_or_else(|| OwnFolders::of(&self.notice).input)
    }

    /// All paths of a department.
    pub(super) fn paths(&self, folders: &Folders) -> Paths {
        Paths {
            notice: self.notice.clone(),
            input: self.input(),
            output: folders.results.output(&self.notice),
            signed: folders.results.signed(&self.notice),
            print: OwnFolders::of(&self.notice).print,
            packages: folders.out.clone(),
            fonts: None,
            machine: machine(),
        }
    }
}

impl Folders {
    /// The folder of a notice's reports.
    pub(super) fn output(&self, notice: &Path) -> PathBuf {
        self.results.output(notice)
    }

    /// The folder of a notice's signed copies.
    pub(super) fn signed(&self, notice: &Path) -> PathBuf {
        self.results.signed(notice)
    }

    /// The folder of packages.
    pub(super) fn archive(&self) -> &Path {
        &self.out
    }
}

impl ReportFolders {
    /// The folder of a notice's reports.
    pub(super) fn output(&self, notice: &Path) -> PathBuf {
        self.output.clone().unwrap_or_else(|| OwnFolders::of(notice).output)
    }

    /// The folder of a notice's signed copies.
    pub(super) fn signed(&self, notice: &Path) -> PathBuf {
        self.signed.clone().unwrap_or_else(|| OwnFolders::of(notice).signed)
    }
}

/// The arguments of a command as a user gives them, for a command that does what others do.
///
/// # Errors
/// When they are none of that command.
pub(super) fn defaults<A: Args>(given: &[&str]) -> Result<A, clap::Error> {
    let command = A::augment_args(clap::Command::default().no_binary_name(true));
    A::from_arg_matches(&command.try_get_matches_from(given)?)
}

/// Where a command prints text for people.
pub(super) struct TextOutput {
    /// Standard output; standard error when standard output is for JSON.
    pub(super) writer: Box<dyn Write>,
    /// Whether it is a terminal, so that severities are coloured.
    pub(super) color: bool,
}

impl TextOutput {
    /// The output for a command that prints JSON to standard output, or does not.
    pub(super) fn new(as_json: bool) -> Self {
        if as_json {
            Self { writer: Box::new(io::stderr().lock()), color: io::stderr().is_terminal() }
        } else {
            Self { writer: Box::new(io::stdout().lock()), color: io::stdout().is_terminal() }
        }
    }
}

/// Prints an error with its causes.
pub(super) fn print_error(error: &(dyn Error + 'static)) -> Exit {
    eprintln!("错误：{}", visible_content(&pipeline::chain(error)));
    Exit::Trouble
}

/// Errors of settings and templates that a screen shows.
const SETTINGS_ERRORS: usize = 100;

/// Prints why nothing was done, with all causes; for settings, one line for each of the first errors.
pub(super) fn print_build_error(error: &BuildError) -> Exit {
    if let BuildError::NoRoster(_, findings) = error {
        // A closed standard error leaves no way to report anything.
        let _ = render::human(findings, TextStyle::all(io::stderr().is_terminal()), &mut io::stderr().lock());
    }
    match error {
        BuildError::Notice(NoticeError::Several(several)) => {
            eprintln!("错误：{error}，共 {} 处：", several.len());
            for error in several.iter().take(SETTINGS_ERRORS) {
                eprintln!("  {}", visible_content(&error.to_string()));
            }
            if let Some(rest) = several.len().checked_sub(SETTINGS_ERRORS).filter(|rest| *rest > 0) {
                eprintln!("  另有 {rest} 处没有列出，改好这些再看");
            }
        }
        _ => return print_error(error),
    }
    Exit::Trouble
}
