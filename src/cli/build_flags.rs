//! The flags that `build` and `merge` share, and the options of [`pipeline::build`](crate::pipeline::build) they give.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::common::{Folders, InputArguments};
use super::machine::machine;
use crate::pipeline::{Options, PdfNeed, RunScope};
use crate::render::Format;

/// The flags of `build` that `merge` shares.
#[derive(Args)]
pub(super) struct BuildFlags {
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    folders: Folders,
    /// 报告格式：md、html、docx、pdf，可用逗号并列（默认全部；pdf 默认只随正式报告生成）
    #[arg(long, value_name = "格式", value_delimiter = ',', hide_possible_values = true)]
    format: Vec<FormatName>,
    /// 放字体文件的文件夹，排 PDF 时先在这里找（默认用电脑里的字体）
    #[arg(long, value_name = "文件夹")]
    fonts: Option<PathBuf>,
    /// 成文日期，如 2018-11-02（默认用通知设置中的日期）
    #[arg(long, value_name = "日期", value_parser = parse_date)]
    date: Option<Date>,
    /// 生成正式报告：仍有待填写之处或错误的一律不生成
    #[arg(long = "final")]
    is_final: bool,
    /// 已定稿的也改回草稿，核对码和签字件随即作废（不写的话，已定稿的不动）
    #[arg(long, conflicts_with = "is_final")]
    redraft: bool,
    /// 已签字、已归档的正式报告要变的，也换成新的，原来的签字随即作废（不写的话，这样的不动）
    #[arg(long, requires = "is_final")]
    replace_signed: bool,
    /// 在 DOCX 中用批注标出每个指标的来源，供核对用，不能用于签字稿
    #[arg(long, conflicts_with = "is_final")]
    trace: bool,
    /// 生成之后有人改过的文件也换成新的（改过的另存一份）
    #[arg(long)]
    force: bool,
    /// 在标准输出给出 JSON 摘要，文字信息改走标准错误
    #[arg(long)]
    pub(super) json: bool,
    /// 列出全部问题（不写的话，每种代码只列前 10 项，其余只列项数）
    #[arg(long)]
    pub(super) all: bool,
    /// 不显示进度
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// A format as the user writes it.
#[derive(Clone, Copy, ValueEnum)]
enum FormatName {
    Md,
    Html,
    Docx,
    Pdf,
}

fn parse_date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "应写成 2018-11-02 这样的日期".to_owned())
}

impl FormatName {
    fn format(self) -> Format {
        match self {
            Self::Md => Format::Md,
            Self::Html => Format::Html,
            Self::Docx => Format::Docx,
            Self::Pdf => Format::Pdf,
        }
    }
}

impl BuildFlags {
    /// The options of a build over all branches; each format once, all that such a build makes when none is given.
    pub(super) fn options(&self, scope: RunScope) -> Options {
        let mut formats: Vec<Format> = self.format.iter().map(|name| name.format()).collect();
        if formats.is_empty() {
            formats = if self.is_final { Format::ALL.to_vec() } else { Format::DRAFT.to_vec() };
        }
        let is_asked = self.format.iter().any(|name| name.format() == Format::Pdf);
        formats.sort_unstable();
        formats.dedup();
        Options {
            notice: self.input.notice.clone(),
            input: self.input.input(),
            previous: self.input.previous.clone(),
            machine: machine(),
            output: self.folders.output(&self.input.notice),
            signed: self.folders.signed(&self.input.notice),
            archive: self.folders.archive().to_owned(),
            formats,
            pdf: if is_asked { PdfNeed::Asked } else { PdfNeed::WhenPossible },
            fonts: self.fonts.clone(),
            branches: Vec::new(),
            date: self.date,
            is_final: self.is_final,
            redraft: self.redraft,
            replace_signed: self.replace_signed,
            trace: self.trace,
            force: self.force,
            prune: false,
            scope,
        }
    }
}
