//! Runs a build and prints its outcome, for `build`, `build --watch` and `merge`.

use std::io::{self, Write};
use std::time::Instant;

use indexmap::IndexMap;
use serde_json::json;

use super::build_flags::BuildFlags;
use super::common::{Exit, TextOutput, print_build_error};
use super::progress;
use crate::diagnostics::render::{self, TextStyle};
use crate::manifest::{Freshness, ReportOutcome};
use crate::pipeline::{self, BuildError, BuildOutcome, Options};
use crate::report::Gap;

/// The outcome of a build, and the seconds that it took.
pub(super) struct TimedOutcome {
    pub(super) outcome: BuildOutcome,
    pub(super) seconds: f64,
}

/// Builds, with progress on standard error unless the flags ask for quiet.
pub(super) fn build(flags: &BuildFlags, options: &Options) -> Result<TimedOutcome, BuildError> {
    let started = Instant::now();
    let progress = progress::new(flags.quiet);
    let outcome = pipeline::build(options, progress.as_ref())?;
    Ok(TimedOutcome { outcome, seconds: started.elapsed().as_secs_f64() })
}

/// Builds and prints the outcome.
pub(super) fn build_and_print(flags: &BuildFlags, options: &Options) -> Exit {
    match build(flags, options) {
        Ok(TimedOutcome { outcome, seconds }) => match print_outcome(&outcome, options, seconds, flags) {
            Ok(()) if outcome.failed() => Exit::Findings,
            Ok(()) => Exit::Done,
            Err(_) => Exit::Trouble,
        },
        Err(error) => {
            if flags.json {
                // Standard error has the message too, so a closed standard output changes nothing.
                let message = json!({ "error": pipeline::chain(&error) });
                let _ = writeln!(io::stdout().lock(), "{message:#}");
            }
            print_build_error(&error)
        }
    }
}

/// Prints findings, gaps and counts as text; with `--json`, also a JSON object, alone on standard output.
pub(super) fn print_outcome(
    outcome: &BuildOutcome,
    options: &Options,
    seconds: f64,
    flags: &BuildFlags,
) -> io::Result<()> {
    let TextOutput { writer: mut out, color } = TextOutput::new(flags.json);
    render::human(&outcome.findings, TextStyle::screen(color, flags.all), &mut out)?;
    if !options.is_final {
        for built in outcome.reports.iter().chain(&outcome.summary).filter(|built| !built.gaps.is_empty()) {
            writeln!(out, "{}：{} 处待填写：{}", built.name, built.gaps.len(), gap_list(&built.gaps))?;
        }
    }
    writeln!(out, "{}", summary_line(outcome, options, seconds))?;
    if flags.json {
        writeln!(io::stdout().lock(), "{:#}", to_json(outcome, options, seconds))?;
    }
    Ok(())
}

/// The gaps, separated by 、; a gap that occurs several times (as in the department's table) once, with its count.
fn gap_list(gaps: &[Gap]) -> String {
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

/// The last line: how many reports, gaps and findings, seconds, and the output folder.
pub(super) fn summary_line(outcome: &BuildOutcome, options: &Options, seconds: f64) -> String {
    let counts = outcome.counts();
    let kind = if options.is_final { "正式报告" } else { "报告" };
    let stopped = if outcome.stopped() > 0 { format!("，未生成 {} 份", outcome.stopped()) } else { String::new() };
    let unchanged =
        if outcome.unchanged() > 0 { format!("（{} 份没有变化）", outcome.unchanged()) } else { String::new() };
    let kept = if outcome.kept_finals() > 0 {
        format!("，正式报告 {} 份没有动", outcome.kept_finals())
    } else {
        String::new()
    };
    let summary = outcome.summary_clause().map(|clause| format!("，{clause}")).unwrap_or_default();
    format!(
        "{kind} {} 份{unchanged}{kept}{stopped}{summary}；待填写 {} 处；错误 {} 项，警告 {} 项，提示 {} 项；用时 {seconds:.2} 秒；输出在 {}",
        outcome.written(),
        outcome.gaps(),
        counts.errors,
        counts.warnings,
        counts.notes,
        options.output.display(),
    )
}

/// The JSON object of `--json`.
fn to_json(outcome: &BuildOutcome, options: &Options, seconds: f64) -> serde_json::Value {
    let path =
        |built: &ReportOutcome, name: &String| options.output.join(&built.folder).join(name).display().to_string();
    let of_built = |built: &ReportOutcome| {
        let gaps = built.gaps.iter().map(|gap| json!({ "missing": gap.what, "place": gap.part }));
        // Why it was built again: an identifier of `RebuildReason`.
        let rebuilt = match &built.freshness {
            Freshness::Rebuilt(reason) => Some(reason.id()),
            Freshness::Reused | Freshness::KeptFinal | Freshness::Untouched => None,
        };
        json!({
            "branch": built.name,
            "stopped": built.is_stopped(),
            "gaps": gaps.collect::<Vec<_>>(),
            "unchanged": built.freshness == Freshness::Reused,
            "kept_final": built.is_kept_final(),
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
        "kept_finals": outcome.kept_finals(),
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
