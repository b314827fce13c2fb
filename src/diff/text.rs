//! Differences as text, for terminals and pages.

use std::io::{self, Write};

use super::{BranchChange, DifferenceKind, Differences, MetricChange, RowChange};

/// Prints differences branch by branch.
///
/// # Errors
/// When `out` cannot be written to.
pub(crate) fn print(differences: &Differences, out: &mut dyn Write) -> io::Result<()> {
    for (what, names) in [("新增的单位", &differences.added), ("不再有的单位", &differences.gone)] {
        if !names.is_empty() {
            writeln!(out, "{what}：{}", names.join("、"))?;
        }
    }
    if !differences.summary.is_empty() {
        writeln!(out, "汇总")?;
        differences.summary.iter().try_for_each(|metric| writeln!(out, "  {}", metric_line(metric)))?;
    }
    differences.branches.iter().try_for_each(|branch| print_branch(branch, out))?;
    differences.not_compared().iter().try_for_each(|line| writeln!(out, "{line}"))?;
    if differences.is_empty() {
        return writeln!(out, "没有变化");
    }
    writeln!(out, "有变化的单位 {} 个，没有变化的 {} 个", differences.branches.len(), differences.unchanged)
}

fn print_branch(branch: &BranchChange, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", branch.branch)?;
    if let Some((old, new)) = branch.state {
        writeln!(out, "  报告：{} → {}", old.label(), new.label())?;
    }
    for metric in &branch.metrics {
        writeln!(out, "  {}", metric_line(metric))?;
        for row in metric.because.iter().filter_map(|at| branch.rows.get(*at)) {
            row_lines(row).iter().try_for_each(|line| writeln!(out, "      {line}"))?;
        }
    }
    let shown = |at: &usize| branch.metrics.iter().any(|metric| metric.because.contains(at));
    for (_, row) in branch.rows.iter().enumerate().filter(|(at, _)| !shown(at)) {
        row_lines(row).iter().try_for_each(|line| writeln!(out, "  {line}"))?;
    }
    for paragraph in &branch.paragraphs {
        paragraph.old.iter().try_for_each(|line| writeln!(out, "  - {line}"))?;
        paragraph.new.iter().try_for_each(|line| writeln!(out, "  + {line}"))?;
    }
    Ok(())
}

/// A metric's change as one line.
pub(crate) fn metric_line(metric: &MetricChange) -> String {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "待填写".to_owned());
    format!("{}：{} → {}", metric.label, value(&metric.old), value(&metric.new))
}

/// A row's change, with a line for each changed cell.
pub(crate) fn row_lines(row: &RowChange) -> Vec<String> {
    let shown = |text: &str| if text.is_empty() { "（空）".to_owned() } else { text.replace('\n', " ") };
    match &row.what {
        DifferenceKind::Added(number, text) => vec![format!("{} 第{number}行 增加：{text}", row.place)],
        DifferenceKind::Gone(number, text) => vec![format!("{} 第{number}行 删去：{text}", row.place)],
        DifferenceKind::Cells(cells) => cells
            .iter()
            .map(|cell| {
                format!("{} {} {}：{} → {}", row.place, cell.cell, cell.label, shown(&cell.old), shown(&cell.new))
            })
            .collect(),
    }
}
