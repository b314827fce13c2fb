//! The fixed parts of a report, and the type it is set in.

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::calendar;

/// The fixed parts of every report; texts are tera templates over the branch.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// The title in words: a line of it breaks only between them.
    pub title: Vec<Spanned<String>>,
    /// 主送机关, without the colon.
    pub addressee: Spanned<String>,
    /// The template of the opening paragraphs.
    pub opening: Spanned<String>,
    /// The template of the closing paragraphs.
    pub closing: Spanned<String>,
    /// Who signs, such as 党支部书记.
    pub signer: Spanned<String>,
    /// 署名.
    pub organisation: Spanned<String>,
    /// 成文日期; `--date` overrides it.
    #[serde(deserialize_with = "calendar::day")]
    pub date: Date,
    /// Whether a seal goes over 署名 and date.
    #[serde(default)]
    pub seal: bool,
    /// 附注 in brackets below the date, when wanted.
    pub note: Option<Spanned<String>>,
    /// What the report's file is called after the branch's name.
    pub file_name: String,
}

/// Typefaces, each with its fallbacks, and the page's grid.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typography {
    /// 小标宋 of the title.
    pub title: Vec<String>,
    /// 仿宋 of the body.
    pub body: Vec<String>,
    /// 黑体 of first headings.
    pub heading1: Vec<String>,
    /// 楷体 of second headings.
    pub heading2: Vec<String>,
    /// 宋体 of page numbers.
    pub page_number: Vec<String>,
    /// The typeface of digits and Latin letters; the Chinese one when not given.
    pub latin: Option<String>,
    /// The document grid of DOCX.
    pub grid: Grid,
}

/// The kind of document grid (GB/T 9704-2012, 5.2.2: 22 lines of 28 characters).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grid {
    /// Line grid, characters spaced by their style: right in every program measured.
    Lines,
    /// Line and character grid: right by arithmetic, 14 characters a line in LibreOffice.
    LinesAndChars,
}

impl Default for Typography {
    fn default() -> Self {
        let names = |list: &[&str]| list.iter().map(|n| (*n).to_owned()).collect();
        Self {
            title: names(&["方正小标宋简体", "方正小标宋_GBK", "宋体", "SimSun"]),
            body: names(&["仿宋_GB2312", "仿宋", "FangSong", "STFangsong"]),
            heading1: names(&["黑体", "SimHei"]),
            heading2: names(&["楷体_GB2312", "楷体", "KaiTi"]),
            page_number: names(&["宋体", "SimSun"]),
            latin: None,
            grid: Grid::Lines,
        }
    }
}
