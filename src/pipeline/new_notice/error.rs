//! Why no notice was made.

use std::path::PathBuf;

use crate::ingest::ReadError;
use crate::notice::{NoticeError, TextFileError};
use crate::pipeline::BuildError;
use crate::scaffold::ScaffoldError;
use crate::store::StoreError;

/// Why no notice was made. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum NewNoticeError {
    /// There are no results of an earlier period at that path.
    #[error("没有 {}；--previous 写上一期的输出文件夹、里面的 run.json，或汇总表.xlsx", .0.display())]
    NoPrevious(PathBuf),
    /// The results of an earlier period cannot be used.
    #[error(transparent)]
    Previous(BuildError),
    /// A ledger is refused.
    #[error("{file}：{}；{}", refusal.reason(), refusal.cure())]
    Ledger {
        /// The file's name, without its folder.
        file: String,
        /// Why it cannot be used.
        refusal: ReadError,
    },
    /// Two ledgers have the same file name.
    #[error("有两个台账文件都叫“{0}”，放在一起会互相覆盖；改一个文件名再试")]
    SameName(String),
    /// The folder has files.
    #[error("{} 里已有文件，不覆盖；换一个新的文件夹", .0.display())]
    NotEmpty(PathBuf),
    /// The outline is a document that is refused.
    #[error("提纲 {file}：{}", refusal.reason())]
    OutlineDocument {
        /// The file's name, without its folder.
        file: String,
        /// Why it cannot be used.
        refusal: ReadError,
    },
    /// The outline is a text that cannot be read.
    #[error("读不到提纲 {file}")]
    OutlineText {
        /// The file's name, without its folder.
        file: String,
        /// Why it cannot be used.
        source: TextFileError,
    },
    /// The outline is no text.
    #[error("提纲 {0} 不是文本：用 Word 文档（.docx）、.txt 或 .md")]
    NotText(String),
    /// The outline is a table.
    #[error(
        "{0} 是表格，不能当提纲：提纲是报告要写哪几个方面，一行一个标题，或者是整份通知，用 Word 文档（.docx）、.txt 或 .md；表格放到台账里"
    )]
    OutlineIsTable(String),
    /// No notice can be made of these ledgers.
    #[error(transparent)]
    Scaffold(#[from] ScaffoldError),
    /// A fault of the program: what it wrote cannot be used.
    #[error("程序内部出错：写成的设置不能使用")]
    Unusable(#[from] NoticeError),
    /// The folder cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}
