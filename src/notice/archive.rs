//! `[archive]`: how reports are numbered and archived.

use serde::Deserialize;
use toml::Spanned;

/// The parts of archive numbers (档号, DA/T 22-2015) and the content of archive packages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// 全宗号. No default: without it `zicha archive` refuses to work.
    pub fonds: Option<Spanned<String>>,
    /// 档案门类代码; `WS` (文书) by default.
    #[serde(default = "default_category")]
    pub category: Spanned<String>,
    /// 年度, four digits; the year of the report's date by default.
    pub year: Option<Spanned<i16>>,
    /// 保管期限: `Y`, `D30` or `D10`. No default: without it `zicha archive` refuses to work.
    pub retention: Option<Retention>,
    /// 机构（问题）代码; the issuer's name by default.
    pub department: Option<Spanned<String>>,
    /// The number of digits of the sequence number (件号), 3 to 8; 4 by default.
    #[serde(default = "default_digits")]
    pub digits: Spanned<usize>,
    /// What a package contains; `branch` by default.
    #[serde(default)]
    pub scope: ArchiveScope,
    /// Whether packages have SM3 manifests in addition to SHA-256; false by default.
    #[serde(default)]
    pub sm3: bool,
    /// The part of report codes that identifies the notice: 2 to 12 digits and capital letters; the deadline's digits
    /// by default.
    pub code: Option<Spanned<String>>,
    /// Whether final reports have their code as a QR code, too; false by default.
    #[serde(default)]
    pub qr: bool,
}

/// Retention periods (保管期限, DA/T 22-2015, 5.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Retention {
    /// 永久.
    Y,
    /// 30 years.
    D30,
    /// 10 years.
    D10,
}

/// The content of an archive package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArchiveScope {
    /// One report.
    #[default]
    Branch,
    /// All reports, with the summary.
    Department,
}

impl Retention {
    /// The code in archive numbers (DA/T 22-2015, 5.4.3), such as `D30`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Y => "Y",
            Self::D30 => "D30",
            Self::D10 => "D10",
        }
    }

    /// The name in metadata, such as 定期30年.
    pub fn label(self) -> &'static str {
        match self {
            Self::Y => "永久",
            Self::D30 => "定期30年",
            Self::D10 => "定期10年",
        }
    }

    /// All periods.
    pub const ALL: [Self; 3] = [Self::Y, Self::D30, Self::D10];
}

fn default_category() -> Spanned<String> {
    Spanned::new(0..0, "WS".to_owned())
}

fn default_digits() -> Spanned<usize> {
    Spanned::new(0..0, 4)
}

/// The most characters of a part of an archive number.
pub(super) const MAX_ARCHIVE_NUMBER_PART: usize = 20;

/// Whether text can be a part of an archive number: letters, digits and Chinese characters; hyphens and dots
/// separate parts.
pub fn is_archive_number_part(text: &str) -> bool {
    (1..=MAX_ARCHIVE_NUMBER_PART).contains(&text.chars().count()) && text.chars().all(char::is_alphanumeric)
}
