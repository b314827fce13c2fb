//! How much a file may cost, and why one is refused.

use serde::{Deserialize, Serialize};

/// What reading one file may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file itself.
    pub file: u64,
    /// Bytes of all its parts, unpacked, as its directory declares them.
    pub unpacked: u64,
    /// Bytes of memory of the process that reads it.
    pub memory: u64,
    /// Seconds until it is given up.
    pub seconds: u64,
    /// Cells that are filled in.
    pub cells: usize,
    /// Bytes of all text in cells.
    pub text: usize,
}

/// Why a file is not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReadError {
    /// It is encrypted.
    Password,
    /// It is not what it should be; the reader's words.
    Damaged(String),
    /// It is no table at all.
    NotATable(String),
    /// It costs more than a file may.
    TooLarge(String),
    /// Reading it took too long; seconds.
    TooSlow(u64),
    /// The process that read it came to an end.
    Crashed(String),
}

impl ReadError {
    /// The reason, as said to a clerk.
    pub fn reason(&self) -> String {
        match self {
            Self::Password => "设有打开密码".to_owned(),
            Self::Damaged(words) => format!("文件已损坏（{words}）"),
            Self::NotATable(words) => format!("不是表格文件（{words}）"),
            Self::TooLarge(words) => format!("文件太大（{words}）"),
            Self::TooSlow(seconds) => format!("{seconds} 秒内没有读完，文件可能已损坏"),
            Self::Crashed(words) => format!("读取时出错（{words}），文件可能已损坏或太大"),
        }
    }

    /// What the reader can do about it.
    pub fn cure(&self) -> &'static str {
        match self {
            Self::Password => "打开文件，取消密码后另存，重新报送",
            Self::TooLarge(_) => "删去多余的工作表、图片和空白格式后另存；确需放宽的，改 notice.toml 的 [limits]",
            Self::NotATable(_) => "核对是否放错了文件；是台账的，用表格软件另存为 .xlsx",
            _ => "用表格软件打开该文件，另存为 .xlsx 后重新报送；打不开的请重新填报",
        }
    }
}
