//! The stable codes of findings. Z0…: files, sheets and headers; Z1…: cells and rows; Z2…: branches;
//! Z3…: reports. Here stand those of the stages; a rule's code stands in the rule's own file.

use super::Severity::{self, Error, Note, Warning};

/// A finding's stable code, with what every finding of the kind has in common. All texts are the user's help.
#[derive(Debug)]
pub struct CodeInfo {
    /// The code itself, such as `Z101`.
    pub id: &'static str,
    /// The kind of finding, in a few words.
    pub title: &'static str,
    /// How much it matters unless the notice says otherwise.
    pub severity: Severity,
    /// What is looked for.
    pub what: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What cures it.
    pub cure: &'static str,
}

/// A reference to a code.
pub type Code = &'static CodeInfo;

impl PartialEq for CodeInfo {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for CodeInfo {}

/// A file that could not be read.
pub static UNREADABLE: CodeInfo = CodeInfo {
    id: "Z001",
    title: "文件没有读取",
    severity: Error,
    what: "设有密码、已损坏、太大或不是表格的文件。",
    why: "里面的内容没有进入任何报告；一个坏文件不影响其他文件。",
    cure: "用表格软件打开该文件，另存为 .xlsx 后重新报送",
};
/// A file that is passed over.
pub static SKIPPED: CodeInfo = CodeInfo {
    id: "Z004",
    title: "文件已略过",
    severity: Note,
    what: "表格软件的临时文件，以及扩展名不是表格的文件。",
    why: "说明一声，免得误以为已经读取。",
    cure: "",
};
/// A roster row that makes no branch.
pub static ROSTER: CodeInfo = CodeInfo {
    id: "Z205",
    title: "名册这一行不能用",
    severity: Error,
    what: "名册中没有名称或类别的行。",
    why: "没有名称不知道是谁，没有类别不知道报告写哪些内容。",
    cure: "补填名称和类别",
};
/// The roster names the same branch twice.
pub static TWICE: CodeInfo = CodeInfo {
    id: "Z204",
    title: "名册中重复",
    severity: Error,
    what: "名册中同一个名称或简称出现两次。",
    why: "台账里的名称就不能确定属于谁。",
    cure: "删去重复的一行，或用不同的简称区分",
};
/// A figure could not be computed because a cell it needs is missing.
pub static NO_FIGURE: CodeInfo = CodeInfo {
    id: "Z301",
    title: "指标无法计算",
    severity: Warning,
    what: "需要的单元格是空的、写错的，或者表达式算不出结果。",
    why: "空着的不当作 0，也不当作“否”：这样的指标在报告中是待填写。",
    cure: "补齐所需单元格",
};
/// A gap stands in a report that was to be final.
pub static GAP: CodeInfo = CodeInfo {
    id: "Z302",
    title: "报告中有待填写之处",
    severity: Error,
    what: "用 --final 生成时仍有【待填写：……】的报告。",
    why: "正式报告不能有空缺，也不能编造。",
    cure: "补齐台账后重新生成",
};
/// A report could not be made.
pub static REPORT: CodeInfo = CodeInfo {
    id: "Z303",
    title: "报告无法生成",
    severity: Error,
    what: "模板不能使用，或台账中还有错误的正式报告。",
    why: "带着错误的数字不能签字。",
    cure: "",
};
/// A file of the report could not be written.
pub static WRITE: CodeInfo = CodeInfo {
    id: "Z304",
    title: "文件写不进去",
    severity: Error,
    what: "报告文件正被别的程序打开、磁盘已满或没有权限。",
    why: "原有的文件保持不变，其他文件照常写出。",
    cure: "关闭正在使用该文件的程序，检查磁盘空间与权限后重试",
};

/// A report that was refused still lies there in an older version.
pub static STALE: CodeInfo = CodeInfo {
    id: "Z305",
    title: "留有以前的报告",
    severity: Warning,
    what: "正式报告没有生成，而文件夹里有以前生成的草稿。",
    why: "草稿可能被误当作正式报告签字。",
    cure: "改正后重新生成，或把旧文件移走",
};

/// A template prints a number that it computed itself.
pub static COMPUTED: CodeInfo = CodeInfo {
    id: "Z306",
    title: "模板自己算的数没有来源",
    severity: Warning,
    what: "模板里直接输出 n.… 或算出来的数。",
    why: "签字的人查不到这个数来自哪些单元格。",
    cure: "在 notice.toml 的 [figure] 里定义指标，模板里直接写指标名",
};
/// A file was changed by a person since it was generated.
pub static EDITED: CodeInfo = CodeInfo {
    id: "Z307",
    title: "生成后改过的文件",
    severity: Warning,
    what: "输出文件夹里的文件在生成之后被人改过。",
    why: "改动是人做的，不能无声无息地覆盖；留下的文件也不会随台账更新。",
    cure: "要保留改动的不用处理；要换成新生成的，加 --force（改动过的另存一份）",
};
/// Files of a branch that the roster does not list any more.
pub static GONE: CodeInfo = CodeInfo {
    id: "Z308",
    title: "名册中已没有的党组织还有报告",
    severity: Warning,
    what: "输出文件夹里有以前为某党组织生成的文件，现在的名册中没有它。",
    why: "旧报告可能被误当作这次的报告报送。",
    cure: "确实不要的，加 --prune 删除（人改过的文件会留下）",
};
/// A shard did not make a branch's report.
pub static UNMADE: CodeInfo = CodeInfo {
    id: "Z309",
    title: "分片没有完成",
    severity: Error,
    what: "合并分片时，某党组织的报告不在，或不是用现在的台账、设置和选项生成的。",
    why: "合并只汇总各分片的结果，不补做报告。",
    cure: "用同样的选项重新运行该分片，再合并",
};
/// The program's own proof failed.
pub static PROOF: CodeInfo = CodeInfo {
    id: "Z901",
    title: "程序自查没有通过",
    severity: Error,
    what: "每一行恰好归一个党组织或列入无主的行；报告只用本单位的行；各单位之和等于整份台账。",
    why: "这是程序的错误，不是台账的错误；这次生成的报告都不能作正式报告。",
    cure: "不要使用这次的报告，把台账和 run.json 交给开发人员",
};

/// The codes of the stages.
pub static ALL: [Code; 14] = [
    &UNREADABLE,
    &SKIPPED,
    &ROSTER,
    &TWICE,
    &NO_FIGURE,
    &GAP,
    &REPORT,
    &WRITE,
    &STALE,
    &COMPUTED,
    &EDITED,
    &GONE,
    &UNMADE,
    &PROOF,
];
