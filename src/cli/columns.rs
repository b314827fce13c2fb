//! `zicha columns`: suggests which columns of an unknown workbook are which, as lines for notice.toml.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use indexmap::IndexSet;

use super::common::{Exit, HELP, InputArguments, print_build_error};
use super::machine::own_program;
use crate::ingest::{SuggestedHeader, Suggestion, suggest};
use crate::notice::{Notice, column_line, settings_header, with_header_alias, with_own_headers};
use crate::pipeline::{self, BuildError, Settings};

/// 为没见过的台账建议哪一列对应哪一列，写成 notice.toml 的行
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha columns [选项] <文件>",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "核对无误后，用建议的行换下 notice.toml 中该列的那一行，以后就认识这种写法。"
)]
pub(super) struct Arguments {
    /// 台账文件
    #[arg(value_name = "文件", help_heading = "参数")]
    file: PathBuf,
    #[command(flatten)]
    input: InputArguments,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match suggestions(arguments) {
        Ok(text) => match io::stdout().lock().write_all(text.as_bytes()) {
            Ok(()) => Exit::Done,
            Err(_) => Exit::Trouble,
        },
        Err(error) => print_build_error(&error),
    }
}

/// The suggestions for every sheet, as text.
fn suggestions(arguments: &Arguments) -> Result<String, BuildError> {
    let settings = Settings::load(&arguments.input.notice)?;
    let sheets = pipeline::sheets(&arguments.file, &settings.notice, &own_program())
        .map_err(|refusal| BuildError::Refused { file: arguments.file.clone(), refusal })?;
    let mut lines = Vec::new();
    for sheet in &sheets {
        let name = if sheet.name.is_empty() { "文本表格" } else { &sheet.name };
        match suggest(sheet, &settings.notice) {
            Some(suggestion) => lines.extend(toml_lines(name, &suggestion, &settings.notice)),
            None => lines.push(format!("# 工作表“{name}”：看不出是哪一种台账")),
        }
    }
    Ok(lines.into_iter().map(|line| line + "\n").collect())
}

/// A suggestion as lines of TOML: comments to read, then a line to paste for each column with a new spelling.
fn toml_lines(sheet: &str, suggestion: &Suggestion, notice: &Notice) -> Vec<String> {
    let Some((id, ledger)) = notice.ledger.get_index(suggestion.ledger) else { return Vec::new() };
    let mut lines = vec![format!("# 工作表“{sheet}”第 {} 行是表头，像《{}》", suggestion.row + 1, ledger.title)];
    let mut settings = notice.text().to_owned();
    let mut extended: IndexSet<&str> = IndexSet::new();
    for SuggestedHeader { text: header, column } in &suggestion.headers {
        let column = column.and_then(|column| Some((ledger.columns.get_index(column.index)?.0, column.is_known)));
        match column {
            Some((column, true)) => lines.push(format!("#   {header} → {column}（已认识）")),
            Some((column, false)) => {
                lines.push(format!("#   {header} → {column}（新写法，请核对）"));
                let header = settings_header(header);
                settings = with_header(&settings, id, column, notice, &header).unwrap_or(settings);
                extended.insert(column);
            }
            None => lines.push(format!("#   {header} → 没有相近的列")),
        }
    }
    if !extended.is_empty() {
        lines.push(format!("# 换下 notice.toml 中 [ledger.{id}.columns] 里的这几行："));
    }
    for column in extended {
        let line = column_line(&settings, id, column);
        lines.push(line.unwrap_or_else(|| format!("# {column}：请把新写法加进它的 header")));
    }
    // What the own settings get for columns that they inherit is written below them.
    if let Some(added) = settings.strip_prefix(notice.text()) {
        lines.extend(added.trim().lines().map(str::to_owned));
    }
    lines
}

/// The own settings with another header of a column, which may be inherited.
fn with_header(settings: &str, ledger: &str, column: &str, notice: &Notice, header: &str) -> Option<String> {
    with_header_alias(settings, ledger, column, header).or_else(|| {
        let known = &notice.ledger.get(ledger)?.columns.get(column)?.header;
        with_own_headers(settings, ledger, column, &[&known[..], &[header.to_owned()]].concat())
    })
}
