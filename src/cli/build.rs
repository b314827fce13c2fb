//! `zicha build`: makes the report of every branch.

use clap::Args;

use super::build_flags::BuildFlags;
use super::build_output::build_and_print;
use super::common::{Exit, HELP};
use super::watch;
use crate::pipeline::{Options, RunScope};

/// 读取台账，为每个单位生成自查报告
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha build [选项]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "退出码：0 完成；1 有问题使报告未能生成；2 用法不对或读写失败"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: BuildFlags,
    /// 只生成这个单位的报告，可重复使用；只要部门汇总的，写汇总的名称
    #[arg(long, value_name = "名称")]
    branch: Vec<String>,
    /// 只生成这一片的报告，如 0/16：按名称分成 16 片，这是第 0 片（从 0 数起）
    #[arg(long, value_name = "片/总数", value_parser = parse_shard, conflicts_with = "branch")]
    shard: Option<Shard>,
    /// 删除名册中已没有的单位留下的报告
    #[arg(long)]
    prune: bool,
    /// 生成之后不退出，台账、设置或模板一存盘就再生成，说明哪个单位有什么变化（按 Ctrl-C 结束）
    #[arg(long, conflicts_with_all = ["json", "shard"])]
    watch: bool,
}

/// Shard `at` (from 0) of `of`.
#[derive(Clone, Copy)]
struct Shard {
    at: u32,
    of: u32,
}

fn parse_shard(text: &str) -> Result<Shard, String> {
    let shard = text.split_once('/').and_then(|(at, of)| Some(Shard { at: at.parse().ok()?, of: of.parse().ok()? }));
    shard.filter(|shard| shard.at < shard.of).ok_or_else(|| "应写成 0/16 这样，片号从 0 数起，小于总数".to_owned())
}

impl Arguments {
    /// The flags that `merge` has, too.
    pub(super) fn flags(&self) -> &BuildFlags {
        &self.flags
    }

    /// The options of [`crate::pipeline::build`].
    pub(super) fn options(&self) -> Options {
        let scope = self.shard.map_or(RunScope::Whole, |Shard { at, of }| RunScope::Shard { at, of });
        Options { branches: self.branch.clone(), prune: self.prune, ..self.flags.options(scope) }
    }
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let options = arguments.options();
    if arguments.watch { watch::run(&arguments.flags, &options) } else { build_and_print(&arguments.flags, &options) }
}
