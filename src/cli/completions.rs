//! `zicha completions`: writes the script with which a shell completes commands and options.

use std::io::{self, Write};

use clap::{Args, Command, ValueEnum};
use clap_complete::Shell;

use super::common::{Exit, HELP};

/// 写出命令行补全的脚本：按 Tab 键补全命令和选项
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha completions <外壳>",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "例如：zicha completions bash >~/.local/share/bash-completion/completions/zicha\n退出码：0 完成；2 用法不对"
)]
pub(super) struct Arguments {
    /// 哪一种：bash、zsh、fish、powershell
    #[arg(value_name = "外壳", help_heading = "参数", hide_possible_values = true)]
    shell: ShellName,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// A shell as the user writes it.
#[derive(Clone, Copy, ValueEnum)]
enum ShellName {
    Bash,
    Zsh,
    Fish,
    Powershell,
}

/// Runs the command; `program` is the program's command without what is hidden.
pub(super) fn run(arguments: &Arguments, mut program: Command) -> Exit {
    let shell = match arguments.shell {
        ShellName::Bash => Shell::Bash,
        ShellName::Zsh => Shell::Zsh,
        ShellName::Fish => Shell::Fish,
        ShellName::Powershell => Shell::PowerShell,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut program, "zicha", &mut script);
    match io::stdout().lock().write_all(&script) {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Trouble,
    }
}
