//! The text of `notice.toml`. What was guessed says so, with the reason, in a comment on its line.

use std::fmt::Write;

use super::super::checks::{CheckDesign, START};
use super::super::design::{ColumnDesign, Design, LedgerDesign};
use super::super::guess::{Confidence, Guess};
use super::super::metrics::{MetricDesign, MetricKind};
use super::super::phrase::nothing_words;
use super::super::sections::{PartContent, PartDesign, SectionDesign};
use super::super::summary::{LedgerSummary, ListDesign, SummaryMetric};
use super::text::{comment, expression, list};
use super::{NewNotice, SUMMARY};
use crate::notice::edit::quoted;
use crate::notice::subject;

/// Decimal places of rates: 85.28%.
const RATE_DECIMALS: u32 = 4;
/// Rows of the longest table that stays within a report.
const TABLE_ROWS: u32 = 20;

/// The text of `notice.toml`, table by table.
pub(super) fn settings(notice: &NewNotice<'_>) -> String {
    let design = notice.design;
    let mut out = String::from(
        "# 由 zicha new 按台账和提纲写成。“猜的”后面是理由，请从上往下核对；改这里和旁边的模板即可。\n\
         # 每个键的说明：zicha explain 键，例如 zicha explain ledger.columns.type\n",
    );
    facts(&mut out, design);
    letter(&mut out, design);
    heading(&mut out, "台账");
    for (at, ledger) in design.ledgers.iter().enumerate() {
        write_ledger(&mut out, ledger, at == 0);
    }
    heading(&mut out, "指标");
    push(&mut out, "[metric]");
    for (ledger, metrics) in design.ledgers.iter().zip(&notice.metrics).skip(1) {
        push(&mut out, &format!("# {}", comment(&ledger.title)));
        metrics.metrics.iter().for_each(|metric| push(&mut out, &metric_line(metric)));
    }
    if !notice.checks.is_empty() {
        heading(&mut out, "核对");
        notice.checks.iter().for_each(|check| write_check(&mut out, check));
    }
    heading(&mut out, "报告的各个方面");
    notice.sections.iter().for_each(|section| write_section(&mut out, section, notice));
    heading(&mut out, "部门汇总");
    write_summary(&mut out, notice);
    out
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn heading(out: &mut String, title: &str) {
    out.push_str(&format!("\n# ---------------------------------------------------------------- {title}\n"));
}

/// A key with its value, and the reason of the guess.
fn guessed<T>(key: &str, value: &str, guess: &Guess<T>) -> String {
    let mark = if guess.confidence == Confidence::Certain { "" } else { "猜的：" };
    format!("{key} = {value}  # {mark}{}", comment(&guess.reason))
}

fn facts(out: &mut String, design: &Design) {
    push(out, "\n[notice]");
    push(out, &guessed("title", &quoted(&design.title.value), &design.title));
    push(out, &guessed("issuer", &quoted(&design.issuer.value), &design.issuer));
    push(out, &guessed("deadline", &design.deadline.value.to_string(), &design.deadline));
    push(out, &guessed("cutoff", &design.cutoff.value.to_string(), &design.cutoff));
    if let Some(start) = &design.start {
        push(out, "\n[vars]");
        push(out, &guessed(START, &start.value.to_string(), start));
    }
    push(out, "\n[words]");
    push(out, &guessed("branch", &quoted(&design.branch_word.value), &design.branch_word));
    let roster = &design.roster;
    let id = design.ledgers.first().map_or("", |ledger| &ledger.id);
    push(out, "\n[roster]");
    push(out, &format!("ledger = {}  # 猜的：{}", quoted(id), comment(&roster.reason)));
    push(out, &format!("name = {}", quoted(&roster.name)));
    if let Some(short) = &roster.short {
        push(out, &format!("short = {}", quoted(short)));
    }
    push(out, &format!("kind = {}", quoted(&roster.kind)));
}

/// What a report is about, word by word: 关于…情况的. A subject that says 情况 does not say it twice.
fn about(title: &str) -> &'static str {
    if subject(title).contains("情况") {
        "\"关于\", \"{{ notice.subject }}的\""
    } else {
        "\"关于\", \"{{ notice.subject }}\", \"情况的\""
    }
}

fn letter(out: &mut String, design: &Design) {
    let date = design.deadline.value;
    push(out, "\n[letter]");
    let about = about(&design.title.value);
    push(
        out,
        &format!(
            "title = [\"{{{{ branch.name }}}}\", {about}, \"报告\"]  # 猜的：照通知的标题；标题按词写，换行只发生在词与词之间"
        ),
    );
    push(out, "addressee = \"{{ notice.issuer }}\"");
    push(out, "opening = \"opening.md\"\nclosing = \"closing.md\"");
    push(out, &guessed("signer", &quoted(&design.signer.value), &design.signer));
    push(out, "organisation = \"{{ branch.name }}\"");
    push(out, &format!("date = {date}  # 猜的：报送截止的那一天"));
    push(out, &format!("table_rows = {TABLE_ROWS}  # 更长的表移作附件"));
    push(out, "file_name = \"自查报告\"");
}

fn write_ledger(out: &mut String, ledger: &LedgerDesign, is_roster: bool) {
    push(out, &format!("\n[ledger.{}]", ledger.id));
    push(out, &format!("title = {}", quoted(&ledger.title)));
    let reason =
        if ledger.is_united { "  # 猜的：同一个文件里表头一样的工作表算一种台账" } else { "" };
    push(out, &format!("sheets = {}{reason}", list(&ledger.sheets)));
    if !is_roster {
        let Guess { value, reason, confidence } = &ledger.every_branch;
        let consequence = if *value {
            "没有记录、也没有报“无”的，数是待填写，不是 0"
        } else {
            "没有记录的，算没有这样的事，报告里写“没有……”，不是待填写"
        };
        let guess = Guess::new((), *confidence, format!("{reason}；{consequence}"));
        push(out, &guessed("every_branch", &value.to_string(), &guess));
    }
    if !ledger.nil.is_empty() {
        push(out, &format!("nil_report = {}  # 一行除了单位只写这样的词的，是零报告", list(&ledger.nil)));
    }
    push(out, &format!("[ledger.{}.columns]", ledger.id));
    ledger.columns.iter().for_each(|column| push(out, &column_line(column)));
}

fn column_line(column: &ColumnDesign) -> String {
    let mut line = format!("{} = {{ header = {}, type = \"{}\"", column.id, list(&column.header), column.kind.word());
    if column.required {
        line.push_str(", required = true");
    }
    if !column.values.is_empty() {
        // Writing to a text cannot fail.
        let _ = write!(line, ", values = {}", list(&column.values));
    }
    if !column.synonyms.is_empty() {
        let pairs = column.synonyms.iter().map(|(variant, value)| format!("{} = {}", quoted(variant), quoted(value)));
        let _ = write!(line, ", synonyms = {{ {} }}", pairs.collect::<Vec<_>>().join(", "));
    }
    if let Some(unit) = &column.unit {
        let _ = write!(line, ", unit = {}", quoted(unit));
    }
    if column.is_from_zero {
        line.push_str(", min = 0");
    }
    if column.fill_down {
        line.push_str(", fill_down = true");
    }
    let mark = if column.is_certain { "" } else { "猜的：" };
    let _ = write!(line, " }}  # {mark}{}", comment(&column.reason));
    line
}

/// What metrics of branches and of the summary have in common.
struct MetricLine<'a> {
    id: &'a str,
    label: &'a str,
    unit: &'a str,
    expr: &'a str,
    display: Display,
}

/// How a metric is shown.
#[derive(Clone, Copy)]
enum Display {
    Number,
    Mean,
    Rate,
}

impl Display {
    /// How many decimals, of the value and not of its percentage.
    const MEAN_DECIMALS: u32 = 1;

    fn of(metric: &MetricDesign) -> Self {
        match metric.kind {
            MetricKind::Mean => Self::Mean,
            MetricKind::MeanRate | MetricKind::Rate { .. } => Self::Rate,
            MetricKind::Total | MetricKind::Count | MetricKind::Faults | MetricKind::Shortfall => Self::Number,
        }
    }

    /// The keys behind the label.
    fn keys(self, unit: &str) -> String {
        let unit = if unit.is_empty() { String::new() } else { format!(", unit = {}", quoted(unit)) };
        match self {
            Self::Number => unit,
            Self::Mean => format!("{unit}, decimals = {}", Self::MEAN_DECIMALS),
            Self::Rate => format!(", show = \"percent\", decimals = {RATE_DECIMALS}"),
        }
    }
}

fn metric_line(metric: &MetricDesign) -> String {
    let MetricDesign { id, label, unit, expr, reason, .. } = metric;
    let line = write_metric(&MetricLine { id, label, unit, expr, display: Display::of(metric) });
    match reason {
        Some(reason) => format!("{line}  # 猜的：{}", comment(reason)),
        None => line,
    }
}

fn write_metric(metric: &MetricLine<'_>) -> String {
    let (id, label, expr) = (metric.id, quoted(metric.label), expression(metric.expr));
    format!("{id} = {{ label = {label}{}, expr = {expr} }}", metric.display.keys(metric.unit))
}

fn write_check(out: &mut String, check: &CheckDesign) {
    push(out, "\n[[check]]");
    push(out, &format!("ledger = {}", quoted(&check.ledger)));
    push(out, &format!("when = {}", expression(&check.when)));
    push(out, &format!("severity = \"{}\"", check.severity));
    push(out, &format!("message = {}", quoted(&check.message)));
    push(out, &format!("column = {}", quoted(&check.column)));
    push(out, &format!("cure = {}", quoted(&check.cure)));
}

fn write_section(out: &mut String, section: &SectionDesign, notice: &NewNotice<'_>) {
    let reason = if section.is_of_outline { "" } else { "  # 猜的：提纲里没有写到" };
    let reason = if notice.has_outline { reason } else { "" };
    push(out, "\n[[section]]");
    push(out, &format!("title = {}{reason}", quoted(&section.title)));
    for part in &section.parts {
        push(out, "[[section.part]]");
        push(out, &format!("template = {}", quoted(&part.template)));
        push(out, &format!("label = {}", quoted(&label(part, section, notice))));
        if let PartContent::Ledger(index) = part.content {
            let ledger = &notice.design.ledgers[index];
            push(out, &format!("ledgers = [{}]", quoted(&ledger.id)));
            // A branch may report nothing in any ledger. Of one that is not counted, no setting says what nothing is.
            if !ledger.nil.is_empty() || !ledger.is_uncounted {
                let nothing = nothing_words(&ledger.noun, &ledger.measure);
                push(out, &format!("nil = {}", quoted(&format!("{nothing}。"))));
            }
        }
    }
}

/// What a part is about, for the gap of a branch without rows.
fn label(part: &PartDesign, section: &SectionDesign, notice: &NewNotice<'_>) -> String {
    match &part.content {
        PartContent::Ledger(index) => {
            let ledger = &notice.design.ledgers[*index];
            format!("{}情况（《{}》中没有本{}的记录）", ledger.noun, ledger.title, notice.design.branch_word.value)
        }
        _ => part.heading.clone().unwrap_or_else(|| section.title.clone()),
    }
}

fn write_summary(out: &mut String, notice: &NewNotice<'_>) {
    let design = notice.design;
    push(out, &format!("\n[summary]\nname = {}", quoted(SUMMARY)));
    push(out, "\n[summary.letter]");
    push(out, &format!("title = [{}, \"汇总报告\"]", about(&design.title.value)));
    push(out, "addressee = \"上级主管部门\"  # 猜的：请改成汇总报告报给谁");
    push(out, "opening = \"summary/opening.md\"\nclosing = \"summary/closing.md\"");
    push(out, "signer = \"{{ notice.issuer }}负责人\"\norganisation = \"{{ notice.issuer }}\"");
    push(out, &format!("date = {}\nfile_name = \"自查汇总\"", design.deadline.value));
    let lists = || notice.summaries.iter().flat_map(lists_of);
    if lists().next().is_some() {
        push(out, "\n# 名单：b 是一个单位，可用它的名称 name、类别 kind 和上面 [metric] 的指标");
        push(out, "[summary.list]");
        lists().for_each(|list| push(out, &list_line(list)));
    }
    push(out, "\n[summary.metric]");
    for metric in notice.summaries.iter().flat_map(|summary| summary.metrics.iter().flatten()) {
        let SummaryMetric { id, label, unit, expr, is_rate } = metric;
        let display = if *is_rate { Display::Rate } else { Display::Number };
        push(out, &write_metric(&MetricLine { id, label, unit, expr, display }));
    }
    notice.sections.iter().for_each(|section| write_summary_section(out, section, notice));
    push(out, "\n# 汇总表：每种台账一张表，每个单位一行；highlight 中的指标大于 0 时标红");
    for (ledger, metrics) in design.ledgers.iter().zip(&notice.metrics).skip(1) {
        let ids = metrics.metrics.iter().map(|metric| &metric.id);
        let highlight: Vec<&String> = metrics.shortfalls().map(|metric| &metric.id).collect();
        push(out, "\n[[summary.sheet]]");
        push(out, &format!("title = {}\nmetrics = {}", quoted(&ledger.noun), list(ids)));
        if !highlight.is_empty() {
            push(out, &format!("highlight = {}", list(highlight)));
        }
    }
}

fn lists_of(summary: &LedgerSummary) -> impl Iterator<Item = &ListDesign> {
    summary.absent.iter().chain(&summary.shortfalls).chain(summary.chart.iter().map(|chart| &chart.list))
}

fn list_line(list: &ListDesign) -> String {
    let sort = match list.sort.as_str() {
        "" => String::new(),
        sort => format!(", sort = {}, descending = true", quoted(sort)),
    };
    format!("{} = {{ label = {}, when = {}{sort} }}", list.id, quoted(&list.label), expression(&list.when))
}

fn write_summary_section(out: &mut String, section: &SectionDesign, notice: &NewNotice<'_>) {
    let is_summed = |part: &&PartDesign| matches!(part.content, PartContent::Ledger(_) | PartContent::Overview);
    let mut parts = section.parts.iter().filter(is_summed).peekable();
    if parts.peek().is_none() {
        return;
    }
    push(out, &format!("\n[[summary.section]]\ntitle = {}", quoted(&section.title)));
    for part in parts {
        let template = format!("summary/{}", part.template);
        push(out, &format!("[[summary.section.part]]\ntemplate = {}", quoted(&template)));
        let label = match &part.content {
            PartContent::Ledger(index) => format!("{}情况", notice.design.ledgers[*index].noun),
            _ => section.title.clone(),
        };
        push(out, &format!("label = {}", quoted(&label)));
    }
}
