//! `metadata.xml`: the 18 core elements of GB/T 33480-2016 for each report, and the elements that DA/T 22-2015 asks of
//! an archived document. [`write()`] writes them from [`PackageContents`], [`read`] checks them against the same rules
//! when a package is verified.
//!
//! The elements and their order are those of chapter 4 of GB/T 33480-2016 (党政机关电子公文元数据规范), 4.1 to 4.18, as
//! its published table of contents has them. The standard's own short names are not public; the Chinese names are
//! used. An element without a value is empty and marked 未著录; no value is invented.

use jiff::civil::Date;

use super::xml::{self, Node};
use super::{ArchiveNumber, ArchivedReport, PackageContents, SignedCopyState, layout};
use crate::notice::Retention;
use crate::report_code::ReportCode;
use crate::store::is_plain_name;

/// The names of the core elements, GB/T 33480-2016, 4.1 to 4.18.
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

/// The names of the elements about the package as an archived document.
const ARCHIVAL: [&str; 17] = [
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

/// The metadata of a package as XML. `replaces` is the archive number of the package that it corrects.
pub fn write(contents: &PackageContents, number: &ArchiveNumber, replaces: Option<&str>) -> String {
    let mut out = xml::opening("归档包", &[("xmlns", "urn:zicha:archive:1")]);
    xml::open(&mut out, 1, "档案元数据", &[("标准", "DA/T 22-2015")]);
    for name in ARCHIVAL {
        xml::value(&mut out, 2, name, archival_element(name, contents, number, replaces).as_deref());
    }
    xml::close(&mut out, 1, "档案元数据");
    for report in &contents.reports {
        let folder = format!("{}{}", layout::REPORTS, report.folder);
        let signed_copy = signed_copy_text(report.signed);
        let attributes = [("单位", report.name.as_str()), ("目录", &folder), ("签字件", signed_copy)];
        xml::open(&mut out, 1, "公文", &attributes);
        xml::open(&mut out, 2, "核心元数据", &[("标准", "GB/T 33480-2016")]);
        for name in CORE {
            xml::value(&mut out, 3, name, core_element(name, report).as_deref());
        }
        xml::close(&mut out, 2, "核心元数据");
        let pages = report.pages.map(|pages| pages.to_string());
        xml::value(&mut out, 2, "页数", pages.as_deref());
        xml::value(&mut out, 2, "程序版本", Some(&report.issued.version));
        xml::close(&mut out, 1, "公文");
    }
    out + "</归档包>\n"
}

/// The text about the signed copies of a report.
fn signed_copy_text(state: Option<SignedCopyState>) -> &'static str {
    match state {
        Some(SignedCopyState::Seen) => "有（核对码相符）",
        Some(SignedCopyState::Unseen) => "有（只看了文件名里的核对码，没有看内容）",
        Some(SignedCopyState::ByName) => "有（只按文件名对上）",
        None => "无",
    }
}

/// The text about the signed copies of a package of several reports.
fn signed_copies_text(contents: &PackageContents) -> String {
    let names = |state| {
        let reports = contents.reports.iter().filter(|report| report.signed == state);
        reports.map(|report| report.name.as_str()).collect::<Vec<_>>().join("、")
    };
    let (without, unseen) = (names(None), names(Some(SignedCopyState::Unseen)));
    match (without.is_empty(), unseen.is_empty()) {
        (true, true) => "有".to_owned(),
        (true, false) => format!("有（没有看内容：{unseen}）"),
        (false, true) => format!("无：{without}"),
        (false, false) => format!("无：{without}；没有看内容：{unseen}"),
    }
}

/// The value of the element of that name about the package; `None` when it has none.
fn archival_element(
    name: &str,
    contents: &PackageContents,
    number: &ArchiveNumber,
    replaces: Option<&str>,
) -> Option<String> {
    let main = contents.main_report()?;
    Some(match name {
        "档号" => number.to_string(),
        "全宗号" => number.fonds.clone(),
        "档案门类代码" => number.category.clone(),
        "年度" => number.year.to_string(),
        "保管期限" => number.retention.to_owned(),
        "机构或问题" => number.department.clone(),
        "件号" => sequence_text(number),
        "题名" => contents.title().to_owned(),
        "责任者" => main.issued.organisation.clone(),
        "日期" => main.issued.date.replace('-', ""),
        "页数" => contents.pages()?.to_string(),
        "签字件" if contents.reports.len() == 1 => signed_copy_text(main.signed).to_owned(),
        "签字件" => signed_copies_text(contents),
        "密级" => main.issued.elements.secrecy_level()?,
        "代替" => replaces?.to_owned(),
        "保管单位" => contents.keeper.clone(),
        "所答通知" => contents.notice.clone(),
        "程序版本" => env!("CARGO_PKG_VERSION").to_owned(),
        _ => return None,
    })
}

/// 件号 filled with zeros, as the archive number has it.
fn sequence_text(number: &ArchiveNumber) -> String {
    format!("{:0width$}", number.sequence, width = number.digits)
}

/// The value of the core element of that name; `None` when the report has none.
fn core_element(name: &str, report: &ArchivedReport) -> Option<String> {
    let issued = &report.issued;
    Some(match name {
        "公文标识" => issued.code.to_string(),
        "文种" => (*KINDS.iter().find(|kind| issued.title.ends_with(**kind))?).to_owned(),
        "标题" => issued.title.clone(),
        "主送机关" => issued.addressee.clone(),
        "附件说明" if issued.annexes.is_empty() => return None,
        "附件说明" => issued.annexes.join("；"),
        "发文机关或签发人署名" => issued.organisation.clone(),
        "成文日期" => issued.date.clone(),
        "附注" => issued.note.clone()?,
        "份号" => issued.elements.copy_number.clone()?,
        "密级和保密期限" => issued.elements.secrecy.clone()?,
        "紧急程度" => issued.elements.urgency.clone()?,
        "发文机关标志" => issued.elements.mark.clone()?,
        "发文字号" => issued.elements.number.clone()?,
        "签发人" => issued.elements.signers.clone()?,
        "抄送机关" => issued.elements.copy_to.clone()?,
        "印发机关" => issued.elements.printer.clone()?,
        "印发日期" => issued.elements.printed.clone()?,
        _ => return None,
    })
}

/// The metadata of a package, as far as they are used after they were checked.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// The archive number (档号) that it was sealed under.
    pub number: ArchiveNumber,
    /// The version of the program that sealed it.
    pub version: String,
    /// The reports in the package, in the order of `metadata.xml`.
    pub reports: Vec<ReportMetadata>,
    /// The archive number of the package that it corrects.
    pub replaces: Option<String>,
    /// Names of the branch or department whose package it can be: of reports with the title, the organisation and the
    /// date of the package, and when the first report is one, of the department that keeps it.
    pub subjects: Vec<String>,
}

/// The metadata of a report in a package.
#[derive(Clone, Debug)]
pub struct ReportMetadata {
    /// The name of the branch or department.
    pub name: String,
    /// Its folder, a path in the package.
    pub folder: String,
    /// The report code (核对码) that is printed on it.
    pub code: ReportCode,
    /// The date of issue (成文日期).
    pub date: Date,
    /// Whether the package has a signed copy of it, by the metadata.
    pub signed: bool,
    /// The version of the program that generated it.
    pub version: String,
}

/// The codes of the reports that metadata name, whatever else is in them.
pub(super) fn report_codes(text: &str) -> Vec<ReportCode> {
    let Ok(root) = Node::parse(text) else { return Vec::new() };
    let code = |report: &Node| ReportCode::parse(report.child("核心元数据")?.value("公文标识")?);
    root.all("公文").filter_map(code).collect()
}

/// Parses metadata and checks them against their own rules.
///
/// # Errors
/// With a Chinese sentence for each rule that is broken.
pub fn read(text: &str) -> Result<Metadata, Vec<String>> {
    let root = Node::parse(text).map_err(|reason| vec![reason])?;
    let mut faults = Vec::new();
    if root.name != "归档包" {
        return Err(vec!["根元素应是“归档包”".to_owned()]);
    }
    let nothing = Node::default();
    let archival = root.child("档案元数据").unwrap_or(&nothing);
    check_elements(archival, &ARCHIVAL, "档案元数据", &mut faults);
    let number = read_number(archival, &mut faults);
    let reports: Vec<ReportMetadata> = root.all("公文").filter_map(|node| read_report(node, &mut faults)).collect();
    let (subjects, replaces) = (subjects(&root, archival), archival.value("代替").map(str::to_owned));
    if reports.is_empty() && faults.is_empty() {
        faults.push("没有公文".to_owned());
    }
    let version = archival.value("程序版本").unwrap_or_default().to_owned();
    match number {
        Some(number) if faults.is_empty() => Ok(Metadata { number, version, reports, replaces, subjects }),
        _ => Err(faults),
    }
}

/// As [`Metadata::subjects`].
fn subjects(root: &Node, archival: &Node) -> Vec<String> {
    let is_main = |report: &Node| {
        let Some(core) = report.child("核心元数据") else { return false };
        let date = core.value("成文日期").map(|date| date.replace('-', ""));
        core.value("标题") == archival.value("题名")
            && core.value("发文机关或签发人署名") == archival.value("责任者")
            && date.as_deref() == archival.value("日期")
    };
    let name = |report: &Node| report.attribute("单位").map(str::to_owned);
    let mut subjects: Vec<String> = root.all("公文").filter(|report| is_main(report)).filter_map(name).collect();
    let keeper = archival.value("保管单位").filter(|_| root.child("公文").is_some_and(is_main));
    subjects.extend(keeper.map(str::to_owned));
    subjects
}

/// Checks that the node has every element once, in order, and that exactly the empty ones are marked 未著录.
fn check_elements(node: &Node, names: &[&str], what: &str, faults: &mut Vec<String>) {
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

/// Checks the elements about the package; its archive number, which its parts must equal.
fn read_number(node: &Node, faults: &mut Vec<String>) -> Option<ArchiveNumber> {
    let value = |name: &str| node.value(name).unwrap_or_default();
    let Some(number) = ArchiveNumber::parse(value("档号")) else {
        faults.push(format!("档号“{}”不是“全宗号-门类·年度-保管期限-机构-件号”", xml::beginning(value("档号"))));
        return None;
    };
    let parts = [
        ("全宗号", number.fonds.as_str()),
        ("档案门类代码", &number.category),
        ("年度", &number.year.to_string()),
        ("保管期限", number.retention),
        ("机构或问题", &number.department),
        ("件号", &sequence_text(&number)),
    ];
    for (name, part) in parts.iter().filter(|(name, part)| value(name) != *part) {
        faults.push(format!("{name}“{}”与档号中的“{part}”不同", xml::beginning(value(name))));
    }
    if !Retention::ALL.iter().any(|retention| retention.code() == value("保管期限")) {
        faults.push(format!("保管期限“{}”应是 Y、D30 或 D10", value("保管期限")));
    }
    if let Some(other) = node.value("代替").filter(|other| ArchiveNumber::parse(other).is_none()) {
        faults.push(format!("代替“{}”不是档号", xml::beginning(other)));
    }
    let date = value("日期");
    let day = (date.len() == 8).then(|| Date::strptime("%Y%m%d", date).ok()).flatten();
    if day.is_none() {
        faults.push(format!("日期“{date}”应是八位数字"));
    }
    for name in ["题名", "责任者", "签字件", "程序版本"].iter().filter(|name| value(name).is_empty()) {
        faults.push(format!("没有{name}"));
    }
    check_pages(node.value("页数"), faults);
    Some(number)
}

/// Checks the elements about a report.
fn read_report(node: &Node, faults: &mut Vec<String>) -> Option<ReportMetadata> {
    let nothing = Node::default();
    let core = node.child("核心元数据").unwrap_or(&nothing);
    check_elements(core, &CORE, "核心元数据", faults);
    check_pages(node.value("页数"), faults);
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
    let is_report_folder = folder.strip_prefix(layout::REPORTS).is_some_and(is_plain_name);
    if !is_report_folder || name.is_empty() {
        faults.push(format!("公文的单位“{name}”或目录“{folder}”不对"));
    }
    let signed = node.attribute("签字件").unwrap_or_default();
    let states = [SignedCopyState::Seen, SignedCopyState::Unseen, SignedCopyState::ByName].map(Some);
    if !states.into_iter().chain([None]).any(|state| signed_copy_text(state) == signed) {
        faults.push(format!("签字件“{signed}”不对"));
    }
    Some(ReportMetadata {
        name: name.to_owned(),
        folder: folder.to_owned(),
        code: code?,
        date: date?,
        signed: signed.starts_with('有'),
        version: node.value("程序版本").unwrap_or_default().to_owned(),
    })
}

/// Checks a number of pages, when there is one.
fn check_pages(pages: Option<&str>, faults: &mut Vec<String>) {
    if let Some(pages) = pages.filter(|pages| !pages.parse().is_ok_and(|pages: usize| pages > 0)) {
        faults.push(format!("页数“{pages}”应是正整数"));
    }
}
