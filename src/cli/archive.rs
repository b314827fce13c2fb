//! `zicha archive`: seals final reports and their signed copies in packages.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::common::{Exit, Folders, HELP, InputArguments, TextOutput, print_build_error, print_error};
use crate::archive::writer::SealOutcome;
use crate::archive::{Event, EventKind, Signer, is_moment};
use crate::diagnostics::render::{self, TextStyle};
use crate::pipeline::{self, ArchiveError, ArchiveOptions, ArchiveOutcome, BuildError};

/// The environment variable with the password of an encrypted key.
const PASSWORD: &str = "ZICHA_KEY_PASSWORD";

/// 归档：正式报告连同签字件、台账、设置封装成归档包（BagIt），编档号
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha archive --by 姓名 --at 时间 [选项]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "退出码：0 完成；1 有的报告没有归档；2 用法不对或读写失败"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    folders: Folders,
    /// 谁封装
    #[arg(long, value_name = "姓名", value_parser = parse_name)]
    by: String,
    /// 何时封装，如 2018-11-05 或 2018-11-05T09:30
    #[arg(long, value_name = "时间", value_parser = parse_time)]
    at: String,
    /// 只归档这个单位的报告，可重复使用
    #[arg(long, value_name = "名称")]
    branch: Vec<String>,
    /// 归档包是一个 zip 文件
    #[arg(long)]
    zip: bool,
    /// 没有签字件的也归档，元数据会写明
    #[arg(long)]
    unsigned: bool,
    /// 报告的页数，如 教务处党支部=6；有签字的 PDF 时按它数
    #[arg(long, value_name = "名称=页数", value_parser = parse_pages)]
    pages: Vec<(String, usize)>,
    /// 事件日志中以前的事，如 生成=张三@2018-11-01、定稿=…、收到签字件=…，可重复使用
    #[arg(long, value_name = "事件=姓名@时间", value_parser = parse_event)]
    event: Vec<Event>,
    /// 用这个 minisign 密钥签名（有密码的用环境变量 ZICHA_KEY_PASSWORD 给出，或在终端输入）
    #[arg(long, value_name = "密钥文件")]
    sign: Option<PathBuf>,
    /// 在标准输出给出 JSON 摘要，文字信息改走标准错误
    #[arg(long)]
    json: bool,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Parses the time of an event.
fn parse_time(text: &str) -> Result<String, String> {
    if is_moment(text) { Ok(text.to_owned()) } else { Err("应写成 2018-11-05 或 2018-11-05T09:30".to_owned()) }
}

/// Parses a person's name.
fn parse_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() { Err("应写明是谁".to_owned()) } else { Ok(name.to_owned()) }
}

fn parse_pages(text: &str) -> Result<(String, usize), String> {
    let parts = text.rsplit_once('=').and_then(|(name, pages)| Some((name.to_owned(), pages.parse().ok()?)));
    parts.filter(|(name, pages)| !name.is_empty() && *pages > 0).ok_or_else(|| "应写成 教务处党支部=6".to_owned())
}

fn parse_event(text: &str) -> Result<Event, String> {
    let known = [EventKind::Built, EventKind::Finalised, EventKind::Received];
    let parts = text.split_once('=').and_then(|(kind, rest)| Some((kind, rest.rsplit_once('@')?)));
    let (kind, (by, at)) = parts.ok_or_else(|| "应写成 生成=张三@2018-11-01".to_owned())?;
    let kind = known.into_iter().find(|known| known.label() == kind);
    let kind = kind.ok_or_else(|| format!("事件应是：{}", known.map(EventKind::label).join("、")))?;
    Ok(Event { kind, by: parse_name(by)?, at: parse_time(at)? })
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let read = |key: &PathBuf| Signer::read(key, std::env::var(PASSWORD).ok());
    let signer = match arguments.sign.as_ref().map(read).transpose() {
        Ok(signer) => signer,
        Err(error) => return print_error(&error),
    };
    let options = ArchiveOptions {
        places: arguments.input.paths(&arguments.folders),
        branches: arguments.branch.clone(),
        zip: arguments.zip,
        unsigned: arguments.unsigned,
        pages: arguments.pages.clone(),
        events: arguments.event.clone(),
        by: arguments.by.clone(),
        at: arguments.at.clone(),
        signer,
    };
    match pipeline::archive(&options) {
        Ok(archived) => match print_outcome(&archived, arguments.json) {
            Ok(()) if archived.refused.is_empty() => Exit::Done,
            Ok(()) => Exit::Findings,
            Err(_) => Exit::Trouble,
        },
        Err(ArchiveError::Notice(error)) => print_build_error(&BuildError::Notice(error)),
        Err(error) => {
            if let ArchiveError::Incomplete { done, .. } = &error {
                // The packages sealed before the error stay; a closed standard output changes nothing.
                let _ = print_outcome(done, arguments.json);
            }
            print_error(&error)
        }
    }
}

/// Prints findings and packages as text; with `as_json`, also a JSON object, alone on standard output.
fn print_outcome(archived: &ArchiveOutcome, as_json: bool) -> std::io::Result<()> {
    let TextOutput { writer: mut out, color } = TextOutput::new(as_json);
    render::human(&archived.findings, TextStyle::all(color), &mut out)?;
    for line in &archived.settled {
        writeln!(out, "{line}")?;
    }
    for (subject, sealed) in &archived.packages {
        match sealed {
            SealOutcome::New { path, replaces, .. } => {
                let replaces = replaces.as_ref().map(|other| format!("，代替 {other}")).unwrap_or_default();
                writeln!(out, "{subject}：{}{replaces}", path.display())?;
            }
            SealOutcome::Same { archive_number, in_place } => {
                writeln!(out, "{subject}：内容没有变化，仍是 {archive_number}{}", in_place.remark())?;
            }
        }
    }
    let new = archived.packages.iter().filter(|(_, sealed)| matches!(sealed, SealOutcome::New { .. })).count();
    let (same, refused) = (archived.packages.len() - new, archived.refused.len());
    writeln!(out, "归档 {new} 个，没有变化 {same} 个，没有归档 {refused} 个")?;
    if let Some(seals) = &archived.seals {
        writeln!(out, "封存清单：{}，请另存别处，以后凭它核对", seals.display())?;
    }
    if as_json {
        let package = |(subject, sealed): &(String, SealOutcome)| match sealed {
            SealOutcome::New { archive_number, path, replaces } => {
                json!({ "subject": subject, "reference": archive_number, "path": path, "replaces": replaces, "new": true })
            }
            SealOutcome::Same { archive_number, .. } => {
                json!({ "subject": subject, "reference": archive_number, "new": false })
            }
        };
        let summary = json!({
            "packages": archived.packages.iter().map(package).collect::<Vec<_>>(),
            "refused": archived.refused,
            "seals": archived.seals,
            "findings": archived.findings.iter().map(render::json).collect::<Vec<_>>(),
        });
        writeln!(std::io::stdout().lock(), "{summary:#}")?;
    }
    Ok(())
}
