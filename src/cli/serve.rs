//! `zicha serve`: serves the pages until it is stopped.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::common::{Exit, Folders, HELP, InputArguments, print_error};
use super::machine::computer_name;
use crate::pipeline::Paths;
use crate::serve::{self, LogScope, OpenPage, Options, ServeError, open_page_of};
use crate::store::VersionedDirError;

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
    /// 放字体文件的文件夹，排报告的每一页、PDF 和打印件时先在这里找（默认用电脑里的字体）
    #[arg(long, value_name = "文件夹")]
    fonts: Option<PathBuf>,
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
            paths: Paths { fonts: self.fonts.clone(), ..self.input.paths(&self.folders) },
            host: self.listen.clone().unwrap_or_else(|| "127.0.0.1".to_owned()),
            port: self.port,
            token: self.token_file.clone(),
            tls: self.tls_cert.clone().zip(self.tls_key.clone()),
            computer: computer_name(),
            log: LogScope::Requests,
        }
    }
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match serve_pages(arguments, arguments.options(), &[]) {
        Ok(()) => Exit::Done,
        Err(error) => print_error(&error),
    }
}

/// How many ports from the usual one on are tried before any other.
const TRIED_PORTS: u16 = 20;

/// Serves the pages on the usual port or, where another program has it, on the next that is free. Where another zicha
/// has the pages of the same folder open already, leads there instead. The window goes on to show what it says first.
pub(super) fn serve_or_join(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut lines = vec!["这个窗口不要关：关了，网页就打不开了。".to_owned()];
    for port in (arguments.port..arguments.port.saturating_add(TRIED_PORTS)).chain([0]) {
        match serve_pages(arguments, Options { port, log: LogScope::Troubles, ..arguments.options() }, &lines) {
            Err(ServeError::Listen { .. }) if port != 0 => {
                lines.truncate(1);
                lines.push(format!("端口 {} 被别的程序占用，这次换一个。", arguments.port));
            }
            Err(ServeError::VersionedDir(VersionedDirError::InUse(ledgers))) => return join(&ledgers),
            served => return Ok(served?),
        }
    }
    Ok(())
}

/// Opens the pages that another process serves for this folder of ledgers.
fn join(ledgers: &Path) -> Result<(), Box<dyn Error>> {
    match open_page_of(ledgers) {
        Some(OpenPage { address, computer }) if computer == computer_name() => {
            print_line(&format!("这个文件夹的网页已经打开着：{address}"));
            if !open_browser(&address) {
                print_line("没有找到浏览器，请自己打开上面的网址");
            }
            Ok(())
        }
        Some(OpenPage { computer, .. }) => {
            Err(format!("另一台电脑（{computer}）正用着这个文件夹，在那台电脑上关掉再打开").into())
        }
        None => Err(VersionedDirError::InUse(ledgers.to_owned()).into()),
    }
}

/// Serves the pages; prints `lines` and the addresses once they can be opened.
fn serve_pages(arguments: &Arguments, options: Options, lines: &[String]) -> Result<(), ServeError> {
    let ready = |addresses: &[String]| {
        // The last one is this machine's own.
        let (others, own) = addresses.split_at(addresses.len().saturating_sub(1));
        let own = own.first().map_or("", String::as_str);
        let mut lines = lines.to_vec();
        lines.push(format!("网页已打开：{own}"));
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

/// Whether the system's browser could be opened. It must not end with this process, as all else that it starts does,
/// unless an outer job forbids that.
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
