//! `[letter]` and `[typography]`: the fixed parts of a report, and its typefaces and page grid.

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::calendar;
use super::letter_head::LetterHead;
use super::letter_tail::LetterTail;
use super::texts::OneOrMore;

/// The fixed parts of every report. Texts are templates over the branch.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// The title as a list of words; its lines break only between them. Required.
    pub title: Vec<Spanned<String>>,
    /// 主送机关, without the colon; a template. Required.
    pub addressee: Spanned<String>,
    /// The file name of the template of the opening paragraphs. Required.
    pub opening: Spanned<String>,
    /// The file name of the template of the closing paragraphs. Required.
    pub closing: Spanned<String>,
    /// The post of the signer, such as 党支部书记; a template. Required.
    pub signer: Spanned<String>,
    /// 署名, one for each issuer; templates. Required.
    pub organisation: OneOrMore,
    /// 成文日期; `--date` overrides it. Required.
    #[serde(deserialize_with = "calendar::day")]
    pub date: Date,
    /// Whether 署名 and date leave space for a seal; false by default.
    #[serde(default)]
    pub seal: bool,
    /// 附注 in brackets below the date; a template. None by default.
    pub note: Option<Spanned<String>>,
    /// The rows of a table that stays in the letter; a longer one with a caption becomes an annex. Unlimited by
    /// default.
    pub table_rows: Option<usize>,
    /// The part of the report's file name after the branch's name. Required.
    pub file_name: String,
    /// What stands above the title; nothing by default.
    pub head: Option<LetterHead>,
    /// 版记; none by default.
    pub tail: Option<LetterTail>,
}

/// Typefaces, each a list of names of which the first installed one is used, and the page grid. All have defaults.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typography {
    /// Of the title; 小标宋 by default.
    pub title: Vec<String>,
    /// Of the body; 仿宋 by default.
    pub body: Vec<String>,
    /// Of first-level headings; 黑体 by default.
    pub heading1: Vec<String>,
    /// Of second-level headings; 楷体 by default.
    pub heading2: Vec<String>,
    /// Of page numbers; 宋体 by default.
    pub page_number: Vec<String>,
    /// Of digits and Latin letters; the Chinese typeface by default.
    pub latin: Option<String>,
    /// The document grid of DOCX; `lines` by default.
    pub grid: Grid,
}

/// The kind of document grid (GB/T 9704-2012, 5.2.3: 22 lines of 28 characters).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grid {
    /// Line grid; the style sets the character spacing. Correct in every program measured.
    Lines,
    /// Line and character grid. Correct by the standard, but LibreOffice sets 14 characters in a line.
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
