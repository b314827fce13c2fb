//! `metadata.xml`: the 18 core elements of GB/T 33480-2016 for each report, and what DA/T 22-2015 asks of an archived
//! document; written here, and checked against the same rules when a package is verified.
//!
//! The elements and their order are those of chapter 4 of GB/T 33480-2016 (党政机关电子公文元数据规范), 4.1 to 4.18, as
//! its published table of contents has them. The standard's own short names are not public; the Chinese names are
//! used. An element without a value stays, empty and marked 未著录: nothing is made up.

use jiff::civil::Date;

use super::xml::{self, Node};
use super::{ArchiveNumber, ArchivedReport, PackageContents};
use crate::notice::Retention;
use crate::report_code::ReportCode;
use crate::scans::Version;
use crate::store::is_plain_name;

/// The core elements, GB/T 33480-2016, 4.1 to 4.18.
pub const CORE: [&str; 18] = [
    "公文标识",
    "文种",
    "份号",
    "密级和保密期限",
    "紧急程度",
    "发文机关标志",
    "发文字号",
    "签发人",
    "标题",
    "主送机关",
    "附件说明",
    "发文机关或签发人署名",
    "成文日期",
    "附注",
    "抄送机关",
    "印发机关",
    "印发日期",
    "发布层次",
];

/// What is on file of the package as an archived document.
const ARCHIVED: [&str; 17] = [
    "档号",
    "全宗号",
    "档案门类代码",
    "年度",
    "保管期限",
    "机构或问题",
    "件号",
    "题名",
    "责任者",
    "日期",
    "页数",
    "密级",
    "签字件",
    "代替",
    "保管单位",
    "所答通知",
    "程序版本",
];

/// The kinds of document that a title can end with (党政机关公文处理工作条例, article 8).
const KINDS: [&str; 15] = [
    "决议", "决定", "命令", "公报", "公告", "通告", "意见", "通知", "通报", "报告", "请示", "批复", "议案", "函",
    "纪要",
];

/// The metadata of a package under its 档号; `replaces` is the one that it corrects.
pub fn write(contents: &PackageContents, reference: &ArchiveNumber, replaces: Option<&str>) -> String {
    let mut out = xml::opening("归档包", &[("xmlns", "urn:zicha:archive:1")]);
    xml::open(&mut out, 1, "档案元数据", &[("标准", "DA/T 22-2015")]);
    for name in ARCHIVED {
        xml::value(&mut out, 2, name, archived(name, contents, reference, replaces).as_deref());
    }
    xml::close(&mut out, 1, "档案元数据");
    for dossier in &contents.dossiers {
        let folder = format!("data/reports/{}", dossier.folder);
        let attributes = [("单位", dossier.name.as_str()), ("目录", &folder), ("签字件", signed(dossier.signed))];
        xml::open(&mut out, 1, "公文", &attributes);
        xml::open(&mut out, 2, "核心元数据", &[("标准", "GB/T 33480-2016")]);
        for name in CORE {
            xml::value(&mut out, 3, name, core(name, dossier).as_deref());
        }
        xml::close(&mut out, 2, "核心元数据");
        let pages = dossier.pages.map(|pages| pages.to_string());
        xml::value(&mut out, 2, "页数", pages.as_deref());
        xml::value(&mut out, 2, "程序版本", Some(&dossier.issued.version));
        xml::close(&mut out, 1, "公文");
    }
    out + "</归档包>\n"
}

/// What is said of a signed copy.
fn signed(version: Option<Version>) -> &'static str {
    match version {
        Some(Version::Current) => "有（核对码相符）",
        Some(Version::ByName) => "有（只按文件名对上）",
        Some(Version::Old) | None => "无",
    }
}

/// The value of an element about the package.
fn archived(
    name: &str,
    contents: &PackageContents,
    reference: &ArchiveNumber,
    replaces: Option<&str>,
) -> Option<String> {
    let main = contents.main()?;
    let number = format!("{:0width$}", reference.number, width = reference.digits);
    let all_signed = contents.dossiers.iter().all(|dossier| dossier.signed.is_some());
    let pages: Option<usize> = contents.dossiers.iter().map(|dossier| dossier.pages).sum();
    Some(match name {
        "档号" => reference.to_string(),
        "全宗号" => reference.fonds.clone(),
        "档案门类代码" => reference.category.clone(),
        "年度" => reference.year.to_string(),
        "保管期限" => reference.retention.to_owned(),
        "机构或问题" => reference.department.clone(),
        "件号" => number,
        "题名" => contents.title().to_owned(),
        "责任者" => main.issued.organisation.clone(),
        "日期" => main.issued.date.replace('-', ""),
        "页数" => pages?.to_string(),
        "签字件" if contents.dossiers.len() == 1 => signed(main.signed).to_owned(),
        "签字件" if all_signed => "有".to_owned(),
        "签字件" => {
            let lacking = contents.dossiers.iter().filter(|dossier| dossier.signed.is_none());
            format!("无：{}", lacking.map(|dossier| dossier.name.as_str()).collect::<Vec<_>>().join("、"))
        }
        "代替" => replaces?.to_owned(),
        "保管单位" => contents.keeper.clone(),
        "所答通知" => contents.notice.clone(),
        "程序版本" => env!("CARGO_PKG_VERSION").to_owned(),
        _ => return None,
    })
}

/// The value of a core element; what a report does not say has none.
fn core(name: &str, dossier: &ArchivedReport) -> Option<String> {
    let issued = &dossier.issued;
    Some(match name {
        "公文标识" => issued.code.to_string(),
        "文种" => (*KINDS.iter().find(|kind| issued.title.ends_with(**kind))?).to_owned(),
        "标题" => issued.title.clone(),
        "主送机关" => issued.addressee.clone(),
        "发文机关或签发人署名" => issued.organisation.clone(),
        "成文日期" => issued.date.clone(),
        "附注" => issued.note.clone()?,
        _ => return None,
    })
}

/// What metadata say of a package.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// Its 档号.
    pub reference: ArchiveNumber,
    /// The program's version that sealed it.
    pub version: String,
    /// Its reports.
    pub reports: Vec<ReportData>,
}

/// What metadata say of a report.
#[derive(Clone, Debug)]
pub struct ReportData {
    /// Whose it is.
    pub name: String,
    /// Its folder in the package.
    pub folder: String,
    /// Its code.
    pub code: ReportCode,
    /// 成文日期.
    pub date: Date,
    /// Whether a signed copy is said to be there.
    pub signed: bool,
    /// The program's version that made it.
    pub version: String,
}

/// Reads metadata and checks them against their own rules; what breaks them otherwise.
pub fn read(text: &str) -> Result<Metadata, Vec<String>> {
    let root = Node::parse(text).map_err(|reason| vec![reason])?;
    let mut faults = Vec::new();
    if root.name != "归档包" {
        return Err(vec!["根元素应是“归档包”".to_owned()]);
    }
    let nothing = Node::default();
    let archived = root.child("档案元数据").unwrap_or(&nothing);
    complete(archived, &ARCHIVED, "档案元数据", &mut faults);
    let reference = reference(archived, &mut faults);
    let reports: Vec<ReportData> = root.all("公文").filter_map(|node| report(node, &mut faults)).collect();
    if reports.is_empty() && faults.is_empty() {
        faults.push("没有公文".to_owned());
    }
    let version = archived.value("程序版本").unwrap_or_default().to_owned();
    match reference {
        Some(reference) if faults.is_empty() => Ok(Metadata { reference, version, reports }),
        _ => Err(faults),
    }
}

/// Every element once, in order; empty exactly where it is marked 未著录.
fn complete(node: &Node, names: &[&str], what: &str, faults: &mut Vec<String>) {
    if !node.children.iter().map(|child| child.name.as_str()).eq(names.iter().copied()) {
        faults.push(format!("“{what}”的元素应依次是：{}", names.join("、")));
    }
    for child in &node.children {
        let given = child.attribute("著录") != Some(xml::NOT_GIVEN);
        if given == child.text.trim().is_empty() {
            faults.push(format!("“{}”没有值的应注明未著录，有值的不应注明", child.name));
        }
    }
}

/// The 档号, which its parts must make up.
fn reference(node: &Node, faults: &mut Vec<String>) -> Option<ArchiveNumber> {
    let value = |name: &str| node.value(name).unwrap_or_default();
    let Some(reference) = ArchiveNumber::parse(value("档号")) else {
        faults.push(format!("档号“{}”不是“全宗号-门类·年度-保管期限-机构-件号”", value("档号")));
        return None;
    };
    let number = format!("{:0width$}", reference.number, width = reference.digits);
    let parts = [
        ("全宗号", reference.fonds.as_str()),
        ("档案门类代码", &reference.category),
        ("年度", &reference.year.to_string()),
        ("保管期限", reference.retention),
        ("机构或问题", &reference.department),
        ("件号", &number),
    ];
    for (name, part) in parts.iter().filter(|(name, part)| value(name) != *part) {
        faults.push(format!("{name}“{}”与档号中的“{part}”不同", value(name)));
    }
    if !Retention::ALL.iter().any(|retention| retention.code() == value("保管期限")) {
        faults.push(format!("保管期限“{}”应是 Y、D30 或 D10", value("保管期限")));
    }
    if let Some(other) = node.value("代替").filter(|other| ArchiveNumber::parse(other).is_none()) {
        faults.push(format!("代替“{other}”不是档号"));
    }
    let date = value("日期");
    let day = (date.len() == 8).then(|| Date::strptime("%Y%m%d", date).ok()).flatten();
    if day.is_none() {
        faults.push(format!("日期“{date}”应是八位数字"));
    }
    for name in ["题名", "责任者", "签字件", "程序版本"].iter().filter(|name| value(name).is_empty()) {
        faults.push(format!("没有{name}"));
    }
    count(node.value("页数"), faults);
    Some(reference)
}

fn report(node: &Node, faults: &mut Vec<String>) -> Option<ReportData> {
    let nothing = Node::default();
    let core = node.child("核心元数据").unwrap_or(&nothing);
    complete(core, &CORE, "核心元数据", faults);
    count(node.value("页数"), faults);
    let value = |name: &str| core.value(name).unwrap_or_default();
    let code = ReportCode::parse(value("公文标识"));
    let date: Option<Date> = value("成文日期").parse().ok();
    if code.is_none() {
        faults.push(format!("公文标识“{}”不是核对码", value("公文标识")));
    }
    if date.is_none() {
        faults.push(format!("成文日期“{}”应写成 2018-11-02", value("成文日期")));
    }
    for name in ["标题", "主送机关", "发文机关或签发人署名"].iter().filter(|name| value(name).is_empty())
    {
        faults.push(format!("没有{name}"));
    }
    let (name, folder) = (node.attribute("单位").unwrap_or_default(), node.attribute("目录").unwrap_or_default());
    let proper = folder.strip_prefix("data/reports/").is_some_and(is_plain_name);
    if !proper || name.is_empty() {
        faults.push(format!("公文的单位“{name}”或目录“{folder}”不对"));
    }
    let signed = node.attribute("签字件").unwrap_or_default();
    if ![Some(Version::Current), Some(Version::ByName), None].map(self::signed).contains(&signed) {
        faults.push(format!("签字件“{signed}”不对"));
    }
    Some(ReportData {
        name: name.to_owned(),
        folder: folder.to_owned(),
        code: code?,
        date: date?,
        signed: signed.starts_with('有'),
        version: node.value("程序版本").unwrap_or_default().to_owned(),
    })
}

/// A number of pages, where there is one.
fn count(pages: Option<&str>, faults: &mut Vec<String>) {
    if let Some(pages) = pages.filter(|pages| !pages.parse().is_ok_and(|pages: usize| pages > 0)) {
        faults.push(format!("页数“{pages}”应是正整数"));
    }
}
