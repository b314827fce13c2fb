//! `zicha verify`: verifies packages, and with `--rebuild` the reports in them.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::common::{Exit, HELP, own_program, print_error};
use crate::archive::register;
use crate::archive::verify::Verified;
use crate::diagnostics::render::{self, TextStyle};
use crate::pipeline;

/// 校验归档包：每个文件的校验值、缺少和多出的文件、元数据、档号、签名
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha verify <归档包>… [选项]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "退出码：0 都没有问题；1 有问题；2 用法不对或读写失败"
)]
pub(super) struct Arguments {
    /// 归档包：文件夹或 zip 文件
    #[arg(value_name = "归档包", required = true, help_heading = "参数")]
    packages: Vec<PathBuf>,
    /// 再用归档的台账、设置和模板重新生成报告，与归档的比对
    #[arg(long)]
    rebuild: bool,
    /// 签名应是这个 minisign 公钥的
    #[arg(long, value_name = "公钥文件")]
    key: Option<PathBuf>,
    /// 给出 JSON，供程序读取
    #[arg(long)]
    json: bool,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match verify(arguments) {
        Ok(true) => Exit::Done,
        Ok(false) => Exit::Findings,
        Err(error) => print_error(error.as_ref()),
    }
}

/// Verifies packages and prints the findings; true when there are none.
fn verify(arguments: &Arguments) -> Result<bool, Box<dyn std::error::Error>> {
    let key = arguments.key.as_ref().map(|file| {
        let text =
            std::fs::read_to_string(file).map_err(|source| pipeline::UnreadableFile { file: file.clone(), source })?;
        Ok::<_, pipeline::UnreadableFile>(text.lines().nth(1).unwrap_or_default().to_owned())
    });
    let key = key.transpose()?;
    for path in &arguments.packages {
        std::fs::symlink_metadata(path).map_err(|source| pipeline::UnreadableFile { file: path.clone(), source })?;
    }
    // The register is beside the packages, so `archive/*` names it too.
    let is_register = |path: &Path| path.file_name().is_some_and(|name| name == register::FILE);
    let packages = arguments.packages.iter().filter(|path| !is_register(path)).cloned().collect();
    let program = arguments.rebuild.then(own_program);
    let verification = pipeline::verify(packages, key.as_deref(), program.as_deref())?;
    let all = &verification.findings;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let package = |(path, verified): &(PathBuf, Verified)| {
            let reference = verified.metadata.as_ref().map(|metadata| metadata.number.to_string());
            let sound = verified.findings.is_empty();
            json!({ "path": path, "reference": reference, "files": verified.files, "sound": sound, "key": verified.key })
        };
        let packages: Vec<_> = verification.packages.iter().map(package).collect();
        let findings: Vec<_> = all.iter().map(render::json).collect();
        writeln!(out, "{:#}", json!({ "packages": packages, "findings": findings }))?;
    } else {
        render::human(all, TextStyle::all(std::io::stdout().is_terminal()), &mut out)?;
        writeln!(out, "{}", verification.line())?;
    }
    Ok(all.is_empty())
}
