//! `zicha verify`: verifies packages, and with `--rebuild` the reports in them.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::common::{Exit, HELP, print_error};
use super::machine::{machine, own_program};
use crate::archive::verify::Verified;
use crate::archive::{register, seal_list};
use crate::diagnostics::render::{self, TextStyle};
use crate::pipeline::{self, VerifyOptions, chain, record_verification};
use crate::serve::clock::now;

/// 校验归档包：每个文件的校验值、缺少和多出的文件、元数据、档号、签名，并与登记册、封存清单对照
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha verify <归档包>… [选项]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "退出码：0 都没有问题；1 有问题；2 用法不对或读写失败"
)]
pub(super) struct Arguments {
    /// 归档包：文件夹或 zip 文件；写放归档包的文件夹（archive），就校验里面的全部，登记册、封存清单上有的一个不能少
    #[arg(value_name = "归档包", required = true, help_heading = "参数")]
    packages: Vec<PathBuf>,
    /// 再用归档的台账、设置和模板重新生成报告，与归档的比对
    #[arg(long)]
    rebuild: bool,
    /// 重新生成 PDF 用的字体，先在这个文件夹里找（默认用电脑里的字体）
    #[arg(long, value_name = "文件夹", requires = "rebuild")]
    fonts: Option<PathBuf>,
    /// 再与这份封存清单对照：清单上的归档包一个不少，一个没有改
    #[arg(long, value_name = "封存清单")]
    seals: Option<PathBuf>,
    /// 签名应是这个 minisign 公钥的（归档包的，封存清单的）
    #[arg(long, value_name = "公钥文件")]
    key: Option<PathBuf>,
    /// 给出 JSON，供程序读取
    #[arg(long)]
    json: bool,
    /// 列出全部问题（不写的话，每种代码只列前 10 项，其余只列项数）
    #[arg(long)]
    all: bool,
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
    let mut options = VerifyOptions {
        seals: arguments.seals.clone(),
        key: arguments.key.clone(),
        program: arguments.rebuild.then(own_program),
        fonts: arguments.fonts.iter().cloned().chain(machine().fonts).collect(),
        ..VerifyOptions::default()
    };
    // Register and seal list are beside the packages, so `archive/*` names them too.
    for path in &arguments.packages {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name == register::FILE {
            options.registers.push(path.clone());
        } else if name == seal_list::FILE {
            options.lists.push(path.clone());
        } else if pipeline::is_package_folder(path) {
            options.folders.push(path.clone());
        } else if !seal_list::is_own_file(&name) {
            options.packages.push(path.clone());
        }
    }
    let verification = pipeline::verify(options)?;
    if let Err(error) = record_verification(&verification, &now()) {
        eprintln!("提示：这次校验的结果没有记下：{}", chain(&error));
    }
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
        render::human(all, TextStyle::screen(std::io::stdout().is_terminal(), arguments.all), &mut out)?;
        writeln!(out, "{}", verification.line())?;
    }
    Ok(all.is_empty())
}
