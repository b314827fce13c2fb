//! 说明文件.txt: what a package contains and how to check it, for people without this program.

use super::{ArchiveNumber, PackageContents, SignedCopyState};

/// The text. `replaces` is the number of the package that this one corrects; `has_signature` adds how to check the
/// signature.
pub(super) fn text(
    contents: &PackageContents,
    number: &ArchiveNumber,
    replaces: Option<&str>,
    has_signature: bool,
) -> String {
    let names: Vec<&str> = contents.reports.iter().map(|report| report.name.as_str()).collect();
    let codes: Vec<String> =
        contents.reports.iter().map(|report| format!("  {}：{}\n", report.name, report.issued.code)).collect();
    let mut out = format!(
        "{title}\n\n\
         档号：{number}\n\
         本归档包由{keeper}封装，答复“{notice}”。内有：{names}的报告。\n",
        title = contents.title(),
        keeper = contents.keeper,
        notice = contents.notice,
        names = names.join("、"),
    );
    if let Some(other) = replaces {
        out.push_str(&format!("本归档包更正并代替档号为 {other} 的归档包；原归档包不改动。\n"));
    }
    if contents.unsigned().next().is_some() {
        out.push_str("有的报告没有签字件，见 metadata.xml。\n");
    }
    if contents.reports.iter().any(|report| report.signed == Some(SignedCopyState::Unseen)) {
        out.push_str("有的签字件打不开，没有看内容，见 metadata.xml。\n");
    }
    out.push_str(
        "\n里面有什么\n\
         \u{20}\u{20}data/reports/   报告（docx 打印用，html 可用浏览器看，md 是文字），metrics.json 是全部指标，\n\
         \u{20}\u{20}                sources.json 写明每个数来自哪些单元格\n\
         \u{20}\u{20}data/signed/    签字件的扫描件（没有的不设）\n\
         \u{20}\u{20}data/ledgers/   报告所用的台账，与收到时逐字节相同\n\
         \u{20}\u{20}data/notice/    生成报告所用的设置和模板\n\
         \u{20}\u{20}metadata.xml    元数据：GB/T 33480—2016 的核心元素、DA/T 22—2015 的档号等；没有值的注明“未著录”\n\
         \u{20}\u{20}事件日志.xml、归档文件目录.xml、归档文件目录.xlsx\n",
    );
    out.push_str("\n核对码（印在报告末尾，内容相同则相同，改一个字就不同）\n");
    out.push_str(&codes.concat());
    out.push_str(
        "\n怎样核对有没有改动\n\
         \u{20}\u{20}归档包按 BagIt（RFC 8493）封装，任何 BagIt 软件都能校验。没有软件时，在本文件夹里运行：\n\
         \u{20}\u{20}    sha256sum -c manifest-sha256.txt\n\
         \u{20}\u{20}    sha256sum -c tagmanifest-sha256.txt\n\
         \u{20}\u{20}两条都没有报错，文件就与封装时相同。用 zicha verify 还可核对元数据、档号，\n\
         \u{20}\u{20}加 --rebuild 用里面的台账重新生成报告，逐个数比对。\n",
    );
    if has_signature {
        out.push_str(
            "\u{20}\u{20}tagmanifest-sha256.txt.minisig 是签名，用封装单位公布的公钥核对：\n\
             \u{20}\u{20}    minisign -V -p 公钥文件 -m tagmanifest-sha256.txt\n",
        );
    }
    out
}
