//! `zicha serve`: the pages for people who use no terminal.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use clap::Args;

use super::{Exit, Folders, HELP, Source};
use crate::pipeline::chain;
use crate::serve::{self, Options};

/// 打开网页：看进度、收台账、生成报告、定稿、归档，不用命令行
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha serve [选项]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "只有本机能打开；给办公室的其他电脑用，要写 --listen 和 --token-file。按 Ctrl-C 结束。\n退出码：0 正常结束；2 用法不对或打不开"
)]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    folders: Folders,
    /// 端口（默认 8018）
    #[arg(long, value_name = "端口", default_value_t = 8018, hide_default_value = true)]
    port: u16,
    /// 同时打开浏览器
    #[arg(long)]
    open: bool,
    /// 在这个地址或主机名上打开，办公室的其他电脑也能用；必须同时写 --token-file
    #[arg(long, value_name = "地址", requires = "token_file")]
    listen: Option<String>,
    /// 登录令牌所在的文件（至少 16 个字符，只有本人能读）
    #[arg(long, value_name = "文件")]
    token_file: Option<PathBuf>,
    /// 用这个证书（PEM）加密连接
    #[arg(long, value_name = "文件", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// 证书的私钥（PEM）
    #[arg(long, value_name = "文件", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    let options = Options {
        paths: arguments.source.paths(&arguments.folders),
        host: arguments.listen.clone().unwrap_or_else(|| "127.0.0.1".to_owned()),
        port: arguments.port,
        token: arguments.token_file.clone(),
        tls: arguments.tls_cert.clone().zip(arguments.tls_key.clone()),
    };
    let ready = |address: &str| {
        say(&format!("网页已打开：{address}\n按 Ctrl-C 结束"));
        if arguments.open {
            open(address);
        }
    };
    match serve::serve(options, ready, || say("正在结束，先写完手上的文件……")) {
        Ok(()) => Exit::Done,
        Err(error) => {
            eprintln!("错误：{}", chain(&error));
            Exit::Trouble
        }
    }
}

/// Prints a line; pages are served whether or not anybody reads it.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Has the system's browser show a page; where there is none, the address was printed.
fn open(address: &str) {
    let (program, before): (&str, &[&str]) = match std::env::consts::OS {
        "windows" => ("cmd", &["/C", "start", ""]),
        "macos" => ("open", &[]),
        _ => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    command.args(before).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if command.spawn().is_err() {
        say("没有找到浏览器，请自己打开上面的网址");
    }
}
