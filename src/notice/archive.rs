//! `[archive]`: how reports are numbered and kept.

use serde::Deserialize;
use toml::Spanned;

use super::{Notice, NoticeError};
use crate::report_code;

/// How reports are archived: the parts of the 档号 (DA/T 22-2015) and what goes into a package.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// 全宗号; `zicha archive` asks for it when it is not given.
    pub fonds: Option<Spanned<String>>,
    /// 档案门类代码.
    #[serde(default = "records")]
    pub category: Spanned<String>,
    /// 年度; that of the report's date when not given.
    pub year: Option<Spanned<i16>>,
    /// 保管期限; `zicha archive` asks for it when it is not given.
    pub retention: Option<Retention>,
    /// 机构（问题）代码; the issuer's name when not given.
    pub department: Option<Spanned<String>>,
    /// Digits of 件号.
    #[serde(default = "four")]
    pub digits: Spanned<usize>,
    /// What a package holds.
    #[serde(default)]
    pub scope: ArchiveScope,
    /// Whether packages have SM3 manifests beside the others.
    #[serde(default)]
    pub sm3: bool,
    /// The part of the reports' codes that names the notice; the deadline's digits when not given.
    pub code: Option<Spanned<String>>,
    /// Whether final reports bear their code as a QR code, too.
    #[serde(default)]
    pub qr: bool,
}

/// How long documents are kept (DA/T 22-2015, 5.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Retention {
    /// For ever.
    Y,
    /// Thirty years.
    D30,
    /// Ten years.
    D10,
}

/// What a package holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArchiveScope {
    /// One report.
    #[default]
    Branch,
    /// All reports, with the department's.
    Department,
}

impl Retention {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Y => "Y",
            Self::D30 => "D30",
            Self::D10 => "D10",
        }
    }

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Y => "永久",
            Self::D30 => "定期30年",
            Self::D10 => "定期10年",
        }
    }

    /// All of them.
    pub const ALL: [Self; 3] = [Self::Y, Self::D30, Self::D10];
}

fn records() -> Spanned<String> {
    Spanned::new(0..0, "WS".to_owned())
}

fn four() -> Spanned<usize> {
    Spanned::new(0..0, 4)
}

impl Notice {
    /// The part of the reports' codes that names this notice.
    pub fn code(&self) -> String {
        let own = self.archive.as_ref().and_then(|archive| archive.code.as_ref());
        own.map_or_else(|| self.notice.deadline.strftime("%Y%m%d").to_string(), |code| code.get_ref().clone())
    }

    /// Whether final reports bear QR codes.
    pub fn has_qr(&self) -> bool {
        self.archive.as_ref().is_some_and(|archive| archive.qr)
    }
}

/// Whether text can be a part of a 档号: letters, digits and Chinese characters, so that its hyphens and dot part it.
pub fn is_part(text: &str) -> bool {
    (1..=20).contains(&text.chars().count()) && text.chars().all(char::is_alphanumeric)
}

/// Checks the parts of the 档号 and of the codes.
pub fn validate(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let Some(archive) = &notice.archive else { return };
    for (key, part) in [
        ("fonds", archive.fonds.as_ref()),
        ("category", Some(&archive.category)),
        ("department", archive.department.as_ref()),
    ] {
        if let Some(part) = part.filter(|part| !is_part(part.get_ref())) {
            let message = format!("{key} 不能是“{}”：档号的各部分只用字母、数字和汉字，不超过 20 个字", part.get_ref());
            errors.push(notice.error_at(part, message));
        }
    }
    if archive.department.is_none() && !is_part(&notice.notice.issuer) {
        let message = "issuer 不能作档号中的机构，请在 [archive] 写明 department（字母、数字或汉字）";
        errors.push(notice.error_at(&archive.category, message.to_owned()));
    }
    if let Some(year) = archive.year.as_ref().filter(|year| !(1900..=2999).contains(year.get_ref())) {
        errors.push(notice.error_at(year, format!("year 不能是 {}，应是四位年份", year.get_ref())));
    }
    if !(3..=8).contains(archive.digits.get_ref()) {
        let message = format!("digits 不能是 {}：件号应是 3 至 8 位", archive.digits.get_ref());
        errors.push(notice.error_at(&archive.digits, message));
    }
    if let Some(code) = archive.code.as_ref().filter(|code| !report_code::is_notice(code.get_ref())) {
        let message =
            format!("code 不能是“{}”：只用数字和大写字母（不用 I、L、O、U，容易看错），2 至 12 个", code.get_ref());
        errors.push(notice.error_at(code, message));
    }
}
