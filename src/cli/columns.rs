//! `zicha columns`: which column is which in a workbook nobody has seen, as lines for notice.toml.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, HELP, Source, own_program, refuse};
use crate::ingest::{SuggestedHeader, Suggestion, suggest};
use crate::notice::Notice;
use crate::pipeline::{self, BuildError, Settings};

/// 为没见过的台账建议哪一列对应哪一列，写成 notice.toml 的行
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha columns [选项] <文件>",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "核对无误后，把建议的 header 一行粘贴到 notice.toml 中该列，以后就认识这种写法。"
)]
pub struct Arguments {
    /// 台账文件
    #[arg(value_name = "文件", help_heading = "参数")]
    file: PathBuf,
    #[command(flatten)]
    source: Source,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    match look(arguments) {
        Ok(()) => Exit::Done,
        Err(error) => refuse(&error),
    }
}

fn look(arguments: &Arguments) -> Result<(), BuildError> {
    let settings = Settings::load(&arguments.source.notice)?;
    let sheets = pipeline::sheets(&arguments.file, &settings.notice, &own_program())
        .map_err(|refusal| BuildError::Refused { file: arguments.file.clone(), refusal })?;
    for sheet in &sheets {
        let name = if sheet.name.is_empty() { "文本表格" } else { &sheet.name };
        match suggest(sheet, &settings.notice) {
            Some(proposal) => print(name, &proposal, &settings.notice),
            None => println!("# 工作表“{name}”：看不出是哪一种台账"),
        }
    }
    Ok(())
}

/// Prints a proposal as TOML: comments to read, lines to paste.
fn print(name: &str, proposal: &Suggestion, notice: &Notice) {
    let Some((id, ledger)) = notice.ledger.get_index(proposal.ledger) else { return };
    println!("# 工作表“{name}”第 {} 行是表头，像《{}》", proposal.row + 1, ledger.title);
    println!("# [ledger.{id}.columns]");
    for SuggestedHeader { text: header, column } in &proposal.headers {
        let column = column.and_then(|column| Some((ledger.columns.get_index(column.index)?, column.is_known)));
        match column {
            Some(((column, _), true)) => println!("#   {header} → {column}（已认识）"),
            Some(((column, settings), false)) => {
                let quoted = settings.header.iter().chain([header]).map(|h| format!("\"{}\"", h.replace('"', "\\\"")));
                println!("#   {header} → {column}（新写法，请核对）");
                println!("{column} = {{ header = [{}], … }}", quoted.collect::<Vec<_>>().join(", "));
            }
            None => println!("#   {header} → 没有相近的列"),
        }
    }
}
