//! What reading a file may cost, and the reasons for which one is not read.

use serde::{Deserialize, Serialize};

use crate::diagnostics::column_letters;

/// The limits within which one file is read; the notice's `[limits]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadLimits {
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
    /// It is a table of a format that is not read; the format's name.
    UnknownFormat(String),
    /// Its format has no second reader, and may come from any program; the format's name.
    NoSecondReader(String),
    /// It has no cells; what it has instead.
    NoCells(String),
    /// It is a text in which the content of a cell is uncertain.
    Text(TextFault),
    /// It exceeds a limit; the detail.
    TooLarge(String),
    /// Reading took longer than so many seconds.
    TooSlow(u64),
    /// The reader process ended without an answer; the detail.
    Crashed(String),
}

/// A cell of a text file whose content is uncertain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextFault {
    /// Its row, from 0; blank lines count, line ends inside quotes do not.
    pub row: u32,
    /// Its column, from 0.
    pub col: u32,
    /// What makes the content uncertain.
    pub kind: TextFaultKind,
    /// The beginning of its content.
    pub found: String,
}

/// Why the content of a cell is uncertain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextFaultKind {
    /// The quote that opens it is never closed.
    UnclosedQuote,
    /// Text follows the quote that closes it.
    TextAfterQuote,
    /// Its quotes enclose whole rows.
    RowsInQuotes,
    /// It holds bytes that are no character.
    LostCharacter,
}

impl TextFault {
    pub(super) fn new(row: u32, col: u32, kind: TextFaultKind, found: String) -> Self {
        Self { row, col, kind, found }
    }

    fn reason(&self) -> String {
        let row = self.row + 1;
        let what = match self.kind {
            TextFaultKind::UnclosedQuote => "引号打开后没有关闭，不知道到哪里为止",
            TextFaultKind::TextAfterQuote => "引号关闭后还有文字，多半是前面的引号没有关闭",
            TextFaultKind::RowsInQuotes => "一对引号里包着整行整行的内容，多半是引号没有关闭",
            TextFaultKind::LostCharacter => "有认不出的字，多半是一个字被截断",
        };
        format!("第 {row} 行第 {} 列（{}{row}）{what}", self.col + 1, column_letters(self.col))
    }

    /// What the cell should be.
    pub fn expected(&self) -> &'static str {
        match self.kind {
            TextFaultKind::LostCharacter => "完整的字",
            _ => "一个单元格的内容前后各一个英文双引号，内容里的双引号写两个",
        }
    }
}

impl ReadError {
    /// The reason as printed in a finding.
    pub fn reason(&self) -> String {
        match self {
            Self::Password => "设有打开密码".to_owned(),
            Self::Inaccessible(reason) => format!("读不到（{reason}）"),
            Self::Damaged(detail) => format!("文件已损坏（{detail}）"),
            Self::NotATable(detail) => format!("不是表格文件（{detail}）"),
            Self::UnknownFormat(format) => format!("是{format}，本程序不读这种格式"),
            Self::NoSecondReader(format) => format!("{format}只有一种读法"),
            Self::NoCells(content) => format!("文件里没有单元格内容，只有{content}"),
            Self::Text(fault) => fault.reason(),
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
            Self::UnknownFormat(_) => "用 Excel 或 WPS 表格打开该文件，另存为 .xlsx 后重新报送",
            Self::NoCells(_) => "把内容填进表格后重新报送；不是台账的，移出台账文件夹",
            Self::Text(TextFault { kind: TextFaultKind::LostCharacter, .. }) => {
                "用记事本打开该文件，补全这个字后保存；或者从原来的系统重新导出"
            }
            Self::Text(_) => "用记事本打开该文件，改正这一行的引号后保存；或者从原来的系统重新导出为 .xlsx",
            Self::NotATable(_) => "核对是否放错了文件；是台账的，用表格软件另存为 .xlsx",
            _ => "用表格软件打开该文件，另存为 .xlsx 后重新报送；打不开的请重新填报",
        }
    }
}
