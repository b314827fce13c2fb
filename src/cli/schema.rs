//! `zicha schema`: the JSON Schema of `notice.toml`, for editors.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::common::{Exit, HELP, print_error};
use crate::reference::schema::settings_schema;
use crate::store;

/// 写出 notice.toml 的 JSON Schema，编辑器凭它提示有哪些键、指出写错的键
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha schema [文件]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "在 notice.toml 的第一行写 #:schema ./notice.schema.json（这个文件放在 notice.toml 旁边），\n装了 Even Better TOML 的编辑器就会用它。退出码：0 完成；2 用法不对或写不了"
)]
pub(super) struct Arguments {
    /// 写到这个文件，例如 templates/2018-grassroots/notice.schema.json；不写就印在屏幕上
    #[arg(value_name = "文件", help_heading = "参数")]
    file: Option<PathBuf>,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let text = format!("{:#}\n", settings_schema());
    match &arguments.file {
        Some(file) => match store::write_named(file, text.as_bytes()) {
            Ok(()) => Exit::Done,
            Err(error) => print_error(&error),
        },
        None => match std::io::stdout().lock().write_all(text.as_bytes()) {
            Ok(()) => Exit::Done,
            Err(_) => Exit::Trouble,
        },
    }
}
