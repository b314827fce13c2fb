//! `zicha form`: writes blank workbooks that branches fill in.

use std::path::PathBuf;

use clap::Args;

use super::common::{Exit, HELP, Source, own_program, print_build_error};
use crate::pipeline::{BuildError, NoProgress, Settings, analyze, forms, readers};
use crate::store;

/// 按通知设置生成空白填报表，每个党组织一份
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha form [选项] <文件夹>",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "党组织名称取自台账文件夹中的名册。填好的表放回台账文件夹即可读取。"
)]
pub(super) struct Arguments {
    /// 填报表写到这个文件夹
    #[arg(value_name = "文件夹", help_heading = "参数")]
    folder: PathBuf,
    /// 只生成这个党组织的，可重复使用
    #[arg(long, value_name = "名称")]
    branch: Vec<String>,
    #[command(flatten)]
    source: Source,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match write_forms(arguments) {
        Ok(count) => {
            println!("填报表 {count} 份，输出在 {}", arguments.folder.display());
            Exit::Done
        }
        Err(error) => print_build_error(&error),
    }
}

/// Writes the forms and counts them.
fn write_forms(arguments: &Arguments) -> Result<usize, BuildError> {
    let settings = Settings::load(&arguments.source.notice)?;
    let readers = readers(&settings.notice, &own_program());
    let analysis = analyze(&settings, &arguments.source.input, &readers, &NoProgress)?;
    let mut count = 0;
    for form in forms(&settings, &analysis, &arguments.branch)? {
        let form = form?;
        store::write(&arguments.folder.join(form.name), &form.bytes)?;
        count += 1;
    }
    Ok(count)
}
