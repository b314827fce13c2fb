//! `zicha merge`: combines the output of shards into one run.

use clap::Args;

use super::build_flags::BuildFlags;
use super::build_output::build_and_print;
use super::common::{Exit, HELP};
use crate::pipeline::RunScope;

/// 把各分片（build --shard）生成的报告汇成一次：汇总报告、汇总表和记录
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha merge [选项]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "选项要与各分片的相同。退出码：0 完成；1 有的分片没有完成；2 用法不对或读写失败"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: BuildFlags,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    build_and_print(&arguments.flags, &arguments.flags.options(RunScope::Merge))
}
