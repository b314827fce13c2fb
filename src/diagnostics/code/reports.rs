//! Codes of reports and their records (Z3…, Z019), and of faults of the program (Z9…).

use super::CodeInfo;
use crate::diagnostics::Severity::{Error, Note, Warning};

/// A record of an earlier run that cannot be used.
pub static BROKEN_RECORD: CodeInfo = CodeInfo {
    id: "Z019",
    title: "以前的记录没有用上",
    severity: Warning,
    what: "输出文件夹里以前生成的记录（run.json、run-K-N.json）太大、损坏或读不了。",
    why: "哪些报告已经定稿、哪些文件有人改过，都无从知道：这次全部重新生成，原有的文件内容不同的另存一份。",
    cure: "有备份的，把这个文件恢复以后重新生成；没有的不用处理，这次已写出新的记录",
};
/// A check of a branch that holds.
pub static BRANCH_CHECK: CodeInfo = CodeInfo {
    id: "Z211",
    title: "通知自定的核对（单位）",
    severity: Warning,
    what: "notice.toml 中 scope = \"branch\" 的 [[check]]，对每个单位的指标和各行核对一次。",
    why: "有的问题单看一行看不出来，要看一个单位的几个数。",
    cure: "",
};
/// A check of the department that holds.
pub static DEPARTMENT_CHECK: CodeInfo = CodeInfo {
    id: "Z212",
    title: "通知自定的核对（部门）",
    severity: Warning,
    what: "notice.toml 中 scope = \"department\" 的 [[check]]，对汇总的指标和名单核对一次。",
    why: "有的问题要看全部单位的数。",
    cure: "",
};
/// A metric that the previous period lacks, or calls otherwise.
pub static PREVIOUS_METRIC: CodeInfo = CodeInfo {
    id: "Z215",
    title: "上一期没有这个指标，或叫法不同",
    severity: Warning,
    what: "模板或表达式里用到上一期的指标，上一期的结果里没有，或者那时叫别的。",
    why: "没有的按没有数据写，不当作 0；名称相同、叫法不同的，可能不是同一个数。",
    cure: "核对设置里的指标名称；上一期确实没有的不用处理。汇总的指标只在输出文件夹和 run.json 里有，汇总表.xlsx 里没有",
};
/// A branch that only one of two runs has.
pub static PREVIOUS_BRANCH: CodeInfo = CodeInfo {
    id: "Z216",
    title: "单位与上一期对不上",
    severity: Note,
    what: "名册里的单位在上一期的结果里没有、不止一行，或者上一期的单位现在不在名册里。单位按全称找，找不到再按简称。",
    why: "没有对上的单位没有上一期的数，报告里写没有数据，不当作 0。",
    cure: "改了名称的单位，把原来的全称填作名册里的简称",
};
/// Values of the previous period are used and none is given.
pub static NO_PREVIOUS: CodeInfo = CodeInfo {
    id: "Z217",
    title: "没有给出上一期的结果",
    severity: Note,
    what: "模板或表达式里用到上一期（prev、change），设置里没有写 previous，也没有用 --previous。",
    why: "报告里都写没有数据。第一期可以这样。",
    cure: "在 [notice] 里写 previous，或用 --previous",
};
/// A cell of an earlier table that is no number, or another number than elsewhere.
pub static PREVIOUS_VALUE: CodeInfo = CodeInfo {
    id: "Z218",
    title: "上一期汇总表里的数不能用",
    severity: Warning,
    what: "上一期的汇总表.xlsx 里，指标的格里不是数，或者同一个单位的同一个指标在两处写着不同的数。",
    why: "不是数的按没有数据写；两处不同的用先写的一个。",
    cure: "核对上一期的汇总表；或把 previous 指到上一期的输出文件夹",
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
    cure: "在 notice.toml 里定义指标（单位的报告写在 [metric]，汇总报告写在 [summary.metric]），模板里直接写指标名",
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
    cure: "要按现在的台账重新定稿，用 --final；要改回草稿，加 --redraft，核对码和签字件随即作废",
};
/// A signed or archived final report that would be another one now.
pub static SIGNED_FINAL: CodeInfo = CodeInfo {
    id: "Z311",
    title: "已签字或归档，没有换",
    severity: Warning,
    what: "这次生成正式报告，而文件夹里的正式报告已经签字或归档，按现在的台账、设置生成会是另一份。没有写 --replace-signed 的，不动它。",
    why: "换了以后，签过字的、归了档的就不是现在这一份。",
    cure: "要按现在的台账重新定稿，加 --replace-signed，原来的签字随即作废，要重新签字",
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
/// A file or folder among the files of annexes that belongs to no branch.
pub static STRAY_ATTACHMENT: CodeInfo = CodeInfo {
    id: "Z324",
    title: "要附的文件不属于哪个单位",
    severity: Warning,
    what: "附件的文件夹（files）里，名称不是名册里的单位、或者不是这一类单位的文件夹，和不在单位的文件夹里的文件。",
    why: "放错地方的文件不会附上，那个单位的报告就少了附件。",
    cure: "文件夹的名称照名册写全称，文件放进单位的文件夹；不附的移走",
};

/// No fonts for PDF.
pub static NO_FONTS: CodeInfo = CodeInfo {
    id: "Z330",
    title: "没有排 PDF 的字体",
    severity: Note,
    what: "正式报告要有 PDF，而电脑里、设置里写的文件夹里都没有中文字体。设置里写了一定要 PDF 的，是错误。",
    why: "PDF 要带着字体，换一台电脑才还是一个样。程序自己不带字体。",
    cure: "安装仿宋、黑体、楷体、宋体，或把字体文件放进一个文件夹，在 notice.toml 里写 [pdf] fonts，或运行时加 --fonts",
};
/// A typeface that is replaced by another one.
pub static SUBSTITUTE_FONT: CodeInfo = CodeInfo {
    id: "Z331",
    title: "PDF 用了代替的字体",
    severity: Note,
    what: "设置里写的字体一种也没有找到，PDF 用了同样风格的另一种。",
    why: "印出来的字形与规定的字体略有不同。",
    cure: "要用规定的字体，安装它，或把字体文件放进字体文件夹",
};
/// A font that must not be embedded.
pub static FORBIDDEN_FONT: CodeInfo = CodeInfo {
    id: "Z332",
    title: "字体不许嵌入",
    severity: Warning,
    what: "找到的字体注明不许放进别的文件，或不许只放一部分。",
    why: "存档的 PDF 必须带着字体，不许嵌入的不能用。",
    cure: "换一种允许嵌入的字体",
};
/// A character that no font has.
pub static MISSING_CHARACTER: CodeInfo = CodeInfo {
    id: "Z333",
    title: "字体里没有的字",
    severity: Warning,
    what: "报告里有的字，找到的字体里都没有。",
    why: "PDF 里印不出这个字，印的是“□”。",
    cure: "安装有这个字的字体（生僻字多在“宋体-ExtB”里），再重新生成",
};

/// A report that is not in a set for the printer.
pub static NOT_PRINTED: CodeInfo = CodeInfo {
    id: "Z334",
    title: "没有印进去的报告",
    severity: Warning,
    what: "打印件只收正式报告的 PDF。草稿、没有生成的、没有 PDF 的、PDF 生成以后改过的，都不收。",
    why: "草稿印出来签了字不算数；缺了哪个单位，签字清单上要看得出。",
    cure: "定稿（zicha build --final）以后再打印；没有 PDF 的，先装好字体再定稿",
};
/// An annex that is not bound behind its report, or not as it is.
pub static ANNEX_NOT_BOUND: CodeInfo = CodeInfo {
    id: "Z335",
    title: "附件没有照原样印进去",
    severity: Warning,
    what: "打印件把附件里的 PDF 和图片（JPEG、PNG、TIFF、WebP，一张一页）接在报告后面。加了密的、损坏的、别的格式的接不进去；盖在页面上的章、批注和填的表单印不出来。",
    why: "报告说附上的，签字的人看不到。",
    cure: "单独打印这个附件，放在报告后面；或另存为没有密码的 PDF，重新定稿",
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
