//! `zicha explain`: what a code means, why it matters, how to cure it.

use clap::Args;

use super::{Exit, HELP};
use crate::check::catalogue;
use crate::notice::nearest;

/// 说明某个代码：查什么、为什么、怎么改
#[derive(Args)]
#[command(help_template = HELP, override_usage = "zicha explain [代码]", disable_help_flag = true, next_help_heading = "选项")]
pub struct Arguments {
    /// 代码，如 Z101；不写则列出全部
    #[arg(value_name = "代码", help_heading = "参数")]
    code: Option<String>,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    let codes = catalogue();
    let Some(asked) = &arguments.code else {
        for code in codes {
            println!("{}  {}  {}", code.id, code.severity.label(), code.title);
        }
        return Exit::Done;
    };
    let asked = asked.to_ascii_uppercase();
    match codes.iter().find(|code| code.id == asked) {
        Some(code) => {
            println!("{} {}（{}）", code.id, code.title, code.severity.label());
            println!("查什么：{}", code.what);
            println!("为什么：{}", code.why);
            println!("怎么改：{}", if code.cure.is_empty() { "见具体提示" } else { code.cure });
            Exit::Done
        }
        None => {
            let near = nearest(&asked, codes.iter().map(|code| code.id));
            let hint = near.map(|near| format!("，是不是“{near}”？")).unwrap_or_default();
            eprintln!("错误：没有“{asked}”这个代码{hint}用 zicha explain 列出全部");
            Exit::Trouble
        }
    }
}
