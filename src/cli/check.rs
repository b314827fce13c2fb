//! `zicha check`: lists all that a build would find, without writing reports.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;

use super::common::{Exit, HELP, InputArguments, print_build_error};
use super::machine::machine;
use crate::diagnostics::render::{self, TextStyle};
use crate::diagnostics::{Diagnostic, Severity, SeverityCounts, merge_equal};
use crate::pipeline::{self, Analysis, BuildError, NoProgress, Settings, issue_lists, readers, refuse_inside};
use crate::store;

/// 核对设置、模板和台账，列出问题，不生成报告
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha check [选项]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "退出码：0 没有错误；1 有错误；2 用法不对或读写失败"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: InputArguments,
    /// 每行一个 JSON，供程序读取
    #[arg(long)]
    json: bool,
    /// 列出全部问题（不写的话，每种代码只列前 10 项，其余只列项数）
    #[arg(long)]
    all: bool,
    /// 为每个单位和部门各写一份 问题清单.xlsx 到这个文件夹
    #[arg(long, value_name = "文件夹")]
    xlsx: Option<PathBuf>,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let analysis = match analyze_ledgers(arguments) {
        Ok(analysis) => analysis,
        Err(error) => return print_build_error(&error),
    };
    let findings = &analysis.findings;
    if print_findings(findings, arguments).is_err() {
        return Exit::Trouble;
    }
    if findings.iter().any(|finding| finding.severity == Severity::Error) { Exit::Findings } else { Exit::Done }
}

/// Reads and checks the ledgers and fills the templates; writes the lists of findings that `--xlsx` asks for.
fn analyze_ledgers(arguments: &Arguments) -> Result<Analysis, BuildError> {
    let settings = Settings::load(&arguments.input.notice)?.with_previous(arguments.input.previous.clone());
    if let Some(folder) = &arguments.xlsx {
        refuse_inside(folder, "--xlsx", &arguments.input.input())?;
    }
    let readers = readers(&settings.notice, &machine()).reading_twice();
    let mut analysis = pipeline::check(&settings, &arguments.input.input(), &readers, &NoProgress)?;
    analysis.findings = merge_equal(analysis.findings);
    if let Some(folder) = &arguments.xlsx {
        for list in issue_lists(&analysis) {
            let list = list?;
            store::write(&folder.join(list.name), &list.bytes)?;
        }
    }
    Ok(analysis)
}

/// Prints the findings: a JSON object a line, or text with the counts.
fn print_findings(findings: &[Diagnostic], arguments: &Arguments) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if arguments.json {
        for finding in findings {
            writeln!(out, "{}", render::json(finding))?;
        }
        return Ok(());
    }
    let style = TextStyle::screen(std::io::stdout().is_terminal(), arguments.all);
    render::human(findings, style, &mut out)?;
    let SeverityCounts { errors, warnings, notes } = findings.iter().collect();
    writeln!(out, "错误 {errors} 项，警告 {warnings} 项，提示 {notes} 项")
}
