//! What reading a file may cost, and the reasons for which one is not read.

use serde::{Deserialize, Serialize};

/// The limits within which one file is read; the notice's `[limits]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file itself.
    pub file: u64,
    /// Bytes of all parts of a package, unpacked, as its directory declares them.
    pub unpacked: u64,
    /// Bytes of memory of the process that reads it.
    pub memory: u64,
    /// Seconds that reading may take.
    pub seconds: u64,
    /// Non-blank cells, and merged ranges.
    pub cells: usize,
    /// Bytes of all text in cells.
    pub text: usize,
}

/// Why a file is not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReadError {
    /// It is encrypted.
    Password,
    /// The system does not give its bytes; the reason, in Chinese.
    Inaccessible(String),
    /// It violates its format; the detail, in Chinese where it is ours.
    Damaged(String),
    /// It is not a table of any known format; the detail.
    NotATable(String),
    /// It exceeds a limit; the detail.
    TooLarge(String),
    /// Reading took longer than so many seconds.
    TooSlow(u64),
    /// The reader process ended without an answer; the detail.
    Crashed(String),
}

impl ReadError {
    /// The reason as printed in a finding.
    pub fn reason(&self) -> String {
        match self {
            Self::Password => "设有打开密码".to_owned(),
            Self::Inaccessible(reason) => format!("读不到（{reason}）"),
            Self::Damaged(detail) => format!("文件已损坏（{detail}）"),
            Self::NotATable(detail) => format!("不是表格文件（{detail}）"),
            Self::TooLarge(detail) => format!("文件太大（{detail}）"),
            Self::TooSlow(seconds) => format!("{seconds} 秒内没有读完，文件可能已损坏"),
            Self::Crashed(detail) => format!("读取时出错（{detail}），文件可能已损坏或太大"),
        }
    }

    /// The cure as printed in a finding.
    pub fn cure(&self) -> &'static str {
        match self {
            Self::Password => "打开文件，取消密码后另存，重新报送",
            Self::TooLarge(_) => "删去多余的工作表、图片和空白格式后另存；确需放宽的，改 notice.toml 的 [limits]",
            Self::Inaccessible(_) => "核对文件名、它所在的文件夹和读取它的权限",
            Self::NotATable(_) => "核对是否放错了文件；是台账的，用表格软件另存为 .xlsx",
            _ => "用表格软件打开该文件，另存为 .xlsx 后重新报送；打不开的请重新填报",
        }
    }
}
