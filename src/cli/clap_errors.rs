//! Prints clap's errors in Chinese: wrong options, values and commands. Messages of clap itself are English.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Exit;
use crate::diagnostics::localize;

/// Prints help or version, or what is wrong with the arguments; `command` is the command called, when it is known.
pub(super) fn show(error: &clap::Error, command: Option<&str>) -> Exit {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // clap colours help on terminals only. A closed standard output is no error of the program.
        let _ = error.print();
        return Exit::Done;
    }
    eprintln!("错误：{}", message(error));
    let called = command.map(|name| format!("{name} ")).unwrap_or_default();
    eprintln!("用 zicha {called}--help 查看用法。");
    Exit::Trouble
}

fn message(error: &clap::Error) -> String {
    let context = |kind| error.get(kind).map(text).unwrap_or_default();
    let argument = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let hint = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .map(context)
        .find(|hint| !hint.is_empty())
        .map(|hint| format!("，是不是“{hint}”？"))
        .unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => format!("不认识的选项“{argument}”{hint}"),
        ErrorKind::InvalidSubcommand => format!("没有“{}”这个命令{hint}", context(ContextKind::InvalidSubcommand)),
        ErrorKind::InvalidValue if value.is_empty() => format!("选项“{argument}”后面要写值"),
        ErrorKind::InvalidValue => {
            format!("选项“{argument}”不能是“{value}”{hint}可用的有：{}", context(ContextKind::ValidValue))
                .replace("”可用", "”；可用")
        }
        ErrorKind::ValueValidation => format!("选项“{argument}”不能是“{value}”：{}", cause(error)),
        ErrorKind::MissingRequiredArgument => format!("缺少“{argument}”"),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "要写明命令，如 zicha build".to_owned()
        }
        ErrorKind::ArgumentConflict => format!("“{argument}”不能和“{}”一起用", context(ContextKind::PriorArg)),
        ErrorKind::TooManyValues => format!("选项“{argument}”的值太多"),
        ErrorKind::InvalidUtf8 => "参数不是 UTF-8 文字".to_owned(),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("选项“{argument}”的值的个数不对"),
        ErrorKind::NoEquals => format!("选项“{argument}”后面要写“=”和值"),
        _ => "参数不能使用".to_owned(),
    }
}

/// Why a value does not parse: this program's own reason, or the standard library's.
fn cause(error: &clap::Error) -> String {
    std::error::Error::source(error).map(localize::chain).unwrap_or_default()
}

/// A value of clap's error context; of an argument like `--date <日期>`, the name only.
fn text(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.split_whitespace().next().unwrap_or(text).to_owned(),
        // The hidden commands of worker processes are no suggestion for users.
        ContextValue::Strings(list) => {
            list.iter().filter(|name| !name.ends_with("-worker")).map(String::as_str).collect::<Vec<_>>().join("、")
        }
        other => other.to_string(),
    }
}
