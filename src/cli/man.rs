//! `zicha man`: writes the manual pages of the program and its commands, for packages.

use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;

use super::common::{Exit, HELP, print_error};
use crate::store::{self, StoreError};

/// The headings that the crate writes, and those of Chinese manual pages. Other headings come from the commands.
const HEADINGS: [(&str, &str); 7] = [
    (".SH NAME\n", ".SH 名称\n"),
    (".SH SYNOPSIS\n", ".SH 用法\n"),
    (".SH DESCRIPTION\n", ".SH 说明\n"),
    (".SH OPTIONS\n", ".SH 选项\n"),
    (".SH SUBCOMMANDS\n", ".SH 命令\n"),
    (".SH EXTRA\n", ".SH 其他\n"),
    (".SH VERSION\n", ".SH 版本\n"),
];

/// The heading of what the commands say after their options.
const REMARKS: &str = ".SH 其他";

/// 写出手册页（man），每个命令一页
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha man <文件夹>",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "例如：zicha man ~/.local/share/man/man1，之后用 man zicha-build 看。\n退出码：0 完成；2 写不进"
)]
pub(super) struct Arguments {
    /// 写到这个文件夹
    #[arg(value_name = "文件夹", help_heading = "参数")]
    folder: PathBuf,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Runs the command; `program` is the program's command without what is hidden.
pub(super) fn run(arguments: &Arguments, mut program: Command) -> Exit {
    // Gives each subcommand the name of its page, such as zicha-build.
    program.build();
    let pages = std::iter::once(&program).chain(program.get_subcommands());
    match pages.cloned().try_for_each(|command| write_page(command, &arguments.folder)) {
        Ok(()) => Exit::Done,
        Err(error) => print_error(&error),
    }
}

/// Writes a page in roff. It has no date: the same program writes the same page.
fn write_page(command: Command, folder: &Path) -> Result<(), StoreError> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let page = Man::new(command);
    let path = folder.join(page.get_filename());
    let mut text = Vec::new();
    page.render(&mut text).map_err(|source| StoreError::new(&path, source))?;
    store::write(&path, in_chinese(&name, &String::from_utf8_lossy(&text)).as_bytes())
}

/// A page as it is set in Chinese: with Chinese headings, and without the blanks by which lines would get one length.
/// The program's remarks keep their lines.
fn in_chinese(name: &str, page: &str) -> String {
    let page = HEADINGS.iter().fold(page.to_owned(), |text, (english, chinese)| text.replace(english, chinese));
    let mut lines = Vec::new();
    let (mut in_remarks, mut after_text) = (false, false);
    for line in page.lines() {
        if line.starts_with(".TH ") {
            lines.push(format!(".TH {name} 1 \"\" \"zicha {}\" \"自查\"", env!("CARGO_PKG_VERSION")));
            lines.push(".ad l".to_owned());
            continue;
        }
        let is_text = !line.starts_with('.');
        if in_remarks && after_text && is_text {
            lines.push(".br".to_owned());
        }
        if line.starts_with(".SH ") {
            in_remarks = line == REMARKS;
        }
        after_text = is_text;
        lines.push(line.to_owned());
    }
    lines.join("\n") + "\n"
}
