//! `zicha start`: makes a project where there is none, and opens its page in the browser. A double click does the same.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use clap::Args;

use super::common::{DEFAULT_NOTICE, Exit, HELP, defaults, print_build_error, print_error};
use super::{build, build_output, init, serve};
use crate::pipeline::{has_project, notices_beside};
use crate::store::list_folder;

/// Where a double click makes the project when the program lies among files of other kinds, as in a folder of
/// downloads.
const OWN_FOLDER: &str = "自查";
/// What may lie beside the program where its project is to be.
const EXPECTED: [&str; 8] =
    ["input", "output", "signed", "templates", "LICENSE", "README.md", "CHANGELOG.md", "使用说明.txt"];

/// 打开网页；文件夹里还没有项目的，先放好自带的通知和示例台账，生成例子的报告
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha start [文件夹]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "Windows 上双击程序就是做这件事。要换端口、换通知、给别的电脑用，用 zicha serve。按 Ctrl-C 结束。\n退出码：0 正常结束；2 写不进或打不开"
)]
pub(super) struct Arguments {
    /// 项目的文件夹（默认当前文件夹），没有就建
    #[arg(value_name = "文件夹", help_heading = "参数", default_value = ".", hide_default_value = true)]
    folder: PathBuf,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Why no page was opened.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("打不开文件夹 {}", .0.display())]
    Folder(PathBuf, #[source] io::Error),
    #[error(transparent)]
    Other(#[from] Box<dyn Error>),
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match open(&arguments.folder) {
        Ok(()) => Exit::Done,
        Err(StartError::Other(error)) => print_error(error.as_ref()),
        Err(error) => print_error(&error),
    }
}

/// Runs as after a double click: the console is the program's own and vanishes with it, so that an error is shown until
/// the user has read it.
pub(super) fn run_in_own_console() -> Exit {
    let exit = run(&Arguments { folder: project_folder(Path::new(".")), help: None });
    if exit != Exit::Done {
        println!("按回车键关闭。");
        // The window closes without an answer, too.
        let _ = io::stdin().lock().read_line(&mut String::new());
    }
    exit
}

/// The folder of the project of a program that lies in `folder`.
fn project_folder(folder: &Path) -> PathBuf {
    let program = std::env::current_exe().ok();
    let program = program.as_deref().and_then(Path::file_name);
    let strangers: BTreeSet<PathBuf> = list_folder(folder)
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| Some(name) != program && !is_expected(name)))
        .collect();
    if has_project(folder) || strangers.is_empty() { folder.to_owned() } else { folder.join(OWN_FOLDER) }
}

fn is_expected(name: &std::ffi::OsStr) -> bool {
    EXPECTED.iter().any(|expected| name == *expected)
}

fn open(folder: &Path) -> Result<(), StartError> {
    let enter = || std::fs::create_dir_all(folder).and_then(|()| std::env::set_current_dir(folder));
    enter().map_err(|error| StartError::Folder(folder.to_owned(), error))?;
    if !has_project(Path::new(".")) {
        init::create(Path::new(".")).map_err(Box::<dyn Error>::from)?;
        println!("正在生成例子的报告……");
        let build: build::Arguments = defaults(&["--quiet"]).map_err(Box::<dyn Error>::from)?;
        if let Err(error) = build_output::build(build.flags(), &build.options()) {
            // The page says it too, and is where the missing ledgers are handed in.
            print_build_error(&error);
        }
    }
    let mut pages: serve::Arguments = defaults(&["--open"]).map_err(Box::<dyn Error>::from)?;
    if !Path::new(DEFAULT_NOTICE).exists()
        && let Some(notice) = notices_beside(Path::new(DEFAULT_NOTICE)).into_iter().next()
    {
        pages.use_notice(notice);
    }
    Ok(serve::serve_or_join(&pages)?)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{OWN_FOLDER, project_folder};

    #[test]
    fn a_double_click_among_other_files_makes_a_folder_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let of = |folder: &Path| project_folder(folder).strip_prefix(folder).unwrap().to_owned();
        assert_eq!(of(folder.path()), Path::new(""));
        let program = std::env::current_exe().unwrap();
        std::fs::write(folder.path().join(program.file_name().unwrap()), "").unwrap();
        std::fs::write(folder.path().join("LICENSE"), "").unwrap();
        std::fs::create_dir(folder.path().join("input")).unwrap();
        assert_eq!(of(folder.path()), Path::new(""), "the program with what comes with it, and ledgers");
        std::fs::write(folder.path().join("照片.jpg"), "").unwrap();
        assert_eq!(of(folder.path()), Path::new(OWN_FOLDER));
        std::fs::create_dir_all(folder.path().join("templates/a")).unwrap();
        assert_eq!(of(folder.path()), Path::new(""), "it has a project");
    }
}
