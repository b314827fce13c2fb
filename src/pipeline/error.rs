//! Why a build could not run at all. Trouble in single ledgers or reports is a finding instead.

use std::path::{Path, PathBuf};

use crate::diagnostics::Diagnostic;
use crate::ingest;
use crate::notice::{Notice, NoticeError};
use crate::render::RenderError;
use crate::store;

/// A file that was asked for by name and cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("读不到 {}", file.display())]
pub struct UnreadableFile {
    /// The path of the file, as it was given.
    pub file: PathBuf,
    /// The system's reason.
    pub source: std::io::Error,
}

/// Why nothing could be built at all.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The notice or its templates cannot be used.
    #[error("通知设置或模板不能使用")]
    Notice(#[from] NoticeError),
    /// The input folder cannot be read.
    #[error("读不到台账文件夹 {}，请核对 --input", folder.display())]
    Input {
        /// The folder asked for.
        folder: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// PDF was asked for, and there are no fonts to set it in.
    #[error("没有找到中文字体，不能生成 PDF：安装仿宋、黑体、楷体、宋体，或把字体文件放进一个文件夹，运行时加 --fonts")]
    NoFonts,
    /// The run was cancelled before any report was made.
    #[error("已取消，没有生成报告")]
    Cancelled,
    /// Files would be written that the next run reads as ledgers.
    #[error("{} 在台账文件夹里面，写到那里的文件会被当作台账，请换一个文件夹（{flag}）", folder.display())]
    Inside {
        /// The folder asked for.
        folder: PathBuf,
        /// The flag that names it.
        flag: &'static str,
    },
    /// The output folder holds the reports of another notice.
    #[error(
        "{0} 里是另一份通知《{title}》的报告，没有生成；这份通知的台账放在 input/{name} 里，报告就写到 output/{name}，也可以用 --output 另指一个文件夹",
        folder.display()
    )]
    OtherNotice {
        /// The folder asked for.
        folder: PathBuf,
        /// The other notice's title.
        title: String,
        /// The name of this notice's folder.
        name: String,
    },
    /// No ledger lists the branches.
    #[error("没有可用的《{0}》，不知道有哪些单位：请把名册放入台账文件夹")]
    NoRoster(String, Vec<Diagnostic>),
    /// The requested branch is not in the roster.
    #[error("名册中没有“{name}”{hint}")]
    UnknownBranch {
        /// The name asked for.
        name: String,
        /// A name that may have been meant.
        hint: String,
    },
    /// The expressions and templates take more steps than a run may.
    #[error("{0}")]
    Steps(String),
    /// A fault of the program.
    #[error("程序内部出错")]
    Write(#[from] RenderError),
    /// A fault of the program while making a workbook.
    #[error("程序内部出错")]
    Make(#[from] crate::workbook::WorkbookError),
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// What an earlier run reported cannot be used.
    #[error("上一期的结果 {} 不能用：{reason}", file.display())]
    Previous {
        /// The file or folder.
        file: PathBuf,
        /// Why, in Chinese, and what to do.
        reason: String,
    },
    /// A file that was asked for by name is refused.
    #[error("{}：{}；{}", file.display(), refusal.reason(), refusal.cure())]
    Refused {
        /// The path of that file.
        file: PathBuf,
        /// Why it cannot be read.
        refusal: ingest::ReadError,
    },
}

/// The error for a run in which no usable ledger lists the branches, with what was found instead.
pub fn no_roster(notice: &Notice, findings: Vec<Diagnostic>) -> BuildError {
    let title = notice.ledger.get(&notice.roster.ledger).map_or("", |ledger| &ledger.title);
    BuildError::NoRoster(title.to_owned(), findings)
}

/// Refuses a folder to write into, given by `flag`, that is the folder of ledgers or inside it.
///
/// # Errors
/// When it is.
pub fn refuse_inside(folder: &Path, flag: &'static str, input: &Path) -> Result<(), BuildError> {
    if store::is_below(folder, input) {
        return Err(BuildError::Inside { folder: folder.to_owned(), flag });
    }
    Ok(())
}
