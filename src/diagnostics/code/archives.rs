//! Codes of signed copies and archives (Z4…).

use super::CodeInfo;
use crate::diagnostics::Severity::{Error, Note, Warning};

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
    what: "空的、内容不是扩展名说的那一种的文件，不算签字件；损坏、太大的，文件名里有核对码的照样算，归档时元数据里写明没有看内容。",
    why: "看不到里面的核对码和页数，归档以后也打不开。",
    cure: "重新扫描；没有复制完的重新复制",
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
/// A signed copy that a report would be archived with, although nothing shows which version was signed.
pub static UNCONFIRMED: CodeInfo = CodeInfo {
    id: "Z414",
    title: "签字件没有确认",
    severity: Error,
    what: "要归档的报告有一个签字件只按文件名对上，图中和文件名里都没有核对码。",
    why: "不知道签的是不是这一版，不能装进归档包；不装，又会少一份签字件。",
    cure: "打开看清楚：签的是这一版，就把报告末尾印的核对码写进它的文件名；不是的，移到别处",
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
    what: "归档包自身没有矛盾，登记册、封存清单上记的却与它不同，或者那里没有这个归档包；登记册的行有重复、颠倒、缺少、代替得不对的；封存清单与登记册给出的不是一字不差的；两样缺一样的；登记册、清单不能用的。",
    why: "改了内容又重算校验值的归档包，自身看不出来，只有另处记着的封存值能说明；登记册改过，同一份报告会再归档一次。",
    cure: "换用另一份保存的副本；没有改动的，查明登记册或清单",
};
/// A package on the seal list or in the register that was not given or is gone.
pub static ABSENT_PACKAGE: CodeInfo = CodeInfo {
    id: "Z430",
    title: "记着的归档包不在",
    severity: Error,
    what: "按封存清单校验时，清单上有、没有给出的归档包；校验整个文件夹时，登记册、封存清单上有，文件夹里没有的。",
    why: "记着的每一个都应当还在。",
    cure: "移到别处的，放回来或者一起写上（如 archive/* 和它的路径）；找不到的，查明去向",
};
