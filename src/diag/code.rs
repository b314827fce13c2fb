//! The stable codes of all findings. Z0…: files and headers; Z1…: cells and rows; Z2…: branches; Z3…: reports.

use super::Severity::{self, Error, Note, Warning};

/// A finding's stable code, with what every finding of the kind has in common.
#[derive(Debug)]
pub struct CodeInfo {
    /// The code itself, such as `Z101`.
    pub id: &'static str,
    /// The kind of finding, in a few words.
    pub title: &'static str,
    /// How much it matters unless the notice says otherwise.
    pub severity: Severity,
    /// What usually cures it; empty when each finding says its own.
    pub cure: &'static str,
}

/// A reference to one of the codes below.
pub type Code = &'static CodeInfo;

impl PartialEq for CodeInfo {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for CodeInfo {}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $title:literal, $severity:expr, $cure:literal;)*) => {
        $($(#[$doc])* pub static $name: CodeInfo = CodeInfo { id: $id, title: $title, severity: $severity, cure: $cure };)*
    };
}

codes! {
    /// A file that could not be opened as a workbook or text table.
    UNREADABLE = "Z001", "文件打不开", Error, "用表格软件打开该文件，另存为 .xlsx 后重新报送";
    /// A sheet that fits no ledger of the notice.
    UNKNOWN_SHEET = "Z002", "认不出的工作表", Warning, "核对表头；确属新写法的，把列名加入 notice.toml 中该列的 header";
    /// A ledger that no file brings.
    NO_LEDGER = "Z003", "缺少台账", Warning, "把该台账放入输入文件夹";
    /// A file that is passed over.
    SKIPPED = "Z004", "文件已略过", Note, "";
    /// A column the ledger needs is missing from the header.
    NO_COLUMN = "Z005", "缺少列", Error, "补上该列，或把现用列名加入 notice.toml 中该列的 header";
    /// A header that was recognised although it is not spelled as the settings say.
    NEAR_HEADER = "Z006", "列名写法有出入", Note, "可把该写法加入 notice.toml 中该列的 header";
    /// A sheet or rows hidden in the workbook.
    HIDDEN = "Z007", "隐藏内容", Note, "";
    /// A required cell is blank.
    REQUIRED = "Z101", "必填项为空", Error, "补填该单元格";
    /// A cell does not hold what its column's type asks for.
    TYPE = "Z102", "内容与列的类型不符", Error, "按要求改写该单元格";
    /// A number or date outside its column's bounds.
    RANGE = "Z103", "数值超出范围", Error, "核对后改正";
    /// A value that is none of the column's choices.
    ONE_OF = "Z104", "不在可选项之内", Error, "改为可选项之一";
    /// An error value such as #REF!, or a formula without a stored result.
    ERROR_CELL = "Z105", "单元格是错误值", Error, "改正公式，或直接填写数值";
    /// Characters that no document can hold were dropped.
    CONTROL = "Z106", "控制字符已去掉", Warning, "重新录入该单元格";
    /// A check of the notice's own.
    NOTICE_CHECK = "Z150", "通知自定的核对", Warning, "";
    /// A row names a branch that the roster does not know.
    UNKNOWN_BRANCH = "Z201", "名册中没有的党组织", Error, "改为名册中的全称或简称";
    /// A row names no branch.
    NO_BRANCH = "Z202", "没有写明党组织", Error, "补填党组织名称";
    /// A branch of the roster appears in no ledger.
    NO_ROWS = "Z203", "各台账中都没有该党组织", Warning, "请该党组织补报台账";
    /// The roster names the same branch twice.
    TWICE = "Z204", "名册中重复", Error, "删去重复的一行，或用不同的简称区分";
    /// A figure could not be computed because a cell it needs is missing.
    NO_FIGURE = "Z301", "指标无法计算", Warning, "补齐所需单元格";
    /// A gap stands in a report that was to be final.
    GAP = "Z302", "报告中有待填写之处", Error, "补齐台账后重新生成";
    /// A report could not be made.
    REPORT = "Z303", "报告无法生成", Error, "";
    /// A file of the report could not be written.
    WRITE = "Z304", "文件写不进去", Error, "关闭正在使用该文件的程序，检查磁盘空间与权限后重试";
}
