//! `zicha form`: writes blank workbooks that branches fill in.

use std::path::PathBuf;

use clap::Args;

use super::common::{Exit, HELP, InputArguments, print_build_error};
use super::machine::machine;
use crate::pipeline::{BuildError, NoProgress, Settings, analyze, forms, readers};
use crate::store;

/// 按通知设置生成空白填报表，每个单位一份
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha form [选项] <文件夹>",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "单位名称取自台账文件夹中的名册。填好的表放回台账文件夹即可读取。\n退出码：0 完成；1 有的已有同名的文件，没有动；2 用法不对或读写失败"
)]
pub(super) struct Arguments {
    /// 填报表写到这个文件夹
    #[arg(value_name = "文件夹", help_heading = "参数")]
    folder: PathBuf,
    /// 已有的填报表也换成空白的（原来的另存一份）
    #[arg(long)]
    force: bool,
    /// 只生成这个单位的，可重复使用
    #[arg(long, value_name = "名称")]
    branch: Vec<String>,
    #[command(flatten)]
    input: InputArguments,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// The forms of a run.
#[derive(Default)]
struct Forms {
    /// How many are in the folder as they were made.
    written: usize,
    /// Names of files that were there with other contents, perhaps filled in, and were kept.
    kept: Vec<String>,
    /// Copies of files that were replaced.
    backups: Vec<PathBuf>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let Forms { written, kept, backups } = match write_forms(arguments) {
        Ok(forms) => forms,
        Err(error) => return print_build_error(&error),
    };
    for backup in backups {
        println!("原来的填报表另存为 {}", backup.display());
    }
    println!("填报表 {written} 份，输出在 {}", arguments.folder.display());
    if kept.is_empty() {
        return Exit::Done;
    }
    println!("已有 {} 份，可能填过，没有动：{}；要换成空白的，加 --force", kept.len(), kept.join("、"));
    Exit::Findings
}

/// Writes the forms. A file of the same name with other contents is kept; with `--force` it is copied aside first.
fn write_forms(arguments: &Arguments) -> Result<Forms, BuildError> {
    let settings = Settings::load(&arguments.input.notice)?;
    let readers = readers(&settings.notice, &machine());
    let analysis = analyze(&settings, &arguments.input.input(), &readers, &NoProgress)?;
    let mut outcome = Forms::default();
    for form in forms(&settings, &analysis, &arguments.branch)? {
        let form = form?;
        let path = arguments.folder.join(&form.name);
        if store::is_other(&path, &form.bytes) {
            if !arguments.force {
                outcome.kept.push(form.name);
                continue;
            }
            outcome.backups.push(store::copy_aside(&path)?);
        }
        store::write(&path, &form.bytes)?;
        outcome.written += 1;
    }
    Ok(outcome)
}
