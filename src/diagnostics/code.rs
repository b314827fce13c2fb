//! The catalogue of diagnostic codes that the stages use; the code of a check is in the file of its rule.
//!
//! Z0…: files, sheets and headers; Z1…: cells and rows; Z2…: branches; Z3…: reports; Z4…: signed copies and archives;
//! Z9…: faults of the program. A code keeps its number for good: run records, settings (`[severity]`) and people refer to
//! it. The texts are what `zicha explain` prints.

use super::severity::Severity::{self, Error, Note, Warning};

/// A diagnostic code with the texts and the severity that all its findings share. The texts are Chinese.
#[derive(Debug)]
pub struct CodeInfo {
    /// The number, such as `Z101`.
    pub id: &'static str,
    /// The kind of finding, in a few words.
    pub title: &'static str,
    /// The severity, unless `[severity]` of the settings overrides it.
    pub severity: Severity,
    /// What the program looks for.
    pub what: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What the reader can do; empty when each finding has a cure of its own or none is needed.
    pub cure: &'static str,
}

/// A code of the catalogue.
pub type Code = &'static CodeInfo;

impl PartialEq for CodeInfo {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for CodeInfo {}

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
    what: "台账文件夹里断了的或绕成圈的链接、不让读的文件夹、管道、套接字、设备。",
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
/// A metric without a value.
pub static NO_METRIC: CodeInfo = CodeInfo {
    id: "Z301",
    title: "指标无法计算",
    severity: Warning,
    what: "需要的单元格是空的、写错的，或者表达式算不出结果。",
    why: "空着的不当作 0，也不当作“否”：这样的指标在报告中是待填写。",
    cure: "补齐所需单元格",
};
/// A gap in a final report.
pub static GAP: CodeInfo = CodeInfo {
    id: "Z302",
    title: "报告中有待填写之处",
    severity: Error,
    what: "用 --final 生成时仍有【待填写：……】的报告。",
    why: "正式报告不能有空缺，也不能编造。",
    cure: "补齐台账后重新生成",
};
/// A report that cannot be made.
pub static REPORT: CodeInfo = CodeInfo {
    id: "Z303",
    title: "报告无法生成",
    severity: Error,
    what: "模板不能使用，或台账中还有错误的正式报告。",
    why: "带着错误的数字不能签字。",
    cure: "",
};
/// A file that cannot be written.
pub static WRITE: CodeInfo = CodeInfo {
    id: "Z304",
    title: "文件写不进去",
    severity: Error,
    what: "报告文件正被别的程序打开、磁盘已满或没有权限。",
    why: "原有的文件保持不变，其他文件照常写出。",
    cure: "关闭正在使用该文件的程序，检查磁盘空间与权限后重试",
};

/// An older version of a report that was not made this time.
pub static STALE: CodeInfo = CodeInfo {
    id: "Z305",
    title: "留有以前的报告",
    severity: Warning,
    what: "正式报告没有生成，而文件夹里有以前生成的草稿或正式报告。",
    why: "它们可能被误当作这次的正式报告签字。",
    cure: "改正后重新生成，或把旧文件移走",
};

/// A number that a template computes itself, and that has no provenance.
pub static COMPUTED: CodeInfo = CodeInfo {
    id: "Z306",
    title: "模板自己算的数没有来源",
    severity: Warning,
    what: "模板里直接输出 n.… 或算出来的数。",
    why: "签字的人查不到这个数来自哪些单元格。",
    cure: "在 notice.toml 的 [metric] 里定义指标，模板里直接写指标名",
};
/// A generated file that a person changed afterwards.
pub static EDITED: CodeInfo = CodeInfo {
    id: "Z307",
    title: "生成后改过的文件",
    severity: Warning,
    what: "输出文件夹里的文件在生成之后被人改过。",
    why: "改动是人做的，不能无声无息地覆盖；留下的文件也不会随台账更新。",
    cure: "要保留改动的不用处理；要换成新生成的，加 --force（改动过的另存一份）",
};
/// Files of a branch that the roster no longer lists.
pub static GONE: CodeInfo = CodeInfo {
    id: "Z308",
    title: "名册中已没有的单位还有报告",
    severity: Warning,
    what: "输出文件夹里有以前为某单位生成的文件，现在的名册中没有它。",
    why: "旧报告可能被误当作这次的报告报送。",
    cure: "确实不要的，加 --prune 删除（人改过的文件会留下）",
};
/// A report that its shard did not make, found when shards are merged.
pub static UNMADE: CodeInfo = CodeInfo {
    id: "Z309",
    title: "分片没有完成",
    severity: Error,
    what: "合并分片时，某单位的报告不在，或不是用现在的台账、设置和选项生成的。",
    why: "合并只汇总各分片的结果，不补做报告。",
    cure: "用同样的选项重新运行该分片，再合并",
};
/// A final report where a draft was asked for.
pub static FINAL: CodeInfo = CodeInfo {
    id: "Z310",
    title: "已定稿，要生成的是草稿",
    severity: Warning,
    what: "这次生成草稿，而输出文件夹里已经是正式报告。没有写 --redraft 的，正式报告不动；写了的，改成草稿。",
    why: "正式报告改成草稿，核对码就没有了，签过字的也对不上。",
    cure: "",
};
/// No file for an annex that has files.
pub static NO_ATTACHMENT: CodeInfo = CodeInfo {
    id: "Z320",
    title: "没有要附的文件",
    severity: Warning,
    what: "附件要附文件（files），单位的文件夹不在或是空的。",
    why: "报告里说附上的文件附不上，附件里留着待填写。",
    cure: "把文件放进去；可以没有的，在 notice.toml 的 [[annex]] 里写 without_data = \"omit\"",
};
/// A file for an annex that cannot be used.
pub static BROKEN_ATTACHMENT: CodeInfo = CodeInfo {
    id: "Z321",
    title: "要附的文件不能用",
    severity: Error,
    what: "要附的文件读不出、是空的、太大、是链接，或者内容不是扩展名说的那一种。",
    why: "附上打不开的文件，等于没有附。",
    cure: "换一份能打开的，重新放进去",
};
/// A file for an annex of a kind that is not put in.
pub static OTHER_ATTACHMENT: CodeInfo = CodeInfo {
    id: "Z322",
    title: "不附的文件",
    severity: Warning,
    what: "附件的文件夹里，除 PDF、OFD、JPEG、PNG、TIFF 以外的文件。",
    why: "附在报告后面的，要打印出来、归档以后都还能看。",
    cure: "另存为 PDF 放进去，不附的移走",
};
/// A copy of a file that is not put in any more.
pub static FORMER_ATTACHMENT: CodeInfo = CodeInfo {
    id: "Z323",
    title: "留有以前附上的文件",
    severity: Warning,
    what: "报告的文件夹里还有以前附上、现在不是附件的文件。",
    why: "它可能和报告一起被误送出去。",
    cure: "不要的移走",
};
/// A failed reconciliation: a fault of the program.
pub static PROOF: CodeInfo = CodeInfo {
    id: "Z901",
    title: "程序自查没有通过",
    severity: Error,
    what: "每一行恰好归一个单位或列入无主的行；报告只用本单位的行；各单位之和等于整份台账。",
    why: "这是程序的错误，不是台账的错误；这次生成的报告都不能作正式报告。",
    cure: "不要使用这次的报告，把台账和 run.json 交给开发人员",
};

/// A signed copy that matches no report, or several.
pub static SIGNED_UNKNOWN: CodeInfo = CodeInfo {
    id: "Z401",
    title: "签字件对不上",
    severity: Warning,
    what: "signed 文件夹里的文件，按核对码和文件名都认不出是哪份报告，或者认出几份。",
    why: "对不上的签字件不会归档。",
    cure: "文件名写上单位的名称或报告末尾的核对码，一份报告一个文件",
};
/// A signed copy of another version of the report.
pub static SIGNED_OLD: CodeInfo = CodeInfo {
    id: "Z402",
    title: "签的是旧版",
    severity: Warning,
    what: "签字件上的核对码与现在的报告不同，或者该单位现在没有正式报告。",
    why: "签过字的内容和现在的内容不一样，不能作这份报告的签字件。",
    cure: "用现在的正式报告重新签字，或把报告恢复成签字时的内容",
};
/// A report code in a file name whose check character is wrong.
pub static CODE_MISTYPED: CodeInfo = CodeInfo {
    id: "Z403",
    title: "核对码抄错",
    severity: Warning,
    what: "文件名里的核对码，最后的校验字符对不上。",
    why: "抄错的码可能指向另一份报告，不猜。",
    cure: "按报告末尾印的核对码改正文件名",
};
/// A signed copy matched by the branch's name only.
pub static SIGNED_BY_NAME: CodeInfo = CodeInfo {
    id: "Z404",
    title: "签字件只按文件名对上",
    severity: Note,
    what: "签字件的图中和文件名里都没有核对码，只有单位的名称。",
    why: "文件名不能证明签的是现在这一版。",
    cure: "在文件名里写上核对码，或用带二维码的报告签字（[archive] 的 qr）",
};
/// A signed copy that cannot be read.
pub static SIGNED_UNREADABLE: CodeInfo = CodeInfo {
    id: "Z405",
    title: "签字件打不开",
    severity: Warning,
    what: "损坏、太大或不是 PDF、JPEG、PNG、TIFF 的签字件。",
    why: "看不到里面的核对码和页数。",
    cure: "重新扫描",
};
/// A report that cannot be archived.
pub static NOT_ARCHIVED: CodeInfo = CodeInfo {
    id: "Z411",
    title: "不能归档",
    severity: Error,
    what: "没有正式报告、程序自查没有通过、报告或台账在生成之后又变了的，或登记册有问题的。",
    why: "归档的必须是证明过的正式报告和它所用的原样台账。",
    cure: "用 zicha build --final 重新生成，再归档",
};
/// A report without a signed copy.
pub static UNSIGNED: CodeInfo = CodeInfo {
    id: "Z412",
    title: "没有签字件",
    severity: Error,
    what: "要归档的报告没有这一版的签字件。",
    why: "归档的应是签了字的文件。",
    cure: "把签字件的扫描件放入 signed 文件夹；确实没有的加 --unsigned，元数据会写明",
};
/// An archived report without a page count.
pub static PAGES: CodeInfo = CodeInfo {
    id: "Z413",
    title: "页数未著录",
    severity: Note,
    what: "签字件不是 PDF，也没有用 --pages 写明页数。",
    why: "页数只有排版之后才知道，程序不猜。",
    cure: "用 --pages 名称=页数 写明",
};
/// An archive package that cannot be read.
pub static DAMAGED: CodeInfo = CodeInfo {
    id: "Z421",
    title: "归档包不能读",
    severity: Error,
    what: "不是归档包、压缩包损坏，或者含有越出归档包的路径、重复的条目、链接、过大的内容。",
    why: "不能确认里面的内容。",
    cure: "换用另一份保存的副本",
};
/// A file of a package whose digest differs from the manifest.
pub static CHANGED: CodeInfo = CodeInfo {
    id: "Z422",
    title: "文件有改动",
    severity: Error,
    what: "归档包中的文件与清单上的校验值不同。",
    why: "文件在封装之后变了或坏了。",
    cure: "换用另一份保存的副本",
};
/// A file of the manifest that the package lacks.
pub static MISSING: CodeInfo = CodeInfo {
    id: "Z423",
    title: "缺少文件",
    severity: Error,
    what: "清单上有、归档包里没有的文件。",
    why: "归档包不完整。",
    cure: "换用另一份保存的副本",
};
/// A file of the package that no manifest lists.
pub static EXTRA: CodeInfo = CodeInfo {
    id: "Z424",
    title: "多出文件",
    severity: Error,
    what: "归档包里有、清单上没有的文件。",
    why: "不知道它从哪里来，没有人对它负责。",
    cure: "查明来历；要补充的另做一个归档包",
};
/// Metadata of a package that break their rules or contradict each other.
pub static METADATA: CodeInfo = CodeInfo {
    id: "Z425",
    title: "元数据不合规则",
    severity: Error,
    what: "归档包的格式、元数据、目录不符合各自的规则，或彼此对不上。",
    why: "以后按元数据查不到或查错。",
    cure: "按提示重新归档",
};
/// An archive number (档号) that several packages have.
pub static SAME_NUMBER: CodeInfo = CodeInfo {
    id: "Z426",
    title: "档号重复",
    severity: Error,
    what: "几个归档包用同一个档号。",
    why: "一个档号只能指一件。",
    cure: "查明哪一个是误复制的",
};
/// A signature that does not match the manifest or the public key.
pub static SIGNATURE: CodeInfo = CodeInfo {
    id: "Z427",
    title: "签名不对",
    severity: Error,
    what: "归档包或封存清单的签名与内容、公钥对不上。",
    why: "不能确认是谁封装的。",
    cure: "核对公钥；公钥没错的，归档包被改过",
};
/// A report that differs when it is built again from the package.
pub static REBUILT: CodeInfo = CodeInfo {
    id: "Z428",
    title: "重新生成的不一致",
    severity: Error,
    what: "用归档的台账、设置和模板重新生成，与归档的报告不同。",
    why: "报告中的数不能由这些台账得出。",
    cure: "查明差别",
};
/// A package whose seal is not the one on record.
pub static SEAL: CodeInfo = CodeInfo {
    id: "Z429",
    title: "与登记册或封存清单不符",
    severity: Error,
    what: "归档包自身没有矛盾，它的封存值却与登记册、封存清单上的不同，或者那里没有这个归档包；登记册不能用的。",
    why: "改了内容又重算校验值的归档包，自身看不出来，只有另处记着的封存值能说明。",
    cure: "换用另一份保存的副本；没有改动的，查明登记册或清单",
};
/// A package on the seal list that was not given.
pub static ABSENT_PACKAGE: CodeInfo = CodeInfo {
    id: "Z430",
    title: "封存清单上的归档包没有给出",
    severity: Error,
    what: "按封存清单校验时，清单上有、没有给出的归档包。",
    why: "清单上的每一个都应当还在。",
    cure: "把清单上的归档包都写上（如 archive/*）；找不到的，查明去向",
};

/// All codes of this file.
pub static ALL: &[Code] = &[
    &UNREADABLE,
    &READ_ONCE,
    &SKIPPED,
    &UNREACHED,
    &INVISIBLE_NAME,
    &REPEATED_CELL,
    &OVER_BUDGET,
    &ROSTER,
    &TWICE,
    &NO_METRIC,
    &GAP,
    &REPORT,
    &WRITE,
    &STALE,
    &COMPUTED,
    &EDITED,
    &GONE,
    &UNMADE,
    &FINAL,
    &NO_ATTACHMENT,
    &BROKEN_ATTACHMENT,
    &OTHER_ATTACHMENT,
    &FORMER_ATTACHMENT,
    &SIGNED_UNKNOWN,
    &SIGNED_OLD,
    &CODE_MISTYPED,
    &SIGNED_BY_NAME,
    &SIGNED_UNREADABLE,
    &NOT_ARCHIVED,
    &UNSIGNED,
    &PAGES,
    &DAMAGED,
    &CHANGED,
    &MISSING,
    &EXTRA,
    &METADATA,
    &SAME_NUMBER,
    &SIGNATURE,
    &REBUILT,
    &SEAL,
    &ABSENT_PACKAGE,
    &PROOF,
];

/// Why a notice's `[severity]` table cannot change a code; `None` when it can. A notice must not make a fault of the
/// program look harmless, and whether a package is sound does not depend on any settings.
pub fn fixed_severity(code: Code) -> Option<&'static str> {
    const PACKAGE: [Code; 10] =
        [&DAMAGED, &CHANGED, &MISSING, &EXTRA, &METADATA, &SAME_NUMBER, &SIGNATURE, &REBUILT, &SEAL, &ABSENT_PACKAGE];
    if code == &PROOF {
        return Some("是程序的错误，总是“错误”");
    }
    PACKAGE.contains(&code).then_some("校验归档包不看通知设置，总是“错误”")
}
