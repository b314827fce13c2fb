//! `zicha status`: prints the state of every branch and updates the signed copies on the home page.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;

use super::common::{Exit, Folders, HELP, InputArguments, print_error};
use super::machine::own_program;
use crate::archive::register;
use crate::dashboard::{self, Dashboard, DashboardInputs, days_left, write_signed_script};
use crate::diagnostics::Findings;
use crate::diagnostics::render::{self, TextStyle};
use crate::diff;
use crate::pipeline::{Analysis, NoProgress, Paths, Settings, cached_readers, chain, check, other_notices};
use crate::scans::{self, Inspector};
use crate::serve::clock::today;

/// 查看进度：截止日期、各单位的报告和问题，要处理的在前；首页上的签字情况随之更新
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha status [选项]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "退出码：0 都不用再处理；1 还有要处理的；2 用法不对或读写失败"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    folders: Folders,
    /// 给出 JSON，供程序读取
    #[arg(long)]
    json: bool,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let paths = arguments.input.paths(&arguments.folders);
    let side = match diff::load(&paths.output) {
        Ok(side) => side,
        Err(error) => return print_error(&error),
    };
    let register = match register::read_entries_with_codes(&paths.packages) {
        Ok(entries) => entries,
        Err(error) => return print_error(&error),
    };
    let inspector = Inspector { program: own_program() };
    let survey = scans::survey(&paths.signed, &other_notices(&paths.notice), &side.run, &inspector);
    let analysis = analysis(&paths, arguments.input.previous.clone());
    let (current, ledgers) = analysis.as_ref().map_or((&[][..], &[][..]), |now| (&now.current, &now.files));
    let evidence = DashboardInputs {
        run: &side.run,
        scans: Some(&survey),
        register: &register,
        packages: Some(&paths.packages),
        current,
        ledgers,
    };
    let board = Dashboard::new(evidence).with_change_times(&paths.output);
    if let Err(error) = write_signed_script(&board, &paths.output) {
        eprintln!("提示：{}，首页上的签字情况没有更新", chain(&error));
    }
    let color = std::io::stderr().is_terminal();
    let mut findings = Findings::new(side.run.severity.clone());
    findings.extend(survey.findings.iter().cloned());
    if render::human(findings.as_slice(), TextStyle::all(color), &mut std::io::stderr().lock()).is_err() {
        return Exit::Trouble;
    }
    let mut out = std::io::stdout().lock();
    let written = if arguments.json {
        serde_json::to_writer_pretty(&mut out, &board).map_err(std::io::Error::from)
    } else {
        dashboard::print(&board, days_left(board.deadline, today()), &mut out)
    };
    match (written, board.branches.iter().all(|standing| standing.is_clear())) {
        (Err(_), _) => Exit::Trouble,
        (Ok(()), true) => Exit::Done,
        (Ok(()), false) => Exit::Findings,
    }
}

/// What reports would be now; nothing, and a line on standard error, when ledgers or settings cannot be used.
fn analysis(paths: &Paths, previous: Option<PathBuf>) -> Option<Analysis> {
    let loaded = Settings::load(&paths.notice).map_err(|error| chain(&error));
    let checked = loaded.and_then(|settings| {
        let settings = settings.with_previous(previous);
        let readers = cached_readers(&settings.notice, &paths.machine, &paths.output);
        check(&settings, &paths.input, &readers, &NoProgress).map_err(|error| chain(&error))
    });
    match checked {
        Ok(analysis) => Some(analysis),
        Err(reason) => {
            eprintln!("提示：没有核对台账有没有改动：{reason}");
            None
        }
    }
}
