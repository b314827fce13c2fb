//! `zicha diff`: prints the differences between two runs.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::common::{Exit, HELP, print_error};
use crate::escape::visible_content;
use crate::{diff, store};

/// 比对两次生成：哪些单位、指标、单元格、文字变了
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha diff <原> <现> [选项]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "退出码：0 没有变化；1 有变化；2 用法不对或读写失败"
)]
pub(super) struct Arguments {
    /// 原来的输出文件夹或其中的 run.json
    #[arg(value_name = "原", help_heading = "参数")]
    old: PathBuf,
    /// 现在的输出文件夹或其中的 run.json
    #[arg(value_name = "现", help_heading = "参数")]
    new: PathBuf,
    /// 给出 JSON，供程序读取
    #[arg(long)]
    json: bool,
    /// 另写一份网页
    #[arg(long, value_name = "文件")]
    html: Option<PathBuf>,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match compare(arguments) {
        Ok(true) => Exit::Done,
        Ok(false) => Exit::Findings,
        Err(error) => print_error(error.as_ref()),
    }
}

/// Prints the differences; true when there are none.
fn compare(arguments: &Arguments) -> Result<bool, Box<dyn std::error::Error>> {
    let (old, new) = (diff::load(&arguments.old)?, diff::load(&arguments.new)?);
    let differences = diff::compare(&old, &new);
    if let Some(file) = &arguments.html {
        let name = |path: &PathBuf| path.display().to_string();
        let page = diff::page(&differences, &name(&arguments.old), &name(&arguments.new));
        store::write_named(file, page.as_bytes())?;
    }
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{:#}", serde_json::to_value(&differences)?)?;
    } else {
        // Records may come from elsewhere, and the terminal takes some characters for commands.
        let mut text = Vec::new();
        diff::print(&differences, &mut text)?;
        out.write_all(visible_content(&String::from_utf8_lossy(&text)).as_bytes())?;
    }
    Ok(differences.is_empty())
}
