//! `zicha init`: makes a project folder with the shipped notices and sample ledgers.

use std::path::{Path, PathBuf};

use clap::Args;

use super::common::{Exit, HELP, print_error};
use crate::pipeline::{self, NewProject, ProjectError};

/// 新建一个文件夹的项目：自带的通知、示例台账和使用说明，马上能生成报告
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha init [文件夹]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "文件夹里已有的台账（input）和文件不动；已有 templates 的不做。\n退出码：0 完成；2 已有项目，或写不进，什么也没有做"
)]
pub(super) struct Arguments {
    /// 在这个文件夹里新建（默认当前文件夹），没有就建
    #[arg(value_name = "文件夹", help_heading = "参数", default_value = ".", hide_default_value = true)]
    folder: PathBuf,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match create(&arguments.folder) {
        Ok(()) => {
            if arguments.folder != Path::new(".") {
                println!("接着到这个文件夹里运行下面的命令。");
            }
            println!("看例子：zicha start，在浏览器里看报告；或者 zicha build，报告写到 output。");
            Exit::Done
        }
        Err(error) => print_error(&error),
    }
}

/// Makes a project and says what it has.
pub(super) fn create(folder: &Path) -> Result<(), ProjectError> {
    let NewProject { has_own_ledgers } = pipeline::create_project(folder)?;
    let place = pipeline::folder_in_words(folder);
    if has_own_ledgers {
        println!("{place}里放好了通知（templates）和使用说明.txt；原有的台账（input）没有动。");
    } else {
        println!("{place}里放好了通知（templates）、示例台账（input）和使用说明.txt。");
    }
    Ok(())
}
