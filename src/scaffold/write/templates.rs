//! The templates of a report and of the summary.

use super::super::design::{ColumnDesign, LedgerDesign};
use super::super::metrics::{Clause, LedgerMetrics, Listing, MetricDesign, MetricKind};
use super::super::sections::{PartContent, PartDesign};
use super::super::summary::{LedgerSummary, ListDesign, SummaryMetric, with_unit};
use super::text::{argument, words};
use super::{NewNotice, TemplateFile};
use crate::notice::ColumnType;

/// Columns of a table in a report.
const MAX_TABLE_COLUMNS: usize = 7;

/// The templates of all parts, and those of opening and closing.
pub(super) fn templates(notice: &NewNotice<'_>) -> Vec<TemplateFile> {
    let mut files = vec![
        TemplateFile::new(
            "opening.md",
            "根据《{{ notice.title }}》要求，现将截至{{ notice.cutoff }}的情况报告如下。\n",
        ),
        TemplateFile::new("closing.md", "特此报告。\n"),
        TemplateFile::new(
            "summary/opening.md",
            &format!(
                "根据《{{{{ notice.title }}}}》要求，各{}开展了自查。现将截至{{{{ notice.cutoff }}}}的情况汇总如下。\n",
                words(&notice.design.branch_word.value)
            ),
        ),
        TemplateFile::new("summary/closing.md", "各项数据见《汇总表》。特此报告。\n"),
    ];
    for part in notice.sections.iter().flat_map(|section| &section.parts) {
        files.push(TemplateFile::new(&part.template, &part_text(notice, part)));
        if let Some(text) = summary_text(notice, part) {
            files.push(TemplateFile::new(&format!("summary/{}", part.template), &text));
        }
    }
    files
}

fn heading(part: &PartDesign) -> String {
    part.heading.as_ref().map_or_else(String::new, |heading| format!("## {}\n\n", words(heading)))
}

fn part_text(notice: &NewNotice<'_>, part: &PartDesign) -> String {
    let text = match &part.content {
        PartContent::Ledger(index) => {
            let (ledger, metrics) = (&notice.design.ledgers[*index], &notice.metrics[*index]);
            let printed = Printed { value: &branch_value, id: &|metric| Some(metric.id.clone()) };
            format!("{}\n\n{}", sentence(metrics, &printed), table(ledger))
        }
        PartContent::Overview => overview(notice, &|at| notice.metrics[at].total().map(branch_value)),
        PartContent::Problems => problems(notice),
        PartContent::Gap(what) => format!("{{{{ gap(what={}) }}}}\n", argument(what)),
    };
    format!("{}{text}", heading(part))
}

/// A metric of a branch with its unit.
fn branch_value(metric: &MetricDesign) -> String {
    format!("{{{{ {} }}}}{}", metric.id, words(&metric.unit))
}

/// How a sentence prints metrics.
struct Printed<'a> {
    /// A metric with its unit; nothing leaves it out.
    value: &'a dyn Fn(&MetricDesign) -> String,
    /// The id of the metric where the sentence is.
    id: &'a dyn Fn(&MetricDesign) -> Option<String>,
}

/// One sentence with the clauses of a ledger.
fn sentence(metrics: &LedgerMetrics, printed: &Printed<'_>) -> String {
    let clause = |clause: &Clause| {
        if clause.lists != Listing::All {
            return listed(clause, metrics, printed);
        }
        let mut text = String::new();
        for metric in clause.metrics.iter().filter_map(|at| metrics.metrics.get(*at)) {
            let value = (printed.value)(metric);
            let said = format!("{}{value}", words(&metric.words));
            match part_whole(metrics, metric, printed) {
                _ if value.is_empty() => {}
                _ if text.is_empty() => text = said,
                Some(id) => text.push_str(&format!("{{% if n.{id} is none or n.{id} > 0 %}}、{said}{{% endif %}}")),
                None => text.push_str(&format!("、{said}")),
            }
        }
        let text = format!("{}{text}", words(&clause.lead));
        (text.len() > clause.lead.len()).then_some(ClauseText { condition: None, text })
    };
    let mut text = String::new();
    for clause in metrics.clauses.iter().filter_map(clause) {
        let mark = if text.is_empty() { "" } else { "；" };
        match clause.condition {
            Some(condition) => text.push_str(&format!("{{% if {condition} %}}{mark}{}{{% endif %}}", clause.text)),
            None => text.push_str(&format!("{mark}{}", clause.text)),
        }
    }
    format!("{text}。")
}

/// A clause of a template.
struct ClauseText {
    /// When it is said, unless always.
    condition: Option<String>,
    text: String,
}

/// A clause with the counts that are not 0; what is unknown is a gap.
fn listed(clause: &Clause, metrics: &LedgerMetrics, printed: &Printed<'_>) -> Option<ClauseText> {
    let counts: Vec<(String, &MetricDesign)> = clause
        .metrics
        .iter()
        .filter_map(|at| metrics.metrics.get(*at))
        .filter_map(|metric| Some(((printed.id)(metric)?, metric)))
        .collect();
    let mut items = String::new();
    for (at, (id, metric)) in counts.iter().enumerate() {
        let (begin, end) = match at {
            0 => (String::new(), "{% set comma = true %}"),
            _ if at + 1 == counts.len() => ("{% if comma %}、{% endif %}".to_owned(), ""),
            _ => ("{% if comma %}、{% endif %}".to_owned(), "{% set comma = true %}"),
        };
        let said = format!("{}{}", words(&metric.words), (printed.value)(metric));
        items.push_str(&format!("{{% if n.{id} != 0 %}}{begin}{said}{end}{{% endif %}}"));
    }
    let any = counts.iter().map(|(id, _)| format!("n.{id} != 0")).collect::<Vec<_>>().join(" or ");
    let condition = (clause.lists == Listing::SomeOrNone).then_some(any);
    let text = format!("{{% set comma = false %}}{}{items}", words(&clause.lead));
    (!counts.is_empty()).then_some(ClauseText { condition, text })
}

/// The id of what a rate is of, unless it is of all rows: there may be none of it, and then there is no rate.
fn part_whole(metrics: &LedgerMetrics, metric: &MetricDesign, printed: &Printed<'_>) -> Option<String> {
    let MetricKind::Rate { whole, .. } = &metric.kind else { return None };
    let whole = metrics.metrics.iter().find(|known| known.id == *whole)?;
    if whole.kind == MetricKind::Total { None } else { (printed.id)(whole) }
}

/// A table of the ledger's rows.
fn table(ledger: &LedgerDesign) -> String {
    let columns = table_columns(ledger);
    let heads: Vec<String> = columns.iter().map(|column| head(column)).collect();
    let aligns: Vec<&str> = columns.iter().map(|column| align(column)).collect();
    let cells: Vec<String> = columns.iter().map(|column| cell(column)).collect();
    format!(
        "表：{}\n\n| 序号 | {} |\n| :---: | {} |\n{{%- for row in {} %}}\n| {{{{ loop.index }}}} | {} |\n{{%- endfor %}}\n",
        words(&ledger.title),
        heads.join(" | "),
        aligns.join(" | "),
        ledger.id,
        cells.join(" | ")
    )
}

/// The columns of a table: no row numbers, branches, pictures and remarks; of too many those that must be filled in.
fn table_columns(ledger: &LedgerDesign) -> Vec<&ColumnDesign> {
    let is_shown = |column: &&ColumnDesign| {
        let is_other = matches!(column.kind, ColumnType::Serial | ColumnType::Branch | ColumnType::Picture);
        !is_other && !column.label.contains("备注")
    };
    let shown: Vec<(usize, &ColumnDesign)> = ledger.columns.iter().filter(is_shown).enumerate().collect();
    let (required, optional): (Vec<_>, Vec<_>) = shown.into_iter().partition(|(_, column)| column.required);
    let mut kept: Vec<(usize, &ColumnDesign)> = required.into_iter().chain(optional).take(MAX_TABLE_COLUMNS).collect();
    kept.sort_by_key(|(place, _)| *place);
    kept.into_iter().map(|(_, column)| column).collect()
}

fn head(column: &ColumnDesign) -> String {
    words(&with_unit(&column.label, column.unit.as_deref().unwrap_or_default()))
}

fn align(column: &ColumnDesign) -> &'static str {
    if column.kind == ColumnType::Text { ":---" } else { ":---:" }
}

/// A cell; one that may be blank is a stroke then.
fn cell(column: &ColumnDesign) -> String {
    let id = &column.id;
    if column.required {
        return format!("{{{{ row.{id} }}}}");
    }
    format!("{{% if row.n.{id} is none %}}—{{% else %}}{{{{ row.{id} }}}}{{% endif %}}")
}

/// How many rows every ledger has; `value` prints the number of the ledger with an index.
fn overview(notice: &NewNotice<'_>, value: &dyn Fn(usize) -> Option<String>) -> String {
    let ledgers = notice.design.ledgers.iter().enumerate().skip(1);
    let counts = ledgers.filter_map(|(at, ledger)| Some(format!("{}{}", words(&ledger.noun), value(at)?)));
    format!("截至{{{{ notice.cutoff }}}}，{}。\n", counts.collect::<Vec<_>>().join("、"))
}

/// What is overdue or short, item by item.
fn problems(notice: &NewNotice<'_>) -> String {
    let shortfalls: Vec<(&LedgerDesign, &MetricDesign)> = notice
        .design
        .ledgers
        .iter()
        .zip(&notice.metrics)
        .flat_map(|(ledger, metrics)| metrics.shortfalls().map(move |metric| (ledger, metric)))
        .collect();
    if shortfalls.is_empty() {
        return "{{ gap(what=\"存在的主要问题\") }}\n".to_owned();
    }
    let ids: Vec<&str> = shortfalls.iter().map(|(_, metric)| metric.id.as_str()).collect();
    let mut text = String::new();
    // A single item has no number.
    let number = if shortfalls.len() > 1 { "{% if found > 1 %}1. {% endif %}" } else { "" };
    if shortfalls.len() > 1 {
        let all = ids.iter().map(|id| format!("n.{id}")).collect::<Vec<_>>().join(", ");
        text.push_str(&format!("{{% set found = [count for count in [{all}] if count] | length %}}\n"));
    }
    for (ledger, MetricDesign { id, unit, words: said, .. }) in &shortfalls {
        text.push_str(&format!(
            "{{% if n.{id} %}}\n{number}{}中，{}有{{{{ {id} }}}}{}。\n{{%- endif %}}\n",
            words(&ledger.noun),
            words(said),
            words(unit)
        ));
    }
    let unknown = ids.iter().map(|id| format!("n.{id} is none")).collect::<Vec<_>>().join(" or ");
    let nothing = ids.iter().map(|id| format!("n.{id} == 0")).collect::<Vec<_>>().join(" and ");
    let tested = shortfalls.iter().map(|(_, metric)| words(metric.label.trim_end_matches('数')));
    let tested = tested.collect::<Vec<_>>().join("、");
    text.push_str(&format!(
        "{{% if {unknown} %}}\n{{{{ gap(what=\"存在的主要问题（台账不全，不能判断有没有）\") }}}}\n\
         {{% elif {nothing} %}}\n对照台账，没有{tested}。\n{{% endif %}}\n"
    ));
    text
}

/// The summary's text of a part; `None` for one that the summary does not have.
fn summary_text(notice: &NewNotice<'_>, part: &PartDesign) -> Option<String> {
    let word = words(&notice.design.branch_word.value);
    let text = match &part.content {
        PartContent::Ledger(index) => {
            let (metrics, summary) = (&notice.metrics[*index], &notice.summaries[*index]);
            let value = |metric: &MetricDesign| all_value(metrics, summary, metric);
            let id = |metric: &MetricDesign| all_metric(metrics, summary, metric).map(|all| all.id.clone());
            let printed = Printed { value: &value, id: &id };
            let mut text = format!("各{word}{}\n", sentence(metrics, &printed));
            summary.shortfalls.iter().for_each(|list| text.push_str(&branches(list)));
            text.push_str(&chart(summary, &word));
            text
        }
        PartContent::Overview => overview(notice, &|at| {
            let metrics = &notice.metrics[at];
            Some(all_value(metrics, &notice.summaries[at], metrics.total()?))
        }),
        PartContent::Problems | PartContent::Gap(_) => return None,
    };
    Some(format!("{}{text}", heading(part)))
}

/// The metric over all branches, with its unit; nothing for a mean.
fn all_value(metrics: &LedgerMetrics, summary: &LedgerSummary, metric: &MetricDesign) -> String {
    let all = all_metric(metrics, summary, metric);
    all.filter(|_| !metric.kind.is_mean())
        .map_or_else(String::new, |all| format!("{{{{ {} }}}}{}", all.id, words(&all.unit)))
}

/// The metric over all branches.
fn all_metric<'s>(
    metrics: &LedgerMetrics,
    summary: &'s LedgerSummary,
    metric: &MetricDesign,
) -> Option<&'s SummaryMetric> {
    let at = metrics.metrics.iter().position(|known| known.id == metric.id)?;
    summary.metrics.get(at)?.as_ref()
}

/// A paragraph that names the branches of a list.
fn branches(list: &ListDesign) -> String {
    format!(
        "\n{{% if {id} %}}\n{said}：{{% for b in {id} %}}{{{{ b.name }}}}{{% if b.n.{sort} is not none %}}（{{{{ b.{sort} }}}}{unit}）{{% endif %}}\
         {{% if loop.last %}}。{{% else %}}、{{% endif %}}{{% endfor %}}\n{{% endif %}}\n",
        id = list.id,
        said = words(&list.words),
        sort = list.sort,
        unit = words(&list.unit)
    )
}

fn chart(summary: &LedgerSummary, word: &str) -> String {
    let Some(chart) = &summary.chart else { return String::new() };
    format!(
        "\n{{% if {id} %}}\n图：{title}\n\n| {word} | {column} |\n| :--- | ---: |\n{{%- for b in {id} %}}\n\
         | {{{{ b.name }}}} | {{{{ b.{sort} }}}} |\n{{%- endfor %}}\n{{% endif %}}\n",
        id = chart.list.id,
        title = words(&chart.title),
        column = words(&chart.column),
        sort = chart.list.sort
    )
}
