//! Codes of reading ledgers: files (Z0…) and the roster (Z2…).

use super::CodeInfo;
use crate::diagnostics::Severity::{Error, Note, Warning};

/// A file that cannot be read.
pub static UNREADABLE: CodeInfo = CodeInfo {
    id: "Z001",
    title: "文件没有读取",
    severity: Error,
    what: "设有密码、已损坏、太大、格式不读或不是表格的文件；没有单元格的文件；引号没有关闭或有缺字的文本文件。",
    why: "里面的内容没有进入任何报告；一个坏文件不影响其他文件。",
    cure: "用表格软件打开该文件，另存为 .xlsx 后重新报送",
};
/// A file that its second reader cannot read.
pub static READ_ONCE: CodeInfo = CodeInfo {
    id: "Z009",
    title: "没有对照读取",
    severity: Warning,
    what: "核对和生成正式报告时，台账用两种互不相干的读法各读一遍，逐格对照；这个文件只有一种读法能读。.xls 和 .xlsb 都没有第二种读法，不另说明。",
    why: "没有对照，读错了也看不出来。",
    cure: "用表格软件打开该文件，另存为 .xlsx 后重新报送",
};
/// A file that is skipped because of its name.
pub static SKIPPED: CodeInfo = CodeInfo {
    id: "Z004",
    title: "文件已略过",
    severity: Note,
    what: "表格软件的临时文件，以及扩展名不是表格的文件。",
    why: "说明一声，免得误以为已经读取。",
    cure: "",
};
/// Something in the input folder that cannot be read as a file.
pub static UNREACHED: CodeInfo = CodeInfo {
    id: "Z015",
    title: "读不到",
    severity: Error,
    what: "台账文件夹里断了的或绕成圈的链接、不让读的文件夹、管道、套接字、设备；一张图片一行的台账里，不在单位文件夹里的图片和指向别处的链接。",
    why: "那里可能有台账，没有进入任何报告；别的文件照常读取。",
    cure: "移走它，或把文件本身放进来",
};
/// A file name with characters that cannot be seen.
pub static INVISIBLE_NAME: CodeInfo = CodeInfo {
    id: "Z016",
    title: "文件名里有看不见的字符",
    severity: Warning,
    what: "文件名里有不显示、或改变文字方向的字符；这里用 ‹U+202E› 这样的编号写出来。",
    why: "看上去可能像另一个文件、另一种文件。",
    cure: "改名；不是自己放的，在网页上移走",
};
/// A cell that a file has twice.
pub static REPEATED_CELL: CodeInfo = CodeInfo {
    id: "Z017",
    title: "同一单元格写了两次",
    severity: Error,
    what: "文件内部同一个地址的单元格有两份内容。表格软件不会这样写。",
    why: "不知道哪一份是要报送的；有的软件显示前一份，有的显示后一份。",
    cure: "用表格软件打开该文件，核对这一格，另存为 .xlsx 后重新报送",
};
/// A file that is left out because all files together take too much memory.
pub static OVER_BUDGET: CodeInfo = CodeInfo {
    id: "Z018",
    title: "台账太多，放不进内存",
    severity: Error,
    what: "全部台账合起来超过一次运行的内存（[limits] 的 run_mib，不写就是内存的四分之一）：从占得最多的文件起不读，直到其余的放得下。",
    why: "里面的内容没有进入任何报告；放得下的文件照常读取。",
    cure: "核对这个文件是不是台账、有没有多余的行和列；确需放宽的，改 notice.toml 里 [limits] 的 run_mib，或换内存大的电脑",
};
/// A roster row without a name or a kind.
pub static ROSTER: CodeInfo = CodeInfo {
    id: "Z205",
    title: "名册这一行不能用",
    severity: Error,
    what: "名册中没有名称或类别的行。",
    why: "没有名称不知道是谁，没有类别不知道报告写哪些内容。",
    cure: "补填名称和类别",
};
/// A name that the roster has twice.
pub static TWICE: CodeInfo = CodeInfo {
    id: "Z204",
    title: "名册中重复",
    severity: Error,
    what: "名册中同一个名称或简称出现两次。",
    why: "台账里的名称就不能确定属于谁。",
    cure: "删去重复的一行，或用不同的简称区分",
};
