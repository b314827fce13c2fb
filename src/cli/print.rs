//! `zicha print`: writes the final reports as one PDF for the printer.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::common::{DEFAULT_NOTICE, Exit, HELP, TextOutput, print_build_error, print_error};
use super::machine::machine;
use crate::diagnostics::render::{self, TextStyle};
use crate::pipeline::{self, BuildError, OwnFolders, PrintError, PrintOptions, PrintOutcome};

/// 打印：正式报告合成一个 PDF，每份从右页起，附件里的 PDF 和扫描件接在后面，前面是签字清单
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha print [选项]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "正反两面打印，每份报告都从新的一张纸开始。\n退出码：0 完成；1 有的报告没有印进去；2 用法不对或读写失败"
)]
pub(super) struct Arguments {
    /// 通知设置文件（默认 templates/2018-grassroots/notice.toml）
    #[arg(long, value_name = "文件", default_value = DEFAULT_NOTICE, hide_default_value = true)]
    notice: PathBuf,
    /// 报告文件夹（默认 output；台账在 input/名称 里的，是 output/名称）
    #[arg(long, value_name = "文件夹")]
    output: Option<PathBuf>,
    /// 打印件写到这个文件夹（默认 print；台账在 input/名称 里的，是 print/名称）
    #[arg(long, value_name = "文件夹")]
    to: Option<PathBuf>,
    /// 只印这个单位的报告，可重复使用
    #[arg(long, value_name = "名称")]
    branch: Vec<String>,
    /// 每类单位一个文件
    #[arg(long)]
    each_kind: bool,
    /// 签字清单用的字体，先在这个文件夹里找（默认用电脑里的字体）
    #[arg(long, value_name = "文件夹")]
    fonts: Option<PathBuf>,
    /// 在标准输出给出 JSON 摘要，文字信息改走标准错误
    #[arg(long)]
    json: bool,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let own = OwnFolders::of(&arguments.notice);
    let options = PrintOptions {
        notice: arguments.notice.clone(),
        output: arguments.output.clone().unwrap_or(own.output),
        target: arguments.to.clone().unwrap_or(own.print),
        branches: arguments.branch.clone(),
        each_kind: arguments.each_kind,
        fonts: arguments.fonts.clone(),
        machine: machine(),
    };
    match pipeline::print(&options) {
        Ok(outcome) => match print_outcome(&outcome, arguments.json) {
            Ok(()) if outcome.absent.is_empty() => Exit::Done,
            Ok(()) => Exit::Findings,
            Err(_) => Exit::Trouble,
        },
        Err(PrintError::Notice(error)) => print_build_error(&BuildError::Notice(error)),
        Err(error) => print_error(&error),
    }
}

/// Prints findings and files as text; with `as_json`, also a JSON object, alone on standard output.
fn print_outcome(outcome: &PrintOutcome, as_json: bool) -> std::io::Result<()> {
    let TextOutput { writer: mut out, color } = TextOutput::new(as_json);
    render::human(&outcome.findings, TextStyle::all(color), &mut out)?;
    for set in &outcome.sets {
        writeln!(out, "{}：{}", set.path.display(), set.line())?;
    }
    if let Some(line) = outcome.shortfall() {
        writeln!(out, "{line}")?;
    }
    if as_json {
        let sets = outcome.sets.iter();
        let sets: Vec<_> =
            sets.map(|set| json!({ "path": set.path, "reports": set.reports, "pages": set.pages })).collect();
        let findings: Vec<_> = outcome.findings.iter().map(render::json).collect();
        let summary = json!({ "sets": sets, "absent": outcome.absent, "former": outcome.former, "findings": findings });
        writeln!(std::io::stdout().lock(), "{summary:#}")?;
    }
    Ok(())
}
