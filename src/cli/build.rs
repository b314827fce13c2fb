//! `zicha build`: ledgers in, every branch's report out.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum};
use indexmap::IndexMap;
use jiff::civil::Date;
use serde_json::json;

use super::{Exit, HELP, Source, progress, refuse, watch};
use crate::diagnostics::render;
use crate::manifest::{Freshness, ReportOutcome};
use crate::pipeline::{self, BuildError, BuildOutcome, Options, RunScope};
use crate::render::Format;
use crate::report::Gap;

/// 读取台账，为每个党组织生成自查报告
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha build [选项]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "退出码：0 完成；1 有问题使报告未能生成；2 用法不对或读写失败"
)]
pub struct Arguments {
    #[command(flatten)]
    reports: Reports,
    /// 只生成这个党组织的报告，可重复使用
    #[arg(long, value_name = "名称")]
    branch: Vec<String>,
    /// 只生成这一片的报告，如 0/16：按名称分成 16 片，这是第 0 片（从 0 数起）
    #[arg(long, value_name = "片/总数", value_parser = parse_shard, conflicts_with = "branch")]
    shard: Option<(u32, u32)>,
    /// 删除名册中已没有的党组织留下的报告
    #[arg(long)]
    prune: bool,
    /// 生成之后不退出，台账、设置或模板一存盘就再生成，说明哪个党组织有什么变化（按 Ctrl-C 结束）
    #[arg(long, conflicts_with_all = ["json", "shard"])]
    watch: bool,
}

/// What reports are made of and how they are made.
#[derive(Args)]
pub struct Reports {
    #[command(flatten)]
    source: Source,
    /// 报告文件夹（默认 output）
    #[arg(long, value_name = "文件夹", default_value = "output", hide_default_value = true)]
    output: PathBuf,
    /// 报告格式：md、html、docx，可用逗号并列（默认全部）
    #[arg(long, value_name = "格式", value_delimiter = ',', hide_possible_values = true)]
    format: Vec<FormatName>,
    /// 成文日期，如 2018-11-02（默认用通知设置中的日期）
    #[arg(long, value_name = "日期", value_parser = parse_date)]
    date: Option<Date>,
    /// 生成正式报告：仍有待填写之处或错误的一律不生成
    #[arg(long = "final")]
    is_final: bool,
    /// 在 DOCX 中用批注标出每个指标的来源，供核对用，不能用于签字稿
    #[arg(long, conflicts_with = "is_final")]
    trace: bool,
    /// 生成之后有人改过的文件也换成新的（改过的另存一份）
    #[arg(long)]
    force: bool,
    /// 在标准输出给出 JSON 摘要，文字信息改走标准错误
    #[arg(long)]
    json: bool,
    /// 不显示进度
    #[arg(short, long)]
    quiet: bool,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

#[derive(Clone, Copy, ValueEnum)]
enum FormatName {
    Md,
    Html,
    Docx,
}

fn parse_date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "应写成 2018-11-02 这样的日期".to_owned())
}

fn parse_shard(text: &str) -> Result<(u32, u32), String> {
    let parts = text.split_once('/').and_then(|(at, of)| Some((at.parse().ok()?, of.parse().ok()?)));
    parts.filter(|(at, of)| at < of).ok_or_else(|| "应写成 0/16 这样，片号从 0 数起，小于总数".to_owned())
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Exit {
    let scope = arguments.shard.map_or(RunScope::Whole, |(at, of)| RunScope::Shard { at, of });
    let options = arguments.reports.options(scope);
    let options = Options { branches: arguments.branch.clone(), prune: arguments.prune, ..options };
    if arguments.watch { watch::run(&arguments.reports, &options) } else { arguments.reports.make(&options) }
}

impl Reports {
    /// Builds; with the seconds that it took.
    pub fn build(&self, options: &Options) -> Result<(BuildOutcome, f64), BuildError> {
        let started = Instant::now();
        let watch = progress::watcher(self.quiet);
        let outcome = pipeline::build(options, watch.as_ref())?;
        Ok((outcome, started.elapsed().as_secs_f64()))
    }

    /// Builds and tells.
    pub fn make(&self, options: &Options) -> Exit {
        let as_json = self.json;
        match self.build(options) {
            Ok((outcome, seconds)) => {
                if show(&outcome, options, seconds, as_json).is_err() {
                    return Exit::Trouble;
                }
                if outcome.failed() { Exit::Findings } else { Exit::Done }
            }
            Err(error) => {
                if as_json {
                    // Standard error says it too; a reader that is gone does not change the outcome.
                    let said = json!({ "error": pipeline::chain(&error) });
                    let _ = writeln!(std::io::stdout().lock(), "{said:#}");
                }
                refuse(&error)
            }
        }
    }

    /// What a part of a build over all branches is asked for.
    pub fn options(&self, scope: RunScope) -> Options {
        let of_name = |format: &FormatName| match format {
            FormatName::Md => Format::Md,
            FormatName::Html => Format::Html,
            FormatName::Docx => Format::Docx,
        };
        let mut formats: Vec<Format> = self.format.iter().map(of_name).collect();
        if formats.is_empty() {
            formats = Format::ALL.to_vec();
        }
        formats.sort_unstable();
        formats.dedup();
        Options {
            notice: self.source.notice.clone(),
            input: self.source.input.clone(),
            worker: super::own_program(),
            output: self.output.clone(),
            formats,
            branches: Vec::new(),
            date: self.date,
            is_final: self.is_final,
            trace: self.trace,
            force: self.force,
            prune: false,
            scope,
        }
    }
}

/// Prints findings, gaps and counts; with `--json` the summary alone goes to standard output.
pub fn show(outcome: &BuildOutcome, options: &Options, seconds: f64, as_json: bool) -> std::io::Result<()> {
    let mut out: Box<dyn Write> =
        if as_json { Box::new(std::io::stderr().lock()) } else { Box::new(std::io::stdout().lock()) };
    let color = if as_json { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() };
    render::human(&outcome.findings, color, &mut out)?;
    if !options.is_final {
        for built in outcome.reports.iter().chain(&outcome.summary).filter(|built| !built.gaps.is_empty()) {
            writeln!(out, "{}：{} 处待填写：{}", built.name, built.gaps.len(), listed(&built.gaps))?;
        }
    }
    writeln!(out, "{}", last_line(outcome, options, seconds))?;
    if as_json {
        writeln!(std::io::stdout().lock(), "{:#}", to_json(outcome, options, seconds))?;
    }
    Ok(())
}

/// What is missing; what is missing in many places, as in the department's table, once.
fn listed(gaps: &[Gap]) -> String {
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    for gap in gaps {
        *counts.entry(&gap.what).or_default() += 1;
    }
    let named = counts.iter().map(|(what, count)| match count {
        1 => (*what).to_owned(),
        _ => format!("{what}（{count} 处）"),
    });
    named.collect::<Vec<_>>().join("、")
}

/// What a build came to, in a line.
pub fn last_line(outcome: &BuildOutcome, options: &Options, seconds: f64) -> String {
    let counts = outcome.counts();
    let kind = if options.is_final { "正式报告" } else { "报告" };
    let stopped = if outcome.stopped() > 0 { format!("，未生成 {} 份", outcome.stopped()) } else { String::new() };
    let unchanged =
        if outcome.unchanged() > 0 { format!("（{} 份没有变化）", outcome.unchanged()) } else { String::new() };
    let summary = match &outcome.summary {
        Some(built) if built.is_stopped() => "，汇总未生成",
        Some(_) => "，汇总 1 份",
        None => "",
    };
    format!(
        "{kind} {} 份{unchanged}{stopped}{summary}；待填写 {} 处；错误 {} 项，警告 {} 项，提示 {} 项；用时 {seconds:.2} 秒；输出在 {}",
        outcome.written(),
        outcome.gaps(),
        counts.errors,
        counts.warnings,
        counts.notes,
        options.output.display(),
    )
}

fn to_json(outcome: &BuildOutcome, options: &Options, seconds: f64) -> serde_json::Value {
    let path =
        |built: &ReportOutcome, name: &String| options.output.join(&built.folder).join(name).display().to_string();
    let of_built = |built: &ReportOutcome| {
        // Why it was built again: an identifier of `RebuildReason`.
        let rebuilt = match &built.freshness {
            Freshness::Rebuilt(reason) => Some(reason.id()),
            Freshness::Reused | Freshness::Untouched => None,
        };
        let gaps = built.gaps.iter().map(|gap| json!({ "missing": gap.what, "place": gap.part }));
        json!({
            "branch": built.name,
            "stopped": built.is_stopped(),
            "gaps": gaps.collect::<Vec<_>>(),
            "unchanged": built.freshness == Freshness::Reused,
            "rebuilt": rebuilt,
            "files": built.files.keys().map(|name| path(built, name)).collect::<Vec<_>>(),
        })
    };
    let reports = outcome.reports.iter().map(of_built);
    let counts = outcome.counts();
    json!({
        "reports": outcome.written(),
        "unchanged": outcome.unchanged(),
        "stopped": outcome.stopped(),
        "gaps": outcome.gaps(),
        "errors": counts.errors,
        "warnings": counts.warnings,
        "notes": counts.notes,
        "seconds": seconds,
        "branches": reports.collect::<Vec<_>>(),
        "summary": outcome.summary.as_ref().map(of_built),
        "proved": outcome.proof.holds,
        "findings": outcome.findings.iter().map(render::json).collect::<Vec<_>>(),
    })
}
