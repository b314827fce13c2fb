//! `zicha serve`: serves the pages until it is stopped.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::common::{Exit, Folders, HELP, InputArguments, print_error};
use crate::serve::{self, Options, ServeError};

/// 打开网页：看进度、收台账、生成报告、定稿、归档，不用命令行
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha serve [选项]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "只有本机能打开；给办公室的其他电脑用，要写 --listen 和 --token-file。按 Ctrl-C 结束。\n退出码：0 正常结束；2 用法不对或打不开"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: InputArguments,
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

impl Arguments {
    /// Serves this notice.
    pub(super) fn use_notice(&mut self, notice: PathBuf) {
        self.input.notice = notice;
    }

    fn options(&self) -> Options {
        Options {
            paths: self.input.paths(&self.folders),
            host: self.listen.clone().unwrap_or_else(|| "127.0.0.1".to_owned()),
            port: self.port,
            token: self.token_file.clone(),
            tls: self.tls_cert.clone().zip(self.tls_key.clone()),
        }
    }
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match serve_pages(arguments, arguments.options()) {
        Ok(()) => Exit::Done,
        Err(error) => print_error(&error),
    }
}

/// Serves the pages on the usual port or, where that is not to be had, on any.
pub(super) fn serve_on_free_port(arguments: &Arguments) -> Result<(), ServeError> {
    match serve_pages(arguments, arguments.options()) {
        Err(ServeError::Listen { .. }) => serve_pages(arguments, Options { port: 0, ..arguments.options() }),
        served => served,
    }
}

fn serve_pages(arguments: &Arguments, options: Options) -> Result<(), ServeError> {
    let ready = |addresses: &[String]| {
        // The last one is this machine's own.
        let (others, own) = addresses.split_at(addresses.len().saturating_sub(1));
        let own = own.first().map_or("", String::as_str);
        let mut lines = vec![format!("网页已打开：{own}")];
        lines.extend(others.iter().map(|address| format!("别的电脑上打开：{address}")));
        lines.push("按 Ctrl-C 结束".to_owned());
        print_line(&lines.join("\n"));
        // Without a browser, the printed address is what the user has.
        if arguments.open && !open_browser(own) {
            print_line("没有找到浏览器，请自己打开上面的网址");
        }
    };
    serve::serve(options, ready, || print_line("正在结束，先写完手上的文件……"))
}

/// Prints text at once. A closed standard output does not stop the server.
fn print_line(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Whether the system's browser could be opened.
#[cfg(not(windows))]
fn open_browser(address: &str) -> bool {
    open::that_detached(address).is_ok()
}

/// Whether the system's browser could be opened. It must not end with this process, as all else that it starts does, unless
/// an outer job insists.
#[cfg(windows)]
fn open_browser(address: &str) -> bool {
    use std::os::windows::process::CommandExt;

    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    const CREATE_BREAKAWAY_FROM_JOB: u32 = 0x0100_0000;
    let flags = [CREATE_NO_WINDOW | CREATE_BREAKAWAY_FROM_JOB, CREATE_NO_WINDOW];
    open::commands(address)
        .iter_mut()
        .any(|command| flags.iter().any(|flags| command.creation_flags(*flags).spawn().is_ok()))
}
